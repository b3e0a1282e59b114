#pragma once

#include "features/datasets/types.hpp"
#include "foundation/base/result.hpp"
#include "foundation/http/actor.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace csva::datasets {

/// All SQL of the feature.

struct NewDataset {
    std::int64_t project_id = 0;
    std::string name;
    std::string file_name;
    std::int64_t size_bytes = 0;
    std::string sha256;
    std::string upload_key;
    std::int64_t created_by = 0;
    std::int64_t expires_at = 0;
};
base::Result<DatasetId> insert(store::Session& session, const NewDataset& dataset);

base::Result<DatasetList> list(
    store::Session& session,
    const http::Actor& actor,
    const DatasetQuery& query,
    i18n::Language language
);
base::Result<std::optional<std::int64_t>> project_of(store::Session& session, std::int64_t id);
/// Key of the file as it was sent. Errors: datasets.not_found.
base::Result<std::string> upload_key(store::Session& session, DatasetId id);
/// Bytes of all files that a user has sent and that are still there.
base::Result<std::int64_t> bytes_of_user(store::Session& session, std::int64_t user_id);

/// Errors: datasets.not_found.
base::Result<void> rename(store::Session& session, DatasetId id, std::string_view name);
base::Result<void> erase(store::Session& session, DatasetId id);

base::Result<std::vector<Version>> versions(store::Session& session, DatasetId id);
/// JSON kept with a version, empty when there is none. `what`: receipt or profile.
enum class Document : std::uint8_t { receipt, profile };
base::Result<std::string> document(store::Session& session, VersionId id, Document what);
base::Result<std::string> rejects_key(store::Session& session, DatasetId id);

/// Keys of one data set's blobs.
base::Result<std::set<std::string>> blobs_of(store::Session& session, DatasetId id);
base::Result<void> erase_of_project(store::Session& session, std::int64_t project_id);

}  // namespace csva::datasets
