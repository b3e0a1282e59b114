#include "features/monitoring/look.hpp"

#include "engine/bundle/model.hpp"
#include "engine/bundle/reference.hpp"
#include "engine/drift/detectors.hpp"
#include "engine/duck/parquet.hpp"
#include "engine/stats/catalogue.hpp"
#include "engine/stats/scores.hpp"
#include "engine/table/column_parser.hpp"
#include "features/predictions/service.hpp"
#include "foundation/base/files.hpp"

#include <algorithm>
#include <cmath>
#include <future>
#include <numeric>
#include <tuple>

namespace csva::monitoring {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr std::int64_t kMemoryBytes = 400'000'000;

/// The model that is looked at, and what is known of when it was trained.
struct Subject {
    bundle::Description description;
    drift::Reference reference;
    table::Schema schema;  ///< Of windows' tables of predictions.
    std::size_t outputs = 1;

    std::size_t inputs() const { return description.columns.columns.size(); }
    std::size_t first_output() const { return predictions::kLogInputs + inputs(); }
    const std::vector<std::string>& classes() const { return description.report.classes; }
};

/// The reference has the held-out answers of the chosen model only.
void forget_answers(drift::Reference& reference) {
    std::erase_if(reference.sketch.columns, [](const auto& c) {
        return c.role != drift::Role::input;
    });
    reference.calibration = {};
    reference.quality.clear();
}

Result<Subject> subject_of(const LookInput& input) {
    Subject out;
    TRY(const auto model, bundle::Model::load(input.bundle));
    out.description = model.description();
    TRY(out.reference, bundle::load_reference(input.bundle));
    if (input.model_name != out.description.models.front()) forget_answers(out.reference);
    out.schema = predictions::kept_schema(out.description);
    out.outputs = std::max<std::size_t>(1, out.classes().size());
    return out;
}

void outputs_of(
    const table::Batch& batch, std::size_t first, std::size_t row, std::vector<double>& out
) {
    for (std::size_t k = 0; k < out.size(); ++k) out[k] = batch.columns[first + k].reals[row];
}

/// Counts rows of segments and gives them on as they are kept, numbers as numbers: both at a time.
class CountingReader final : public table::TableReader {
public:
    CountingReader(table::TableReader& rows, const Subject& subject)
        : rows_(rows),
          subject_(subject),
          counter_(drift::blank(subject.reference.sketch), rows.schema()),
          outputs_(subject.outputs) {
        answers_.class_count = subject.classes().size();
        for (const auto& column : subject.description.columns.columns)
            parsers_.emplace_back(column);
    }
    const table::Schema& schema() const override { return subject_.schema; }
    Result<bool> next(table::Batch& batch) override {
        TRY(const bool more, rows_.next(texts_));
        batch.reset(subject_.schema);
        if (!more) return false;
        auto counted = std::async(std::launch::async, [this] { counter_.add(texts_); });
        for (std::size_t row = 0; row < texts_.rows(); ++row) {
            outputs_of(texts_, subject_.first_output(), row, outputs_);
            answers_.add(outputs_);
        }
        convert(batch);
        counted.get();
        return true;
    }
    Result<void> rewind() override {
        return std::unexpected(base::internal_error("rows are counted once"));
    }
    const drift::AnsweredRows& answers() const { return answers_; }
    drift::Sketch take() {
        drift::count_answers(answers_.view(), subject_.classes(), counter_);
        return counter_.take();
    }

private:
    void convert(table::Batch& batch) {
        const std::size_t last = subject_.schema.columns.size() - 1;
        std::vector<std::map<std::string, std::string>> unreadable(texts_.rows());
        batch.row_ids = texts_.row_ids;
        batch.keep = texts_.keep;
        for (std::size_t c = 0; c < last; ++c) {
            const std::size_t input = c - predictions::kLogInputs;  // Wraps below the inputs.
            const bool is_number = input < subject_.inputs() &&
                                   subject_.schema.columns[c].type == table::ColumnType::real;
            if (is_number)
                convert_numbers(texts_.columns[c], input, batch.columns[c], unreadable);
            else
                batch.columns[c] = texts_.columns[c];
        }
        for (const auto& cells : unreadable) {
            if (cells.empty())
                batch.columns[last].append_missing();
            else
                batch.columns[last].append_text(batch.arena.store(base::to_json(cells)));
        }
    }

    void convert_numbers(
        const table::ColumnData& from,
        std::size_t input,
        table::ColumnData& into,
        std::vector<std::map<std::string, std::string>>& unreadable
    ) {
        const auto& column = subject_.description.columns.columns[input];
        number_.type = column.type;
        number_.clear();
        for (std::size_t row = 0; row < from.size(); ++row) {
            const auto outcome = parsers_[input].append(from.texts[row], number_);
            if (outcome == table::ColumnParser::Outcome::bad)
                unreadable[row][column.name] = std::string(from.texts[row]);
            if (number_.missing(row))
                into.append_missing();
            else
                into.append_real(number_.number(row));
        }
    }

    table::TableReader& rows_;
    const Subject& subject_;
    drift::Counter counter_;
    std::vector<table::ColumnParser> parsers_;
    table::Batch texts_;
    table::ColumnData number_;
    std::vector<double> outputs_;
    drift::AnsweredRows answers_;
};

using Labels = std::map<predictions::PredictionKey, std::string>;

/// One error of a labelled row: 1 or 0 for a class, the distance for a number.
struct TimedError {
    std::int64_t at_ms = 0;
    double error = 0;
    std::size_t window = 0;
};

QualityState state_of(
    const std::vector<drift::QualityScore>& now,
    const std::vector<drift::QualityScore>& when_trained,
    std::int64_t rows
) {
    if (now.empty() || rows < drift::WatchOptions{}.least_rows) return QualityState::unknown;
    const auto& score = now.front();
    const auto before = std::ranges::find(when_trained, score.name, &drift::QualityScore::name);
    const auto* info = stats::find_score(score.name);
    if (before == when_trained.end() || info == nullptr) return QualityState::unknown;
    const bool worse = info->higher_is_better ? score.interval.high < before->interval.low
                                              : score.interval.low > before->interval.high;
    return worse ? QualityState::worse : QualityState::as_expected;
}

/// Measures the labelled rows of a window's Parquet file and gathers their errors.
Result<void> measure(
    const Subject& subject,
    const Labels& labels,
    const std::string& parquet,
    std::size_t position,
    LookedWindow& window,
    std::vector<TimedError>& errors
) {
    std::vector<std::size_t> columns{0, 1, 2};
    for (std::size_t k = 0; k < subject.outputs; ++k) columns.push_back(subject.first_output() + k);
    TRY(const auto rows,
        duck::open_table(
            parquet,
            subject.schema,
            columns,
            {.memory_limit_bytes = kMemoryBytes, .allowed_files = {parquet}}
        ));
    drift::AnsweredRows labelled;
    labelled.class_count = subject.classes().size();
    std::vector<double> outputs(subject.outputs);
    table::Batch batch;
    for (;;) {
        TRY(const bool more, rows->next(batch));
        if (!more) break;
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            const auto label = labels.find(
                {std::string(batch.columns[0].texts[row]), batch.columns[1].integers[row]}
            );
            if (label == labels.end() || !labelled.add_truth(label->second, subject.classes()))
                continue;
            outputs_of(batch, predictions::kLogInputs, row, outputs);
            labelled.add(outputs);
            const double error = labelled.class_count > 0
                                     ? (labelled.predicted.back() == labelled.truth.back() ? 0 : 1)
                                     : std::abs(labelled.estimates.back() - labelled.values.back());
            errors.push_back({batch.columns[2].integers[row], error, position});
        }
    }
    auto& quality = window.quality;
    window.is_measured = true;
    quality.labelled_rows = labelled.labelled();
    if (quality.labelled_rows > 0) quality.measured = drift::measured_quality(labelled.view());
    quality.state = state_of(quality.measured, subject.reference.quality, quality.labelled_rows);
    return {};
}

/// Where detectors raise in the stream of errors, told to the window of that row. DDM is for
/// answers that are right or wrong.
void detect(std::vector<TimedError>& errors, bool of_classes, std::vector<LookedWindow>& windows) {
    std::ranges::sort(errors, {}, [](const TimedError& e) {
        return std::tuple(e.at_ms, e.window);
    });
    drift::Adwin adwin;
    drift::Ddm ddm;
    drift::PageHinkley page_hinkley;
    const auto raise = [&](const TimedError& e, const char* detector) {
        windows[e.window].quality.alarms.push_back({detector, e.at_ms});
    };
    for (const auto& e : errors) {
        if (adwin.add(e.error)) raise(e, "adwin");
        if (of_classes && ddm.add(e.error > 0)) raise(e, "ddm");
        if (page_hinkley.add(e.error)) raise(e, "page_hinkley");
    }
}

/// Writes the rows of segments and counts them; fills all of `window` but its verdict.
Result<drift::Sketch> make_window(
    const Subject& subject,
    const NewWindow& order,
    const fs::path& out,
    base::Control& control,
    LookedWindow& window
) {
    const std::vector<fs::path> files(order.segments.begin(), order.segments.end());
    const auto rows = predictions::read_segments(files, subject.description);
    CountingReader counted(*rows, subject);
    const std::string parquet = (out / window.rows_file).string();
    TRY(auto session,
        duck::Session::open(
            {.memory_limit_bytes = kMemoryBytes, .allowed_files = {parquet}}, &control
        ));
    CHECK_OK(duck::write_table(session, counted, parquet));
    const auto answers = counted.answers().view();
    if (!subject.reference.quality.empty())
        window.quality.estimated = drift::estimated_quality(answers, subject.reference.calibration);
    auto sketch = counted.take();
    window.distributions = distributions_of(subject.reference.sketch, sketch);
    CHECK_OK(base::write_file(out / window.sketch_file, drift::to_json(sketch)));
    return sketch;
}

/// All windows in order of time: known ones with what was stored, new ones made now.
struct Timeline {
    std::vector<LookedWindow> windows;
    std::vector<drift::Window> sketches;
    std::vector<std::string> parquets;  ///< Of windows to be measured; else empty.
};

Result<Timeline> lay_out(
    const Subject& subject, const LookInput& input, const fs::path& out, base::Control& control
) {
    Timeline line;
    for (const auto& known : input.windows) {
        TRY(const auto json, base::read_file(known.sketch));
        TRY(auto sketch, drift::from_json(json));
        auto& window = line.windows.emplace_back();
        window.id = known.id;
        window.kind = known.kind;
        line.sketches.push_back({known.from_ms, known.to_ms, std::move(sketch)});
        line.parquets.push_back(known.is_labelled ? known.rows : std::string());
    }
    for (std::size_t i = 0; i < input.added.size(); ++i) {
        const auto& order = input.added[i];
        auto& window = line.windows.emplace_back();
        window.kind = order.kind;
        window.batch_id = order.batch_id;
        window.codes = order.codes;
        window.rows_file = "rows-" + std::to_string(i) + ".parquet";
        window.sketch_file = "sketch-" + std::to_string(i) + ".json";
        TRY(auto sketch, make_window(subject, order, out, control, window));
        line.sketches.push_back({order.from_ms, order.to_ms, std::move(sketch)});
        line.parquets.push_back((out / window.rows_file).string());
        control.progress(
            static_cast<double>(i + 1) / static_cast<double>(input.added.size() + 1), "watching"
        );
    }
    return line;
}

void judge(const Subject& subject, Timeline& line) {
    std::vector<std::size_t> order(line.windows.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) {
        return std::tuple(line.sketches[i].from_ms, i);
    });
    drift::Watch watch(subject.reference.sketch);
    for (const auto i : order) {
        line.sketches[i].is_whole = line.windows[i].kind == WindowKind::period;
        line.windows[i].verdict = watch.add(std::move(line.sketches[i]));
    }
}

}  // namespace

Result<LookOutcome> look(const LookInput& input, const fs::path& out, base::Control& control) {
    TRY(const auto subject, subject_of(input));
    TRY(auto line, lay_out(subject, input, out, control));
    Labels labels;
    for (const auto& label : input.labels) labels[{label.code, label.n}] = label.value;
    std::vector<TimedError> errors;
    for (std::size_t i = 0; i < line.windows.size() && !labels.empty(); ++i)
        if (!line.parquets[i].empty())
            CHECK_OK(measure(subject, labels, line.parquets[i], i, line.windows[i], errors));
    detect(errors, !subject.classes().empty(), line.windows);
    judge(subject, line);
    return LookOutcome{input.revision, subject.reference.quality, std::move(line.windows)};
}

}  // namespace csva::monitoring
