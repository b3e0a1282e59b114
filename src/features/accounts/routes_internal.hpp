#pragma once

// Shared by the files of this folder that register routes.

#include "features/accounts/requests.hpp"
#include "features/accounts/service.hpp"
#include "foundation/http/routes.hpp"

#include <string>

namespace csva::accounts {

UserId self(const http::Context& context);
Visitor visitor_of(const http::Context& context);

/// The answer with the cookies of the session.
http::Response with_session(
    http::Response response, const http::Context& context, const OpenedSession& opened
);

/// Only whoever sits at a browser that is signed in changes how the account signs in. Errors:
/// accounts.session_needed.
base::Result<SessionId> own_session(const http::Context& context);

void add_identities(http::Routes& routes, Accounts& accounts);

}  // namespace csva::accounts
