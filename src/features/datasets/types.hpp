#pragma once

#include "engine/reading/receipt.hpp"
#include "engine/table/column.hpp"
#include "foundation/base/described.hpp"
#include "foundation/jobs/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::datasets {

struct DatasetTag;
struct VersionTag;
using DatasetId = base::Id<DatasetTag>;
using VersionId = base::Id<VersionTag>;

inline constexpr std::string_view kNotFound = "datasets.not_found";
inline constexpr std::string_view kVersionNotFound = "datasets.version_not_found";
inline constexpr std::string_view kEmptyFile = "datasets.empty_file";
inline constexpr std::string_view kBinaryFile = "datasets.binary_file";
inline constexpr std::string_view kQuotaUsedUp = "datasets.quota_used_up";
inline constexpr std::string_view kBusy = "datasets.busy";
inline constexpr std::string_view kNotReady = "datasets.not_ready";
inline constexpr std::string_view kNothingToUndo = "datasets.nothing_to_undo";
inline constexpr std::string_view kNoRejects = "datasets.no_rejects";
inline constexpr std::string_view kExpired = "datasets.expired";
inline constexpr std::string_view kKeptTooLong = "datasets.kept_too_long";
inline constexpr std::string_view kOriginalErased = "datasets.original_erased";
inline constexpr std::string_view kBadName = "datasets.bad_name";

/// reading: no version yet. ready: has a current version. cleaning: has one, and a job makes the
/// next. failed: the file could not be read; `problem` says why.
enum class State : std::uint8_t { reading, ready, cleaning, failed };
CSVA_DESCRIBE_ENUM(State, reading, ready, cleaning, failed)

/// Why the latest job of a data set failed, in the language of whoever asks.
struct Problem {
    std::string reason;
    std::string message;
    std::string hint;
    base::Json details;
};
CSVA_DESCRIBE(Problem, reason, message, hint, details)
CSVA_NOTES(
    Problem,
    {.field = "reason", .text = "Stable name of the problem, for programs."},
    {.field = "message", .text = "What happened."},
    {.field = "hint", .text = "What to do about it."}
)

/// A file somebody gave, and what became of it. `rows` and `columns` are the current version's.
struct Dataset {
    DatasetId id;
    std::int64_t project_id = 0;
    std::string name;
    std::string file_name;
    std::int64_t size_bytes = 0;
    std::string sha256;
    State state = State::reading;
    std::optional<VersionId> current_version_id;
    std::optional<std::int64_t> rows;
    std::optional<std::int64_t> columns;
    std::optional<jobs::JobId> job_id;
    std::optional<Problem> problem;
    std::int64_t created_by = 0;
    std::int64_t created_at = 0;
    std::int64_t expires_at = 0;
};
CSVA_DESCRIBE(
    Dataset,
    id,
    project_id,
    name,
    file_name,
    size_bytes,
    sha256,
    state,
    current_version_id,
    rows,
    columns,
    job_id,
    problem,
    created_by,
    created_at,
    expires_at
)
CSVA_NOTES(
    Dataset,
    {.field = "id", .text = "Number of the data set: {pk} in every address."},
    {.field = "name", .text = "Name shown to people; the file's name at first."},
    {.field = "file_name", .text = "Name of the file as it was sent."},
    {.field = "size_bytes", .text = "Size of the file as it was sent."},
    {.field = "sha256", .text = "SHA-256 of the file as it was sent."},
    {.field = "rows", .text = "Rows of the current version; null before there is one."},
    {.field = "columns", .text = "Columns of the current version; null before there is one."},
    {.field = "job_id", .text = "Latest job that reads or cleans it."},
    {.field = "problem", .text = "Why the latest job failed; null when it did not."},
    {.field = "created_by", .text = "User number; 0 for an upload without an account."},
    {.field = "created_at", .text = "Unix milliseconds."},
    {.field = "expires_at",
     .text = "Unix milliseconds: when its rows are deleted; 0: not set yet, -1: they were."}
)

/// One immutable state of a table: the parent's rows after one step. The first has no parent.
struct Version {
    VersionId id;
    DatasetId dataset_id;
    std::optional<VersionId> parent_id;
    bool ready = false;
    bool current = false;
    base::Json step;
    std::int64_t rows = 0;
    std::int64_t rows_removed = 0;
    std::int64_t cells_changed = 0;
    std::int64_t column_count = 0;
    std::int64_t created_by = 0;
    std::int64_t created_at = 0;
};
CSVA_DESCRIBE(
    Version,
    id,
    dataset_id,
    parent_id,
    ready,
    current,
    step,
    rows,
    rows_removed,
    cells_changed,
    column_count,
    created_by,
    created_at
)
CSVA_NOTES(
    Version,
    {.field = "parent_id", .text = "Version the step was applied to; null for the file as read."},
    {.field = "ready", .text = "False while a job still makes it."},
    {.field = "current", .text = "The version that is shown, cleaned and trained on."},
    {.field = "step", .text = "The cleaning step {step, columns, options}; null for the first."},
    {.field = "rows_removed", .text = "Rows that the step dropped."},
    {.field = "cells_changed", .text = "Cells that the step changed."}
)

/// What other features need to work on a version's table.
struct VersionTable {
    VersionId id;
    DatasetId dataset_id;
    std::int64_t project_id = 0;
    std::optional<VersionId> parent_id;
    base::Json step;
    table::Schema schema;
    std::int64_t rows = 0;
    std::string parquet_key;
};

/// Answer of the uploads: exactly these two members.
struct UploadAnswer {
    std::string file;
    std::string message = "Upload OK";
};
CSVA_DESCRIBE(UploadAnswer, file, message)
CSVA_NOTES(
    UploadAnswer,
    {.field = "file", .text = "Name of the file as it was sent.", .example = "\"titanic.csv\""},
    {.field = "message", .text = "Always this text.", .example = "\"Upload OK\""}
)

struct DatasetPath {
    DatasetId dataset_id;
};
CSVA_DESCRIBE(DatasetPath, dataset_id)

/// One version of a data set.
struct VersionQuery {
    DatasetId dataset_id;
    VersionId version_id;
};
CSVA_DESCRIBE(VersionQuery, dataset_id, version_id)
CSVA_NOTES(
    VersionQuery,
    {.field = "version_id",
     .text = "0 or left out: the current version.",
     .minimum = 0,
     .defaulted = true}
)

/// Of the addresses that call the data set {pk}.
struct PkPath {
    DatasetId pk;
};
CSVA_DESCRIBE(PkPath, pk)

struct DatasetQuery {
    std::int64_t before = 0;
    std::int64_t limit = 100;
    std::int64_t project_id = 0;
};
CSVA_DESCRIBE(DatasetQuery, before, limit, project_id)
CSVA_NOTES(
    DatasetQuery,
    {.field = "before",
     .text = "Only data sets older than this id; 0 for the newest.",
     .minimum = 0,
     .defaulted = true},
    {.field = "limit",
     .text = "At most this many, newest first.",
     .minimum = 1,
     .maximum = 500,
     .defaulted = true},
    {.field = "project_id",
     .text = "Only of this project; 0 for all one may read.",
     .minimum = 0,
     .defaulted = true}
)

struct DatasetList {
    std::vector<Dataset> datasets;
    std::int64_t total = 0;
    std::int64_t upload_bytes_max = 0;
};
CSVA_DESCRIBE(DatasetList, datasets, total, upload_bytes_max)
CSVA_NOTES(
    DatasetList,
    {.field = "total", .text = "All that one may read, beyond this page."},
    {.field = "upload_bytes_max", .text = "Size of the largest file that is taken in."}
)

struct DatasetChange {
    DatasetId dataset_id;
    std::string name;
};
CSVA_DESCRIBE(DatasetChange, dataset_id, name)
CSVA_NOTES(DatasetChange, {.field = "name", .text = "The new name.", .minimum = 1, .maximum = 200})

/// A data set whose clock runs.
struct Expiring {
    DatasetId id;
    std::int64_t project_id = 0;
    std::int64_t created_by = 0;
    std::string name;
    std::int64_t expires_at = 0;
    std::int64_t expiry_notices = 0;  ///< 0: none, 1: the first, 2: the last.
};
CSVA_DESCRIBE(Expiring, id, project_id, created_by, name, expires_at, expiry_notices)

struct Retention {
    DatasetId dataset_id;
    std::int64_t days = 0;
};
CSVA_DESCRIBE(Retention, dataset_id, days)
CSVA_NOTES(Retention, {.field = "days", .text = "From now on.", .minimum = 1, .maximum = 36500})

struct VersionList {
    std::vector<Version> versions;
};
CSVA_DESCRIBE(VersionList, versions)

struct VersionPath {
    DatasetId dataset_id;
    VersionId version_id;
};
CSVA_DESCRIBE(VersionPath, dataset_id, version_id)

/// GET /view/{pk}/: a data set with all that its page shows first.
struct View {
    Dataset dataset;
    std::vector<Version> versions;
    std::vector<table::Column> columns;
    std::optional<reading::Receipt> receipt;
};
CSVA_DESCRIBE(View, dataset, versions, columns, receipt)
CSVA_NOTES(
    View,
    {.field = "versions", .text = "From the file as read to the newest, all branches."},
    {.field = "columns", .text = "Of the current version; empty before there is one."},
    {.field = "receipt", .text = "How the file was read; null before it was."}
)

struct JobPath {
    jobs::JobId job_id;
};
CSVA_DESCRIBE(JobPath, job_id)

struct JobQuery {
    DatasetId dataset_id;
    std::int64_t limit = 50;
};
CSVA_DESCRIBE(JobQuery, dataset_id, limit)
CSVA_NOTES(
    JobQuery,
    {.field = "limit",
     .text = "At most this many, newest first.",
     .minimum = 1,
     .maximum = 500,
     .defaulted = true}
)

struct JobList {
    std::vector<jobs::Job> jobs;
};
CSVA_DESCRIBE(JobList, jobs)

}  // namespace csva::datasets
