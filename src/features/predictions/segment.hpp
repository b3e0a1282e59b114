#pragma once

#include "engine/bundle/model.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/described.hpp"

#include <compare>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace csva::predictions {

/// A segment is a file of predictions of one model, written as they are given: blocks, each with
/// its length, its number of lines and its CRC-32. The first holds this as JSON, the others a line
/// a prediction, tab between cells: time (Unix ms), the model's columns as texts, then a
/// probability for each class, or the estimate. Empty: missing.
struct SegmentHead {
    std::string format = "csva-predictions@1";
    std::string code;  ///< Prediction n of the segment has the id "code-n", from 1.
    std::int64_t project_id = 0;
    std::int64_t model_id = 0;
    std::vector<std::string> columns;
    std::int64_t outputs = 1;
};
CSVA_DESCRIBE(SegmentHead, format, code, project_id, model_id, columns, outputs)

/// An empty segment of a model, with a code of its own.
SegmentHead head_of(const bundle::Description& model);

/// A block of `lines` lines as it stands in the file.
std::string block_of(std::string_view text, std::uint32_t lines);

/// The line of one row that was answered: its cells in the order of the columns (null: none), as
/// the file would have written them.
void append_line(
    std::string& out,
    std::int64_t at_ms,
    const bundle::Description& model,
    std::span<const base::Cell* const> cells,
    const bundle::Prediction& answer
);
/// The lines of a batch of texts; `places`: where the model's columns stand in it.
void append_lines(
    std::string& out,
    std::int64_t at_ms,
    const bundle::Places& places,
    const table::Batch& rows,
    const bundle::Answers& answers
);

/// What a whole file says of itself: blocks that are cut off or damaged, and what follows them, do
/// not count.
struct SegmentSummary {
    SegmentHead head;
    std::int64_t rows = 0;
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
};
CSVA_DESCRIBE(SegmentSummary, head, rows, from_ms, to_ms)
/// Without a whole head: no code, no rows.
SegmentSummary summary_of(const std::filesystem::path& file);

/// Copies a segment, the inputs of the lines that `is_gone` picks being emptied: numbers of
/// predictions, and with them labels, stay what they were. `out` empty: only counts. How many.
/// Errors: base.file_unwritable.
base::Result<std::int64_t> blank_lines(
    const std::filesystem::path& in,
    const std::filesystem::path& out,
    const std::function<bool(std::span<const std::string_view> inputs)>& is_gone
);

/// Columns of a table of logged predictions: code and n of the id, time (Unix ms), the model's
/// columns as texts, then the outputs as numbers. The names of ours begin with "csva:".
table::Schema log_schema(const bundle::Description& model);
inline constexpr std::size_t kLogInputs = 3;  ///< Position of the first of the model's columns.

/// The same as they are stored in the end: numbers as numbers, and one column of texts more, which
/// has what was no number as a JSON object by column name.
table::Schema kept_schema(const bundle::Description& model);

/// Predictions of segments of one model, one file after the other, as a table of log_schema.
std::unique_ptr<table::TableReader> read_segments(
    std::vector<std::filesystem::path> files, const bundle::Description& model
);

/// The id's parts, or nothing.
struct PredictionKey {
    std::string code;
    std::int64_t n = 0;
    auto operator<=>(const PredictionKey&) const = default;
};
std::optional<PredictionKey> key_of(std::string_view prediction_id);
std::string id_of(const PredictionKey& key);

}  // namespace csva::predictions
