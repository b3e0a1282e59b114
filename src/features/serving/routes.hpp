#pragma once

#include "features/serving/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::serving {

/// The service outlives the routes.
void register_routes(http::Routes& routes, Service& service);

}  // namespace csva::serving
