#pragma once

#include "engine/stats/distances.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace csva::stats {

/// What a test says. `p`: probability of so much or more when both sides are of one distribution.
struct TestResult {
    double statistic = 0;
    double p = 1;
    double degrees = 0;  ///< Of freedom, for chi-squared.
};

/// `automatic`: exact when neither side has more than 10,000 values.
enum class KsMode : std::uint8_t { automatic, exact, asymptotic };

/// p of a two-sided two-sample Kolmogorov-Smirnov distance `d` between samples of n and m values.
/// Exact: the share of lattice paths that leave the band (n = m: Gnedenko, Korolyuk 1951; else the
/// recursion of Hodges 1958; O(nm)); too large for it (n m / gcd^2 above 2^31): asymptotic.
/// Asymptotic: kolmogorov_survival of round(nm / (n + m)) values. Check: SciPy 1.17 ks_2samp in
/// each mode, 1e-9.
double kolmogorov_smirnov_p(
    double d, std::int64_t n, std::int64_t m, KsMode mode = KsMode::automatic
);

/// Two-sample Kolmogorov-Smirnov: the largest gap between the distribution functions, and its p.
/// Both ascending, no NaN; statistic NaN and p 1 when one is empty. Source: Smirnov 1939. Check:
/// SciPy 1.17 ks_2samp, 1e-9.
TestResult kolmogorov_smirnov(
    std::span<const double> a, std::span<const double> b, KsMode mode = KsMode::automatic
);

/// The largest gap between the distribution functions at the ends of common bins. Lies below that
/// of the rows by at most the largest share of `a` in a bin that is more than one value.
double kolmogorov_smirnov_statistic(BinCounts a, BinCounts b);

/// Chi-squared test that both samples have one distribution over the bins, without continuity
/// correction. Bins empty on both sides are left out; fewer than two left: statistic 0, p 1.
/// Source: Pearson 1900; Fisher 1922 for the degrees. Check: SciPy 1.17 chi2_contingency
/// (correction=False), 1e-9.
TestResult chi_squared_homogeneity(BinCounts a, BinCounts b);

/// Chi-squared goodness of fit of counts to expected counts > 0. Source: Pearson 1900. Check: SciPy
/// 1.17 chisquare, 1e-9.
TestResult chi_squared_fit(std::span<const double> observed, std::span<const double> expected);

/// A share in each of two samples.
struct TwoShares {
    std::int64_t a_hits = 0, a_rows = 0, b_hits = 0, b_rows = 0;
};

/// Fisher's exact test of equal shares, two-sided: all tables at most as probable as this one.
/// Statistic: the odds ratio. Source: Fisher 1935. Check: SciPy 1.17 fisher_exact, 1e-9.
TestResult fisher_exact(const TwoShares& shares);

/// Fisher's exact test while an expected count is below 10, chi-squared above (Cochran 1954).
TestResult equal_shares(const TwoShares& shares);

/// Probability that `above` or more of m new values lie above the largest of n earlier ones from
/// the same continuous distribution (with ties it is less). Source: Rosenbaum 1954.
double rosenbaum_p(std::int64_t above, std::int64_t n, std::int64_t m);

/// p values adjusted so that calling those at most q keeps the expected share of false calls at q.
/// `weights`: of mean 1, how much each hypothesis is worth; empty: all alike. Source: Benjamini,
/// Hochberg 1995; with weights Genovese, Roeder, Wasserman 2006. Check: SciPy 1.17
/// false_discovery_control (all alike), 1e-9.
std::vector<double> benjamini_hochberg(
    std::span<const double> p, std::span<const double> weights = {}
);

}  // namespace csva::stats
