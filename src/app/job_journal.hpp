#pragma once

#include "foundation/base/metrics.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/jobs/types.hpp"
#include "foundation/journal/journal.hpp"

#include <cstdint>
#include <string_view>

namespace csva::app {

/// Writes how jobs ended into the journal, for a worker. Only with the key that the servers sign
/// with: a worker on a machine of its own that was given none must not make one. Thread-safe.
class JobJournal {
public:
    JobJournal(const base::Settings& settings, base::Metrics& metrics)
        : settings_(settings), journal_({settings, metrics}) {}

    /// `user_id`: who asked for it, 0: the program itself. `reason`: why it failed, or "".
    void note(
        const jobs::Job& job, std::int64_t user_id, jobs::State state, std::string_view reason
    );

private:
    const base::Settings& settings_;
    journal::Journal journal_;
};

}  // namespace csva::app
