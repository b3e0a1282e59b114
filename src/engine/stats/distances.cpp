#include "engine/stats/distances.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <numeric>

namespace csva::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double total(BinCounts counts) {
    return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::int64_t{0}));
}

/// Standard deviation with divisor n, in two passes.
double population_deviation(std::span<const double> values) {
    const auto n = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
    double squares = 0;
    for (const double v : values) squares += (v - mean) * (v - mean);
    return std::sqrt(squares / n);
}

/// Area between zero and a line from `from` to `to` over a unit of width, both parts positive.
double area_under_line(double from, double to) {
    if ((from < 0) == (to < 0)) return std::abs(from + to) / 2;
    return (from * from + to * to) / (2 * (std::abs(from) + std::abs(to)));
}

}  // namespace

double population_stability_index(BinCounts reference, BinCounts current) {
    const double n = total(reference), m = total(current);
    if (n == 0 || m == 0) return kNan;
    constexpr double kHalfARow = 0.5;
    double sum = 0;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        if (reference[i] == 0 && current[i] == 0) continue;
        const double r = std::max(static_cast<double>(reference[i]), kHalfARow) / n;
        const double c = std::max(static_cast<double>(current[i]), kHalfARow) / m;
        sum += (c - r) * std::log(c / r);
    }
    return sum;
}

double jensen_shannon_distance(BinCounts reference, BinCounts current, double base) {
    const double n = total(reference), m = total(current);
    if (n == 0 || m == 0) return kNan;
    double sum = 0;
    for (std::size_t i = 0; i < reference.size(); ++i) {
        const double p = static_cast<double>(reference[i]) / n;
        const double q = static_cast<double>(current[i]) / m;
        const double middle = (p + q) / 2;
        if (p > 0) sum += p * std::log(p / middle);
        if (q > 0) sum += q * std::log(q / middle);
    }
    return std::sqrt(std::max(0.0, sum) / 2 / std::log(base));
}

double jensen_shannon_bias(std::size_t bins, double reference_rows, double current_rows) {
    if (bins < 2) return 0;
    return static_cast<double>(bins - 1) * (1 / reference_rows + 1 / current_rows) /
           (8 * std::numbers::ln2);
}

double wasserstein_distance(std::span<const double> a, std::span<const double> b) {
    if (a.empty() || b.empty()) return kNan;
    const double n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
    double area = 0, at = std::min(a[0], b[0]);
    for (std::size_t i = 0, j = 0; i < a.size() || j < b.size();) {
        const bool from_a = j == b.size() || (i < a.size() && a[i] <= b[j]);
        const double next = from_a ? a[i] : b[j];
        const double gap = static_cast<double>(i) / n - static_cast<double>(j) / m;
        area += std::abs(gap) * (next - at);
        at = next;
        ++(from_a ? i : j);
    }
    return area;
}

double normed_wasserstein_distance(
    std::span<const double> reference, std::span<const double> current
) {
    if (reference.empty() || current.empty()) return kNan;
    constexpr double kLeastDeviation = 0.001;
    return wasserstein_distance(reference, current) /
           std::max(population_deviation(reference), kLeastDeviation);
}

double wasserstein_distance(std::span<const double> edges, BinCounts a, BinCounts b) {
    const double n = total(a), m = total(b);
    if (n == 0 || m == 0) return kNan;
    double area = 0, gap = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double next = gap + static_cast<double>(a[i]) / n - static_cast<double>(b[i]) / m;
        area += area_under_line(gap, next) * (edges[i + 1] - edges[i]);
        gap = next;
    }
    return area;
}

}  // namespace csva::stats
