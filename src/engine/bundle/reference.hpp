#pragma once

#include "engine/drift/reference.hpp"
#include "engine/learn/train.hpp"
#include "engine/recipe/replay.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"

#include <string>
#include <vector>

namespace csva::bundle {

/// What watching a model needs, from the rows it was trained on: `as_read` is read twice from its
/// first row. Its columns are those that the model needs, before the recipe, as they will come with
/// a row to predict. Errors: those of the reader, jobs.cancelled.
base::Result<drift::Reference> make_reference(
    const learn::TrainOutcome& outcome,
    const recipe::Replay& replay,
    table::TableReader& as_read,
    base::Control& control
);

/// Reads it back. Errors: bundle.not_a_model; bundle.no_reference for a folder made before there
/// was one; drift.bad_sketch.
base::Result<drift::Reference> load_reference(const std::string& folder);

/// Physical names of the columns that the preparation needs.
std::vector<std::string> needed_columns(const learn::TrainOutcome& outcome);

inline constexpr std::string_view kNoReference = "bundle.no_reference";

}  // namespace csva::bundle
