#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace csva::http {

/// A bounded pool of threads for blocking work. `name`: of at most 15 characters, as tools show
/// it. Thread-safe. Destruction runs what is queued, then joins.
class HandlerPool {
public:
    HandlerPool(const char* name, std::size_t threads, std::size_t queue_max);
    ~HandlerPool();
    HandlerPool(const HandlerPool&) = delete;
    HandlerPool& operator=(const HandlerPool&) = delete;

    /// False, and `work` is not run, when the queue is full.
    bool try_submit(std::move_only_function<void()> work);
    std::size_t queued() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::http
