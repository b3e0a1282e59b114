#include "engine/learn/prepare.hpp"

#include "engine/table/column_parser.hpp"
#include "foundation/base/parallel.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

namespace csva::learn {
namespace {

using table::ColumnType;
constexpr std::size_t kMaxCategories = 1000;
constexpr std::size_t kMaxWords = 40;
constexpr std::size_t kRowsOfOwn = 500;
// A row number is worth a look (rows in order of time) when there are enough rows to tell; one that
// nearly gives the target away only says that the file is sorted by it.
constexpr std::size_t kRowNumberRows = 200;
constexpr double kRowNumberExplains = 0.97;
constexpr std::size_t kManyRows = 1000;  // Of fewer, chance or nature may separate the target.
constexpr double kCopy = 1 - 1e-6;

using RowSpan = std::span<const std::uint32_t>;

/// How often each text of the dictionary stands in these rows.
std::vector<std::int64_t> count_texts(const RawColumn& column, RowSpan rows) {
    std::vector<std::int64_t> counts(column.texts.size());
    for (const auto r : rows)
        if (column.codes[r] >= 0) ++counts[static_cast<std::size_t>(column.codes[r])];
    return counts;
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
std::vector<std::string> frequent_words(
    const RawColumn& column, std::span<const std::int64_t> times, std::int64_t rows
) {
    std::map<std::string, std::int64_t> counts;
    for (std::size_t i = 0; i < times.size(); ++i)
        for (auto& w : words_of(times[i] > 0 ? column.texts[i] : ""))
            counts[std::move(w)] += times[i];
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

void fit_text(const RawColumn& raw, RowSpan rows, InputColumn& input, std::vector<Feature>& out) {
    const auto times = count_texts(raw, rows);
    std::vector<std::pair<std::int64_t, std::string>> ranked;
    std::size_t distinct = 0, with_digits = 0;
    for (std::size_t i = 0; i < raw.texts.size(); ++i) {
        if (times[i] == 0) continue;
        ++distinct;
        with_digits += raw.texts[i].find_first_of("0123456789") != std::string::npos ? 1 : 0;
        if (times[i] >= kRareRows) ranked.emplace_back(-times[i], raw.texts[i]);
    }
    std::ranges::sort(ranked);
    if (ranked.size() > kMaxCategories) ranked.resize(kMaxCategories);
    for (auto& r : ranked) input.categories.push_back(std::move(r.second));
    if (!input.categories.empty()) {
        input.typical = input.categories.front();
        out.push_back({.kind = FeatureKind::category});
    }
    // A category with hundreds of rows says by itself what its letters could say.
    if (distinct <= 50 ||
        (input.categories.size() == distinct && distinct * kRowsOfOwn <= rows.size()))
        return;
    out.push_back({.kind = FeatureKind::length});
    if (with_digits * 3 > distinct) out.push_back({.kind = FeatureKind::text_number});
    for (auto& w : frequent_words(raw, times, static_cast<std::int64_t>(rows.size())))
        out.push_back({.kind = FeatureKind::word, .word = std::move(w)});
}

void fit_numbers(
    const RawColumn& raw, RowSpan rows, InputColumn& input, std::vector<Feature>& out
) {
    std::vector<double> seen;
    const std::size_t step = rows.size() / 100'000 + 1;
    input.low = std::numeric_limits<double>::infinity();
    input.high = -input.low;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const double v = raw.number(rows[i]);
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
        out.emplace_back();
        return;
    }
    const double unit = raw.column.type == ColumnType::date ? 1 : 3600e6;
    out.push_back({.kind = FeatureKind::offset, .epoch = input.low, .unit = unit});
    if (raw.column.type == ColumnType::time) return;
    if (raw.column.type == ColumnType::timestamp) out.push_back({.kind = FeatureKind::hour});
    out.push_back({.kind = FeatureKind::month});
    out.push_back({.kind = FeatureKind::weekday});
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

std::string exclusion(const RawColumn& c, std::span<const std::uint32_t> rows) {
    std::size_t present = 0;
    for (const auto r : rows) present += c.is_missing(r) ? 0 : 1;
    if (present == 0) return "empty";
    if (c.is_text()) {
        const auto times = count_texts(c, rows);
        std::size_t distinct = 0, urls = 0, spaced = 0;
        for (std::size_t i = 0; i < times.size(); ++i) {
            if (times[i] == 0) continue;
            const auto& t = c.texts[i];
            ++distinct;
            urls += t.starts_with("http://") || t.starts_with("https://") || t.starts_with("\\/") ||
                            t.starts_with("www.")
                        ? 1
                        : 0;
            spaced += t.find(' ') != std::string::npos ? 1 : 0;
        }
        if (distinct == 1 && present == rows.size()) return "constant";
        if (urls * 2 > distinct) return "url";
        const bool one_each = distinct * 100 >= present * 98 && present > 50;
        return one_each && spaced * 2 < distinct ? "identifier" : "";
    }
    bool constant = present == rows.size(), steps = constant && rows.size() > 50;
    const double first = c.number(rows.front());
    double last = first;
    for (std::size_t i = 1; i < rows.size() && (constant || steps); ++i) {
        const double v = c.number(rows[i]);
        constant = constant && v == first;
        steps = steps && v > last;
        last = v;
    }
    if (constant) return "constant";
    if (steps && c.column.type == ColumnType::integer &&
        std::abs(last - first) < 3 * static_cast<double>(rows.size()))
        return std::string(kRowNumber);
    return "";
}

namespace {

/// Squared correlation of the numbers with the target's: 1 for a copy in whatever unit.
double copied(const RawColumn& column, const Target& target, RowSpan rows) {
    double n = 0, x_mean = 0, y_mean = 0, xx = 0, yy = 0, xy = 0;
    for (const auto r : rows) {  // Source: Welford 1962.
        if (column.is_missing(r)) continue;
        const double dx = column.number(r) - x_mean,
                     dy = static_cast<double>(target.labels[r]) - y_mean;
        ++n;
        x_mean += dx / n;
        y_mean += dy / n;
        xx += dx * (column.number(r) - x_mean);
        yy += dy * (static_cast<double>(target.labels[r]) - y_mean);
        xy += dx * (static_cast<double>(target.labels[r]) - y_mean);
    }
    const bool enough = n >= 20 && n * 10 >= 9 * static_cast<double>(rows.size());
    return enough && xx > 0 && yy > 0 ? xy * xy / (xx * yy) : 0;
}

/// Words that may give classes away: those of their names, and in tables that are not small the
/// frequent ones.
std::vector<std::string> telling_words(
    const RawColumn& column, const Target& target, RowSpan rows
) {
    constexpr std::size_t kMostTelling = 64;
    std::vector<std::string> words;
    for (const auto& name : target.classes)
        for (auto& word : words_of(name)) words.push_back(std::move(word));
    if (rows.size() >= kManyRows)
        for (auto& word : frequent_words(
                 column, count_texts(column, rows), static_cast<std::int64_t>(rows.size())
             ))
            words.push_back(std::move(word));
    std::ranges::sort(words);
    words.erase(std::ranges::unique(words).begin(), words.end());
    if (words.size() > kMostTelling) words.resize(kMostTelling);
    return words;
}

/// How well a word of the text tells each class, the worst class left aside: 1 when there is a word
/// for every other class that stands in all of its rows and in no other row.
double told_by_words(const RawColumn& column, const Target& target, RowSpan rows) {
    const auto words = telling_words(column, target, rows);
    const std::size_t classes = target.classes.size();
    std::vector<std::vector<std::size_t>> words_in(column.texts.size());
    for (std::size_t i = 0; i < column.texts.size(); ++i)
        for (const auto& word : words_of(column.texts[i]))
            if (const auto at = std::ranges::lower_bound(words, word);
                at != words.end() && *at == word)
                words_in[i].push_back(static_cast<std::size_t>(at - words.begin()));
    std::vector<double> of_class(classes), with_word(words.size()), both(words.size() * classes);
    for (const auto r : rows) {
        const auto k = static_cast<std::size_t>(target.labels[r]);
        ++of_class[k];
        if (column.codes[r] < 0) continue;
        for (const auto w : words_in[static_cast<std::size_t>(column.codes[r])])
            ++with_word[w], ++both[w * classes + k];
    }
    std::vector<double> told(classes);
    for (std::size_t k = 0; k < classes; ++k)
        for (std::size_t w = 0; w < words.size() && of_class[k] > 0; ++w) {
            const double errors = with_word[w] + of_class[k] - 2 * both[w * classes + k];
            told[k] = std::max(told[k], 1 - errors / of_class[k]);
        }
    std::ranges::sort(told);
    return told[1];
}

/// Of runs of cells that are alike: fitted on even rows, judged on odd ones.
double separated(const RawColumn& column, const Target& target, RowSpan rows) {
    std::vector<std::uint32_t> order;
    const std::size_t step = rows.size() / 20'000 + 1;
    for (std::size_t i = 0; i < rows.size(); i += step) order.push_back(rows[i]);
    const auto key = [&](std::uint32_t i) {
        const double v = column.number(i);
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
    if (judged < kManyRows && (outputs == 1 ? errors > 1e-9 * base : distinct != outputs)) return 0;
    return judged * 10 < static_cast<double>(order.size()) || base == 0 ? 0 : 1 - errors / base;
}

}  // namespace

double alone(const RawColumn& column, const Target& target, std::span<const std::uint32_t> rows) {
    if (rows.size() < 20) return 0;
    const double explained = separated(column, target, rows);
    if (target.task == Task::regression && !column.is_text())
        return std::max(explained, copied(column, target, rows) > kCopy ? 1.0 : 0.0);
    if (target.task != Task::regression && column.is_text())
        return std::max(explained, told_by_words(column, target, rows));
    return explained;
}

namespace {

/// What becomes of one column: its features as of a table without others, or why it is left out.
struct FittedColumn {
    std::string name;
    std::string reason;
    bool doubtful = false;
    Preparation own;
    std::vector<std::vector<float>> values;
};

FittedColumn fit_column(RawColumn raw, const Target& target, RowSpan development) {
    FittedColumn out{.name = raw.column.name, .reason = exclusion(raw, development)};
    auto& reason = out.reason;
    const double explained =
        reason.empty() || reason == kRowNumber ? alone(raw, target, development) : 0;
    if (reason == kRowNumber && target.labels.size() >= kRowNumberRows &&
        explained < kRowNumberExplains) {
        reason.clear();
        out.doubtful = true;
    }
    if (reason.empty() && explained > 0.999) reason = "leakage";
    if (!reason.empty()) return out;
    InputColumn input{.column = raw.column};
    auto& features = out.own.features;
    if (raw.is_text())
        fit_text(raw, development, input, features);
    else
        fit_numbers(raw, development, input, features);
    if (features.empty()) {
        reason = "too_distinct";
        return out;
    }
    out.own.columns.push_back(std::move(input));
    out.own.index();
    for (const auto& f : features)
        out.values.push_back(feature_values(out.own, f, raw, &f == &features.back()));
    return out;
}

}  // namespace

Preparation fit_preparation(
    RawTable& table,
    std::span<const std::uint32_t> development,
    std::size_t threads,
    std::vector<ExcludedColumn>& excluded,
    std::vector<std::size_t>& doubtful,
    Matrix& matrix
) {
    Preparation out;
    matrix.rows = table.row_ids.size();
    std::vector<FittedColumn> fitted(table.columns.size());
    base::for_each_index(fitted.size(), threads, [&](std::size_t c) {
        fitted[c] =
            fit_column(std::exchange(table.columns[c], RawColumn{}), table.target, development);
    });
    for (std::size_t c = 0; c < fitted.size(); ++c) {
        auto& [name, reason, is_doubtful, own, values] = fitted[c];
        if (!reason.empty()) {
            excluded.push_back({name, reason});
            continue;
        }
        if (is_doubtful) doubtful.push_back(out.columns.size());
        for (std::size_t f = 0; f < values.size(); ++f) {
            auto& feature = own.features[f];
            const bool category = feature.kind == FeatureKind::category;
            matrix.levels.push_back(
                category ? static_cast<std::int64_t>(own.columns[0].categories.size()) : 0
            );
            matrix.columns.push_back(std::move(values[f]));
            feature.column = static_cast<std::int64_t>(out.columns.size());
            out.features.push_back(std::move(feature));
        }
        out.columns.push_back(std::move(own.columns[0]));
    }
    out.index();
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
            groups.push_back(
                numbers.try_emplace(c.number(i), static_cast<std::int32_t>(numbers.size()))
                    .first->second
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
