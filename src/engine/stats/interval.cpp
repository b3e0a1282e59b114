#include "engine/stats/interval.hpp"

#include "engine/stats/random.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace csva::stats {

Interval wilson(double successes, double trials) {
    if (trials <= 0) return {0, 1, "wilson"};
    constexpr double z = 1.959963984540054;
    const double p = successes / trials;
    const double scale = 1 + z * z / trials;
    const double centre = (p + z * z / (2 * trials)) / scale;
    const double half = z / scale * std::sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials));
    return {std::max(0.0, centre - half), std::min(1.0, centre + half), "wilson"};
}

Interval bootstrap(
    std::size_t rows, std::uint64_t seed, int resamples, const std::function<double(Counts)>& score
) {
    SplitMix64 random(seed);
    std::vector<std::uint16_t> counts(rows);
    std::vector<double> results;
    for (int r = 0; r < resamples && rows > 0; ++r) {
        std::ranges::fill(counts, std::uint16_t{0});
        for (std::size_t i = 0; i < rows; ++i) ++counts[random.below(rows)];
        if (const double value = score(counts); std::isfinite(value)) results.push_back(value);
    }
    if (results.empty()) {
        constexpr double nan = std::numeric_limits<double>::quiet_NaN();
        return {nan, nan, "bootstrap"};
    }
    std::ranges::sort(results);
    const auto at = [&](double q) {
        const double position = q * static_cast<double>(results.size() - 1);
        const auto below = static_cast<std::size_t>(position);
        const auto above = std::min(below + 1, results.size() - 1);
        return results[below] +
               (position - static_cast<double>(below)) * (results[above] - results[below]);
    };
    return {at(0.025), at(0.975), "bootstrap"};
}

}  // namespace csva::stats
