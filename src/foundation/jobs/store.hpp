#pragma once

#include "foundation/jobs/types.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <string>

namespace csva::jobs {

/// A leased job: the row, what was enqueued, and for whom.
struct Leased {
    Job job;
    std::string input;
    std::int64_t user_id = 0;
    bool smaller_plan = false;
};

/// What an attempt reports while it runs.
struct Beat {
    double progress = 0;
    std::string stage;
    std::string latest_event;
    std::int64_t memory_peak_bytes = 0;
};

/// Whether a job waits, or has lost its worker.
base::Result<bool> any_due(store::Session& session);

/// All SQL of the queue. `owner` and `job.attempt` are the fence: a statement of an attempt that
/// has lost its lease changes nothing and says so by false.
base::Result<std::optional<Leased>> lease(
    store::Session& session, const std::string& owner, std::int64_t lease_ms
);
base::Result<void> started(store::Session& session, const Job& job, std::int64_t pid);
/// Extends the lease; tells whether somebody asked to stop. Nothing when the lease is lost.
base::Result<std::optional<bool>> beat(
    store::Session& session,
    const Job& job,
    const std::string& owner,
    std::int64_t lease_ms,
    const Beat& beat
);
base::Result<bool> succeed(
    store::Session& session, const Job& job, const std::string& owner, const Beat& beat
);
base::Result<bool> end(
    store::Session& session,
    const Job& job,
    const std::string& owner,
    State state,
    const base::Error& error
);
/// Back into the queue. `lost_attempt` false: the attempt does not count (the worker is asked to
/// stop).
base::Result<bool> give_back(
    store::Session& session,
    const Job& job,
    const std::string& owner,
    std::string_view reason,
    bool lost_attempt,
    bool smaller_plan
);

/// A job that changed, for the events.
struct Changed {
    Job job;
    std::int64_t user_id = 0;
    std::int64_t changed_at = 0;
};
base::Result<std::vector<Changed>> changed_since(store::Session& session, std::int64_t since);

}  // namespace csva::jobs
