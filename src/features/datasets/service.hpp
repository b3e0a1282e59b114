#pragma once

#include "features/accounts/service.hpp"
#include "features/datasets/types.hpp"
#include "features/projects/types.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/http/message.hpp"
#include "foundation/jobs/kind.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace csva::datasets {

store::Migrations migrations();
std::vector<base::SettingRow> setting_rows();
std::unique_ptr<store::Lifecycle> lifecycle();
/// The kind "dataset" for routes' access.
accounts::ObjectKind object_kind();
/// The kind "job": any job of the queue.
accounts::ObjectKind job_kind();
/// The kind of job "read". `settings` outlives it.
jobs::Kind read_kind(const base::Settings& settings);
/// The file as read, as enqueued with an upload.
inline constexpr std::string_view kReadJob = "read";

/// Erases what another feature keeps about a data set, inside the transaction that deletes it.
using Eraser = std::function<base::Result<void>(store::Session&, DatasetId)>;

// For the features above, inside their own session.

/// The version to work on: `wanted`, or the current one when it is 0. Errors: datasets.not_found,
/// datasets.not_ready, datasets.version_not_found (also when it is another data set's).
base::Result<VersionTable> table_of(store::Session& session, DatasetId id, VersionId wanted = {});
/// `language` is that of the problem's sentences.
base::Result<std::optional<Dataset>> find(
    store::Session& session, DatasetId id, i18n::Language language
);
/// A ready version. Errors: datasets.version_not_found.
base::Result<VersionTable> version_table(store::Session& session, VersionId id);

/// Of the file as read; empty before.
base::Result<std::string> receipt(store::Session& session, DatasetId id);
/// Errors of the two: datasets.not_found.
base::Result<void> set_job(store::Session& session, DatasetId id, State state, jobs::JobId job);
base::Result<void> set_current(store::Session& session, DatasetId id, VersionId version);
/// Ends a job that failed: the data set goes to `failed` when it has no version, else to `ready`.
/// A data set deleted meanwhile is no error.
base::Result<void> set_problem(store::Session& session, DatasetId id, const base::Error& error);
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
    std::string personal;  ///< JSON of profile::Personal.
};
/// Errors: datasets.version_not_found.
base::Result<void> finish_version(store::Session& session, const FinishedVersion& version);
base::Result<void> erase_pending(store::Session& session, DatasetId id);
/// From the file as read to the version: the tables whose steps made it. Errors:
/// datasets.version_not_found.
base::Result<std::vector<VersionTable>> lineage(store::Session& session, VersionId id);
/// JSON of the scan for personal data of a version (profile::Personal); empty for versions made
/// before there was one.
base::Result<std::string> personal(store::Session& session, VersionId id);
/// A problem kept in a row as a reason and base::details_json, with the sentences in a person's
/// language.
Problem problem_from(std::string_view reason, std::string_view details, i18n::Language language);
/// Keys of all blobs in use.
base::Result<std::set<std::string>> referenced_blobs(store::Session& session);
/// Number of data sets.
base::Result<std::int64_t> count(store::Session& session);

// The clock of a data set: when its rows go, and how often that was said before.

/// Data sets from before there were clocks get theirs.
base::Result<void> start_clocks(store::Session& session, std::int64_t expires_at);
/// Those that expire before then, the next first.
base::Result<std::vector<Expiring>> expiring(store::Session& session, std::int64_t before);
base::Result<void> set_clock(
    store::Session& session, DatasetId id, std::int64_t expires_at, std::int64_t notices
);
/// Whether a job works on it or on what was made of it.
base::Result<bool> is_worked_on(store::Session& session, DatasetId id);
/// What models were learnt from it.
base::Result<std::int64_t> model_count(store::Session& session, DatasetId id);
/// Forgets rows, file and profile, and keeps the name, so that models can be told apart. Gives the
/// keys of the blobs that go.
base::Result<std::set<std::string>> empty(store::Session& session, DatasetId id);

/// The rules of data sets. Thread-safe.
class Service {
public:
    struct Parts {
        store::Database& database;
        blob::BlobStore& blobs;
        const base::Settings& settings;
        std::vector<Eraser> erasers;
    };
    explicit Service(Parts parts) : parts_(std::move(parts)) {}

    /// A file just sent, and the project it is meant for; none: the actor's own.
    struct NewFile {
        http::StagedFile& file;
        std::optional<projects::ProjectId> project_id = {};
    };
    /// Takes the file and enqueues its reading. When this returns, file and row are on disk.
    /// Errors: datasets.empty_file, datasets.binary_file,
    /// datasets.quota_used_up, those of projects::project_for_new and of the blob store.
    base::Result<Dataset> upload(const http::Actor& actor, const NewFile& made);
    /// Errors of all below: datasets.not_found.
    base::Result<Dataset> get(DatasetId id, i18n::Language language);
    base::Result<DatasetList> list(
        const http::Actor& actor, const DatasetQuery& query, i18n::Language language
    );
    base::Result<View> view(DatasetId id, i18n::Language language);
    /// Errors: datasets.bad_name.
    base::Result<Dataset> rename(DatasetId id, std::string_view name, i18n::Language language);
    /// Its rows go in so many days from now. Errors: datasets.expired, datasets.kept_too_long.
    base::Result<Dataset> keep(DatasetId id, std::int64_t days, i18n::Language language);
    /// With its versions and all that hangs on it; a job under way is asked to stop.
    base::Result<void> remove(DatasetId id);
    base::Result<std::vector<Version>> versions(DatasetId id);
    /// The parent becomes the current version. Errors: datasets.nothing_to_undo, datasets.busy.
    base::Result<Dataset> undo(DatasetId id, i18n::Language language);
    /// Errors: datasets.version_not_found, datasets.busy.
    base::Result<Dataset> make_current(DatasetId id, VersionId version, i18n::Language language);
    /// JSON of the receipt. Errors: datasets.not_ready.
    base::Result<std::string> receipt(DatasetId id);
    /// JSON of a version's profile. Errors: datasets.not_ready, datasets.version_not_found.
    base::Result<std::string> profile(DatasetId id, VersionId version);
    /// A file of the blob store and the name to save it under. Errors: datasets.no_rejects.
    struct File {
        std::filesystem::path path;
        std::string name;
    };
    base::Result<File> original(DatasetId id);
    base::Result<File> rejects(DatasetId id);
    base::Result<VersionTable> table(DatasetId id, VersionId version);
    base::Result<std::filesystem::path> local_path(std::string_view key) {
        return parts_.blobs.local_path(key);
    }
    store::Database& database() { return parts_.database; }

private:
    base::Result<void> check_quota(const http::Actor& actor, std::uint64_t size);
    base::Result<DatasetId> insert_upload(
        const http::Actor& actor, const NewFile& made, const std::string& key
    );
    Parts parts_;
};

/// Is this the beginning of a file that cannot be a table in text form? Known signatures, or many
/// NUL or control bytes that are not UTF-16 or UTF-32.
bool plainly_binary(std::string_view first_bytes);

/// `name` without what a file system or a header cannot carry: control characters; never empty.
std::string safe_name(std::string_view name);

/// "titanic" of "titanic.csv".
std::string without_ending(std::string_view name);

}  // namespace csva::datasets
