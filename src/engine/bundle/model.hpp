#pragma once

#include "engine/learn/train.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace csva::bundle {

/// What a model folder says of itself (model.json). Holds no real row.
struct Description {
    std::string format = "csva-model@1";
    std::string program_version;
    learn::Report report;
    learn::Preparation preparation;
    std::vector<std::string> models;            ///< Names; the first is the default.
    std::map<std::string, std::string> hashes;  ///< SHA-256 of each model file.
};
CSVA_DESCRIBE(Description, format, program_version, report, preparation, models, hashes)

/// One answer. `warnings` are codes with a column: unseen_category, missing_column, extra_column,
/// out_of_range, unreadable.
struct Warning {
    std::string code;
    std::string column;
};
CSVA_DESCRIBE(Warning, code, column)
struct Prediction {
    base::Cell prediction;
    std::map<std::string, double> probabilities;  ///< By class; empty for regression.
    std::vector<Warning> warnings;
};
CSVA_DESCRIBE(Prediction, prediction, probabilities, warnings)

/// Saves a training as a model folder: written beside, synced, renamed. The folder must not exist.
/// Errors: bundle.exists, base.file_unwritable.
base::Result<void> save(const std::string& folder, const learn::TrainOutcome& outcome);

/// A loaded model folder. Immutable and thread-safe.
class Model {
public:
    /// Errors: bundle.not_a_model, bundle.damaged, learn.library_missing.
    static base::Result<Model> load(const std::string& folder);
    ~Model();
    Model(Model&&) noexcept;
    Model& operator=(Model&&) noexcept;
    const Description& description() const;
    /// One row of named cells. `name`: a leaderboard name, empty for the best. Errors:
    /// bundle.unknown_model.
    base::Result<Prediction> predict(
        const std::map<std::string, base::Cell>& row, std::string_view name = {}
    ) const;
    /// CSV text (no header) of one row's answer: prediction, then one probability a class; what
    /// every path prints.
    std::string csv_fields(const Prediction& prediction) const;
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
