#pragma once

#include "engine/learn/families.hpp"
#include "engine/learn/split.hpp"
#include "engine/learn/types.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace csva::learn {

/// One candidate with its answers on the judge rows and the models that gave them.
struct Trial {
    Candidate candidate;
    double loss = 1e300;
    int trees = 0;                               ///< Mean over the folds.
    std::vector<double> answers;                 ///< By judged row, outputs each.
    std::vector<std::vector<StoredPart>> parts;  ///< By fold.
    std::vector<double> gain;                    ///< By feature, summed over the folds.
    std::vector<double> rounds;  ///< Loss after each round of boosting, mean of the folds.
    double fit_s = 0;
};

/// What the search works on and what it leaves. The choice sees `split.folds` only.
struct SearchState {
    const Target* target = nullptr;
    const Split* split = nullptr;
    FitContext context;
    double begin_s = 0;                       ///< Steady time at which the training began.
    double budget_s = 30;                     ///< Wall clock from there, the hard limit.
    double work = 30;                         ///< The whole budget, in units.
    double units = 0;                         ///< What is left to spend on candidates.
    bool cut_short = false;                   ///< The clock, not the units, ended something.
    std::vector<std::vector<Binned>> binned;  ///< By worker and fold.
    std::vector<Trial> trials;

    std::size_t outputs() const;
    /// Cancelled, or this share of the budget is over.
    bool late(double share) const;
};

/// What a unit of the budget is worth: seconds to work units. Less than a common machine does in
/// that time, so that the clock seldom decides and a rerun chooses the same.
inline constexpr double kUnitsPerSecond = 1.4;
inline constexpr double kSearchShare = 0.45;
inline constexpr double kRefitShare = 0.35;

bool allowed(const TrainRequest& request, Family family, Task task);
/// The candidates every search begins with, cheap ones first.
std::vector<Candidate> first_candidates(const SearchState& state, const TrainRequest& request);
void apply_options(Candidate& candidate, const TrainOptions& options);
/// Tries candidates until the units are spent: the first ones, then neighbours of the best.
base::Result<void> search(SearchState& state, const TrainRequest& request);
/// Calls work(worker, task) for each task, tasks side by side on several threads, each of which
/// fits with one; a large table gets one worker whose fits use all threads (waiting for each other
/// in every tree costs small fits more than it saves). Returns the first error.
base::Result<void> side_by_side(
    SearchState& state,
    std::size_t tasks,
    const std::function<
        base::Result<void>(const FitContext&, std::size_t worker, std::size_t task)>& work
);
/// Units of one fit of a trial on so many rows.
double refit_units(const SearchState& state, const Trial& trial, std::size_t rows);
/// The candidate with the trees that more rows want, for a fit that nothing stops early.
Candidate refit_candidate(const SearchState& state, const Trial& trial, std::size_t rows);

/// Trials with their weights in an average.
using Members = std::vector<std::pair<std::size_t, double>>;
/// Greedy choice with replacement of what lowers the loss of the average, as long as all members
/// can be fitted again for `units`; where few rows choose, the mean of such choices on halves of
/// them. Source: Caruana et al. 2004, with the bagging of their section 2.3.
Members blend(const SearchState& state, double units, std::size_t rows);

/// A model that the leaderboard shows.
struct Entry {
    std::string name;
    Members members;
    double loss = 0;
};
/// The best trial of each family, and the average when it has several members; best first.
std::vector<Entry> entries(const SearchState& state, double units, std::size_t rows);

}  // namespace csva::learn
