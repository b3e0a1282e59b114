#include "engine/learn/families.hpp"

#include "engine/learn/linear.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

namespace csva::learn {
namespace {

constexpr int kPatience = 50;
constexpr double kLinearRows = 50'000;  // A linear fit of more rows sees every so many.

std::string categorical_columns(const Matrix& matrix) {
    std::string list;
    for (std::size_t c = 0; c < matrix.levels.size(); ++c)
        if (matrix.levels[c] > 0) list += fmt::format("{}{}", list.empty() ? "" : ",", c);
    return list;
}

std::int64_t threads_for(const FitContext& x) {
    return x.threads > 0 ? x.threads
                         : static_cast<std::int64_t>(std::thread::hardware_concurrency());
}

/// What the binned rows depend on: the same for all candidates with these bins.
std::string dataset_parameters(const FitContext& x, int bins) {
    std::string out = fmt::format(
        "verbosity=-1 max_bin={} feature_pre_filter=false num_threads={} ", bins, threads_for(x)
    );
    if (const auto list = categorical_columns(*x.matrix); !list.empty())
        out += "categorical_feature=" + list;
    return out;
}

std::string parameters(const FitContext& x, const Candidate& c, bool indicator) {
    const bool forest = c.family == Family::forest || c.family == Family::extra_trees;
    std::string out = fmt::format(
        "verbosity=-1 deterministic=true force_row_wise=true seed={0} num_threads={1} "
        "num_leaves={2} learning_rate={3} "
        "min_data_in_leaf={4} min_sum_hessian_in_leaf=0.001 bagging_fraction={5} bagging_freq={6} "
        "max_bin={7} lambda_l2={8} max_cat_threshold={9} ",
        x.seed + c.seed_shift,
        threads_for(x),
        c.leaves,
        c.learning_rate,
        c.min_rows,
        c.rows,
        c.rows < 1 ? 1 : 0,
        c.bins,
        c.leaf_ridge,
        c.most_levels
    );
    if (const auto list = categorical_columns(*x.matrix); !list.empty())
        out += "categorical_feature=" + list + " ";
    out +=
        fmt::format("{}={} ", forest ? "feature_fraction_bynode" : "feature_fraction", c.columns);
    if (forest) out += "boosting=rf cat_smooth=1 cat_l2=1 ";
    if (!forest && c.gradient_steps > 0)  // Rounded by chance, it would depend on the threads.
        out += fmt::format(
            "use_quantized_grad=true num_grad_quant_bins={} quant_train_renew_leaf=true "
            "stochastic_rounding=false ",
            c.gradient_steps
        );
    if (c.family == Family::extra_trees || c.random_cuts) out += "extra_trees=true ";
    if (indicator || x.task == Task::regression) return out + "objective=regression metric=l2";
    if (x.task == Task::binary) return out + "objective=binary metric=binary_logloss";
    return out + fmt::format("objective=multiclass num_class={} metric=multi_logloss", x.classes);
}

bool must_stop(const FitContext& x) {
    return x.control->cancelled() || steady_now_s() > x.deadline_s;
}

/// Rounds until `trees`, the end of patience, of time, or of possible splits. `judged`: answers on
/// the judge rows at the best round.
base::Result<int> run_rounds(
    const FitContext& x,
    const Candidate& c,
    Gbm& booster,
    bool judges,
    std::size_t outputs,
    Fit& fit,
    std::vector<double>& judged
) {
    const bool stops_early = judges && c.early_stop && c.family == Family::boosting;
    double best = 1e300;
    int best_round = 0, round = 0;
    while (round < c.trees) {
        TRY(const bool finished, booster.update());
        ++round;
        if (judges && c.family == Family::boosting) {
            TRY(const double loss, booster.eval());
            fit.rounds.push_back(loss);
            if (stops_early && loss < best) {
                best = loss, best_round = round;
                CHECK_OK(booster.valid_answers(outputs, judged));
            }
            if (stops_early && round - best_round >= kPatience) break;
        }
        if (must_stop(x)) {
            fit.cut_short = round < c.trees;
            break;
        }
        if (finished && c.family == Family::boosting) break;
    }
    if (judges && !stops_early) CHECK_OK(booster.valid_answers(outputs, judged));
    return stops_early ? best_round : round;
}

base::Result<Binned::Pair> bin_rows(
    const FitContext& x,
    int bins,
    std::span<const std::uint32_t> rows,
    std::span<const std::uint32_t> judge_rows,
    std::span<const float> labels,
    Binned* binned
) {
    if (binned != nullptr && binned->by_bins.contains(bins)) {
        auto& known = binned->by_bins.at(bins);
        CHECK_OK(known.fit.set_labels(rows, labels));
        if (!judge_rows.empty()) CHECK_OK(known.judge.set_labels(judge_rows, labels));
        return known;
    }
    Binned::Pair pair;
    const auto settings = dataset_parameters(x, bins);
    TRY(pair.fit, GbmDataset::make(*x.matrix, rows, labels, settings));
    if (!judge_rows.empty()) {
        TRY(pair.judge, GbmDataset::make(*x.matrix, judge_rows, labels, settings, &pair.fit));
    }
    if (binned != nullptr) binned->by_bins[bins] = pair;
    return pair;
}

/// The rows of one fit.
struct FitRows {
    std::span<const std::uint32_t> fit, judge;
    Binned* binned = nullptr;
};

/// One booster on `labels`; `output` its class in a forest, or -1. `judged` as in run_rounds.
base::Result<void> fit_booster(
    const FitContext& x,
    const Candidate& c,
    const FitRows& rows,
    std::span<const float> labels,
    int output,
    Fit& fit,
    std::vector<double>& judged
) {
    TRY(const auto data, bin_rows(x, c.bins, rows.fit, rows.judge, labels, rows.binned));
    TRY(auto booster, Gbm::create(data.fit, parameters(x, c, output >= 0)));
    const bool judges = !rows.judge.empty();
    if (judges) CHECK_OK(booster.add_valid(data.judge));
    const bool several = output < 0 && x.classes > 2;
    const auto outputs = several ? static_cast<std::size_t>(x.classes) : std::size_t{1};
    TRY(const int rounds, run_rounds(x, c, booster, judges, outputs, fit, judged));
    StoredPart part{.kind = "booster", .output = output};
    TRY(part.booster, booster.text(rounds));
    TRY(const auto gain, booster.importance(rounds, x.matrix->columns.size()));
    fit.gain.resize(gain.size());
    for (std::size_t i = 0; i < gain.size(); ++i) fit.gain[i] += gain[i];
    fit.trees = std::max(fit.trees, rounds);
    fit.parts.push_back(std::move(part));
    return {};
}

/// Answers of two classes from the probability of the second.
void widen(std::vector<double>& judged) {
    std::vector<double> both;
    for (const auto p : judged) {
        const double q = std::clamp(p, 0.0, 1.0);
        both.push_back(1 - q);
        both.push_back(q);
    }
    judged = std::move(both);
}

/// A forest's leaves hold the share of a class: one regression forest on the indicator of each
/// class, as the mean of 0 and 1 in a leaf is that share and least squares on an indicator is the
/// Gini criterion (Breiman 2001).
base::Result<void> fit_forest_classes(
    const FitContext& x, const Candidate& c, const FitRows& rows, Fit& fit
) {
    std::vector<float> indicator(x.labels.size());
    const auto outputs = static_cast<std::size_t>(x.classes);
    fit.judged.assign(rows.judge.size() * outputs, 0);
    for (int k = x.classes == 2 ? 1 : 0; k < x.classes; ++k) {
        for (std::size_t i = 0; i < indicator.size(); ++i)
            indicator[i] = x.labels[i] == static_cast<float>(k) ? 1.0F : 0.0F;
        std::vector<double> one;
        CHECK_OK(fit_booster(x, c, rows, indicator, k, fit, one));
        if (x.classes == 2) {
            fit.parts.back().output = -1;
            fit.judged = std::move(one);
            widen(fit.judged);
            return {};
        }
        for (std::size_t i = 0; i < one.size(); ++i)
            fit.judged[i * outputs + static_cast<std::size_t>(k)] = std::clamp(one[i], 0.0, 1.0);
    }
    for (std::size_t i = 0; i < rows.judge.size(); ++i)
        normalise(&fit.judged[i * outputs], outputs);
    return {};
}

void answer_linear(const FitContext& x, std::span<const std::uint32_t> judge, Fit& fit) {
    const auto outputs = static_cast<std::size_t>(std::max(1, x.classes));
    const std::size_t width = x.matrix->columns.size();
    fit.judged.resize(judge.size() * outputs);
    std::vector<float> row(width);
    for (std::size_t i = 0; i < judge.size(); ++i) {
        for (std::size_t c = 0; c < width; ++c) row[c] = x.matrix->columns[c][judge[i]];
        linear_answer(fit.parts.front(), outputs, row.data(), &fit.judged[i * outputs]);
    }
}

base::Result<void> fit_family(
    const FitContext& x,
    const Candidate& c,
    const FitRows& rows,
    std::span<const float> labels,
    Fit& fit
) {
    if (c.family == Family::linear) {
        const std::size_t step = rows.fit.size() / static_cast<std::size_t>(kLinearRows) + 1;
        std::vector<std::uint32_t> sample;
        for (std::size_t i = 0; i < rows.fit.size(); i += step) sample.push_back(rows.fit[i]);
        fit.parts.push_back(
            fit_linear(*x.matrix, sample, labels, x.classes, c.ridge, *x.control, x.deadline_s)
        );
        answer_linear(x, rows.judge, fit);
        fit.gain = linear_gain(
            fit.parts.front(), static_cast<std::size_t>(std::max(1, x.classes)), *x.matrix, sample
        );
        return {};
    }
    if (c.family != Family::boosting && x.classes > 0) return fit_forest_classes(x, c, rows, fit);
    CHECK_OK(fit_booster(x, c, rows, labels, -1, fit, fit.judged));
    if (x.classes == 2) widen(fit.judged);
    return {};
}

}  // namespace

double steady_now_s() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

std::string family_name(Family family, Task task) {
    const bool regression = task == Task::regression;
    if (family == Family::linear) return regression ? "LinearRegression" : "LogisticRegression";
    const char* base = family == Family::forest        ? "RandomForest"
                       : family == Family::extra_trees ? "ExtraTrees"
                                                       : "GradientBoosting";
    return std::string(base) + (regression ? "Regressor" : "Classifier");
}

base::Result<Fit> fit_candidate(
    const FitContext& x,
    const Candidate& c,
    std::span<const std::uint32_t> rows,
    std::span<const std::uint32_t> judge_rows,
    Binned* binned
) {
    Fit fit;
    const FitRows both{rows, judge_rows, binned};
    if (!c.log_target) {
        CHECK_OK(fit_family(x, c, both, x.labels, fit));
        return fit;
    }
    std::vector<float> logs;
    for (const auto y : x.labels)
        logs.push_back(static_cast<float>(std::log(static_cast<double>(y) + x.log_offset)));
    CHECK_OK(fit_family(x, c, both, logs, fit));
    for (auto& part : fit.parts) {
        part.link = "log";
        part.offset = x.log_offset;
        part.smear = c.smear;
        for (auto& answer : fit.judged) answer = linked(part, answer);
    }
    return fit;
}

base::Result<void> bin(
    const FitContext& x, const Candidate& c, std::span<const std::uint32_t> rows, Binned& binned
) {
    CHECK_OK(bin_rows(x, c.bins, rows, {}, x.labels, &binned));
    return {};
}

double work_units(
    const Candidate& c, int trees, std::size_t rows, const Matrix& matrix, int classes
) {
    const double n = static_cast<double>(rows), f = static_cast<double>(matrix.columns.size()),
                 k = std::max(1, classes == 2 ? 1 : classes);
    double cuts = 0;
    for (const auto d : matrix.distinct)
        cuts += static_cast<double>(std::min(d, static_cast<std::size_t>(c.bins)));
    if (c.family == Family::linear)
        return 0.005 + 60 * std::min(n, kLinearRows) * (f + 4) * k * 4e-9;
    const double leaves = std::min<double>(c.leaves, n * c.rows / std::max(1, c.min_rows) + 1);
    const double depth = std::log2(leaves + 1);
    const bool forest = c.family != Family::boosting;
    const double scanned = c.random_cuts || c.family == Family::extra_trees ? 0.2 : 1;
    const double columns = forest ? 1 : c.columns;
    return trees * k *
           (n * c.rows * f * columns * depth * 0.8e-9 + n * 3e-8 +
            leaves * cuts * columns * scanned * 8e-9 + leaves * 2e-6 + 5e-5);
}

}  // namespace csva::learn
