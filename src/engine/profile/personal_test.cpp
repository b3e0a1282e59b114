#include "engine/profile/personal.hpp"

#include "engine/duck/parquet.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace csva::profile {
namespace {

using table::ColumnType;

const table::Schema kSchema{{
    {.name = "note", .physical = "c0001", .type = ColumnType::text},
    {.name = "montant", .physical = "c0002", .type = ColumnType::integer},
    {.name = "lat", .physical = "c0003", .type = ColumnType::real},
    {.name = "naissance", .physical = "c0004", .type = ColumnType::date},
}};

/// One note in a hundred is an e-mail address, in the rows of one place of the table or everywhere.
std::string table_sql(std::int64_t rows, std::string_view where) {
    return "SELECT i AS row_id, CASE WHEN " + std::string(where) +
           " THEN 'ada' || i || '@exemple.fr' ELSE 'rouge' END, i % 900, 40 + (i % 1000) / 997.0, "
           "DATE '1950-01-01' + (i % 20000)::INTEGER FROM range(" +
           std::to_string(rows) + ") t(i)";
}

class Personals : public testing::Test {
protected:
    void SetUp() override {
        auto made = base::TemporaryFolder::make();
        ASSERT_TRUE(made);
        folder_.emplace(std::move(*made));
        auto opened = duck::Session::open({.allowed_folders = {folder_->path().string()}});
        ASSERT_TRUE(opened) << opened.error().internal;
        session_.emplace(std::move(*opened));
    }
    Personal found(const std::string& sql) {
        const auto parquet = (folder_->path() / "table.parquet").string();
        auto rows = session_->read(sql, kSchema);
        EXPECT_TRUE(rows) << rows.error().internal;
        EXPECT_TRUE(duck::write_table(*session_, **rows, parquet));
        auto out = find_personal(*session_, parquet, kSchema, control_);
        EXPECT_TRUE(out) << out.error().internal;
        return *out;
    }
    std::optional<base::TemporaryFolder> folder_;
    std::optional<duck::Session> session_;
    base::Control control_;
};

std::vector<std::string> columns_of(const Personal& personal) {
    std::vector<std::string> out;
    for (const auto& column : personal.columns) out.push_back(column.found.column);
    return out;
}

TEST_F(Personals, finds_what_is_personal_in_one_row_of_a_hundred) {
    const auto personal = found(table_sql(5'000, "i % 100 = 7"));
    EXPECT_EQ(personal.rows_looked_at, 5'000);
    EXPECT_EQ(columns_of(personal), (std::vector<std::string>{"note", "lat", "naissance"}));
    const auto& first = personal.columns[0].found.findings[0];
    EXPECT_EQ(first.kind, meaning::Kind::email);
    EXPECT_EQ(first.cells, 50);
    EXPECT_EQ(personal.columns[0].found.cells, 5'000);
    for (const auto& example : first.masked) EXPECT_FALSE(example.contains("ada"));
}

TEST_F(Personals, finds_it_in_a_large_table_wherever_it_stands) {
    for (const auto* where : {"i % 100 = 7", "i BETWEEN 201000 AND 205000"}) {
        const auto personal = found(table_sql(400'000, where));
        EXPECT_EQ(personal.rows, 400'000);
        EXPECT_LT(personal.rows_looked_at, 125'000);
        EXPECT_GT(personal.rows_looked_at, 75'000);
        const auto columns = columns_of(personal);
        EXPECT_NE(std::ranges::find(columns, "note"), columns.end()) << where;
    }
}

TEST_F(Personals, says_nothing_of_a_table_without_people) {
    EXPECT_TRUE(found("SELECT i AS row_id, 'rouge', i % 7, i::DOUBLE, NULL::DATE "
                      "FROM range(500) t(i)")
                    .columns.empty());
    EXPECT_TRUE(found("SELECT 1 AS row_id, NULL::VARCHAR, NULL::BIGINT, NULL::DOUBLE, NULL::DATE "
                      "WHERE false")
                    .columns.empty());
}

}  // namespace
}  // namespace csva::profile
