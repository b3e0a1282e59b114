#include "features/erasure/routes.hpp"

#include "features/erasure/register.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>

namespace csva::erasure {
namespace {

using accounts::UserId;
using base::ErrorKind;
using base::fail;
using base::Result;
using http::Context;
using http::Method;
using http::Right;
using http::Via;

/// A session is fresh enough to stand for the password.
constexpr std::int64_t kFreshMs = 600'000;

struct GdprPath {
    std::int64_t user_id = 0;
};
CSVA_DESCRIBE(GdprPath, user_id)

struct GdprRequest {
    std::int64_t user_id = 0;
    std::optional<std::string> password;
};
CSVA_DESCRIBE(GdprRequest, user_id, password)
CSVA_NOTES(
    GdprRequest,
    {.field = "password",
     .text = "One's own; not needed in the first ten minutes of a session, nor by administrators "
             "for others.",
     .maximum = 1024,
     .format = "password"}
)

struct CodePath {
    std::string code;
};
CSVA_DESCRIBE(CodePath, code)

struct ExportPath {
    std::int64_t export_id = 0;
};
CSVA_DESCRIBE(ExportPath, export_id)

struct PublicKey {
    std::string public_key;
};
CSVA_DESCRIBE(PublicKey, public_key)
CSVA_NOTES(PublicKey, {.field = "public_key", .text = "Ed25519, hexadecimal."})

Result<bool> is_fresh(accounts::Accounts& accounts, const Context& context) {
    if (context.actor.via != Via::session) return false;
    TRY(const auto sessions, accounts.sessions(UserId(context.actor.user_id)));
    return std::ranges::any_of(sessions, [&](const auto& session) {
        return session.id.value == context.actor.credential_id &&
               base::Clock::wall_ms() - session.created_at <= kFreshMs;
    });
}

/// Whether whoever asks may erase that account, and has shown who they are. Errors:
/// accounts.user_not_found (another's), erasure.proof_needed, accounts.wrong_password.
Result<AskedBy> authorised(
    accounts::Accounts& accounts, const Context& context, const GdprRequest& wish
) {
    if (wish.user_id != context.actor.user_id) {
        if (!context.actor.administrator)
            return fail(ErrorKind::not_found, accounts::kUserNotFound);
        return AskedBy::administrator;
    }
    if (wish.password) {
        CHECK_OK(accounts.check_own_password(UserId(wish.user_id), *wish.password));
        return AskedBy::person;
    }
    TRY(const bool fresh, is_fresh(accounts, context));
    if (!fresh) return fail(ErrorKind::forbidden, kProofNeeded);
    return AskedBy::person;
}

Result<http::Handmade<Erasure, 202>> erase(
    Service& service, accounts::Accounts& accounts, const Context& context, const GdprRequest& wish
) {
    TRY(const auto asked_by, authorised(accounts, context, wish));
    TRY(const Erasure begun, service.request(UserId(wish.user_id), asked_by));
    auto response = context.from_form ? http::Response::see_other("/erasures/" + begun.code + "/")
                                      : http::Response::json(base::to_json(begun), 202);
    return http::Handmade<Erasure, 202>{
        std::move(response).with_header("Location", "/api/v1/erasures/" + begun.code)
    };
}

void add_requests(http::Routes& routes, Service& service, accounts::Accounts& accounts) {
    routes.add<GdprPath, http::Handmade<Erasure, 202>>(
        Method::delete_,
        "/api/gdpr/delete/{user_id}",
        http::access::own_account(Right::manage),
        {.summary = "Erase an account with all that is its own: one's own, or as administrator.",
         .tag = "erasure",
         .errors = {409}},
        [&](Context& context, const GdprPath& path) {
            return erase(service, accounts, context, {path.user_id, {}});
        }
    );
    routes.add<GdprRequest, http::Handmade<Erasure, 202>>(
        Method::post,
        "/api/gdpr/delete/{user_id}",
        http::access::own_account(Right::manage),
        {.summary = "The same with one's password.",
         .tag = "erasure",
         .body = http::Body::json_or_form,
         .errors = {409, 429}},
        [&](Context& context, const GdprRequest& wish) {
            return erase(service, accounts, context, wish);
        }
    );
    routes.add<http::NoRequest, Preview>(
        Method::get,
        "/api/v1/me/erasure",
        http::access::signed_in(Right::manage),
        {.summary = "What erasing one's account would do.", .tag = "erasure"},
        [&](Context& context, const http::NoRequest&) -> Result<Preview> {
            TRY(auto preview, service.preview(UserId(context.actor.user_id)));
            TRY(preview.session_fresh, is_fresh(accounts, context));
            return preview;
        }
    );
    routes.add<GdprPath, Preview>(
        Method::get,
        "/api/v1/users/{user_id}/erasure",
        http::access::administrator(),
        {.summary = "What erasing an account would do.", .tag = "erasure"},
        [&](Context&, const GdprPath& path) { return service.preview(UserId(path.user_id)); }
    );
}

void add_certificates(http::Routes& routes, Service& service) {
    routes.add<CodePath, Erasure>(
        Method::get,
        "/api/v1/erasures/{code}",
        http::access::open(),
        {.summary = "How far an erasure is, and its certificate: for whoever knows its code, since "
                    "the account is gone.",
         .tag = "erasure"},
        [&](Context&, const CodePath& path) { return service.find(path.code); }
    );
    routes.add<CodePath, SignedCertificate>(
        Method::get,
        "/api/v1/erasures/{code}/certificate",
        http::access::open(),
        {.summary = "The certificate alone, as `csva erasure verify` takes it.", .tag = "erasure"},
        [&](Context&, const CodePath& path) -> Result<SignedCertificate> {
            TRY(auto found, service.find(path.code));
            if (!found.certificate) return fail(ErrorKind::not_found, kNotFound);
            return std::move(*found.certificate);
        }
    );
    routes.add<http::NoRequest, PublicKey>(
        Method::get,
        "/api/v1/erasure-key",
        http::access::open(),
        {.summary = "The key that certificates of erasure are signed with.", .tag = "erasure"},
        [&](Context&, const http::NoRequest&) -> Result<PublicKey> {
            TRY(auto key, service.public_key());
            return PublicKey{std::move(key)};
        }
    );
    routes.add<http::NoRequest, ErasureList>(
        Method::get,
        "/api/v1/erasures",
        http::access::administrator(),
        {.summary = "The newest erasures.", .tag = "erasure"},
        [&](Context&, const http::NoRequest&) { return service.list(); }
    );
    routes.add_page("/erasures/{code}/", http::access::open());
}

void add_exports(http::Routes& routes, Exports& exports) {
    routes.add<http::NoRequest, http::Accepted<Export>>(
        Method::post,
        "/api/v1/me/exports",
        http::access::signed_in(Right::manage),
        {.summary = "Pack a copy of all that is kept about oneself.", .tag = "erasure"},
        [&](Context& context, const http::NoRequest&) -> Result<http::Accepted<Export>> {
            TRY(auto begun, exports.start(UserId(context.actor.user_id)));
            return http::Accepted<Export>{std::move(begun), "/api/v1/me/exports"};
        }
    );
    routes.add<http::NoRequest, ExportList>(
        Method::get,
        "/api/v1/me/exports",
        http::access::signed_in(Right::manage),
        {.summary = "One's own copies; each is deleted after a week.", .tag = "erasure"},
        [&](Context& context, const http::NoRequest&) -> Result<ExportList> {
            TRY(auto found, exports.list(UserId(context.actor.user_id)));
            return ExportList{std::move(found)};
        }
    );
    routes.add<ExportPath, http::Response>(
        Method::get,
        "/api/v1/me/exports/{export_id}/file",
        http::access::signed_in(Right::manage),
        {.summary = "A copy as an archive (tar).",
         .tag = "erasure",
         .produces = {"application/x-tar"},
         .errors = {409},
         .download = true},
        [&](Context& context, const ExportPath& path) -> Result<http::Response> {
            TRY(auto file, exports.file(UserId(context.actor.user_id), ExportId(path.export_id)));
            return http::Response::download(
                std::move(file), "application/x-tar", "csv-analyzer-export.tar"
            );
        }
    );
}

void add_register(http::Routes& routes, store::Database& database, const base::Settings& settings) {
    routes.add<http::NoRequest, Register>(
        Method::get,
        "/api/v1/processing-register",
        http::access::service(),
        {.summary = "The records of processing activities (GDPR, article 30), made from facts.",
         .tag = "erasure"},
        [&](Context& context, const http::NoRequest&) {
            return make_register(database, settings, context.language);
        }
    );
    routes.add_page("/register/", http::access::service());
}

}  // namespace

void register_routes(http::Routes& routes, const RouteParts& parts) {
    add_register(routes, parts.database, parts.settings);
    add_requests(routes, parts.service, parts.accounts);
    add_certificates(routes, parts.service);
    add_exports(routes, parts.exports);
}

}  // namespace csva::erasure
