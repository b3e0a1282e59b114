#include "engine/learn/made_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <map>
#include <set>
#include <sstream>
#include <thread>

namespace csva::learn {
namespace {

using table::ColumnType;

bool yes(std::size_t row) { return noise(row, 1) + 0.5 * noise(row, 9) > 0.75; }

/// Two informative columns, one of noise, a category; `label` gives the target.
MadeTable people(std::size_t rows, const Cells& label, ColumnType type = ColumnType::text) {
    return {
        rows,
        {{"x", ColumnType::real, uniform(1)},
         {"z", ColumnType::real, uniform(2)},
         {"kind",
          ColumnType::text,
          [](std::size_t r) { return noise(r, 3) < 0.5 ? std::string("red") : "blue"; }},
         {"y", type, label}}
    };
}

std::string yes_or_no(bool value) { return value ? "yes" : "no"; }

/// One day for every row, from 2020-01-01 on.
std::string day(std::size_t row) {
    table::ColumnData date{.type = ColumnType::date};
    date.append_integer(18'262 + static_cast<std::int64_t>(row));
    return table::cell_text(date, 0);
}

std::vector<std::vector<std::string>> lines_of(const std::string& csv) {
    std::istringstream in(csv);
    std::vector<std::vector<std::string>> out;
    std::string line, cell;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::istringstream cells(line);
        out.emplace_back();
        while (std::getline(cells, cell, ',')) out.back().push_back(cell);
    }
    return out;
}

TEST(held_out_rows, serve_neither_early_stopping_nor_choice) {
    constexpr std::size_t kRows = 600;
    auto request = quick();
    request.options.trees.reset();
    request.options.leaves.reset();
    request.options.work = 6;
    // In time order the last rows are held out whatever their target, so that it may be any.
    const auto dated = [&](bool poisoned) {
        return trained(
            MadeTable(
                kRows,
                {{"day", ColumnType::date, [](std::size_t r) { return day(r); }, "%Y-%m-%d"},
                 {"x", ColumnType::real, uniform(1)},
                 {"y",
                  ColumnType::text,
                  [poisoned](std::size_t r) {
                      const bool turned = poisoned && r >= kRows - kRows / 5;
                      return yes_or_no(yes(r) != turned);
                  }}}
            ),
            request
        );
    };
    const auto clean = dated(false), poisoned = dated(true);
    ASSERT_TRUE(clean && poisoned);
    ASSERT_EQ(clean->report.split, "time");
    EXPECT_EQ(clean->report.best, poisoned->report.best);
    ASSERT_EQ(clean->report.leaderboard.size(), poisoned->report.leaderboard.size());
    for (std::size_t i = 0; i < clean->report.leaderboard.size(); ++i) {
        const auto &a = clean->report.leaderboard[i], &b = poisoned->report.leaderboard[i];
        EXPECT_EQ(a.name, b.name);
        EXPECT_EQ(a.choice_score, b.choice_score);
        EXPECT_EQ(a.trees, b.trees);
    }
    const auto a = lines_of(clean->held_out_csv), b = lines_of(poisoned->held_out_csv);
    ASSERT_EQ(a.size(), b.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
        EXPECT_EQ(a[i][0], b[i][0]);
        EXPECT_NE(a[i][1], b[i][1]) << "the poison has not arrived";
        EXPECT_EQ(a[i][3], b[i][3]) << "the model that is scored has seen held-out targets";
    }
    EXPECT_NE(
        clean->report.leaderboard.front().scores.front().value,
        poisoned->report.leaderboard.front().scores.front().value
    );
}

TEST(verdict, shuffled_target_is_not_better_than_guessing_in_95_of_100) {
    std::atomic<int> not_better = 0;
    const auto work = [&](std::size_t from) {
        for (std::size_t seed = from; seed < 100; seed += 2) {
            auto request = quick();
            request.options.seed = static_cast<std::int64_t>(seed);
            const auto outcome = trained(
                people(150, [seed](auto r) { return yes_or_no(noise(r, 100 + seed) < 0.5); }),
                request
            );
            if (outcome && outcome->report.verdict.kind == "not_better") ++not_better;
        }
    };
    std::thread other(work, 1);
    work(0);
    other.join();
    EXPECT_GE(not_better, 95);
}

TEST(verdict, real_signal_is_better_than_guessing) {
    const auto outcome = trained(people(600, [](auto r) { return yes_or_no(yes(r)); }));
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->report.verdict.kind, "better");
}

/// Four rows make a group; row_id counts from 1.
std::int64_t group_of(const std::string& row_id) {
    std::int64_t id = 0;
    std::from_chars(row_id.data(), row_id.data() + row_id.size(), id);
    return (id - 1) / 4;
}

std::vector<std::string> boosters(const TrainOutcome& outcome) {
    std::vector<std::string> out;
    for (const auto& model : outcome.models)
        for (const auto& part : model.parts) out.push_back(part.booster);
    return out;
}

TEST(work_budget, same_seed_gives_bit_identical_models_at_any_thread_count) {
    auto request = quick();
    request.options.trees.reset();
    request.options.leaves.reset();
    request.options.work = 8;
    const auto label = [](auto r) { return yes_or_no(yes(r)); };
    const auto one = trained(people(500, label), request);
    request.options.threads = 3;
    const auto three = trained(people(500, label), request);
    ASSERT_TRUE(one && three);
    EXPECT_EQ(boosters(*one), boosters(*three));
    EXPECT_EQ(one->held_out_csv, three->held_out_csv);
    request.options.seed = 2;
    const auto other = trained(people(500, label), request);
    ASSERT_TRUE(other);
    EXPECT_NE(one->held_out_csv, other->held_out_csv) << "the seed does nothing";
}

TEST(options, one_family_with_given_trees_is_one_model_without_search) {
    auto request = quick();
    request.options.families = {"GradientBoostingClassifier"};
    const auto outcome = trained(people(300, [](auto r) { return yes_or_no(yes(r)); }), request);
    ASSERT_TRUE(outcome) << outcome.error().reason;
    ASSERT_EQ(outcome->models.size(), 2U);  // and the baseline
    EXPECT_EQ(outcome->report.best, "GradientBoostingClassifier");
    EXPECT_EQ(outcome->report.leaderboard.front().trees, 20);
}

TEST(options, tables_read_at_once_and_batch_by_batch_give_the_same_model) {
    auto request = quick();
    request.options.families = {"GradientBoostingClassifier"};
    auto table = people(300, [](auto r) { return yes_or_no(yes(r)); });
    base::Control control;
    const auto streamed = train(table, request, control);
    ASSERT_TRUE(table.rewind());
    auto loaded = load_table(table, request, control);
    ASSERT_TRUE(streamed && loaded);
    const auto in_memory = train(std::move(*loaded), request, control);
    ASSERT_TRUE(in_memory);
    EXPECT_EQ(boosters(*streamed), boosters(*in_memory));
}

TEST(options, every_family_is_on_the_leaderboard) {
    const auto outcome = trained(people(300, [](auto r) { return yes_or_no(yes(r)); }));
    ASSERT_TRUE(outcome);
    std::set<std::string> names;
    for (const auto& line : outcome->report.leaderboard) names.insert(line.name);
    for (const char* name :
         {"LogisticRegression",
          "RandomForestClassifier",
          "ExtraTreesClassifier",
          "GradientBoostingClassifier",
          "Baseline"})
        EXPECT_TRUE(names.contains(name)) << name;
}

TEST(curves, tell_the_loss_after_each_round_of_boosting) {
    auto request = quick();
    for (const bool classes : {true, false}) {
        const auto outcome = trained(
            people(
                300,
                [&](auto r) {
                    return classes ? yes_or_no(yes(r))
                                   : std::to_string(noise(r, 1) * 9 + noise(r, 9) * 3);
                },
                classes ? ColumnType::text : ColumnType::real
            ),
            request
        );
        ASSERT_TRUE(outcome) << outcome.error().reason;
        ASSERT_EQ(outcome->curves.size(), 1U) << "one boosting is on the leaderboard";
        const auto& curve = outcome->curves.front();
        EXPECT_TRUE(curve.model.starts_with("GradientBoosting")) << curve.model;
        EXPECT_EQ(curve.loss, classes ? "log_loss" : "mse");
        ASSERT_EQ(curve.values.size(), 20U);
        EXPECT_LT(std::ranges::min(curve.values), curve.values.front()) << "it learns";
    }
}

TEST(importance, of_a_linear_model_ranks_what_the_target_is_made_of) {
    auto request = quick();
    for (const bool classes : {true, false}) {
        request.options.families = {classes ? "LogisticRegression" : "LinearRegression"};
        const auto value = [](std::size_t r) {
            return noise(r, 1) + (noise(r, 3) < 0.5 ? 0.8 : 0);
        };
        const auto outcome = trained(
            people(
                400,
                [&](std::size_t r) {
                    return classes ? yes_or_no(value(r) + noise(r, 9) / 2 > 1.15)
                                   : std::to_string(value(r) + noise(r, 9) / 10);
                },
                classes ? ColumnType::text : ColumnType::real
            ),
            request
        );
        ASSERT_TRUE(outcome) << outcome.error().reason;
        const auto& found = outcome->report.importance;
        ASSERT_EQ(found.size(), 3U);
        EXPECT_EQ(found[0].column, "kind");
        EXPECT_EQ(found[1].column, "x");
        EXPECT_NEAR(found[0].share + found[1].share + found[2].share, 1, 1e-9);
        EXPECT_LT(found[2].share, 0.05);  // noise
    }
}

TEST(regression, skewed_positive_target_is_predicted_on_its_own_scale) {
    const auto value = [](std::size_t r) { return std::exp(3 * noise(r, 1) + 0.2 * noise(r, 2)); };
    auto request = quick();
    request.options.trees.reset();
    request.options.leaves.reset();
    request.options.work = 8;
    const auto outcome = trained(
        MadeTable(
            900,
            {{"x", ColumnType::real, uniform(1)},
             {"z", ColumnType::real, uniform(2)},
             {"y", ColumnType::real, number(value)}}
        ),
        request
    );
    ASSERT_TRUE(outcome) << outcome.error().reason;
    ASSERT_EQ(outcome->report.task, Task::regression);
    EXPECT_GT(outcome->report.leaderboard.front().scores.front().value, 0.95);  // r2
}

TEST(rows, of_one_group_stay_together) {
    const auto outcome = trained(MadeTable(
        600,
        {{"person_id", ColumnType::integer, [](std::size_t r) { return std::to_string(r / 4); }},
         {"x", ColumnType::real, uniform(1)},
         {"y", ColumnType::text, [](auto r) { return yes_or_no(yes(r)); }}}
    ));
    ASSERT_TRUE(outcome) << outcome.error().reason;
    EXPECT_EQ(outcome->report.split, "groups");
    std::map<std::int64_t, int> rows_of;
    for (const auto& line : lines_of(outcome->held_out_csv)) ++rows_of[group_of(line[0])];
    for (const auto& [group, rows] : rows_of) EXPECT_EQ(rows, 4) << group;
}

TEST(row_numbers, stay_where_rows_are_in_order_and_go_where_they_say_nothing) {
    const auto table = [](bool wave, std::size_t rows) {
        return MadeTable(
            rows,
            {{"no", ColumnType::integer, [](std::size_t r) { return std::to_string(r + 1); }},
             {"x", ColumnType::real, uniform(1)},
             {"y", ColumnType::real, number([wave](std::size_t r) {
                  const double slow = std::sin(static_cast<double>(r) / 60);
                  return noise(r, 1) + (wave ? 3 * slow + 0.8 * noise(r, 5) : noise(r, 5));
              })}}
        );
    };
    const auto excluded = [](const TrainOutcome& o) {
        return std::ranges::any_of(o.report.excluded, [](const auto& e) {
            return e.column == "no" && e.reason == "row_number";
        });
    };
    for (const std::size_t rows : {1600U, 500U}) {
        const auto wave = trained(table(true, rows)), flat = trained(table(false, rows));
        ASSERT_TRUE(wave && flat);
        EXPECT_FALSE(excluded(*wave)) << rows;
        EXPECT_TRUE(excluded(*flat)) << rows;
    }
}

}  // namespace
}  // namespace csva::learn
