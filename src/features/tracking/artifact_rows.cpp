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

/// Paths below a folder are those from "folder/" to "folder0", as '0' follows '/'.
std::string first_below(std::string_view folder) { return std::string(folder) + "/"; }
std::string end_below(std::string_view folder) { return std::string(folder) + "0"; }

constexpr std::string_view kColumns =
    "SELECT id, path, blob_key, part, size_bytes FROM tracking_artifacts WHERE owner = :owner ";

/// A file may neither stand where a folder is needed, nor the other way round.
Result<void> check_place(Session& session, const NewArtifact& made) {
    std::vector<store::Value> values = {made.owner};
    for (auto slash = made.path.find('/'); slash != std::string_view::npos;
         slash = made.path.find('/', slash + 1))
        values.emplace_back(made.path.substr(0, slash));
    if (values.size() > 1) {
        const std::string list = many(1, values.size() - 1);
        TRY(const auto above,
            session.row(
                "SELECT id FROM tracking_artifacts WHERE owner = :owner AND path IN " + list +
                    " LIMIT 1",
                std::move(values)
            ));
        if (above) return bad();
    }
    TRY(const auto inside,
        session.row(
            "SELECT id FROM tracking_artifacts WHERE owner = :owner AND path >= :first AND path < "
            ":end LIMIT 1",
            {made.owner, first_below(made.path), end_below(made.path)}
        ));
    if (inside) return bad();
    return {};
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

Result<std::vector<ArtifactRow>> artifacts_below(
    Session& session, std::string_view owner, std::string_view path
) {
    if (path.empty())
        return session.records<ArtifactRow>(std::string(kColumns) + "ORDER BY path", {owner});
    return session.records<ArtifactRow>(
        std::string(kColumns) +
            "AND (path = :path OR (path >= :first AND path < :end)) ORDER BY path",
        {owner, path, first_below(path), end_below(path)}
    );
}

Result<std::vector<MlflowFile>> listing(
    Session& session, std::string_view owner, std::string_view folder
) {
    constexpr std::size_t kAtOnce = 500;
    const std::string before = folder.empty() ? std::string() : first_below(folder);
    const std::string end = folder.empty() ? std::string("\xf4\x8f\xbf\xbf") : end_below(folder);
    std::map<std::string, MlflowFile> found;
    std::string from = before;
    for (bool more = true; more;) {
        TRY(const auto rows,
            session.records<ArtifactRow>(
                std::string(kColumns) +
                    "AND path >= :from AND path < :end ORDER BY path LIMIT :limit",
                {owner, from, end, static_cast<std::int64_t>(kAtOnce)}
            ));
        more = rows.size() == kAtOnce;
        for (const auto& row : rows) {
            if (row.path < from) continue;
            const auto rest = std::string_view(row.path).substr(before.size());
            const auto slash = rest.find('/');
            std::string name(rest.substr(0, slash));
            if (slash == std::string_view::npos) {
                from = row.path + '\x01';
                found[name] = {name, false, row.size_bytes};
            } else {
                from = end_below(before + name);
                found[name] = {name, true, std::nullopt};
            }
        }
    }
    std::vector<MlflowFile> out;
    for (auto& [name, file] : found) out.push_back(std::move(file));
    return out;
}

Result<std::optional<std::string>> put_artifact(Session& session, const NewArtifact& made) {
    CHECK_OK(check_place(session, made));
    TRY(const auto former,
        session.record<ArtifactRow>(
            std::string(kColumns) + "AND path = :path", {made.owner, made.path}
        ));
    std::optional<std::string> freed;
    if (former && former->part.empty()) freed = former->blob_key;
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
