#include "features/tracking/artifact_rows.hpp"

#include "foundation/base/clock.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace csva::tracking {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using http::Right;
using store::Session;

constexpr std::size_t kPathMax = 2000;
constexpr std::string_view kFolder = "artifacts";

std::unexpected<base::Error> bad() { return fail(ErrorKind::invalid_argument, kBadPath); }

Result<std::vector<std::string_view>> segments_of(std::string_view path) {
    std::vector<std::string_view> out;
    if (path.size() > kPathMax || path.starts_with('/')) return bad();
    if (path.ends_with('/')) path.remove_suffix(1);
    while (true) {
        const auto slash = path.find('/');
        const auto one = path.substr(0, slash);
        const bool drive = one.size() >= 2 && one[1] == ':' &&
                           std::isalpha(static_cast<unsigned char>(one[0])) != 0;
        if (drive || one.empty() || one == "." || one == ".." ||
            std::ranges::any_of(one, [](char c) {
                return static_cast<unsigned char>(c) < 0x20 || c == '\\' || c == '\x7f';
            }))
            return bad();
        out.push_back(one);
        if (slash == std::string_view::npos) return out;
        path.remove_prefix(slash + 1);
    }
}

bool below(std::string_view path, std::string_view folder) {
    return path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/';
}

}  // namespace

Result<Location> location_of(std::string_view path) {
    TRY(const auto segments, segments_of(path));
    Location out;
    std::size_t at = 0;
    out.experiment = segments[at++];
    if (at < segments.size() && segments[at] == "models") {
        out.of_model = true;
        ++at;
    }
    if (at + 1 >= segments.size() || segments[at + 1] != kFolder)
        return fail(ErrorKind::not_found, kArtifactNotFound);
    out.owner = segments[at];
    for (std::size_t i = at + 2; i < segments.size(); ++i)
        out.path += (out.path.empty() ? "" : "/") + std::string(segments[i]);
    return out;
}

Result<std::int64_t> project_of(
    Session& session, const http::Actor& actor, const Location& location, Right right
) {
    const auto found = [&]() -> Result<std::int64_t> {
        if (location.of_model) {
            TRY(const auto model, model_of(session, actor, location.owner, right));
            if (std::to_string(model.experiment_id) != location.experiment)
                return fail(ErrorKind::not_found, kArtifactNotFound);
            return model.project_id;
        }
        TRY(const auto run, run_of(session, actor, location.owner, right));
        if (std::to_string(run.experiment_id) != location.experiment)
            return fail(ErrorKind::not_found, kArtifactNotFound);
        if (right != Right::read) CHECK_OK(check_active(run.lifecycle_stage));
        return run.project_id;
    }();
    if (!found && found.error().kind == ErrorKind::not_found)
        return fail(ErrorKind::not_found, kArtifactNotFound);
    return found;
}

Result<std::vector<ArtifactRow>> artifacts_of(Session& session, std::string_view owner) {
    return session.records<ArtifactRow>(
        "SELECT id, path, blob_key, part, size_bytes FROM tracking_artifacts WHERE owner = :owner "
        "ORDER BY path",
        {owner}
    );
}

std::vector<MlflowFile> listing(const std::vector<ArtifactRow>& all, std::string_view folder) {
    std::map<std::string, MlflowFile> found;
    for (const auto& row : all) {
        std::string_view rest = row.path;
        if (!folder.empty()) {
            if (!below(rest, folder)) continue;
            rest.remove_prefix(folder.size() + 1);
        }
        const auto slash = rest.find('/');
        const std::string name(rest.substr(0, slash));
        if (slash == std::string_view::npos)
            found[name] = {name, false, row.size_bytes};
        else
            found[name] = {name, true, std::nullopt};
    }
    std::vector<MlflowFile> out;
    for (auto& [name, file] : found) out.push_back(std::move(file));
    return out;
}

Result<std::optional<std::string>> put_artifact(Session& session, const NewArtifact& made) {
    TRY(const auto all, artifacts_of(session, made.owner));
    std::optional<std::string> freed;
    for (const auto& row : all) {
        if (below(row.path, made.path) || below(made.path, row.path)) return bad();
        if (row.path == made.path && row.part.empty()) freed = row.blob_key;
    }
    CHECK_OK(session.run(
        "INSERT INTO tracking_artifacts (project_id, owner, path, blob_key, part, size_bytes, "
        "sha256, created_at) VALUES (:project, :owner, :path, :key, :part, :size, :sha256, :now) "
        "ON CONFLICT (owner, path) DO UPDATE SET blob_key = excluded.blob_key, part = "
        "excluded.part, size_bytes = excluded.size_bytes, sha256 = excluded.sha256, created_at = "
        "excluded.created_at",
        {made.project_id,
         made.owner,
         made.path,
         made.blob_key,
         made.part,
         made.size_bytes,
         made.sha256,
         base::Clock::wall_ms()}
    ));
    return freed;
}

}  // namespace csva::tracking
