#pragma once

#include "engine/bundle/reference.hpp"
#include "engine/learn/train.hpp"
#include "engine/recipe/replay.hpp"
#include "engine/table/batch.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace csva::bundle {

/// What a model folder says of itself (model.json). Holds no real row.
struct Description {
    std::string format = "csva-model@1";
    std::string program_version;
    learn::Report report;
    learn::Preparation preparation;
    table::Schema columns;                   ///< As read: what a row to predict is made of.
    std::vector<recipe::FittedStep> recipe;  ///< From these to the columns of the preparation.
    std::vector<std::string> unused;  ///< Other columns of the file; they may come with a row.
    std::vector<std::string> models;  ///< Names; the first is the default.
};
CSVA_DESCRIBE(
    Description, format, program_version, report, preparation, columns, recipe, unused, models
)

/// What to know of one row. `code`: unseen_category, missing_column, extra_column, out_of_range,
/// unreadable.
struct Warning {
    std::string code;
    std::string column;
};
CSVA_DESCRIBE(Warning, code, column)
/// One answer.
struct Prediction {
    base::Cell prediction;
    std::map<std::string, double> probabilities;  ///< By class; empty for regression.
    std::vector<Warning> warnings;
};
CSVA_DESCRIBE(Prediction, prediction, probabilities, warnings)

/// Answers of a batch of rows, as numbers. Reused from batch to batch.
struct Answers {
    struct RowWarning {
        std::size_t row = 0;
        std::size_t column = 0;  ///< Position in Description::columns.
        std::string_view code;
    };
    bool with_warnings = true;
    std::vector<double> values;  ///< Row by row: a probability for each class, or the estimate.
    std::vector<RowWarning> warnings;  ///< By row, then column.
    std::vector<std::string> extra;    ///< Columns of the rows that no model knows.
};

/// Where the columns of a model stand in a table; made once for a table.
struct Places {
    std::vector<std::optional<std::size_t>> columns;
    std::vector<std::string> extra;
};

/// A file of a model folder.
struct File {
    std::string name, content;
};

/// Saves a training as a model folder: written beside, synced, renamed. The folder must not exist.
/// `replay`: what led from the file to the table that was learnt from. `reference`: what
/// make_reference made of its rows. `others`: files for other programs. Errors: bundle.exists,
/// base.file_unwritable.
base::Result<void> save(
    const std::string& folder,
    const learn::TrainOutcome& outcome,
    const recipe::Replay& replay,
    const drift::Reference& reference,
    std::span<const File> others = {}
);

/// A loaded model folder. Immutable and thread-safe. All ways of asking end in the same kernels:
/// cells typed as the file's were, the recipe, the preparation, the model.
class Model {
public:
    /// Errors: bundle.not_a_model, bundle.damaged, recipe.unknown_step, learn.library_missing.
    static base::Result<Model> load(const std::string& folder);
    ~Model();
    Model(Model&&) noexcept;
    Model& operator=(Model&&) noexcept;
    const Description& description() const;
    /// One row of named cells, as the file would have them. `name`: a leaderboard name, empty for
    /// the best. Errors: bundle.unknown_model.
    base::Result<Prediction> predict(
        const std::map<std::string, base::Cell>& row, std::string_view name = {}
    ) const;
    /// The cells of a named row in the order of Description::columns; null where it has none.
    void cells_of(const std::map<std::string, base::Cell>& row, std::vector<const base::Cell*>& out)
        const;
    /// Positions in Description::columns whose cells a step of the recipe protects: who keeps rows
    /// keeps them without these.
    const std::vector<std::size_t>& hidden() const;
    Places places(const table::Schema& columns) const;
    /// Rows of texts. Errors: bundle.unknown_model.
    base::Result<void> predict(
        const Places& places, const table::Batch& texts, std::string_view name, Answers& out
    ) const;
    Prediction prediction(const Answers& answers, std::size_t row) const;
    /// CSV text (no header) of a row's answer: prediction, then one probability a class; what every
    /// path prints.
    void append_csv(std::string& out, const Answers& answers, std::size_t row) const;
    /// "prediction,probability_a,...".
    std::string csv_header() const;

private:
    struct State;
    explicit Model(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// A cell of exported CSV: quoted where needed; a text starting with = + - @ that is no number gets
/// a leading apostrophe.
std::string csv_cell(std::string_view text);

inline constexpr std::string_view kUnknownModel = "bundle.unknown_model";
inline constexpr std::string_view kNotAModel = "bundle.not_a_model";
inline constexpr std::string_view kDamaged = "bundle.damaged";
inline constexpr std::string_view kExists = "bundle.exists";

}  // namespace csva::bundle
