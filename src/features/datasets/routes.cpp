#include "features/datasets/routes.hpp"

namespace csva::datasets {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::NoContent;
using http::NoRequest;
using http::Response;
using http::Right;

constexpr std::string_view kTag = "datasets";

constexpr http::Access by_id(Right right) {
    return http::access::object("dataset", right, "dataset_id");
}

std::string page_of(DatasetId id) { return "/view/" + std::to_string(id.value) + "/"; }

struct UploadForm {
    std::optional<projects::ProjectId> project_id;
};
CSVA_DESCRIBE(UploadForm, project_id)
CSVA_NOTES(
    UploadForm, {.field = "project_id", .text = "Project the file goes to; left out: one's own."}
)

Result<http::Created<UploadAnswer>> take(
    Service& service, Context& context, const UploadForm& form
) {
    http::StagedFile& file = *context.file("file");  // the server has seen that it is there
    TRY(const Dataset dataset, service.upload(context.actor, {file, form.project_id}));
    context.noted.object_kind = "dataset";
    context.noted.object_id = dataset.id.value;
    return http::Created<UploadAnswer>{{.file = dataset.file_name}, page_of(dataset.id)};
}

void add_upload(
    http::Routes& routes, const RouteParts& parts, std::string_view literal, http::Access access
) {
    auto& taken = parts.metrics.counter("csva_datasets_uploads_total", "Files that were taken in.");
    routes.add<UploadForm, http::Created<UploadAnswer>>(
        Method::post,
        literal,
        access,
        {.summary = "Send a CSV file as multipart part `file`.",
         .tag = kTag,
         .body = http::Body::multipart,
         .errors = {413, 415},
         .action = "datasets.upload"},
        [&service = parts.service, &taken](Context& context, const UploadForm& form) {
            auto answer = take(service, context, form);
            if (answer) taken.add();
            return answer;
        }
    );
}

void add_form_upload(http::Routes& routes, Service& service) {
    routes.add<UploadForm, http::SeeOther>(
        Method::post,
        "/upload/",
        http::access::signed_in(Right::write),
        {.summary = "Send a CSV file from a form; answers 303 to its page.",
         .tag = kTag,
         .body = http::Body::multipart,
         .errors = {413, 415},
         .action = "datasets.upload"},
        [&service](Context& context, const UploadForm& form) -> Result<http::SeeOther> {
            TRY(auto created, take(service, context, form));
            return http::SeeOther{std::move(created.location)};
        }
    );
}

void add_view(http::Routes& routes, Service& service) {
    routes.add<PkPath, View>(
        Method::get,
        "/view/{pk}/",
        http::access::object("dataset", Right::read, "pk"),
        {.summary = "A data set: the page, or what the page shows first as JSON.",
         .tag = kTag,
         .page = true},
        [&service](Context& context, const PkPath& path) {
            return service.view(path.pk, context.language);
        }
    );
}

void add_datasets(http::Routes& routes, Service& service) {
    routes.add<DatasetQuery, DatasetList>(
        Method::get,
        "/api/v1/datasets",
        http::access::signed_in(),
        {.summary = "The data sets one may read, newest first.", .tag = kTag},
        [&service](Context& context, const DatasetQuery& query) {
            return service.list(context.actor, query, context.language);
        }
    );
    routes.add<DatasetPath, Dataset>(
        Method::get,
        "/api/v1/datasets/{dataset_id}",
        by_id(Right::read),
        {.summary = "One data set.", .tag = kTag},
        [&service](Context& context, const DatasetPath& path) {
            return service.get(path.dataset_id, context.language);
        }
    );
    routes.add<DatasetChange, Dataset>(
        Method::patch,
        "/api/v1/datasets/{dataset_id}",
        by_id(Right::write),
        {.summary = "Rename a data set.", .tag = kTag},
        [&service](Context& context, const DatasetChange& change) {
            return service.rename(change.dataset_id, change.name, context.language);
        }
    );
    routes.add<Retention, Dataset>(
        Method::put,
        "/api/v1/datasets/{dataset_id}/retention",
        by_id(Right::write),
        {.summary = "Keep the rows of a data set for so many days from now.",
         .tag = kTag,
         .errors = {410}},
        [&service](Context& context, const Retention& wish) {
            return service.keep(wish.dataset_id, wish.days, context.language);
        }
    );
    routes.add<DatasetPath, NoContent>(
        Method::delete_,
        "/api/v1/datasets/{dataset_id}",
        by_id(Right::write),
        {.summary = "Delete a data set with its versions, trainings, models and predictions.",
         .tag = kTag},
        [&service](Context&, const DatasetPath& path) -> Result<NoContent> {
            CHECK_OK(service.remove(path.dataset_id));
            return NoContent{};
        }
    );
}

void add_versions(http::Routes& routes, Service& service) {
    routes.add<DatasetPath, VersionList>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/versions",
        by_id(Right::read),
        {.summary = "All versions, from the file as read to the newest.", .tag = kTag},
        [&service](Context&, const DatasetPath& path) -> Result<VersionList> {
            TRY(auto found, service.versions(path.dataset_id));
            return VersionList{std::move(found)};
        }
    );
    routes.add<VersionPath, Dataset>(
        Method::put,
        "/api/v1/datasets/{dataset_id}/versions/{version_id}/current",
        by_id(Right::write),
        {.summary = "Make a version the current one.", .tag = kTag, .errors = {409}},
        [&service](Context& context, const VersionPath& path) {
            return service.make_current(path.dataset_id, path.version_id, context.language);
        }
    );
    routes.add<DatasetPath, Dataset>(
        Method::post,
        "/api/v1/datasets/{dataset_id}/undo",
        by_id(Right::write),
        {.summary = "Go back to the version before the latest step.",
         .tag = kTag,
         .body = http::Body::none,
         .errors = {409}},
        [&service](Context& context, const DatasetPath& path) {
            return service.undo(path.dataset_id, context.language);
        }
    );
}

void add_files(http::Routes& routes, Service& service) {
    routes.add<DatasetPath, http::Handmade<reading::Receipt>>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/receipt",
        by_id(Right::read),
        {.summary = "How the file was read, and on what evidence.", .tag = kTag, .errors = {409}},
        [&service](Context&, const DatasetPath& path) -> Result<http::Handmade<reading::Receipt>> {
            TRY(auto json, service.receipt(path.dataset_id));
            return http::Handmade<reading::Receipt>{Response::json(std::move(json))};
        }
    );
    const auto add_file = [&routes, &service](
                              std::string_view literal,
                              std::string_view summary,
                              Result<Service::File> (Service::*find)(DatasetId)
                          ) {
        routes.add<DatasetPath, Response>(
            Method::get,
            literal,
            by_id(Right::read),
            {.summary = summary, .tag = kTag, .produces = {"text/csv"}, .download = true},
            [&service, find](Context&, const DatasetPath& path) -> Result<Response> {
                TRY(auto file, (service.*find)(path.dataset_id));
                return Response::download(std::move(file.path), "text/csv", file.name);
            }
        );
    };
    add_file(
        "/api/v1/datasets/{dataset_id}/rejects",
        "The rows that could not be kept: line, reason, text.",
        &Service::rejects
    );
    add_file(
        "/api/v1/datasets/{dataset_id}/original", "The file as it was sent.", &Service::original
    );
}

}  // namespace

void register_routes(http::Routes& routes, const RouteParts& parts) {
    add_upload(routes, parts, "/api/upload-csv/", http::access::signed_in_or_inbox());
    add_upload(routes, parts, "/api/upload/", http::access::signed_in_or_inbox());
    add_form_upload(routes, parts.service);
    add_view(routes, parts.service);
    add_datasets(routes, parts.service);
    add_versions(routes, parts.service);
    add_files(routes, parts.service);
}

}  // namespace csva::datasets
