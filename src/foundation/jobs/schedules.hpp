#pragma once

#include "foundation/base/result.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace csva::jobs {

/// True for the first caller of all processes that share the store, and never again.
base::Result<bool> first_ever(store::Session& session, std::string_view name);

/// Periodic work done once over all processes that share the store: whoever comes first after the
/// time takes the turn, by one row. Work that fails or is killed waits for its next turn, so it
/// must be repeatable. Runs in a thread of its own until the object goes.
class Schedules {
public:
    explicit Schedules(store::Database& database);
    ~Schedules();
    Schedules(const Schedules&) = delete;
    Schedules& operator=(const Schedules&) = delete;

    /// The first turn is at once on a new store. `name` is the row; `interval_ms` > 0.
    void every(
        std::string name, std::int64_t interval_ms, std::function<base::Result<void>()> work
    );

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::jobs
