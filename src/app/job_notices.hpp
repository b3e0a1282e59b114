#pragma once

#include "foundation/base/result.hpp"
#include "foundation/jobs/types.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>

namespace csva::app {

/// Tells whoever asked for a job that it has ended, if they want to hear of it. For jobs::Agent.
base::Result<void> tell_of_job(
    store::Session& session, const jobs::Job& job, std::int64_t user_id, jobs::State state
);

}  // namespace csva::app
