#pragma once

#include "engine/learn/lightgbm.hpp"
#include "engine/learn/predictor.hpp"
#include "engine/learn/types.hpp"
#include "foundation/base/control.hpp"

#include <span>

namespace csva::learn {

enum class Family : std::uint8_t { linear, forest, extra_trees, boosting };

/// Leaderboard name: LogisticRegression, RandomForestRegressor...
std::string family_name(Family family, Task task);

/// One point of the search.
struct Candidate {
    Family family = Family::boosting;
    int trees = 400;
    int leaves = 31;
    double learning_rate = 0.1;
    int min_rows = 20;
    double columns = 1;  ///< Share of the columns a tree sees (a node, for forests).
    double rows = 1;     ///< Share of the rows a tree sees.
    double ridge = 1e-3;
    bool early_stop = true;
};

/// What every fit works on. Labels are by table row.
struct FitContext {
    const Matrix* matrix = nullptr;
    std::span<const float> labels;
    Task task = Task::binary;
    int classes = 0;  ///< 0 for regression.
    std::int64_t seed = 1;
    std::int64_t threads = 0;
    double deadline_s = 0;  ///< Steady seconds; a fit past it keeps the rounds it has.
    base::Control* control = nullptr;
};

struct Fit {
    std::vector<StoredPart> parts;
    int trees = 0;
    std::vector<double> gain;  ///< By feature; empty for linear models.
    bool cut_short = false;
};

/// Fits on `rows`; `stop_rows` (may be empty) end boosting early and serve nothing else.
base::Result<Fit> fit_candidate(
    const FitContext& context,
    const Candidate& candidate,
    std::span<const std::uint32_t> rows,
    std::span<const std::uint32_t> stop_rows
);

/// Estimated seconds of a fit on a common machine: the unit of the budget, so that a rerun makes
/// the same choices.
double work_units(
    const Candidate& candidate, int trees, std::size_t rows, std::size_t features, int classes
);

double steady_now_s();

}  // namespace csva::learn
