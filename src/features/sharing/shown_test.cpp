#include "features/sharing/types.hpp"

#include <gtest/gtest.h>

namespace csva::sharing {
namespace {

profile::ColumnProfile column() {
    profile::ColumnProfile out;
    out.name = "pay";
    out.count = 1000;
    out.mean = 50;
    out.minimum = 1;
    out.maximum = 1'000'000;
    out.minimum_text = "1";
    out.maximum_text = "1000000";
    out.quantiles = {2, 10, 30, 50, 70, 90, 900'000};
    out.histogram = profile::Histogram{0, 100, {3, 10, 500, 2, 480, 4, 0, 0, 0, 1}};
    out.top_values = {{"Paris", 700}, {"Lyon", 10}, {"Zoë Martin", 9}, {"x", 1}};
    return out;
}

TEST(Shown, holds_nothing_that_belongs_to_few_rows) {
    profile::Profile whole;
    whole.rows = 1000;
    whole.columns = {column()};
    const std::string json = base::to_json(shown_of(whole));
    for (const auto* single : {"1000000", "900000", "Zoë", "minimum", "maximum"})
        EXPECT_EQ(json.find(single), std::string::npos) << single;
    const auto shown = shown_of(whole).columns.front();
    EXPECT_EQ(shown.quantiles, (std::vector<double>{10, 30, 50, 70, 90}));
    ASSERT_TRUE(shown.histogram);
    EXPECT_EQ(shown.histogram->low, 10);
    EXPECT_EQ(shown.histogram->high, 50);
    EXPECT_EQ(shown.histogram->counts, (std::vector<std::int64_t>{10, 500, 2, 480}));
    ASSERT_EQ(shown.top_values.size(), 2U);
    EXPECT_EQ(shown.top_values.back().value, "Lyon");
}

TEST(Shown, says_little_of_columns_of_few_values) {
    profile::Profile whole;
    whole.columns = {column()};
    whole.columns.front().count = 9;
    const auto nine = shown_of(whole).columns.front();
    EXPECT_FALSE(
        nine.mean || nine.histogram || !nine.top_values.empty() || !nine.quantiles.empty()
    );
    whole.columns.front().count = 199;
    EXPECT_TRUE(shown_of(whole).columns.front().quantiles.empty());
    whole.columns.front().histogram = profile::Histogram{0, 10, {9, 9}};
    EXPECT_FALSE(shown_of(whole).columns.front().histogram);
}

}  // namespace
}  // namespace csva::sharing
