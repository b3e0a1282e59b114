#include "engine/profile/profile.hpp"

#include "engine/duck/parquet.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

namespace csva::profile {
namespace {

using table::ColumnType;

class Profiles : public testing::Test {
protected:
    void SetUp() override {
        auto made = base::TemporaryFolder::make();
        ASSERT_TRUE(made);
        folder_.emplace(std::move(*made));
        auto opened = duck::Session::open({.allowed_folders = {folder_->path().string()}});
        ASSERT_TRUE(opened) << opened.error().internal;
        session_.emplace(std::move(*opened));
        file_ = (folder_->path() / "t.parquet").string();
    }
    /// Profile of the rows a statement gives.
    Profile profile(const std::string& sql, const table::Schema& schema) {
        auto rows = session_->read(sql, schema);
        EXPECT_TRUE(rows) << rows.error().internal;
        const auto written = duck::write_table(*session_, **rows, file_);
        EXPECT_TRUE(written) << written.error().internal;
        base::Control control;
        auto result = profile_table(*session_, file_, schema, control);
        EXPECT_TRUE(result) << result.error().internal;
        return result ? std::move(*result) : Profile{};
    }
    std::optional<base::TemporaryFolder> folder_;
    std::optional<duck::Session> session_;
    std::string file_;
};

const table::Schema kTwoNumbers{{
    {.name = "a", .physical = "c0001", .type = ColumnType::integer},
    {.name = "b", .physical = "c0002", .type = ColumnType::real},
}};

TEST_F(Profiles, numbers_have_moments_quantiles_and_a_histogram_that_adds_up) {
    const auto p = profile(
        "SELECT i, i, CASE WHEN i <= 90 THEN -2.0::DOUBLE * i END FROM range(1, 101) t(i)",
        kTwoNumbers
    );
    ASSERT_EQ(p.columns.size(), 2u);
    const auto& a = p.columns[0];
    EXPECT_EQ(p.rows, 100);
    EXPECT_DOUBLE_EQ(a.mean.value(), 50.5);
    EXPECT_NEAR(a.standard_deviation.value(), 29.011491975882016, 1e-12);  // numpy.std(ddof=1)
    EXPECT_DOUBLE_EQ(a.quantiles.at(3), 50.5);
    EXPECT_DOUBLE_EQ(a.quantiles.at(0), 1.99);  // numpy.quantile(range(1, 101), 0.01)
    EXPECT_EQ(a.distinct, 100);
    EXPECT_EQ(a.minimum_text, "1");
    std::int64_t sum = 0;
    for (const auto n : a.histogram.value().counts) sum += n;
    EXPECT_EQ(sum, 100);
    EXPECT_EQ(p.columns[1].missing, 10);
    EXPECT_EQ(p.missing_cells, 10);
    ASSERT_EQ(p.correlations.size(), 1u);
    EXPECT_NEAR(p.correlations[0].value, -1.0, 1e-12);
    EXPECT_EQ(p.duplicate_rows, 0);
}

TEST_F(Profiles, texts_dates_times_and_booleans_are_counted_and_shown_as_people_read_them) {
    const table::Schema schema{{
        {.name = "t", .physical = "c0001", .type = ColumnType::text},
        {.name = "d", .physical = "c0002", .type = ColumnType::date},
        {.name = "h", .physical = "c0003", .type = ColumnType::time},
        {.name = "s", .physical = "c0004", .type = ColumnType::timestamp},
        {.name = "f", .physical = "c0005", .type = ColumnType::boolean},
    }};
    const auto p = profile(
        "SELECT i, CASE WHEN i % 4 = 0 THEN 'é' ELSE 'deux' END, DATE '1969-12-31' + i::INTEGER, "
        "TIME '10:00:00' + to_seconds(i), TIMESTAMP '2026-01-01 00:00:00' + to_seconds(i), i > 3 "
        "FROM range(8) t(i)",
        schema
    );
    EXPECT_EQ(p.columns[0].top_values.at(0).value, "deux");
    EXPECT_EQ(p.columns[0].top_values.at(0).count, 6);
    EXPECT_EQ(p.columns[0].length_minimum, 1.0);
    EXPECT_EQ(p.columns[1].minimum_text, "1969-12-31");
    EXPECT_EQ(p.columns[1].minimum, -1.0);
    EXPECT_EQ(p.columns[2].maximum_text, "10:00:07");
    EXPECT_EQ(p.columns[3].maximum_text, "2026-01-01 00:00:07");
    EXPECT_EQ(p.columns[4].top_values.size(), 2u);
}

TEST_F(Profiles, alerts_name_constant_empty_unique_and_duplicate) {
    const auto p = profile("SELECT i, 7::BIGINT, NULL::DOUBLE FROM range(10) t(i)", kTwoNumbers);
    EXPECT_EQ(p.columns[0].alerts, std::vector<std::string>{"constant"});
    EXPECT_EQ(p.columns[1].alerts, std::vector<std::string>{"empty"});
    EXPECT_EQ(p.duplicate_rows, 9);
    EXPECT_EQ(p.alerts, std::vector<std::string>{"duplicates"});
    const auto q = profile("SELECT i, i, (i % 2)::DOUBLE FROM range(10) t(i)", kTwoNumbers);
    EXPECT_EQ(q.columns[0].alerts, std::vector<std::string>{"unique"});
}

TEST_F(Profiles, a_table_without_rows_and_huge_numbers_are_no_failure) {
    const auto none = profile("SELECT i, i, i::DOUBLE FROM range(0) t(i)", kTwoNumbers);
    EXPECT_EQ(none.alerts, std::vector<std::string>{"no_rows"});
    EXPECT_FALSE(none.columns[0].mean);
    const auto huge = profile(
        "SELECT i, 9223372036854775807 - i, CASE WHEN i % 2 = 0 THEN 1e308::DOUBLE ELSE "
        "-1e308::DOUBLE END FROM "
        "range(10) t(i)",
        kTwoNumbers
    );
    EXPECT_EQ(huge.rows, 10);
    EXPECT_EQ(huge.columns[1].maximum, 1e308);
    EXPECT_FALSE(huge.columns[1].histogram);
}

TEST_F(Profiles, more_columns_than_one_scan_takes_are_all_profiled) {
    table::Schema schema;
    std::string sql = "SELECT i";
    for (std::size_t c = 0; c < 320; ++c) {
        schema.columns.push_back(
            {.name = "n" + std::to_string(c),
             .physical = table::physical_name(c),
             .type = ColumnType::integer}
        );
        sql += ", i + " + std::to_string(c);
    }
    const auto p = profile(sql + " FROM range(1, 4) t(i)", schema);
    EXPECT_EQ(p.columns[319].minimum, 320.0);
}

}  // namespace
}  // namespace csva::profile
