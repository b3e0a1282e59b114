#pragma once

#include "features/accounts/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::accounts {

/// Sign-in, first run, and the account pages' calls. `accounts` outlives the routes.
void register_routes(http::Routes& routes, Accounts& accounts);

}  // namespace csva::accounts
