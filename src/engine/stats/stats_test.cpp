#include "engine/stats/catalogue.hpp"
#include "engine/stats/interval.hpp"
#include "engine/stats/random.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace csva::stats {
namespace {

TEST(stats, fmix32_gives_the_published_check_values) {
    const std::array<std::uint32_t, 3> expected{1364076727U, 821347078U, 2247144487U};
    for (std::uint32_t i = 0; i < expected.size(); ++i) EXPECT_EQ(fmix32(i + 1), expected[i]);
}

TEST(stats, auc_counts_ties_half) {
    const std::array<int, 4> truth{0, 0, 1, 1};
    EXPECT_DOUBLE_EQ(
        roc_auc(truth, std::array<double, 4>{0.1, 0.4, 0.35, 0.8}), 0.75
    );  // scikit-learn's own example
    EXPECT_DOUBLE_EQ(roc_auc(truth, std::array<double, 4>{0.5, 0.5, 0.5, 0.5}), 0.5);
    EXPECT_TRUE(std::isnan(roc_auc(std::array<int, 2>{1, 1}, std::array<double, 2>{0.1, 0.2})));
}

TEST(stats, auc_with_counts_equals_repeated_rows) {
    const std::array<int, 3> truth{0, 1, 1};
    const std::array<double, 3> score{0.4, 0.3, 0.9};
    const std::array<std::uint16_t, 3> counts{2, 1, 3};
    EXPECT_DOUBLE_EQ(
        roc_auc(truth, score, counts),
        roc_auc(std::array<int, 6>{0, 0, 1, 1, 1, 1}, std::array<double, 6>{.4, .4, .3, .9, .9, .9})
    );
}

TEST(stats, classification_scores_equal_scikit_learn) {
    // sklearn 1.9: y=[0,1,2,2,1], p=[0,2,2,2,1]
    const std::array<int, 5> truth{0, 1, 2, 2, 1};
    const std::array<int, 5> predicted{0, 2, 2, 2, 1};
    EXPECT_NEAR(accuracy(truth, predicted), 0.8, 1e-12);
    EXPECT_NEAR(macro_f1(truth, predicted, 3), (1.0 + 2.0 / 3 + 0.8) / 3, 1e-12);
    EXPECT_EQ(
        confusion_matrix(truth, predicted, 3),
        (std::vector<std::int64_t>{1, 0, 0, 0, 1, 1, 0, 0, 2})
    );
}

TEST(stats, regression_scores_equal_scikit_learn) {
    const std::array<double, 4> truth{3, -0.5, 2, 7};
    const std::array<double, 4> predicted{2.5, 0.0, 2, 8};
    EXPECT_NEAR(r2(truth, predicted), 0.9486081370449679, 1e-12);  // scikit-learn's own example
    EXPECT_NEAR(rmse(truth, predicted), std::sqrt(0.375), 1e-12);
    EXPECT_NEAR(mean_absolute_error(truth, predicted), 0.5, 1e-12);
    EXPECT_TRUE(std::isnan(r2(std::array<double, 2>{1, 1}, std::array<double, 2>{1, 1})));
}

TEST(stats, log_loss_clips_impossible_probabilities) {
    const std::array<double, 4> p{1, 0, 0, 1};
    const double loss = log_loss(std::array<int, 2>{1, 1}, {p, 2});
    EXPECT_NEAR(loss, (36.04365338911715 + 2.220446049250313e-16) / 2, 1e-9);
}

TEST(stats, wilson_equals_statsmodels) {
    const auto i = wilson(84, 100);  // proportion_confint(84, 100, method="wilson")
    EXPECT_NEAR(i.low, 0.7558, 1e-4);
    EXPECT_NEAR(i.high, 0.8990, 1e-4);
}

TEST(stats, bootstrap_is_repeatable_and_covers_the_mean) {
    const auto mean = [](Counts c) {
        double sum = 0;
        for (std::size_t i = 0; i < c.size(); ++i) sum += c[i] * static_cast<double>(i);
        return sum / static_cast<double>(c.size());
    };
    const auto a = bootstrap(100, 7, 200, mean);
    const auto b = bootstrap(100, 7, 200, mean);
    EXPECT_EQ(a.low, b.low);
    EXPECT_LT(a.low, 49.5);
    EXPECT_GT(a.high, 49.5);
    EXPECT_TRUE(std::isnan(bootstrap(0, 7, 200, mean).low));
}

TEST(stats, catalogue_names_are_unique_and_found) {
    for (const auto& row : scores()) EXPECT_EQ(find_score(row.name), &row);
    EXPECT_EQ(find_score("nothing"), nullptr);
}

}  // namespace
}  // namespace csva::stats
