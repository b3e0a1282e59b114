#include "features/datasets/store.hpp"

#include "features/datasets/service.hpp"
#include "features/projects/service.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>

namespace csva::datasets {
namespace {

using base::Clock;
using base::ErrorKind;
using base::fail;
using base::Result;
using store::Row;
using store::Session;

constexpr std::string_view kDataset =
    "SELECT d.id AS id, d.project_id AS project_id, d.name AS name, d.file_name AS file_name,"
    " d.size_bytes AS size_bytes, d.sha256 AS sha256, d.state AS state,"
    " d.current_version_id AS current_version_id, v.row_count AS row_count,"
    " v.column_count AS column_count, d.job_id AS job_id, d.problem_reason AS problem_reason,"
    " d.problem_details AS problem_details, d.created_by AS created_by,"
    " d.created_at AS created_at, d.expires_at AS expires_at FROM datasets d"
    " LEFT JOIN dataset_versions v ON v.id = d.current_version_id ";

std::string_view text_of(State state) {
    return base::type_of<State>().enumerators[static_cast<std::size_t>(state)];
}

State state_from(const std::string& text) {
    const auto names = base::type_of<State>().enumerators;
    return static_cast<State>(std::ranges::find(names, text) - names.begin());
}

template <class Id>
std::optional<Id> maybe_id(const Row& row, std::string_view column) {
    const auto value = row.maybe_integer(column);
    return value ? std::optional<Id>(Id(*value)) : std::nullopt;
}

Dataset dataset_from(const Row& row, i18n::Language language) {
    Dataset dataset{
        .id = DatasetId(row.integer("id")),
        .project_id = row.integer("project_id"),
        .name = row.text("name"),
        .file_name = row.text("file_name"),
        .size_bytes = row.integer("size_bytes"),
        .sha256 = row.text("sha256"),
        .state = state_from(row.text("state")),
        .current_version_id = maybe_id<VersionId>(row, "current_version_id"),
        .rows = row.maybe_integer("row_count"),
        .columns = row.maybe_integer("column_count"),
        .job_id = maybe_id<jobs::JobId>(row, "job_id"),
        .created_by = row.integer("created_by"),
        .created_at = row.integer("created_at"),
        .expires_at = row.integer("expires_at"),
    };
    if (!row.is_null("problem_reason")) {
        dataset.problem =
            problem_from(row.text("problem_reason"), row.text("problem_details"), language);
    }
    return dataset;
}

/// One row must have changed.
Result<void> check_found(Result<std::int64_t> changed, std::string_view reason = kNotFound) {
    if (!changed) return std::unexpected(std::move(changed).error());
    if (*changed == 0) return fail(ErrorKind::not_found, reason);
    return {};
}

Result<std::string> one_text(Session& session, std::string_view sql, std::int64_t id) {
    TRY(const auto row, session.row(sql, {id}));
    return row ? row->text("found") : std::string();
}

Result<std::set<std::string>> keys_of(
    Session& session, std::string_view sql, std::vector<store::Value> parameters
) {
    TRY(const auto rows, session.rows(sql, std::move(parameters)));
    std::set<std::string> keys;
    for (const Row& row : rows) keys.insert(row.text("found"));
    return keys;
}

}  // namespace

Result<DatasetId> insert(Session& session, const NewDataset& dataset) {
    TRY(const std::int64_t id,
        session.insert(
            "INSERT INTO datasets (project_id, name, file_name, size_bytes, sha256, upload_key,"
            " state, created_by, created_at, expires_at) VALUES (:project, :name, :file, :size,"
            " :sha, :key, 'reading', :by, :now, :expires) RETURNING id",
            {dataset.project_id,
             dataset.name,
             dataset.file_name,
             dataset.size_bytes,
             dataset.sha256,
             dataset.upload_key,
             dataset.created_by,
             Clock::wall_ms(),
             dataset.expires_at}
        ));
    return DatasetId(id);
}

Result<std::optional<Dataset>> find(Session& session, DatasetId id, i18n::Language language) {
    TRY(const auto row, session.row(std::string(kDataset) + "WHERE d.id = :id", {id}));
    if (!row) return std::optional<Dataset>{};
    return std::optional<Dataset>(dataset_from(*row, language));
}

Result<DatasetList> list(
    Session& session, const http::Actor& actor, const DatasetQuery& query, i18n::Language language
) {
    std::string where = "WHERE " + projects::visible_condition("d.project_id");
    auto values = projects::visible_values(actor);
    if (query.project_id != 0) {
        where += " AND d.project_id = :project";
        values.emplace_back(query.project_id);
    }
    TRY(const auto total, session.row("SELECT COUNT(*) AS n FROM datasets d " + where, values));
    if (query.before != 0) {
        where += " AND d.id < :before";
        values.emplace_back(query.before);
    }
    values.emplace_back(query.limit);
    TRY(const auto rows,
        session.rows(
            std::string(kDataset) + where + " ORDER BY d.id DESC LIMIT :limit", std::move(values)
        ));
    DatasetList found{.total = total->integer("n")};
    for (const Row& row : rows) found.datasets.push_back(dataset_from(row, language));
    return found;
}

Result<std::optional<std::int64_t>> project_of(Session& session, std::int64_t id) {
    TRY(const auto row, session.row("SELECT project_id FROM datasets WHERE id = :id", {id}));
    if (!row) return std::optional<std::int64_t>{};
    return std::optional<std::int64_t>(row->integer("project_id"));
}

Result<std::string> upload_key(Session& session, DatasetId id) {
    TRY(const auto row, session.row("SELECT upload_key FROM datasets WHERE id = :id", {id}));
    if (!row) return fail(ErrorKind::not_found, kNotFound);
    return row->text("upload_key");
}

Result<std::int64_t> bytes_of_user(Session& session, std::int64_t user_id) {
    TRY(const auto row,
        session.row(
            "SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) AS n FROM datasets"
            " WHERE created_by = :user",
            {user_id}
        ));
    return row->integer("n");
}

Result<void> rename(Session& session, DatasetId id, std::string_view name) {
    return check_found(session.run("UPDATE datasets SET name = :name WHERE id = :id", {name, id}));
}

Result<void> set_job(Session& session, DatasetId id, State state, jobs::JobId job) {
    return check_found(session.run(
        "UPDATE datasets SET state = :state, job_id = :job, problem_reason = NULL,"
        " problem_details = NULL WHERE id = :id",
        {text_of(state), job, id}
    ));
}

Result<void> set_current(Session& session, DatasetId id, VersionId version) {
    return check_found(session.run(
        "UPDATE datasets SET state = 'ready', current_version_id = :version,"
        " problem_reason = NULL, problem_details = NULL WHERE id = :id",
        {version, id}
    ));
}

Result<void> set_problem(Session& session, DatasetId id, const base::Error& error) {
    CHECK_OK(session.run(
        "UPDATE datasets SET problem_reason = :reason, problem_details = :details, state ="
        " CASE WHEN current_version_id IS NULL THEN 'failed' ELSE 'ready' END WHERE id = :id",
        {error.reason, base::details_json(error), id}
    ));
    return {};
}

Result<void> erase(Session& session, DatasetId id) {
    CHECK_OK(session.run("DELETE FROM dataset_versions WHERE dataset_id = :id", {id}));
    return check_found(session.run("DELETE FROM datasets WHERE id = :id", {id}));
}

Result<std::set<std::string>> referenced_blobs(Session& session) {
    return keys_of(
        session,
        "SELECT upload_key AS found FROM datasets WHERE upload_key <> ''"
        " UNION SELECT parquet_key FROM dataset_versions WHERE parquet_key IS NOT NULL"
        " UNION SELECT rejects_key FROM dataset_versions WHERE rejects_key IS NOT NULL",
        {}
    );
}

Result<std::set<std::string>> blobs_of(Session& session, DatasetId id) {
    return keys_of(
        session,
        "SELECT upload_key AS found FROM datasets WHERE id = :a"
        " UNION SELECT parquet_key FROM dataset_versions"
        " WHERE parquet_key IS NOT NULL AND dataset_id = :b"
        " UNION SELECT rejects_key FROM dataset_versions"
        " WHERE rejects_key IS NOT NULL AND dataset_id = :c",
        {id, id, id}
    );
}

Result<std::int64_t> count(Session& session) {
    TRY(const auto row, session.row("SELECT COUNT(*) AS n FROM datasets"));
    return row->integer("n");
}

Result<void> erase_of_project(Session& session, std::int64_t project_id) {
    CHECK_OK(session.run(
        "DELETE FROM dataset_versions WHERE dataset_id IN"
        " (SELECT id FROM datasets WHERE project_id = :project)",
        {project_id}
    ));
    CHECK_OK(session.run("DELETE FROM datasets WHERE project_id = :project", {project_id}));
    return {};
}

Result<VersionId> insert_pending(Session& session, const PendingVersion& version) {
    TRY(const std::int64_t id,
        session.insert(
            "INSERT INTO dataset_versions (dataset_id, parent_id, ready, step, row_count,"
            " rows_removed, cells_changed, column_count, created_by, created_at)"
            " VALUES (:dataset, :parent, 0, :step, 0, 0, 0, 0, :by, :now) RETURNING id",
            {version.dataset_id,
             version.parent_id ? store::Value(version.parent_id) : store::Value(nullptr),
             version.step,
             version.created_by,
             Clock::wall_ms()}
        ));
    return VersionId(id);
}

Result<void> finish_version(Session& session, const FinishedVersion& version) {
    const auto or_null = [](const std::string& text) {
        return text.empty() ? store::Value(nullptr) : store::Value(text);
    };
    return check_found(
        session.run(
            "UPDATE dataset_versions SET ready = 1, row_count = :rows, rows_removed = :removed,"
            " cells_changed = :changed, column_count = :columns, parquet_key = :parquet,"
            " rejects_key = :rejects, table_schema = :schema, receipt = :receipt,"
            " profile = :profile, personal = :personal WHERE id = :id",
            {version.rows,
             version.rows_removed,
             version.cells_changed,
             static_cast<std::int64_t>(version.schema.columns.size()),
             version.parquet_key,
             or_null(version.rejects_key),
             base::to_json(version.schema),
             or_null(version.receipt),
             version.profile,
             or_null(version.personal),
             version.id}
        ),
        kVersionNotFound
    );
}

Result<void> erase_pending(Session& session, DatasetId id) {
    CHECK_OK(session.run("DELETE FROM dataset_versions WHERE dataset_id = :id AND ready = 0", {id})
    );
    return {};
}

Result<std::vector<Version>> versions(Session& session, DatasetId id) {
    TRY(const auto rows,
        session.rows(
            "SELECT v.id AS id, v.dataset_id AS dataset_id, v.parent_id AS parent_id,"
            " v.ready AS ready, v.step AS step, v.row_count AS row_count,"
            " v.rows_removed AS rows_removed, v.cells_changed AS cells_changed,"
            " v.column_count AS column_count, v.created_by AS created_by,"
            " v.created_at AS created_at,"
            " CASE WHEN d.current_version_id = v.id THEN 1 ELSE 0 END AS current_one"
            " FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id"
            " WHERE v.dataset_id = :id ORDER BY v.id",
            {id}
        ));
    std::vector<Version> found;
    for (const Row& row : rows) {
        found.push_back({
            .id = VersionId(row.integer("id")),
            .dataset_id = id,
            .parent_id = maybe_id<VersionId>(row, "parent_id"),
            .ready = row.boolean("ready"),
            .current = row.boolean("current_one"),
            .step = {row.text("step")},
            .rows = row.integer("row_count"),
            .rows_removed = row.integer("rows_removed"),
            .cells_changed = row.integer("cells_changed"),
            .column_count = row.integer("column_count"),
            .created_by = row.integer("created_by"),
            .created_at = row.integer("created_at"),
        });
    }
    return found;
}

Result<VersionTable> version_table(Session& session, VersionId id) {
    TRY(const auto row,
        session.row(
            "SELECT v.dataset_id AS dataset_id, d.project_id AS project_id,"
            " v.parent_id AS parent_id, v.step AS step, v.table_schema AS table_schema,"
            " v.row_count AS row_count, v.parquet_key AS parquet_key"
            " FROM dataset_versions v JOIN datasets d ON d.id = v.dataset_id"
            " WHERE v.id = :id AND v.ready = 1",
            {id}
        ));
    if (!row) return fail(ErrorKind::not_found, kVersionNotFound);
    TRY(auto schema, base::from_json<table::Schema>(row->text("table_schema")));
    return VersionTable{
        .id = id,
        .dataset_id = DatasetId(row->integer("dataset_id")),
        .project_id = row->integer("project_id"),
        .parent_id = maybe_id<VersionId>(*row, "parent_id"),
        .step = {row->text("step")},
        .schema = std::move(schema),
        .rows = row->integer("row_count"),
        .parquet_key = row->text("parquet_key"),
    };
}

Result<std::string> document(Session& session, VersionId id, Document what) {
    return one_text(
        session,
        what == Document::receipt ? "SELECT receipt AS found FROM dataset_versions WHERE id = :id"
                                  : "SELECT profile AS found FROM dataset_versions WHERE id = :id",
        id.value
    );
}

Result<std::string> receipt(Session& session, DatasetId id) {
    return one_text(
        session,
        "SELECT receipt AS found FROM dataset_versions"
        " WHERE dataset_id = :id AND receipt IS NOT NULL",
        id.value
    );
}

Result<std::string> personal(Session& session, VersionId id) {
    return one_text(
        session, "SELECT personal AS found FROM dataset_versions WHERE id = :id", id.value
    );
}

Result<std::string> rejects_key(Session& session, DatasetId id) {
    return one_text(
        session,
        "SELECT rejects_key AS found FROM dataset_versions"
        " WHERE dataset_id = :id AND rejects_key IS NOT NULL",
        id.value
    );
}

}  // namespace csva::datasets
