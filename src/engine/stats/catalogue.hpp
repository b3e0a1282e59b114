#pragma once

#include "engine/stats/scores.hpp"

#include <span>
#include <string_view>

namespace csva::stats {

/// What a score is computed from. Classification: truth, predicted and probabilities; regression:
/// values and estimates.
struct ScoreInput {
    std::span<const int> truth;
    std::span<const int> predicted;
    Probabilities probabilities;
    std::span<const double> positive;      ///< Probability of class 1, for two classes.
    std::span<const std::uint32_t> order;  ///< order_by(positive), for two classes.
    std::span<const double> values;
    std::span<const double> estimates;
    std::size_t class_count = 0;
};

enum class ScoreTask : std::uint8_t { classification, binary, regression };

/// One row of the catalogue; API, pages and documents read it. Texts for people:
/// `stats:scores.<name>.*`.
struct ScoreInfo {
    std::string_view name;
    bool higher_is_better = true;
    ScoreTask task = ScoreTask::classification;
    double (*function)(const ScoreInput&, Counts) = nullptr;
    std::string_view doc;
};

std::span<const ScoreInfo> scores();
/// Null for an unknown name.
const ScoreInfo* find_score(std::string_view name);

}  // namespace csva::stats
