#pragma once

#include "foundation/base/described.hpp"
#include "foundation/base/id.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace csva::jobs {

struct JobTag;
using JobId = base::Id<JobTag>;

/// queued -> running -> succeeded | failed | cancelled; a lost or failed attempt goes back to
/// queued until attempts_max.
enum class State : std::uint8_t { queued, running, succeeded, failed, cancelled };
CSVA_DESCRIBE_ENUM(State, queued, running, succeeded, failed, cancelled)

/// A row of the queue as clients see it (GET /api/v1/jobs/{job_id}, events).
struct Job {
    JobId id;
    std::int64_t project_id = 0;
    std::int64_t dataset_id = 0;  ///< 0 when it is about none.
    std::string kind;             ///< "read", "clean", "train", "batch".
    State state = State::queued;
    double progress = 0;  ///< 0..1
    std::string stage;    ///< Key below jobs:stages.
    std::int64_t attempt = 0;
    std::int64_t attempts_max = 3;
    std::string reason;       ///< Error reason when failed.
    base::Json details;       ///< Details of the error as an object.
    base::Json latest_event;  ///< Last Control::event.
    bool cancel_requested = false;
    std::int64_t created_at = 0;  ///< Unix ms.
    std::optional<std::int64_t> started_at;
    std::optional<std::int64_t> finished_at;
    std::optional<std::int64_t> memory_peak_bytes;
};
CSVA_DESCRIBE(
    Job,
    id,
    project_id,
    dataset_id,
    kind,
    state,
    progress,
    stage,
    attempt,
    attempts_max,
    reason,
    details,
    latest_event,
    cancel_requested,
    created_at,
    started_at,
    finished_at,
    memory_peak_bytes
)

}  // namespace csva::jobs
