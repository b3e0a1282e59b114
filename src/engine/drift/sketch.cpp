#include "engine/drift/sketch.hpp"

#include "engine/drift/bins.hpp"
#include "engine/stats/random.hpp"
#include "engine/table/column_parser.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace csva::drift {
namespace {

using table::ColumnData;
using table::ColumnType;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMostDistinct = 20'000;  // A text column of more is free text.
constexpr double kCovered = 0.5;  // Share of the cells that frequent categories must have.
constexpr std::size_t kSampledCells = 16'000'000, kLeastSample = 4'096, kMostSample = 65'536;

Kind kind_of(ColumnType type) {
    switch (type) {
        case ColumnType::text:
        case ColumnType::boolean:
            return Kind::category;
        case ColumnType::date:
        case ColumnType::timestamp:
            return Kind::date;
        default:
            return Kind::number;
    }
}

/// As models see a number (learn::finite_float); a time of day stays exact.
double rounded(double value, ColumnType type) {
    constexpr double kMost = 1e30;
    if (type == ColumnType::time || !std::isfinite(value)) return value;
    return static_cast<double>(static_cast<float>(std::clamp(value, -kMost, kMost)));
}

bool is_missing(const ColumnData& data, std::size_t row) {
    return data.missing(row) || (data.type == ColumnType::text && data.texts[row].empty());
}

/// The text of a cell, in `buffer` when it has to be made.
std::string_view word_of(const ColumnData& data, std::size_t row, std::string& buffer) {
    if (data.type == ColumnType::text) return data.texts[row];
    buffer.clear();
    table::append_cell_text(buffer, data, row);
    return buffer;
}

/// What a first pass learns of a column.
struct Seen {
    ColumnSketch column;
    std::vector<double> sample;  // Numbers, or lengths of texts; NaN when missing.
    TextCounts words;
    std::int64_t with_value = 0;
    bool free_text = false;

    double look(const ColumnData& data, std::size_t row, std::string& buffer) {
        if (is_missing(data, row)) return kNan;
        if (column.kind == Kind::number) return rounded(data.number(row), column.column.type);
        if (column.kind == Kind::date) return kNan;
        const auto word = word_of(data, row, buffer);
        ++with_value;
        if (!free_text) {
            const auto found = words.find(word);
            if (found == words.end())
                words.emplace(word, 1);
            else
                ++found->second;
            free_text = words.size() > kMostDistinct;
        }
        return static_cast<double>(word.size());
    }

    /// Bins and categories; nothing is counted yet.
    ColumnSketch frame() {
        if (column.kind == Kind::category) {
            std::int64_t covered = 0;
            if (!free_text) make_categories(words, column);
            for (const auto& category : column.categories) covered += words.at(category);
            if (column.column.type == ColumnType::text &&
                static_cast<double>(covered) < kCovered * static_cast<double>(with_value)) {
                column.kind = Kind::text;
                column.categories.clear();
                column.category_counts.clear();
            }
        }
        if (column.kind == Kind::number || column.kind == Kind::text) {
            column.edges = make_edges(std::move(sample));
            column.counts.assign(column.edges.size() + 1, 0);
        }
        return std::move(column);
    }
};

ColumnSketch named(std::string name, Role role, Kind kind) {
    ColumnSketch out;
    out.column.name = std::move(name);
    out.column.type = kind == Kind::number ? ColumnType::real : ColumnType::text;
    out.kind = kind;
    out.role = role;
    return out;
}

using WordRows = std::vector<std::pair<std::string, std::int64_t>>;

/// How many rows each word of a category has.
WordRows word_rows(const table::Column& column, const ColumnCells& cells) {
    WordRows out;
    if (kind_of(column.type) != Kind::category) return out;
    if (column.type == ColumnType::text) {
        for (const auto& word : cells.words) out.emplace_back(word, 0);
        for (const auto code : cells.codes)
            if (code >= 0) ++out[static_cast<std::size_t>(code)].second;
    } else {
        ColumnData both{.type = column.type};
        both.append_integer(0);
        both.append_integer(1);
        for (std::size_t i = 0; i < 2; ++i) out.emplace_back(table::cell_text(both, i), 0);
        for (const auto v : cells.numbers)
            if (!std::isnan(v)) ++out[v != 0 ? 1 : 0].second;
    }
    std::erase_if(out, [](const auto& word) { return word.second == 0; });
    return out;
}

void count_words(const WordRows& words, ColumnSketch& column) {
    const std::unordered_map<std::string_view, std::int64_t> rows(words.begin(), words.end());
    std::int64_t counted = 0;
    for (std::size_t k = 0; k < column.categories.size(); ++k)
        counted += column.category_counts[k] = rows.at(column.categories[k]);
    for (const auto& [word, times] : words) column.other_count += times;
    column.other_count -= counted;
}

/// Counts numbers in blocks, as a table that is read does.
void count_rows(std::size_t rows, const auto& value, ColumnSketch& column) {
    std::vector<double> block;
    for (std::size_t row = 0; row < rows; ++row) {
        if (const double v = value(row); std::isfinite(v))
            block.push_back(v);
        else
            ++(std::isnan(v) ? column.missing : column.unreadable);
        if ((row + 1) % table::kBatchRows != 0 && row + 1 < rows) continue;
        // Moments are merged before the rows count.
        const std::int64_t without = std::exchange(column.missing, 0),
                           unreadable = std::exchange(column.unreadable, 0);
        count_numbers(block, column);
        column.rows += static_cast<std::int64_t>(block.size());
        column.missing = without;
        column.unreadable = unreadable;
        block.clear();
    }
}

void count_finite(std::span<const double> values, ColumnSketch& column) {
    std::vector<double> finite;
    std::int64_t missing = 0;
    for (const double v : values)
        if (std::isfinite(v))
            finite.push_back(v);
        else
            ++missing;
    count_numbers(finite, column);
    column.missing += missing;
    column.rows += static_cast<std::int64_t>(values.size());
}

}  // namespace

double ColumnSketch::deviation() const {
    const auto n = static_cast<double>(counted());
    return n > 0 ? std::sqrt(squares / n) : kNan;
}

const ColumnSketch* Sketch::find(std::string_view name, Role role) const {
    for (const auto& c : columns)
        if (c.column.name == name && c.role == role) return &c;
    return nullptr;
}

double kolmogorov_smirnov_error(const ColumnSketch& reference) {
    std::int64_t most = 0;
    for (std::size_t i = 1; i < reference.edges.size(); ++i) {
        const double low = reference.edges[i - 1], high = reference.edges[i];
        if (std::nextafter(low, high) < high) most = std::max(most, reference.counts[i]);
    }
    const auto rows = static_cast<double>(reference.counted());
    return rows > 0 ? static_cast<double>(most) / rows : 0;
}

void pack(Sketch& sketch) {
    for (auto& column : sketch.columns)
        for (const double edge : column.edges)
            base::encode_number(column.edge_texts.emplace_back(), edge);
}

base::Result<void> unpack(Sketch& sketch) {
    for (auto& c : sketch.columns) {
        for (const auto& text : c.edge_texts)
            std::from_chars(text.data(), text.data() + text.size(), c.edges.emplace_back());
        c.edge_texts.clear();
        const bool binned = c.kind == Kind::number || c.kind == Kind::text;
        if (!std::ranges::is_sorted(c.edges) || c.categories.size() != c.category_counts.size() ||
            c.counts.size() != (binned ? c.edges.size() + 1 : 0))
            return base::fail(base::ErrorKind::invalid_argument, kBadSketch);
    }
    return {};
}

std::string to_json(Sketch sketch) {
    pack(sketch);
    return base::to_json(sketch);
}

base::Result<Sketch> from_json(std::string_view json) {
    Sketch out;
    if (!base::decode(json, base::type_of<Sketch>(), &out))
        return base::fail(base::ErrorKind::invalid_argument, kBadSketch);
    CHECK_OK(unpack(out));
    return out;
}

Sketch blank(const Sketch& reference) {
    Sketch out = reference;
    out.rows = 0;
    for (auto& c : out.columns) {
        c.rows = c.missing = c.unreadable = c.other_count = 0;
        c.mean = c.squares = 0;
        std::ranges::fill(c.counts, 0);
        std::ranges::fill(c.category_counts, 0);
    }
    return out;
}

void merge(const Sketch& from, Sketch& into) {
    assert(from.columns.size() == into.columns.size());
    into.rows += from.rows;
    for (std::size_t i = 0; i < from.columns.size(); ++i) {
        const auto& a = from.columns[i];
        auto& b = into.columns[i];
        merge_moments(
            {static_cast<double>(a.counted()), a.mean, a.squares},
            static_cast<double>(b.counted()),
            b
        );
        b.rows += a.rows;
        b.missing += a.missing;
        b.unreadable += a.unreadable;
        b.other_count += a.other_count;
        b.absent = b.absent || a.absent;
        for (std::size_t k = 0; k < a.counts.size(); ++k) b.counts[k] += a.counts[k];
        for (std::size_t k = 0; k < a.category_counts.size(); ++k)
            b.category_counts[k] += a.category_counts[k];
    }
}

struct Counter::State {
    struct Place {
        std::optional<std::size_t> at;
        std::optional<table::ColumnParser> parser;  // For cells of another type.
        std::unordered_map<std::string, std::size_t, TextHash, std::equal_to<>> codes;
    };
    Sketch sketch;
    std::vector<Place> places;
    std::vector<double> numbers;
    ColumnData read;
    std::string buffer;

    void count_word(std::string_view word, std::size_t i) {
        auto& column = sketch.columns[i];
        const auto found = places[i].codes.find(word);
        if (found == places[i].codes.end())
            ++column.other_count;
        else
            ++column.category_counts[found->second];
    }

    /// The cell as the reference's column would have it; false when it cannot be read so.
    bool parse(const ColumnData& data, std::size_t row, std::size_t i) {
        auto& place = places[i];
        const auto& type = sketch.columns[i].column;
        if (!place.parser) place.parser.emplace(type);
        read.clear();
        read.type = type.type;
        return place.parser->append(word_of(data, row, buffer), read) !=
               table::ColumnParser::Outcome::bad;
    }

    void add_cell(const ColumnData& data, std::size_t row, std::size_t i) {
        auto& column = sketch.columns[i];
        const ColumnType wanted = column.column.type;
        const bool same = data.type == wanted || wanted == ColumnType::text ||
                          (table::is_numeric(data.type) && table::is_numeric(wanted));
        const ColumnData* cell = &data;
        std::size_t at = row;
        if (!same) {
            if (!parse(data, row, i)) {
                ++column.unreadable;
                return;
            }
            cell = &read;
            at = 0;
        }
        if (is_missing(*cell, at)) {
            ++column.missing;
        } else if (column.kind == Kind::category) {
            count_word(word_of(*cell, at, buffer), i);
        } else if (column.kind == Kind::text) {
            numbers.push_back(static_cast<double>(word_of(*cell, at, buffer).size()));
        } else if (column.kind == Kind::number) {
            if (const double v = cell->number(at); std::isfinite(v))
                numbers.push_back(rounded(v, wanted));
            else
                ++column.unreadable;
        }
    }

    void add_column(const ColumnData& data, std::size_t i) {
        auto& column = sketch.columns[i];
        const std::int64_t missing = column.missing, unreadable = column.unreadable;
        numbers.clear();
        for (std::size_t row = 0; row < data.size(); ++row)
            if (is_missing(data, row))
                ++column.missing;
            else
                add_cell(data, row, i);
        // Moments are merged before the rows count.
        const std::int64_t new_missing = column.missing - missing;
        const std::int64_t new_unreadable = column.unreadable - unreadable;
        column.missing = missing;
        column.unreadable = unreadable;
        if (!column.counts.empty()) count_numbers(numbers, column);
        column.missing += new_missing;
        column.unreadable += new_unreadable;
        column.rows += static_cast<std::int64_t>(data.size());
    }
};

Counter::Counter(Sketch empty, const table::Schema& schema) : state_(std::make_unique<State>()) {
    state_->sketch = std::move(empty);
    for (auto& column : state_->sketch.columns) {
        auto& place = state_->places.emplace_back();
        if (column.role == Role::input) {
            place.at = schema.find(column.column.name);
            column.absent = !place.at.has_value();
        }
        for (std::size_t k = 0; k < column.categories.size(); ++k)
            place.codes.emplace(column.categories[k], k);
    }
}

void Counter::add(const table::Batch& batch) {
    auto& s = *state_;
    s.sketch.rows += static_cast<std::int64_t>(batch.rows());
    for (std::size_t i = 0; i < s.places.size(); ++i) {
        auto& column = s.sketch.columns[i];
        if (s.places[i].at) {
            s.add_column(batch.columns[*s.places[i].at], i);
        } else if (column.role == Role::input) {
            column.missing += static_cast<std::int64_t>(batch.rows());
            column.rows += static_cast<std::int64_t>(batch.rows());
        }
    }
}

void Counter::add_numbers(Role role, std::span<const double> values) {
    for (auto& column : state_->sketch.columns)
        if (column.role == role && column.kind == Kind::number) count_finite(values, column);
}

void Counter::add_words(Role role, std::span<const std::string_view> values) {
    auto& columns = state_->sketch.columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        if (columns[i].role != role || columns[i].kind != Kind::category) continue;
        for (const auto word : values)
            if (word.empty())
                ++columns[i].missing;
            else
                state_->count_word(word, i);
        columns[i].rows += static_cast<std::int64_t>(values.size());
    }
}

Sketch Counter::take() { return std::move(state_->sketch); }
Counter::~Counter() = default;
Counter::Counter(Counter&&) noexcept = default;
Counter& Counter::operator=(Counter&&) noexcept = default;

base::Result<Sketch> sketch_table(
    table::TableReader& rows, std::span<const std::size_t> columns, base::Control& control
) {
    columns = columns.first(std::min(columns.size(), kMostColumns));
    std::vector<Seen> seen(columns.size());
    for (std::size_t i = 0; i < columns.size(); ++i) {
        seen[i].column.column = rows.schema().columns[columns[i]];
        seen[i].column.kind = kind_of(seen[i].column.column.type);
    }
    const std::size_t most = std::clamp(
        kSampledCells / std::max<std::size_t>(1, columns.size()), kLeastSample, kMostSample
    );
    constexpr std::uint64_t kSeed = 20261123;
    stats::SplitMix64 random(kSeed);
    std::uint64_t number = 0;
    std::string buffer;
    table::Batch batch;
    const auto each_batch = [&](const auto& use) -> base::Result<void> {
        for (;;) {
            if (control.cancelled())
                return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
            TRY(const bool more, rows.next(batch));
            if (!more) return {};
            use();
        }
    };
    CHECK_OK(rows.rewind());
    CHECK_OK(each_batch([&] {
        for (std::size_t row = 0; row < batch.rows(); ++row, ++number) {
            const std::uint64_t slot = number < most ? number : random.below(number + 1);
            for (std::size_t i = 0; i < columns.size(); ++i) {
                const double v = seen[i].look(batch.columns[columns[i]], row, buffer);
                if (number < most)
                    seen[i].sample.push_back(v);
                else if (slot < most)
                    seen[i].sample[slot] = v;
            }
        }
    }));
    Sketch frame;
    for (auto& s : seen) frame.columns.push_back(s.frame());
    Counter counter(std::move(frame), rows.schema());
    CHECK_OK(rows.rewind());
    CHECK_OK(each_batch([&] { counter.add(batch); }));
    return counter.take();
}

ColumnSketch sketch_column(const table::Column& column, const ColumnCells& cells) {
    constexpr std::uint64_t kSeed = 20261123;
    Seen seen;
    seen.column.column = column;
    seen.column.kind = kind_of(column.type);
    const std::size_t rows = cells.rows();
    const auto words = word_rows(column, cells);
    const auto value = [&](std::size_t row) -> double {
        if (!cells.exact.empty()) return cells.exact[row];
        if (!cells.numbers.empty()) return static_cast<double>(cells.numbers[row]);
        const auto code = cells.codes[row];
        return code < 0 ? kNan
                        : static_cast<double>(cells.words[static_cast<std::size_t>(code)].size());
    };
    for (const auto& [word, times] : words) {
        seen.with_value += times;
        if (words.size() <= kMostDistinct) seen.words.emplace(word, times);
    }
    seen.free_text = words.size() > kMostDistinct;
    stats::SplitMix64 random(kSeed);
    const std::size_t sampled = std::min(rows, kMostSample);
    for (std::size_t i = 0; i < sampled; ++i)  // One row of each of so many stretches.
        seen.sample.push_back(value((i * rows + random.below(rows)) / sampled));
    ColumnSketch out = seen.frame();
    if (out.kind == Kind::number || out.kind == Kind::text) {
        count_rows(rows, value, out);
    } else {
        count_words(words, out);
        for (std::size_t row = 0; row < rows; ++row) out.missing += std::isnan(value(row)) ? 1 : 0;
    }
    out.rows = static_cast<std::int64_t>(rows);
    return out;
}

ColumnSketch sketch_numbers(std::string name, Role role, std::vector<double> values) {
    ColumnSketch out = named(std::move(name), role, Kind::number);
    out.edges = make_edges(values);
    out.counts.assign(out.edges.size() + 1, 0);
    count_finite(values, out);
    return out;
}

ColumnSketch sketch_words(std::string name, Role role, std::span<const std::string_view> values) {
    Sketch one;
    one.columns.push_back(named(std::move(name), role, Kind::category));
    TextCounts counts;
    for (const auto word : values)
        if (!word.empty()) ++counts[std::string(word)];
    make_categories(counts, one.columns.front());
    Counter counter(std::move(one), {});
    counter.add_words(role, values);
    return counter.take().columns.front();
}

}  // namespace csva::drift
