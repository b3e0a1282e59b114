#pragma once

#include <cstdint>
#include <span>

namespace csva::stats {

/// Rows in each bin; the same bins in the same order on both sides.
using BinCounts = std::span<const std::int64_t>;

/// Population stability index: sum over bins of (c - r) ln(c / r), with r and c the shares of
/// reference and current. Shape: both of one length >= 1. Unitless, >= 0 (0: equal shares). A bin
/// that is empty on one side counts as half a row there; empty on both it is left out. NaN when a
/// side has no row. Source: Lewis 1994, An Introduction to Credit Scoring; the symmetrised
/// divergence of Kullback, Leibler 1951. Check: Evidently 0.7.23 (psi) where no bin is empty, 1e-9.
double population_stability_index(BinCounts reference, BinCounts current);

/// Jensen-Shannon distance: the square root of the mean divergence of both sides from their mean.
/// Range: 0..1 in base 2 (0..0.8326 in base e). NaN when a side has no row. Source: Lin 1991, eq.
/// 4.1; Endres, Schindelin 2003 (its root is a metric). Check: SciPy 1.17
/// spatial.distance.jensenshannon, 1e-9.
double jensen_shannon_distance(BinCounts reference, BinCounts current, double base = 2);

/// What chance alone adds to the square of the distance above (base 2) between two samples of one
/// distribution in `bins` bins: (bins - 1)(1/n + 1/m) / (8 ln 2), from 2 ln2 * 4nm/(n+m) * JSD
/// being near chi-squared with bins - 1 degrees. Source: Grosse et al. 2002, eq. 20.
double jensen_shannon_bias(std::size_t bins, double reference_rows, double current_rows);

/// First Wasserstein (earth mover's) distance of two samples: the area between their distribution
/// functions, in the column's unit. Both ascending, no NaN; NaN when one is empty. Source:
/// Vallender 1974. Check: SciPy 1.17 stats.wasserstein_distance, 1e-9 relative.
double wasserstein_distance(std::span<const double> a, std::span<const double> b);

/// The same over the standard deviation (divisor n) of the reference, which is taken as at least
/// 0.001. Unitless. Check: Evidently 0.7.23 (wasserstein), 1e-9 relative.
double normed_wasserstein_distance(
    std::span<const double> reference, std::span<const double> current
);

/// The same from histograms with rows spread evenly within a bin: `edges` has one more entry than
/// each of the counts. In the column's unit.
double wasserstein_distance(std::span<const double> edges, BinCounts a, BinCounts b);

}  // namespace csva::stats
