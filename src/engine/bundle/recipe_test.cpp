#include "engine/bundle/model.hpp"
#include "engine/bundle/score.hpp"
#include "engine/learn/made_table.hpp"
#include "engine/stats/random.hpp"
#include "engine/table/column_parser.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>

namespace csva::bundle {
namespace {

using base::Cell;
using recipe::Step;
using table::ColumnType;
using Ids = std::set<std::int64_t>;

Cell words(std::string text) { return {Cell::Kind::text, std::move(text), 0}; }

/// A file as it came: sex has spaces around it, fare is text with a decimal comma, age misses one
/// row in three, code tells nothing and is dropped.
const table::Schema kFile{{
    {.name = "sex", .physical = "c0001", .type = ColumnType::text},
    {.name = "age", .physical = "c0002", .type = ColumnType::real},
    {.name = "fare", .physical = "c0003", .type = ColumnType::text},
    {.name = "code", .physical = "c0004", .type = ColumnType::text},
    {.name = "alive", .physical = "c0005", .type = ColumnType::text},
}};

std::vector<std::string> made_row(std::int64_t id, const Ids& changed) {
    stats::SplitMix64 random(static_cast<std::uint64_t>(id));
    const bool male = random.unit() < 0.6, rich = random.unit() < 0.3;
    const double age = 80 * random.unit();
    const bool known = random.unit() < 0.67;
    const double fare = (rich ? 50 : 5) + 10 * random.unit();
    const bool alive = random.unit() < (male ? 0.2 : 0.8) + (rich ? 0.1 : 0) - (age < 9 ? 0.1 : 0);
    std::string comma = fmt::format("{:.2f}", fare);
    std::ranges::replace(comma, '.', ',');
    return {
        fmt::format("{}{}{}", id % 3 == 0 ? " " : "", male ? "male" : "female", id % 2 ? " " : ""),
        known ? fmt::format("{:.1f}", age + (changed.contains(id) ? 1e6 : 0)) : "",
        id % 50 == 0 ? "unknown" : comma,
        fmt::format("{}", id % 7),
        alive ? "yes" : "no"
    };
}

class RawRows : public table::TableReader {
public:
    explicit RawRows(std::int64_t rows, Ids changed = {})
        : rows_(rows), changed_(std::move(changed)) {}
    const table::Schema& schema() const override { return kFile; }
    base::Result<void> rewind() override {
        next_ = 1;
        return {};
    }
    base::Result<bool> next(table::Batch& batch) override {
        batch.reset(kFile);
        for (; next_ <= rows_ && batch.rows() < table::kBatchRows; ++next_) {
            const auto cells = made_row(next_, changed_);
            batch.row_ids.push_back(next_);
            for (std::size_t c = 0; c < cells.size(); ++c)
                table::ColumnParser(kFile.columns[c])
                    .append(batch.arena.store(cells[c]), batch.columns[c]);
        }
        return batch.rows() > 0;
    }

private:
    std::int64_t rows_, next_ = 1;
    Ids changed_;
};

std::map<std::string, Cell> raw_row(std::int64_t id) {
    std::map<std::string, Cell> row;
    const auto cells = made_row(id, {});
    for (std::size_t c = 0; c + 1 < cells.size(); ++c) row[kFile.columns[c].name] = words(cells[c]);
    return row;
}

struct Trained {
    base::TemporaryFolder folder = std::move(*base::TemporaryFolder::make());
    learn::TrainOutcome outcome;
    recipe::Replay replay;
    std::string place() const { return (folder.path() / "model").string(); }
    Model model() const { return std::move(*Model::load(place())); }
};

/// A training with nothing to choose, so that the model that was judged is the model kept.
Trained trained(const std::vector<Step>& steps, Ids changed = {}, std::string target = "alive") {
    constexpr std::int64_t kRows = 6000;
    base::Control control;
    Trained out;
    auto rows =
        recipe::RecipeReader::open(std::make_unique<RawRows>(kRows, changed), steps, control);
    EXPECT_TRUE(rows) << rows.error().reason;
    learn::TrainRequest request{.target = std::move(target), .budget_s = 60};
    request.options.families = {"GradientBoostingClassifier"};
    request.options.trees = 5;
    request.options.threads = 1;
    auto outcome = learn::train(**rows, request, control, [&](std::span<const std::int64_t> ids) {
        return (*rows)->refit(ids);
    });
    EXPECT_TRUE(outcome) << outcome.error().reason << outcome.error().internal;
    out.outcome = std::move(*outcome);
    out.replay = (*rows)->replay();
    RawRows as_read(kRows, std::move(changed));
    const auto columns = learn::load_columns(as_read, request.target, control);
    const auto reference = make_reference(out.outcome, out.replay, sketch_columns(*columns));
    EXPECT_TRUE(reference);
    const auto saved = save(out.place(), out.outcome, out.replay, *reference);
    EXPECT_TRUE(saved) << saved.error().reason;
    return out;
}

std::int64_t id_of(const std::string& line) {
    std::int64_t id = 0;
    std::from_chars(line.data(), line.data() + line.size(), id);
    return id;
}

/// "id,truth,prediction,p,p" lines of the held-out rows.
std::vector<std::string> held_out(const learn::TrainOutcome& outcome) {
    std::istringstream lines(outcome.held_out_csv);
    std::vector<std::string> out;
    std::string line;
    std::getline(lines, line);
    while (std::getline(lines, line)) out.push_back(line);
    return out;
}

const Step kTrim{"trim@1", {}, {}};
const Step kFill{"fill_missing@1", {"age"}, {{"strategy", words("mean")}}};
const Step kNumber{
    "change_type@1", {"fare"}, {{"type", words("real")}, {"decimal_mark", words(",")}}
};
const Step kDrop{"drop_column@1", {"code"}, {}};
const Step kRename{"rename_column@1", {"sex"}, {{"name", words("gender")}}};

TEST(recipe_in_bundle, raw_rows_get_the_answers_that_their_cleaned_rows_were_judged_by) {
    const std::vector<std::vector<Step>> recipes{
        {},
        {kTrim},
        {kFill},
        {{"fill_missing@1", {}, {{"strategy", words("median")}}}},
        {{"fill_missing@1", {}, {{"strategy", words("mode")}}}},
        {{"fill_missing@1",
          {"age"},
          {{"strategy", words("constant")}, {"value", {Cell::Kind::number, "-1", -1}}}}},
        {kNumber},
        {kDrop},
        {kRename},
        {{"drop_missing_rows@1", {}, {}}},
        {{"drop_duplicates@1", {}, {}}},
        {kTrim, kRename, kNumber, {"drop_missing_rows@1", {"fare"}, {}}, kFill, kDrop},
    };
    for (const auto& steps : recipes) {
        SCOPED_TRACE(base::to_json(recipe::Recipe{steps}));
        const auto made = trained(steps);
        const auto model = made.model();
        const auto lines = held_out(made.outcome);
        ASSERT_GT(lines.size(), 1000U);
        const Places places = model.places(kFile);
        for (const auto& line : lines) {
            const auto id = id_of(line);
            const auto answer = model.predict(raw_row(id));
            ASSERT_TRUE(answer);
            std::string mine = answer->prediction.text;
            for (const auto& [name, p] : answer->probabilities) {
                mine += ',';
                base::encode_number(mine, p);
            }
            auto judged = line.substr(line.find(',', line.find(',') + 1) + 1);
            std::erase(judged, '"');
            // The answers of the other models follow, each set off by a comma.
            ASSERT_TRUE(judged.starts_with(mine + ',')) << "row " << id << ": " << judged;
        }
    }
}

TEST(recipe_in_bundle, constants_come_from_the_rows_that_are_not_held_out) {
    const auto plain = trained({kFill});
    Ids out;
    for (const auto& line : held_out(plain.outcome)) out.insert(id_of(line));
    ASSERT_GT(out.size(), 1000U);
    const auto changed = trained({kFill}, out);
    const auto constant = plain.model().description().recipe.front().constants;
    EXPECT_EQ(changed.model().description().recipe.front().constants, constant);
    Ids others;
    for (std::int64_t id = 1; id <= 6000; ++id)
        if (!out.contains(id)) others.insert(id);
    EXPECT_NE(trained({kFill}, others).model().description().recipe.front().constants, constant);
}

TEST(recipe_in_bundle, asks_for_the_columns_of_the_file_that_the_model_needs) {
    const auto made = trained({kTrim, kRename, kNumber, kFill, kDrop});
    const auto model = made.model();
    std::vector<std::string> asked;
    for (const auto& column : model.description().columns.columns) asked.push_back(column.name);
    EXPECT_EQ(asked, (std::vector<std::string>{"sex", "age", "fare"}));
    EXPECT_EQ(model.description().unused, (std::vector<std::string>{"code", "alive"}));
    EXPECT_EQ(model.description().columns.columns[2].type, ColumnType::text);
    for (const auto& [step, constants] : model.description().recipe)
        EXPECT_NE(step.step, "drop_column@1");
}

std::vector<std::string> warnings(const Prediction& answer) {
    std::vector<std::string> out;
    for (const auto& w : answer.warnings) out.push_back(w.code + " " + w.column);
    return out;
}

TEST(recipe_in_bundle, cells_of_the_file_work_as_in_training) {
    const auto made = trained({kTrim, kRename, kNumber, kFill, kDrop});
    const auto model = made.model();
    const auto ask = [&](std::map<std::string, Cell> row) { return *model.predict(row); };
    const auto tidy = ask({{"sex", words("male")}, {"age", words("30")}, {"fare", words("51,5")}});
    EXPECT_TRUE(tidy.warnings.empty());
    EXPECT_EQ(
        base::to_json(tidy),
        base::to_json(ask(
            {{"sex", words("  male ")},
             {"age", {Cell::Kind::number, "30", 30}},
             {"fare", words(" 51,50")},
             {"code", words("4")},
             {"alive", words("yes")}}
        ))
    );
    EXPECT_EQ(
        warnings(ask({{"gender", words("male")}, {"age", words("old")}, {"fare", words("much")}})),
        (std::vector<std::string>{
            "missing_column sex", "unreadable age", "unreadable fare", "extra_column gender"
        })
    );
}

TEST(recipe_in_bundle, target_that_cleaning_renames_is_learnt_and_not_asked_for) {
    const auto made =
        trained({{"rename_column@1", {"alive"}, {{"name", words("survived")}}}}, {}, "survived");
    const auto model = made.model();
    EXPECT_EQ(model.description().report.target, "survived");
    EXPECT_FALSE(model.description().columns.find("alive"));
    auto row = raw_row(1);
    row["alive"] = words("no");
    EXPECT_TRUE(warnings(*model.predict(row)).empty());
}

TEST(recipe_in_bundle, answers_of_a_table_are_those_of_its_rows) {
    const auto made = trained({kTrim, kNumber, kFill});
    const auto model = made.model();
    table::Schema texts = kFile;
    texts.columns.pop_back();
    for (auto& column : texts.columns) column.type = ColumnType::text;
    std::swap(texts.columns[0], texts.columns[3]);  // found by name, wherever they stand
    table::Batch batch(texts);
    for (std::int64_t id = 1; id <= 500; ++id) {
        auto cells = made_row(id, {});
        std::swap(cells[0], cells[3]);
        batch.row_ids.push_back(id);
        for (std::size_t c = 0; c < texts.columns.size(); ++c)
            if (cells[c].empty())
                batch.columns[c].type = ColumnType::text, batch.columns[c].append_missing();
            else
                batch.columns[c].append_text(batch.arena.store(cells[c]));
    }
    Answers answers;
    ASSERT_TRUE(model.predict(model.places(texts), batch, {}, answers));
    for (std::int64_t id = 1; id <= 500; ++id) {
        const auto one = base::to_json(*model.predict(raw_row(id)));
        ASSERT_EQ(one, base::to_json(model.prediction(answers, static_cast<std::size_t>(id - 1))));
    }
}

TEST(answers, of_a_table_come_in_order_whatever_the_number_of_threads) {
    const auto made = trained({kTrim, kNumber, kFill});
    const auto model = made.model();
    learn::MadeTable rows(
        20'000,
        {{"age",
          ColumnType::text,
          [](std::size_t row) { return row % 7 == 0 ? "" : std::to_string(row % 97); }},
         {"sex", ColumnType::text, [](std::size_t row) { return row % 3 ? " male" : "female"; }}}
    );
    base::Control control;
    std::vector<std::vector<std::string>> told;
    for (const std::size_t threads : {1, 2, 5}) {
        auto& lines = told.emplace_back();
        const auto write = [&](Answered& batch) {
            batch.text.clear();
            for (std::size_t row = 0; row < batch.rows.rows(); ++row) {
                batch.text += fmt::format("{} ", batch.rows.row_ids[row]);
                model.append_csv(batch.text, batch.answers, row);
                batch.text += '\n';
            }
        };
        const auto take = [&](Answered& batch) -> base::Result<void> {
            lines.push_back(batch.text);
            return {};
        };
        ASSERT_TRUE(rows.rewind());
        const auto count =
            answer_rows(model, {.write = write, .take = take, .threads = threads}, rows, control);
        ASSERT_TRUE(count);
        EXPECT_EQ(*count, 20'000);
    }
    EXPECT_GT(told[0].size(), 5U);
    EXPECT_EQ(told[0], told[1]);
    EXPECT_EQ(told[0], told[2]);
}

TEST(bundle_folder, says_when_a_file_is_not_as_it_was_written) {
    const auto made = trained({});
    std::vector<std::filesystem::path> files;
    for (const auto& entry : std::filesystem::directory_iterator(made.place()))
        files.push_back(entry.path());
    ASSERT_EQ(files.size(), 5U);  // description, reference, hashes, baseline and the one model
    for (const auto& file : files) {
        SCOPED_TRACE(file.filename());
        const auto whole = *base::read_file(file);
        auto broken = whole;
        broken[broken.size() / 2] = broken[broken.size() / 2] == '1' ? '2' : '1';
        ASSERT_TRUE(base::write_file(file, broken));
        const auto loaded = Model::load(made.place());
        EXPECT_TRUE(!loaded && loaded.error().reason == kDamaged);
        ASSERT_TRUE(base::write_file(file, whole));
        std::filesystem::remove(file);
        EXPECT_FALSE(Model::load(made.place()));
        ASSERT_TRUE(base::write_file(file, whole));
    }
    EXPECT_TRUE(Model::load(made.place()));
}

TEST(reference, is_kept_with_the_model_and_holds_the_columns_as_read) {
    const auto made = trained({});
    const auto reference = load_reference(made.place());
    ASSERT_TRUE(reference) << reference.error().reason;
    double importance = 0;
    for (const auto& column : made.model().description().columns.columns) {
        const auto* sketch = reference->sketch.find(column.name);
        ASSERT_NE(sketch, nullptr) << column.name;
        EXPECT_EQ(sketch->rows, reference->sketch.rows);
        importance += sketch->importance;
    }
    EXPECT_NEAR(importance, 1, 1e-9);
    const auto* prediction = reference->sketch.find("", drift::Role::prediction);
    ASSERT_NE(prediction, nullptr);
    EXPECT_EQ(prediction->rows, made.outcome.report.held_out_rows);
    EXPECT_FALSE(reference->quality.empty());
}

TEST(reference, of_columns_in_memory_is_that_of_the_rows_read) {
    using learn::noise;
    const auto one_of = [](std::vector<std::string> words, std::uint64_t stream) -> learn::Cells {
        return [=](std::size_t row) {
            return words[static_cast<std::size_t>(
                noise(row, stream) * static_cast<double>(words.size())
            )];
        };
    };
    std::vector<learn::MadeColumn> columns{
        {"real", ColumnType::real, learn::uniform(1)},
        {"whole", ColumnType::integer, one_of({"1", "-2", "", "123456789"}, 2)},
        {"word", ColumnType::text, one_of({"a", "b", "", "long"}, 3)},
        {"free", ColumnType::text, learn::uniform(4)},
        {"truth", ColumnType::boolean, one_of({"true", "false", ""}, 5)},
        {"day", ColumnType::date, one_of({"2024-05-01", "1969-01-02", ""}, 6), "%Y-%m-%d"},
        {"clock", ColumnType::time, one_of({"10:30:00", "23:59:59", ""}, 7), "%H:%M:%S"},
        {"y", ColumnType::real, learn::uniform(8)},
    };
    learn::MadeTable rows(30'000, columns);
    base::Control control;
    const auto loaded = learn::load_columns(rows, "y", control);
    ASSERT_TRUE(loaded);
    std::vector<std::size_t> positions(loaded->size());
    std::iota(positions.begin(), positions.end(), std::size_t{0});
    const auto read = drift::sketch_table(rows, positions, control);
    ASSERT_TRUE(read);
    EXPECT_EQ(drift::to_json(sketch_columns(*loaded)), drift::to_json(*read));
}

TEST(reference, of_a_folder_without_one_says_what_to_do) {
    const auto made = trained({});
    std::filesystem::remove(std::filesystem::path(made.place()) / "reference.json");
    EXPECT_EQ(load_reference(made.place()).error().reason, kNoReference);
    EXPECT_EQ(load_reference("/nowhere").error().reason, kNotAModel);
}

}  // namespace
}  // namespace csva::bundle
