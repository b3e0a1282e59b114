#include "engine/stats/kolmogorov.hpp"

#include <boost/math/special_functions/gamma.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

namespace csva::stats {
namespace {

constexpr double kPi = std::numbers::pi;

/// A square matrix, row by row, times 2^exponent.
struct Scaled {
    std::size_t size = 0;
    std::vector<double> cells;
    int exponent = 0;
    double at(std::size_t i, std::size_t j) const { return cells[i * size + j]; }
    double& at(std::size_t i, std::size_t j) { return cells[i * size + j]; }
};

constexpr int kStep = 128;  // Numbers above 2^128 are brought back by as much.

Scaled product(const Scaled& a, const Scaled& b) {
    Scaled out{a.size, std::vector<double>(a.cells.size()), a.exponent + b.exponent};
    for (std::size_t i = 0; i < a.size; ++i)
        for (std::size_t k = 0; k < a.size; ++k)
            for (std::size_t j = 0; j < a.size; ++j) out.at(i, j) += a.at(i, k) * b.at(k, j);
    const std::size_t middle = a.size / 2;
    if (std::abs(out.at(middle, middle)) > std::ldexp(1.0, kStep)) {
        for (double& c : out.cells) c = std::ldexp(c, -kStep);
        out.exponent += kStep;
    }
    return out;
}

Scaled power(const Scaled& base, std::int64_t n) {
    if (n == 1) return base;
    const Scaled half = power(base, n / 2);
    const Scaled square = product(half, half);
    return n % 2 == 0 ? square : product(square, base);
}

/// Durbin's matrix for n * d = k - h.
Scaled durbin_matrix(std::size_t k, double h) {
    const std::size_t m = 2 * k - 1;
    Scaled out{m, std::vector<double>(m * m), 0};
    std::vector<double> inverse_factorial(m + 1, 1.0);
    for (std::size_t i = 1; i <= m; ++i)
        inverse_factorial[i] = inverse_factorial[i - 1] / static_cast<double>(i);
    for (std::size_t i = 0; i < m; ++i)
        for (std::size_t j = 1; j < m; ++j)
            if (i + 1 >= j) out.at(i, j) = inverse_factorial[i + 1 - j];
    for (std::size_t i = 0; i < m; ++i) {
        const double v = (1 - std::pow(h, static_cast<double>(i + 1))) * inverse_factorial[i + 1];
        out.at(i, 0) = out.at(m - 1, m - 1 - i) = v;
    }
    const auto order = static_cast<double>(m);
    const double corner = 1 - 2 * std::pow(h, order) + std::pow(std::max(2 * h - 1, 0.0), order);
    out.at(m - 1, 0) = corner * inverse_factorial[m];
    return out;
}

double marsaglia_tsang_wang(std::int64_t n, double d) {
    const double t = static_cast<double>(n) * d;
    const double k = std::ceil(t);
    const auto size = static_cast<std::size_t>(k);
    const Scaled raised = power(durbin_matrix(size, k - t), n);
    double p = raised.at(size - 1, size - 1);
    int exponent = raised.exponent;
    for (std::int64_t i = 1; i <= n; ++i) {
        p *= static_cast<double>(i) / static_cast<double>(n);
        if (p < std::ldexp(1.0, -kStep)) {
            p = std::ldexp(p, kStep);
            exponent -= kStep;
        }
    }
    return std::ldexp(p, exponent);
}

/// The four terms' inner sums for odd multiples of pi / 2, each over its denominator.
std::array<double, 4> pelz_good_odd(double z, int terms) {
    const double z2 = z * z, z4 = z2 * z2, z6 = z4 * z2, z8 = z4 * z4;
    const double p2 = kPi * kPi, p4 = p2 * p2, p6 = p4 * p2;
    std::array<double, 4> sums{};
    for (int k = terms; k >= 1; --k) {
        const double m2 = std::pow(2 * k - 1, 2), m4 = m2 * m2, m6 = m4 * m2;
        const double weight = std::exp(-m2 * p2 / (8 * z2));
        sums[0] += weight;
        sums[1] += weight * (p2 / 4 * m2 - z2);
        sums[2] += weight * (6 * z6 + 2 * z4 + (2 * z4 - 5 * z2) * p2 / 4 * m2 +
                             (1 - 2 * z2) * p4 / 16 * m4);
        sums[3] += weight * (-30 * z6 - 90 * z8 + (135 * z4 - 96 * z6) * p2 / 4 * m2 +
                             (212 * z4 - 60 * z2) * p4 / 16 * m4 + (5 - 30 * z2) * p6 / 64 * m6);
    }
    const std::array<double, 4> over{z, 6 * z4, 72 * z6 * z, 6480 * z8 * z2};
    for (std::size_t i = 0; i < sums.size(); ++i) sums[i] *= std::sqrt(2 * kPi) / over[i];
    return sums;
}

double pelz_good(std::int64_t n, double d) {
    const double root = std::sqrt(static_cast<double>(n)), z = root * d, z2 = z * z;
    constexpr double kSmallestLog = -708;
    if (-kPi * kPi / 8 / z2 < kSmallestLog) return 0;
    const int terms = static_cast<int>(std::ceil(16 * z / kPi));
    auto k = pelz_good_odd(z, terms);
    double second = 0, third = 0;
    for (int j = terms; j >= 1; --j) {
        const double j2 = j * j, weight = j2 * std::exp(-kPi * kPi / 2 / z2 * j2);
        second += weight;
        third += weight * (3 * z2 - kPi * kPi * j2);
    }
    const double scale = kPi * kPi * std::sqrt(2 * kPi);
    k[2] -= scale / (36 * z2 * z) * second;
    k[3] += scale / (216 * z2 * z2 * z2) * third;
    return k[0] + k[1] / root + k[2] / (root * root) + k[3] / (root * root * root);
}

/// n! / n^n * (2t - 1)^n, for t = n * d in (0.5, 1].
double smallest_distances(std::int64_t n, double t) {
    const auto count = static_cast<double>(n);
    return std::exp(
        boost::math::lgamma(count + 1) - count * std::log(count) + count * std::log(2 * t - 1)
    );
}

}  // namespace

double smirnov_survival(std::int64_t n, double d) {
    if (d <= 0) return 1;
    if (d >= 1) return 0;
    const auto count = static_cast<double>(n);
    const double log_factorial = boost::math::lgamma(count + 1);
    double sum = std::exp(count * std::log1p(-d));
    const auto last = static_cast<std::int64_t>(std::floor(count * (1 - d)));
    for (std::int64_t j = 1; j <= last; ++j) {
        const auto v = static_cast<double>(j);
        const double left = 1 - d - v / count;
        if (left <= 0) break;
        sum += d *
               std::exp(
                   log_factorial - boost::math::lgamma(v + 1) - boost::math::lgamma(count - v + 1) +
                   (v - 1) * std::log(d + v / count) + (count - v) * std::log(left)
               );
    }
    return std::min(1.0, sum);
}

double kolmogorov_survival(std::int64_t n, double d) {
    constexpr std::int64_t kSmall = 140, kMostExact = 100'000;
    constexpr double kFarOut = 2.2, kFarOutSmall = 4, kBeyond = 370;
    constexpr double kExactBelow = 1.4;  // n d^1.5
    if (d >= 1) return 0;
    const auto count = static_cast<double>(n);
    const double t = count * d, square = t * d;
    if (t <= 0.5) return 1;
    if (t <= 1) return 1 - smallest_distances(n, t);
    if (t >= count - 1) return 2 * std::pow(1 - d, count);
    if (square >= kBeyond) return 0;
    if (d >= 0.5 || square > (n <= kSmall ? kFarOutSmall : kFarOut))
        return std::min(1.0, 2 * smirnov_survival(n, d));
    const bool exact = n <= kSmall || (n <= kMostExact && t * std::sqrt(d) <= kExactBelow);
    return std::clamp(1 - (exact ? marsaglia_tsang_wang(n, d) : pelz_good(n, d)), 0.0, 1.0);
}

}  // namespace csva::stats
