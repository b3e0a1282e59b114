#include "features/accounts/routes.hpp"

#include "features/accounts/credentials.hpp"
#include "features/accounts/requests.hpp"
#include "features/accounts/routes_internal.hpp"
#include "foundation/base/clock.hpp"

namespace csva::accounts {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using http::Body;
using http::Context;
using http::Handmade;
using http::Method;
using http::NoContent;
using http::NoRequest;
using http::Response;
using http::Right;
using http::Via;

Handmade<SignedIn> signed_in(
    const Context& context, const OpenedSession& opened, const std::string& next
) {
    auto response =
        context.from_form
            ? Response::see_other(next)
            : Response::json(
                  base::to_json(SignedIn{opened.user, opened.csrf_token, opened.expires_at, next})
              );
    return {with_session(std::move(response), context, opened)};
}

/// Only of sign-ins through the provider: those come back as a page, not as an answer.
std::optional<Refusal> refusal_of(const std::string& reason, i18n::Language language) {
    constexpr std::string_view kFeature = "accounts.";
    if (!reason.starts_with("accounts.oidc_") ||
        !i18n::has_text(language, "accounts:errors." + reason.substr(kFeature.size()) + ".message"))
        return std::nullopt;
    auto said = i18n::sentence({ErrorKind::forbidden, reason}, language);
    return Refusal{reason, std::move(said.message), std::move(said.hint)};
}

void add_sign_in(http::Routes& routes, Accounts& accounts) {
    routes.add<SignInQuery, SignInPage>(
        Method::get,
        "/login/",
        http::access::open(),
        {.summary = "The sign-in page.", .tag = "accounts", .page = true},
        [&accounts](Context& context, const SignInQuery& query) -> Result<SignInPage> {
            TRY(const bool needed, accounts.setup_needed());
            SignInPage page{needed, context.actor.user_id != 0, accounts.provider_name(), {}};
            page.refused = refusal_of(query.refused.value_or(""), context.language);
            return page;
        }
    );
    routes.add<SignInRequest, Handmade<SignedIn>>(
        Method::post,
        "/login/",
        http::access::open(),
        {.summary = "Sign in: opens a session and sets its cookies.",
         .tag = "accounts",
         .body = Body::json_or_form,
         .errors = {429},
         .csrf_exempt = true,
         .action = "accounts.sign_in"},
        [&accounts](Context& context, const SignInRequest& request) -> Result<Handmade<SignedIn>> {
            TRY(const auto opened,
                accounts.sign_in(
                    {request.name, request.password, request.code.value_or("")}, visitor_of(context)
                ));
            context.noted.actor_id = opened.user.id.value;
            return signed_in(context, opened, own_path(request.next.value_or("/")));
        }
    );
    routes.add<NoRequest, Handmade<SignedOut>>(
        Method::post,
        "/logout/",
        http::access::own_account(),
        {.summary = "Sign out: ends the session and deletes its cookies.",
         .tag = "accounts",
         .body = Body::json_or_form,
         .action = "accounts.sign_out"},
        [&accounts](Context& context, const NoRequest&) -> Result<Handmade<SignedOut>> {
            if (context.actor.via == Via::session) {
                const auto ended =
                    accounts.revoke_session(self(context), SessionId(context.actor.credential_id));
                if (!ended && ended.error().kind != ErrorKind::not_found)
                    return std::unexpected(ended.error());
            }
            const bool secure = context.head.scheme == "https";
            const SignedOut out;
            auto response = context.from_form ? Response::see_other(out.next)
                                              : Response::json(base::to_json(out));
            return Handmade<SignedOut>{std::move(response)
                                           .with_cookie(kSessionCookie, "", 0, false, secure)
                                           .with_cookie(kCsrfCookie, "", 0, true, secure)};
        }
    );
}

void add_setup(http::Routes& routes, Accounts& accounts) {
    routes.add<SetupQuery, SetupPage>(
        Method::get,
        "/setup/",
        http::access::open(),
        {.summary = "The page of the first-run link.", .tag = "accounts", .page = true},
        [&accounts](Context&, const SetupQuery&) -> Result<SetupPage> {
            TRY(const bool needed, accounts.setup_needed());
            return SetupPage{needed};
        }
    );
    routes.add<SetupRequest, Handmade<SignedIn>>(
        Method::post,
        "/setup/",
        http::access::open(),
        {.summary = "Makes the first administrator and signs in.",
         .tag = "accounts",
         .body = Body::json_or_form,
         .errors = {409, 410},
         .csrf_exempt = true,
         .action = "accounts.set_up"},
        [&accounts](Context& context, const SetupRequest& request) -> Result<Handmade<SignedIn>> {
            TRY(const auto opened,
                accounts.set_up(
                    request.token,
                    {request.name, request.password, true, request.language},
                    visitor_of(context)
                ));
            context.noted.actor_id = opened.user.id.value;
            return signed_in(context, opened, "/");
        }
    );
}

Result<WhoAmI> who_am_i(Accounts& accounts, const Context& context) {
    TRY(User user, accounts.user(self(context)));
    return WhoAmI{
        std::move(user),
        context.actor.via == Via::session ? "session" : "token",
        scope_of(context.actor),
        context.actor.csrf_token,
        context.language == i18n::Language::fr ? LanguageChoice::fr : LanguageChoice::en
    };
}

Result<User> change_me(Accounts& accounts, const Context& context, const MeChange& change) {
    SessionId keep;
    if (change.password) {
        if (context.actor.via != Via::session) return fail(ErrorKind::forbidden, kSessionNeeded);
        CHECK_OK(accounts.check_own_password(self(context), change.current_password.value_or("")));
        keep = SessionId(context.actor.credential_id);
    }
    return accounts.change_user(
        self(context),
        {.password = change.password, .language = change.language, .email = change.email},
        keep
    );
}

void add_me(http::Routes& routes, Accounts& accounts) {
    routes.add<NoRequest, WhoAmI>(
        Method::get,
        "/api/v1/session",
        http::access::own_account(),
        {.summary = "Who am I, and what may I do.", .tag = "accounts"},
        [&accounts](Context& context, const NoRequest&) { return who_am_i(accounts, context); }
    );
    routes.add<MeChange, User>(
        Method::patch,
        "/api/v1/me",
        http::access::own_account(Right::write),
        {.summary = "Change one's language or password.", .tag = "accounts", .errors = {429}},
        [&accounts](Context& context, const MeChange& change) {
            return change_me(accounts, context, change);
        }
    );
    routes.add<NoRequest, SessionList>(
        Method::get,
        "/api/v1/sessions",
        http::access::own_account(Right::manage),
        {.summary = "One's own sessions.", .tag = "accounts"},
        [&accounts](Context& context, const NoRequest&) -> Result<SessionList> {
            TRY(auto found, accounts.sessions(self(context)));
            for (auto& session : found)
                session.current = context.actor.via == Via::session &&
                                  session.id.value == context.actor.credential_id;
            return SessionList{std::move(found)};
        }
    );
    routes.add<SessionPath, NoContent>(
        Method::delete_,
        "/api/v1/sessions/{session_id}",
        http::access::own_account(Right::manage),
        {.summary = "End one of one's sessions.", .tag = "accounts"},
        [&accounts](Context& context, const SessionPath& path) -> Result<NoContent> {
            CHECK_OK(accounts.revoke_session(self(context), SessionId(path.session_id)));
            return NoContent{};
        }
    );
}

void add_two_factor(http::Routes& routes, Accounts& accounts) {
    const auto manage = http::access::own_account(Right::manage);
    routes.add<NoRequest, TwoFactor>(
        Method::get,
        "/api/v1/two-factor",
        http::access::own_account(),
        {.summary = "Whether one's password needs a code beside it.", .tag = "accounts"},
        [&accounts](Context& context, const NoRequest&) {
            return accounts.two_factor(self(context));
        }
    );
    routes.add<TwoFactorRequest, Enrolment>(
        Method::post,
        "/api/v1/two-factor",
        manage,
        {.summary = "Begin: a secret for an authenticator, which counts once a code was given.",
         .tag = "accounts",
         .errors = {409, 429}},
        [&accounts](Context& context, const TwoFactorRequest& request) -> Result<Enrolment> {
            CHECK_OK(own_session(context));
            return accounts.begin_two_factor(self(context), request.password);
        }
    );
    routes.add<CodeRequest, RecoveryCodes>(
        Method::post,
        "/api/v1/two-factor/confirm",
        manage,
        {.summary = "Confirm with a code: from now on signing in needs one; gives recovery codes.",
         .tag = "accounts",
         .errors = {409, 429}},
        [&accounts](Context& context, const CodeRequest& request) -> Result<RecoveryCodes> {
            TRY(const SessionId keep, own_session(context));
            return accounts.confirm_two_factor(self(context), request.code, keep);
        }
    );
}

void add_two_factor_end(http::Routes& routes, Accounts& accounts) {
    const auto manage = http::access::own_account(Right::manage);
    routes.add<PasswordAndCode, RecoveryCodes>(
        Method::post,
        "/api/v1/two-factor/recovery-codes",
        manage,
        {.summary = "New recovery codes in place of the old.",
         .tag = "accounts",
         .errors = {409, 429}},
        [&accounts](Context& context, const PasswordAndCode& given) -> Result<RecoveryCodes> {
            CHECK_OK(own_session(context));
            return accounts.renew_recovery_codes(self(context), given);
        }
    );
    routes.add<PasswordAndCode, NoContent>(
        Method::post,
        "/api/v1/two-factor/off",
        manage,
        {.summary = "Sign in with the password alone again.",
         .tag = "accounts",
         .errors = {409, 429}},
        [&accounts](Context& context, const PasswordAndCode& given) -> Result<NoContent> {
            CHECK_OK(own_session(context));
            CHECK_OK(accounts.end_two_factor(self(context), given));
            return NoContent{};
        }
    );
    routes.add<UserPath, NoContent>(
        Method::delete_,
        "/api/v1/users/{user_id}/two-factor",
        http::access::administrator(),
        {.summary = "Let a user who lost telephone and codes sign in with the password alone.",
         .tag = "accounts"},
        [&accounts](Context&, const UserPath& path) -> Result<NoContent> {
            CHECK_OK(accounts.reset_two_factor(UserId(path.user_id)));
            return NoContent{};
        }
    );
}

void add_tokens(http::Routes& routes, Accounts& accounts) {
    routes.add<NoRequest, TokenList>(
        Method::get,
        "/api/v1/tokens",
        http::access::own_account(Right::manage),
        {.summary = "One's own API tokens, without their secrets.", .tag = "accounts"},
        [&accounts](Context& context, const NoRequest&) -> Result<TokenList> {
            TRY(auto found, accounts.tokens(self(context)));
            return TokenList{std::move(found)};
        }
    );
    routes.add<TokenRequest, http::Created<NewToken>>(
        Method::post,
        "/api/v1/tokens",
        http::access::own_account(Right::manage),
        {.summary = "Make an API token; its secret is shown only here.",
         .tag = "accounts",
         .errors = {409}},
        [&accounts](Context& context, const TokenRequest& wish) -> Result<http::Created<NewToken>> {
            TRY(auto made, accounts.create_token(self(context), wish.label, wish.scope, wish.days));
            auto location = "/api/v1/tokens/" + std::to_string(made.id.value);
            return http::Created<NewToken>{std::move(made), std::move(location)};
        }
    );
    routes.add<TokenPath, NoContent>(
        Method::delete_,
        "/api/v1/tokens/{token_id}",
        http::access::own_account(Right::manage),
        {.summary = "Revoke one of one's tokens.", .tag = "accounts"},
        [&accounts](Context& context, const TokenPath& path) -> Result<NoContent> {
            CHECK_OK(accounts.revoke_token(self(context), TokenId(path.token_id)));
            return NoContent{};
        }
    );
}

/// What an operator is told of a user: no address.
User shown_to(const http::Actor& actor, User user) {
    if (!actor.administrator) user.email.reset();
    return user;
}

/// An operator adds people and closes accounts; whatever would open a door to data (a password, an
/// administrator, another's address) is an administrator's.
Result<void> check_operator(Accounts& accounts, const http::Actor& actor, const UserPatch& patch) {
    if (actor.administrator) return {};
    TRY(const User user, accounts.user(UserId(patch.user_id)));
    if (user.administrator || patch.administrator || patch.operates || patch.password ||
        patch.email || patch.language)
        return fail(ErrorKind::forbidden, kForbidden);
    return {};
}

Result<User> patch_user(Accounts& accounts, const Context& context, const UserPatch& patch) {
    CHECK_OK(check_operator(accounts, context.actor, patch));
    const bool own = patch.user_id == context.actor.user_id;
    const bool session = context.actor.via == Via::session;
    TRY(User changed,
        accounts.change_user(
            UserId(patch.user_id),
            {patch.administrator,
             patch.disabled,
             patch.password,
             patch.language,
             patch.email,
             patch.operates},
            own && session ? SessionId(context.actor.credential_id) : SessionId{}
        ));
    return shown_to(context.actor, std::move(changed));
}

void add_users(http::Routes& routes, Accounts& accounts) {
    routes.add<PageQuery, UserList>(
        Method::get,
        "/api/v1/users",
        http::access::service(),
        {.summary = "All users.", .tag = "accounts"},
        [&accounts](Context& context, const PageQuery& page) -> Result<UserList> {
            TRY(auto found, accounts.users(UserId(page.after), page.limit));
            for (auto& user : found) user = shown_to(context.actor, std::move(user));
            return UserList{std::move(found)};
        }
    );
    routes.add<UserRequest, http::Created<User>>(
        Method::post,
        "/api/v1/users",
        http::access::service(),
        {.summary = "Make a user with a personal project.", .tag = "accounts", .errors = {409}},
        [&accounts](Context& context, const UserRequest& wish) -> Result<http::Created<User>> {
            if (wish.administrator && !context.actor.administrator)
                return fail(ErrorKind::forbidden, kForbidden);
            TRY(auto made,
                accounts.create_user(
                    {wish.name, wish.password, wish.administrator, wish.language, wish.operates}
                ));
            context.noted.object_kind = "user";
            context.noted.object_id = made.id.value;
            auto location = "/api/v1/users/" + std::to_string(made.id.value);
            return http::Created<User>{std::move(made), std::move(location)};
        }
    );
    routes.add<UserPath, User>(
        Method::get,
        "/api/v1/users/{user_id}",
        http::access::service(),
        {.summary = "One user.", .tag = "accounts"},
        [&accounts](Context& context, const UserPath& path) -> Result<User> {
            TRY(auto user, accounts.user(UserId(path.user_id)));
            return shown_to(context.actor, std::move(user));
        }
    );
    routes.add<UserPatch, User>(
        Method::patch,
        "/api/v1/users/{user_id}",
        http::access::service(),
        {.summary = "Disable, promote, or give a new password.", .tag = "accounts", .errors = {409}
        },
        [&accounts](Context& context, const UserPatch& patch) {
            return patch_user(accounts, context, patch);
        }
    );
}

}  // namespace

UserId self(const Context& context) { return UserId(context.actor.user_id); }

Visitor visitor_of(const Context& context) {
    return {
        context.head.remote_address,
        std::string(context.head.header("user-agent")),
        std::string(context.head.cookie(kSessionCookie))
    };
}

Response with_session(Response response, const Context& context, const OpenedSession& opened) {
    const bool secure = context.head.scheme == "https";
    const std::int64_t age_s = (opened.expires_at - base::Clock::wall_ms()) / 1000;
    return std::move(response)
        .with_cookie(kSessionCookie, opened.cookie, age_s, false, secure)
        .with_cookie(kCsrfCookie, opened.csrf_token, age_s, true, secure)
        .with_header("Cache-Control", "no-store");
}

Result<SessionId> own_session(const Context& context) {
    if (context.actor.via != Via::session) return fail(ErrorKind::forbidden, kSessionNeeded);
    return SessionId(context.actor.credential_id);
}

void register_routes(http::Routes& routes, Accounts& accounts) {
    add_sign_in(routes, accounts);
    add_setup(routes, accounts);
    add_me(routes, accounts);
    add_two_factor(routes, accounts);
    add_two_factor_end(routes, accounts);
    add_identities(routes, accounts);
    add_tokens(routes, accounts);
    add_users(routes, accounts);
    routes.add_page("/account/", http::access::own_account());
    routes.add_page("/users/", http::access::service());
}

}  // namespace csva::accounts
