#pragma once

#include "engine/drift/reference.hpp"
#include "engine/learn/train.hpp"
#include "engine/recipe/replay.hpp"

#include <span>
#include <string>
#include <vector>

namespace csva::bundle {

/// The distributions of columns in memory: of all, as it is not known yet which a model will need.
/// On all cores.
drift::Sketch sketch_columns(std::span<const learn::RawColumn> columns);

/// What watching a model needs, from `as_read`, the distributions of the rows it was trained on
/// before the recipe, as they will come with a row to predict. Keeps the columns that the model
/// needs, the most important first, without those that a step protects.
base::Result<drift::Reference> make_reference(
    const learn::TrainOutcome& outcome, const recipe::Replay& replay, drift::Sketch as_read
);

/// Reads it back. Errors: bundle.not_a_model; bundle.no_reference for a folder made before there
/// was one; drift.bad_sketch.
base::Result<drift::Reference> load_reference(const std::string& folder);

/// Physical names of the columns that the preparation needs.
std::vector<std::string> needed_columns(const learn::TrainOutcome& outcome);

inline constexpr std::string_view kNoReference = "bundle.no_reference";

}  // namespace csva::bundle
