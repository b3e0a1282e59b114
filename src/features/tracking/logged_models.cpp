#include "features/projects/service.hpp"
#include "features/tracking/filter.hpp"
#include "features/tracking/protocol.hpp"
#include "features/tracking/rows.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace csva::tracking {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using http::Actor;
using http::Method;
using http::Right;
using store::Session;

constexpr std::array<std::string_view, 3> kStatuses = {
    "LOGGED_MODEL_PENDING", "LOGGED_MODEL_READY", "LOGGED_MODEL_UPLOAD_FAILED"
};
constexpr std::int64_t kPageUsual = 50;
constexpr std::int64_t kPageMax = 1000;
constexpr std::size_t kParamsMax = 1000;
constexpr std::size_t kExperimentsMax = 1000;

struct LoggedModelCreate {
    std::string experiment_id;
    std::string name;
    std::string model_type;
    std::string source_run_id;
    std::vector<KeyValue> params;
    std::vector<KeyValue> tags;
};
CSVA_DESCRIBE(LoggedModelCreate, experiment_id, name, model_type, source_run_id, params, tags)
CSVA_NOTES(
    LoggedModelCreate,
    {.field = "name", .defaulted = true},
    {.field = "model_type", .defaulted = true},
    {.field = "source_run_id", .text = "Run that makes it.", .defaulted = true},
    {.field = "params", .defaulted = true},
    {.field = "tags", .defaulted = true}
)

struct LoggedModelAnswer {
    MlflowLoggedModel model;
};
CSVA_DESCRIBE(LoggedModelAnswer, model)

struct LoggedModelPath {
    std::string logged_model_id;
};
CSVA_DESCRIBE(LoggedModelPath, logged_model_id)

struct LoggedModelQuery {
    std::string logged_model_id;
    bool allow_deleted = false;
};
CSVA_DESCRIBE(LoggedModelQuery, logged_model_id, allow_deleted)
CSVA_NOTES(
    LoggedModelQuery,
    {.field = "allow_deleted", .text = "Also one that was deleted.", .defaulted = true}
)

struct LoggedModelFinish {
    std::string logged_model_id;
    std::optional<std::string> status;
};
CSVA_DESCRIBE(LoggedModelFinish, logged_model_id, status)
CSVA_NOTES(
    LoggedModelFinish,
    {.field = "status",
     .text = "LOGGED_MODEL_PENDING, LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED."}
)

struct LoggedModelTags {
    std::string logged_model_id;
    std::vector<KeyValue> tags;
};
CSVA_DESCRIBE(LoggedModelTags, logged_model_id, tags)
CSVA_NOTES(LoggedModelTags, {.field = "tags", .defaulted = true})

struct LoggedModelParams {
    std::string logged_model_id;
    std::vector<KeyValue> params;
};
CSVA_DESCRIBE(LoggedModelParams, logged_model_id, params)
CSVA_NOTES(LoggedModelParams, {.field = "params", .defaulted = true})

struct LoggedModelTagPath {
    std::string logged_model_id;
    std::string tag_key;
};
CSVA_DESCRIBE(LoggedModelTagPath, logged_model_id, tag_key)

struct LoggedModelOrder {
    std::string field_name;
    bool ascending = true;
};
CSVA_DESCRIBE(LoggedModelOrder, field_name, ascending)
CSVA_NOTES(LoggedModelOrder, {.field = "ascending", .defaulted = true})

struct LoggedModelSearch {
    std::vector<std::string> experiment_ids;
    std::string filter;
    std::optional<std::int64_t> max_results;
    std::vector<LoggedModelOrder> order_by;
    std::string page_token;
};
CSVA_DESCRIBE(LoggedModelSearch, experiment_ids, filter, max_results, order_by, page_token)
CSVA_NOTES(
    LoggedModelSearch,
    {.field = "experiment_ids", .defaulted = true},
    {.field = "filter", .text = "name = 'x' AND metrics.auc > 0.9", .defaulted = true},
    {.field = "order_by", .defaulted = true},
    {.field = "page_token", .defaulted = true}
)

struct LoggedModelPage {
    std::vector<MlflowLoggedModel> models;
    std::optional<std::string> next_page_token;
};
CSVA_DESCRIBE(LoggedModelPage, models, next_page_token)
CSVA_NOTES(LoggedModelPage, {.field = "models", .defaulted = true})

/// The last value of each metric on each data set.
Result<std::vector<MlflowMetric>> metrics_of(Session& session, const ModelRow& model) {
    TRY(const auto rows,
        session.rows(
            "SELECT key, dataset_name, dataset_digest, run_id, timestamp, step, value, is_nan FROM "
            "tracking_model_metrics WHERE model_number = :id ORDER BY key, dataset_name, "
            "dataset_digest, run_id, step, timestamp",
            {model.id}
        ));
    std::vector<MlflowMetric> out;
    for (const auto& row : rows) {
        MlflowMetric one;
        one.key = row.text("key");
        one.value = cell_of({row.real("value"), row.boolean("is_nan")});
        one.timestamp = row.integer("timestamp");
        one.step = row.integer("step");
        one.model_id = model.model_id;
        one.run_id = row.text("run_id");
        if (auto name = row.text("dataset_name"); !name.empty()) {
            one.dataset_name = std::move(name);
            one.dataset_digest = row.text("dataset_digest");
        }
        const bool same = !out.empty() && out.back().key == one.key &&
                          out.back().dataset_name == one.dataset_name &&
                          out.back().dataset_digest == one.dataset_digest &&
                          out.back().run_id == one.run_id;
        if (same)
            out.back() = std::move(one);
        else
            out.push_back(std::move(one));
    }
    return out;
}

Result<MlflowLoggedModel> view(Session& session, const ModelRow& row) {
    MlflowLoggedModel out;
    out.info = {
        row.model_id,
        std::to_string(row.experiment_id),
        row.name,
        artifact_uri(row),
        row.status,
        row.created_at,
        row.updated_at,
        row.model_type,
        row.source_run_id,
        {},
        {}
    };
    TRY(out.info.tags,
        session.records<KeyValue>(
            "SELECT key, value FROM tracking_model_tags WHERE model_number = :id ORDER BY key",
            {row.id}
        ));
    TRY(out.info.registrations, models::registry::versions_of_logged_model(session, row.model_id));
    TRY(out.data.params,
        session.records<KeyValue>(
            "SELECT key, value FROM tracking_model_params WHERE model_number = :id ORDER BY key",
            {row.id}
        ));
    TRY(out.data.metrics, metrics_of(session, row));
    return out;
}

Result<LoggedModelAnswer> answer(
    Session& session, const Actor& actor, std::string_view id, bool deleted_too = false
) {
    TRY(const auto row, model_of(session, actor, id, Right::read, deleted_too));
    TRY(auto model, view(session, row));
    return LoggedModelAnswer{std::move(model)};
}

Result<void> keep_texts(
    Session& session,
    std::string_view table,
    std::int64_t number,
    const std::vector<KeyValue>& texts,
    std::size_t longest
) {
    for (const auto& one : texts) {
        CHECK_OK(check_key(one.key));
        CHECK_OK(check_length(one.key, one.value, longest));
        CHECK_OK(session.run(
            "INSERT INTO " + std::string(table) +
                " (model_number, key, value) VALUES (:id, :key, :value) ON CONFLICT (model_number, "
                "key) DO UPDATE SET value = excluded.value",
            {number, one.key, one.value}
        ));
    }
    return {};
}

Result<LoggedModelAnswer> create(
    Session& session, const Actor& actor, const LoggedModelCreate& wish
) {
    TRY(const auto experiment, experiment_of(session, actor, wish.experiment_id, Right::write));
    CHECK_OK(check_active(experiment.lifecycle_stage));
    CHECK_OK(check_length("name", wish.name, kExperimentNameMax));
    CHECK_OK(check_length("model_type", wish.model_type, kExperimentNameMax));
    CHECK_OK(check_count("params", wish.params.size(), kParamsMax));
    CHECK_OK(check_count("tags", wish.tags.size(), kParamsMax));
    if (!wish.source_run_id.empty())
        CHECK_OK(run_of(session, actor, wish.source_run_id, Right::read));
    constexpr std::size_t kIdBytes = 16;
    const std::string id = "m-" + base::random_hex(kIdBytes);
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto number,
        session.insert(
            "INSERT INTO tracking_models (model_id, project_id, experiment_id, name, model_type, "
            "source_run_id, status, created_at, updated_at, lifecycle_stage) VALUES (:id, "
            ":project, :experiment, :name, :type, :run, :status, :now, :now2, 'active') RETURNING "
            "id",
            {id,
             experiment.project_id,
             experiment.id,
             wish.name.empty() ? id : wish.name,
             wish.model_type,
             wish.source_run_id,
             kStatuses.front(),
             now,
             now}
        ));
    CHECK_OK(keep_texts(session, "tracking_model_params", number, wish.params, kParamMax));
    CHECK_OK(keep_texts(session, "tracking_model_tags", number, wish.tags, kRunTagMax));
    return answer(session, actor, id);
}

Result<LoggedModelAnswer> finish(
    Session& session, const Actor& actor, const LoggedModelFinish& wish
) {
    TRY(const auto row, model_of(session, actor, wish.logged_model_id, Right::write));
    if (wish.status) {
        CHECK_OK(check_choice("status", *wish.status, kStatuses));
        CHECK_OK(session.run(
            "UPDATE tracking_models SET status = :status, updated_at = :now WHERE id = :id",
            {*wish.status, base::Clock::wall_ms(), row.id}
        ));
    }
    return answer(session, actor, wish.logged_model_id);
}

Result<LoggedModelPage> search(
    Session& session, const Actor& actor, const LoggedModelSearch& wish
) {
    static constexpr std::array<Attribute, 11> kAttributes = {{
        {"name", "r.name"},
        {"model_id", "r.model_id"},
        {"model_type", "r.model_type"},
        {"status", "r.status"},
        {"source_run_id", "r.source_run_id"},
        {"experiment_id", "r.experiment_id", true},
        {"creation_timestamp", "r.created_at", true},
        {"creation_timestamp_ms", "r.created_at", true},
        {"creation_time", "r.created_at", true},
        {"last_updated_timestamp", "r.updated_at", true},
        {"last_updated_timestamp_ms", "r.updated_at", true},
    }};
    static constexpr Searchable kSearchable{
        .key = "r.id",
        .attributes = kAttributes,
        .params = {"tracking_model_params", "model_number"},
        .tags = {"tracking_model_tags", "model_number"},
        .metrics = {"tracking_model_metrics", "model_number"}
    };
    TRY(const std::int64_t limit, page_size(wish.max_results, kPageUsual, kPageMax));
    TRY(const std::int64_t offset, offset_of(wish.page_token));
    TRY(auto condition, condition_of(wish.filter, kSearchable, session.backend()));
    std::vector<std::string> terms;
    for (const auto& one : wish.order_by)
        terms.push_back(one.field_name + (one.ascending ? " ASC" : " DESC"));
    TRY(auto order, ordering_of(terms, kSearchable, "r.created_at DESC, r.id DESC"));
    CHECK_OK(check_count("experiment_ids", wish.experiment_ids.size(), kExperimentsMax));
    std::vector<store::Value> experiments;
    for (const auto& id : wish.experiment_ids) {
        const auto known = experiment_of(session, actor, id, Right::read);
        if (known) experiments.emplace_back(known->id);
    }
    LoggedModelPage out;
    if (experiments.empty()) return out;
    const std::string list = many(1, experiments.size());
    std::vector<store::Value> values = std::move(order.values);
    std::ranges::move(experiments, std::back_inserter(values));
    std::ranges::move(condition.values, std::back_inserter(values));
    values.emplace_back(limit + 1);
    values.emplace_back(offset);
    TRY(auto rows,
        session.records<ModelRow>(
            "SELECT r.id AS id, r.model_id AS model_id, r.project_id AS project_id, "
            "r.experiment_id AS experiment_id, r.name AS name, r.model_type AS model_type, "
            "r.source_run_id AS source_run_id, r.status AS status, r.created_at AS created_at, "
            "r.updated_at AS updated_at, r.lifecycle_stage AS lifecycle_stage" +
                order.columns + " FROM tracking_models r WHERE r.experiment_id IN " + list +
                " AND " + condition.sql + " AND r.lifecycle_stage = 'active' ORDER BY " +
                order.sql + " LIMIT :limit OFFSET :offset",
            std::move(values)
        ));
    out.next_page_token = cut_page(rows, limit, offset);
    for (const auto& row : rows) {
        TRY(auto model, view(session, row));
        out.models.push_back(std::move(model));
    }
    return out;
}

void add_texts(http::Routes& routes, const Parts& parts) {
    add_writing<LoggedModelTags, LoggedModelAnswer>(
        routes,
        parts,
        Method::patch,
        "/api/2.0/mlflow/logged-models/{logged_model_id}/tags",
        "Set tags of a logged model.",
        [](Session& session, const Actor& actor, const LoggedModelTags& wish
        ) -> Result<LoggedModelAnswer> {
            TRY(const auto row, model_of(session, actor, wish.logged_model_id, Right::write));
            CHECK_OK(check_count("tags", wish.tags.size(), kParamsMax));
            CHECK_OK(keep_texts(session, "tracking_model_tags", row.id, wish.tags, kRunTagMax));
            return answer(session, actor, wish.logged_model_id);
        }
    );
    add_writing<LoggedModelTagPath, MlflowDone>(
        routes,
        parts,
        Method::delete_,
        "/api/2.0/mlflow/logged-models/{logged_model_id}/tags/{tag_key}",
        "Delete a tag of a logged model.",
        [](Session& session, const Actor& actor, const LoggedModelTagPath& wish
        ) -> Result<MlflowDone> {
            TRY(const auto row, model_of(session, actor, wish.logged_model_id, Right::write));
            TRY(const auto gone,
                session.run(
                    "DELETE FROM tracking_model_tags WHERE model_number = :id AND key = :key",
                    {row.id, wish.tag_key}
                ));
            if (gone == 0) return fail(ErrorKind::not_found, kTagNotFound, {{"key", wish.tag_key}});
            return MlflowDone{};
        }
    );
    add_writing<LoggedModelParams, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/logged-models/{logged_model_id}/params",
        "Log params of a logged model.",
        [](Session& session, const Actor& actor, const LoggedModelParams& wish
        ) -> Result<MlflowDone> {
            TRY(const auto row, model_of(session, actor, wish.logged_model_id, Right::write));
            CHECK_OK(check_count("params", wish.params.size(), kParamsMax));
            CHECK_OK(keep_texts(session, "tracking_model_params", row.id, wish.params, kParamMax));
            return MlflowDone{};
        }
    );
}

}  // namespace

void add_logged_models(http::Routes& routes, const Parts& parts) {
    add_writing<LoggedModelCreate, LoggedModelAnswer>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/logged-models",
        "Begin a logged model; its files follow.",
        create
    );
    add_reading<LoggedModelSearch, LoggedModelPage>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/logged-models/search",
        "Logged models by a filter.",
        search
    );
    add_reading<LoggedModelQuery, LoggedModelAnswer>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/logged-models/{logged_model_id}",
        "A logged model.",
        [](Session& session, const Actor& actor, const LoggedModelQuery& wish) {
            return answer(session, actor, wish.logged_model_id, wish.allow_deleted);
        }
    );
    add_writing<LoggedModelFinish, LoggedModelAnswer>(
        routes,
        parts,
        Method::patch,
        "/api/2.0/mlflow/logged-models/{logged_model_id}",
        "Say that a logged model's files are there, or have failed.",
        finish
    );
    add_writing<LoggedModelPath, MlflowDone>(
        routes,
        parts,
        Method::delete_,
        "/api/2.0/mlflow/logged-models/{logged_model_id}",
        "Put a logged model into the bin.",
        [](Session& session, const Actor& actor, const LoggedModelPath& wish
        ) -> Result<MlflowDone> {
            TRY(const auto row, model_of(session, actor, wish.logged_model_id, Right::write));
            CHECK_OK(session.run(
                "UPDATE tracking_models SET lifecycle_stage = 'deleted', updated_at = :now WHERE "
                "id = :id",
                {base::Clock::wall_ms(), row.id}
            ));
            return MlflowDone{};
        }
    );
    add_texts(routes, parts);
}

}  // namespace csva::tracking
