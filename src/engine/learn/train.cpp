#include "engine/learn/train.hpp"

#include "engine/learn/evaluate.hpp"
#include "engine/learn/families.hpp"
#include "engine/learn/prepare.hpp"
#include "engine/learn/search.hpp"
#include "engine/learn/split.hpp"
#include "engine/stats/random.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <malloc.h>
#include <map>
#include <numeric>
#include <ranges>
#include <thread>
#include <utility>

namespace csva::learn {
namespace {

constexpr std::size_t kRefitMost = 200'000;  // Above, the rows held out would add nothing.
constexpr int kFolds = 5;
constexpr int kMostDraws = 3;  // Fits of one boosting candidate that are averaged at the end.

struct Run {
    RawTable table;
    Matrix matrix;
    Matrix held_out;  ///< The features of the held-out rows, in their order.
    TrainOutcome out;
    SplitPlan plan;
    Split split;
    SearchState search;
    std::vector<Answered> judged;  ///< The best first, once there is one.
};

double default_budget(const TrainRequest& request) {
    if (request.budget_s > 0) return request.budget_s;
    return request.preset == Preset::quick ? 20 : request.preset == Preset::solid ? 120 : 600;
}

Matrix rows_of(const Matrix& matrix, const Rows& rows) {
    Matrix out{.rows = rows.size()};
    for (const auto& column : matrix.columns) {
        auto& values = out.columns.emplace_back();
        values.reserve(rows.size());
        for (const auto r : rows) values.push_back(column[r]);
    }
    return out;
}

std::size_t cores_of(const FitContext& context) {
    return context.threads > 0 ? static_cast<std::size_t>(context.threads)
                               : std::max(1U, std::thread::hardware_concurrency());
}

/// The model's answers on the held-out rows, on all cores.
base::Result<std::vector<double>> answers(const Run& run, const StoredModel& model) {
    constexpr std::size_t kFewRows = 1000;
    const auto& columns = run.held_out.columns;
    const std::size_t rows = run.held_out.rows, k = run.search.outputs();
    TRY(const auto predictor, Predictor::make(model, columns.size()));
    std::vector<double> out(rows * k);
    const auto work = [&](std::size_t from, std::size_t to) {
        std::vector<float> row(columns.size());
        for (std::size_t i = from; i < to; ++i) {
            for (std::size_t c = 0; c < columns.size(); ++c) row[c] = columns[c][i];
            predictor.predict(row.data(), &out[i * k]);
        }
    };
    const std::size_t parts = rows < kFewRows ? 1 : cores_of(run.search.context);
    std::vector<std::thread> others;
    for (std::size_t p = 1; p < parts; ++p)
        others.emplace_back(work, rows * p / parts, rows * (p + 1) / parts);
    work(0, rows / parts);
    for (auto& other : others) other.join();
    return out;
}

StoredModel constant_model(const Run& run) {
    const auto& x = run.search.context;
    StoredModel model{
        .name = "Baseline", .outputs = static_cast<std::int64_t>(run.search.outputs())
    };
    std::vector<double> share(run.search.outputs());
    const double one = 1 / static_cast<double>(run.split.development.size());
    for (const auto r : run.split.development) {
        const auto y = static_cast<double>(x.labels[r]);
        if (x.classes == 0)
            share[0] += y * one;
        else
            share[static_cast<std::size_t>(y)] += one;
    }
    model.parts.push_back({.kind = "constant", .weights = share});
    return model;
}

/// The folds' models side by side: what the held-out rows are answered by, and what is left when
/// there is no time to fit again.
StoredModel fold_model(const Run& run, const Entry& entry) {
    StoredModel model{
        .name = entry.name, .outputs = static_cast<std::int64_t>(run.search.outputs())
    };
    for (const auto& [t, weight] : entry.members) {
        const auto& folds = run.search.trials[t].parts;
        for (const auto& fold : folds)
            for (auto part : fold) {
                part.weight = weight / static_cast<double>(folds.size());
                model.parts.push_back(std::move(part));
            }
    }
    return model;
}

void add_importance(Run& run, const Members& members) {
    const auto& prepared = run.out.preparation;
    std::vector<double> share(prepared.columns.size());
    double total = 0;
    for (const auto& [t, w] : members) {
        const auto& gain = run.search.trials[t].gain;
        const double sum = std::accumulate(gain.begin(), gain.end(), 0.0);
        for (std::size_t f = 0; f < gain.size() && sum > 0; ++f)
            share[static_cast<std::size_t>(prepared.features[f].column)] += w * gain[f] / sum,
                total += w * gain[f] / sum;
    }
    for (std::size_t c = 0; c < share.size() && total > 0; ++c)
        run.out.report.importance.push_back({prepared.columns[c].column.name, share[c] / total});
    std::ranges::sort(run.out.report.importance, std::greater<>(), &Importance::share);
}

/// Of boosting only: an average has no rounds of its own.
void add_curve(Run& run, const Entry& entry) {
    const auto& trial = run.search.trials[entry.members.front().first];
    if (entry.members.size() > 1 || trial.rounds.empty()) return;
    const bool classes = run.search.context.classes > 0;
    const char* loss = classes ? "log_loss" : trial.candidate.log_target ? "mse_of_log" : "mse";
    run.out.curves.push_back({entry.name, loss, trial.rounds});
}

/// Scores a model on the held-out rows and puts it on the leaderboard; the first entry is the best.
base::Result<void> judge(Run& run, StoredModel model, const Entry* entry) {
    const auto& held_out = run.split.held_out;
    TRY(const auto answer, answers(run, model));
    auto line = score_line(
        run.table.target, held_out, answer, static_cast<std::uint64_t>(run.search.context.seed)
    );
    line.name = model.name;
    if (entry != nullptr) {
        const auto& first = run.search.trials[entry->members.front().first];
        line.choice_score = entry->loss;
        line.trees = first.trees;
        for (const auto& [t, w] : entry->members) line.fit_s += run.search.trials[t].fit_s;
        add_curve(run, *entry);
    }
    std::string json;
    base::encode(json, base::type_of<LeaderboardLine>(), &line);
    run.search.context.control->event(json);
    auto& report = run.out.report;
    const bool best = entry != nullptr && report.best.empty();
    if (best || run.judged.empty()) {
        run.out.held_out = {{}, answer};
        for (const auto r : held_out)
            run.out.held_out.truth.push_back(
                run.table.target.classes.empty() ? run.table.target.values[r]
                                                 : static_cast<double>(run.table.target.labels[r])
            );
        report.confusion = confusion(run.table.target, held_out, answer);
    }
    run.judged.insert(best ? run.judged.begin() : run.judged.end(), {model.name, answer});
    if (best) report.best = model.name;
    report.leaderboard.push_back(std::move(line));
    run.out.models.push_back(std::move(model));
    return {};
}

/// A fit on all rows: of a trial, and which draw of it.
struct RefitTask {
    std::size_t trial = 0;
    int draw = 0;
    std::vector<StoredPart> parts;
};

/// What the units allow to fit again, best entry first; then boosting with other draws of rows, to
/// be averaged.
std::vector<RefitTask> plan_refits(
    SearchState& s, const std::vector<Entry>& list, std::size_t rows
) {
    std::vector<RefitTask> plan;
    const auto add = [&](std::size_t t, int draw) {
        const double units = refit_units(s, s.trials[t], rows);
        if (units > s.units || std::ranges::any_of(plan, [&](const RefitTask& r) {
                return r.trial == t && r.draw == draw;
            }))
            return;
        s.units -= units;
        plan.push_back({t, draw, {}});
    };
    for (const auto& e : list)
        for (const auto& [t, weight] : e.members) add(t, 0);
    for (int draw = 1; draw < kMostDraws && !list.empty(); ++draw)
        for (const auto& [t, weight] : list.front().members) {
            const auto& c = s.trials[t].candidate;
            if (c.family == Family::boosting && c.rows < 1) add(t, draw);
        }
    return plan;
}

/// The mean of a trial's fits on all rows; empty when there is none.
std::vector<StoredPart> mean_fit(const std::vector<RefitTask>& fits, std::size_t trial) {
    const auto mine = [&](const RefitTask& r) { return r.trial == trial && !r.parts.empty(); };
    const auto count = std::ranges::count_if(fits, mine);
    std::vector<StoredPart> out;
    for (const auto& fit : fits) {
        if (!mine(fit)) continue;
        for (auto part : fit.parts) {
            part.weight = 1 / static_cast<double>(count);
            out.push_back(std::move(part));
        }
    }
    return out;
}

/// Puts models fitted on all rows in the place of those of the folds, as far as units and clock
/// allow.
base::Result<void> refit_all(Run& run, const std::vector<Entry>& list) {
    auto& s = run.search;
    Rows all(run.matrix.rows);
    std::iota(all.begin(), all.end(), 0U);
    s.binned.clear();
    s.units = s.work * kRefitShare;
    s.context.deadline_s = s.begin_s + s.budget_s * 0.88;
    auto plan = plan_refits(s, list, all.size());
    std::atomic<bool> late = false;
    CHECK_OK(side_by_side(
        s,
        plan.size(),
        [&](const FitContext& context, std::size_t, std::size_t i) -> base::Result<void> {
            late = late || s.late(0.75);
            if (late) return {};
            auto candidate = refit_candidate(s, s.trials[plan[i].trial], all.size());
            candidate.seed_shift = plan[i].draw;
            TRY(auto fit, fit_candidate(context, candidate, all, {}));
            late = late || fit.cut_short;
            if (!fit.cut_short) plan[i].parts = std::move(fit.parts);
            return {};
        }
    ));
    s.cut_short = s.cut_short || late;
    for (std::size_t e = 0; e < list.size(); ++e) {
        StoredModel model{.name = list[e].name, .outputs = static_cast<std::int64_t>(s.outputs())};
        for (const auto& [t, weight] : list[e].members) {
            auto parts = mean_fit(plan, t);
            if (parts.empty()) {
                model.parts.clear();
                break;
            }
            for (auto& part : parts) {
                part.weight *= weight;
                model.parts.push_back(std::move(part));
            }
        }
        if (!model.parts.empty()) run.out.models[e] = std::move(model);
    }
    return {};
}

/// Leaderboard from the trials: scored as fitted without the held-out rows, then (`again`) fitted
/// on all.
base::Result<void> finish(Run& run, bool again) {
    auto& s = run.search;
    const double reserve = s.work * kRefitShare;
    const auto list = entries(s, reserve, run.matrix.rows);
    auto baseline_line = std::move(run.out.report.leaderboard.front());
    auto baseline_model = std::move(run.out.models.front());
    run.out.report.leaderboard.clear();
    run.out.models.clear();
    if (!list.empty()) add_importance(run, list.front().members);
    for (const auto& e : list) CHECK_OK(judge(run, fold_model(run, e), &e));
    if (again && run.matrix.rows <= kRefitMost && !s.context.control->cancelled())
        CHECK_OK(refit_all(run, list));
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

/// One family with given trees: nothing is left to choose. The model that is scored is kept as it
/// is.
bool is_fixed(const TrainRequest& request) {
    return request.options.trees && request.options.families.size() == 1 && !request.options.folds;
}

/// What lets a few trees learn most from many rows, when nobody named a rate: larger steps, cuts
/// through categories that fewer of them can fit by chance, and gradients in small integers.
void suit_many_rows(Candidate& candidate, std::size_t rows, bool rate_is_given) {
    constexpr std::size_t kManyRows = 300'000;
    constexpr int kFewTrees = 200, kFewLevels = 8, kGradientSteps = 16;
    if (rows <= kManyRows || candidate.trees > kFewTrees) return;
    candidate.most_levels = kFewLevels;
    candidate.gradient_steps = kGradientSteps;
    if (!rate_is_given) candidate.learning_rate = 0.15;
}

base::Result<void> train_fixed(Run& run, const TrainRequest& request) {
    auto& s = run.search;
    const auto& rows = run.split.development;
    run.split.folds = {{rows, {}}};
    const auto list = first_candidates(s, request);
    if (list.empty()) return {};
    auto candidate = list.front();
    apply_options(candidate, request.options);
    if (candidate.family == Family::boosting) {
        candidate.columns = candidate.rows = 1;
        suit_many_rows(candidate, rows.size(), request.options.learning_rate.has_value());
    }
    s.context.deadline_s = s.begin_s + s.budget_s * 0.85;
    Binned binned;
    if (candidate.family !=
        Family::linear) {  // Binned rows are all that trees need of a large table.
        CHECK_OK(bin(s.context, candidate, rows, binned));
        for (auto& column : run.matrix.columns) column = std::vector<float>();
        ::malloc_trim(0);
    }
    const double begin = steady_now_s();
    TRY(auto fit, fit_candidate(s.context, candidate, rows, {}, &binned));
    s.cut_short = fit.cut_short;
    Trial trial{.candidate = candidate, .loss = 0, .trees = fit.trees};
    trial.fit_s = steady_now_s() - begin;
    trial.parts.push_back(std::move(fit.parts));
    trial.gain = std::move(fit.gain);
    s.trials.push_back(std::move(trial));
    return finish(run, false);
}

/// Five folds when a common candidate costs little, else one part that judges.
int fold_count(const Run& run, const TrainOptions& options) {
    if (options.folds) return static_cast<int>(*options.folds);
    const double units =
        work_units({}, 200, run.split.development.size(), run.matrix, run.search.context.classes);
    const double total = run.search.work * kSearchShare;
    return run.split.development.size() <= 2000 || units * kFolds * 12 < total ? kFolds : 1;
}

void describe(Run& run, const TrainRequest& request) {
    auto& report = run.out.report;
    report.target = request.target;
    report.task = run.table.target.task;
    report.classes = run.table.target.classes;
    report.seed = request.options.seed;
    report.rows = static_cast<std::int64_t>(run.table.row_ids.size());
    report.rows_without_target = run.table.without_target;
    report.held_out_rows = static_cast<std::int64_t>(run.split.held_out.size());
    report.split = run.split.kind;
}

/// What a logarithm needs added, or -1 when the target has none worth taking.
double log_offset(const Target& target, const Rows& rows) {
    if (target.task != Task::regression) return -1;
    double low = 1e300, sum = 0, squares = 0, cubes = 0;
    const auto n = static_cast<double>(rows.size());
    for (const auto r : rows) {
        low = std::min(low, target.values[r]);
        sum += target.values[r] / n;
    }
    for (const auto r : rows) {
        const double d = target.values[r] - sum;
        squares += d * d / n;
        cubes += d * d * d / n;
    }
    if (low < 0 || squares <= 0 || cubes / std::pow(squares, 1.5) < 0.7) return -1;
    return low > 0 ? 0 : sum / 10;
}

/// Losses on a quarter of the first development rows of two small boostings fitted on the others:
/// with all columns, and with the doubtful ones blank.
base::Result<std::array<double, 2>> probe(
    Run& run, const std::vector<std::size_t>& doubtful, std::uint32_t quarter
) {
    constexpr std::size_t kProbeRows = 40'000;
    auto& s = run.search;
    Rows fit, judge;
    for (const auto r : run.split.development | std::views::take(kProbeRows))
        (stats::fmix32(r) % 4 == quarter ? judge : fit).push_back(r);
    std::array<Matrix, 2> matrices{run.matrix, run.matrix};
    const auto& features = run.out.preparation.features;
    for (std::size_t f = 0; f < features.size(); ++f)
        if (std::ranges::count(doubtful, static_cast<std::size_t>(features[f].column)) > 0)
            matrices[1].columns[f].assign(run.matrix.rows, 0);
    const Candidate small{.trees = 100, .leaves = 255, .learning_rate = 0.15, .bins = 2047};
    std::array<double, 2> losses{};
    CHECK_OK(side_by_side(
        s,
        losses.size(),
        [&](FitContext context, std::size_t, std::size_t i) -> base::Result<void> {
            context.matrix = &matrices[i];
            context.deadline_s = s.begin_s + s.budget_s * 0.15;
            TRY(const auto fitted, fit_candidate(context, small, fit, judge));
            losses[i] = loss_of(run.table.target, judge, fitted.judged);
            return {};
        }
    ));
    return losses;
}

/// Columns that number the rows stay only when they lower the loss, as in files in order of time;
/// where rows are few, on three quarters of four, as one may be luck.
base::Result<void> drop_row_numbers(Run& run, const std::vector<std::size_t>& doubtful) {
    constexpr double kWorth = 0.03;
    constexpr std::size_t kFewRows = 4000;
    if (doubtful.empty() || run.matrix.columns.empty()) return {};
    const std::uint32_t quarters = run.split.development.size() < kFewRows ? 4 : 1;
    std::uint32_t better = 0;
    for (std::uint32_t quarter = 0; quarter < quarters; ++quarter) {
        TRY(const auto losses, probe(run, doubtful, quarter));
        better += losses[0] < losses[1] * (1 - kWorth) ? 1 : 0;
    }
    if (better * 4 >= quarters * 3) return {};
    for (std::size_t i = doubtful.size(); i-- > 0;) {
        auto& prepared = run.out.preparation;
        run.out.report.excluded.push_back(
            {prepared.columns[doubtful[i]].column.name, std::string(kRowNumber)}
        );
        drop_column(prepared, run.matrix, doubtful[i]);
    }
    return {};
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
    for (const auto r : run.split.development) learnt_from.push_back(before[r]);
    CHECK_OK(refit(learnt_from));
    TRY(run.table, load_table(rows, request, control));
    if (run.table.row_ids != before)
        return std::unexpected(base::internal_error("refitting has changed the rows"));
    return {};
}

base::Result<void> learn(Run& run, const TrainRequest& request) {
    auto& s = run.search;
    if (is_fixed(request)) return train_fixed(run, request);
    CHECK_OK(search(s, request));
    return s.trials.empty() ? base::Result<void>() : finish(run, true);
}

Run begin(const TrainRequest& request, double now_s) {
    Run run;
    auto& s = run.search;
    s.begin_s = now_s;
    s.budget_s = default_budget(request);
    s.work = request.options.work.value_or(s.budget_s * kUnitsPerSecond);
    return run;
}

/// Splits the rows, the held-out ones from those that are learnt from.
base::Result<void> divide(Run& run, const TrainRequest& request) {
    CHECK_OK(check_families(request, run.table.target.task));
    run.plan = {find_groups(run.table), is_time_ordered(run.table), request.options.seed};
    run.split = hold_out(run.table.target, run.plan);
    describe(run, request);
    return {};
}

base::Result<TrainOutcome> train_divided(
    Run& run, const TrainRequest& request, base::Control& control
) {
    auto& s = run.search;
    auto& report = run.out.report;
    auto& target = run.table.target;
    std::vector<std::size_t> doubtful;
    run.out.preparation = fit_preparation(
        run.table,
        run.split.development,
        static_cast<std::size_t>(request.options.threads),
        report.excluded,
        doubtful,
        run.matrix
    );
    s.target = &target;
    s.split = &run.split;
    s.context = {
        .matrix = &run.matrix,
        .labels = target.labels,
        .task = target.task,
        .classes = static_cast<int>(target.classes.size()),
        .seed = request.options.seed,
        .threads = request.options.threads,
        .log_offset = log_offset(target, run.split.development),
        .deadline_s = s.begin_s + s.budget_s * 0.8,
        .control = &control
    };
    run.held_out.rows = run.split.held_out.size();
    CHECK_OK(judge(run, constant_model(run), nullptr));
    CHECK_OK(drop_row_numbers(run, doubtful));
    if (run.matrix.columns.empty() &&
        !std::ranges::any_of(report.excluded, [](const auto& e) { return e.reason == "leakage"; }))
        return base::fail(base::ErrorKind::invalid_argument, kNoColumn);
    if (!run.matrix.columns.empty() && !control.cancelled()) {
        run.held_out = rows_of(run.matrix, run.split.held_out);
        run.matrix.count_distinct(run.split.development);
        if (!is_fixed(request))
            add_folds(run.split, target, run.plan, fold_count(run, request.options));
        CHECK_OK(learn(run, request));
    }
    if (report.best.empty()) report.best = "Baseline";
    run.out.held_out_csv = held_out_csv(run.table, run.split.held_out, run.judged);
    report.verdict = make_verdict(report, target, run.split.held_out);
    if (s.cut_short || s.late(1)) report.verdict.caveats.push_back("stopped_by_clock");
    report.wall_s = steady_now_s() - s.begin_s;
    return std::move(run.out);
}

}  // namespace

base::Result<TrainOutcome> train(
    table::TableReader& rows,
    const TrainRequest& request,
    base::Control& control,
    const Refit& refit,
    double begun_s
) {
    CHECK_OK(open_lightgbm());
    auto run = begin(request, begun_s > 0 ? begun_s : steady_now_s());
    TRY(run.table, load_table(rows, request, control));
    CHECK_OK(divide(run, request));
    if (refit) CHECK_OK(load_refitted(run, rows, request, control, refit));
    return train_divided(run, request, control);
}

base::Result<TrainOutcome> train(
    RawTable table, const TrainRequest& request, base::Control& control
) {
    CHECK_OK(open_lightgbm());
    auto run = begin(request, steady_now_s());
    run.table = std::move(table);
    CHECK_OK(divide(run, request));
    return train_divided(run, request, control);
}

}  // namespace csva::learn
