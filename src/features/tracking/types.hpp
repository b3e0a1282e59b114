#pragma once

#include "features/models/service.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The objects of MLflow's REST protocol, named as there. Empty members are left out of answers.
namespace csva::tracking {

using models::KeyValue;

inline constexpr std::string_view kExperimentNotFound = "tracking.experiment_not_found";
inline constexpr std::string_view kExperimentExists = "tracking.experiment_already_exists";
inline constexpr std::string_view kRunNotFound = "tracking.run_not_found";
inline constexpr std::string_view kModelNotFound = "tracking.model_not_found";
inline constexpr std::string_view kArtifactNotFound = "tracking.artifact_not_found";
inline constexpr std::string_view kNotActive = "tracking.not_active";
inline constexpr std::string_view kParamChanged = "tracking.param_changed";
inline constexpr std::string_view kTooMany = "tracking.too_many";
inline constexpr std::string_view kBadKey = "tracking.bad_key";
inline constexpr std::string_view kTooLong = "tracking.too_long";
inline constexpr std::string_view kBadMetric = "tracking.bad_metric";
inline constexpr std::string_view kBadChoice = "tracking.bad_choice";
inline constexpr std::string_view kBadPath = "tracking.bad_path";
inline constexpr std::string_view kBadSource = "tracking.bad_source";
inline constexpr std::string_view kNotInBin = "tracking.not_in_bin";
inline constexpr std::string_view kInUse = "tracking.in_use";
inline constexpr std::string_view kTagNotFound = "tracking.tag_not_found";

inline constexpr std::string_view kActive = "active";
inline constexpr std::string_view kDeleted = "deleted";

/// The answer `{}`.
struct MlflowDone {
    std::map<std::string, std::string> more;
};
CSVA_DESCRIBE(MlflowDone, more)
CSVA_NOTES(MlflowDone, {.field = "more", .text = "Nothing.", .catch_all = true})

struct MlflowExperiment {
    std::string experiment_id;
    std::string name;
    std::string artifact_location;
    std::string lifecycle_stage;
    std::int64_t creation_time = 0;
    std::int64_t last_update_time = 0;
    std::vector<KeyValue> tags;
};
CSVA_DESCRIBE(
    MlflowExperiment,
    experiment_id,
    name,
    artifact_location,
    lifecycle_stage,
    creation_time,
    last_update_time,
    tags
)
CSVA_NOTES(
    MlflowExperiment,
    {.field = "lifecycle_stage", .text = "active or deleted."},
    {.field = "tags", .defaulted = true}
)

/// `value` is a number, or one of the texts NaN, Infinity and -Infinity.
struct MlflowMetric {
    std::string key;
    base::Cell value;
    std::int64_t timestamp = 0;
    std::int64_t step = 0;
    std::optional<std::string> model_id;
    std::optional<std::string> dataset_name;
    std::optional<std::string> dataset_digest;
    std::optional<std::string> run_id;
};
CSVA_DESCRIBE(
    MlflowMetric, key, value, timestamp, step, model_id, dataset_name, dataset_digest, run_id
)
CSVA_NOTES(
    MlflowMetric,
    {.field = "value", .text = "A number, or NaN, Infinity or -Infinity as a text."},
    {.field = "timestamp", .text = "Unix milliseconds.", .defaulted = true},
    {.field = "step", .defaulted = true}
)

struct MlflowRunInfo {
    std::string run_id;
    std::string run_uuid;
    std::string run_name;
    std::string experiment_id;
    std::string user_id;
    std::string status;
    std::int64_t start_time = 0;
    std::optional<std::int64_t> end_time;
    std::string artifact_uri;
    std::string lifecycle_stage;
};
CSVA_DESCRIBE(
    MlflowRunInfo,
    run_id,
    run_uuid,
    run_name,
    experiment_id,
    user_id,
    status,
    start_time,
    end_time,
    artifact_uri,
    lifecycle_stage
)
CSVA_NOTES(
    MlflowRunInfo,
    {.field = "run_uuid", .text = "The same as run_id."},
    {.field = "status", .text = "RUNNING, SCHEDULED, FINISHED, FAILED or KILLED."}
)

struct MlflowRunData {
    std::vector<MlflowMetric> metrics;
    std::vector<KeyValue> params;
    std::vector<KeyValue> tags;
};
CSVA_DESCRIBE(MlflowRunData, metrics, params, tags)
CSVA_NOTES(
    MlflowRunData,
    {.field = "metrics", .text = "The last of each key.", .defaulted = true},
    {.field = "params", .defaulted = true},
    {.field = "tags", .defaulted = true}
)

struct MlflowDataset {
    std::string name;
    std::string digest;
    std::string source_type;
    std::string source;
    std::optional<std::string> schema;
    std::optional<std::string> profile;
};
CSVA_DESCRIBE(MlflowDataset, name, digest, source_type, source, schema, profile)
CSVA_NOTES(
    MlflowDataset,
    {.field = "source", .text = "Where it came from, as JSON text."},
    {.field = "schema", .text = "Its columns, as JSON text."}
)

struct MlflowDatasetInput {
    std::vector<KeyValue> tags;
    MlflowDataset dataset;
};
CSVA_DESCRIBE(MlflowDatasetInput, tags, dataset)
CSVA_NOTES(
    MlflowDatasetInput,
    {.field = "tags", .text = "mlflow.data.context says what it was used for.", .defaulted = true}
)

struct MlflowModelInput {
    std::string model_id;
};
CSVA_DESCRIBE(MlflowModelInput, model_id)

struct MlflowModelOutput {
    std::string model_id;
    std::int64_t step = 0;
};
CSVA_DESCRIBE(MlflowModelOutput, model_id, step)
CSVA_NOTES(MlflowModelOutput, {.field = "step", .defaulted = true})

struct MlflowInputs {
    std::vector<MlflowDatasetInput> dataset_inputs;
    std::vector<MlflowModelInput> model_inputs;
};
CSVA_DESCRIBE(MlflowInputs, dataset_inputs, model_inputs)
CSVA_NOTES(
    MlflowInputs,
    {.field = "dataset_inputs", .defaulted = true},
    {.field = "model_inputs", .defaulted = true}
)

struct MlflowOutputs {
    std::vector<MlflowModelOutput> model_outputs;
};
CSVA_DESCRIBE(MlflowOutputs, model_outputs)
CSVA_NOTES(MlflowOutputs, {.field = "model_outputs", .defaulted = true})

struct MlflowRun {
    MlflowRunInfo info;
    MlflowRunData data;
    MlflowInputs inputs;
    MlflowOutputs outputs;
};
CSVA_DESCRIBE(MlflowRun, info, data, inputs, outputs)

struct MlflowFile {
    std::string path;
    bool is_dir = false;
    std::optional<std::int64_t> file_size;
};
CSVA_DESCRIBE(MlflowFile, path, is_dir, file_size)
CSVA_NOTES(MlflowFile, {.field = "file_size", .text = "Bytes; none for a folder."})

struct MlflowModelInfo {
    std::string model_id;
    std::string experiment_id;
    std::string name;
    std::string artifact_uri;
    std::string status;
    std::int64_t creation_timestamp_ms = 0;
    std::int64_t last_updated_timestamp_ms = 0;
    std::string model_type;
    std::string source_run_id;
    std::vector<KeyValue> tags;
    std::vector<models::Registration> registrations;
};
CSVA_DESCRIBE(
    MlflowModelInfo,
    model_id,
    experiment_id,
    name,
    artifact_uri,
    status,
    creation_timestamp_ms,
    last_updated_timestamp_ms,
    model_type,
    source_run_id,
    tags,
    registrations
)
CSVA_NOTES(
    MlflowModelInfo,
    {.field = "status",
     .text = "LOGGED_MODEL_PENDING, LOGGED_MODEL_READY or LOGGED_MODEL_UPLOAD_FAILED."},
    {.field = "tags", .defaulted = true},
    {.field = "registrations", .defaulted = true}
)

struct MlflowModelData {
    std::vector<KeyValue> params;
    std::vector<MlflowMetric> metrics;
};
CSVA_DESCRIBE(MlflowModelData, params, metrics)
CSVA_NOTES(
    MlflowModelData, {.field = "params", .defaulted = true}, {.field = "metrics", .defaulted = true}
)

struct MlflowLoggedModel {
    MlflowModelInfo info;
    MlflowModelData data;
};
CSVA_DESCRIBE(MlflowLoggedModel, info, data)

}  // namespace csva::tracking
