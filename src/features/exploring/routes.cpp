#include "features/exploring/routes.hpp"

#include "engine/profile/profile.hpp"

namespace csva::exploring {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::Response;

constexpr std::string_view kTag = "exploring";

}  // namespace

void register_routes(http::Routes& routes, Service& service, datasets::Service& datasets) {
    const auto readable = http::access::object("dataset", http::Right::read, "dataset_id");
    routes.add<RowsQuery, RowsPage>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/rows",
        readable,
        {.summary = "A page of rows, sorted and filtered.", .tag = kTag, .errors = {409}},
        [&service](Context&, const RowsQuery& query) { return service.rows(query); }
    );
    routes.add<datasets::VersionQuery, http::Handmade<profile::Profile>>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/profile",
        readable,
        {.summary = "What is in each column of a version.", .tag = kTag, .errors = {409}},
        [&datasets](
            Context&, const datasets::VersionQuery& query
        ) -> Result<http::Handmade<profile::Profile>> {
            TRY(auto json, datasets.profile(query.dataset_id, query.version_id));
            return http::Handmade<profile::Profile>{Response::json(std::move(json))};
        }
    );
    routes.add<datasets::VersionPath, Response>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/versions/{version_id}/csv",
        readable,
        {.summary = "A version as CSV (UTF-8, comma, header first).",
         .tag = kTag,
         .produces = {"text/csv"},
         .download = true},
        [&service](Context&, const datasets::VersionPath& path) -> Result<Response> {
            TRY(auto file, service.csv(path.dataset_id, path.version_id));
            auto response = Response::download(std::move(file.path), "text/csv", file.name);
            std::get<http::FileBody>(response.body).remove_afterwards = true;
            return response;
        }
    );
}

}  // namespace csva::exploring
