#include "engine/bundle/model.hpp"

#include "engine/stats/random.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace csva::bundle {
namespace {

using table::ColumnType;

/// Rows made by a function of the row number: x real, kind text, noise real, copy and y text.
class MadeRows : public table::TableReader {
public:
    explicit MadeRows(
        std::size_t rows, bool copied = false, bool shuffled = false, bool one_class = false
    )
        : rows_(rows), copied_(copied), shuffled_(shuffled), one_class_(one_class) {
        const auto add = [&](const char* name, ColumnType type) {
            schema_.columns.push_back(
                {.name = name,
                 .physical = table::physical_name(schema_.columns.size()),
                 .type = type}
            );
        };
        add("x", ColumnType::real);
        add("kind", ColumnType::text);
        add("noise", ColumnType::real);
        if (copied) add("copy", ColumnType::text);
        add("y", ColumnType::text);
    }
    const table::Schema& schema() const override { return schema_; }
    base::Result<void> rewind() override {
        next_ = 0;
        return {};
    }
    base::Result<bool> next(table::Batch& batch) override {
        batch.reset(schema_);
        for (; next_ < rows_ && batch.rows() < table::kBatchRows; ++next_) append(batch);
        return batch.rows() > 0;
    }

private:
    void append(table::Batch& batch) {
        stats::SplitMix64 random(next_);
        const double x = random.unit();
        const char* kind = random.unit() < 0.5 ? "red" : "blue";
        const bool yes = (shuffled_ ? random.unit() : x + 0.3 * random.unit()) > 0.6;
        const char* y = yes || one_class_ ? "yes" : "no";
        batch.row_ids.push_back(static_cast<std::int64_t>(next_) + 1);
        batch.columns[0].append_real(x);
        batch.columns[1].append_text(kind);
        batch.columns[2].append_real(random.unit());
        if (copied_) batch.columns[3].append_text(yes ? "1a" : "0a");
        batch.columns.back().append_text(y);
    }
    table::Schema schema_;
    std::size_t rows_, next_ = 0;
    bool copied_, shuffled_, one_class_;
};

learn::TrainRequest small(std::int64_t threads = 1) {
    learn::TrainRequest request{.target = "y", .budget_s = 60};
    request.options.trees = 10;
    request.options.leaves = 7;
    request.options.threads = threads;
    return request;
}

/// Saves a model of a table that no step has changed.
base::Result<void> save_plain(const std::string& folder, const learn::TrainOutcome& outcome) {
    TRY(const auto replay, recipe::Replay::load(MadeRows(1).schema(), {}));
    return save(folder, outcome, replay, {});
}

base::Result<learn::TrainOutcome> trained(MadeRows rows, const learn::TrainRequest& request) {
    base::Control control;
    return learn::train(rows, request, control);
}

TEST(training, refuses_targets_that_cannot_be_learnt) {
    EXPECT_EQ(trained(MadeRows(100, false, false, true), small()).error().reason, learn::kOneClass);
    EXPECT_EQ(trained(MadeRows(5), small()).error().reason, learn::kTooFewRows);
    auto request = small();
    request.target = "nothing";
    EXPECT_EQ(trained(MadeRows(100), request).error().reason, learn::kUnknownTarget);
    request = small();
    request.options.families = {"Oracle"};
    EXPECT_EQ(trained(MadeRows(100), request).error().reason, learn::kUnknownFamily);
    request = small();
    request.task = learn::Task::regression;
    EXPECT_EQ(trained(MadeRows(100), request).error().reason, learn::kNotNumeric);
}

TEST(training, copied_target_is_named_as_leakage) {
    const auto outcome = trained(MadeRows(300, true), small());
    ASSERT_TRUE(outcome) << outcome.error().internal;
    EXPECT_EQ(outcome->report.verdict.kind, "too_good_leakage");
    EXPECT_EQ(outcome->report.verdict.column, "copy");
}

TEST(training, target_without_signal_is_not_better_than_guessing) {
    const auto outcome = trained(MadeRows(300, false, true), small());
    ASSERT_TRUE(outcome) << outcome.error().internal;
    EXPECT_EQ(outcome->report.verdict.kind, "not_better");
}

TEST(training, tiny_budget_still_leaves_a_model) {
    auto request = small();
    request.budget_s = 1e-6;
    const auto outcome = trained(MadeRows(300), request);
    ASSERT_TRUE(outcome) << outcome.error().internal;
    EXPECT_FALSE(outcome->models.empty());
}

TEST(training, short_budget_still_tries_every_family_that_fits_into_it) {
    MadeRows rows(891);
    learn::TrainRequest request{.target = "y", .budget_s = 4};
    base::Control control;
    const auto outcome = learn::train(rows, request, control);
    ASSERT_TRUE(outcome) << outcome.error().internal;
    EXPECT_TRUE(std::ranges::any_of(outcome->report.leaderboard, [](const auto& line) {
        return line.name == "RandomForestClassifier";
    }));
}

TEST(training, same_seed_gives_the_same_models_at_any_thread_count) {
    const auto one = trained(MadeRows(400), small(1));
    const auto two = trained(MadeRows(400), small(2));
    ASSERT_TRUE(one && two);
    ASSERT_EQ(one->models.size(), two->models.size());
    for (std::size_t i = 0; i < one->models.size(); ++i)
        for (std::size_t p = 0; p < one->models[i].parts.size(); ++p)
            EXPECT_EQ(one->models[i].parts[p].booster, two->models[i].parts[p].booster);
    EXPECT_EQ(one->held_out_csv, two->held_out_csv);
}

TEST(bundle, saved_model_answers_texts_and_numbers_alike) {
    const auto outcome = trained(MadeRows(400), small());
    ASSERT_TRUE(outcome) << outcome.error().internal;
    const auto folder = base::TemporaryFolder::make();
    const auto place = (folder->path() / "model").string();
    ASSERT_TRUE(save_plain(place, *outcome));
    EXPECT_EQ(save_plain(place, *outcome).error().reason, kExists);
    const auto model = Model::load(place);
    ASSERT_TRUE(model) << model.error().reason;
    const base::Cell red{.kind = base::Cell::Kind::text, .text = "red"};
    const auto number = model->predict(
        {{"x", {.kind = base::Cell::Kind::number, .text = "0.9", .number = 0.9}},
         {"kind", red},
         {"noise", {}}}
    );
    const auto text = model->predict(
        {{"x", {.kind = base::Cell::Kind::text, .text = "0.9"}}, {"kind", red}, {"noise", {}}}
    );
    ASSERT_TRUE(number && text);
    EXPECT_EQ(number->prediction.text, "yes");
    EXPECT_EQ(base::to_json(*number), base::to_json(*text));
    EXPECT_EQ(model->predict({}, "Oracle").error().reason, kUnknownModel);
    EXPECT_EQ(Model::load(folder->path().string()).error().reason, kNotAModel);
}

TEST(bundle, warns_of_what_training_has_not_seen) {
    const auto outcome = trained(MadeRows(400), small());
    ASSERT_TRUE(outcome) << outcome.error().internal;
    const auto folder = base::TemporaryFolder::make();
    const auto place = (folder->path() / "model").string();
    ASSERT_TRUE(save_plain(place, *outcome));
    const auto model = Model::load(place);
    ASSERT_TRUE(model);
    const auto text = [](const char* t) {
        return base::Cell{.kind = base::Cell::Kind::text, .text = t};
    };
    const auto answer =
        model->predict({{"x", text("9")}, {"kind", text("green")}, {"more", text("1")}});
    ASSERT_TRUE(answer);
    std::vector<std::string> codes;
    for (const auto& w : answer->warnings) codes.push_back(w.code);
    EXPECT_EQ(
        codes,
        (std::vector<std::string>{
            "out_of_range", "unseen_category", "missing_column", "extra_column"
        })
    );
}

TEST(bundle, exported_formulas_are_neutralised_and_numbers_are_not) {
    EXPECT_EQ(csv_cell("=1+1"), "'=1+1");
    EXPECT_EQ(csv_cell("-1.5"), "-1.5");
    EXPECT_EQ(csv_cell("a,\"b\""), "\"a,\"\"b\"\"\"");
}

}  // namespace
}  // namespace csva::bundle
