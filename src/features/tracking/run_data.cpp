#include "features/tracking/protocol.hpp"
#include "features/tracking/rows.hpp"

#include <algorithm>
#include <map>

namespace csva::tracking {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using http::Actor;
using http::Method;
using http::Right;
using store::Session;

constexpr std::size_t kMetricsMax = 1000;
constexpr std::size_t kParamsMax = 100;
constexpr std::size_t kTagsMax = 100;
constexpr std::size_t kAllMax = 1000;
constexpr std::size_t kInputsMax = 100;
constexpr std::size_t kDatasetTextMax = 16'000'000;
constexpr std::string_view kNameTag = "mlflow.runName";
constexpr std::string_view kContextTag = "mlflow.data.context";
constexpr std::string_view kModelsTag = "mlflow.log-model.history";

struct LogBatch {
    std::string run_id;
    std::vector<MlflowMetric> metrics;
    std::vector<KeyValue> params;
    std::vector<KeyValue> tags;
};
CSVA_DESCRIBE(LogBatch, run_id, metrics, params, tags)
CSVA_NOTES(
    LogBatch,
    {.field = "metrics", .text = "At most 1000.", .defaulted = true},
    {.field = "params", .text = "At most 100.", .defaulted = true},
    {.field = "tags", .text = "At most 100.", .defaulted = true}
)

struct RunKeyValue {
    std::string run_id;
    std::string run_uuid;
    std::string key;
    std::string value;
    const std::string& id() const { return run_id.empty() ? run_uuid : run_id; }
};
CSVA_DESCRIBE(RunKeyValue, run_id, run_uuid, key, value)
CSVA_NOTES(
    RunKeyValue,
    {.field = "run_id", .defaulted = true},
    {.field = "run_uuid", .text = "The former name of run_id.", .defaulted = true},
    {.field = "value", .defaulted = true}
)

struct RunKey {
    std::string run_id;
    std::string key;
};
CSVA_DESCRIBE(RunKey, run_id, key)

struct RunInputs {
    std::string run_id;
    std::vector<MlflowDatasetInput> datasets;
    std::vector<MlflowModelInput> models;
};
CSVA_DESCRIBE(RunInputs, run_id, datasets, models)
CSVA_NOTES(
    RunInputs, {.field = "datasets", .defaulted = true}, {.field = "models", .defaulted = true}
)

struct RunOutputs {
    std::string run_id;
    std::vector<MlflowModelOutput> models;
};
CSVA_DESCRIBE(RunOutputs, run_id, models)
CSVA_NOTES(RunOutputs, {.field = "models", .defaulted = true})

struct RunModelJson {
    std::string run_id;
    std::string model_json;
};
CSVA_DESCRIBE(RunModelJson, run_id, model_json)
CSVA_NOTES(RunModelJson, {.field = "model_json", .text = "What the file MLmodel holds, as JSON."})

Result<MlflowDone> log_batch(Session& session, const Actor& actor, const LogBatch& batch) {
    CHECK_OK(check_count("metrics", batch.metrics.size(), kMetricsMax));
    CHECK_OK(check_count("params", batch.params.size(), kParamsMax));
    CHECK_OK(check_count("tags", batch.tags.size(), kTagsMax));
    CHECK_OK(check_count(
        "metrics, params, tags",
        batch.metrics.size() + batch.params.size() + batch.tags.size(),
        kAllMax
    ));
    TRY(const auto run, active_run_of(session, actor, batch.run_id));
    CHECK_OK(log_params(session, run, batch.params));
    CHECK_OK(log_metrics(session, run, batch.metrics));
    CHECK_OK(set_tags(session, run, batch.tags));
    return MlflowDone{};
}

Result<void> link_model(
    Session& session,
    const Actor& actor,
    const RunRow& run,
    std::string_view direction,
    const MlflowModelOutput& model
) {
    TRY(const auto row, model_of(session, actor, model.model_id, Right::read));
    CHECK_OK(session.run(
        "INSERT INTO tracking_run_models (run_number, direction, model_id, step) VALUES (:run, "
        ":direction, :model, :step) ON CONFLICT (run_number, direction, model_id) DO UPDATE SET "
        "step = excluded.step",
        {run.id, direction, row.model_id, model.step}
    ));
    return {};
}

Result<MlflowDone> log_run_inputs(Session& session, const Actor& actor, const RunInputs& wish) {
    TRY(const auto run, active_run_of(session, actor, wish.run_id));
    CHECK_OK(check_count("datasets", wish.datasets.size(), kInputsMax));
    CHECK_OK(check_count("models", wish.models.size(), kInputsMax));
    CHECK_OK(log_inputs(session, run, wish.datasets));
    for (const auto& model : wish.models)
        CHECK_OK(link_model(session, actor, run, "input", {model.model_id, 0}));
    return MlflowDone{};
}

Result<MlflowDone> log_outputs(Session& session, const Actor& actor, const RunOutputs& wish) {
    TRY(const auto run, active_run_of(session, actor, wish.run_id));
    CHECK_OK(check_count("models", wish.models.size(), kInputsMax));
    for (const auto& model : wish.models)
        CHECK_OK(link_model(session, actor, run, "output", model));
    return MlflowDone{};
}

/// Clients before 3 keep the models of a run in a tag, as a JSON list.
Result<MlflowDone> log_model(Session& session, const Actor& actor, const RunModelJson& wish) {
    TRY(const auto run, active_run_of(session, actor, wish.run_id));
    TRY([[maybe_unused]] const auto checked,
        base::from_json<std::map<std::string, base::Json>>(wish.model_json));
    TRY(const auto former,
        session.row(
            "SELECT value FROM tracking_tags WHERE run_number = :run AND key = :key",
            {run.id, kModelsTag}
        ));
    std::vector<base::Json> models;
    if (former) {
        auto known = base::from_json<std::vector<base::Json>>(former->text("value"));
        if (known) models = std::move(*known);
    }
    models.push_back({wish.model_json});
    CHECK_OK(session.run(
        "INSERT INTO tracking_tags (run_number, key, value) VALUES (:run, :key, :value) ON "
        "CONFLICT (run_number, key) DO UPDATE SET value = excluded.value",
        {run.id, kModelsTag, base::to_json(models)}
    ));
    return MlflowDone{};
}

Result<std::int64_t> dataset_id(Session& session, const RunRow& run, const MlflowDataset& dataset) {
    CHECK_OK(check_length("name", dataset.name, kExperimentNameMax));
    CHECK_OK(check_length("digest", dataset.digest, kKeyMax));
    CHECK_OK(check_length("source", dataset.source, kDatasetTextMax));
    CHECK_OK(session.run(
        "INSERT INTO tracking_datasets (experiment_id, name, digest, source_type, source, "
        "\"schema\", profile) VALUES (:experiment, :name, :digest, :type, :source, :described, "
        ":profile) ON CONFLICT (experiment_id, name, digest) DO NOTHING",
        {run.experiment_id,
         dataset.name,
         dataset.digest,
         dataset.source_type,
         dataset.source,
         dataset.schema.value_or(""),
         dataset.profile.value_or("")}
    ));
    TRY(const auto row,
        session.row(
            "SELECT id FROM tracking_datasets WHERE experiment_id = :experiment AND name = :name "
            "AND digest = :digest",
            {run.experiment_id, dataset.name, dataset.digest}
        ));
    return row->integer("id");
}

}  // namespace

Result<void> log_params(Session& session, const RunRow& run, std::span<const KeyValue> params) {
    if (params.empty()) return {};
    for (const auto& param : params) {
        CHECK_OK(check_key(param.key));
        CHECK_OK(check_length(param.key, param.value, kParamMax));
    }
    TRY(const auto rows,
        params.size() == 1
            ? session.rows(
                  "SELECT key, value FROM tracking_params WHERE run_number = :run AND key = :key",
                  {run.id, params.front().key}
              )
            : session.rows(
                  "SELECT key, value FROM tracking_params WHERE run_number = :run", {run.id}
              ));
    std::map<std::string, std::string> known;
    for (const auto& row : rows) known.emplace(row.text("key"), row.text("value"));
    std::vector<store::Value> values;
    for (const auto& param : params) {
        const auto [at, fresh] = known.emplace(param.key, param.value);
        if (!fresh && at->second != param.value)
            return fail(ErrorKind::invalid_argument, kParamChanged, {{"key", param.key}});
        if (!fresh) continue;
        values.insert(values.end(), {run.id, param.key, param.value});
    }
    return insert_many(
        session, "INSERT INTO tracking_params (run_number, key, value)", "", 3, std::move(values)
    );
}

Result<void> set_tags(Session& session, const RunRow& run, std::span<const KeyValue> tags) {
    std::map<std::string, std::string> last;
    for (const auto& tag : tags) {
        CHECK_OK(check_key(tag.key));
        CHECK_OK(check_length(tag.key, tag.value, kRunTagMax));
        last[tag.key] = tag.value;
    }
    std::vector<store::Value> values;
    for (auto& [key, value] : last) {
        if (key == kNameTag && value != run.name)
            CHECK_OK(
                session.run("UPDATE tracking_runs SET name = :name WHERE id = :id", {value, run.id})
            );
        values.insert(values.end(), {run.id, key, value});
    }
    return insert_many(
        session,
        "INSERT INTO tracking_tags (run_number, key, value)",
        " ON CONFLICT (run_number, key) DO UPDATE SET value = excluded.value",
        3,
        std::move(values)
    );
}

Result<void> log_inputs(
    Session& session, const RunRow& run, std::span<const MlflowDatasetInput> inputs
) {
    for (const auto& input : inputs) {
        std::string context;
        for (const auto& tag : input.tags)
            if (tag.key == kContextTag) context = tag.value;
        TRY(const auto id, dataset_id(session, run, input.dataset));
        CHECK_OK(session.run(
            "INSERT INTO tracking_inputs (run_number, dataset_id, context, tags) VALUES (:run, "
            ":dataset, :context, :tags) ON CONFLICT (run_number, dataset_id) DO UPDATE SET context "
            "= excluded.context, tags = excluded.tags",
            {run.id, id, context, base::to_json(input.tags)}
        ));
    }
    return {};
}

static void add_links(http::Routes& routes, const Parts& parts) {
    add_writing<RunInputs, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/log-inputs",
        "Log the data sets and models that a run starts from.",
        log_run_inputs
    );
    add_writing<RunOutputs, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/outputs",
        "Link a run to the models that it made.",
        log_outputs
    );
    add_writing<RunModelJson, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/log-model",
        "Note a model of a run, as clients before MLflow 3 do.",
        log_model
    );
}

void add_run_data(http::Routes& routes, const Parts& parts) {
    add_writing<LogBatch, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/log-batch",
        "Log metrics, params and tags of a run at once.",
        log_batch
    );
    add_writing<RunKeyValue, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/log-parameter",
        "Log a param; it cannot change afterwards.",
        [](Session& session, const Actor& actor, const RunKeyValue& wish) -> Result<MlflowDone> {
            TRY(const auto run, active_run_of(session, actor, wish.id()));
            const KeyValue param{wish.key, wish.value};
            CHECK_OK(log_params(session, run, {&param, 1}));
            return MlflowDone{};
        }
    );
    add_writing<RunKeyValue, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/set-tag",
        "Set a tag of a run.",
        [](Session& session, const Actor& actor, const RunKeyValue& wish) -> Result<MlflowDone> {
            TRY(const auto run, active_run_of(session, actor, wish.id()));
            const KeyValue tag{wish.key, wish.value};
            CHECK_OK(set_tags(session, run, {&tag, 1}));
            return MlflowDone{};
        }
    );
    add_writing<RunKey, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/delete-tag",
        "Delete a tag of a run.",
        [](Session& session, const Actor& actor, const RunKey& wish) -> Result<MlflowDone> {
            TRY(const auto run, active_run_of(session, actor, wish.run_id));
            TRY(const auto gone,
                session.run(
                    "DELETE FROM tracking_tags WHERE run_number = :run AND key = :key",
                    {run.id, wish.key}
                ));
            if (gone == 0) return fail(ErrorKind::not_found, kTagNotFound, {{"key", wish.key}});
            return MlflowDone{};
        }
    );
    add_links(routes, parts);
}

}  // namespace csva::tracking
