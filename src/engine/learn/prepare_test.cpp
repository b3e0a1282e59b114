#include "engine/learn/prepare.hpp"

#include "engine/learn/made_table.hpp"
#include "engine/learn/targets.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <set>

namespace csva::learn {
namespace {

using table::ColumnType;

Cells constant(std::string text) {
    return [text = std::move(text)](std::size_t) { return text; };
}

std::string label(std::size_t r) { return noise(r, 1) > 0.5 ? "yes" : "no"; }

std::string reason_of(MadeTable table, const TrainRequest& request = quick()) {
    const auto outcome = trained(std::move(table), request);
    return outcome ? "" : outcome.error().reason;
}

TEST(bad_targets, each_gets_its_own_refusal) {
    const MadeColumn x{"x", ColumnType::real, uniform(1)};
    EXPECT_EQ(reason_of({50, {x, {"y", ColumnType::text, constant("a")}}}), kOneClass);
    EXPECT_EQ(reason_of({50, {x, {"y", ColumnType::real, constant("1")}}}), kOneClass);
    EXPECT_EQ(reason_of({9, {x, {"y", ColumnType::text, label}}}), kTooFewRows);
    const auto rarely = [](std::size_t r) { return r % 5 == 0 ? label(r) : ""; };
    EXPECT_EQ(reason_of({100, {x, {"y", ColumnType::text, rarely}}}), kTargetMissing);
    const auto names = [](std::size_t r) { return "name " + std::to_string(r); };
    EXPECT_EQ(reason_of({100, {x, {"y", ColumnType::text, names}}}), kTooManyClasses);
    auto two = quick();
    two.task = Task::binary;
    const auto three = [](std::size_t r) { return std::to_string(r % 3); };
    EXPECT_EQ(reason_of({90, {x, {"y", ColumnType::integer, three}}}, two), kNotTwoClasses);
    auto amount = quick();
    amount.task = Task::regression;
    EXPECT_EQ(reason_of({90, {x, {"y", ColumnType::text, label}}}, amount), kNotNumeric);
    EXPECT_EQ(reason_of({90, {x, {"y", ColumnType::text, label}}}, quick("none")), kUnknownTarget);
}

TEST(bad_columns, constant_and_empty_ones_are_left_out_and_named) {
    const auto outcome = trained(
        {200,
         {{"x", ColumnType::real, uniform(1)},
          {"one", ColumnType::real, constant("7")},
          {"same", ColumnType::text, constant("always")},
          {"none", ColumnType::real, constant("")},
          {"link",
           ColumnType::text,
           [](std::size_t r) { return "https://example.org/" + std::to_string(r % 90); }},
          {"key", ColumnType::text, [](std::size_t r) { return "K" + std::to_string(r * 7); }},
          {"y", ColumnType::text, label}}}
    );
    ASSERT_TRUE(outcome) << outcome.error().reason;
    std::map<std::string, std::string> why;
    for (const auto& e : outcome->report.excluded) why[e.column] = e.reason;
    const std::map<std::string, std::string> expected{
        {"one", "constant"},
        {"same", "constant"},
        {"none", "empty"},
        {"link", "url"},
        {"key", "identifier"}
    };
    EXPECT_EQ(why, expected);
}

TEST(leakage, of_a_copied_number_is_found_in_a_small_table) {
    const auto price = [](std::size_t r) { return noise(r, 1) + noise(r, 2); };
    const auto made = [&](double blur) {
        const auto outcome = trained(
            {400,
             {{"x", ColumnType::real, uniform(1)},
              {"cents", ColumnType::real, number([=](std::size_t r) {
                   return 100 * price(r) + 3 + blur * noise(r, 5);
               })},
              {"y", ColumnType::real, number(price)}}}
        );
        EXPECT_TRUE(outcome);
        return outcome ? outcome->report : Report{};
    };
    const auto copy = made(0);
    ASSERT_EQ(copy.excluded.size(), 1U);
    EXPECT_EQ(copy.excluded[0].column, "cents");
    EXPECT_EQ(copy.excluded[0].reason, "leakage");
    EXPECT_EQ(copy.verdict.kind, "too_good_leakage");
    EXPECT_TRUE(made(20).excluded.empty()) << "a good predictor is no copy";
}

TEST(leakage, of_a_text_that_says_the_class_is_found) {
    const auto made = [](double honest) {
        const auto note = [=](std::size_t r) {
            const bool told = noise(r, 4) < honest ? label(r) == "yes" : noise(r, 5) < 0.5;
            return "call " + std::to_string(r) + (told ? ": said Yes, was kind" : ": said no");
        };
        const auto outcome = trained(
            {400,
             {{"x", ColumnType::real, uniform(3)},
              {"note", ColumnType::text, note},
              {"y", ColumnType::text, label}}}
        );
        EXPECT_TRUE(outcome);
        return outcome ? outcome->report : Report{};
    };
    const auto told = made(1);
    ASSERT_EQ(told.excluded.size(), 1U);
    EXPECT_EQ(told.excluded[0].reason, "leakage");
    EXPECT_EQ(told.verdict.column, "note");
    EXPECT_TRUE(made(0.8).excluded.empty());
}

TEST(bad_columns, nothing_but_constants_is_refused) {
    EXPECT_EQ(
        reason_of({200, {{"one", ColumnType::real, constant("7")}, {"y", ColumnType::text, label}}}
        ),
        kNoColumn
    );
}

TEST(bad_columns, five_thousand_of_them_train) {
    std::vector<MadeColumn> columns;
    for (std::size_t c = 0; c < 5000; ++c)
        columns.push_back({"c" + std::to_string(c), ColumnType::real, uniform(c)});
    columns.push_back({"y", ColumnType::text, label});
    auto request = quick();
    request.options.families = {"GradientBoostingClassifier"};
    request.options.trees = 5;
    const auto outcome = trained({120, std::move(columns)}, request);
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->preparation.columns.size(), 5000U);
    EXPECT_EQ(outcome->report.importance.front().column, "c1");  // what the target is made of
}

TEST(odd_numbers, infinities_and_missing_cells_train_and_answer_finitely) {
    const auto odd = [](std::size_t r) -> std::string {
        if (r % 7 == 0) return "";
        if (r % 11 == 0) return "1e300";
        if (r % 13 == 0) return "-1e300";
        return std::to_string(noise(r, 1));
    };
    const auto outcome =
        trained({300, {{"x", ColumnType::real, odd}, {"y", ColumnType::text, label}}});
    ASSERT_TRUE(outcome) << outcome.error().reason;
    for (const auto& stored : outcome->models) {
        const auto model = Predictor::make(stored, outcome->preparation.features.size());
        ASSERT_TRUE(model);
        constexpr float kInfinity = std::numeric_limits<float>::infinity();
        for (const float value :
             {0.5F, std::numeric_limits<float>::quiet_NaN(), kInfinity, -kInfinity}) {
            std::array<double, 2> answer{};
            model->predict(&value, answer.data());
            EXPECT_TRUE(std::isfinite(answer[0])) << stored.name << ' ' << value;
            EXPECT_NEAR(answer[0] + answer[1], 1, 1e-9) << stored.name << ' ' << value;
        }
    }
}

TEST(texts, whose_values_have_many_rows_each_are_categories_only) {
    const auto outcome = trained(
        {60'000,
         {{"code", ColumnType::text, [](std::size_t r) { return "k" + std::to_string(r % 60); }},
          {"x", ColumnType::real, uniform(3)},
          {"y", ColumnType::text, label}}}
    );
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->preparation.features.size(), 2U);
}

TEST(texts, of_many_values_give_length_number_and_words) {
    const auto outcome = trained(
        {400,
         {{"note",
           ColumnType::text,
           [](std::size_t r) {
               return std::string(noise(r, 1) > 0.5 ? "great" : "poor") + " stay of $" +
                      std::to_string(r % 300) + "k";
           }},
          {"x", ColumnType::real, uniform(3)},
          {"y", ColumnType::text, label}}}
    );
    ASSERT_TRUE(outcome) << outcome.error().reason;
    std::set<FeatureKind> kinds;
    for (const auto& f : outcome->preparation.features) kinds.insert(f.kind);
    EXPECT_TRUE(kinds.contains(FeatureKind::length));
    EXPECT_TRUE(kinds.contains(FeatureKind::text_number));
    EXPECT_TRUE(kinds.contains(FeatureKind::word));
}

TEST(preparation, is_learnt_without_the_held_out_rows) {
    constexpr std::size_t kRows = 1000, kHeldOut = kRows / 5;
    const auto prepared = [](bool other) {
        const auto last = [other](std::size_t r) { return other && r >= kRows - kHeldOut; };
        const auto outcome = trained(
            {kRows,
             {{"day",
               ColumnType::timestamp,
               [](std::size_t r) {
                   return "2020-01-0" + std::to_string(1 + r / 144) + " " +
                          (r / 6 % 24 < 10 ? "0" : "") + std::to_string(r / 6 % 24) + ":" +
                          std::to_string(r % 6) + "0:00";
               },
               "%Y-%m-%d %H:%M:%S"},
              {"x",
               ColumnType::real,
               [last](std::size_t r) { return std::to_string(noise(r, 1) + (last(r) ? 9 : 0)); }},
              {"kind",
               ColumnType::text,
               [last](std::size_t r) {
                   return last(r) ? "new" : noise(r, 2) < 0.5 ? "red" : "blue";
               }},
              {"note",
               ColumnType::text,
               [last](std::size_t r) {
                   return (last(r) ? "later words " : "first words ") + std::to_string(r % 300);
               }},
              {"still", ColumnType::real, [last](std::size_t r) { return last(r) ? "2" : "1"; }},
              {"y", ColumnType::text, label}}}
        );
        EXPECT_TRUE(outcome && outcome->report.split == "time");
        return outcome ? base::to_json(outcome->preparation) : "";
    };
    EXPECT_EQ(prepared(false), prepared(true));
}

TEST(preparation, gives_the_parts_of_texts_and_times) {
    Preparation p;
    p.columns = {
        {.column = {.name = "kind"}, .categories = {"red", "blue"}}, {.column = {.name = "when"}}
    };
    p.index();
    EXPECT_EQ(p.code(0, "blue"), 1);
    EXPECT_EQ(p.code(0, "green"), -1);
    const Feature category{.kind = FeatureKind::category};
    EXPECT_EQ(p.text_feature(category, "red"), 0.0F);
    EXPECT_TRUE(std::isnan(p.text_feature(category, "green")));
    const Feature amount{.kind = FeatureKind::text_number};
    EXPECT_EQ(p.text_feature(amount, "$56.7M"), 56.7e6F);
    EXPECT_EQ(p.text_feature(amount, "1,250"), 1250.0F);
    EXPECT_EQ(p.text_feature(amount, "3k"), 3000.0F);
    EXPECT_EQ(p.text_feature(amount, "2B"), 2e9F);
    EXPECT_TRUE(std::isnan(p.text_feature(amount, "none")));
    const Feature word{.kind = FeatureKind::word, .word = "sea"};
    EXPECT_EQ(p.text_feature(word, "by the Sea"), 1.0F);
    EXPECT_EQ(p.text_feature(word, "seaside"), 0.0F);
    EXPECT_EQ(p.text_feature({.kind = FeatureKind::length}, "four"), 4.0F);
    const auto number = [](FeatureKind kind, double v, ColumnType type) {
        return Preparation::number_feature({.kind = kind, .epoch = 10, .unit = 2}, v, type);
    };
    const double day = 18'321;  // 2020-02-29, a Saturday
    EXPECT_EQ(number(FeatureKind::month, day, ColumnType::date), 2.0F);
    EXPECT_EQ(number(FeatureKind::weekday, day, ColumnType::date), 5.0F);
    EXPECT_EQ(number(FeatureKind::offset, 14, ColumnType::date), 2.0F);
    EXPECT_EQ(number(FeatureKind::hour, day * 86'400e6 + 5400e6, ColumnType::timestamp), 1.5F);
    EXPECT_EQ(number(FeatureKind::hour, -1800e6, ColumnType::timestamp), 23.5F);
    EXPECT_TRUE(std::isnan(number(FeatureKind::number, std::nan(""), ColumnType::real)));
}

TEST(targets, likely_ones_come_first_and_useless_ones_not_at_all) {
    const std::vector<ColumnFacts> columns{
        {"customer_id", ColumnType::text, 100, 0, 100},
        {"signed", ColumnType::date, 100, 0, 90},
        {"sex", ColumnType::text, 100, 0, 2},
        {"nothing", ColumnType::real, 100, 0, 1},
        {"sparse", ColumnType::real, 20, 80, 20},
        {"age", ColumnType::integer, 95, 5, 60},
        {"stars", ColumnType::integer, 100, 0, 5},
        {"row", ColumnType::integer, 100, 0, 100},
        {"Churn", ColumnType::boolean, 100, 0, 2}
    };
    const auto found = propose_targets(columns);
    std::vector<std::string> names;
    for (const auto& c : found) names.push_back(c.column);
    EXPECT_EQ(names, (std::vector<std::string>{"Churn", "sex", "stars", "age", "row"}));
    EXPECT_EQ(found[0].task, Task::binary);
    EXPECT_EQ(found[2].task, Task::multiclass);
    EXPECT_EQ(found[3].task, Task::regression);
    EXPECT_EQ(
        found[0].reasons, (std::vector<std::string>{"telling_name", "last_column", "two_values"})
    );
    EXPECT_TRUE(propose_targets({}).empty());
}

}  // namespace
}  // namespace csva::learn
