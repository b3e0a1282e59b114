#pragma once

#include "engine/learn/lightgbm.hpp"
#include "engine/learn/predictor.hpp"
#include "engine/learn/types.hpp"
#include "foundation/base/control.hpp"

#include <map>
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
    double leaf_ridge = 0;     ///< L2 penalty on a leaf's answer (boosting).
    int bins = 255;            ///< Cuts a number can have at most.
    int most_levels = 32;      ///< Categories that a cut takes to one side at most.
    bool random_cuts = false;  ///< Boosting that tries one random cut a column.
    bool log_target = false;   ///< Fits the logarithm of the target (see StoredPart::link).
    double smear = 1;          ///< log_target: factor that makes the estimates' mean right.
    int seed_shift = 0;        ///< Another draw of rows and columns.
    bool early_stop = true;
    /// Gradients of boosting rounded to this many steps, so that histograms are sums of small
    /// integers; leaves answer with the exact ones (Shi et al. 2022, NeurIPS). 0: not rounded.
    int gradient_steps = 0;
};

/// What every fit works on. Labels are by table row.
struct FitContext {
    const Matrix* matrix = nullptr;
    std::span<const float> labels;
    Task task = Task::binary;
    int classes = 0;  ///< 0 for regression.
    std::int64_t seed = 1;
    std::int64_t threads = 0;
    double log_offset = 0;  ///< Added before the logarithm of a target is taken.
    double deadline_s = 0;  ///< Steady seconds; a fit past it keeps the rounds it has.
    base::Control* control = nullptr;
};

struct Fit {
    std::vector<StoredPart> parts;
    std::vector<double> judged;  ///< Answers on the judge rows, `outputs` for each.
    int trees = 0;
    std::vector<double> gain;    ///< By feature: of a tree's splits, or see linear_gain.
    std::vector<double> rounds;  ///< Loss on the judge rows after each round of boosting.
    bool cut_short = false;
    double wall_s = 0;
};

/// Binned rows of one split, kept between the candidates that use them. One thread at a time.
struct Binned {
    struct Pair {
        GbmDataset fit, judge;
    };
    std::map<int, Pair> by_bins;
};

/// Fits on `rows`; `judge_rows` (may be empty) are answered, and end boosting early. `binned` may
/// be null; else it belongs to exactly these rows.
base::Result<Fit> fit_candidate(
    const FitContext& context,
    const Candidate& candidate,
    std::span<const std::uint32_t> rows,
    std::span<const std::uint32_t> judge_rows,
    Binned* binned = nullptr
);

/// Bins `rows` for a fit of this candidate on them that nothing judges; after it that fit needs no
/// matrix.
base::Result<void> bin(
    const FitContext& context,
    const Candidate& candidate,
    std::span<const std::uint32_t> rows,
    Binned& binned
);

/// Estimated seconds of one core for a fit: the unit of the budget, so that a rerun makes the same
/// choices.
double work_units(
    const Candidate& candidate, int trees, std::size_t rows, const Matrix& matrix, int classes
);

double steady_now_s();

}  // namespace csva::learn
