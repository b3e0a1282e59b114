#include "engine/drift/quality.hpp"

#include "engine/stats/catalogue.hpp"
#include "engine/stats/random.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <numeric>

namespace csva::drift {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr double kZ = 1.959963984540054;  // 95 %, two-sided.

/// Probabilities of the rows after calibration, row by row; those of a row sum to 1.
std::vector<double> calibrated(const Answered& rows, const Calibration& calibration) {
    const std::size_t k = rows.class_count, n = k == 0 ? 0 : rows.probabilities.size() / k;
    std::vector<double> out(rows.probabilities.begin(), rows.probabilities.end());
    const auto apply = [&](std::size_t staircase, double score) {
        if (staircase >= calibration.classes.size()) return score;
        const auto& isotonic = calibration.classes[staircase];
        return isotonic.scores.empty() ? score : isotonic.at(score);
    };
    for (std::size_t i = 0; i < n; ++i) {
        double* row = &out[i * k];
        if (k == 2) {
            row[1] = apply(0, row[1]);
            row[0] = 1 - row[1];
            continue;
        }
        double sum = 0;
        for (std::size_t c = 0; c < k; ++c) sum += row[c] = apply(c, row[c]);
        for (std::size_t c = 0; c < k; ++c)
            row[c] = sum > 0 ? row[c] / sum : 1 / static_cast<double>(k);
    }
    return out;
}

/// Expected area under the ROC curve when row i is positive with probability honest(i); `score` in
/// the order of `order`.
double expected_auc(
    std::span<const std::uint32_t> order, std::span<const double> score, const auto& honest
) {
    double below = 0, positives = 0, wins = 0;
    for (std::size_t i = 0; i < order.size();) {
        const double value = score[i];
        double negative = 0, positive = 0;
        do {
            const double p = honest(order[i]);
            positive += p;
            negative += 1 - p;
            ++i;
        } while (i < order.size() && score[i] == value);
        wins += positive * (below + negative / 2);
        below += negative;
        positives += positive;
    }
    return positives <= 0 || below <= 0 ? kNan : wins / (positives * below);
}

/// F1 of each class when the true class is as the probabilities say.
std::vector<double> expected_f1(
    std::span<const int> predicted, std::span<const double> honest, std::size_t k
) {
    std::vector<double> hits(k), named(k), there(k), out(k);
    for (std::size_t i = 0; i < predicted.size(); ++i) {
        const auto p = static_cast<std::size_t>(predicted[i]);
        named[p] += 1;
        hits[p] += honest[i * k + p];
        for (std::size_t c = 0; c < k; ++c) there[c] += honest[i * k + c];
    }
    for (std::size_t c = 0; c < k; ++c)
        out[c] = named[c] + there[c] > 0 ? 2 * hits[c] / (named[c] + there[c]) : 0;
    return out;
}

double mean_of(std::span<const double> values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

/// Everything that the estimates are made from.
struct Estimate {
    const Answered& rows;
    std::size_t k, n;
    std::vector<std::vector<std::uint32_t>> orders;  // By score, of each class that counts.
    std::vector<std::vector<double>> scores;         // In these orders.
    std::vector<std::size_t> ranked;                 // Which classes these are.
    std::vector<double> logs;                        // Of the probabilities.

    explicit Estimate(const Answered& answered)
        : rows(answered), k(answered.class_count), n(answered.predicted.size()) {
        for (std::size_t c = k == 2 ? 1 : 0; c < k; ++c) {
            std::vector<double> column;
            for (std::size_t i = 0; i < n; ++i) column.push_back(rows.probabilities[i * k + c]);
            const auto& order = orders.emplace_back(stats::order_by(column));
            auto& sorted = scores.emplace_back();
            for (const auto i : order) sorted.push_back(column[i]);
            ranked.push_back(c);
        }
        constexpr double kSmallest = std::numeric_limits<double>::epsilon();
        for (const double p : rows.probabilities)
            logs.push_back(std::log(std::clamp(p, kSmallest, 1 - kSmallest)));
    }

    double auc(std::span<const double> honest) const {
        std::vector<double> areas;
        for (std::size_t r = 0; r < ranked.size(); ++r)
            areas.push_back(expected_auc(orders[r], scores[r], [&](std::size_t i) {
                return honest[i * k + ranked[r]];
            }));
        return mean_of(areas);
    }
    double accuracy(std::span<const double> honest) const {
        double sum = 0;
        for (std::size_t i = 0; i < n; ++i)
            sum += honest[i * k + static_cast<std::size_t>(rows.predicted[i])];
        return sum / static_cast<double>(n);
    }
    double log_loss(std::span<const double> honest) const {
        double sum = 0;
        for (std::size_t i = 0; i < n * k; ++i) sum -= honest[i] * logs[i];
        return sum / static_cast<double>(n);
    }
    std::vector<QualityScore> all(std::span<const double> honest) const {
        const auto f1 = expected_f1(rows.predicted, honest, k);
        std::vector<QualityScore> out{
            {"accuracy", accuracy(honest), {}},
            {"macro_f1", mean_of(f1), {}},
            {"roc_auc", auc(honest), {}},
            {"log_loss", log_loss(honest), {}}
        };
        if (k == 2) out.push_back({"f1", f1[1], {}});
        return out;
    }
};

/// How each score moves when a row's true class is the one and not another, to the first order: row
/// by row, class by class. Their variance over the rows' outcomes is the score's.
class Slopes {
public:
    Slopes(
        const Estimate& estimate,
        std::span<const double> honest,
        std::span<const QualityScore> values
    )
        : e_(estimate), honest_(honest), values_(values) {}

    /// Standard deviation of each score, in the order of `values`.
    std::vector<double> deviations() {
        std::vector<double> out;
        for (const auto& score : values_) {
            slopes_.assign(honest_.size(), 0);
            if (score.name == "accuracy") accuracy();
            if (score.name == "macro_f1")
                for (std::size_t c = 0; c < e_.k; ++c) f1(c, 1 / static_cast<double>(e_.k));
            if (score.name == "f1") f1(1, 1);
            if (score.name == "log_loss") log_loss();
            if (score.name == "roc_auc")
                for (std::size_t r = 0; r < e_.ranked.size(); ++r) auc(r);
            out.push_back(deviation());
        }
        return out;
    }

private:
    void accuracy() {
        for (std::size_t i = 0; i < e_.n; ++i)
            slopes_[i * e_.k + static_cast<std::size_t>(e_.rows.predicted[i])] =
                1 / static_cast<double>(e_.n);
    }
    void log_loss() {
        for (std::size_t i = 0; i < slopes_.size(); ++i)
            slopes_[i] = -e_.logs[i] / static_cast<double>(e_.n);
    }
    /// 2 hits / (named + there), of which the rows' outcomes change hits and there.
    void f1(std::size_t c, double weight) {
        double hits = 0, all = 0;
        const auto is_named = [&](std::size_t i) {
            return e_.rows.predicted[i] == static_cast<int>(c);
        };
        for (std::size_t i = 0; i < e_.n; ++i) {
            const double p = honest_[i * e_.k + c];
            all += p + (is_named(i) ? 1 : 0);
            hits += is_named(i) ? p : 0;
        }
        if (all <= 0) return;
        const double value = 2 * hits / all;
        for (std::size_t i = 0; i < e_.n; ++i)
            slopes_[i * e_.k + c] += weight * ((is_named(i) ? 2 : 0) - value) / all;
    }
    /// A positive more wins over the negatives below it and no longer loses to the positives above.
    void auc(std::size_t r) {
        const std::size_t c = e_.ranked[r];
        const auto& order = e_.orders[r];
        const auto& score = e_.scores[r];
        const auto honest = [&](std::size_t i) { return honest_[i * e_.k + c]; };
        double positives = 0;
        for (std::size_t i = 0; i < e_.n; ++i) positives += honest(i);
        const double negatives = static_cast<double>(e_.n) - positives;
        const double area = expected_auc(order, score, honest);
        if (!std::isfinite(area)) return;
        const auto weight = 1 / static_cast<double>(e_.ranked.size());
        double negatives_below = 0, positives_below = 0;
        for (std::size_t from = 0, to = 0; from < e_.n; from = to) {
            double positive = 0;
            for (to = from; to < e_.n && score[to] == score[from]; ++to)
                positive += honest(order[to]);
            const double negative = static_cast<double>(to - from) - positive;
            const double below = (negatives_below + negative / 2) / negatives;
            const double above = 1 - (positives_below + positive / 2) / positives;
            const double slope = weight * ((below - area) / positives - (above - area) / negatives);
            for (std::size_t i = from; i < to; ++i) slopes_[order[i] * e_.k + c] = slope;
            negatives_below += negative;
            positives_below += positive;
        }
    }
    double deviation() const {
        double variance = 0;
        for (std::size_t i = 0; i < slopes_.size(); i += e_.k) {
            double mean = 0, square = 0;
            for (std::size_t c = i; c < i + e_.k; ++c) {
                mean += honest_[c] * slopes_[c];
                square += honest_[c] * slopes_[c] * slopes_[c];
            }
            variance += std::max(0.0, square - mean * mean);
        }
        return std::sqrt(variance);
    }

    const Estimate& e_;
    std::span<const double> honest_;
    std::span<const QualityScore> values_;
    std::vector<double> slopes_;
};

/// Labels drawn as the probabilities say, as probabilities of 0 and 1.
void draw_labels(
    std::span<const double> honest,
    std::size_t k,
    stats::SplitMix64& random,
    std::vector<double>& out
) {
    out.assign(honest.size(), 0);
    for (std::size_t i = 0; i < honest.size(); i += k) {
        double left = random.unit();
        std::size_t c = 0;
        while (c + 1 < k && left >= honest[i + c]) left -= honest[i + c++];
        out[i + c] = 1;
    }
}

stats::Interval middle_95(std::vector<double> values) {
    std::erase_if(values, [](double v) { return !std::isfinite(v); });
    if (values.empty()) return {kNan, kNan, "draws"};
    std::ranges::sort(values);
    const auto at = [&](double q) {
        return values[static_cast<std::size_t>(
            std::lround(q * static_cast<double>(values.size() - 1))
        )];
    };
    return {at(0.025), at(0.975), "draws"};
}

/// Mean distance of ten bins, ordered by score, between what was said and what came.
double calibration_error(std::vector<std::pair<double, int>> rows) {
    constexpr std::size_t kErrorBins = 10;
    std::ranges::sort(rows);
    double error = 0;
    for (std::size_t b = 0; b < kErrorBins; ++b) {
        double said = 0, came = 0;
        const std::size_t from = rows.size() * b / kErrorBins;
        for (std::size_t i = from; i < rows.size() * (b + 1) / kErrorBins; ++i) {
            said += rows[i].first;
            came += rows[i].second;
        }
        error += std::abs(said - came);
    }
    return error / static_cast<double>(rows.size());
}

bool calibration_helps(std::span<const double> scores, std::span<const int> outcomes) {
    constexpr std::size_t kParts = 5;
    std::vector<std::pair<double, int>> before, after;
    for (std::size_t part = 0; part < kParts; ++part) {
        std::vector<double> learnt_scores;
        std::vector<int> learnt;
        for (std::size_t i = 0; i < scores.size(); ++i)
            if (i % kParts != part) {
                learnt_scores.push_back(scores[i]);
                learnt.push_back(outcomes[i]);
            }
        const Isotonic isotonic = fit_isotonic(learnt_scores, learnt);
        for (std::size_t i = part; i < scores.size(); i += kParts) {
            before.emplace_back(scores[i], outcomes[i]);
            after.emplace_back(isotonic.at(scores[i]), outcomes[i]);
        }
    }
    return calibration_error(std::move(before)) > calibration_error(std::move(after));
}

}  // namespace

double Isotonic::at(double score) const {
    if (score <= scores.front()) return values.front();
    if (score >= scores.back()) return values.back();
    const auto above =
        static_cast<std::size_t>(std::ranges::upper_bound(scores, score) - scores.begin());
    const double low = scores[above - 1], high = scores[above];
    const double along = (score - low) / (high - low);
    return values[above - 1] + along * (values[above] - values[above - 1]);
}

Isotonic fit_isotonic(std::span<const double> scores, std::span<const int> outcomes) {
    struct Block {
        double first, last, sum, rows;
        double mean() const { return sum / rows; }
    };
    std::vector<Block> blocks;
    for (const auto i : stats::order_by(scores)) {
        const double y = outcomes[i];
        if (!blocks.empty() && blocks.back().last == scores[i]) {  // Equal scores are one value.
            blocks.back().sum += y;
            blocks.back().rows += 1;
        } else {
            blocks.push_back({scores[i], scores[i], y, 1});
        }
    }
    std::vector<Block> pooled;
    for (Block block : blocks) {
        while (!pooled.empty() && pooled.back().mean() >= block.mean()) {
            block = {
                pooled.back().first,
                block.last,
                pooled.back().sum + block.sum,
                pooled.back().rows + block.rows
            };
            pooled.pop_back();
        }
        pooled.push_back(block);
    }
    Isotonic out;
    for (const auto& block : pooled) {
        out.scores.push_back(block.first);
        out.values.push_back(block.mean());
        if (block.last == block.first) continue;
        out.scores.push_back(block.last);
        out.values.push_back(block.mean());
    }
    return out;
}

Calibration fit_calibration(const Answered& held_out, bool always) {
    constexpr std::size_t kLeastRows = 50;
    const std::size_t k = held_out.class_count, n = held_out.truth.size();
    Calibration out;
    for (std::size_t c = k == 2 ? 1 : 0; c < k; ++c) {
        std::vector<double> scores;
        std::vector<int> outcomes;
        for (std::size_t i = 0; i < n; ++i) {
            scores.push_back(held_out.probabilities[i * k + c]);
            outcomes.push_back(held_out.truth[i] == static_cast<int>(c) ? 1 : 0);
        }
        const bool both =
            std::ranges::count(outcomes, 1) > 0 && std::ranges::count(outcomes, 0) > 0;
        const bool fit =
            both && (always || (n >= kLeastRows && calibration_helps(scores, outcomes)));
        out.classes.push_back(fit ? fit_isotonic(scores, outcomes) : Isotonic{});
    }
    return out;
}

std::vector<QualityScore> measured_quality(const Answered& rows, std::uint64_t seed) {
    constexpr std::size_t kManyRows = 20'000;
    const std::size_t k = rows.class_count;
    const std::size_t n = k == 0 ? rows.values.size() : rows.truth.size();
    std::vector<double> positive;
    for (std::size_t i = 0; i < n && k == 2; ++i) positive.push_back(rows.probabilities[i * 2 + 1]);
    const auto order = stats::order_by(positive);
    const stats::ScoreInput input{
        rows.truth,
        rows.predicted,
        {rows.probabilities, std::max<std::size_t>(1, k)},
        positive,
        order,
        rows.values,
        rows.estimates,
        k
    };
    std::vector<QualityScore> out;
    for (const auto& info : stats::scores()) {
        const bool regression = info.task == stats::ScoreTask::regression;
        if (n == 0 || regression != (k == 0)) continue;
        if (info.task == stats::ScoreTask::binary && k != 2) continue;
        QualityScore score{std::string(info.name), info.function(input, {}), {}};
        if (!std::isfinite(score.value)) continue;
        const auto count = static_cast<double>(n);
        score.interval =
            info.name == "accuracy"
                ? stats::wilson(score.value * count, count)
                : stats::bootstrap(n, seed, n > kManyRows ? 50 : 200, [&](stats::Counts c) {
                      return info.function(input, c);
                  });
        out.push_back(std::move(score));
    }
    return out;
}

std::vector<QualityScore> estimated_quality(
    const Answered& rows, const Calibration& calibration, std::uint64_t seed
) {
    if (rows.class_count < 2 || rows.predicted.empty()) return {};
    const Estimate estimate(rows);
    const auto honest = calibrated(rows, calibration);
    auto out = estimate.all(honest);
    constexpr std::size_t kDraws = 200, kManyRows = 20'000;
    const auto deviations = Slopes(estimate, honest, out).deviations();
    std::vector<std::vector<double>> draws(out.size());
    stats::SplitMix64 random(seed);
    std::vector<double> labels;
    for (std::size_t d = 0; d < kDraws && estimate.n <= kManyRows; ++d) {
        draw_labels(honest, estimate.k, random, labels);
        const auto drawn = estimate.all(labels);
        for (std::size_t s = 0; s < drawn.size(); ++s) draws[s].push_back(drawn[s].value);
    }
    for (std::size_t s = 0; s < out.size(); ++s) {
        if (!std::isfinite(out[s].value)) {
            out[s].interval = {kNan, kNan, "normal"};
            continue;
        }
        const bool is_sum = out[s].name == "accuracy";
        const double low = out[s].value - kZ * deviations[s],
                     high = out[s].value + kZ * deviations[s];
        const double most = out[s].name == "log_loss" ? std::numeric_limits<double>::infinity() : 1;
        out[s].interval = is_sum || estimate.n > kManyRows
                              ? stats::Interval{std::max(0.0, low), std::min(most, high), "normal"}
                              : middle_95(std::move(draws[s]));
    }
    return out;
}

void AnsweredRows::add(std::span<const double> outputs) {
    if (class_count == 0) return estimates.push_back(outputs[0]);
    probabilities.insert(probabilities.end(), outputs.begin(), outputs.end());
    predicted.push_back(static_cast<int>(stats::likeliest(outputs)));
}

bool AnsweredRows::add_truth(std::string_view text, const std::vector<std::string>& classes) {
    if (class_count > 0) {
        const auto found = std::ranges::find(classes, text);
        if (found == classes.end()) return false;
        truth.push_back(static_cast<int>(found - classes.begin()));
        return true;
    }
    double value = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, value);
    if (text.empty() || error != std::errc() || stop != end) return false;
    values.push_back(value);
    return true;
}

Answered AnsweredRows::view() const {
    Answered out{.class_count = class_count};
    out.probabilities = probabilities;
    out.predicted = predicted;
    out.truth = truth;
    out.estimates = estimates;
    out.values = values;
    return out;
}

}  // namespace csva::drift
