#pragma once

#include "features/training/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::training {

/// The services outlive the routes.
void register_routes(http::Routes& routes, Service& service, datasets::Service& datasets);

}  // namespace csva::training
