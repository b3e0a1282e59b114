#pragma once

#include "foundation/base/metrics.hpp"
#include "foundation/store/database.hpp"

namespace csva::jobs {

/// Series about the queue, read from the database when metrics are rendered and at most once a
/// second: jobs by state and kind, ended attempts by reason, their total time, the age of the
/// oldest waiting job. All processes report the same values: rules take the maximum, not the sum.
void register_metrics(base::Metrics& metrics, store::Database& database);

}  // namespace csva::jobs
