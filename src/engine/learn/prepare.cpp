#include "engine/learn/prepare.hpp"

#include "engine/table/column_parser.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <unordered_map>

namespace csva::learn {
namespace {

using table::ColumnType;
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t kMaxClasses = 100;
constexpr std::size_t kMaxCategories = 1000;
constexpr std::size_t kMaxWords = 40;
// A row number is worth a look (rows in order of time) when there are many rows; one that nearly
// gives the target away only says that the file is sorted by it.
constexpr std::size_t kRowNumberRows = 1000;
constexpr double kRowNumberExplains = 0.97;

bool is_time(ColumnType t) {
    return t == ColumnType::date || t == ColumnType::timestamp || t == ColumnType::time;
}

/// Texts to numbers while reading.
struct Dictionary {
    std::unordered_map<std::string, std::int32_t> numbers;
    std::int32_t add(RawColumn& column, std::string_view text) {
        const auto [at, fresh] =
            numbers.try_emplace(std::string(text), static_cast<std::int32_t>(column.texts.size()));
        if (fresh) {
            column.texts.emplace_back(text);
            column.text_counts.push_back(0);
        }
        ++column.text_counts[static_cast<std::size_t>(at->second)];
        return at->second;
    }
};

void append(
    RawColumn& column, Dictionary& dictionary, const table::ColumnData& data, std::size_t row
) {
    const bool missing = data.missing(row) || (column.is_text() && data.texts[row].empty());
    column.missing += missing ? 1 : 0;
    if (column.is_text())
        column.codes.push_back(missing ? -1 : dictionary.add(column, data.texts[row]));
    else if (is_time(column.column.type))
        column.exact.push_back(missing ? kNan : data.number(row));
    else
        column.numbers.push_back(
            missing ? std::numeric_limits<float>::quiet_NaN() : finite_float(data.number(row))
        );
}

base::Result<Task> task_of(
    const table::Column& column, Task asked, std::size_t classes, std::size_t rows
) {
    const auto wrong = [&](std::string_view reason) {
        return base::fail(base::ErrorKind::invalid_argument, reason, {{"column", column.name}});
    };
    const bool numeric = table::is_numeric(column.type) || is_time(column.type);
    if (classes < 2) return wrong(kOneClass);
    if (asked == Task::regression) return numeric ? base::Result<Task>(asked) : wrong(kNotNumeric);
    if (asked == Task::binary && classes != 2) return wrong(kNotTwoClasses);
    if (asked == Task::automatic && numeric && classes > 2 &&
        (column.type != ColumnType::integer || classes > 10 || classes * 10 > rows))
        return Task::regression;
    if (classes > kMaxClasses || classes * 2 > rows + 1) return wrong(kTooManyClasses);
    return classes == 2 ? Task::binary : Task::multiclass;
}

/// Turns the target's texts and values into labels.
base::Result<void> finish_target(
    RawTable& table,
    const RawColumn& texts,
    const std::vector<double>& values,
    const TrainRequest& request
) {
    auto& target = table.target;
    TRY(target.task, task_of(texts.column, request.task, texts.texts.size(), texts.codes.size()));
    if (target.task == Task::regression) {
        target.values = values;
        target.labels.assign(values.begin(), values.end());
        return {};
    }
    target.classes = texts.texts;
    std::ranges::sort(target.classes);
    std::vector<float> by_code;
    for (const auto& t : texts.texts)
        by_code.push_back(
            static_cast<float>(std::ranges::lower_bound(target.classes, t) - target.classes.begin())
        );
    for (const auto c : texts.codes) target.labels.push_back(by_code[static_cast<std::size_t>(c)]);
    return {};
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char c : text) {
        const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        if ((lower >= 'a' && lower <= 'z') || static_cast<unsigned char>(c) >= 0x80)
            words.back() += lower;
        else if (!words.back().empty())
            words.emplace_back();
    }
    std::erase_if(words, [](const auto& w) { return w.size() < 2; });
    std::ranges::sort(words);
    words.erase(std::ranges::unique(words).begin(), words.end());
    return words;
}

/// The most frequent words that stand in at least 1 % (and 10) of the rows, and not in nearly all.
std::vector<std::string> frequent_words(const RawColumn& column) {
    std::map<std::string, std::int64_t> counts;
    for (std::size_t i = 0; i < column.texts.size(); ++i)
        for (auto& w : words_of(column.texts[i])) counts[std::move(w)] += column.text_counts[i];
    const auto rows = static_cast<std::int64_t>(column.codes.size());
    std::vector<std::pair<std::int64_t, std::string>> ranked;
    for (const auto& [w, n] : counts)
        if (n >= std::max<std::int64_t>(10, rows / 100) && n < rows - rows / 100)
            ranked.emplace_back(-n, w);
    std::ranges::sort(ranked);
    if (ranked.size() > kMaxWords) ranked.resize(kMaxWords);
    std::vector<std::string> words;
    for (auto& r : ranked) words.push_back(std::move(r.second));
    return words;
}

void fit_text(
    const RawColumn& raw, InputColumn& input, std::int64_t position, std::vector<Feature>& out
) {
    std::vector<std::pair<std::int64_t, std::string>> ranked;
    for (std::size_t i = 0; i < raw.texts.size(); ++i)
        if (raw.text_counts[i] >= kRareRows) ranked.emplace_back(-raw.text_counts[i], raw.texts[i]);
    std::ranges::sort(ranked);
    if (ranked.size() > kMaxCategories) ranked.resize(kMaxCategories);
    for (auto& r : ranked) input.categories.push_back(std::move(r.second));
    if (!input.categories.empty()) {
        input.typical = input.categories.front();
        out.push_back({.column = position, .kind = FeatureKind::category});
    }
    if (raw.texts.size() <= 50) return;
    out.push_back({.column = position, .kind = FeatureKind::length});
    std::size_t with_digits = 0;
    for (const auto& t : raw.texts)
        with_digits += t.find_first_of("0123456789") != std::string::npos ? 1 : 0;
    if (with_digits * 3 > raw.texts.size())
        out.push_back({.column = position, .kind = FeatureKind::text_number});
    for (auto& w : frequent_words(raw))
        out.push_back({.column = position, .kind = FeatureKind::word, .word = std::move(w)});
}

void fit_numbers(
    const RawColumn& raw, InputColumn& input, std::int64_t position, std::vector<Feature>& out
) {
    std::vector<double> seen;
    const std::size_t rows = std::max(raw.numbers.size(), raw.exact.size());
    const std::size_t step = rows / 100'000 + 1;
    input.low = std::numeric_limits<double>::infinity();
    input.high = -input.low;
    for (std::size_t i = 0; i < rows; ++i) {
        const double v = raw.exact.empty() ? static_cast<double>(raw.numbers[i]) : raw.exact[i];
        if (std::isnan(v)) continue;
        input.low = std::min(input.low, v);
        input.high = std::max(input.high, v);
        if (i % step == 0) seen.push_back(v);
    }
    if (!seen.empty()) {
        std::ranges::nth_element(seen, seen.begin() + static_cast<std::ptrdiff_t>(seen.size() / 2));
        table::ColumnData middle{.type = raw.column.type};
        if (raw.column.type == ColumnType::real)
            middle.append_real(seen[seen.size() / 2]);
        else
            middle.append_integer(static_cast<std::int64_t>(seen[seen.size() / 2]));
        input.typical = table::cell_text(middle, 0);
    }
    input.integral = raw.column.type == ColumnType::integer ? 1 : 0;
    if (!is_time(raw.column.type)) {
        out.push_back({.column = position});
        return;
    }
    const double unit = raw.column.type == ColumnType::date ? 1 : 3600e6;
    out.push_back(
        {.column = position, .kind = FeatureKind::offset, .epoch = input.low, .unit = unit}
    );
    if (raw.column.type == ColumnType::time) return;
    if (raw.column.type == ColumnType::timestamp)
        out.push_back({.column = position, .kind = FeatureKind::hour});
    out.push_back({.column = position, .kind = FeatureKind::month});
    out.push_back({.column = position, .kind = FeatureKind::weekday});
}

std::vector<float> feature_values(
    const Preparation& preparation, const Feature& feature, RawColumn& raw, bool last
) {
    if (!raw.is_text() && !is_time(raw.column.type))
        return last ? std::move(raw.numbers) : raw.numbers;
    std::vector<float> out;
    if (raw.is_text()) {
        std::vector<float> by_text;
        for (const auto& t : raw.texts) by_text.push_back(preparation.text_feature(feature, t));
        for (const auto c : raw.codes)
            out.push_back(
                c < 0 ? std::numeric_limits<float>::quiet_NaN()
                      : by_text[static_cast<std::size_t>(c)]
            );
    } else {
        for (const auto v : raw.exact)
            out.push_back(Preparation::number_feature(feature, v, raw.column.type));
    }
    return out;
}

}  // namespace

base::Result<RawTable> load_table(
    table::TableReader& rows,
    const TrainRequest& request,
    std::int64_t row_limit,
    base::Control& control
) {
    const auto& schema = rows.schema();
    const auto target_at = schema.find(request.target);
    if (!target_at)
        return base::fail(
            base::ErrorKind::invalid_argument, kUnknownTarget, {{"column", request.target}}
        );
    RawTable out;
    RawColumn target{.column = schema.columns[*target_at]};
    target.column.type = ColumnType::text;
    std::vector<double> values;
    for (std::size_t c = 0; c < schema.columns.size(); ++c)
        if (c != *target_at) out.columns.push_back({.column = schema.columns[c]});
    std::vector<Dictionary> dictionaries(out.columns.size() + 1);
    table::Batch batch;
    for (;;) {
        TRY(const bool more, rows.next(batch));
        if (!more || static_cast<std::int64_t>(out.row_ids.size()) >= row_limit) break;
        if (control.cancelled())
            return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
        for (std::size_t r = 0; r < batch.rows(); ++r) {
            const auto& cell = batch.columns[*target_at];
            const auto text = table::cell_text(cell, r);
            if (cell.missing(r) || text.empty() ||
                (cell.type == ColumnType::real && std::isnan(cell.reals[r]))) {
                ++out.without_target;
                continue;
            }
            out.row_ids.push_back(batch.row_ids[r]);
            target.codes.push_back(dictionaries.back().add(target, text));
            values.push_back(cell.type == ColumnType::text ? kNan : cell.number(r));
            for (std::size_t c = 0, k = 0; c < batch.columns.size(); ++c)
                if (c != *target_at) {
                    append(out.columns[k], dictionaries[k], batch.columns[c], r);
                    ++k;
                }
        }
    }
    const auto kept = static_cast<std::int64_t>(out.row_ids.size());
    if (out.without_target > kept)
        return base::fail(
            base::ErrorKind::invalid_argument,
            kTargetMissing,
            {{"column", request.target},
             {"missing", out.without_target},
             {"rows", out.without_target + kept}}
        );
    if (kept < 10)
        return base::fail(
            base::ErrorKind::invalid_argument,
            kTooFewRows,
            {{"rows", kept}, {"minimum", std::int64_t{10}}}
        );
    target.column.type = schema.columns[*target_at].type;
    CHECK_OK(finish_target(out, target, values, request));
    return out;
}

std::string exclusion(const RawColumn& c, std::size_t rows) {
    const auto present = static_cast<std::int64_t>(rows) - c.missing;
    if (present == 0) return "empty";
    if (c.is_text()) {
        if (c.texts.size() == 1 && c.missing == 0) return "constant";
        std::size_t urls = 0, spaced = 0;
        for (const auto& t : c.texts) {
            urls += t.starts_with("http://") || t.starts_with("https://") || t.starts_with("\\/") ||
                            t.starts_with("www.")
                        ? 1
                        : 0;
            spaced += t.find(' ') != std::string::npos ? 1 : 0;
        }
        if (urls * 2 > c.texts.size()) return "url";
        const bool distinct =
            static_cast<std::int64_t>(c.texts.size()) * 100 >= present * 98 && present > 50;
        if (distinct && spaced * 2 < c.texts.size()) return "identifier";
        return "";
    }
    const auto at = [&](std::size_t i) {
        return c.exact.empty() ? static_cast<double>(c.numbers[i]) : c.exact[i];
    };
    bool constant = c.missing == 0, steps = c.missing == 0 && rows > 50;
    double first = kNan, last = kNan;
    for (std::size_t i = 0; i < rows && (constant || steps); ++i) {
        if (std::isnan(first)) first = at(i);
        constant = constant && at(i) == first;
        steps = steps && (i == 0 || at(i) > last);
        last = at(i);
    }
    if (constant) return "constant";
    if (steps && c.column.type == ColumnType::integer &&
        std::abs(last - first) < 3 * static_cast<double>(rows))
        return std::string(kRowNumber);
    return "";
}

double alone(const RawColumn& column, const Target& target, std::span<const std::uint32_t> rows) {
    if (rows.size() < 20) return 0;
    const auto cell = [&](std::size_t i) {
        if (column.is_text()) return static_cast<double>(column.codes[i]);
        return column.exact.empty() ? static_cast<double>(column.numbers[i]) : column.exact[i];
    };
    // Cells sorted and cut into runs: fitted on even rows, judged on odd ones.
    std::vector<std::uint32_t> order;
    const std::size_t step = rows.size() / 20'000 + 1;
    for (std::size_t i = 0; i < rows.size(); i += step) order.push_back(rows[i]);
    const auto key = [&](std::uint32_t i) {
        const double v = cell(i);
        return std::isnan(v) ? -1e300 : v;
    };
    std::ranges::sort(order, [&](auto a, auto b) {
        return key(a) != key(b) ? key(a) < key(b) : a < b;
    });
    const std::size_t most = column.is_text() ? 1 : std::max<std::size_t>(4, order.size() / 1000);
    const std::size_t outputs = std::max<std::size_t>(1, target.classes.size());
    double errors = 0, base = 0, judged = 0, mean = 0;
    std::size_t distinct = 0;
    std::vector<double> all(outputs);
    for (const auto i : order) {
        mean += static_cast<double>(target.labels[i]) / static_cast<double>(order.size());
        if (outputs > 1) ++all[static_cast<std::size_t>(target.labels[i])];
    }
    const auto common = static_cast<float>(std::ranges::max_element(all) - all.begin());
    for (std::size_t a = 0; a < order.size();) {
        std::size_t b = a;
        while (b < order.size() &&
               (key(order[b]) == key(order[a]) || (b - a < most && !column.is_text())))
            ++b;
        ++distinct;
        std::vector<double> counts(outputs);
        double sum = 0, fitted = 0;
        for (std::size_t i = a; i < b; i += 2) {
            const auto y = target.labels[order[i]];
            sum += static_cast<double>(y), ++fitted;
            if (outputs > 1) ++counts[static_cast<std::size_t>(y)];
        }
        const auto guess = static_cast<float>(std::ranges::max_element(counts) - counts.begin());
        for (std::size_t i = a + 1; i < b; i += 2, ++judged) {
            const auto y = target.labels[order[i]];
            const double e = static_cast<double>(y) - sum / fitted,
                         d = static_cast<double>(y) - mean;
            errors += outputs > 1 ? (y != guess ? 1 : 0) : e * e;
            base += outputs > 1 ? (y != common ? 1 : 0) : d * d;
        }
        a = b;
    }
    // A column that separates a few hundred rows by chance or by nature is no copy: it must have
    // the target's own values.
    if (judged < 1000 && (outputs == 1 ? errors > 1e-9 * base : distinct != outputs)) return 0;
    return judged * 10 < static_cast<double>(order.size()) || base == 0 ? 0 : 1 - errors / base;
}

Preparation fit_preparation(
    RawTable& table,
    std::span<const std::uint32_t> development,
    std::vector<ExcludedColumn>& excluded,
    std::vector<std::size_t>& doubtful,
    Matrix& matrix
) {
    Preparation out;
    matrix.rows = table.row_ids.size();
    for (auto& raw : table.columns) {
        auto reason = exclusion(raw, matrix.rows);
        const double explained =
            reason.empty() || reason == kRowNumber ? alone(raw, table.target, development) : 0;
        if (reason == kRowNumber && matrix.rows >= kRowNumberRows &&
            explained < kRowNumberExplains) {
            reason.clear();
            doubtful.push_back(out.columns.size());
        }
        if (reason.empty() && explained > 0.999) reason = "leakage";
        InputColumn input{.column = raw.column};
        std::vector<Feature> features;
        const auto position = static_cast<std::int64_t>(out.columns.size());
        if (reason.empty() && raw.is_text())
            fit_text(raw, input, position, features);
        else if (reason.empty())
            fit_numbers(raw, input, position, features);
        if (reason.empty() && features.empty()) reason = "too_distinct";
        if (reason.empty()) {
            out.columns.push_back(std::move(input));
            out.index();
            for (auto& f : features) {
                matrix.columns.push_back(feature_values(out, f, raw, &f == &features.back()));
                matrix.levels.push_back(
                    f.kind == FeatureKind::category
                        ? static_cast<std::int64_t>(out.columns.back().categories.size())
                        : 0
                );
                out.features.push_back(std::move(f));
            }
        } else {
            excluded.push_back({raw.column.name, reason});
        }
        raw = RawColumn{};
    }
    return out;
}

void drop_column(Preparation& preparation, Matrix& matrix, std::size_t column) {
    for (std::size_t f = preparation.features.size(); f-- > 0;) {
        auto& at = preparation.features[f].column;
        if (at > static_cast<std::int64_t>(column)) {
            --at;
        } else if (at == static_cast<std::int64_t>(column)) {
            const auto offset = static_cast<std::ptrdiff_t>(f);
            preparation.features.erase(preparation.features.begin() + offset);
            matrix.columns.erase(matrix.columns.begin() + offset);
            matrix.levels.erase(matrix.levels.begin() + offset);
        }
    }
    preparation.columns.erase(preparation.columns.begin() + static_cast<std::ptrdiff_t>(column));
    preparation.index();
}

std::vector<std::int32_t> find_groups(const RawTable& table) {
    const std::size_t rows = table.row_ids.size();
    for (const auto& c : table.columns) {
        std::string name = c.column.name;
        for (auto& ch : name) ch = ch >= 'A' && ch <= 'Z' ? static_cast<char>(ch + 32) : ch;
        if (!name.ends_with("id") || (c.column.type != ColumnType::integer && !c.is_text()) ||
            c.missing > 0)
            continue;
        std::map<double, std::int32_t> numbers;
        std::vector<std::int32_t> groups;
        for (std::size_t i = 0; i < rows; ++i) {
            const double key =
                c.is_text() ? static_cast<double>(c.codes[i]) : static_cast<double>(c.numbers[i]);
            groups.push_back(
                numbers.try_emplace(key, static_cast<std::int32_t>(numbers.size())).first->second
            );
        }
        if (numbers.size() >= 50 && numbers.size() * 3 < rows * 2) return groups;
    }
    return {};
}

bool is_time_ordered(const RawTable& table) {
    for (const auto& c : table.columns) {
        if ((c.column.type != ColumnType::date && c.column.type != ColumnType::timestamp) ||
            c.exact.size() < 200)
            continue;
        std::size_t back = 0;
        for (std::size_t i = 1; i < c.exact.size(); ++i)
            back += c.exact[i] >= c.exact[i - 1] ? 0 : 1;
        if (back * 100 < c.exact.size() && c.exact.front() < c.exact.back()) return true;
    }
    return false;
}

}  // namespace csva::learn
