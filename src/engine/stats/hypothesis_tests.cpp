#include "engine/stats/hypothesis_tests.hpp"

#include "engine/stats/kolmogorov.hpp"

#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace csva::stats {
namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

double chi_squared_survival(double x, double degrees) {
    return x <= 0 ? 1.0 : boost::math::gamma_q(degrees / 2, x / 2);
}

/// Share of the paths from (0, 0) to (n, n) that reach a distance of h from the diagonal.
double outside_square(std::int64_t n, std::int64_t h) {
    double p = 0;
    for (std::int64_t k = n / h; k >= 0; --k) {
        double factor = 1;
        for (std::int64_t j = 0; j < h; ++j)
            factor = static_cast<double>(n - k * h - j) * factor /
                     static_cast<double>(n + k * h + j + 1);
        p = factor * (1 - p);
    }
    return 2 * p;
}

/// The same for a rectangle: share of the paths to (i, j) that have left the band, row by row.
double outside_band(std::int64_t n, std::int64_t m, std::int64_t gcd, std::int64_t h) {
    const std::int64_t step_x = m / gcd, step_y = n / gcd;
    std::vector<double> left(static_cast<std::size_t>(m) + 1);
    for (std::int64_t i = 0; i <= n; ++i)
        for (std::int64_t j = 0; j <= m; ++j) {
            auto& here = left[static_cast<std::size_t>(j)];
            if (std::abs(i * step_x - j * step_y) >= h) {
                here = 1;
                continue;
            }
            if (i + j == 0) continue;
            const auto steps = static_cast<double>(i + j);
            const double from_left = j == 0 ? 0 : left[static_cast<std::size_t>(j - 1)];
            here = here * (static_cast<double>(i) / steps) +
                   from_left * (static_cast<double>(j) / steps);
        }
    return left.back();
}

/// Exact p, or NaN when it does not come out as a probability.
double exact_p(double d, std::int64_t n, std::int64_t m, std::int64_t gcd) {
    const auto h = static_cast<std::int64_t>(
        std::nearbyint(d * static_cast<double>(n / gcd) * static_cast<double>(m))
    );
    if (h == 0) return 1;
    const double p = n == m ? outside_square(n, h) : outside_band(n, m, gcd, h);
    return p >= 0 && p <= 1 ? p : kNan;
}

double log_choose(std::int64_t n, std::int64_t k) {
    const auto total = static_cast<double>(n), part = static_cast<double>(k);
    return boost::math::lgamma(total + 1) - boost::math::lgamma(part + 1) -
           boost::math::lgamma(total - part + 1);
}

}  // namespace

double kolmogorov_smirnov_p(double d, std::int64_t n, std::int64_t m, KsMode mode) {
    constexpr std::int64_t kMostAutomatic = 10'000;
    const std::int64_t gcd = std::gcd(n, m);
    const bool wanted =
        mode == KsMode::exact || (mode == KsMode::automatic && std::max(n, m) <= kMostAutomatic);
    if (wanted && n / gcd < std::numeric_limits<std::int32_t>::max() / (m / gcd))
        if (const double p = exact_p(d, n, m, gcd); !std::isnan(p)) return p;
    const double product = static_cast<double>(n) * static_cast<double>(m);
    const double effective = std::nearbyint(product / static_cast<double>(n + m));
    return kolmogorov_survival(std::max<std::int64_t>(1, std::llround(effective)), d);
}

TestResult kolmogorov_smirnov(std::span<const double> a, std::span<const double> b, KsMode mode) {
    if (a.empty() || b.empty()) return {kNan, 1};
    const double n = static_cast<double>(a.size()), m = static_cast<double>(b.size());
    double gap = 0;
    for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
        const double value = std::min(a[i], b[j]);
        while (i < a.size() && a[i] == value) ++i;
        while (j < b.size() && b[j] == value) ++j;
        gap = std::max(gap, std::abs(static_cast<double>(i) / n - static_cast<double>(j) / m));
    }
    const auto rows_a = static_cast<std::int64_t>(a.size());
    const auto rows_b = static_cast<std::int64_t>(b.size());
    return {gap, kolmogorov_smirnov_p(gap, rows_a, rows_b, mode)};
}

double kolmogorov_smirnov_statistic(BinCounts a, BinCounts b) {
    const auto n = static_cast<double>(std::accumulate(a.begin(), a.end(), std::int64_t{0}));
    const auto m = static_cast<double>(std::accumulate(b.begin(), b.end(), std::int64_t{0}));
    if (n == 0 || m == 0) return kNan;
    std::int64_t below_a = 0, below_b = 0;
    double gap = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        below_a += a[i];
        below_b += b[i];
        gap = std::max(
            gap, std::abs(static_cast<double>(below_a) / n - static_cast<double>(below_b) / m)
        );
    }
    return gap;
}

TestResult chi_squared_homogeneity(BinCounts a, BinCounts b) {
    const auto n = static_cast<double>(std::accumulate(a.begin(), a.end(), std::int64_t{0}));
    const auto m = static_cast<double>(std::accumulate(b.begin(), b.end(), std::int64_t{0}));
    TestResult out{0, 1, -1};
    if (n == 0 || m == 0) return {kNan, 1};
    for (std::size_t i = 0; i < a.size(); ++i) {
        const auto x = static_cast<double>(a[i]), y = static_cast<double>(b[i]);
        if (x + y == 0) continue;
        const double expected_x = (x + y) * n / (n + m), expected_y = (x + y) * m / (n + m);
        out.statistic += (x - expected_x) * (x - expected_x) / expected_x +
                         (y - expected_y) * (y - expected_y) / expected_y;
        out.degrees += 1;
    }
    if (out.degrees >= 1) out.p = chi_squared_survival(out.statistic, out.degrees);
    return out;
}

TestResult chi_squared_fit(std::span<const double> observed, std::span<const double> expected) {
    TestResult out{0, 1, static_cast<double>(observed.size()) - 1};
    for (std::size_t i = 0; i < observed.size(); ++i)
        out.statistic += (observed[i] - expected[i]) * (observed[i] - expected[i]) / expected[i];
    if (out.degrees >= 1) out.p = chi_squared_survival(out.statistic, out.degrees);
    return out;
}

TestResult fisher_exact(const TwoShares& s) {
    const std::int64_t hits = s.a_hits + s.b_hits, rows = s.a_rows + s.b_rows;
    const double odds = static_cast<double>(s.a_hits) * static_cast<double>(s.b_rows - s.b_hits) /
                        (static_cast<double>(s.b_hits) * static_cast<double>(s.a_rows - s.a_hits));
    if (hits == 0 || hits == rows || s.a_rows == 0 || s.b_rows == 0) return {kNan, 1};
    const double all = log_choose(rows, hits);
    const auto probability = [&](std::int64_t a) {
        return log_choose(s.a_rows, a) + log_choose(s.b_rows, hits - a) - all;
    };
    constexpr double kSame = 1e-8;  // Equal but for the last digits of the logarithms.
    const double here = probability(s.a_hits);
    double p = 0;
    const std::int64_t last = std::min(hits, s.a_rows);
    for (std::int64_t a = std::max<std::int64_t>(0, hits - s.b_rows); a <= last; ++a)
        if (const double log_p = probability(a); log_p <= here + kSame) p += std::exp(log_p);
    return {odds, std::min(1.0, p)};
}

TestResult equal_shares(const TwoShares& s) {
    constexpr double kEnough = 10;
    const auto hits = static_cast<double>(s.a_hits + s.b_hits);
    const auto rows = static_cast<double>(s.a_rows + s.b_rows);
    const auto smaller = static_cast<double>(std::min(s.a_rows, s.b_rows));
    if (std::min(hits, rows - hits) * smaller / rows < kEnough) return fisher_exact(s);
    const std::int64_t a[] = {s.a_hits, s.a_rows - s.a_hits};
    const std::int64_t b[] = {s.b_hits, s.b_rows - s.b_hits};
    return chi_squared_homogeneity(a, b);
}

double rosenbaum_p(std::int64_t above, std::int64_t n, std::int64_t m) {
    double p = 1;
    for (std::int64_t i = 0; i < above && p > 0; ++i)
        p *= static_cast<double>(m - i) / static_cast<double>(m + n - i);
    return p;
}

std::vector<double> benjamini_hochberg(std::span<const double> p, std::span<const double> weights) {
    const std::size_t n = p.size();
    std::vector<double> out(n);
    for (std::size_t i = 0; i < n; ++i) out[i] = weights.empty() ? p[i] : p[i] / weights[i];
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, [&](std::size_t a, std::size_t b) { return out[a] < out[b]; });
    double least = 1;
    for (std::size_t rank = n; rank-- > 0;) {
        auto& value = out[order[rank]];
        value *= static_cast<double>(n) / static_cast<double>(rank + 1);
        least = std::min(least, value);
        value = least;
    }
    return out;
}

}  // namespace csva::stats
