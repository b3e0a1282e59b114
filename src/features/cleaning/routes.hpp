#pragma once

#include "features/cleaning/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::cleaning {

/// `service` outlives the routes.
void register_routes(http::Routes& routes, Service& service);

}  // namespace csva::cleaning
