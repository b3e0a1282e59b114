#pragma once

#include "engine/bundle/model.hpp"
#include "features/datasets/types.hpp"
#include "features/models/types.hpp"
#include "foundation/base/described.hpp"
#include "foundation/jobs/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::predictions {

struct BatchTag;
using BatchId = base::Id<BatchTag>;

inline constexpr std::string_view kBatchNotFound = "predictions.batch_not_found";
inline constexpr std::string_view kNotReady = "predictions.not_ready";
inline constexpr std::string_view kNoRow = "predictions.no_row";
inline constexpr std::string_view kNoLabelColumn = "predictions.no_label_column";
inline constexpr std::string_view kOtherRows = "predictions.other_rows";
inline constexpr std::string_view kBatchJob = "batch";

/// Of /test-model/{pk}/{model_name}/.
struct FormPath {
    datasets::DatasetId pk;
    std::string model_name;
};
CSVA_DESCRIBE(FormPath, pk, model_name)
CSVA_NOTES(
    FormPath,
    {.field = "pk", .text = "Number of the data set."},
    {.field = "model_name",
     .text = "Name on the leaderboard, such as RandomForestClassifier.",
     .minimum = 1,
     .maximum = 200}
)

/// What a generated form asks for.
struct FormField {
    std::string column;
    table::ColumnType type = table::ColumnType::text;
    std::vector<std::string> categories;
    double low = 0;
    double high = 0;
    std::string typical;
    bool whole = false;
};
CSVA_DESCRIBE(FormField, column, type, categories, low, high, typical, whole)
CSVA_NOTES(
    FormField,
    {.field = "categories",
     .text = "Values seen in training, most frequent first; empty when the column is no category."},
    {.field = "low", .text = "Smallest number seen in training."},
    {.field = "high", .text = "Largest number seen in training."},
    {.field = "typical", .text = "A made-up middle value to start from."},
    {.field = "whole", .text = "Whole numbers only."}
)

struct Form {
    models::Model model;
    std::vector<std::string> classes;
    std::vector<FormField> fields;
};
CSVA_DESCRIBE(Form, model, classes, fields)

/// One row to answer: every member but the path's is a column.
struct OneRow {
    datasets::DatasetId pk;
    std::string model_name;
    std::map<std::string, base::Cell> values;
};
CSVA_DESCRIBE(OneRow, pk, model_name, values)
CSVA_NOTES(
    OneRow,
    {.field = "values",
     .text = "Cells by column name; columns may also stand beside it.",
     .maximum = 10000,
     .catch_all = true}
)

struct Answer {
    models::ModelId model_id;
    std::string model_name;
    std::optional<std::string> prediction_id;
    base::Cell prediction;
    std::map<std::string, double> probabilities;
    std::vector<bundle::Warning> warnings;
};
CSVA_DESCRIBE(Answer, model_id, model_name, prediction_id, prediction, probabilities, warnings)
CSVA_NOTES(
    Answer,
    {.field = "prediction_id", .text = "To label the prediction with; null when it is not kept."},
    {.field = "prediction", .text = "The class or the number predicted."},
    {.field = "probabilities", .text = "By class; empty for a number."},
    {.field = "warnings",
     .text = "What to know about this row: unseen_category, missing_column, extra_column, "
             "out_of_range, unreadable."}
)

struct Row {
    std::map<std::string, base::Cell> cells;
};
CSVA_DESCRIBE(Row, cells)
CSVA_NOTES(Row, {.field = "cells", .text = "Cells by column name.", .catch_all = true})

struct RowsToPredict {
    models::ModelId model_id;
    std::vector<Row> rows;
};
CSVA_DESCRIBE(RowsToPredict, model_id, rows)
CSVA_NOTES(
    RowsToPredict,
    {.field = "rows",
     .text = "Rows to answer, each an object of cells by column name.",
     .minimum = 1,
     .maximum = 10000}
)

/// POST /api/v1/predictions
struct RowsByName {
    std::string model;
    std::vector<Row> rows;
};
CSVA_DESCRIBE(RowsByName, model, rows)
CSVA_NOTES(
    RowsByName,
    {.field = "model",
     .text = "models:/NAME@champion, models:/NAME/3 or models:/NAME/Production.",
     .minimum = 1,
     .maximum = 600},
    {.field = "rows",
     .text = "Rows to answer, each an object of cells by column name.",
     .minimum = 1,
     .maximum = 10000}
)

struct Answers {
    models::ModelId model_id;
    std::vector<bundle::Prediction> predictions;
    std::vector<std::string> prediction_ids;
};
CSVA_DESCRIBE(Answers, model_id, predictions, prediction_ids)
CSVA_NOTES(
    Answers,
    {.field = "prediction_ids",
     .text = "To label the predictions with, in their order; empty when they are not kept."}
)

struct NewLabel {
    std::string prediction_id;
    base::Cell value;
};
CSVA_DESCRIBE(NewLabel, prediction_id, value)
CSVA_NOTES(
    NewLabel,
    {.field = "prediction_id", .text = "As given with the prediction.", .minimum = 1, .maximum = 60
    },
    {.field = "value", .text = "What was true: one of the model's classes, or a number."}
)

/// POST /api/v1/models/{model_id}/labels
struct NewLabels {
    models::ModelId model_id;
    std::vector<NewLabel> labels;
    bool replace = false;
};
CSVA_DESCRIBE(NewLabels, model_id, labels, replace)
CSVA_NOTES(
    NewLabels,
    {.field = "labels", .text = "The right answers.", .minimum = 1, .maximum = 10000},
    {.field = "replace",
     .text = "Whether a label takes the place of another one that says something else.",
     .defaulted = true}
)

enum class Refusal : std::uint8_t { unknown_prediction, not_an_answer, contradicts };
CSVA_DESCRIBE_ENUM(Refusal, unknown_prediction, not_an_answer, contradicts)

struct RefusedLabel {
    std::string prediction_id;
    Refusal refusal = Refusal::unknown_prediction;
    std::string message;
};
CSVA_DESCRIBE(RefusedLabel, prediction_id, refusal, message)
CSVA_NOTES(RefusedLabel, {.field = "message", .text = "Why, in words."})

struct LabelsTaken {
    std::int64_t taken = 0;
    std::int64_t unchanged = 0;
    std::int64_t replaced = 0;
    std::int64_t refused_count = 0;
    std::vector<RefusedLabel> refused;
};
CSVA_DESCRIBE(LabelsTaken, taken, unchanged, replaced, refused_count, refused)
CSVA_NOTES(
    LabelsTaken,
    {.field = "taken", .text = "New labels."},
    {.field = "unchanged", .text = "Labels that were known."},
    {.field = "replaced", .text = "Labels that took the place of another one."},
    {.field = "refused_count", .text = "Labels that were not taken."},
    {.field = "refused", .text = "The first 1,000 of these."}
)

/// POST /api/v1/models/{model_id}/labels/file, beside the file.
struct LabelFile {
    models::ModelId model_id;
    bool replace = false;
};
CSVA_DESCRIBE(LabelFile, model_id, replace)
CSVA_NOTES(
    LabelFile,
    {.field = "replace",
     .text = "Whether a label takes the place of another one that says something else.",
     .defaulted = true}
)

struct ModelPath {
    models::ModelId model_id;
};
CSVA_DESCRIBE(ModelPath, model_id)

struct ModelList {
    std::vector<models::Model> models;
};
CSVA_DESCRIBE(ModelList, models)

/// A file of rows being answered.
struct Batch {
    BatchId id;
    std::int64_t project_id = 0;
    models::ModelId model_id;
    jobs::JobId job_id;
    std::string file_name;
    jobs::State state = jobs::State::queued;
    std::int64_t rows = 0;
    std::int64_t rows_rejected = 0;
    std::optional<datasets::Problem> problem;
    std::int64_t created_at = 0;
};
CSVA_DESCRIBE(
    Batch,
    id,
    project_id,
    model_id,
    job_id,
    file_name,
    state,
    rows,
    rows_rejected,
    problem,
    created_at
)
CSVA_NOTES(
    Batch,
    {.field = "rows", .text = "Rows answered."},
    {.field = "rows_rejected", .text = "Rows of the file that could not be read."},
    {.field = "problem", .text = "Why it failed; null when it did not."}
)

struct BatchPath {
    BatchId batch_id;
};
CSVA_DESCRIBE(BatchPath, batch_id)

/// POST /api/v1/models/{model_id}/batches, beside the file.
struct NewBatch {
    models::ModelId model_id;
    bool keep_columns = false;
};
CSVA_DESCRIBE(NewBatch, model_id, keep_columns)
CSVA_NOTES(
    NewBatch,
    {.field = "keep_columns",
     .text = "The columns of the file stand before the answers.",
     .defaulted = true}
)

/// What is enqueued.
struct BatchJob {
    BatchId batch_id;
    bool keep_columns = false;
};
CSVA_DESCRIBE(BatchJob, batch_id, keep_columns)

/// POST /api/v1/batches/{batch_id}/labels, beside the file.
struct BatchLabels {
    BatchId batch_id;
    bool replace = false;
};
CSVA_DESCRIBE(BatchLabels, batch_id, replace)
CSVA_NOTES(
    BatchLabels,
    {.field = "replace",
     .text = "Whether a label takes the place of another one that says something else.",
     .defaulted = true}
)

}  // namespace csva::predictions
