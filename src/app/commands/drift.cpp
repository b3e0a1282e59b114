#include "app/commands/commands.hpp"
#include "engine/bundle/model.hpp"
#include "engine/drift/watch.hpp"
#include "engine/duck/parquet.hpp"
#include "engine/reading/read_csv.hpp"
#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <numeric>

namespace csva::app {
namespace {

/// A CSV file read into a typed table of its own folder, removed with the object.
struct ReadFile {
    base::TemporaryFolder folder;
    std::unique_ptr<table::TableReader> rows;
};

base::Result<ReadFile> read_table(
    const std::string& file, bool all_text, const base::fs::path& parent, base::Control& control
) {
    TRY(auto folder, base::TemporaryFolder::make(parent));
    const std::string parquet = (folder.path() / "table.parquet").string();
    TRY(const auto read,
        reading::read_csv(
            {.input = file,
             .parquet = parquet,
             .temporary_folder = folder.path().string(),
             .all_text = all_text},
            control
        ));
    TRY(auto rows,
        duck::open_table(
            parquet,
            read.schema,
            {},
            {.memory_limit_bytes = 200'000'000, .allowed_files = {parquet}}
        ));
    return ReadFile{std::move(folder), std::move(rows)};
}

namespace fs = std::filesystem;

struct Options {
    std::string reference;
    std::vector<std::string> windows;
    drift::WatchOptions watch;
    bool json = false;
    CommonOptions common;
};

/// What --json prints of a file.
struct WatchedFile {
    std::string file;
    drift::Verdict verdict;
    std::vector<drift::QualityScore> measured;   ///< Where the file has the true answers.
    std::vector<drift::QualityScore> estimated;  ///< Without them, for classes.
};
CSVA_DESCRIBE(WatchedFile, file, verdict, measured, estimated)

struct Printed {
    std::vector<WatchedFile> windows;
    std::vector<drift::QualityScore> quality_before;
};
CSVA_DESCRIBE(Printed, windows, quality_before)

/// A model with its reference, or the sketch of a file alone.
struct Watched {
    drift::Reference reference;
    std::optional<bundle::Model> model;
};

base::Result<Watched> open_reference(const Options& o, const fs::path& parent) {
    std::error_code ignored;
    if (fs::is_directory(o.reference, ignored)) {
        TRY(auto reference, bundle::load_reference(o.reference));
        TRY(auto model, bundle::Model::load(o.reference));
        return Watched{std::move(reference), std::move(model)};
    }
    base::Control control;
    TRY(const auto read, read_table(o.reference, false, parent, control));
    std::vector<std::size_t> columns(read.rows->schema().columns.size());
    std::iota(columns.begin(), columns.end(), std::size_t{0});
    Watched out;
    TRY(out.reference.sketch, drift::sketch_table(*read.rows, columns, control));
    return out;
}

class AnswerCollector {
public:
    AnswerCollector(const bundle::Model& model, const table::Schema& schema)
        : model_(model),
          places_(model.places(schema)),
          target_(schema.find(model.description().report.target)) {
        rows_.class_count = model.description().report.classes.size();
        answers_.with_warnings = false;
    }
    base::Result<void> add(const table::Batch& batch) {
        CHECK_OK(model_.predict(places_, batch, {}, answers_));
        const auto& classes = model_.description().report.classes;
        const std::size_t outputs = std::max<std::size_t>(1, classes.size());
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            rows_.add(std::span<const double>(answers_.values).subspan(row * outputs, outputs));
            all_true_ = all_true_ && target_ &&
                        rows_.add_truth(batch.columns[*target_].texts[row], classes);
        }
        return {};
    }
    /// Without the truth when some row lacks it.
    drift::AnsweredRows take() {
        if (!all_true_) rows_.truth.clear(), rows_.values.clear();
        return std::move(rows_);
    }

private:
    const bundle::Model& model_;
    bundle::Places places_;
    std::optional<std::size_t> target_;
    bundle::Answers answers_;
    drift::AnsweredRows rows_;
    bool all_true_ = true;
};

/// Counts the rows of one window, whichever way they come.
base::Result<drift::Sketch> count_rows(
    const Watched& watched, table::TableReader& rows, const std::string& file, WatchedFile& out
) {
    drift::Counter counter(drift::blank(watched.reference.sketch), rows.schema());
    const bool known = std::ranges::any_of(watched.reference.sketch.columns, [&](const auto& c) {
        return c.role == drift::Role::input && rows.schema().find(c.column.name).has_value();
    });
    if (!known)
        return base::fail(base::ErrorKind::invalid_argument, "drift.no_column", {{"file", file}});
    std::optional<AnswerCollector> answers;
    const bool texts = std::ranges::all_of(rows.schema().columns, [](const auto& c) {
        return c.type == table::ColumnType::text;
    });
    if (watched.model && texts) answers.emplace(*watched.model, rows.schema());
    table::Batch batch;
    for (;;) {
        TRY(const bool more, rows.next(batch));
        if (!more) break;
        counter.add(batch);
        if (answers) CHECK_OK(answers->add(batch));
    }
    if (answers) {
        const auto& classes = watched.model->description().report.classes;
        const auto found = answers->take();
        const auto view = found.view();
        drift::count_answers(view, classes, counter);
        if (found.labelled() > 0) out.measured = drift::measured_quality(view);
        out.estimated = drift::estimated_quality(view, watched.reference.calibration);
    }
    return counter.take();
}

base::Result<drift::Sketch> count_file(
    const Watched& watched, const std::string& file, const fs::path& parent, WatchedFile& out
) {
    base::Control control;
    if (file.ends_with(".parquet")) {
        const std::string path = absolute(file);
        TRY(auto session, duck::Session::open({.allowed_files = {path}, .keep_order = false}));
        TRY(const auto rows, session.read_any("FROM " + duck::from_parquet(path)));
        return count_rows(watched, *rows, file, out);
    }
    drift::Sketch sketch;
    TRY(const auto read,
        reading::read_csv(
            {.input = file,
             .temporary_folder = parent.string(),
             .all_text = true,
             .take = [&](table::TableReader& rows) -> base::Result<void> {
                 TRY(sketch, count_rows(watched, rows, file, out));
                 return {};
             }},
            control
        ));
    return sketch;
}

template <class T>
std::string word(const char* kind, T value) {
    const auto name = base::type_of<T>().enumerators[static_cast<std::size_t>(value)];
    return i18n::text(language(), fmt::format("drift:{}.{}", kind, name));
}

std::string name_of(const drift::Comparison& c) {
    if (c.aspect == drift::Aspect::volume) return i18n::text(language(), "drift:ui.volume");
    const auto role = base::type_of<drift::Role>().enumerators[static_cast<std::size_t>(c.role)];
    return i18n::text(language(), fmt::format("drift:role.{}", role), {{{"name", c.column}}});
}

std::string shown(const std::optional<double>& value) {
    return value ? fmt::format("{:.6g}", *value) : "";
}

void print_scores(
    const char* key, const std::vector<drift::QualityScore>& scores, const drift::Reference& before
) {
    for (const auto& s : scores) {
        const auto old = std::ranges::find(before.quality, s.name, &drift::QualityScore::name);
        if (old == before.quality.end()) continue;
        const auto text = [](double v) { return fmt::format("{:.4f}", v); };
        std::cout << i18n::text(
                         language(),
                         key,
                         {{{"score", s.name},
                           {"value", text(s.value)},
                           {"low", text(s.interval.low)},
                           {"high", text(s.interval.high)},
                           {"before", text(old->value)}}}
                     )
                  << '\n';
    }
}

/// The sentence first, then what was compared, tab-separated.
void print(const WatchedFile& watched, const Options& o, const drift::Reference& reference) {
    const auto& v = watched.verdict;
    std::string names;
    for (const auto& f : v.findings) {
        if (f.state != v.state || !f.matters || v.state == drift::State::stable) continue;
        const std::string name = name_of(f.comparison) + ": " + word("aspect", f.comparison.aspect);
        names += (names.empty() ? "" : ", ") + name;
    }
    const std::string since =
        v.since_ms ? o.windows[static_cast<std::size_t>(*v.since_ms)] : std::string();
    const auto state = base::type_of<drift::State>().enumerators[static_cast<std::size_t>(v.state)];
    std::cout << watched.file << '\n'
              << i18n::text(
                     language(),
                     fmt::format("drift:verdict.{}", state),
                     {{{"columns", v.watched},
                       {"rows", v.rows},
                       {"names", names},
                       {"since", since},
                       {"level", word("level", v.level)}}}
                 )
              << ' ' << word("action", v.action) << '\n';
    print_scores("drift:quality.measured", watched.measured, reference);
    print_scores("drift:quality.estimated", watched.estimated, reference);
    if (v.findings.empty()) return;
    std::cout << i18n::text(language(), "drift:ui.columns") << '\n';
    for (const auto& f : v.findings) {
        const auto& c = f.comparison;
        std::cout << fmt::format(
            "{}\t{}\t{}\t{}\t{:.4f}\t{}\t{:.4g}\t{}\t{}\n",
            word("state", f.state),
            name_of(c),
            word("aspect", c.aspect),
            word("level", f.level),
            c.effect,
            c.test,
            c.p_adjusted,
            shown(c.reference_value),
            shown(c.value)
        );
    }
}

base::Result<void> watch(const Options& o) {
    TRY(const auto parent, temporary_parent(o.common));
    TRY(auto watched, open_reference(o, parent));
    drift::Watch decider(watched.reference.sketch, o.watch);
    Printed printed{{}, watched.reference.quality};
    for (std::size_t i = 0; i < o.windows.size(); ++i) {
        auto& out = printed.windows.emplace_back();
        out.file = o.windows[i];
        TRY(auto sketch, count_file(watched, out.file, parent, out));
        const auto at = static_cast<std::int64_t>(i);
        out.verdict = decider.add({at, at + 1, std::move(sketch)});
        if (!o.json) print(out, o, watched.reference);
    }
    if (o.json) std::cout << base::to_json(printed) << '\n';
    return {};
}

}  // namespace

void add_drift(CommandLine& line) {
    const auto o = std::make_shared<Options>();
    const Command c = line.add("drift", "Say what has changed since a model was trained");
    c.option("reference", o->reference, "Folder of a model, or a CSV file").required();
    c.option("windows", o->windows, "CSV or Parquet files of later rows, oldest first").required();
    c.option("--rate", o->watch.rate, "Most false alarms a window (0.01: 1 %)")
        .between(0.000001, 0.5);
    c.option("--effect", o->watch.effect, "Least change that counts, 0 to 1").between(0.0, 1.0);
    c.option("--least-rows", o->watch.least_rows, "Fewer rows are not judged")
        .between(std::int64_t{10}, std::int64_t{1'000'000});
    c.flag("--json", o->json, "One JSON object");
    add_common_options(c, o->common);
    c.does([&line, o] { run(line, [&o] { return watch(*o); }); });
}

}  // namespace csva::app
