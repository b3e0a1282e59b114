#include "features/accounts/identity_store.hpp"
#include "features/accounts/state.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/client/mail.hpp"
#include "foundation/http/text.hpp"

#include <algorithm>

namespace csva::accounts {
namespace {

using base::Clock;
using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::int64_t kFlowMs = 600'000;
constexpr std::size_t kWishBytesMax = 56;
constexpr int kNamesTried = 100;

/// What of a wished name may be one of ours.
std::string name_from(const Identity& identity) {
    std::string_view wish = identity.wished_name;
    if (wish.empty()) wish = std::string_view(identity.email).substr(0, identity.email.find('@'));
    std::string name;
    std::ranges::copy_if(wish, std::back_inserter(name), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._@+-").find(c) != std::string_view::npos;
    });
    name.resize(std::min(name.size(), kWishBytesMax));
    return name.empty() ? "user" : name;
}

/// The wished name, or the first free one with a number behind it: a name is never a proof of who
/// somebody is.
Result<std::string> free_name(store::Session& session, const Identity& identity) {
    const std::string wish = name_from(identity);
    for (int i = 1; i <= kNamesTried; ++i) {
        const std::string name = i == 1 ? wish : wish + "-" + std::to_string(i);
        TRY(const auto known, rows::user_named(session, name));
        if (!known) return name;
    }
    return wish + "-" + base::random_hex(3);
}

}  // namespace

Result<Provider*> Accounts::State::provider_or_off() {
    if (!provider) return fail(ErrorKind::not_found, kOidcOff);
    return provider.get();
}

Result<User> Accounts::State::user_of(
    store::Session& session, const Identity& identity, UserId linking
) {
    TRY(const auto known, rows::user_of_identity(session, identity.issuer, identity.subject));
    if (linking.value != 0) {
        if (known && *known != linking) return fail(ErrorKind::conflict, kOidcTaken);
        if (!known)
            CHECK_OK(rows::insert_identity(session, linking, identity.issuer, identity.subject));
        return or_no_user(rows::user(session, linking));
    }
    if (known) {
        TRY(const User user, or_no_user(rows::user(session, *known)));
        if (user.disabled_at) return fail(ErrorKind::forbidden, kOidcDisabled);
        return user;
    }
    if (!parts.settings.boolean("oidc.create_users"))
        return fail(ErrorKind::forbidden, kOidcNoAccount);
    TRY(const std::string name, free_name(session, identity));
    // No password: it signs in through the provider alone.
    TRY(const User made, insert_user(session, {.name = name, .password = {}}, ""));
    CHECK_OK(rows::insert_identity(session, made.id, identity.issuer, identity.subject));
    if (client::is_mail_address(identity.email))
        CHECK_OK(rows::set_email(session, made.id, identity.email));
    return made;
}

std::optional<std::string> Accounts::provider_name() const {
    if (!state_->provider) return std::nullopt;
    return state_->parts.settings.text("oidc.name");
}

Result<BegunSignIn> Accounts::begin_sign_in(
    std::string_view next, std::string_view own_address, UserId linking
) {
    TRY(auto* const provider, state_->provider_or_off());
    const std::string& configured = state_->parts.settings.text("http.public_url");
    const Provider::Flow flow{
        base::random_token(kSecretBytes),
        base::random_token(kSecretBytes),
        base::random_token(kSecretBytes),
        http::public_base(configured, own_address) + "/login/oidc/callback"
    };
    const std::string browser = base::random_token(kSecretBytes);
    TRY(const std::string address, provider->address_of(flow));
    std::optional<std::int64_t> user;
    if (linking.value != 0) user = linking.value;
    CHECK_OK(state_->parts.database.transaction([&](store::Session& session) {
        return rows::insert_flow(
            session,
            credential_hash(flow.state),
            {credential_hash(browser),
             flow.nonce,
             flow.verifier,
             own_path(next),
             flow.redirect_uri,
             user,
             Clock::wall_ms() + kFlowMs}
        );
    }));
    return BegunSignIn{address, browser, kFlowMs / 1000};
}

Result<EndedSignIn> Accounts::end_sign_in(const ProviderAnswer& answer, const Visitor& visitor) {
    TRY(auto* const provider, state_->provider_or_off());
    TRY(const auto flow, state_->parts.database.transaction([&](store::Session& session) {
        return rows::take_flow(session, credential_hash(answer.state));
    }));
    const bool good = flow && flow->expires_at > Clock::wall_ms() &&
                      flow->browser_hash == credential_hash(answer.browser) &&
                      (!flow->user_id || *flow->user_id == answer.user.value);
    if (!good) return fail(ErrorKind::invalid_argument, kOidcState);
    if (!answer.issuer.empty() && answer.issuer != state_->parts.settings.text("oidc.issuer"))
        return fail(ErrorKind::unauthenticated, kOidcIssuer);
    if (!answer.error.empty() || answer.code.empty())
        return fail(ErrorKind::forbidden, kOidcRefused);
    const auto identity = provider->identity(
        {answer.state, flow->nonce, flow->verifier, flow->redirect_uri}, answer.code
    );
    if (!identity) {
        state_->wrong.add();
        return std::unexpected(identity.error());
    }
    auto ended =
        state_->parts.database.transaction([&](store::Session& session) -> Result<EndedSignIn> {
            const UserId linking(flow->user_id.value_or(0));
            TRY(const User user, state_->user_of(session, *identity, linking));
            EndedSignIn out{{}, flow->next};
            if (linking.value != 0) return out;
            TRY(out.opened, state_->open_session(session, user, visitor));
            return out;
        });
    if (!ended) return ended;
    state_->cache.clear();
    state_->accepted.add();
    return ended;
}

Result<std::vector<IdentityView>> Accounts::identities(UserId user) {
    return state_->parts.database.read([&](store::Session& session) {
        return rows::identities(session, user);
    });
}

Result<void> Accounts::unlink(UserId user, IdentityId id) {
    return state_->parts.database.transaction([&](store::Session& session) -> Result<void> {
        TRY(const auto password, rows::password_of(session, user));
        TRY(const auto all, rows::identities(session, user));
        if (std::ranges::find(all, id, &IdentityView::id) == all.end())
            return fail(ErrorKind::not_found, kIdentityNotFound);
        if (password && password->password_hash.empty() && all.size() == 1)
            return fail(ErrorKind::conflict, kOidcLastWay);
        CHECK_OK(rows::delete_identity(session, user, id));
        return {};
    });
}

}  // namespace csva::accounts
