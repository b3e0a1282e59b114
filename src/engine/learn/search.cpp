#include "engine/learn/search.hpp"

#include "engine/learn/evaluate.hpp"
#include "engine/stats/random.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <thread>

namespace csva::learn {
namespace {

constexpr std::size_t kNeighbours = 120;
// Among more candidates than rows can tell apart, the luckiest wins: one for so many judged rows.
constexpr std::size_t kRowsOfNeighbour = 50;
constexpr std::size_t kFewestNeighbours = 12;
constexpr std::size_t kBatch = 4;  // Whatever the number of threads: they must not change a choice.
constexpr std::size_t kLargeTable = 4'000'000;  // Cells.
constexpr std::size_t kKeptTrials = 12;         // Others than the best lose their models.
constexpr int kMostTrees = 2000;
constexpr double kNoLoss = 1e300;  // See loss_of.

std::size_t feature_count(const SearchState& s) { return s.context.matrix->columns.size(); }

double loss_in_choice(const SearchState& s, std::span<const double> answers) {
    return loss_of(*s.target, s.split->judged, answers);
}

/// Factor by which the exponentials of a log fit are right on average, seen on the judge rows.
double smear_of(const SearchState& s, const std::vector<double>& answers) {
    double truth = 0, squares = 0;
    for (std::size_t i = 0; i < answers.size(); ++i) {
        const double p = answers[i] + s.context.log_offset;
        truth += (s.target->values[s.split->judged[i]] + s.context.log_offset) * p;
        squares += p * p;
    }
    return squares > 0 ? std::clamp(truth / squares, 0.8, 1.25) : 1;
}

void apply_smear(const SearchState& s, Trial& trial) {
    const double smear = smear_of(s, trial.answers);
    trial.candidate.smear = smear;
    for (auto& a : trial.answers) a = smear * (a + s.context.log_offset) - s.context.log_offset;
    for (auto& fold : trial.parts)
        for (auto& part : fold) part.smear = smear;
}

/// Models are large: only those that an average may still take are kept.
void forget_the_worst(SearchState& s) {
    std::vector<std::size_t> order;
    for (std::size_t t = 0; t < s.trials.size(); ++t)
        if (!s.trials[t].parts.empty()) order.push_back(t);
    std::ranges::sort(order, {}, [&](std::size_t t) { return std::pair(s.trials[t].loss, t); });
    std::vector<Family> seen;
    std::size_t kept = 0;
    for (const auto t : order) {
        const bool first = std::ranges::find(seen, s.trials[t].candidate.family) == seen.end();
        seen.push_back(s.trials[t].candidate.family);
        if (++kept > kKeptTrials && !first) s.trials[t].parts.clear();
    }
}

double units_of(const SearchState& s, const Candidate& c, int trees, std::size_t rows) {
    return work_units(c, trees, rows, *s.context.matrix, s.context.classes);
}

/// Trees that a candidate is likely to need: as the best boosting so far, by their rates.
int expected_trees(const SearchState& s, const Candidate& c) {
    if (c.family != Family::boosting || !c.early_stop) return c.trees;
    const Trial* best = nullptr;
    for (const auto& t : s.trials)
        if (t.candidate.family == Family::boosting && (best == nullptr || t.loss < best->loss))
            best = &t;
    if (best == nullptr) return std::min(c.trees, 250);
    const double trees = (best->trees + 50) * best->candidate.learning_rate / c.learning_rate;
    return std::clamp(static_cast<int>(trees), 60, c.trees);
}

double cost(const SearchState& s, const Candidate& c) {
    double sum = 0;
    for (const auto& fold : s.split->folds)
        sum += units_of(s, c, expected_trees(s, c), fold.fit.size());
    return sum;
}

/// What a candidate costs when nothing stops it early.
double most_cost(const SearchState& s, const Candidate& c) {
    double sum = 0;
    for (const auto& fold : s.split->folds) sum += units_of(s, c, c.trees, fold.fit.size());
    return sum;
}

/// A forest that would cost more than `affordable` gets fewer trees, and smaller ones.
void shrink(const SearchState& s, Candidate& c, double affordable) {
    while (cost(s, c) > affordable && c.trees > 20) c.trees = c.trees * 3 / 4;
    while (cost(s, c) > affordable && c.leaves > 31) c.leaves /= 2;
}

Candidate neighbour(const SearchState& s, Candidate c, stats::SplitMix64& random) {
    const auto scaled = [&](double v, double by) {
        return v * std::pow(by, 2 * random.unit() - 1);
    };
    c.leaves = std::clamp(static_cast<int>(scaled(c.leaves, 3)), 4, 1024);
    c.learning_rate = std::clamp(scaled(c.learning_rate, 2), 0.01, 0.3);
    c.min_rows = std::clamp(static_cast<int>(scaled(c.min_rows, 3)), 1, 200);
    c.columns = std::clamp(c.columns + 0.4 * random.unit() - 0.2, 0.2, 1.0);
    c.rows = std::clamp(c.rows + 0.4 * random.unit() - 0.2, 0.5, 0.99);
    if (random.unit() < 0.4) c.leaf_ridge = std::pow(10, 3 * random.unit() - 1.5);
    if (random.unit() < 0.15) c.random_cuts = !c.random_cuts;
    if (random.unit() < 0.25) c.bins = c.bins == 255 ? 1023 : 255;
    if (random.unit() < 0.15 && s.context.log_offset >= 0) c.log_target = !c.log_target;
    c.smear = 1;
    c.trees = kMostTrees;
    return c;
}

/// One of the three best of boosting, the best most often.
const Trial* parent(const SearchState& s, stats::SplitMix64& random) {
    std::vector<const Trial*> best;
    for (const auto& t : s.trials)
        if (t.candidate.family == Family::boosting) best.push_back(&t);
    std::ranges::sort(best, {}, [](const Trial* t) { return std::pair(t->loss, t); });
    if (best.size() > 3) best.resize(3);
    const double u = random.unit();
    if (best.empty()) return nullptr;
    return best[std::min(best.size() - 1, std::size_t{u < 0.5 ? 0U : u < 0.8 ? 1U : 2U})];
}

double search_units(const SearchState& s) { return s.work * kSearchShare; }

/// As far as all folds went.
std::vector<double> mean_rounds(std::span<const Fit> fits) {
    std::size_t shortest = fits.front().rounds.size();
    for (const auto& fit : fits) shortest = std::min(shortest, fit.rounds.size());
    std::vector<double> out(shortest);
    for (const auto& fit : fits)
        for (std::size_t r = 0; r < shortest; ++r)
            out[r] += fit.rounds[r] / static_cast<double>(fits.size());
    return out;
}

/// Makes a trial of a candidate's fits; nothing when the clock left too little of it.
std::optional<Trial> assemble(SearchState& s, const Candidate& candidate, std::span<Fit> fits) {
    Trial trial{.candidate = candidate};
    bool cut_short = false;
    for (std::size_t f = 0; f < fits.size(); ++f) {
        auto& fit = fits[f];
        const int beyond = candidate.early_stop && candidate.family == Family::boosting ? 50 : 0;
        s.units -= units_of(s, candidate, fit.trees + beyond, s.split->folds[f].fit.size());
        cut_short = cut_short || fit.cut_short || fit.parts.empty();
        trial.trees += fit.trees;
        trial.fit_s += fit.wall_s;
        trial.answers.insert(trial.answers.end(), fit.judged.begin(), fit.judged.end());
        trial.parts.push_back(std::move(fit.parts));
        trial.gain.resize(std::max(trial.gain.size(), fit.gain.size()));
        for (std::size_t i = 0; i < fit.gain.size(); ++i) trial.gain[i] += fit.gain[i];
    }
    trial.trees = std::max(1, trial.trees / static_cast<int>(fits.size()));
    trial.rounds = mean_rounds(fits);
    s.cut_short = s.cut_short || cut_short;
    const bool usable = trial.answers.size() == s.split->judged.size() * s.outputs() &&
                        std::ranges::none_of(trial.parts, [](const auto& p) { return p.empty(); });
    if (!usable || (cut_short && !s.trials.empty() && (fits.size() > 1 || trial.trees < 20)))
        return {};
    if (candidate.log_target) apply_smear(s, trial);
    trial.loss = loss_in_choice(s, trial.answers);
    if (trial.loss >= kNoLoss) return {};  // Answers that are no numbers.
    return trial;
}

/// Fits and judges candidates side by side.
base::Result<void> try_batch(SearchState& s, const std::vector<Candidate>& batch) {
    const auto& folds = s.split->folds;
    std::vector<Fit> fits(batch.size() * folds.size());
    CHECK_OK(side_by_side(
        s,
        fits.size(),
        [&](const FitContext& context, std::size_t worker, std::size_t task) -> base::Result<void> {
            const std::size_t f = task % folds.size();
            if (steady_now_s() > context.deadline_s && task > 0) return {};
            auto& binned = s.binned[worker];
            if (binned.size() < folds.size()) binned.resize(folds.size());
            const double begin = steady_now_s();
            TRY(fits[task],
                fit_candidate(
                    context, batch[task / folds.size()], folds[f].fit, folds[f].judge, &binned[f]
                ));
            fits[task].wall_s = steady_now_s() - begin;
            return {};
        }
    ));
    for (std::size_t c = 0; c < batch.size(); ++c) {
        auto trial = assemble(s, batch[c], std::span(fits).subspan(c * folds.size(), folds.size()));
        if (trial) s.trials.push_back(std::move(*trial));
    }
    forget_the_worst(s);
    return {};
}

bool is_forest(const Candidate& c) {
    return c.family == Family::forest || c.family == Family::extra_trees;
}

/// Puts a candidate into the batch if the units allow: each family gets its chance before the units
/// are spent on the best one, and no candidate may eat up more than a part of them.
void enlist(
    SearchState& s, std::vector<Candidate>& batch, Candidate c, const TrainRequest& request
) {
    apply_options(c, request.options);
    const auto same = [&](const Candidate& other) { return other.family == c.family; };
    const bool first = std::ranges::none_of(batch, same) &&
                       std::ranges::none_of(s.trials, same, &Trial::candidate);
    const double part = search_units(s) / 6;
    if (!request.options.trees && is_forest(c)) shrink(s, c, part / 2);
    double waiting = 0;
    for (const auto& other : batch) waiting += cost(s, other);
    if (!first && cost(s, c) + waiting > s.units) return;
    if (!request.options.trees && c.family == Family::boosting)
        while (c.trees > 100 && most_cost(s, c) > part) c.trees = c.trees * 4 / 5;
    batch.push_back(c);
}

base::Result<void> try_all(
    SearchState& s,
    std::size_t count,
    const TrainRequest& request,
    const std::function<std::optional<Candidate>(std::size_t)>& candidate
) {
    for (std::size_t i = 0; i < count;) {
        std::vector<Candidate> batch;
        for (; i < count && batch.size() < kBatch; ++i)
            if (const auto c = candidate(i)) enlist(s, batch, *c, request);
        if (batch.empty()) continue;
        if (!s.trials.empty() && s.late(kSearchShare)) {
            s.cut_short = true;
            return {};
        }
        const double left = std::max(0.0, s.units) / search_units(s);
        s.context.control->progress(0.1 + 0.5 * (1 - left), "training");
        CHECK_OK(try_batch(s, batch));
    }
    return {};
}

}  // namespace

std::size_t SearchState::outputs() const {
    return static_cast<std::size_t>(std::max(1, context.classes));
}

bool SearchState::late(double share) const {
    return context.control->cancelled() || steady_now_s() - begin_s > budget_s * share;
}

bool allowed(const TrainRequest& request, Family family, Task task) {
    const auto& named = request.options.families;
    return named.empty() || std::ranges::find(named, family_name(family, task)) != named.end();
}

void apply_options(Candidate& c, const TrainOptions& o) {
    if (o.trees) c.trees = static_cast<int>(*o.trees), c.early_stop = false;
    if (o.leaves) c.leaves = static_cast<int>(*o.leaves);
    if (o.learning_rate) c.learning_rate = *o.learning_rate;
}

std::vector<Candidate> first_candidates(const SearchState& s, const TrainRequest& request) {
    const int n = static_cast<int>(s.split->development.size());
    const int classes = s.context.classes;
    const int deep = std::clamp(n / 4, 16, classes > 5 ? 512 : 1024);
    const double root = classes > 0 ? 0.4 : 0.6;
    const double slow = classes > 5 ? 0.1 : 0.05;
    const Candidate wide{
        .leaves = 127,
        .learning_rate = 0.08,
        .min_rows = 5,
        .columns = 0.8,
        .rows = 0.8,
        .bins = 1023
    };
    const Candidate middle{
        .leaves = 63, .learning_rate = slow, .min_rows = 10, .columns = 0.7, .rows = 0.8
    };
    Candidate logarithm = middle, scattered = middle, huge = wide;
    logarithm.log_target = true;
    scattered.learning_rate = 0.1;
    scattered.columns = 1;
    scattered.random_cuts = true;
    huge.leaves = 400;
    huge.min_rows = 3;
    std::vector<Candidate> list{
        {.family = Family::linear},
        {.learning_rate = 0.1, .columns = 0.8, .rows = 0.8},
        wide,
        {.family = Family::forest,
         .trees = 100,
         .leaves = deep,
         .min_rows = 2,
         .columns = root,
         .rows = 0.7},
        {.family = Family::extra_trees,
         .trees = 100,
         .leaves = deep,
         .min_rows = 2,
         .columns = 0.8,
         .rows = 0.9},
        middle,
        {.leaves = 15, .learning_rate = slow, .columns = 0.6, .rows = 0.8},
        huge,
        scattered,
        logarithm,
        {.leaves = 6, .learning_rate = slow, .min_rows = 10, .columns = 0.5, .rows = 0.7},
        {.family = Family::linear, .ridge = 3e-2},
        {.family = Family::linear, .ridge = 1e-5},
        {.family = Family::forest,
         .trees = 200,
         .leaves = deep,
         .min_rows = 5,
         .columns = 0.3,
         .rows = 0.7},
    };
    for (auto& c : list)
        if (c.family == Family::boosting) c.trees = kMostTrees;
    std::erase_if(list, [&](const Candidate& c) {
        return !allowed(request, c.family, s.context.task) || c.leaves > std::max(n, 31) ||
               (c.log_target && s.context.log_offset < 0);
    });
    return list;
}

base::Result<void> side_by_side(
    SearchState& s,
    std::size_t tasks,
    const std::function<base::Result<void>(const FitContext&, std::size_t, std::size_t)>& work
) {
    const auto cores = static_cast<std::size_t>(
        s.context.threads > 0 ? s.context.threads
                              : std::max<std::int64_t>(1, std::thread::hardware_concurrency())
    );
    const bool large = s.context.matrix->rows * feature_count(s) > kLargeTable;
    const std::size_t workers = large ? 1 : std::clamp<std::size_t>(tasks, 1, cores);
    FitContext context = s.context;
    context.threads = large ? static_cast<std::int64_t>(cores) : 1;
    s.binned.resize(std::max(workers, s.binned.size()));
    std::atomic<std::size_t> next{0};
    std::vector<base::Result<void>> outcomes(workers);
    const auto run = [&](std::size_t worker) {
        for (std::size_t task = next++; task < tasks && outcomes[worker]; task = next++)
            outcomes[worker] = work(context, worker, task);
    };
    std::vector<std::thread> others;
    for (std::size_t w = 1; w < workers; ++w) others.emplace_back(run, w);
    run(0);
    for (auto& t : others) t.join();
    for (auto& outcome : outcomes) CHECK_OK(outcome);
    return {};
}

base::Result<void> search(SearchState& s, const TrainRequest& request) {
    s.units = search_units(s);
    s.context.deadline_s = s.begin_s + s.budget_s * (kSearchShare + 0.1);
    const auto list = first_candidates(s, request);
    CHECK_OK(try_all(s, list.size(), request, [&](std::size_t i) { return std::optional(list[i]); })
    );
    if (request.options.trees || request.options.leaves || request.options.learning_rate) return {};
    if (!allowed(request, Family::boosting, s.context.task)) return {};
    stats::SplitMix64 random(static_cast<std::uint64_t>(request.options.seed));
    const auto neighbours =
        std::clamp(s.split->judged.size() / kRowsOfNeighbour, kFewestNeighbours, kNeighbours);
    return try_all(s, neighbours, request, [&](std::size_t) -> std::optional<Candidate> {
        const auto* from = s.units > 0 ? parent(s, random) : nullptr;
        if (from == nullptr) return {};
        return neighbour(s, from->candidate, random);
    });
}

Candidate refit_candidate(const SearchState& s, const Trial& trial, std::size_t rows) {
    Candidate c = trial.candidate;
    const double grown =
        static_cast<double>(rows) / static_cast<double>(s.split->folds.front().fit.size());
    if (c.family == Family::boosting && c.early_stop)
        c.trees = std::max(1, static_cast<int>(trial.trees * std::pow(grown, 0.3)));
    c.early_stop = false;
    return c;
}

double refit_units(const SearchState& s, const Trial& trial, std::size_t rows) {
    const auto c = refit_candidate(s, trial, rows);
    return units_of(s, c, c.trees, rows);
}

}  // namespace csva::learn
