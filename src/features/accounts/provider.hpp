#pragma once

#include "features/accounts/identity_token.hpp"
#include "foundation/base/settings.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace csva::accounts {

/// The identity provider that the settings oidc.* name (OpenID Connect Discovery 1.0): where to
/// send a browser, and who it is that comes back with a code. What it says of itself is kept for an
/// hour, its keys for oidc.keys_s; an unknown key's id fetches them anew. Thread-safe.
class Provider {
public:
    explicit Provider(const base::Settings& settings) : settings_(settings) {}

    /// What makes one sign-in unlike all others.
    struct Flow {
        std::string state;
        std::string nonce;
        std::string verifier;
        std::string redirect_uri;
    };
    /// The address to send the browser to (RFC 7636: with the verifier's SHA-256). Errors:
    /// accounts.oidc_unavailable.
    base::Result<std::string> address_of(const Flow& flow);

    /// Exchanges the code and checks the token. Errors: accounts.oidc_unavailable,
    /// accounts.oidc_code, accounts.oidc_key and those of cut, verify and check_claims.
    base::Result<Identity> identity(const Flow& flow, std::string_view code);

private:
    struct About {
        std::string authorization_endpoint;
        std::string token_endpoint;
        std::string jwks_uri;
        bool secret_in_body = false;
    };
    using Time = std::chrono::steady_clock::time_point;

    base::Result<About> about();
    base::Result<std::string> exchange(const Flow& flow, std::string_view code);
    base::Result<void> check_signature(const SignedToken& token);
    base::Result<std::shared_ptr<const KeySet>> keys(bool anew);

    const base::Settings& settings_;
    std::mutex mutex_;
    std::optional<About> about_;
    Time about_until_;
    std::shared_ptr<const KeySet> keys_;
    Time keys_until_;
};

}  // namespace csva::accounts
