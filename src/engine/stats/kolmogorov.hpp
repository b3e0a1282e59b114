#pragma once

#include <cstdint>

namespace csva::stats {

/// P(D+ >= d) of the one-sided Kolmogorov-Smirnov statistic of `n` values, exactly. Range of d:
/// 0..1. Cost: n terms. Source: Birnbaum, Tingey 1951, eq. 3.0. Check: SciPy 1.17 special.smirnov,
/// 1e-9.
double smirnov_survival(std::int64_t n, double d);

/// P(D >= d) of the two-sided Kolmogorov-Smirnov statistic of `n` >= 1 values. Exact (Marsaglia,
/// Tsang, Wang 2003, on Durbin's matrix; Ruben, Gambino 1982 at both ends; twice the one-sided tail
/// far out) up to 140 values and in the tails, else Pelz, Good 1976 with four terms. The choice
/// follows Simard, L'Ecuyer 2011, table 1. Check: SciPy 1.17 stats.kstwo.sf, 1e-9.
double kolmogorov_survival(std::int64_t n, double d);

}  // namespace csva::stats
