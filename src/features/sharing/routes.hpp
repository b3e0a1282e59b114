#pragma once

#include "features/sharing/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::sharing {

/// Links of a data set, and the page that they lead to. `service` outlives the routes.
void register_routes(http::Routes& routes, Service& service);

}  // namespace csva::sharing
