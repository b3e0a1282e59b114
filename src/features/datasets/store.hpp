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
};
base::Result<DatasetId> insert(store::Session& session, const NewDataset& dataset);

/// `language` is that of the problem's sentences.
base::Result<std::optional<Dataset>> find(
    store::Session& session, DatasetId id, i18n::Language language
);
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

/// Errors of the three: datasets.not_found.
base::Result<void> rename(store::Session& session, DatasetId id, std::string_view name);
base::Result<void> set_job(store::Session& session, DatasetId id, State state, jobs::JobId job);
base::Result<void> set_current(store::Session& session, DatasetId id, VersionId version);
/// Ends a job that failed: the data set goes to `failed` when it has no version, else to `ready`.
/// A data set deleted meanwhile is no error.
base::Result<void> set_problem(store::Session& session, DatasetId id, const base::Error& error);
base::Result<void> erase(store::Session& session, DatasetId id);

/// A version whose table is to come.
struct PendingVersion {
    DatasetId dataset_id;
    VersionId parent_id;
    std::string step = "null";
    std::int64_t created_by = 0;
};
base::Result<VersionId> insert_pending(store::Session& session, const PendingVersion& version);

/// What a job found out about a version.
struct FinishedVersion {
    VersionId id;
    std::int64_t rows = 0;
    std::int64_t rows_removed = 0;
    std::int64_t cells_changed = 0;
    std::string parquet_key;
    std::string rejects_key;
    table::Schema schema;
    std::string receipt;
    std::string profile;
};
/// Errors: datasets.version_not_found.
base::Result<void> finish_version(store::Session& session, const FinishedVersion& version);
base::Result<void> erase_pending(store::Session& session, DatasetId id);
base::Result<std::vector<Version>> versions(store::Session& session, DatasetId id);
/// A ready version. Errors: datasets.version_not_found.
base::Result<VersionTable> version_table(store::Session& session, VersionId id);

/// JSON kept with a version, empty when there is none. `what`: receipt or profile.
enum class Document : std::uint8_t { receipt, profile };
base::Result<std::string> document(store::Session& session, VersionId id, Document what);
/// Of the file as read; empty before.
base::Result<std::string> receipt(store::Session& session, DatasetId id);
base::Result<std::string> rejects_key(store::Session& session, DatasetId id);

/// Keys of one data set's blobs.
base::Result<std::set<std::string>> blobs_of(store::Session& session, DatasetId id);
base::Result<void> erase_of_project(store::Session& session, std::int64_t project_id);

}  // namespace csva::datasets
