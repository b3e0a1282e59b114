#pragma once

#include "engine/stats/scores.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <functional>

namespace csva::stats {

/// A range that covers the true value with the stated confidence (0.95 unless told).
struct Interval {
    double low = 0;
    double high = 0;
    std::string source;  ///< "wilson", "bootstrap", "normal" or "draws".
};
CSVA_DESCRIBE(Interval, low, high, source)

/// Score interval of a share: `successes` of `trials`. Source: Wilson 1927, eq. 4; z = 1.959964.
/// Check: statsmodels proportion_confint(method="wilson"), 1e-6. (0, 1) for no trials.
Interval wilson(double successes, double trials);

/// Percentile bootstrap over rows: `score` is called with how often each of `rows` rows was drawn.
/// The same seed gives the same interval. NaN results are left out; NaN bounds when none is left.
/// Source: Efron 1979.
Interval bootstrap(
    std::size_t rows, std::uint64_t seed, int resamples, const std::function<double(Counts)>& score
);

}  // namespace csva::stats
