#include "engine/duck/parquet.hpp"
#include "engine/recipe/replay.hpp"
#include "engine/table/column_parser.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

namespace csva::recipe {
namespace {

using base::Cell;
using table::ColumnType;

Cell words(std::string text) { return {Cell::Kind::text, std::move(text), 0}; }

const table::Schema kSchema{{
    {.name = "n", .physical = "c0001", .type = ColumnType::integer},
    {.name = "r", .physical = "c0002", .type = ColumnType::real},
    {.name = "t", .physical = "c0003", .type = ColumnType::text},
}};
/// 6,000 rows so that there is more than one batch; n misses every 5th, r every 7th, t has spaces,
/// blanks and repeats.
constexpr const char* kRows =
    "SELECT i AS row_id, CASE WHEN i % 5 > 0 THEN i % 100 END, CASE WHEN i % 7 > 0 THEN (i % 100) "
    "/ "
    "8.0::DOUBLE END, CASE WHEN i % 3 = 0 THEN '  ' || (i % 10) || ' ' WHEN i % 3 = 1 THEN 'x' END "
    "FROM range(1, 6001) t(i)";

std::vector<std::string> cells(table::TableReader& rows, const RowStep* step) {
    std::vector<std::string> out;
    table::Batch batch;
    for (;;) {
        const auto more = rows.next(batch);
        EXPECT_TRUE(more) << more.error().internal;
        if (!more || !*more) return out;
        if (step != nullptr) step->apply(batch);
        for (std::size_t i = 0; i < batch.rows(); ++i) {
            std::string line = std::to_string(batch.row_ids[i]);
            for (const auto& column : batch.columns)
                line += column.missing(i) ? ",<none>" : "," + table::cell_text(column, i);
            out.push_back(std::move(line));
        }
    }
}

class Recipes : public testing::Test {
protected:
    void SetUp() override {
        auto made = base::TemporaryFolder::make();
        ASSERT_TRUE(made);
        folder_.emplace(std::move(*made));
        auto opened = duck::Session::open({.allowed_folders = {folder_->path().string()}});
        ASSERT_TRUE(opened) << opened.error().internal;
        session_.emplace(std::move(*opened));
        parent_ = (folder_->path() / "parent.parquet").string();
        out_ = (folder_->path() / "out.parquet").string();
        auto rows = session_->read(kRows, kSchema);
        ASSERT_TRUE(rows) << rows.error().internal;
        const auto written = duck::write_table(*session_, **rows, parent_);
        ASSERT_TRUE(written) << written.error().internal;
    }
    base::Result<StepOutcome> apply(const Step& step) {
        return apply_step(*session_, parent_, kSchema, step, out_, control_);
    }
    std::vector<std::string> stored(const table::Schema& schema) {
        auto rows = duck::open_table(*session_, out_, schema);
        EXPECT_TRUE(rows) << rows.error().internal;
        return cells(**rows, nullptr);
    }
    base::Control control_;
    std::optional<base::TemporaryFolder> folder_;
    std::optional<duck::Session> session_;
    std::string parent_, out_;
};

TEST_F(Recipes, every_row_step_gives_the_same_rows_by_kernel_by_loaded_kernel_and_stored) {
    const std::vector<Step> steps{
        {"trim@1", {}, {}},
        {"drop_column@1", {"r"}, {}},
        {"rename_column@1", {"n"}, {{"name", words("number")}}},
        {"fill_missing@1", {}, {{"strategy", words("mean")}}},
        {"fill_missing@1", {"n"}, {{"strategy", words("median")}}},
        {"fill_missing@1", {}, {{"strategy", words("mode")}}},
        {"fill_missing@1", {"t"}, {{"strategy", words("constant")}, {"value", words("none")}}},
        {"fill_missing@1",
         {"n"},
         {{"strategy", words("constant")}, {"value", {Cell::Kind::number, "-1", -1}}}},
        {"change_type@1", {"n"}, {{"type", words("real")}}},
        {"change_type@1", {"t"}, {{"type", words("integer")}}},
        {"change_type@1", {"n", "r"}, {{"type", words("text")}}},
    };
    for (const auto& step : steps) {
        SCOPED_TRACE(base::to_json(step));
        const auto outcome = apply(step);
        ASSERT_TRUE(outcome) << outcome.error().reason << outcome.error().internal;
        EXPECT_EQ(outcome->rows_after, 6000);
        auto rows = duck::open_table(*session_, parent_, kSchema);
        ASSERT_TRUE(rows);
        const auto fitted = fit_row_step(step, **rows, control_);
        ASSERT_TRUE(fitted);
        ASSERT_TRUE((*rows)->rewind());
        const auto by_kernel = cells(**rows, fitted->get());
        const auto loaded = load_row_step(step, kSchema, outcome->constants);
        ASSERT_TRUE(loaded) << loaded.error().reason;
        ASSERT_TRUE((*rows)->rewind());
        EXPECT_EQ(by_kernel, cells(**rows, loaded->get()));
        EXPECT_EQ((*loaded)->output_schema(), outcome->schema);
        EXPECT_EQ(by_kernel, stored(outcome->schema));
    }
}

TEST_F(Recipes, fills_with_the_mean_and_counts_the_cells) {
    const auto outcome = apply({"fill_missing@1", {"n"}, {{"strategy", words("mean")}}});
    ASSERT_TRUE(outcome) << outcome.error().internal;
    EXPECT_EQ(outcome->cells_changed, 1200);
    EXPECT_EQ(outcome->schema.columns[0].type, ColumnType::real);
    EXPECT_EQ(outcome->constants, R"({"values":{"c0001":"50"}})");
}

TEST_F(Recipes, keeps_complete_rows_and_first_duplicates_with_their_row_ids) {
    const auto complete = apply({"drop_missing_rows@1", {"n", "t"}, {}});
    ASSERT_TRUE(complete) << complete.error().internal;
    EXPECT_EQ(complete->rows_after, 3200);
    EXPECT_EQ(stored(kSchema).front().substr(0, 2), "1,");
    const auto different = apply({"drop_duplicates@1", {"t"}, {}});
    ASSERT_TRUE(different) << different.error().internal;
    EXPECT_EQ(different->rows_after, 12);  // ten digits, x and the missing one
    EXPECT_EQ(stored(kSchema).at(1).substr(0, 2), "2,");
}

TEST_F(Recipes, wrong_steps_say_why) {
    const auto reason = [&](const Step& step) {
        const auto outcome = apply(step);
        return outcome ? std::string("done") : outcome.error().reason;
    };
    EXPECT_EQ(reason({"polish@1", {}, {}}), "recipe.unknown_step");
    EXPECT_EQ(reason({"trim@1", {"nobody"}, {}}), "recipe.unknown_column");
    EXPECT_EQ(reason({"trim@1", {"n"}, {}}), "recipe.wrong_type");
    EXPECT_EQ(reason({"trim@1", {}, {{"hard", words("yes")}}}), "recipe.unknown_option");
    EXPECT_EQ(reason({"drop_column@1", {}, {}}), "recipe.missing_option");
    EXPECT_EQ(reason({"drop_column@1", {"n", "r", "t"}, {}}), "recipe.no_column_left");
    EXPECT_EQ(reason({"rename_column@1", {"n"}, {{"name", words("t")}}}), "recipe.duplicate_name");
    EXPECT_EQ(reason({"rename_column@1", {}, {{"name", words("u")}}}), "recipe.missing_option");
    EXPECT_EQ(reason({"rename_column@1", {"n", "r"}, {{"name", words("u")}}}), "recipe.bad_option");
    EXPECT_EQ(reason({"rename_column@1", {"n"}, {{"name", words("")}}}), "recipe.bad_option");
    EXPECT_EQ(reason({"change_type@1", {}, {{"type", words("text")}}}), "recipe.missing_option");
    EXPECT_EQ(
        reason({"fill_missing@1", {"t"}, {{"strategy", words("mean")}}}), "recipe.wrong_type"
    );
    EXPECT_EQ(
        reason({"fill_missing@1", {"n"}, {{"strategy", words("zero")}}}), "recipe.bad_option"
    );
    EXPECT_EQ(
        reason({"fill_missing@1", {"n"}, {{"strategy", words("constant")}, {"value", words("abc")}}}
        ),
        "recipe.bad_option"
    );
}

TEST_F(Recipes, a_column_without_any_value_cannot_be_fitted) {
    auto rows =
        session_->read("SELECT i, NULL::BIGINT, 1.0::DOUBLE, 'a' FROM range(3) t(i)", kSchema);
    ASSERT_TRUE(rows) << rows.error().internal;
    const auto made =
        fit_row_step({"fill_missing@1", {"n"}, {{"strategy", words("median")}}}, **rows, control_);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().reason, "recipe.nothing_to_fit");
}

const std::vector<Step> kWhole{
    {"trim@1", {}, {}},
    {"rename_column@1", {"n"}, {{"name", words("number")}}},
    {"fill_missing@1", {"number", "r"}, {{"strategy", words("mean")}}},
    {"drop_duplicates@1", {"t"}, {}},
    {"change_type@1", {"t"}, {{"type", words("integer")}}},
    {"drop_column@1", {"r"}, {}},
};

TEST_F(Recipes, replayed_recipe_is_that_of_its_steps_one_by_one) {
    auto rows = session_->read(kRows, kSchema);
    ASSERT_TRUE(rows);
    const auto fitted = Replay::fit(kWhole, **rows, control_);
    ASSERT_TRUE(fitted) << fitted.error().reason;
    EXPECT_TRUE(fitted->learns());
    EXPECT_EQ(fitted->steps().size(), kWhole.size());
    table::Schema schema = kSchema;
    for (const auto& step : kWhole) {
        if (find_step(step.step)->kind == StepKind::table) continue;  // training rows only
        const auto outcome = apply_step(*session_, parent_, schema, step, out_, control_);
        ASSERT_TRUE(outcome) << outcome.error().reason;
        schema = outcome->schema;
        std::swap(parent_, out_);
    }
    std::swap(parent_, out_);
    EXPECT_EQ(fitted->output(), schema);
    const auto loaded = Replay::load(kSchema, fitted->steps());
    ASSERT_TRUE(loaded);
    auto again = session_->read(kRows, kSchema);
    auto reader = RecipeReader::open(std::move(*again), kWhole, control_);
    ASSERT_TRUE(reader);
    EXPECT_EQ(cells(**reader, nullptr), stored(schema));
    EXPECT_EQ(loaded->steps().at(2).constants, fitted->steps().at(2).constants);
}

TEST_F(Recipes, replay_of_some_columns_keeps_only_what_touches_them) {
    auto rows = session_->read(kRows, kSchema);
    const auto whole = Replay::fit(kWhole, **rows, control_);
    ASSERT_TRUE(whole);
    const std::vector<std::string> number{"c0001"};
    const auto part = whole->only(number);
    ASSERT_TRUE(part) << part.error().reason;
    ASSERT_EQ(part->as_read().columns.size(), 1U);
    EXPECT_EQ(part->output().columns.front().name, "number");
    std::vector<std::string> names;
    for (const auto& [step, constants] : part->steps()) names.push_back(step.step);
    EXPECT_EQ(
        names,
        (std::vector<std::string>{
            "trim@1", "rename_column@1", "fill_missing@1", "drop_duplicates@1"
        })
    );
    EXPECT_EQ(part->steps().at(2).constants, R"({"values":{"c0001":"50"}})");
}

TEST_F(Recipes, constants_can_be_learnt_again_from_some_rows) {
    auto rows = session_->read(kRows, kSchema);
    auto reader = RecipeReader::open(
        std::move(*rows), {{"fill_missing@1", {"n"}, {{"strategy", words("mean")}}}}, control_
    );
    ASSERT_TRUE(reader);
    const std::vector<std::int64_t> few{1, 2, 3, 5, 4003};  // 1, 2, 3, none, 3
    ASSERT_TRUE((*reader)->refit(few));
    EXPECT_EQ((*reader)->replay().steps().front().constants, R"({"values":{"c0001":"2.25"}})");
    EXPECT_EQ(cells(**reader, nullptr).size(), 6000U);
    EXPECT_EQ((*reader)->refit({}).error().reason, "recipe.nothing_to_fit");
}

TEST_F(Recipes, replay_refuses_steps_that_it_does_not_know) {
    EXPECT_EQ(
        Replay::load(kSchema, {{{"trim@9", {}, {}}, "{}"}}).error().reason, "recipe.unknown_step"
    );
}

}  // namespace
}  // namespace csva::recipe
