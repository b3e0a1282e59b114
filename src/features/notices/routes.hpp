#pragma once

#include "features/notices/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::notices {

/// The list behind the bell and what one chose to hear. The parts outlive the routes.
void register_routes(
    http::Routes& routes, store::Database& database, const base::Settings& settings
);

}  // namespace csva::notices
