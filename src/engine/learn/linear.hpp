#pragma once

#include "engine/learn/lightgbm.hpp"
#include "engine/learn/predictor.hpp"
#include "foundation/base/control.hpp"

#include <span>

namespace csva::learn {

/// Multinomial logistic (classes >= 2) or ridge (classes 0) regression on standardised numbers and
/// one-hot categories, L2 penalty `ridge` per row, by L-BFGS from zero: deterministic. NaN is the
/// mean, an unseen category no category. `keep_going` false stops the solver at the best so far.
StoredPart fit_linear(
    const Matrix& matrix,
    std::span<const std::uint32_t> rows,
    std::span<const float> labels,
    int classes,
    double ridge,
    const base::Control& control,
    double deadline_s
);

/// By feature: the variance, over these rows, of what it adds to the scores.
std::vector<double> linear_gain(
    const StoredPart& part,
    std::size_t outputs,
    const Matrix& matrix,
    std::span<const std::uint32_t> rows
);

/// Scores before softmax (classes >= 2) or the estimate. `out` has max(1, classes) entries.
void linear_scores(const StoredPart& part, std::size_t outputs, const float* features, double* out);
/// Probabilities (outputs >= 2) or the estimate before its link.
void linear_answer(const StoredPart& part, std::size_t outputs, const float* features, double* out);

}  // namespace csva::learn
