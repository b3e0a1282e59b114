#include "engine/learn/train.hpp"

#include "engine/learn/evaluate.hpp"
#include "engine/learn/families.hpp"
#include "engine/learn/prepare.hpp"
#include "engine/stats/random.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <set>
#include <thread>

namespace csva::learn {
namespace {

using Rows = std::vector<std::uint32_t>;
constexpr std::size_t kHeldOutMost = 50'000;
constexpr std::size_t kFoldRows =
    4000;  // Below, five folds choose; above, one fifth of the rows does.
constexpr std::size_t kRefitMost = 200'000;  // Above, rows held out would add nothing.

/// One candidate with its answers on the rows that choose.
struct Trial {
    Candidate candidate;
    double loss = 1e300;
    int trees = 0;
    std::vector<double> answers;  // By development row, outputs each.
};

struct Run {
    RawTable table;
    Matrix matrix;
    TrainOutcome out;
    FitContext context;
    Rows development, held_out, judged;  // judged: rows with answers, in `answers` order.
    std::vector<std::pair<Rows, Rows>> folds;
    std::vector<Trial> trials;
    double begin_s = 0, budget_s = 30, units = 0;
    std::size_t outputs() const { return static_cast<std::size_t>(std::max(1, context.classes)); }
    bool late(double share) const {
        return context.control->cancelled() || steady_now_s() - begin_s > budget_s * share;
    }
};

double default_budget(const TrainRequest& request) {
    if (request.budget_s > 0) return request.budget_s;
    return request.preset == Preset::quick ? 30 : request.preset == Preset::solid ? 120 : 600;
}

/// Rows dealt into `parts` by hash, class by class (or in runs of equal groups), so that each part
/// is like the whole.
std::vector<int> deal(
    const Run& run,
    const Rows& rows,
    const std::vector<std::int32_t>& groups,
    int parts,
    std::uint32_t salt
) {
    std::vector<int> part(rows.size());
    const auto hash = [&](std::uint32_t v) {
        return stats::fmix32(v * 2654435761U + salt + static_cast<std::uint32_t>(run.context.seed));
    };
    if (!groups.empty()) {
        for (std::size_t i = 0; i < rows.size(); ++i)
            part[i] = static_cast<int>(
                hash(static_cast<std::uint32_t>(groups[rows[i]])) %
                static_cast<std::uint32_t>(parts)
            );
        return part;
    }
    std::vector<std::size_t> order(rows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const bool classes = run.context.classes > 0;
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) {
        const float x = classes ? run.context.labels[rows[a]] : 0,
                    y = classes ? run.context.labels[rows[b]] : 0;
        const auto h = hash(rows[a]), k = hash(rows[b]);
        return x != y ? x < y : h != k ? h < k : a < b;
    });
    for (std::size_t i = 0; i < order.size(); ++i)
        part[order[i]] = static_cast<int>(i % static_cast<std::size_t>(parts));
    return part;
}

/// Held-out rows are the last fifth in time order, else whole groups, else dealt; they serve no
/// choice.
void hold_out(Run& run, const std::vector<std::int32_t>& groups, bool time) {
    Rows all(run.table.row_ids.size());
    std::iota(all.begin(), all.end(), 0U);
    const auto share =
        static_cast<int>(std::max<std::size_t>(5, (all.size() + kHeldOutMost - 1) / kHeldOutMost));
    run.out.report.split = !groups.empty() ? "groups" : time ? "time" : "random";
    const auto part = deal(run, all, groups, share, 17);
    for (const auto r : all) {
        const bool late = time && groups.empty() &&
                          r >= all.size() - all.size() / static_cast<std::size_t>(share);
        const bool out = time && groups.empty() ? late : part[r] == 0;
        (out ? run.held_out : run.development).push_back(r);
    }
}

/// The rows that choose are dealt from those that are not held out.
void split(Run& run, const std::vector<std::int32_t>& groups, const TrainOptions& options) {
    const bool many = run.development.size() > kFoldRows && !options.folds;
    const int folds = options.folds ? static_cast<int>(*options.folds) : 5;
    const auto fold = deal(run, run.development, groups, folds, 91);
    for (int f = 0; f < (many ? 1 : folds); ++f) {
        auto& [fit, judge] = run.folds.emplace_back();
        for (std::size_t i = 0; i < fold.size(); ++i)
            (fold[i] == f ? judge : fit).push_back(run.development[i]);
        run.judged.insert(run.judged.end(), judge.begin(), judge.end());
    }
}

base::Result<std::vector<double>> answers(
    const Run& run, const StoredModel& model, std::span<const std::uint32_t> rows
) {
    const std::size_t width = run.matrix.columns.size(), k = run.outputs();
    TRY(const auto predictor, Predictor::make(model, width));
    std::vector<double> out(rows.size() * k);
    const auto work = [&](std::size_t from, std::size_t to) {
        std::vector<float> row(width);
        for (std::size_t i = from; i < to; ++i) {
            for (std::size_t c = 0; c < width; ++c) row[c] = run.matrix.columns[c][rows[i]];
            predictor.predict(row.data(), &out[i * k]);
        }
    };
    std::thread other(work, std::size_t{0}, rows.size() / 2);
    work(rows.size() / 2, rows.size());
    other.join();
    return out;
}

/// What is made small by the choice: 1 - AUC, log loss or RMSE, on the rows that choose.
double choice_loss(const Run& run, const std::vector<double>& answer) {
    return loss_of(run.table.target, run.judged, answer);
}

StoredModel constant_model(const Run& run) {
    StoredModel model{.name = "Baseline", .outputs = static_cast<std::int64_t>(run.outputs())};
    std::vector<double> share(run.outputs());
    for (const auto r : run.development) {
        const auto y = static_cast<double>(run.context.labels[r]) /
                       static_cast<double>(run.development.size());
        if (run.context.classes == 0)
            share[0] += y;
        else
            share[static_cast<std::size_t>(run.context.labels[r])] +=
                1 / static_cast<double>(run.development.size());
    }
    model.parts.push_back({.kind = "constant", .weights = share});
    return model;
}

base::Result<bool> try_candidate(Run& run, const Candidate& candidate) {
    Trial trial{.candidate = candidate};
    for (const auto& [fit_rows, judge_rows] : run.folds) {
        TRY(auto fit, fit_candidate(run.context, candidate, fit_rows, judge_rows));
        if (fit.cut_short && run.folds.size() > 1 && !run.trials.empty()) return false;
        trial.trees += fit.trees;
        run.units -= work_units(
            candidate, fit.trees, fit_rows.size(), run.matrix.columns.size(), run.context.classes
        );
        const StoredModel model{
            .outputs = static_cast<std::int64_t>(run.outputs()), .parts = std::move(fit.parts)
        };
        TRY(const auto answer, answers(run, model, judge_rows));
        trial.answers.insert(trial.answers.end(), answer.begin(), answer.end());
        if (run.context.control->cancelled()) return false;
    }
    trial.trees = std::max(1, trial.trees / static_cast<int>(run.folds.size()));
    trial.loss = choice_loss(run, trial.answers);
    run.trials.push_back(std::move(trial));
    return true;
}

bool allowed(const TrainRequest& request, Family family, Task task) {
    const auto& named = request.options.families;
    return named.empty() || std::ranges::find(named, family_name(family, task)) != named.end();
}

/// Cheap ones first; random neighbours of the best follow them.
std::vector<Candidate> first_candidates(const Run& run, const TrainRequest& request) {
    const int n = static_cast<int>(run.development.size());
    const int deep = std::clamp(n / 4, 16, run.context.classes > 5 ? 512 : 2048);
    const double root = run.context.classes > 0 ? 0.4 : 0.6;
    std::vector<Candidate> list{
        {.family = Family::linear},
        {.learning_rate = 0.1, .columns = 0.8, .rows = 0.8},
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
        {.trees = 1500, .leaves = 15, .learning_rate = 0.05, .columns = 0.6, .rows = 0.8},
        {.trees = 1000,
         .leaves = 127,
         .learning_rate = 0.08,
         .min_rows = 10,
         .columns = 0.7,
         .rows = 0.8},
        {.family = Family::linear, .ridge = 3e-2},
        {.trees = 1500,
         .leaves = 6,
         .learning_rate = 0.05,
         .min_rows = 10,
         .columns = 0.5,
         .rows = 0.7},
        {.trees = 1000,
         .leaves = 400,
         .learning_rate = 0.08,
         .min_rows = 5,
         .columns = 0.8,
         .rows = 0.8},
        {.family = Family::linear, .ridge = 1e-5},
        {.family = Family::forest,
         .trees = 200,
         .leaves = deep,
         .min_rows = 5,
         .columns = 0.3,
         .rows = 0.7},
    };
    std::erase_if(list, [&](const auto& c) {
        return !allowed(request, c.family, run.context.task) || c.leaves > n;
    });
    return list;
}

void apply_options(Candidate& c, const TrainOptions& o) {
    if (o.trees) c.trees = static_cast<int>(*o.trees), c.early_stop = false;
    if (o.leaves) c.leaves = static_cast<int>(*o.leaves);
    if (o.learning_rate) c.learning_rate = *o.learning_rate;
}

Candidate neighbour(Candidate c, stats::SplitMix64& random) {
    const auto scaled = [&](double v, double by) {
        return v * std::pow(by, 2 * random.unit() - 1);
    };
    c.leaves = std::clamp(static_cast<int>(scaled(c.leaves, 3)), 4, 1024);
    c.learning_rate = std::clamp(scaled(c.learning_rate, 2), 0.01, 0.3);
    c.min_rows = std::clamp(static_cast<int>(scaled(c.min_rows, 3)), 1, 200);
    c.columns = std::clamp(c.columns + 0.4 * random.unit() - 0.2, 0.2, 1.0);
    c.rows = std::clamp(c.rows + 0.4 * random.unit() - 0.2, 0.5, 0.99);
    c.trees = 2000;
    return c;
}

double cost(const Run& run, const Candidate& c) {
    return work_units(
               c,
               std::min(c.trees, 250),
               run.folds.front().first.size(),
               run.matrix.columns.size(),
               run.context.classes
           ) *
           static_cast<double>(run.folds.size());
}

base::Result<void> search(Run& run, const TrainRequest& request) {
    const auto list = first_candidates(run, request);
    run.units = run.budget_s * 0.35;
    run.context.deadline_s = run.begin_s + run.budget_s * 0.5;
    const auto attempt = [&](Candidate c) -> base::Result<bool> {
        apply_options(c, request.options);
        // Each family gets its chance before the units are spent on the best one.
        const bool first = std::ranges::none_of(run.trials, [&](const Trial& t) {
            return t.candidate.family == c.family;
        });
        const double affordable = first ? run.budget_s : run.units;
        if (run.late(0.5) || (!run.trials.empty() && cost(run, c) > affordable)) return false;
        run.context.control->progress(
            0.1 + 0.6 * (1 - std::max(0.0, run.units) / (run.budget_s * 0.35)), "training"
        );
        return try_candidate(run, c);
    };
    for (const auto& c : list) CHECK_OK(attempt(c));
    if (request.options.trees || request.options.leaves || request.options.learning_rate) return {};
    if (!allowed(request, Family::boosting, run.context.task)) return {};
    stats::SplitMix64 random(static_cast<std::uint64_t>(request.options.seed));
    for (int i = 0; i < 60 && !run.late(0.5) && run.units > 0; ++i) {
        const Trial* best = nullptr;
        for (const auto& t : run.trials)
            if (t.candidate.family == Family::boosting && (best == nullptr || t.loss < best->loss))
                best = &t;
        if (best == nullptr) return {};
        CHECK_OK(attempt(neighbour(best->candidate, random)));
    }
    return {};
}

/// Greedy choice with replacement of what lowers the loss of the average. Source: Caruana et al.
/// 2004.
std::vector<std::pair<std::size_t, double>> ensemble(const Run& run) {
    std::vector<int> times(run.trials.size());
    std::vector<double> sum(run.judged.size() * run.outputs()), mixed(sum.size());
    double best = 1e300;
    for (int step = 1; step <= 12; ++step) {
        std::size_t chosen = run.trials.size();
        for (std::size_t t = 0; t < run.trials.size(); ++t) {
            for (std::size_t i = 0; i < sum.size(); ++i)
                mixed[i] = (sum[i] + run.trials[t].answers[i]) / step;
            if (const double loss = choice_loss(run, mixed); loss < best - 1e-9)
                best = loss, chosen = t;
        }
        if (chosen == run.trials.size()) break;
        ++times[chosen];
        for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += run.trials[chosen].answers[i];
    }
    const double total = std::accumulate(times.begin(), times.end(), 0.0);
    std::vector<std::pair<std::size_t, double>> out;
    for (std::size_t t = 0; t < times.size(); ++t)
        if (times[t] > 0) out.emplace_back(t, times[t] / total);
    return out;
}

base::Result<Fit> refit(Run& run, const Trial& trial, const Rows& rows) {
    Candidate c = trial.candidate;
    const double grown =
        static_cast<double>(rows.size()) / static_cast<double>(run.folds.front().first.size());
    if (c.family == Family::boosting && c.early_stop)
        c.trees = std::max(1, static_cast<int>(trial.trees * std::min(1.25, std::sqrt(grown))));
    c.early_stop = false;
    return fit_candidate(run.context, c, rows, {});
}

/// What the leaderboard shows: the best trial of each family, and the average when it pays.
struct Entry {
    std::string name;
    std::vector<std::pair<std::size_t, double>> members;
    double loss = 0;
};

std::vector<Entry> entries(const Run& run, bool with_average) {
    std::vector<Entry> out;
    for (const auto family :
         {Family::boosting, Family::forest, Family::extra_trees, Family::linear}) {
        std::size_t best = run.trials.size();
        for (std::size_t t = 0; t < run.trials.size(); ++t)
            if (run.trials[t].candidate.family == family &&
                (best == run.trials.size() || run.trials[t].loss < run.trials[best].loss))
                best = t;
        if (best < run.trials.size())
            out.push_back(
                {family_name(family, run.context.task), {{best, 1.0}}, run.trials[best].loss}
            );
    }
    if (auto members = ensemble(run); with_average && members.size() > 1) {
        std::vector<double> mixed(run.judged.size() * run.outputs());
        for (const auto& [t, w] : members)
            for (std::size_t i = 0; i < mixed.size(); ++i) mixed[i] += w * run.trials[t].answers[i];
        out.push_back({"Ensemble", members, choice_loss(run, mixed)});
    }
    std::ranges::sort(out, {}, &Entry::loss);
    return out;
}

/// Fits the trials that entries need on `rows`, each once.
base::Result<std::map<std::size_t, Fit>> fit_all(
    Run& run, const std::vector<Entry>& list, const Rows& rows, double share
) {
    std::map<std::size_t, Fit> fits;
    for (const auto& e : list)
        for (const auto& [t, w] : e.members) {
            if (fits.contains(t) || (run.late(share) && !fits.empty())) continue;
            TRY(auto fit, refit(run, run.trials[t], rows));
            if (fit.cut_short && !fits.empty()) continue;
            fits[t] = std::move(fit);
        }
    return fits;
}

std::optional<StoredModel> model_of(
    const Run& run, const Entry& e, const std::map<std::size_t, Fit>& fits
) {
    StoredModel model{.name = e.name, .outputs = static_cast<std::int64_t>(run.outputs())};
    for (const auto& [t, w] : e.members) {
        if (!fits.contains(t)) return {};
        for (auto part : fits.at(t).parts) {
            part.weight = w;
            model.parts.push_back(std::move(part));
        }
    }
    return model;
}

void add_importance(Run& run, const Entry& e, const std::map<std::size_t, Fit>& fits) {
    const auto& prepared = run.out.preparation;
    std::vector<double> share(prepared.columns.size());
    double total = 0;
    for (const auto& [t, w] : e.members) {
        const auto& gain = fits.at(t).gain;
        const double sum = std::accumulate(gain.begin(), gain.end(), 0.0);
        for (std::size_t f = 0; f < gain.size() && sum > 0; ++f)
            share[static_cast<std::size_t>(prepared.features[f].column)] += w * gain[f] / sum,
                total += w * gain[f] / sum;
    }
    for (std::size_t c = 0; c < share.size() && total > 0; ++c)
        run.out.report.importance.push_back({prepared.columns[c].column.name, share[c] / total});
    std::ranges::sort(run.out.report.importance, std::greater<>(), &Importance::share);
}

base::Result<void> judge(Run& run, const StoredModel& model, const Entry* entry, int trees) {
    TRY(auto answer, answers(run, model, run.held_out));
    auto line = score_line(
        run.table.target, run.held_out, answer, static_cast<std::uint64_t>(run.context.seed)
    );
    line.name = model.name;
    line.choice_score = entry != nullptr ? entry->loss : 0;
    line.trees = trees;
    std::string json;
    base::encode(json, base::type_of<LeaderboardLine>(), &line);
    run.context.control->event(json);
    const bool best = entry != nullptr && run.out.report.best.empty();
    if (best || run.out.held_out_csv.empty()) {
        run.out.held_out_csv = held_out_csv(run.table, run.held_out, answer);
        run.out.report.confusion = confusion(run.table.target, run.held_out, answer);
    }
    if (best) run.out.report.best = model.name;
    run.out.report.leaderboard.push_back(std::move(line));
    run.out.models.push_back(model);
    return {};
}

base::Result<void> finish(Run& run) {
    run.context.deadline_s = run.begin_s + run.budget_s * 0.8;
    const auto list = entries(run, true);
    TRY(const auto fits, fit_all(run, list, run.development, 0.75));
    auto baseline_line = std::move(run.out.report.leaderboard.front());
    auto baseline_model = std::move(run.out.models.front());
    run.out.report.leaderboard.clear();
    run.out.models.clear();
    std::vector<Entry> shown;
    for (const auto& e : list) {
        const auto model = model_of(run, e, fits);
        if (!model) continue;
        if (shown.empty()) add_importance(run, e, fits);
        CHECK_OK(judge(run, *model, &e, fits.at(e.members.front().first).trees));
        shown.push_back(e);
    }
    if (run.matrix.rows <= kRefitMost && !run.late(0.6)) {
        Rows all(run.matrix.rows);
        std::iota(all.begin(), all.end(), 0U);
        TRY(const auto whole, fit_all(run, shown, all, 0.85));
        for (std::size_t i = 0; i < shown.size(); ++i)
            if (auto model = model_of(run, shown[i], whole)) run.out.models[i] = std::move(*model);
    }
    run.out.report.leaderboard.push_back(std::move(baseline_line));
    run.out.models.push_back(std::move(baseline_model));
    return {};
}

base::Result<void> check_families(const TrainRequest& request, Task task) {
    for (const auto& name : request.options.families) {
        bool known = false;
        for (const auto f : {Family::linear, Family::forest, Family::extra_trees, Family::boosting})
            known = known || family_name(f, task) == name;
        if (!known)
            return base::fail(
                base::ErrorKind::invalid_argument, kUnknownFamily, {{"family", name}}
            );
    }
    return {};
}

/// Nothing to choose: one candidate with given trees and a table so large that folds would only
/// cost.
bool is_fixed(const Run& run, const TrainRequest& request) {
    return request.options.trees && request.options.families.size() == 1 &&
           run.development.size() > kFoldRows;
}

base::Result<void> train_fixed(Run& run, const TrainRequest& request) {
    auto list = first_candidates(run, request);
    if (list.empty()) return {};
    Trial trial{.candidate = list.front()};
    if (trial.candidate.family == Family::boosting)
        trial.candidate.columns = trial.candidate.rows = 1;
    apply_options(trial.candidate, request.options);
    trial.loss = 0;
    run.trials.push_back(std::move(trial));
    const std::vector<Entry> only{
        {family_name(list.front().family, run.context.task), {{0, 1.0}}, 0}
    };
    TRY(const auto fits, fit_all(run, only, run.development, 1));
    auto baseline_line = std::move(run.out.report.leaderboard.front());
    auto baseline_model = std::move(run.out.models.front());
    run.out.report.leaderboard.clear();
    run.out.models.clear();
    add_importance(run, only.front(), fits);
    CHECK_OK(judge(run, *model_of(run, only.front(), fits), &only.front(), fits.at(0).trees));
    run.out.report.leaderboard.push_back(std::move(baseline_line));
    run.out.models.push_back(std::move(baseline_model));
    return {};
}

/// What fits and splits need to know of the loaded table.
FitContext context_of(const Run& run, const TrainRequest& request, base::Control& control) {
    const auto& target = run.table.target;
    return {
        &run.matrix,
        target.labels,
        target.task,
        static_cast<int>(target.classes.size()),
        request.options.seed,
        request.options.threads,
        run.begin_s + run.budget_s * 0.8,
        &control
    };
}

/// The table again, with what cleaning learns from the rows that are not held out. They stay the
/// same rows.
base::Result<void> load_refitted(
    Run& run,
    table::TableReader& rows,
    const TrainRequest& request,
    base::Control& control,
    const Refit& refit
) {
    const auto before = std::move(run.table.row_ids);
    std::vector<std::int64_t> learnt_from;
    for (const auto r : run.development) learnt_from.push_back(before[r]);
    CHECK_OK(refit(learnt_from));
    TRY(run.table, load_table(rows, request, INT64_MAX, control));
    run.context = context_of(run, request, control);
    if (run.table.row_ids != before)
        return std::unexpected(base::internal_error("refitting has changed the rows"));
    return {};
}

}  // namespace

base::Result<TrainOutcome> train(
    table::TableReader& rows,
    const TrainRequest& request,
    base::Control& control,
    const Refit& refit
) {
    CHECK_OK(open_lightgbm());
    Run run;
    run.begin_s = steady_now_s();
    run.budget_s = default_budget(request);
    TRY(run.table, load_table(rows, request, INT64_MAX, control));
    auto& report = run.out.report;
    auto& target = run.table.target;
    CHECK_OK(check_families(request, target.task));
    const auto groups = find_groups(run.table);
    run.context = context_of(run, request, control);
    hold_out(run, groups, is_time_ordered(run.table));
    if (refit) CHECK_OK(load_refitted(run, rows, request, control, refit));
    run.out.preparation = fit_preparation(run.table, report.excluded, run.matrix);
    split(run, groups, request.options);
    report.target = request.target;
    report.task = target.task;
    report.classes = target.classes;
    report.seed = request.options.seed;
    report.rows = static_cast<std::int64_t>(run.matrix.rows);
    report.rows_without_target = run.table.without_target;
    report.held_out_rows = static_cast<std::int64_t>(run.held_out.size());
    CHECK_OK(judge(run, constant_model(run), nullptr, 0));
    if (run.matrix.columns.empty() &&
        !std::ranges::any_of(report.excluded, [](const auto& e) { return e.reason == "leakage"; }))
        return base::fail(base::ErrorKind::invalid_argument, kNoColumn);
    if (!run.matrix.columns.empty() && !control.cancelled()) {
        if (is_fixed(run, request)) {
            CHECK_OK(train_fixed(run, request));
        } else {
            CHECK_OK(search(run, request));
            if (!run.trials.empty()) CHECK_OK(finish(run));
        }
    }
    if (report.best.empty()) report.best = "Baseline";
    report.verdict = make_verdict(report, target, run.held_out);
    if (run.late(0.9)) report.verdict.caveats.push_back("stopped_by_clock");
    report.wall_s = steady_now_s() - run.begin_s;
    return std::move(run.out);
}

base::Result<std::vector<TargetCandidate>> propose_targets(table::TableReader& rows) {
    std::vector<TargetCandidate> out;
    const auto& columns = rows.schema().columns;
    base::Control control;
    for (std::size_t c = 0; c < columns.size() && c < 500; ++c) {
        CHECK_OK(rows.rewind());
        const auto table = load_table(rows, {.target = columns[c].name}, 10'000, control);
        if (!table) continue;
        TargetCandidate candidate{.column = columns[c].name, .task = table->target.task};
        const auto add = [&](double points, const char* reason) {
            candidate.rank += points;
            candidate.reasons.emplace_back(reason);
        };
        if (candidate.task == Task::binary) add(3, "two_values");
        if (candidate.task == Task::multiclass) add(2, "few_values");
        if (candidate.task == Task::regression) add(1, "numeric");
        if (c + 1 == columns.size()) add(2.5, "last_column");
        if (c == 0) add(-1, "first_column");
        if (table->without_target > 0) add(-0.5, "has_missing");
        std::string name = columns[c].name;
        for (auto& ch : name) ch = ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch + 32) : ch;
        for (const char* word :
             {"target", "label", "class", "churn", "survived", "outcome", "price", "result", "y"})
            if (name == word ||
                (std::string_view(word).size() > 3 && name.find(word) != std::string::npos)) {
                add(4, "telling_name");
                break;
            }
        if (name == "id" || name.ends_with("_id") || name.ends_with(" id"))
            add(-5, "identifier_name");
        out.push_back(std::move(candidate));
    }
    std::ranges::sort(out, std::greater<>(), &TargetCandidate::rank);
    return out;
}

}  // namespace csva::learn
