#include "engine/stats/scores.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace csva::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double count_at(Counts counts, std::size_t row) {
    return counts.empty() ? 1.0 : static_cast<double>(counts[row]);
}

double total(Counts counts, std::size_t rows) {
    if (counts.empty()) return static_cast<double>(rows);
    double sum = 0;
    for (const auto c : counts) sum += c;
    return sum;
}

template <class Loss>
double mean_loss(std::size_t rows, Counts counts, Loss loss) {
    const double weight = total(counts, rows);
    if (weight == 0) return kNan;
    double sum = 0;
    for (std::size_t i = 0; i < rows; ++i) sum += count_at(counts, i) * loss(i);
    return sum / weight;
}

}  // namespace

std::size_t likeliest(std::span<const double> probabilities) {
    return static_cast<std::size_t>(
        std::ranges::max_element(probabilities) - probabilities.begin()
    );
}

double accuracy(std::span<const int> truth, std::span<const int> predicted, Counts counts) {
    return mean_loss(truth.size(), counts, [=](std::size_t i) {
        return truth[i] == predicted[i] ? 1.0 : 0.0;
    });
}

double macro_f1(
    std::span<const int> truth,
    std::span<const int> predicted,
    std::size_t class_count,
    Counts counts
) {
    std::vector<double> hits(class_count), in_truth(class_count), in_prediction(class_count);
    for (std::size_t i = 0; i < truth.size(); ++i) {
        const double c = count_at(counts, i);
        const auto t = static_cast<std::size_t>(truth[i]);
        const auto p = static_cast<std::size_t>(predicted[i]);
        in_truth[t] += c;
        in_prediction[p] += c;
        if (t == p) hits[t] += c;
    }
    double sum = 0;
    int seen = 0;
    for (std::size_t k = 0; k < class_count; ++k) {
        const double both = in_truth[k] + in_prediction[k];
        if (both == 0) continue;
        sum += 2 * hits[k] / both;
        ++seen;
    }
    return seen == 0 ? kNan : sum / seen;
}

std::vector<std::uint32_t> order_by(std::span<const double> score) {
    std::vector<std::uint32_t> order(score.size());
    std::iota(order.begin(), order.end(), 0U);
    std::ranges::sort(order, [score](std::uint32_t a, std::uint32_t b) {
        return score[a] != score[b] ? score[a] < score[b] : a < b;
    });
    return order;
}

double roc_auc_sorted(
    std::span<const std::uint32_t> order,
    std::span<const int> truth,
    std::span<const double> score,
    Counts counts
) {
    double below = 0, positives = 0, wins = 0;
    for (std::size_t i = 0; i < order.size();) {
        double ties_negative = 0, ties_positive = 0;
        const double value = score[order[i]];
        do {  // Once at least: a NaN is equal to nothing.
            (truth[order[i]] == 1 ? ties_positive : ties_negative) += count_at(counts, order[i]);
            ++i;
        } while (i < order.size() && score[order[i]] == value);
        wins += ties_positive * (below + ties_negative / 2);
        below += ties_negative;
        positives += ties_positive;
    }
    return positives == 0 || below == 0 ? kNan : wins / (positives * below);
}

double roc_auc(std::span<const int> truth, std::span<const double> score, Counts counts) {
    return roc_auc_sorted(order_by(score), truth, score, counts);
}

double log_loss(std::span<const int> truth, Probabilities probabilities, Counts counts) {
    constexpr double kSmallest = std::numeric_limits<double>::epsilon();
    return mean_loss(truth.size(), counts, [=](std::size_t i) {
        const double p = probabilities.at(i, static_cast<std::size_t>(truth[i]));
        return -std::log(std::clamp(p, kSmallest, 1 - kSmallest));
    });
}

double rmse(std::span<const double> truth, std::span<const double> predicted, Counts counts) {
    return std::sqrt(mean_loss(truth.size(), counts, [=](std::size_t i) {
        return (truth[i] - predicted[i]) * (truth[i] - predicted[i]);
    }));
}

double mean_absolute_error(
    std::span<const double> truth, std::span<const double> predicted, Counts counts
) {
    return mean_loss(truth.size(), counts, [=](std::size_t i) {
        return std::abs(truth[i] - predicted[i]);
    });
}

double r2(std::span<const double> truth, std::span<const double> predicted, Counts counts) {
    const double mean = mean_loss(truth.size(), counts, [=](std::size_t i) { return truth[i]; });
    double errors = 0, spread = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) {
        const double c = count_at(counts, i);
        errors += c * (truth[i] - predicted[i]) * (truth[i] - predicted[i]);
        spread += c * (truth[i] - mean) * (truth[i] - mean);
    }
    return spread == 0 ? kNan : 1 - errors / spread;
}

std::vector<std::int64_t> confusion_matrix(
    std::span<const int> truth, std::span<const int> predicted, std::size_t class_count
) {
    std::vector<std::int64_t> cells(class_count * class_count);
    for (std::size_t i = 0; i < truth.size(); ++i)
        ++cells
            [static_cast<std::size_t>(truth[i]) * class_count +
             static_cast<std::size_t>(predicted[i])];
    return cells;
}

}  // namespace csva::stats
