#pragma once

#include "engine/learn/prepare.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace csva::learn {

using Rows = std::vector<std::uint32_t>;

/// One way to fit and judge candidates.
struct Fold {
    Rows fit, judge;
};

/// Which rows do what. Held-out rows are scored at the end and serve nothing before.
struct Split {
    std::string kind;  ///< random, groups or time.
    Rows development, held_out;
    std::vector<Fold> folds;
    Rows judged;  ///< The judge rows of all folds, one after the other.
};

struct SplitPlan {
    std::vector<std::int32_t> groups;  ///< By row; empty: none.
    bool time = false;                 ///< Rows are in order of time.
    std::int64_t seed = 1;
};

/// Held-out rows are the last fifth in time order, else whole groups, else dealt class by class.
Split hold_out(const Target& target, const SplitPlan& plan);
/// Deals the development rows: `folds` parts that judge in turn, or (1) one part that judges.
void add_folds(Split& split, const Target& target, const SplitPlan& plan, int folds);

}  // namespace csva::learn
