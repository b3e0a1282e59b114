#pragma once

#include "app/compose.hpp"
#include "foundation/jobs/schedules.hpp"

#include <memory>
#include <set>
#include <string>

namespace csva::app {

/// Work that comes round: unreferenced files and old jobs go. `parts` outlives what is returned.
std::unique_ptr<jobs::Schedules> start_housekeeping(Composition& parts);

/// Keys of all blobs that some row refers to.
base::Result<std::set<std::string>> blobs_in_use(Composition& parts);

}  // namespace csva::app
