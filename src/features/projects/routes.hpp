#pragma once

#include "features/projects/service.hpp"
#include "foundation/base/metrics.hpp"
#include "foundation/http/routes.hpp"

namespace csva::projects {

/// What the routes work on; outlives them. `features`: every feature's lifecycle, those that hold
/// references before those they refer to, this one last.
struct RouteParts {
    store::Database& database;
    base::Metrics& metrics;
    std::vector<store::Lifecycle*> features;
};

void register_routes(http::Routes& routes, const RouteParts& parts);

}  // namespace csva::projects
