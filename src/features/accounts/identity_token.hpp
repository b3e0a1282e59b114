#pragma once

#include "foundation/base/described.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

/// Identity tokens of OpenID Connect: signed JSON (RFC 7515, 7519), checked as OpenID Connect Core,
/// section 3.1.3.7, says. No network, no clock.
namespace csva::accounts {

/// Public keys of a provider (RFC 7517). Those of other kinds than RSA (2048 bits or more) and
/// P-256, and those that are not for signatures, are left out.
class KeySet {
public:
    /// Errors: accounts.oidc_unavailable (no set of keys).
    static base::Result<KeySet> from_json(std::string_view text);
    KeySet();
    ~KeySet();
    KeySet(KeySet&&) noexcept;
    KeySet& operator=(KeySet&&) noexcept;

    struct Key;
    /// The key that a token's header names: by id and algorithm; without an id the only one of its
    /// kind. Null when there is none.
    const Key* find(std::string_view id, std::string_view algorithm) const;

private:
    std::vector<std::unique_ptr<Key>> keys_;
};

/// A token cut in its parts; nothing is believed yet.
struct SignedToken {
    std::string algorithm;
    std::string key_id;
    std::string signed_text;
    std::string signature;
    std::string claims;  ///< JSON.
};

/// Errors: accounts.oidc_malformed; accounts.oidc_algorithm for all but RS256 and ES256 (`none` and
/// shared secrets among them).
base::Result<SignedToken> cut(std::string_view token);

/// Errors: accounts.oidc_signature.
base::Result<void> verify(const SignedToken& token, const KeySet::Key& key);

/// Who somebody is, by a provider's word.
struct Identity {
    std::string issuer;
    std::string subject;
    std::string wished_name;
    std::string email;  ///< Empty unless the provider has verified it.
};

struct Expected {
    std::string issuer;
    std::string client_id;
    std::string nonce;
    std::int64_t now_ms = 0;
};

/// Errors: accounts.oidc_malformed, accounts.oidc_issuer, accounts.oidc_audience,
/// accounts.oidc_party, accounts.oidc_expired, accounts.oidc_issued (in the future: a clock is
/// wrong; or too long ago), accounts.oidc_nonce.
base::Result<Identity> check_claims(std::string_view claims, const Expected& expected);

}  // namespace csva::accounts
