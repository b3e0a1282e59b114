#pragma once

#include "features/privacy/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::privacy {

/// `service` outlives the routes.
void register_routes(http::Routes& routes, Service& service);

}  // namespace csva::privacy
