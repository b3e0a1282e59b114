#include "features/accounts/routes_internal.hpp"

namespace csva::accounts {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::NoContent;
using http::NoRequest;
using http::Response;
using http::Right;

/// 303 with cookies.
using ToElsewhere = http::Handmade<void, 303>;

constexpr std::string_view kFlowCookie = "csva_oidc";

std::string own_address(const Context& context) {
    return context.head.scheme + "://" + context.head.host;
}

Response with_flow(Response response, const Context& context, const BegunSignIn& begun) {
    const bool secure = context.head.scheme == "https";
    return std::move(response)
        .with_cookie(kFlowCookie, begun.browser, begun.cookie_s, false, secure)
        .with_header("Cache-Control", "no-store");
}

Response without_flow(Response response, const Context& context) {
    return std::move(response).with_cookie(
        kFlowCookie, "", 0, false, context.head.scheme == "https"
    );
}

/// A browser is told on the sign-in page, a program by the error itself.
Result<Response> refused(const Context& context, const base::Error& error) {
    if (!context.head.wants_html()) return std::unexpected(error);
    return without_flow(
        Response::see_other("/login/?refused=" + error.reason)
            .with_header("Cache-Control", "no-store"),
        context
    );
}

Result<Response> begin(Accounts& accounts, const Context& context, const ProviderQuery& query) {
    const auto begun = accounts.begin_sign_in(query.next.value_or("/"), own_address(context));
    if (!begun) return refused(context, begun.error());
    return with_flow(Response::see_other(begun->address), context, *begun);
}

Result<Response> come_back(Accounts& accounts, Context& context, const CallbackQuery& query) {
    const auto ended = accounts.end_sign_in(
        {query.state,
         query.code,
         query.error,
         query.iss,
         std::string(context.head.cookie(kFlowCookie)),
         self(context)},
        visitor_of(context)
    );
    if (!ended) return refused(context, ended.error());
    if (ended->opened) context.noted.actor_id = ended->opened->user.id.value;
    auto response = without_flow(
        Response::see_other(ended->next).with_header("Cache-Control", "no-store"), context
    );
    if (!ended->opened) return response;
    return with_session(std::move(response), context, *ended->opened);
}

void add_sign_in(http::Routes& routes, Accounts& accounts) {
    routes.add<ProviderQuery, ToElsewhere>(
        Method::get,
        "/login/oidc",
        http::access::open(),
        {.summary = "To the identity provider, to sign in there.", .tag = "accounts"},
        [&accounts](Context& context, const ProviderQuery& query) -> Result<ToElsewhere> {
            TRY(auto response, begin(accounts, context, query));
            return ToElsewhere{std::move(response)};
        }
    );
    routes.add<CallbackQuery, ToElsewhere>(
        Method::get,
        "/login/oidc/callback",
        http::access::open(),
        {.summary = "Back from the identity provider: opens a session, or links an identity.",
         .tag = "accounts",
         .errors = {409},
         .action = "accounts.sign_in_elsewhere"},
        [&accounts](Context& context, const CallbackQuery& query) -> Result<ToElsewhere> {
            TRY(auto response, come_back(accounts, context, query));
            return ToElsewhere{std::move(response)};
        }
    );
}

}  // namespace

void add_identities(http::Routes& routes, Accounts& accounts) {
    add_sign_in(routes, accounts);
    routes.add<NoRequest, IdentityList>(
        Method::get,
        "/api/v1/identities",
        http::access::own_account(Right::manage),
        {.summary = "Identities at the provider that may sign in to one's account.",
         .tag = "accounts"},
        [&accounts](Context& context, const NoRequest&) -> Result<IdentityList> {
            TRY(auto found, accounts.identities(self(context)));
            return IdentityList{accounts.provider_name(), std::move(found)};
        }
    );
    routes.add<NoRequest, http::Handmade<LinkBegun>>(
        Method::post,
        "/api/v1/identities",
        http::access::own_account(Right::manage),
        {.summary = "Begin to link an identity to one's account.", .tag = "accounts"},
        [&accounts](Context& context, const NoRequest&) -> Result<http::Handmade<LinkBegun>> {
            CHECK_OK(own_session(context));
            TRY(const auto begun,
                accounts.begin_sign_in("/account/", own_address(context), self(context)));
            auto response = Response::json(base::to_json(LinkBegun{begun.address}));
            return http::Handmade<LinkBegun>{with_flow(std::move(response), context, begun)};
        }
    );
    routes.add<IdentityPath, NoContent>(
        Method::delete_,
        "/api/v1/identities/{identity_id}",
        http::access::own_account(Right::manage),
        {.summary = "Unlink an identity from one's account.", .tag = "accounts", .errors = {409}},
        [&accounts](Context& context, const IdentityPath& path) -> Result<NoContent> {
            CHECK_OK(own_session(context));
            CHECK_OK(accounts.unlink(self(context), IdentityId(path.identity_id)));
            return NoContent{};
        }
    );
}

}  // namespace csva::accounts
