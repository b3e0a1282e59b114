// Answers questions to engine/drift and engine/stats, one JSON object a line on standard input and
// output, for tests/peers/drift and tests/bench/drift. Arrays may be given in place or, when they
// are long, as raw doubles after the line (`raw`: how many of them for each column).

#include "engine/drift/detectors.hpp"
#include "engine/drift/quality.hpp"
#include "engine/drift/watch.hpp"
#include "engine/stats/distances.hpp"
#include "engine/stats/hypothesis_tests.hpp"
#include "engine/stats/kolmogorov.hpp"
#include "foundation/base/described.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

namespace csva::probe {

struct RawColumn {
    std::string name;
    bool category = false;  ///< Values are codes.
    double importance = 0;
};
CSVA_DESCRIBE(RawColumn, name, category, importance)

struct Question {
    std::string call;
    std::vector<double> a, b, edges;
    std::vector<std::int64_t> x, y;
    std::string mode;
    double d = 0;
    double base = 2;
    std::int64_t n = 0, m = 0;
    std::vector<double> parameters;
    std::vector<RawColumn> columns;
    drift::WatchOptions watch;
    drift::Calibration calibration;
    bool findings = false;
};
CSVA_DESCRIBE(
    Question,
    call,
    a,
    b,
    edges,
    x,
    y,
    mode,
    d,
    base,
    n,
    m,
    parameters,
    columns,
    watch,
    calibration,
    findings
)
CSVA_NOTES(
    Question,
    {.field = "a", .defaulted = true},
    {.field = "b", .defaulted = true},
    {.field = "edges", .defaulted = true},
    {.field = "x", .defaulted = true},
    {.field = "y", .defaulted = true},
    {.field = "mode", .defaulted = true},
    {.field = "d", .defaulted = true},
    {.field = "base", .defaulted = true},
    {.field = "n", .defaulted = true},
    {.field = "m", .defaulted = true},
    {.field = "parameters", .defaulted = true},
    {.field = "columns", .defaulted = true},
    {.field = "watch", .defaulted = true},
    {.field = "calibration", .defaulted = true},
    {.field = "findings", .defaulted = true}
)

namespace {

std::string numbers(std::span<const double> values) {
    std::string out = "[";
    for (const double v : values)
        out +=
            (out.size() > 1 ? "," : "") + (std::isfinite(v) ? fmt::format("{:.17g}", v) : "null");
    return out + "]";
}

stats::KsMode ks_mode(const std::string& mode) {
    if (mode == "exact") return stats::KsMode::exact;
    return mode == "asymptotic" ? stats::KsMode::asymptotic : stats::KsMode::automatic;
}

std::vector<double> sorted(std::vector<double> values) {
    std::ranges::sort(values);
    return values;
}

std::string result(const stats::TestResult& r) {
    return numbers(std::vector<double>{r.statistic, r.p, r.degrees});
}

std::string statistic(const Question& q) {
    using namespace stats;
    const auto one = [](double v) { return numbers(std::vector<double>{v}); };
    if (q.call == "psi") return one(population_stability_index(q.x, q.y));
    if (q.call == "jensen_shannon") return one(jensen_shannon_distance(q.x, q.y, q.base));
    if (q.call == "wasserstein") return one(wasserstein_distance(sorted(q.a), sorted(q.b)));
    if (q.call == "normed_wasserstein")
        return one(normed_wasserstein_distance(sorted(q.a), sorted(q.b)));
    if (q.call == "wasserstein_bins") return one(wasserstein_distance(q.edges, q.x, q.y));
    if (q.call == "ks")
        return result(kolmogorov_smirnov(sorted(q.a), sorted(q.b), ks_mode(q.mode)));
    if (q.call == "ks_p") return one(kolmogorov_smirnov_p(q.d, q.n, q.m, ks_mode(q.mode)));
    if (q.call == "kolmogorov") return one(kolmogorov_survival(q.n, q.d));
    if (q.call == "chi_squared") return result(chi_squared_homogeneity(q.x, q.y));
    if (q.call == "chi_squared_fit") return result(chi_squared_fit(q.a, q.b));
    if (q.call == "fisher") return result(fisher_exact({q.x[0], q.x[1], q.y[0], q.y[1]}));
    if (q.call == "benjamini_hochberg") return numbers(benjamini_hochberg(q.a, q.b));
    return "";
}

/// Positions at which a detector raises.
std::string detect(const Question& q) {
    const auto at = [&](std::size_t i, double otherwise) {
        return i < q.parameters.size() ? q.parameters[i] : otherwise;
    };
    drift::Adwin adwin(
        {at(0, 0.002),
         std::llround(at(1, 32)),
         static_cast<std::size_t>(at(2, 5)),
         std::llround(at(3, 5)),
         std::llround(at(4, 10))}
    );
    drift::Ddm ddm({std::llround(at(0, 30)), at(1, 2), at(2, 3)});
    using Mode = drift::PageHinkleyOptions::Mode;
    const Mode mode = q.mode == "up" ? Mode::up : q.mode == "down" ? Mode::down : Mode::both;
    drift::PageHinkley page_hinkley(
        {std::llround(at(0, 30)), at(1, 0.005), at(2, 50), at(3, 0.9999), mode}
    );
    std::vector<double> raised;
    for (std::size_t i = 0; i < q.a.size(); ++i) {
        const bool now = q.call == "adwin" ? adwin.add(q.a[i])
                         : q.call == "ddm" ? ddm.add(q.a[i] != 0)
                                           : page_hinkley.add(q.a[i]);
        if (now) raised.push_back(static_cast<double>(i));
    }
    return numbers(raised);
}

std::string quality(const Question& q) {
    std::vector<int> predicted(q.x.begin(), q.x.end()), truth(q.y.begin(), q.y.end());
    const drift::Answered rows{static_cast<std::size_t>(q.n), q.a, predicted, truth, q.edges, q.b};
    if (q.call == "calibration")
        return base::to_json(drift::fit_calibration(rows, q.mode == "always"));
    const auto scores = q.call == "measured" ? drift::measured_quality(rows)
                                             : drift::estimated_quality(rows, q.calibration);
    std::string out = "{";
    for (const auto& s : scores)
        out += fmt::format(
            "{}\"{}\":{}",
            out.size() > 1 ? "," : "",
            s.name,
            numbers(std::vector<double>{s.value, s.interval.low, s.interval.high})
        );
    return out + "}";
}

/// A table whose rows came as raw doubles, column by column; NaN: missing.
class RawTable : public table::TableReader {
public:
    RawTable(const std::vector<RawColumn>& columns, std::size_t rows) : rows_(rows) {
        for (const auto& c : columns) {
            table::Column column{
                .name = c.name,
                .physical = table::physical_name(schema_.columns.size()),
                .type = c.category ? table::ColumnType::text : table::ColumnType::real
            };
            schema_.columns.push_back(column);
            auto& values = values_.emplace_back(rows);
            std::cin.read(
                reinterpret_cast<char*>(values.data()),
                static_cast<std::streamsize>(rows * sizeof(double))
            );
            std::size_t most = 0;
            for (const double v : values)
                if (c.category && std::isfinite(v))
                    most = std::max(most, static_cast<std::size_t>(v));
            while (words_.size() <= most) words_.push_back("c" + std::to_string(words_.size()));
        }
    }
    const table::Schema& schema() const override { return schema_; }
    base::Result<bool> next(table::Batch& batch) override {
        batch.reset(schema_);
        const std::size_t count = std::min(table::kBatchRows, rows_ - at_);
        for (std::size_t row = at_; row < at_ + count; ++row) {
            batch.row_ids.push_back(static_cast<std::int64_t>(row));
            for (std::size_t c = 0; c < values_.size(); ++c) {
                const double v = values_[c][row];
                auto& data = batch.columns[c];
                if (std::isnan(v))
                    data.append_missing();
                else if (data.type == table::ColumnType::text)
                    data.append_text(words_[static_cast<std::size_t>(v)]);
                else
                    data.append_real(v);
            }
        }
        at_ += count;
        return count > 0;
    }
    base::Result<void> rewind() override {
        at_ = 0;
        return {};
    }

private:
    std::size_t rows_ = 0, at_ = 0;
    table::Schema schema_;
    std::vector<std::vector<double>> values_;
    std::vector<std::string> words_;
};

/// The watch of one reference, window by window.
class Watched {
public:
    std::string reference(const Question& q) {
        RawTable rows(q.columns, static_cast<std::size_t>(q.n));
        std::vector<std::size_t> positions;
        for (std::size_t i = 0; i < q.columns.size(); ++i) positions.push_back(i);
        base::Control control;
        auto sketch = drift::sketch_table(rows, positions, control);
        if (!sketch) return "";
        for (std::size_t i = 0; i < q.columns.size(); ++i)
            sketch->columns[i].importance = q.columns[i].importance;
        // What is watched has been through the bundle.
        auto read = drift::from_json(drift::to_json(*sketch));
        if (!read) return "";
        std::vector<double> errors;
        for (const auto& c : read->columns) errors.push_back(drift::kolmogorov_smirnov_error(c));
        options_ = q.watch;
        watch_ = std::make_unique<drift::Watch>(std::move(*read), options_);
        return numbers(errors);
    }
    void again() {
        if (watch_) watch_ = std::make_unique<drift::Watch>(watch_->reference(), options_);
    }
    std::string window(const Question& q) {
        RawTable rows(q.columns, static_cast<std::size_t>(q.n));
        drift::Counter counter(drift::blank(watch_->reference()), rows.schema());
        table::Batch batch;
        while (rows.next(batch).value_or(false)) counter.add(batch);
        const auto verdict = watch_->add({0, 0, counter.take()});
        if (q.findings) return base::to_json(verdict);
        return fmt::format(
            "\"{}\"",
            base::type_of<drift::State>().enumerators[static_cast<std::size_t>(verdict.state)]
        );
    }

private:
    std::unique_ptr<drift::Watch> watch_;
    drift::WatchOptions options_;
};

std::string answer(const Question& q, Watched& watched) {
    if (q.call == "reference") return watched.reference(q);
    if (q.call == "window") return watched.window(q);
    if (q.call == "again") {
        watched.again();
        return "true";
    }
    if (q.call == "adwin" || q.call == "ddm" || q.call == "page_hinkley") return detect(q);
    if (q.call == "calibration" || q.call == "measured" || q.call == "estimated") return quality(q);
    return statistic(q);
}

int run() {
    std::ios::sync_with_stdio(false);
    Watched watched;
    std::string line;
    while (std::getline(std::cin, line)) {
        const auto question = base::from_json<Question>(line);
        std::string out = question ? answer(*question, watched) : "";
        if (out.empty()) {
            std::cerr << "drift_probe: cannot answer " << line.substr(0, 200) << '\n';
            return 2;
        }
        std::cout << out << '\n' << std::flush;
    }
    return 0;
}

}  // namespace
}  // namespace csva::probe

int main() { return csva::probe::run(); }
