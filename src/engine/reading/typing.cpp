#include "engine/reading/typing.hpp"

#include "engine/table/column_parser.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace csva::reading {
namespace {

using table::ColumnType;

constexpr std::array<std::string_view, 11> kMissingWords{
    "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "?", "-", "#N/A"
};

struct DateFormat {
    std::string_view format;
    ColumnType type;
};

/// Day first stands before month first: with no cell that tells, Europe's habit wins and the
/// receipt says so.
constexpr std::array<DateFormat, 17> kDateFormats{{
    {"%Y-%m-%d", ColumnType::date},
    {"%d/%m/%Y", ColumnType::date},
    {"%m/%d/%Y", ColumnType::date},
    {"%d.%m.%Y", ColumnType::date},
    {"%d-%m-%Y", ColumnType::date},
    {"%Y/%m/%d", ColumnType::date},
    {"%Y-%m-%d %H:%M:%S", ColumnType::timestamp},
    {"%Y-%m-%dT%H:%M:%S", ColumnType::timestamp},
    {"%Y-%m-%dT%H:%M:%SZ", ColumnType::timestamp},
    {"%Y-%m-%d %H:%M", ColumnType::timestamp},
    {"%d/%m/%Y %H:%M:%S", ColumnType::timestamp},
    {"%d/%m/%Y %H:%M", ColumnType::timestamp},
    {"%m/%d/%Y %H:%M:%S", ColumnType::timestamp},
    {"%m/%d/%Y %H:%M", ColumnType::timestamp},
    {"%H:%M:%S", ColumnType::time},
    {"%H:%M", ColumnType::time},
    {"%H.%M.%S", ColumnType::time},
}};

const std::vector<table::ColumnParser>& date_parsers() {
    static const auto parsers = [] {
        std::vector<table::ColumnParser> made;
        for (const auto& candidate : kDateFormats) {
            table::Column column;
            column.type = candidate.type;
            column.format.date_format = candidate.format;
            made.emplace_back(column);
        }
        return made;
    }();
    return parsers;
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

enum class Shape { integer, leading_zero, long_digits, point, comma, other };

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What a cell of digits looks like: sign, digits, one mark, digits, exponent.
Shape shape_of(std::string_view cell) {
    if (cell.front() == '+' || cell.front() == '-') cell.remove_prefix(1);
    std::size_t whole = 0;
    while (whole < cell.size() && is_digit(cell[whole])) ++whole;
    if (whole == cell.size() && whole > 0) {
        if (whole > 18) return Shape::long_digits;
        return whole > 1 && cell.front() == '0' ? Shape::leading_zero : Shape::integer;
    }
    if (whole == cell.size()) return Shape::other;
    Shape shape = Shape::point;
    std::size_t at = whole;
    std::size_t fraction = 0;
    if (cell[at] == '.' || cell[at] == ',') {
        shape = cell[at] == '.' ? Shape::point : Shape::comma;
        while (++at < cell.size() && is_digit(cell[at])) ++fraction;
    }
    if (whole + fraction == 0) return Shape::other;
    if (whole > 1 && cell.front() == '0') return Shape::other;
    if (at < cell.size() && (cell[at] == 'e' || cell[at] == 'E')) {
        ++at;
        if (at < cell.size() && (cell[at] == '+' || cell[at] == '-')) ++at;
        const std::size_t exponent = at;
        while (at < cell.size() && is_digit(cell[at])) ++at;
        if (at == exponent || at - exponent > 2) return Shape::other;
    }
    return at == cell.size() ? shape : Shape::other;
}

bool is_boolean_word(std::string_view cell) {
    constexpr std::array<std::string_view, 6> kWords{
        "true", "True", "TRUE", "false", "False", "FALSE"
    };
    return std::ranges::find(kWords, cell) != kWords.end();
}

}  // namespace

void ColumnEvidence::add(std::string_view cell) {
    ++cells_;
    cell = trimmed(cell);
    if (cell.empty()) {
        ++blank_;
        return;
    }
    switch (shape_of(cell)) {
        case Shape::integer:
            ++integers_;
            return;
        case Shape::leading_zero:
            ++leading_zeros_;
            return;
        case Shape::long_digits:
            ++long_digits_;
            return;
        case Shape::point:
            ++points_;
            return;
        case Shape::comma:
            ++commas_;
            return;
        case Shape::other:
            add_other(cell);
            return;
    }
}

void ColumnEvidence::add_other(std::string_view cell) {
    const auto word = std::ranges::find(kMissingWords, cell);
    if (word != kMissingWords.end()) {
        missing_words_.resize(kMissingWords.size());
        ++missing_words_[static_cast<std::size_t>(word - kMissingWords.begin())];
        return;
    }
    ++others_;
    if (is_boolean_word(cell)) {
        ++booleans_;
        return;
    }
    const bool hopeless = !date_counts_.empty() && *std::ranges::max_element(date_counts_) == 0;
    if (hopeless || cell.size() > 30 || !is_digit(cell.front())) {
        date_counts_.assign(kDateFormats.size(), 0);
        return;
    }
    if (date_counts_.empty()) date_counts_.assign(kDateFormats.size(), others_ == 1 ? 1 : 0);
    table::ColumnData scratch;
    for (std::size_t i = 0; i < kDateFormats.size(); ++i) {
        if (date_counts_[i] == 0) continue;
        scratch.type = kDateFormats[i].type;
        if (date_parsers()[i].append(cell, scratch) == table::ColumnParser::Outcome::value)
            ++date_counts_[i];
        else
            date_counts_[i] = 0;
    }
}

void ColumnEvidence::decide(table::Column& column, Receipt& receipt) const {
    const std::int64_t missing =
        std::accumulate(missing_words_.begin(), missing_words_.end(), std::int64_t{0});
    const std::int64_t values = cells_ - blank_ - missing;
    const std::int64_t numbers = integers_ + points_ + commas_;
    const auto keep_text = [&](std::string_view reason, std::int64_t cells) {
        column.kept_as_text = reason;
        receipt.kept_as_text.push_back({column.name, std::string(reason), cells});
    };
    const auto typed = [&](ColumnType type,
                           std::string_view about,
                           std::string found,
                           std::int64_t count) {
        column.type = type;
        receipt.evidence.push_back({std::string(about), column.name, std::move(found), count, 0});
        for (std::size_t i = 0; i < missing_words_.size(); ++i) {
            if (missing_words_[i] == 0) continue;
            column.format.missing_words.emplace_back(kMissingWords[i]);
            receipt.evidence.push_back(
                {"missing_words", column.name, std::string(kMissingWords[i]), missing_words_[i], 0}
            );
        }
    };
    if (values == 0) return;
    if (leading_zeros_ > 0 && leading_zeros_ + numbers + long_digits_ == values)
        return keep_text(table::kKeptLeadingZeros, leading_zeros_);
    if (long_digits_ > 0 && long_digits_ + numbers == values)
        return keep_text(table::kKeptTooManyDigits, long_digits_);
    if (integers_ == values) return typed(ColumnType::integer, "type", "integer", values);
    if (integers_ + points_ == values) return typed(ColumnType::real, "decimal_mark", ".", points_);
    if (integers_ + commas_ == values) {
        column.format.decimal_mark = ",";
        return typed(ColumnType::real, "decimal_mark", ",", commas_);
    }
    if (booleans_ == values) {
        column.format.true_words = {"true"};
        column.format.false_words = {"false"};
        return typed(ColumnType::boolean, "type", "boolean", values);
    }
    for (std::size_t i = 0; i < date_counts_.size(); ++i) {
        if (others_ != values || date_counts_[i] != values + 1) continue;
        column.format.date_format = kDateFormats[i].format;
        return typed(
            kDateFormats[i].type, "date_order", std::string(kDateFormats[i].format), values
        );
    }
    if (numbers * 20 >= values * 19) keep_text(table::kKeptMixed, values - numbers);
}

}  // namespace csva::reading
