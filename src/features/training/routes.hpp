#pragma once

#include "features/training/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::training {

/// `service` outlives the routes.
void register_routes(http::Routes& routes, Service& service);

}  // namespace csva::training
