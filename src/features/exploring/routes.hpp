#pragma once

#include "features/exploring/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::exploring {

/// The services outlive the routes.
void register_routes(http::Routes& routes, Service& service, datasets::Service& datasets);

}  // namespace csva::exploring
