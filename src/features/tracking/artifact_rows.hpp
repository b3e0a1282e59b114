#pragma once

#include "features/tracking/rows.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Files of runs and logged models: a path is a row, its content a blob or a part of a folder blob.
namespace csva::tracking {

struct ArtifactRow {
    std::int64_t id = 0;
    std::string path;
    std::string blob_key;
    std::string part;
    std::int64_t size_bytes = 0;
};
CSVA_DESCRIBE(ArtifactRow, id, path, blob_key, part, size_bytes)

/// Whose files a path of the artifact proxy names: `<exp>/<run>/artifacts/...` or
/// `<exp>/models/<model_id>/artifacts/...`.
struct Location {
    bool of_model = false;
    std::string experiment;
    std::string owner;  ///< Run id or logged model's id.
    std::string path;   ///< Below; empty: all.
};
/// Errors: tracking.bad_path for `..`, absolute paths, backslashes, control characters, drive
/// letters; tracking.artifact_not_found for another beginning.
base::Result<Location> location_of(std::string_view path);

/// The owner's project, once the actor may do this to it. Errors: tracking.artifact_not_found,
/// tracking.not_active, accounts.forbidden.
base::Result<std::int64_t> project_of(
    store::Session& session, const http::Actor& actor, const Location& location, http::Right right
);

/// The file of this path and all below it; an empty path: all.
base::Result<std::vector<ArtifactRow>> artifacts_below(
    store::Session& session, std::string_view owner, std::string_view path
);
/// What lies directly in a folder, by its base name. Costs what is listed: folders in it are
/// stepped over.
base::Result<std::vector<MlflowFile>> listing(
    store::Session& session, std::string_view owner, std::string_view folder
);

struct NewArtifact {
    std::int64_t project_id = 0;
    std::string_view owner;
    std::string_view path;
    std::string_view blob_key;
    std::string_view part;
    std::int64_t size_bytes = 0;
    std::string_view sha256;
};
/// Replaces a file of the same path; gives the key of a blob that nothing refers to any more.
/// Errors: tracking.bad_path when a file stands where a folder is needed, or the other way round.
base::Result<std::optional<std::string>> put_artifact(
    store::Session& session, const NewArtifact& made
);

}  // namespace csva::tracking
