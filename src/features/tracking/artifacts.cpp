#include "features/tracking/artifact_rows.hpp"
#include "features/tracking/protocol.hpp"

#include <algorithm>

namespace csva::tracking {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using http::Actor;
using http::Context;
using http::Method;
using http::Right;
using store::Session;

struct ArtifactList {
    std::string run_id;
    std::string run_uuid;
    std::string path;
    std::string page_token;
};
CSVA_DESCRIBE(ArtifactList, run_id, run_uuid, path, page_token)
CSVA_NOTES(
    ArtifactList,
    {.field = "run_id", .defaulted = true},
    {.field = "run_uuid", .text = "The former name of run_id.", .defaulted = true},
    {.field = "path", .text = "A folder; empty: the top.", .defaulted = true},
    {.field = "page_token", .text = "Ignored: all files come at once.", .defaulted = true}
)

struct ArtifactPage {
    std::string root_uri;
    std::vector<MlflowFile> files;
};
CSVA_DESCRIBE(ArtifactPage, root_uri, files)
CSVA_NOTES(ArtifactPage, {.field = "files", .defaulted = true})

struct FolderQuery {
    std::string path;
};
CSVA_DESCRIBE(FolderQuery, path)
CSVA_NOTES(
    FolderQuery,
    {.field = "path", .text = "<experiment>/<run>/artifacts/<folder>", .defaulted = true}
)

struct FolderAnswer {
    std::vector<MlflowFile> files;
};
CSVA_DESCRIBE(FolderAnswer, files)
CSVA_NOTES(FolderAnswer, {.field = "files", .text = "By base name.", .defaulted = true})

struct ArtifactPath {
    std::string artifact_path;
};
CSVA_DESCRIBE(ArtifactPath, artifact_path)

constexpr std::string_view kArtifact = "/api/2.0/mlflow-artifacts/artifacts/{artifact_path*}";

/// A path inside a run, as a query gives it. Errors: tracking.bad_path.
Result<std::string> folder_of(std::string_view path) {
    if (path.empty()) return std::string();
    TRY(const auto location, location_of("0/0/artifacts/" + std::string(path)));
    return location.path;
}

Result<ArtifactPage> list(Session& session, const Actor& actor, const ArtifactList& wish) {
    const auto& id = wish.run_id.empty() ? wish.run_uuid : wish.run_id;
    TRY(const auto run, run_of(session, actor, id, Right::read));
    TRY(const auto folder, folder_of(wish.path));
    ArtifactPage out{artifact_uri(run), {}};
    TRY(out.files, listing(session, run.run_id, folder));
    if (!folder.empty())
        for (auto& file : out.files) file.path.insert(0, folder + "/");
    return out;
}

/// An unknown folder, or a file, is an empty list.
Result<FolderAnswer> list_folder(Session& session, const Actor& actor, const FolderQuery& wish) {
    if (wish.path.empty()) return FolderAnswer{};
    TRY(const auto location, location_of(wish.path));
    const auto project = project_of(session, actor, location, Right::read);
    if (!project && project.error().kind == ErrorKind::not_found) return FolderAnswer{};
    if (!project) return std::unexpected(project.error());
    TRY(auto files, listing(session, location.owner, location.path));
    return FolderAnswer{std::move(files)};
}

Result<http::Response> download(const Parts& parts, Context& context, const ArtifactPath& wish) {
    TRY(const auto location, location_of(wish.artifact_path));
    TRY(const auto row, parts.database.read([&](Session& session) -> Result<ArtifactRow> {
        CHECK_OK(project_of(session, context.actor, location, Right::read));
        TRY(const auto found,
            session.record<ArtifactRow>(
                "SELECT id, path, blob_key, part, size_bytes FROM tracking_artifacts WHERE owner = "
                ":owner AND path = :path",
                {location.owner, location.path}
            ));
        if (!found) return fail(ErrorKind::not_found, kArtifactNotFound);
        return *found;
    }));
    TRY(auto path, parts.blobs.local_path(row.blob_key));
    if (!row.part.empty()) path /= row.part;
    const auto name = row.path.substr(row.path.rfind('/') + 1);
    return http::Response::download(std::move(path), "application/octet-stream", name);
}

Result<MlflowDone> upload(const Parts& parts, Context& context, const ArtifactPath& wish) {
    TRY(const auto location, location_of(wish.artifact_path));
    if (location.path.empty()) return fail(ErrorKind::invalid_argument, kBadPath);
    // In a transaction: asking to write holds the run's row, which a look cannot.
    TRY(const auto project, parts.database.transaction([&](Session& session) {
        return project_of(session, context.actor, location, Right::write);
    }));
    auto* file = context.file("file");
    TRY(const auto key, parts.blobs.put_file(project, file->path));
    const auto size = static_cast<std::int64_t>(file->size);
    const std::string sha256 = file->sha256;
    file->release();
    const auto freed =
        parts.database.transaction([&](Session& session) -> Result<std::optional<std::string>> {
            CHECK_OK(project_of(session, context.actor, location, Right::write));
            return put_artifact(
                session, {project, location.owner, location.path, key, "", size, sha256}
            );
        });
    if (!freed) {
        CHECK_OK(parts.blobs.remove(key));
        return std::unexpected(freed.error());
    }
    if (*freed) CHECK_OK(parts.blobs.remove(**freed));
    return MlflowDone{};
}

/// A file, or a folder with all below it.
Result<MlflowDone> remove(const Parts& parts, Context& context, const ArtifactPath& wish) {
    TRY(const auto location, location_of(wish.artifact_path));
    using Keys = std::vector<std::string>;
    TRY(const auto freed, parts.database.transaction([&](Session& session) -> Result<Keys> {
        CHECK_OK(project_of(session, context.actor, location, Right::write));
        TRY(const auto all, artifacts_below(session, location.owner, location.path));
        if (all.empty()) return fail(ErrorKind::not_found, kArtifactNotFound);
        Keys keys;
        for (const auto& row : all) {
            if (row.part.empty()) keys.push_back(row.blob_key);
            CHECK_OK(session.run("DELETE FROM tracking_artifacts WHERE id = :id", {row.id}));
        }
        return keys;
    }));
    for (const auto& key : freed) CHECK_OK(parts.blobs.remove(key));
    return MlflowDone{};
}

void add_proxy(http::Routes& routes, const Parts& parts) {
    routes.add<ArtifactPath, http::Response>(
        Method::get,
        kArtifact,
        http::access::signed_in(),
        {.summary = "A file of a run or of a logged model.",
         .tag = "tracking",
         .produces = {"application/octet-stream"},
         .download = true},
        [parts](Context& context, const ArtifactPath& wish) {
            return download(parts, context, wish);
        }
    );
    routes.add<ArtifactPath, MlflowDone>(
        Method::put,
        kArtifact,
        http::access::signed_in(Right::write),
        {.summary = "Keep the body as a file of a run or of a logged model.",
         .tag = "tracking",
         .body = http::Body::file,
         .limit_setting = "tracking.artifact_bytes"},
        [parts](Context& context, const ArtifactPath& wish) { return upload(parts, context, wish); }
    );
    routes.add<ArtifactPath, MlflowDone>(
        Method::delete_,
        kArtifact,
        http::access::signed_in(Right::write),
        described("Delete a file, or a folder with all below it."),
        [parts](Context& context, const ArtifactPath& wish) { return remove(parts, context, wish); }
    );
}

}  // namespace

void add_artifacts(http::Routes& routes, const Parts& parts) {
    add_reading<ArtifactList, ArtifactPage>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/artifacts/list",
        "Files of a run in one folder.",
        list
    );
    add_reading<FolderQuery, FolderAnswer>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow-artifacts/artifacts",
        "Files in one folder of a run or of a logged model.",
        list_folder
    );
    add_proxy(routes, parts);
}

}  // namespace csva::tracking
