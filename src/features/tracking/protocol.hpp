#pragma once

#include "features/tracking/types.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/http/routes.hpp"
#include "foundation/store/database.hpp"

#include <string>
#include <string_view>
#include <utility>

/// What the protocol's groups of routes share: errors in MLflow's shape, and the way a route is
/// added.
namespace csva::tracking {

/// MLflow's failure; the members after the second are ours, and its clients ignore them.
struct MlflowFailure {
    std::string error_code;
    std::string message;
    std::string reason;
    std::string hint;
    std::map<std::string, base::Cell> details;
    std::string request_id;
};
CSVA_DESCRIBE(MlflowFailure, error_code, message, reason, hint, details, request_id)
CSVA_NOTES(
    MlflowFailure,
    {.field = "error_code", .text = "MLflow's own: RESOURCE_DOES_NOT_EXIST, ..."},
    {.field = "message", .text = "What happened and the way out, in the caller's language."},
    {.field = "reason", .text = "Stable name for programs: <feature>.<name>."}
)

/// MLflow's code for a failure.
std::string_view error_code_of(const base::Error& error);
/// The manners of all routes of the protocol.
const http::Dialect& dialect();

/// What the handlers work on.
struct Parts {
    store::Database& database;
    blob::BlobStore& blobs;
};

inline constexpr http::RouteDoc described(std::string_view summary) {
    return {.summary = summary, .tag = "tracking"};
}

/// Adds a route whose handler is `Result<Answer>(Session&, const Actor&, const Request&)`, run in a
/// read-only look or in a transaction.
template <class Request, class Ans, class Handler>
void add_reading(
    http::Routes& routes,
    const Parts& parts,
    http::Method method,
    std::string_view literal,
    std::string_view summary,
    Handler handler
) {
    routes.add<Request, Ans>(
        method,
        literal,
        http::access::signed_in(),
        described(summary),
        [&database = parts.database, handler](http::Context& context, const Request& request) {
            return database.read([&](store::Session& session) {
                return handler(session, std::as_const(context.actor), request);
            });
        }
    );
}
template <class Request, class Ans, class Handler>
void add_writing(
    http::Routes& routes,
    const Parts& parts,
    http::Method method,
    std::string_view literal,
    std::string_view summary,
    Handler handler
) {
    routes.add<Request, Ans>(
        method,
        literal,
        http::access::signed_in(http::Right::write),
        described(summary),
        [&database = parts.database, handler](http::Context& context, const Request& request) {
            return database.transaction([&](store::Session& session) {
                return handler(session, std::as_const(context.actor), request);
            });
        }
    );
}

// Each group of routes, in its own source.
void add_experiments(http::Routes& routes, const Parts& parts);
void add_runs(http::Routes& routes, const Parts& parts);
void add_run_data(http::Routes& routes, const Parts& parts);
void add_metrics(http::Routes& routes, const Parts& parts);
void add_run_search(http::Routes& routes, const Parts& parts);
void add_artifacts(http::Routes& routes, const Parts& parts);
void add_logged_models(http::Routes& routes, const Parts& parts);
void add_registry(http::Routes& routes, const Parts& parts);
void add_versions(http::Routes& routes, const Parts& parts);
void add_bin(http::Routes& routes, const Parts& parts);
void add_promotions(http::Routes& routes, const Parts& parts);

}  // namespace csva::tracking
