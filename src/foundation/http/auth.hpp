#pragma once

#include "foundation/base/result.hpp"
#include "foundation/http/message.hpp"

#include <optional>

namespace csva::http {

/// How the server learns who calls and what they may do. `accounts` implements it, `app` joins
/// them. Thread-safe.
class Authenticator {
public:
    virtual ~Authenticator() = default;

    /// From memory only, on the network thread. Nothing when a database must be asked.
    virtual std::optional<base::Result<Actor>> identify_quickly(const RequestHead& head) = 0;

    /// The actor of a request; an anonymous one when it carries no credential. Errors (a wrong,
    /// expired or revoked credential): accounts.token_invalid, ...
    virtual base::Result<Actor> identify(const RequestHead& head) = 0;

    /// May this actor do this here? `object_id` is the access parameter's value (0 when there is
    /// none). Another's object is not_found. Errors: accounts.sign_in_needed (unauthenticated),
    /// accounts.forbidden, <feature>.not_found.
    virtual base::Result<void> authorize(
        const Actor& actor, const Access& access, std::int64_t object_id
    ) = 0;

    /// The same from memory only, on the network thread. Nothing when a database must be asked.
    virtual std::optional<base::Result<void>> authorize_quickly(
        [[maybe_unused]] const Actor& actor,
        [[maybe_unused]] const Access& access,
        [[maybe_unused]] std::int64_t object_id
    ) {
        return std::nullopt;
    }

    /// Every unsafe method of a cookie session: the token of header X-CSRFToken or form field
    /// csrfmiddlewaretoken must be the session's. Origin and Sec-Fetch-Site have been checked by
    /// the server. Errors: http.csrf.
    virtual base::Result<void> check_csrf(
        const Actor& actor, const RequestHead& head, std::string_view form_token
    ) = 0;
};

}  // namespace csva::http
