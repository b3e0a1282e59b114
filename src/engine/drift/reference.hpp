#pragma once

#include "engine/drift/quality.hpp"
#include "engine/drift/sketch.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace csva::drift {

/// All that watching a model needs once its rows are gone. Holds no row.
struct Reference {
    std::string format = "csva-reference@1";
    Sketch sketch;  ///< Input columns as read, and prediction, score and target of held-out rows.
    Calibration calibration;            ///< Of the held-out probabilities; empty for regression.
    std::vector<QualityScore> quality;  ///< On the held-out rows.
};
CSVA_DESCRIBE(Reference, format, sketch, calibration, quality)

std::string to_json(Reference reference);
/// Errors: drift.bad_sketch.
base::Result<Reference> reference_from_json(std::string_view json);

/// Adds prediction, score and target of answered rows to a reference: what a model of `classes`
/// (none: regression) said of held-out rows and what was true.
void add_answers(
    const Answered& held_out, const std::vector<std::string>& classes, Reference& reference
);

/// Counts answers, and the truth when it is there, in a window of such a reference.
void count_answers(const Answered& rows, const std::vector<std::string>& classes, Counter& window);

}  // namespace csva::drift
