#pragma once

#include "engine/learn/prepare.hpp"

#include <span>

namespace csva::learn {

using RowSpan = std::span<const std::uint32_t>;

/// 1 - AUC + 0.02 log loss (two classes), log loss (more) or RMSE of answers on `rows`.
double loss_of(const Target& target, RowSpan rows, std::span<const double> answers);
/// Every score of the task's catalogue with its interval.
LeaderboardLine score_line(
    const Target& target, RowSpan rows, std::span<const double> answers, std::uint64_t seed
);
std::vector<std::int64_t> confusion(
    const Target& target, RowSpan rows, std::span<const double> answers
);
/// A model and what it answers to the held-out rows, in their order.
struct Answered {
    std::string name;
    std::vector<double> answers;
};
/// row_id, truth, prediction and probabilities of the first; then the same of each other model, its
/// name and a point before the column's: enough to compute every score again.
std::string held_out_csv(const RawTable& table, RowSpan rows, std::span<const Answered> models);
/// Compares the best model with the baseline on held-out rows; the first score must beat chance at
/// one-sided 1 %.
Verdict make_verdict(const Report& report, const Target& target, RowSpan held_out);

}  // namespace csva::learn
