#pragma once

#include "features/predictions/types.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::serving {

inline constexpr std::string_view kNoDefaultModel = "serving.no_default_model";
inline constexpr std::string_view kBadForm = "serving.bad_form";
inline constexpr std::string_view kBadTensor = "serving.bad_tensor";
inline constexpr std::string_view kTooManyRows = "serving.too_many_rows";
inline constexpr std::size_t kMostRows = 10'000;

/// A pandas table as its orient "split" writes it.
struct SplitTable {
    std::vector<std::string> columns;
    std::vector<std::vector<base::Cell>> data;
    std::optional<base::Json> index;
};
CSVA_DESCRIBE(SplitTable, columns, data, index)
CSVA_NOTES(SplitTable, {.field = "index", .text = "Not looked at."})

/// MLflow's scoring protocol: one of the four forms.
struct Invocation {
    std::optional<SplitTable> dataframe_split;
    std::optional<std::vector<std::map<std::string, base::Cell>>> dataframe_records;
    std::optional<base::Json> instances;
    std::optional<base::Json> inputs;
    std::optional<base::Json> params;
};
CSVA_DESCRIBE(Invocation, dataframe_split, dataframe_records, instances, inputs, params)

inline constexpr std::string_view kSplitNote = "Columns and rows apart.";
inline constexpr std::string_view kRecordsNote = "Rows as objects of cells by column name.";
inline constexpr std::string_view kInstancesNote =
    "Rows as objects by column name, or as lists in the order of the model's columns.";
inline constexpr std::string_view kInputsNote =
    "Columns as lists by name, or rows as lists in the order of the model's columns.";
inline constexpr std::string_view kParamsNote = "Not looked at: our models have none.";
CSVA_NOTES(
    Invocation,
    {.field = "dataframe_split", .text = kSplitNote},
    {.field = "dataframe_records", .text = kRecordsNote},
    {.field = "instances", .text = kInstancesNote},
    {.field = "inputs", .text = kInputsNote},
    {.field = "params", .text = kParamsNote}
)

/// The model named in the address.
struct NamedInvocation {
    std::string name;
    std::string alias;
    std::optional<SplitTable> dataframe_split;
    std::optional<std::vector<std::map<std::string, base::Cell>>> dataframe_records;
    std::optional<base::Json> instances;
    std::optional<base::Json> inputs;
    std::optional<base::Json> params;
    Invocation invocation() const {
        return {dataframe_split, dataframe_records, instances, inputs, params};
    }
};
CSVA_DESCRIBE(
    NamedInvocation, name, alias, dataframe_split, dataframe_records, instances, inputs, params
)
CSVA_NOTES(
    NamedInvocation,
    {.field = "name", .text = "Name of a registered model.", .minimum = 1, .maximum = 256},
    {.field = "alias", .text = "Such as champion.", .minimum = 1, .maximum = 255},
    {.field = "dataframe_split", .text = kSplitNote},
    {.field = "dataframe_records", .text = kRecordsNote},
    {.field = "instances", .text = kInstancesNote},
    {.field = "inputs", .text = kInputsNote},
    {.field = "params", .text = kParamsNote}
)

/// As MLflow's server answers for the folder of the same model.
struct Scores {
    std::vector<std::map<std::string, base::Cell>> predictions;
};
CSVA_DESCRIBE(Scores, predictions)
CSVA_NOTES(
    Scores,
    {.field = "predictions",
     .text = "For each row `prediction`, and `probability_CLASS` for each class."}
)

// Open Inference Protocol 2.

struct ServerMetadata {
    std::string name;
    std::string version;
    std::vector<std::string> extensions;
};
CSVA_DESCRIBE(ServerMetadata, name, version, extensions)
CSVA_NOTES(ServerMetadata, {.field = "extensions", .text = "None: left out.", .defaulted = true})

struct Live {
    bool live = false;
};
CSVA_DESCRIBE(Live, live)

struct ServerReady {
    bool ready = false;
};
CSVA_DESCRIBE(ServerReady, ready)

struct ModelReady {
    std::string name;
    bool ready = false;
};
CSVA_DESCRIBE(ModelReady, name, ready)

struct ModelName {
    std::string name;
    std::string version;
};
CSVA_DESCRIBE(ModelName, name, version)
CSVA_NOTES(
    ModelName,
    {.field = "name",
     .text = "NAME@ALIAS of a registered model, or NAME for its newest version.",
     .minimum = 1,
     .maximum = 520},
    {.field = "version", .text = "Number of a version.", .maximum = 20, .defaulted = true}
)

struct TensorMetadata {
    std::string name;
    std::string datatype;
    std::vector<std::int64_t> shape;
};
CSVA_DESCRIBE(TensorMetadata, name, datatype, shape)
CSVA_NOTES(TensorMetadata, {.field = "shape", .text = "-1: as many as there are rows."})

struct ModelMetadata {
    std::string name;
    std::vector<std::string> versions;
    std::string platform;
    std::vector<TensorMetadata> inputs;
    std::vector<TensorMetadata> outputs;
};
CSVA_DESCRIBE(ModelMetadata, name, versions, platform, inputs, outputs)
CSVA_NOTES(
    ModelMetadata,
    {.field = "versions",
     .text = "The version that the address names; left out when it names none.",
     .defaulted = true}
)

struct InputTensor {
    std::string name;
    std::vector<std::int64_t> shape;
    std::string datatype;
    std::optional<base::Json> parameters;
    base::Json data;
};
CSVA_DESCRIBE(InputTensor, name, shape, datatype, parameters, data)
CSVA_NOTES(
    InputTensor,
    {.field = "name", .text = "Name of a column."},
    {.field = "shape", .text = "[rows] or [rows, 1]."},
    {.field = "datatype", .text = "BOOL, INT8 to INT64, UINT8 to UINT64, FP16 to FP64, BYTES."},
    {.field = "data", .text = "The cells, flat or nested; null for a missing one."}
)

struct Inference {
    std::string name;
    std::string version;
    std::string id;
    std::optional<base::Json> parameters;
    std::vector<InputTensor> inputs;
    std::optional<base::Json> outputs;
};
CSVA_DESCRIBE(Inference, name, version, id, parameters, inputs, outputs)
CSVA_NOTES(
    Inference,
    {.field = "name",
     .text = "NAME@ALIAS of a registered model, or NAME for its newest version.",
     .minimum = 1,
     .maximum = 520},
    {.field = "version", .text = "Number of a version.", .maximum = 20, .defaulted = true},
    {.field = "id", .text = "Comes back with the answer.", .maximum = 1000, .defaulted = true},
    {.field = "inputs",
     .text = "One tensor a column, at least one.",
     .maximum = 10000,
     .defaulted = true},
    {.field = "outputs", .text = "Not looked at: all outputs are given."}
)

struct OutputTensor {
    std::string name;
    std::string datatype;
    std::vector<std::int64_t> shape;
    std::vector<base::Cell> data;
};
CSVA_DESCRIBE(OutputTensor, name, datatype, shape, data)

struct Inferred {
    std::string model_name;
    std::string model_version;
    std::string id;
    std::vector<OutputTensor> outputs;
};
CSVA_DESCRIBE(Inferred, model_name, model_version, id, outputs)
CSVA_NOTES(
    Inferred, {.field = "model_version", .text = "The number asked for; empty when none was."}
)

/// Failures of that protocol; the members after the first are ours.
struct InferenceFailure {
    std::string error;
    std::string reason;
    std::string hint;
    std::map<std::string, base::Cell> details;
    std::string request_id;
};
CSVA_DESCRIBE(InferenceFailure, error, reason, hint, details, request_id)

}  // namespace csva::serving
