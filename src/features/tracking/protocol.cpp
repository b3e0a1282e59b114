#include "features/tracking/protocol.hpp"

#include "features/tracking/routes.hpp"
#include "foundation/http/error_response.hpp"

namespace csva::tracking {
namespace {

using base::ErrorKind;

/// Version of MLflow whose protocol this is; clients look at it for what they may call.
constexpr std::string_view kProtocolVersion = "3.17.2";

http::Response refuse(
    const base::Error& error, i18n::Language language, std::string_view request_id
) {
    const auto ours = http::error_response(error, language, request_id);
    const auto shape = base::from_json<http::FailureAnswer>(std::get<std::string>(ours.body));
    MlflowFailure failure;
    failure.error_code = error_code_of(error);
    if (shape) {
        const auto& known = shape->error;
        failure.message = known.message + (known.hint.empty() ? "" : " ") + known.hint;
        failure.reason = known.reason;
        failure.hint = known.hint;
        failure.details = known.details;
        failure.request_id = known.request_id;
    }
    auto response = ours;
    response.body = base::to_json(failure);
    return response;
}

struct ServerInfo {
    std::string store_type = "SqlStore";
    bool workspaces_enabled = false;
    bool multipart_uploads_enabled = false;
    bool multipart_downloads_enabled = false;
};
CSVA_DESCRIBE(
    ServerInfo,
    store_type,
    workspaces_enabled,
    multipart_uploads_enabled,
    multipart_downloads_enabled
)

void add_side_routes(http::Routes& routes) {
    routes.add<http::NoRequest, http::Response>(
        http::Method::get,
        "/version",
        http::access::signed_in(),
        {.summary = "The version of MLflow whose protocol is spoken.",
         .tag = "tracking",
         .produces = {"text/plain"}},
        [](http::Context&, const http::NoRequest&) -> base::Result<http::Response> {
            return http::Response::text(std::string(kProtocolVersion));
        }
    );
    routes.add<http::NoRequest, http::Response>(
        http::Method::get,
        "/health",
        http::access::open(),
        {.summary = "OK, as MLflow's clients ask for it.",
         .tag = "tracking",
         .produces = {"text/plain"},
         .quick = true},
        [](http::Context&, const http::NoRequest&) -> base::Result<http::Response> {
            return http::Response::text("OK");
        }
    );
    routes.add<http::NoRequest, ServerInfo>(
        http::Method::get,
        "/api/3.0/mlflow/server-info",
        http::access::signed_in(),
        described("What this server can do beyond the protocol."),
        [](http::Context&, const http::NoRequest&) -> base::Result<ServerInfo> {
            return ServerInfo{};
        }
    );
}

}  // namespace

std::string_view error_code_of(const base::Error& error) {
    if (error.reason == "http.no_such_address") return "ENDPOINT_NOT_FOUND";
    if (error.reason.ends_with("_already_exists")) return "RESOURCE_ALREADY_EXISTS";
    switch (error.kind) {
        case ErrorKind::invalid_argument:
            return error.reason.starts_with("http.") || error.reason == "base.bad_json"
                       ? "BAD_REQUEST"
                       : "INVALID_PARAMETER_VALUE";
        case ErrorKind::unauthenticated:
            return "UNAUTHENTICATED";
        case ErrorKind::forbidden:
            return "PERMISSION_DENIED";
        case ErrorKind::not_found:
        case ErrorKind::gone:
            return "RESOURCE_DOES_NOT_EXIST";
        case ErrorKind::conflict:
            return "RESOURCE_CONFLICT";
        case ErrorKind::too_large:
            return "BAD_REQUEST";
        case ErrorKind::rate_limited:
            return "REQUEST_LIMIT_EXCEEDED";
        case ErrorKind::unavailable:
            return "TEMPORARILY_UNAVAILABLE";
        case ErrorKind::internal:
            return "INTERNAL_ERROR";
    }
    return "INTERNAL_ERROR";
}

const http::Dialect& dialect() {
    static const http::Dialect mlflow = {"mlflow_failure", &base::type_of<MlflowFailure>(), refuse};
    return mlflow;
}

void register_routes(http::Routes& routes, store::Database& database, blob::BlobStore& blobs) {
    routes.speak("/api/2.0/mlflow", dialect());
    routes.speak("/api/3.0/mlflow", dialect());
    routes.alias("/ajax-api/2.0/mlflow/", "/api/2.0/mlflow/");
    routes.add_page("/mlflow/", http::access::signed_in());
    const Parts parts{database, blobs};
    add_side_routes(routes);
    add_experiments(routes, parts);
    add_runs(routes, parts);
    add_run_data(routes, parts);
    add_metrics(routes, parts);
    add_run_search(routes, parts);
    add_artifacts(routes, parts);
    add_logged_models(routes, parts);
    add_registry(routes, parts);
    add_versions(routes, parts);
    add_bin(routes, parts);
    add_promotions(routes, parts);
}

}  // namespace csva::tracking
