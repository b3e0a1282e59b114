#include "app/commands/commands.hpp"
#include "engine/bundle/reference.hpp"
#include "engine/bundle/score.hpp"
#include "engine/exchange/exchange.hpp"
#include "engine/profile/personal.hpp"
#include "engine/reading/read_csv.hpp"
#include "engine/stats/catalogue.hpp"
#include "engine/stats/scores.hpp"
#include "features/privacy/types.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <cmath>
#include <iostream>

namespace csva::app {

namespace {

struct Options {
    std::string file, target, model, test, budget, task = "auto", preset = "quick", held_out,
                                                   personal = "keep";
    learn::TrainOptions train;
    bool json = false;
    CommonOptions common;
};

/// Leaderboard lines as they come, on the terminal.
class TerminalControl : public base::Control {
public:
    void event(std::string_view json) override {
        learn::LeaderboardLine line;
        if (!base::decode(json, base::type_of<learn::LeaderboardLine>(), &line) ||
            line.scores.empty())
            return;
        std::cerr << fmt::format(
            "{:<28}{} {:.4f}\n", line.name, line.scores.front().name, line.scores.front().value
        );
    }
};

base::Result<double> seconds(const std::string& text) {
    if (text.empty()) return 0.0;
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    const std::string_view unit(end);
    const double scale = unit == "m" || unit == "min"  ? 60
                         : unit == "h"                 ? 3600
                         : unit.empty() || unit == "s" ? 1
                                                       : -1;
    if (!(value > 0) || scale < 0)
        return base::fail(
            base::ErrorKind::invalid_argument, "learn.bad_budget", {{"budget", text}}
        );
    return value * scale;
}

template <class T>
base::Result<T> choice(const std::string& text, const char* option) {
    T value{};
    if (!base::decode('"' + text + '"', base::type_of<T>(), &value))
        return base::fail(
            base::ErrorKind::invalid_argument,
            "learn.bad_option",
            {{"option", std::string(option)}, {"value", text}}
        );
    return value;
}

/// A file of rows with their answers: the truth by row in the words of the model, its
/// probabilities.
struct Tested {
    std::vector<int> truth, predicted;
    std::vector<double> probabilities, positive, values, estimates;

    void add(const learn::Report& report, std::string_view cell, std::span<const double> answer) {
        if (report.classes.empty()) {
            std::string point(cell);
            std::ranges::replace(point, ',', '.');
            char* end = nullptr;
            const double value = std::strtod(point.c_str(), &end);
            if (point.empty() || *end != '\0') return;
            values.push_back(value);
            estimates.push_back(answer[0]);
            return;
        }
        const auto at = std::ranges::find(report.classes, cell);
        if (at == report.classes.end()) return;
        truth.push_back(static_cast<int>(at - report.classes.begin()));
        predicted.push_back(static_cast<int>(stats::likeliest(answer)));
        probabilities.insert(probabilities.end(), answer.begin(), answer.end());
        if (answer.size() == 2) positive.push_back(answer[1]);
    }
};

base::Result<Tested> test_rows(
    const bundle::Model& model,
    const std::string& file,
    const base::fs::path& parent,
    base::Control& control
) {
    const auto& report = model.description().report;
    const std::size_t outputs = std::max<std::size_t>(1, report.classes.size());
    Tested out;
    const auto take = [&](table::TableReader& rows) -> base::Result<void> {
        const auto target = rows.schema().find(report.target);
        if (!target)
            return base::fail(
                base::ErrorKind::invalid_argument,
                learn::kUnknownTarget,
                {{"column", report.target}}
            );
        const auto add = [&](bundle::Answered& batch) -> base::Result<void> {
            const auto& truth = batch.rows.columns[*target];
            for (std::size_t r = 0; r < batch.rows.rows(); ++r)
                if (!truth.missing(r))
                    out.add(report, truth.texts[r], {&batch.answers.values[r * outputs], outputs});
            return {};
        };
        CHECK_OK(bundle::answer_rows(model, {.take = add}, rows, control));
        return {};
    };
    CHECK_OK(reading::read_csv(
        {.input = file, .temporary_folder = parent.string(), .all_text = true, .take = take},
        control
    ));
    return out;
}

base::Result<std::map<std::string, double>> test_scores(
    const std::string& folder,
    const std::string& file,
    const base::fs::path& parent,
    base::Control& control
) {
    TRY(const auto model, bundle::Model::load(folder));
    TRY(const auto tested, test_rows(model, file, parent, control));
    const auto order = stats::order_by(tested.positive);
    const auto classes = model.description().report.classes.size();
    const stats::ScoreInput input{
        tested.truth,
        tested.predicted,
        {tested.probabilities, std::max<std::size_t>(1, classes)},
        tested.positive,
        order,
        tested.values,
        tested.estimates,
        classes
    };
    std::map<std::string, double> out;
    for (const auto& info : stats::scores()) {
        const bool regression = info.task == stats::ScoreTask::regression;
        if (regression != (classes == 0) || (info.task == stats::ScoreTask::binary && classes != 2))
            continue;
        out[std::string(info.name)] = info.function(input, {});
    }
    return out;
}

/// Rows on their way to training, looked at for personal data: the first batches all, then one in
/// two, four, eight... as they go on.
class WatchedRows final : public table::TableReader {
public:
    explicit WatchedRows(table::TableReader& rows) : rows_(rows), scan_(rows.schema()) {}
    const table::Schema& schema() const override { return rows_.schema(); }
    std::int64_t row_count() const override { return rows_.row_count(); }
    base::Result<bool> next(table::Batch& batch) override {
        TRY(const bool more, rows_.next(batch));
        if (!more) return false;
        if (batches_ >= kWhole * every_ * 2) every_ *= 2;
        if (batches_++ % every_ == 0) scan_.add(batch);
        return true;
    }
    base::Result<void> rewind() override { return rows_.rewind(); }
    profile::Personal personal() { return scan_.result(); }

private:
    static constexpr std::int64_t kWhole = 64;
    table::TableReader& rows_;
    profile::PersonalScan scan_;
    std::int64_t batches_ = 0;
    std::int64_t every_ = 1;
};

/// A CSV file in memory, as training takes it, and what watching compares with.
struct ReadFile {
    table::Schema schema;
    learn::RawTable table;
    drift::Sketch sketch;
    std::vector<std::string> personal;  ///< Names of columns, without the target's.
};

/// What becomes of personal columns: a warning, no column, or no training.
base::Result<std::vector<recipe::FittedStep>> treat_personal(const Options& o, ReadFile& read) {
    std::vector<recipe::FittedStep> steps;
    if (read.personal.empty()) return steps;
    std::string names;
    for (const auto& name : read.personal) names += (names.empty() ? "" : ", ") + name;
    if (o.personal == "refuse")
        return base::fail(base::ErrorKind::conflict, privacy::kUndecided, {{"columns", names}});
    const bool drop = o.personal == "drop";
    std::cerr << i18n::text(
                     language(),
                     drop ? "privacy:ui.command.dropped" : "privacy:ui.command.kept",
                     {{{"columns", names}}}
                 )
              << '\n';
    if (!drop) return steps;
    std::erase_if(read.table.columns, [&](const learn::RawColumn& column) {
        return std::ranges::find(read.personal, column.column.name) != read.personal.end();
    });
    steps.push_back({{"drop_column@1", read.personal, {}}, "{}"});
    return steps;
}

base::Result<ReadFile> read_table(
    const std::string& file,
    const learn::TrainRequest& request,
    const base::fs::path& parent,
    base::Control& control
) {
    base::Result<learn::RawTable> table;
    profile::Personal personal;
    TRY(auto read,
        reading::read_csv(
            {.input = file,
             .temporary_folder = parent.string(),
             .take = [&](table::TableReader& rows) -> base::Result<void> {
                 table = base::Result<learn::RawTable>();  // frees what another pass has read
                 WatchedRows watched(rows);
                 table = learn::load_table(watched, request, control);
                 personal = watched.personal();
                 return {};  // The types of the sample may be what is wrong.
             }},
            control
        ));
    if (!table) return std::unexpected(std::move(table).error());
    auto sketch = bundle::sketch_columns(table->columns);
    std::vector<std::string> names;
    for (const auto& column : personal.columns)
        if (column.found.column != request.target) names.push_back(column.found.column);
    return ReadFile{std::move(read.schema), std::move(*table), std::move(sketch), std::move(names)};
}

/// What is left of the whole command's time for learning: the rest saves the model, and reads and
/// scores the rows of --test as slowly as the table was read.
double learning_share(const Options& o, double budget, double used) {
    constexpr double kShare = 0.92, kTestedShare = 0.85;
    if (o.test.empty()) return (budget - used) * kShare;
    std::error_code ignored;
    const auto size = [&](const std::string& file) {
        return static_cast<double>(std::filesystem::file_size(file, ignored));
    };
    const double table = std::max(1.0, size(o.file));
    return (budget - used * (1 + size(o.test) / table)) * kTestedShare;
}

base::Result<void> train(const Options& o) {
    TRY(const double budget, seconds(o.budget));
    TRY(const auto task, choice<learn::Task>(o.task == "auto" ? "automatic" : o.task, "--task"));
    TRY(const auto preset, choice<learn::Preset>(o.preset, "--preset"));
    std::error_code ignored;
    if (std::filesystem::exists(o.model, ignored))
        return base::fail(base::ErrorKind::conflict, bundle::kExists);
    TerminalControl shown;
    base::Control silent;
    base::Control& control = o.json ? silent : shown;
    const auto begin = std::chrono::steady_clock::now();
    TRY(const auto parent, temporary_parent(o.common));
    learn::TrainRequest request{o.target, task, preset, budget, o.train};
    TRY(auto read, read_table(o.file, request, parent, control));
    if (o.personal != "keep" && o.personal != "drop" && o.personal != "refuse")
        return base::fail(
            base::ErrorKind::invalid_argument,
            "learn.bad_option",
            {{"option", std::string("--personal")}, {"value", o.personal}}
        );
    TRY(const auto steps, treat_personal(o, read));
    const double used =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    if (budget > 0) request.budget_s = std::max(0.5, learning_share(o, budget, used));
    learn::wait_awake_if_alone();
    TRY(const auto outcome, learn::train(std::move(read.table), request, control));
    TRY(const auto replay, recipe::Replay::load(read.schema, steps));
    TRY(const auto reference, bundle::make_reference(outcome, replay, std::move(read.sketch)));
    CHECK_OK(exchange::save(o.model, outcome, replay, reference));
    if (!o.held_out.empty()) CHECK_OK(base::write_file(o.held_out, outcome.held_out_csv));
    std::map<std::string, double> test;
    if (!o.test.empty()) {
        TRY(test, test_scores(o.model, o.test, parent, control));
    }
    std::string json;
    base::encode(json, base::type_of<learn::Report>(), &outcome.report);
    if (o.json) {
        std::string scores;
        base::encode(scores, base::type_of<std::map<std::string, double>>(), &test);
        std::cout << "{\"report\":" << json << ",\"test\":" << scores << "}\n";
        return {};
    }
    const auto& v = outcome.report.verdict;
    std::cout << fmt::format(
        "best {}\nverdict {} {} {:.4f} ({:.4f} to {:.4f}), guessing {:.4f}{}\n",
        outcome.report.best,
        v.kind,
        v.score,
        v.value,
        v.interval.low,
        v.interval.high,
        v.baseline,
        v.column.empty() ? "" : ", see column " + v.column
    );
    for (const auto& [name, value] : test)
        std::cout << fmt::format("test {} {:.6f}\n", name, value);
    return {};
}

}  // namespace

void add_train(CommandLine& line) {
    const auto o = std::make_shared<Options>();
    const Command c = line.add("train", "Train a model on a CSV file");
    c.option("file", o->file, "CSV file").required();
    c.option("--target", o->target, "Column to predict").required();
    c.option("--model", o->model, "Folder of the model, made new").required();
    c.option("--task", o->task, "auto, binary, multiclass or regression");
    c.option("--budget", o->budget, "Time limit: 30s, 5m");
    c.option("--preset", o->preset, "quick, solid or best");
    c.option("--families", o->train.families, "Model families, by name").separated_by(',');
    c.option("--trees", o->train.trees, "Number of trees");
    c.option("--leaves", o->train.leaves, "Leaves of a tree");
    c.option("--learning-rate", o->train.learning_rate, "Learning rate of boosting");
    c.option("--folds", o->train.folds, "Folds of the choice");
    c.option("--seed", o->train.seed, "The same seed gives the same model");
    c.option("--threads", o->train.threads, "Threads; does not change the model");
    c.option("--work", o->train.work, "Budget as work, so that a rerun gives the same model");
    c.option("--test", o->test, "CSV file whose rows are scored");
    c.option("--held-out", o->held_out, "Where the held-out predictions go (CSV)");
    c.option("--personal", o->personal, "Personal columns: keep (with a warning), drop or refuse");
    c.flag("--json", o->json, "One JSON object");
    add_common_options(c, o->common);
    c.does([&line, o] { run(line, [&o] { return train(*o); }); });
}

}  // namespace csva::app
