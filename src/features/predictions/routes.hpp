#pragma once

#include "features/predictions/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::predictions {

/// `service` outlives the routes.
void register_routes(http::Routes& routes, Service& service);

}  // namespace csva::predictions
