#include "engine/stats/hypothesis_tests.hpp"

#include "engine/stats/distances.hpp"
#include "engine/stats/kolmogorov.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <numbers>

// Values of SciPy 1.17.1; thousands more are compared by tests/peers/drift.

namespace csva::stats {
namespace {

TEST(hypothesis_tests, kolmogorov_smirnov_equals_scipy_in_each_mode) {
    const std::array<double, 5> a{1, 2, 3, 4, 5};
    const std::array<double, 6> b{3, 4, 5, 6, 7, 8};
    const auto exact = kolmogorov_smirnov(a, b);
    EXPECT_NEAR(exact.statistic, 0.5, 1e-12);
    EXPECT_NEAR(exact.p, 0.3571428571428571, 1e-9);
    EXPECT_EQ(kolmogorov_smirnov(a, a).p, 1);
    EXPECT_TRUE(std::isnan(kolmogorov_smirnov(a, {}).statistic));
}

TEST(hypothesis_tests, kolmogorov_survival_is_a_falling_probability_everywhere) {
    EXPECT_EQ(kolmogorov_survival(10, 1), 0);
    EXPECT_EQ(kolmogorov_survival(10, 0.05), 1);
    // Where one method gives way to another, nothing jumps.
    for (const std::int64_t n : {5, 140, 141, 1000, 200'000}) {
        double before = 1;
        for (int i = 1; i < 80; ++i) {
            const double p = kolmogorov_survival(n, i / 20.0 / std::sqrt(static_cast<double>(n)));
            EXPECT_LE(p, before + 1e-9) << n << ' ' << i;
            EXPECT_GE(p, 0);
            before = p;
        }
    }
}

TEST(hypothesis_tests, chi_squared_leaves_out_bins_without_rows) {
    const std::array<std::int64_t, 4> a{10, 20, 0, 30}, b{20, 20, 0, 20};
    const auto test = chi_squared_homogeneity(a, b);
    EXPECT_NEAR(test.statistic, 16.0 / 3, 1e-12);
    EXPECT_EQ(test.degrees, 2);
    EXPECT_NEAR(test.p, std::exp(-8.0 / 3), 1e-12);
    const std::array<std::int64_t, 1> one{5};
    EXPECT_EQ(chi_squared_homogeneity(one, one).p, 1);
}

TEST(hypothesis_tests, fisher_exact_equals_the_lady_tasting_tea) {
    EXPECT_NEAR(fisher_exact({3, 4, 1, 4}).p, 0.4857142857142857, 1e-12);
    EXPECT_EQ(fisher_exact({0, 4, 0, 4}).p, 1);
}

TEST(hypothesis_tests, rosenbaum_counts_new_values_above_the_old) {
    EXPECT_EQ(rosenbaum_p(0, 10, 10), 1);
    EXPECT_NEAR(rosenbaum_p(1, 10, 10), 0.5, 1e-12);
    EXPECT_NEAR(rosenbaum_p(2, 2, 2), 1.0 / 6, 1e-12);
}

TEST(hypothesis_tests, benjamini_hochberg_weighs) {
    const std::array<double, 3> p{0.01, 0.02, 0.03};
    const auto even = benjamini_hochberg(p);
    for (const double q : even) EXPECT_NEAR(q, 0.03, 1e-12);
    const std::array<double, 3> weights{0.5, 0.5, 2};
    const auto weighed = benjamini_hochberg(p, weights);
    EXPECT_NEAR(weighed[2], 0.03, 1e-12);
    EXPECT_NEAR(weighed[1], 0.04, 1e-12);
    EXPECT_TRUE(benjamini_hochberg({}).empty());
}

TEST(distances, are_zero_for_equal_and_known_for_disjoint_shares) {
    const std::array<std::int64_t, 2> a{10, 0}, b{0, 30}, c{5, 0};
    EXPECT_NEAR(jensen_shannon_distance(a, b), 1, 1e-12);
    EXPECT_NEAR(jensen_shannon_distance(a, b, std::numbers::e), std::sqrt(std::log(2)), 1e-12);
    EXPECT_EQ(jensen_shannon_distance(a, c), 0);
    EXPECT_EQ(population_stability_index(a, c), 0);
    EXPECT_TRUE(std::isnan(population_stability_index(a, std::array<std::int64_t, 2>{})));
}

TEST(distances, wasserstein_of_bins_is_that_of_rows_spread_within) {
    const std::array<double, 3> edges{0, 1, 2};
    const std::array<std::int64_t, 2> a{4, 0}, b{0, 4};
    EXPECT_NEAR(wasserstein_distance(edges, a, b), 1, 1e-12);
    const std::array<double, 2> x{0, 1}, y{5, 6};
    EXPECT_NEAR(wasserstein_distance(x, y), 5, 1e-12);
    EXPECT_NEAR(normed_wasserstein_distance(x, y), 10, 1e-12);
}

}  // namespace
}  // namespace csva::stats
