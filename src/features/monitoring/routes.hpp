#pragma once

#include "features/monitoring/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::monitoring {

/// `service` outlives the routes.
void register_routes(http::Routes& routes, Service& service);

}  // namespace csva::monitoring
