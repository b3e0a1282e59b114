#include "engine/learn/families.hpp"

#include "engine/learn/linear.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

namespace csva::learn {
namespace {

constexpr int kPatience = 40;

std::string categorical_columns(const Matrix& matrix) {
    std::string list;
    for (std::size_t c = 0; c < matrix.levels.size(); ++c)
        if (matrix.levels[c] > 0) list += fmt::format("{}{}", list.empty() ? "" : ",", c);
    return list;
}

/// Small tables on one thread: waiting for each other would cost more than the work. The model is
/// the same.
std::int64_t threads_for(const FitContext& x) {
    if (x.matrix->rows * x.matrix->columns.size() < 200'000) return 1;
    return x.threads > 0 ? x.threads
                         : static_cast<std::int64_t>(std::thread::hardware_concurrency());
}

std::string parameters(const FitContext& x, const Candidate& c, bool indicator) {
    const bool forest = c.family == Family::forest || c.family == Family::extra_trees;
    std::string out = fmt::format(
        "verbosity=-1 deterministic=true force_row_wise=true seed={0} num_threads={1} "
        "num_leaves={2} learning_rate={3} "
        "min_data_in_leaf={4} min_sum_hessian_in_leaf=0.001 bagging_fraction={5} bagging_freq={6} "
        "max_bin=255 ",
        x.seed,
        threads_for(x),
        c.leaves,
        c.learning_rate,
        c.min_rows,
        c.rows,
        c.rows < 1 ? 1 : 0
    );
    if (const auto list = categorical_columns(*x.matrix); !list.empty())
        out += "categorical_feature=" + list + " ";
    out +=
        fmt::format("{}={} ", forest ? "feature_fraction_bynode" : "feature_fraction", c.columns);
    if (forest) out += "boosting=rf cat_smooth=1 cat_l2=1 ";
    if (c.family == Family::extra_trees) out += "extra_trees=true ";
    if (indicator || x.task == Task::regression) return out + "objective=regression metric=l2";
    if (x.task == Task::binary) return out + "objective=binary metric=binary_logloss";
    return out + fmt::format("objective=multiclass num_class={} metric=multi_logloss", x.classes);
}

bool must_stop(const FitContext& x) {
    return x.control->cancelled() || steady_now_s() > x.deadline_s;
}

base::Result<int> run_rounds(
    const FitContext& x, const Candidate& c, Gbm& booster, bool stops_early, Fit& fit
) {
    double best = 1e300;
    int best_round = 0, round = 0;
    while (round < c.trees) {
        TRY(const bool finished, booster.update());
        ++round;
        if (stops_early) {
            TRY(const double loss, booster.eval());
            if (loss < best) best = loss, best_round = round;
            if (round - best_round >= kPatience) break;
        }
        if (must_stop(x)) {
            fit.cut_short = round < c.trees;
            break;
        }
        if (finished && c.family == Family::boosting) break;
    }
    return stops_early ? best_round : round;
}

base::Result<void> fit_booster(
    const FitContext& x,
    const Candidate& c,
    std::span<const std::uint32_t> rows,
    std::span<const std::uint32_t> stop_rows,
    std::span<const float> labels,
    int output,
    Fit& fit
) {
    const auto settings = parameters(x, c, output >= 0);
    TRY(auto data, GbmDataset::make(*x.matrix, rows, labels, settings));
    TRY(auto booster, Gbm::create(data, settings));
    const bool stops_early = !stop_rows.empty() && c.early_stop && c.family == Family::boosting;
    GbmDataset stop;
    if (stops_early) {
        TRY(stop, GbmDataset::make(*x.matrix, stop_rows, labels, settings, &data));
        CHECK_OK(booster.add_valid(stop));
    }
    TRY(const int rounds, run_rounds(x, c, booster, stops_early, fit));
    StoredPart part{.kind = "booster", .output = output};
    TRY(part.booster, booster.text(rounds));
    TRY(const auto gain, booster.importance(rounds, x.matrix->columns.size()));
    fit.gain.resize(gain.size());
    for (std::size_t i = 0; i < gain.size(); ++i) fit.gain[i] += gain[i];
    fit.trees = std::max(fit.trees, rounds);
    fit.parts.push_back(std::move(part));
    return {};
}

/// A forest's leaves hold the share of a class: one regression forest on the indicator of each
/// class, as the mean of 0 and 1 in a leaf is that share and least squares on an indicator is the
/// Gini criterion (Breiman 2001).
base::Result<void> fit_forest_classes(
    const FitContext& x, const Candidate& c, std::span<const std::uint32_t> rows, Fit& fit
) {
    std::vector<float> indicator(x.labels.size());
    for (int k = x.classes == 2 ? 1 : 0; k < x.classes; ++k) {
        for (std::size_t i = 0; i < indicator.size(); ++i)
            indicator[i] = x.labels[i] == static_cast<float>(k) ? 1.0F : 0.0F;
        CHECK_OK(fit_booster(x, c, rows, {}, indicator, k, fit));
        if (x.classes == 2) fit.parts.back().output = -1;
    }
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
    std::span<const std::uint32_t> stop_rows
) {
    Fit fit;
    if (c.family == Family::linear)
        fit.parts.push_back(
            fit_linear(*x.matrix, rows, x.labels, x.classes, c.ridge, *x.control, x.deadline_s)
        );
    else if (c.family != Family::boosting && x.classes > 0)
        CHECK_OK(fit_forest_classes(x, c, rows, fit));
    else
        CHECK_OK(fit_booster(x, c, rows, stop_rows, x.labels, -1, fit));
    return fit;
}

double work_units(
    const Candidate& c, int trees, std::size_t rows, std::size_t features, int classes
) {
    const double n = static_cast<double>(rows), f = static_cast<double>(features),
                 k = std::max(1, classes == 2 ? 1 : classes);
    if (c.family == Family::linear) return 0.01 + 100 * n * (f + 4) * k * 4e-9;
    const double depth = std::log2(static_cast<double>(c.leaves) + 1);
    const double leaves = std::min<double>(c.leaves, n / c.min_rows + 1);
    return trees * k *
           (n * f * depth * 0.5e-9 * c.rows + leaves * f * std::min(256.0, n) * 3e-9 + 1e-4);
}

}  // namespace csva::learn
