#pragma once

#include "features/datasets/service.hpp"
#include "foundation/base/metrics.hpp"
#include "foundation/http/routes.hpp"
#include "foundation/jobs/kind.hpp"

namespace csva::datasets {

/// What the routes work on; outlives them.
struct RouteParts {
    Service& service;
    const jobs::Kinds& kinds;
    base::Metrics& metrics;
};

/// Uploads, data sets, their versions and files.
void register_routes(http::Routes& routes, const RouteParts& parts);

/// Jobs and the stream of their events.
void register_job_routes(http::Routes& routes, const RouteParts& parts);

}  // namespace csva::datasets
