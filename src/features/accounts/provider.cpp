#include "features/accounts/provider.hpp"

#include "features/accounts/types.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/client/client.hpp"

#include <algorithm>

namespace csva::accounts {
namespace {

using base::Clock;
using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::chrono::hours kAboutLifetime(1);

struct Discovery {
    std::string issuer;
    std::string authorization_endpoint;
    std::string token_endpoint;
    std::string jwks_uri;
    std::vector<std::string> token_endpoint_auth_methods_supported;
};
CSVA_DESCRIBE(
    Discovery,
    issuer,
    authorization_endpoint,
    token_endpoint,
    jwks_uri,
    token_endpoint_auth_methods_supported
)
CSVA_NOTES(Discovery, {.field = "token_endpoint_auth_methods_supported", .defaulted = true})

struct TokenAnswer {
    std::string id_token;
};
CSVA_DESCRIBE(TokenAnswer, id_token)

std::unexpected<base::Error> unavailable(std::string text) {
    return std::unexpected(
        base::Error(ErrorKind::unavailable, kOidcUnavailable).with_internal(std::move(text))
    );
}

/// Plain http only on this very machine.
bool safe(std::string_view url) {
    if (url.starts_with("https://")) return true;
    for (const std::string_view local : {"http://127.0.0.1", "http://localhost", "http://[::1]"})
        if (url.starts_with(local) &&
            (url.size() == local.size() || url[local.size()] == ':' || url[local.size()] == '/'))
            return true;
    return false;
}

Result<client::Answer> fetch(const client::Call& call, client::Credentials credentials = {}) {
    if (!safe(call.url)) return unavailable("not https: " + call.url);
    TRY(const auto client, client::Client::make(std::move(credentials)));
    auto answer = client->send(call, {});
    if (!answer) return unavailable(answer.error().internal);
    return answer;
}

Result<std::string> fetch_json(const std::string& url) {
    TRY(auto answer, fetch({.url = url}));
    if (answer.status != 200) return unavailable(url + " answers " + std::to_string(answer.status));
    return std::move(answer.body);
}

template <class T>
Result<T> read(std::string_view json) {
    T object;
    if (!base::decode(json, base::type_of<T>(), &object, base::Reading::lenient))
        return unavailable("an answer without what it must have");
    return object;
}

std::string pairs(const std::vector<std::pair<std::string_view, std::string>>& fields) {
    std::string out;
    for (const auto& [name, value] : fields)
        out += (out.empty() ? "" : "&") + std::string(name) + "=" + client::escaped(value);
    return out;
}

}  // namespace

Result<Provider::About> Provider::about() {
    const std::scoped_lock lock(mutex_);
    if (about_ && Clock::steady() < about_until_) return *about_;
    const std::string& issuer = settings_.text("oidc.issuer");
    const bool slash = issuer.ends_with('/');
    TRY(const std::string json,
        fetch_json(issuer + (slash ? "" : "/") + ".well-known/openid-configuration"));
    TRY(const auto found, read<Discovery>(json));
    if (found.issuer != issuer) return unavailable("it calls itself " + found.issuer);
    const auto& methods = found.token_endpoint_auth_methods_supported;
    const auto knows = [&](std::string_view name) {
        return std::ranges::find(methods, name) != methods.end();
    };
    about_ = About{
        found.authorization_endpoint,
        found.token_endpoint,
        found.jwks_uri,
        knows("client_secret_post") && !knows("client_secret_basic")
    };
    about_until_ = Clock::steady() + kAboutLifetime;
    return *about_;
}

Result<std::string> Provider::address_of(const Flow& flow) {
    TRY(const About known, about());
    if (!safe(known.authorization_endpoint)) return unavailable("not https");
    const bool query = known.authorization_endpoint.find('?') != std::string::npos;
    base::Sha256 hash;
    hash.update(flow.verifier);
    return known.authorization_endpoint + (query ? "&" : "?") +
           pairs(
               {{"response_type", "code"},
                {"client_id", settings_.text("oidc.client_id")},
                {"redirect_uri", flow.redirect_uri},
                {"scope", settings_.text("oidc.scopes")},
                {"state", flow.state},
                {"nonce", flow.nonce},
                {"code_challenge", base::to_base64url(hash.finish())},
                {"code_challenge_method", "S256"}}
           );
}

Result<std::string> Provider::exchange(const Flow& flow, std::string_view code) {
    TRY(const About known, about());
    const std::string& client_id = settings_.text("oidc.client_id");
    const base::Secret secret = settings_.secret("oidc.client_secret");
    std::vector<std::pair<std::string_view, std::string>> fields = {
        {"grant_type", "authorization_code"},
        {"code", std::string(code)},
        {"redirect_uri", flow.redirect_uri},
        {"code_verifier", flow.verifier}
    };
    client::Credentials credentials;
    if (!secret.empty() && !known.secret_in_body) {
        // RFC 6749, section 2.3.1: both are escaped before they become a name and a password.
        credentials.user = client::escaped(client_id);
        credentials.password = base::Secret(client::escaped(secret.reveal()));
    } else {
        fields.emplace_back("client_id", client_id);
        if (!secret.empty()) fields.emplace_back("client_secret", secret.reveal());
    }
    TRY(const auto answer,
        fetch(
            {.method = "POST", .url = known.token_endpoint, .form = pairs(fields)},
            std::move(credentials)
        ));
    if (answer.status >= 500) return unavailable("the token endpoint fails");
    if (answer.status != 200) return fail(ErrorKind::unauthenticated, kOidcCode);
    TRY(auto found, read<TokenAnswer>(answer.body));
    return std::move(found.id_token);
}

Result<std::shared_ptr<const KeySet>> Provider::keys(bool anew) {
    TRY(const About known, about());
    const std::scoped_lock lock(mutex_);
    if (keys_ && !anew && Clock::steady() < keys_until_) return keys_;
    TRY(const std::string json, fetch_json(known.jwks_uri));
    TRY(auto found, KeySet::from_json(json));
    keys_ = std::make_shared<const KeySet>(std::move(found));
    keys_until_ = Clock::steady() + std::chrono::seconds(settings_.integer("oidc.keys_s"));
    return keys_;
}

Result<void> Provider::check_signature(const SignedToken& token) {
    TRY(auto set, keys(false));
    const auto* key = set->find(token.key_id, token.algorithm);
    if (key == nullptr) {
        TRY(set, keys(true));
        key = set->find(token.key_id, token.algorithm);
    }
    if (key == nullptr) return fail(ErrorKind::unauthenticated, kOidcKey);
    return verify(token, *key);
}

Result<Identity> Provider::identity(const Flow& flow, std::string_view code) {
    TRY(const std::string text, exchange(flow, code));
    TRY(const SignedToken token, cut(text));
    CHECK_OK(check_signature(token));
    return check_claims(
        token.claims,
        {settings_.text("oidc.issuer"),
         settings_.text("oidc.client_id"),
         flow.nonce,
         Clock::wall_ms()}
    );
}

}  // namespace csva::accounts
