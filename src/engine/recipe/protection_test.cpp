#include "engine/duck/parquet.hpp"
#include "engine/recipe/generalise.hpp"
#include "engine/recipe/keys.hpp"
#include "engine/recipe/replay.hpp"
#include "engine/table/column_parser.hpp"
#include "foundation/base/files.hpp"
#include "foundation/base/keyed_hash.hpp"

#include <gtest/gtest.h>

namespace csva::recipe {
namespace {

using base::Cell;
using table::ColumnType;

Cell word(std::string text) { return {Cell::Kind::text, std::move(text), 0}; }
Cell number(double value) { return {Cell::Kind::number, {}, value}; }

const table::Schema kSchema{{
    {.name = "age", .physical = "c0001", .type = ColumnType::integer},
    {.name = "income", .physical = "c0002", .type = ColumnType::real},
    {.name = "city", .physical = "c0003", .type = ColumnType::text},
    {.name = "born", .physical = "c0004", .type = ColumnType::date},
    {.name = "code", .physical = "c0005", .type = ColumnType::text},
}};
constexpr const char* kRows =
    "VALUES (1, 23, 1234.56::DOUBLE, 'Paris', DATE '1985-08-14', '75011'),"
    " (2, 27, 980.0, 'Paris', DATE '1985-02-01', '75012'),"
    " (3, -3, -0.4, 'Élodie-12', DATE '1969-12-31', 'SW1A 1AA'),"
    " (4, NULL, NULL, NULL, NULL, NULL),"
    " (5, 23, 1234.56, 'Paris', DATE '2000-02-29', '01000')";

/// Rows of one column, as the step leaves them.
std::vector<std::string> cells(table::TableReader& rows, const RowStep* step, std::size_t column) {
    std::vector<std::string> out;
    table::Batch batch(rows.schema());
    EXPECT_TRUE(rows.rewind());
    while (true) {
        const auto more = rows.next(batch);
        EXPECT_TRUE(more) << more.error().internal;
        if (!more || !*more) return out;
        if (step != nullptr) step->apply(batch);
        for (std::size_t row = 0; row < batch.rows(); ++row)
            out.push_back(table::cell_text(batch.columns[column], row));
    }
}

class Protections : public testing::Test {
protected:
    void SetUp() override {
        auto made = base::TemporaryFolder::make();
        ASSERT_TRUE(made);
        folder_.emplace(std::move(*made));
        auto opened = duck::Session::open({.allowed_folders = {folder_->path().string()}});
        ASSERT_TRUE(opened) << opened.error().internal;
        session_.emplace(std::move(*opened));
        parquet_ = (folder_->path() / "table.parquet").string();
        auto rows = session_->read(kRows, kSchema);
        ASSERT_TRUE(rows) << rows.error().internal;
        ASSERT_TRUE(duck::write_table(*session_, **rows, parquet_));
        set_key_source({});
    }
    void TearDown() override { set_key_source({}); }

    /// The column after the step, the same by its kernel and by one made from its constants.
    std::vector<std::string> after(const Step& step) {
        auto rows = duck::open_table(*session_, parquet_, kSchema);
        EXPECT_TRUE(rows);
        const auto fitted = fit_row_step(step, **rows, control_);
        EXPECT_TRUE(fitted) << fitted.error().reason;
        if (!fitted) return {};
        const auto loaded = load_row_step(step, kSchema, (*fitted)->constants());
        EXPECT_TRUE(loaded);
        const auto column = *kSchema.find(step.columns.front());
        const auto out = cells(**rows, fitted->get(), column);
        EXPECT_EQ(out, cells(**rows, loaded->get(), column));
        EXPECT_EQ((*fitted)->output_schema(), (*loaded)->output_schema());
        return out;
    }
    std::int64_t rows_kept(const Step& step) {
        const auto out = apply_step(
            *session_, parquet_, kSchema, step, (folder_->path() / "out.parquet").string(), control_
        );
        EXPECT_TRUE(out) << out.error().reason << out.error().internal;
        return out ? out->rows_after : -1;
    }
    base::Control control_;
    std::optional<base::TemporaryFolder> folder_;
    std::optional<duck::Session> session_;
    std::string parquet_;
};

using Cells = std::vector<std::string>;

TEST_F(Protections, masks_all_but_the_ends_it_keeps) {
    EXPECT_EQ(after({"mask@1", {"city"}, {}}), (Cells{"*****", "*****", "******-**", "", "*****"}));
    EXPECT_EQ(
        after({"mask@1", {"city"}, {{"keep_first", number(1)}, {"keep_last", number(2)}}}),
        (Cells{"P**is", "P**is", "É*****-12", "", "P**is"})
    );
    EXPECT_EQ(
        after({"mask@1", {"code"}, {{"keep_first", number(6)}}}),
        (Cells{"*****", "*****", "SW1A 1**", "", "*****"})
    ) << "too short for what it keeps: hidden whole";
    EXPECT_EQ(after({"mask@1", {"age"}, {}}), (Cells{"**", "**", "-*", "", "**"}));
}

TEST_F(Protections, generalises_each_kind_of_column) {
    const auto by = [](const char* hierarchy, double level) {
        return std::map<std::string, Cell>{
            {"hierarchy", word(hierarchy)}, {"level", number(level)}
        };
    };
    auto tens = by("number", 1);
    tens["width"] = number(10);
    EXPECT_EQ(after({"generalise@1", {"age"}, tens}), (Cells{"25", "25", "-5", "", "25"}));
    EXPECT_EQ(after({"generalise@1", {"age"}, by("number", 10)}), (Cells{"", "", "", "", ""}));
    EXPECT_EQ(
        after({"generalise@1", {"born"}, by("date", 1)}),
        (Cells{"1985-08-01", "1985-02-01", "1969-12-01", "", "2000-02-01"})
    );
    EXPECT_EQ(
        after({"generalise@1", {"born"}, by("date", 2)}),
        (Cells{"1985-07-01", "1985-01-01", "1969-10-01", "", "2000-01-01"})
    );
    EXPECT_EQ(
        after({"generalise@1", {"born"}, by("date", 4)}),
        (Cells{"1980-01-01", "1980-01-01", "1960-01-01", "", "2000-01-01"})
    );
    EXPECT_EQ(
        after({"generalise@1", {"code"}, by("postal_code", 1)}),
        (Cells{"7501*", "7501*", "SW1A *", "", "0100*"})
    );
    EXPECT_EQ(
        after({"generalise@1", {"code"}, by("postal_code", 2)}),
        (Cells{"750**", "750**", "SW *", "", "010**"})
    );
    auto groups = by("category", 1);
    groups["groups"] = word(" Paris = North ; Lyon=South");
    EXPECT_EQ(
        after({"generalise@1", {"city"}, groups}), (Cells{"North", "North", "other", "", "North"})
    );
    EXPECT_EQ(
        after({"generalise@1", {"city"}, by("category", 2)}), (Cells{"*", "*", "*", "", "*"})
    );
    EXPECT_EQ(
        after({"generalise@1", {"age"}, by("number", 0)}), (Cells{"23", "27", "-3", "", "23"})
    );
}

TEST_F(Protections, bins_and_rounds_numbers) {
    EXPECT_EQ(
        after({"bin@1", {"age"}, {{"width", number(10)}}}),
        (Cells{"[20, 30)", "[20, 30)", "[-10, 0)", "", "[20, 30)"})
    );
    EXPECT_EQ(
        after({"round@1", {"income"}, {{"to", number(100)}}}),
        (Cells{"1200", "1000", "0", "", "1200"})
    );
    EXPECT_EQ(
        after({"round@1", {"income"}, {{"to", number(0.1)}}}),
        (Cells{"1234.6", "980", "-0.4", "", "1234.6"})
    );
}

TEST_F(Protections, merges_or_swaps_what_too_few_rows_have) {
    EXPECT_EQ(
        after({"merge_rare@1", {"city"}, {{"min_rows", number(2)}}}),
        (Cells{"Paris", "Paris", "other", "", "Paris"})
    );
    EXPECT_EQ(
        after({"merge_rare@1", {"city"}, {{"min_rows", number(2)}, {"rare_mode", word("swap")}}}),
        (Cells{"Paris", "Paris", "Paris", "", "Paris"})
    );
}

TEST_F(Protections, pseudonyms_are_those_of_their_key) {
    const Key one = new_key(), other = new_key();
    EXPECT_NE(one.secret, other.secret);
    const Step step{"pseudonymise@1", {"city"}, {}};
    const auto made_with = [&](const Key& key) {
        set_key_source([key](std::string_view name) {
            return name.empty() || name == key.name ? std::optional(key) : std::nullopt;
        });
        return after(step);
    };
    const auto first = made_with(one);
    EXPECT_EQ(first[0].size(), 32U);
    EXPECT_EQ(first[0], first[1]);
    EXPECT_NE(first[0], first[2]);
    EXPECT_EQ(first[3], "");
    EXPECT_NE(first[0], made_with(other)[0]);
    EXPECT_EQ(first[0], base::KeyedHash(one.secret).hex("Paris"));
}

TEST_F(Protections, a_pseudonym_without_its_key_is_missing_and_the_key_is_in_no_constant) {
    const Key key = new_key();
    set_key_source([key](std::string_view) { return std::optional(key); });
    auto rows = duck::open_table(*session_, parquet_, kSchema);
    ASSERT_TRUE(rows);
    const Step step{"pseudonymise@1", {"city"}, {}};
    const auto fitted = fit_row_step(step, **rows, control_);
    ASSERT_TRUE(fitted);
    EXPECT_FALSE((*fitted)->constants().contains(key.secret));
    set_key_source({});
    const auto loaded = load_row_step(step, kSchema, (*fitted)->constants());
    ASSERT_TRUE(loaded);
    EXPECT_EQ(cells(**rows, loaded->get(), 2), Cells(5, ""));
    EXPECT_FALSE(fit_row_step(step, **rows, control_)) << "nothing to make pseudonyms with";
}

TEST_F(Protections, removes_rows_that_stand_out) {
    EXPECT_EQ(rows_kept({"suppress_rare@1", {"city"}, {{"k", number(2)}}}), 3);
    EXPECT_EQ(rows_kept({"suppress_rare@1", {"city", "age"}, {{"k", number(2)}}}), 2);
    EXPECT_EQ(rows_kept({"suppress_rare@1", {"city"}, {{"k", number(1)}}}), 5);
    EXPECT_EQ(rows_kept({"suppress_rare@1", {"city"}, {{"k", number(4)}}}), 0);
    const auto diverse = [&](double l) {
        return rows_kept(
            {"suppress_rare@1",
             {"city"},
             {{"k", number(2)}, {"l", number(l)}, {"sensitive", word("age")}}}
        );
    };
    EXPECT_EQ(diverse(2), 3);
    EXPECT_EQ(diverse(3), 0);
}

TEST_F(Protections, wrong_options_are_refused) {
    const auto reason = [](const Step& step) {
        const auto checked = check_step(step, kSchema);
        return checked ? std::string() : checked.error().reason;
    };
    EXPECT_EQ(reason({"mask@1", {"city"}, {{"keep_first", number(-1)}}}), "recipe.bad_option");
    EXPECT_EQ(reason({"round@1", {"age"}, {{"to", number(0)}}}), "recipe.bad_option");
    EXPECT_EQ(reason({"round@1", {"city"}, {{"to", number(1)}}}), "recipe.wrong_type");
    EXPECT_EQ(reason({"bin@1", {"age"}, {{"width", number(-2)}}}), "recipe.bad_option");
    EXPECT_EQ(reason({"merge_rare@1", {"city"}, {{"min_rows", number(0)}}}), "recipe.bad_option");
    const auto generalise = [&](const char* column, const char* hierarchy, Cell level) {
        return reason(
            {"generalise@1", {column}, {{"hierarchy", word(hierarchy)}, {"level", std::move(level)}}
            }
        );
    };
    EXPECT_EQ(generalise("age", "number", number(11)), "recipe.bad_option");
    EXPECT_EQ(generalise("age", "number", number(0.5)), "recipe.bad_option");
    EXPECT_EQ(generalise("age", "date", number(1)), "recipe.wrong_type");
    EXPECT_EQ(generalise("city", "number", number(1)), "recipe.wrong_type");
    EXPECT_EQ(generalise("born", "date", number(5)), "");
    EXPECT_EQ(reason({"suppress_rare@1", {"city"}, {{"k", number(0)}}}), "recipe.bad_option");
    EXPECT_EQ(
        reason({"suppress_rare@1", {"city"}, {{"k", number(2)}, {"sensitive", word("none")}}}),
        "recipe.bad_option"
    );
    EXPECT_FALSE(groups_from("Paris"));
    EXPECT_FALSE(groups_from("=North"));
    EXPECT_TRUE(groups_from(" ; "));
}

TEST_F(Protections, a_replay_says_which_columns_as_read_it_protects) {
    const std::vector<Step> steps{
        {"rename_column@1", {"city"}, {{"name", word("town")}}},
        {"mask@1", {"town"}, {}},
        {"drop_column@1", {"code"}, {}},
        {"suppress_rare@1", {"age"}, {{"k", number(2)}}},
    };
    auto rows = duck::open_table(*session_, parquet_, kSchema);
    ASSERT_TRUE(rows);
    const auto replay = Replay::fit(steps, **rows, control_);
    ASSERT_TRUE(replay) << replay.error().reason;
    EXPECT_EQ(replay->protected_columns(), std::vector<std::string>{"c0003"});
}

TEST(FirstDay, agrees_with_the_calendar_before_and_after_1970) {
    for (int year = 1899; year < 2101; year += 7)
        for (int month = 1; month <= 12; ++month) {
            const auto day = table::days_from_civil(year, month, 27);
            EXPECT_EQ(first_day(day, 1), table::days_from_civil(year, month, 1));
            EXPECT_EQ(first_day(day, 3), table::days_from_civil(year, 1, 1));
            EXPECT_EQ(first_day(day, 4), table::days_from_civil(year / 10 * 10, 1, 1));
        }
}

}  // namespace
}  // namespace csva::recipe
