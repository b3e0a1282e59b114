#pragma once

#include "engine/duck/session.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace csva::recipe {

/// One step as people ask for it. `columns` are display names at that point of the recipe (empty:
/// all that fit).
struct Step {
    std::string step;  ///< Name and version: trim@1.
    std::vector<std::string> columns;
    std::map<std::string, base::Cell>
        options;  ///< See the catalogue: strategy, value, type, name, keep...
};
CSVA_DESCRIBE(Step, step, columns, options)
CSVA_NOTES(
    Step,
    {.field = "step",
     .text = "Name and version of the step, as in the catalogue (trim@1).",
     .minimum = 1,
     .maximum = 100,
     .example = "\"trim@1\""},
    {.field = "columns",
     .text = "Columns it works on, by name; empty: all that fit.",
     .maximum = 10000,
     .defaulted = true},
    {.field = "options", .text = "Options of the step, as in the catalogue.", .defaulted = true}
)

struct Recipe {
    std::vector<Step> steps;
};
CSVA_DESCRIBE(Recipe, steps)

enum class StepKind : std::uint8_t { row, table };
CSVA_DESCRIBE_ENUM(StepKind, row, table)
enum class AtPrediction : std::uint8_t { apply, skip };
CSVA_DESCRIBE_ENUM(AtPrediction, apply, skip)

/// What a step does for the people in a column. pseudonymise: the rows of one person stay together,
/// and whoever has the key can say whose they are: personal data still.
enum class Protection : std::uint8_t { none, anonymise, pseudonymise };
CSVA_DESCRIBE_ENUM(Protection, none, anonymise, pseudonymise)

struct OptionInfo {
    std::string name;
    std::string type;  ///< choice, text, number, boolean.
    std::vector<std::string> choices;
    bool required = false;
};
CSVA_DESCRIBE(OptionInfo, name, type, choices, required)

/// One row of the catalogue; texts are in `recipe:steps.<name>.*`.
struct StepInfo {
    std::string step;
    StepKind kind = StepKind::row;
    bool fitted = false;  ///< Learns constants from training rows.
    AtPrediction at_prediction = AtPrediction::apply;
    std::string onnx;  ///< Operator that says the same; empty: export starts after it.
    std::vector<std::string> column_types;  ///< Types it works on; empty: all.
    std::int64_t columns_min = 0;           ///< Columns it must be given; 0: none is all that fit.
    std::int64_t columns_max = 0;           ///< Columns it may be given; 0: any number.
    Protection protection = Protection::none;
    std::vector<OptionInfo> options;
};
CSVA_DESCRIBE(
    StepInfo,
    step,
    kind,
    fitted,
    at_prediction,
    onnx,
    column_types,
    columns_min,
    columns_max,
    protection,
    options
)
CSVA_NOTES(
    StepInfo,
    {.field = "columns_min",
     .text = "Columns it must be given; 0: without any it takes all that fit."},
    {.field = "columns_max", .text = "Columns it may be given; 0: any number."},
    {.field = "protection",
     .text = "What it does for the people in a column; a pseudonymised one is personal still."}
)

std::span<const StepInfo> catalogue();

/// A step made ready for one schema, with its fitted constants. Row steps only. Same code for
/// training, form, JSON, batch, API. Immutable; share it between threads.
class RowStep {
public:
    virtual ~RowStep() = default;
    virtual const table::Schema& output_schema() const = 0;
    /// Changes the batch in place (columns may be dropped or change type). Returns the number of
    /// cells changed.
    virtual std::int64_t apply(table::Batch& batch) const = 0;
    /// Fitted constants as JSON ("{}" when there are none): with them `load_row_step` makes the
    /// same step again.
    virtual std::string constants() const { return "{}"; }
};

/// Checks a step against a schema. Errors: recipe.unknown_step, recipe.unknown_column,
/// recipe.bad_option, recipe.missing_option, recipe.unknown_option, recipe.wrong_type,
/// recipe.duplicate_name, recipe.no_column_left.
base::Result<void> check_step(const Step& step, const table::Schema& schema);

/// Makes a row step; a fitted one learns its constants from `rows` (read once, or twice). Errors:
/// as check_step, those of the reader, recipe.nothing_to_fit.
base::Result<std::unique_ptr<RowStep>> fit_row_step(
    const Step& step, table::TableReader& rows, base::Control& control
);

/// The same from stored constants (in a bundle).
base::Result<std::unique_ptr<RowStep>> load_row_step(
    const Step& step, const table::Schema& schema, const std::string& constants
);

/// What a step did.
struct StepOutcome {
    table::Schema schema;
    std::int64_t rows_before = 0;
    std::int64_t rows_after = 0;
    std::int64_t cells_changed =
        0;  ///< By change_type: cells that could not be turned and are missing now.
    std::string constants = "{}";
};
CSVA_DESCRIBE(StepOutcome, schema, rows_before, rows_after, cells_changed, constants)

/// Applies one step (row or table) to a Parquet version and writes the next one. Constants of
/// fitted steps come from all of its rows: a preview, fitted again on training rows when a model is
/// trained.
base::Result<StepOutcome> apply_step(
    duck::Session& session,
    const std::string& parent_parquet,
    const table::Schema& parent_schema,
    const Step& step,
    const std::string& out_parquet,
    base::Control& control
);

/// "trim" of "trim@1".
std::string_view step_name(std::string_view step);
const StepInfo* find_step(std::string_view step);

}  // namespace csva::recipe
