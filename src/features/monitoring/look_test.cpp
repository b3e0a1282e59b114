#include "features/monitoring/look.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace csva::monitoring {
namespace {

constexpr std::int64_t kDay = 86'400'000;

predictions::WaitingSegment segment(
    std::int64_t from_ms, std::int64_t rows, std::optional<std::int64_t> batch = {}
) {
    return {
        "c" + std::to_string(from_ms),
        batch,
        "p1/" + std::to_string(from_ms),
        rows,
        from_ms,
        from_ms + 5
    };
}

TEST(Windows, are_made_of_files_and_of_periods) {
    const std::vector waiting{
        segment(10, 60), segment(20, 300, 7), segment(30, 50, 8), segment(kDay + 1, 500)
    };
    const auto windows = windows_from(waiting, kDay, kDay);
    ASSERT_EQ(windows.size(), 2U);
    EXPECT_EQ(windows[0].kind, WindowKind::batch);
    EXPECT_EQ(windows[0].batch_id, 7);
    EXPECT_EQ(windows[1].kind, WindowKind::period);
    EXPECT_EQ(windows[1].codes, (std::vector<std::string>{"c10", "c30"}))
        << "a small file is no window";
    EXPECT_EQ(windows[1].to_ms, 35);
}

TEST(Windows, wait_for_enough_rows_and_say_when_they_are_no_whole_period) {
    EXPECT_TRUE(windows_from({segment(10, 99)}, kDay, kDay).empty());
    const std::vector waiting{segment(10, 60), segment(kDay + 10, 60)};
    const auto late = windows_from(waiting, 2 * kDay, kDay);
    ASSERT_EQ(late.size(), 1U);
    EXPECT_EQ(late[0].kind, WindowKind::stretch) << "it began in an earlier period";
    const auto asked = windows_from({segment(10, 100)}, 700, 0);
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked[0].kind, WindowKind::stretch);
}

TEST(Windows, take_a_clock_that_goes_back) {
    const auto windows = windows_from({segment(900, 80), segment(100, 80)}, kDay, kDay);
    ASSERT_EQ(windows.size(), 1U);
    EXPECT_EQ(windows[0].from_ms, 100);
    EXPECT_EQ(windows[0].to_ms, 905);
}

TEST(Distributions, hold_the_same_groups_of_both) {
    std::vector<double> before(1000), now(1000, 5000.0);
    std::iota(before.begin(), before.end(), 0.0);
    drift::Sketch reference;
    reference.columns = {drift::sketch_numbers("n", drift::Role::input, before)};
    reference.columns[0].column.type = table::ColumnType::real;
    reference.rows = 1000;
    table::Schema schema;
    schema.columns = {reference.columns[0].column};
    drift::Counter counter(drift::blank(reference), schema);
    table::Batch batch(schema);
    for (std::size_t i = 0; i < now.size(); ++i) {
        batch.row_ids.push_back(static_cast<std::int64_t>(i));
        batch.columns[0].append_real(now[i]);
    }
    counter.add(batch);
    const auto found = distributions_of(reference, counter.take());
    ASSERT_EQ(found.size(), 1U);
    const auto& d = found[0];
    ASSERT_EQ(d.edges.size(), d.reference.size() + 1);
    EXPECT_NEAR(std::accumulate(d.reference.begin(), d.reference.end(), 0.0), 1, 1e-12);
    EXPECT_DOUBLE_EQ(d.window.back(), 1) << "what lies beyond the range is in the outer group";
    for (const double share : d.reference) EXPECT_NEAR(share, 1.0 / 12, 0.02);
}

}  // namespace
}  // namespace csva::monitoring
