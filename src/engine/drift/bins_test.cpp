#include "engine/drift/bins.hpp"

#include "engine/stats/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace csva::drift {
namespace {

/// Counts of `values` in bins of `edges` as a search among all of the edges gives them.
std::vector<std::int64_t> searched(
    const std::vector<double>& edges, const std::vector<double>& values
) {
    std::vector<std::int64_t> counts(edges.size() + 1);
    for (const double v : values)
        ++counts[static_cast<std::size_t>(std::ranges::lower_bound(edges, v) - edges.begin())];
    return counts;
}

void expect_same(const std::vector<double>& edges, const std::vector<double>& values) {
    ColumnSketch column;
    column.edges = edges;
    column.counts.assign(edges.size() + 1, 0);
    count_numbers(values, column);
    EXPECT_EQ(column.counts, searched(edges, values));
}

TEST(bins, numbers_fall_where_a_search_among_all_edges_puts_them) {
    constexpr std::size_t kRows = 20'000;
    stats::SplitMix64 random(3);
    std::vector<std::vector<double>> kinds(8);
    for (std::size_t i = 0; i < kRows; ++i) {
        const double u = random.unit();
        kinds[0].push_back(u);
        kinds[1].push_back(std::tan(u * 3.14));                // Some are very far away.
        kinds[2].push_back(std::floor(u * 12));                // Many share a value.
        kinds[3].push_back(std::ldexp(u - 0.5, 1000));         // The range is near the end.
        kinds[4].push_back(std::ldexp(u, -1060));              // Subnormal numbers.
        kinds[5].push_back(1e15 + std::floor(u * 3) / 8);      // Neighbours of a great one.
        kinds[6].push_back(u < 0.5 ? -std::exp(u * 600) : u);  // A heavy tail.
        kinds[7].push_back(std::numeric_limits<double>::max() * (u - 0.5) * 2);
    }
    for (const auto& values : kinds) {
        const auto edges = make_edges(values);
        ASSERT_GT(edges.size(), 1U);
        expect_same(edges, values);
        auto others = values;  // Numbers that the edges have not seen, and the edges themselves.
        for (auto& v : others) v = v * 1.1 + 0.01;
        std::erase_if(others, [](double v) { return !std::isfinite(v); });
        for (const double e : edges)
            if (std::isfinite(e)) others.push_back(e);
        expect_same(edges, others);
    }
}

TEST(bins, of_few_edges_or_few_numbers_are_right_as_well) {
    expect_same({}, std::vector<double>(5000, 1.0));
    expect_same({2}, std::vector<double>(5000, 1.0));
    expect_same({1, 2, 3}, {0.5, 1, 2.5, 9});
}

}  // namespace
}  // namespace csva::drift
