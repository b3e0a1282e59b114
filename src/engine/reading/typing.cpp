#include "engine/reading/typing.hpp"

#include "engine/reading/cell_kind.hpp"
#include "engine/table/column_parser.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

namespace csva::reading {
namespace {

using table::ColumnType;

/// A few words; most cells are told from them by their first character.
template <std::size_t N>
struct Words {
    std::array<std::string_view, N> all{};
    std::array<bool, 256> begins{};

    constexpr explicit Words(const std::array<std::string_view, N>& words) : all(words) {
        for (const auto word : all) begins[static_cast<unsigned char>(word.front())] = true;
    }
    /// Place of a word that is not empty; N: it is none of them.
    constexpr std::size_t place(std::string_view word) const {
        if (!begins[static_cast<unsigned char>(word.front())]) return N;
        return static_cast<std::size_t>(std::ranges::find(all, word) - all.begin());
    }
    constexpr bool contains(std::string_view word) const { return place(word) < N; }
};

constexpr std::array<std::string_view, 11> kMissingWords{
    "NA", "N/A", "n/a", "NaN", "nan", "null", "NULL", "None", "?", "-", "#N/A"
};
constexpr Words kMissing{kMissingWords};

struct DateFormat {
    std::string_view format;
    ColumnType type;
};

/// Day first stands before month first: with no cell that tells, Europe's habit wins and the
/// receipt says so.
constexpr std::array<DateFormat, 43> kDateFormats{{
    {"%Y-%m-%d", ColumnType::date},
    {"%d/%m/%Y", ColumnType::date},
    {"%m/%d/%Y", ColumnType::date},
    {"%d.%m.%Y", ColumnType::date},
    {"%d-%m-%Y", ColumnType::date},
    {"%m-%d-%Y", ColumnType::date},
    {"%Y/%m/%d", ColumnType::date},
    {"%d/%m/%y", ColumnType::date},
    {"%m/%d/%y", ColumnType::date},
    {"%d.%m.%y", ColumnType::date},
    {"%d-%b-%Y", ColumnType::date},
    {"%d-%b-%y", ColumnType::date},
    {"%d %b %Y", ColumnType::date},
    {"%b %d, %Y", ColumnType::date},
    {"%Y-%m-%d %H:%M:%S", ColumnType::timestamp},
    {"%Y-%m-%dT%H:%M:%S", ColumnType::timestamp},
    {"%Y-%m-%dT%H:%M:%SZ", ColumnType::timestamp},
    {"%Y-%m-%dT%H:%M:%S%z", ColumnType::timestamp},
    {"%Y-%m-%d %H:%M:%S%z", ColumnType::timestamp},
    {"%Y-%m-%d %H:%M:%S UTC", ColumnType::timestamp},
    {"%Y-%m-%d %H:%M", ColumnType::timestamp},
    {"%Y-%m-%dT%H:%M", ColumnType::timestamp},
    {"%Y/%m/%d %H:%M:%S", ColumnType::timestamp},
    {"%Y/%m/%d %H:%M", ColumnType::timestamp},
    {"%d/%m/%Y %H:%M:%S", ColumnType::timestamp},
    {"%m/%d/%Y %H:%M:%S", ColumnType::timestamp},
    {"%d/%m/%Y %H:%M", ColumnType::timestamp},
    {"%m/%d/%Y %H:%M", ColumnType::timestamp},
    {"%d/%m/%y %H:%M", ColumnType::timestamp},
    {"%m/%d/%y %H:%M", ColumnType::timestamp},
    {"%d/%m/%Y %H:%M:%S %p", ColumnType::timestamp},
    {"%m/%d/%Y %H:%M:%S %p", ColumnType::timestamp},
    {"%d/%m/%Y %H:%M %p", ColumnType::timestamp},
    {"%m/%d/%Y %H:%M %p", ColumnType::timestamp},
    {"%d.%m.%Y %H:%M:%S", ColumnType::timestamp},
    {"%d.%m.%Y %H:%M", ColumnType::timestamp},
    {"%d-%m-%Y %H:%M:%S", ColumnType::timestamp},
    {"%d-%m-%Y %H:%M", ColumnType::timestamp},
    {"%H:%M:%S", ColumnType::time},
    {"%H:%M", ColumnType::time},
    {"%H.%M.%S", ColumnType::time},
    {"%H:%M:%S %p", ColumnType::time},
    {"%H:%M %p", ColumnType::time},
}};

/// The place of the same format with the day and the month in each other's place; its own if there
/// is none.
std::size_t other_order(std::size_t place) {
    std::string wanted(kDateFormats[place].format);
    for (std::size_t i = 1; i < wanted.size(); ++i) {
        if (wanted[i - 1] != '%') continue;
        if (wanted[i] == 'd')
            wanted[i] = 'm';
        else if (wanted[i] == 'm')
            wanted[i] = 'd';
    }
    const auto other = std::ranges::find(kDateFormats, wanted, &DateFormat::format);
    return other == kDateFormats.end() ? place
                                       : static_cast<std::size_t>(other - kDateFormats.begin());
}

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

enum class Shape {
    integer,
    leading_zero,
    long_digits,
    point,
    comma,
    point_three,
    comma_three,
    other
};

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
    // One to three digits, a mark, three digits: a number of thousands, or of thousandths.
    const bool grouped = fraction == 3 && whole > 0 && whole <= 3 && cell.front() != '0';
    if (grouped && at == cell.size())
        return shape == Shape::point ? Shape::point_three : Shape::comma_three;
    if (at < cell.size() && (cell[at] == 'e' || cell[at] == 'E')) {
        ++at;
        if (at < cell.size() && (cell[at] == '+' || cell[at] == '-')) ++at;
        const std::size_t exponent = at;
        while (at < cell.size() && is_digit(cell[at])) ++at;
        if (at == exponent || at - exponent > 2) return Shape::other;
    }
    return at == cell.size() ? shape : Shape::other;
}

/// Digits in groups of three by `mark`, at least one group, with a fraction behind the other mark
/// or none: 1,234,567 and 1,234.5. Sets whether there is a fraction.
bool is_grouped(std::string_view cell, char mark, char decimal, bool& has_fraction) {
    if (cell.front() == '+' || cell.front() == '-') cell.remove_prefix(1);
    std::size_t at = 0;
    while (at < cell.size() && is_digit(cell[at])) ++at;
    if (at == 0 || at > 3 || cell.front() == '0') return false;
    std::size_t groups = 0;
    while (at < cell.size() && cell[at] == mark) {
        for (int i = 0; i < 3; ++i) {
            if (++at >= cell.size() || !is_digit(cell[at])) return false;
        }
        ++at;
        ++groups;
    }
    if (groups == 0) return false;
    has_fraction = at < cell.size();
    if (!has_fraction) return true;
    if (cell[at] != decimal) return false;
    const auto rest = cell.substr(at + 1);
    return !rest.empty() && std::ranges::all_of(rest, is_digit);
}

/// A number with a percent or a currency sign: its unit would be lost in a number.
bool has_unit(std::string_view cell) {
    const CellKind kind = kind_of(cell);
    return kind == CellKind::percent || kind == CellKind::currency;
}

constexpr Words kBooleans{
    std::array<std::string_view, 6>{"true", "True", "TRUE", "false", "False", "FALSE"}
};
constexpr Words kFrenchBooleans{
    std::array<std::string_view, 6>{"vrai", "Vrai", "VRAI", "faux", "Faux", "FAUX"}
};

/// A space, a no-break space, a narrow one, a thin one, an apostrophe, a curved one.
constexpr std::array<std::string_view, kSpacingMarks> kSpacings{
    " ", "\xC2\xA0", "\xE2\x80\xAF", "\xE2\x80\x89", "'", "\xE2\x80\x99"
};

struct SpacedNumber {
    std::size_t mark = 0;  ///< Of kSpacings.
    char decimal = '\0';   ///< None.
    std::int64_t digits = 0;
};

/// 1 234 567 or 1 234,5: one mark throughout, groups of three after the first.
std::optional<SpacedNumber> spaced_number(std::string_view cell) {
    if (cell.front() == '+' || cell.front() == '-') cell.remove_prefix(1);
    std::size_t at = 0;
    while (at < cell.size() && is_digit(cell[at])) ++at;
    if (at == 0 || at > 3 || at == cell.size() || cell.front() == '0') return std::nullopt;
    const auto mark = std::ranges::find_if(kSpacings, [&](std::string_view spacing) {
        return cell.substr(at).starts_with(spacing);
    });
    if (mark == kSpacings.end()) return std::nullopt;
    SpacedNumber out;
    out.mark = static_cast<std::size_t>(mark - kSpacings.begin());
    out.digits = static_cast<std::int64_t>(at);
    while (cell.substr(at).starts_with(*mark)) {
        at += mark->size();
        for (int i = 0; i < 3; ++i, ++at) {
            if (at >= cell.size() || !is_digit(cell[at])) return std::nullopt;
        }
        out.digits += 3;
    }
    if (at == cell.size()) return out;
    out.decimal = cell[at];
    const auto rest = cell.substr(at + 1);
    const bool fraction = (out.decimal == ',' || out.decimal == '.') && !rest.empty() &&
                          std::ranges::all_of(rest, is_digit);
    return fraction ? std::optional(out) : std::nullopt;
}

/// A digit, or the first letter of a month.
bool may_begin_date(char c) {
    return is_digit(c) || std::string_view("JFMASONDjfmasond").contains(c);
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
        case Shape::point_three:
            ++points_;
            ++groups_.point_three;
            return;
        case Shape::comma_three:
            ++commas_;
            ++groups_.comma_three;
            return;
        case Shape::other:
            add_other(cell);
            return;
    }
}

void ColumnEvidence::add_other(std::string_view cell) {
    if (const auto word = kMissing.place(cell); word < kMissingWords.size()) {
        missing_words_.resize(kMissingWords.size());
        ++missing_words_[word];
        return;
    }
    ++others_;
    if (kBooleans.contains(cell)) {
        ++booleans_;
        return;
    }
    if (kFrenchBooleans.contains(cell)) {
        ++french_booleans_;
        return;
    }
    bool fraction = false;
    const bool short_cell = cell.size() <= 30;
    if (short_cell && is_digit(cell.back())) {
        if (const auto number = spaced_number(cell)) {
            ++spaced_.cells[number->mark];
            spaced_.commas += number->decimal == ',' ? 1 : 0;
            spaced_.points += number->decimal == '.' ? 1 : 0;
            spaced_.fewest_digits = std::min(spaced_.fewest_digits, number->digits);
            spaced_.most_digits = std::max(spaced_.most_digits, number->digits);
            return;
        }
    }
    const bool by_commas = short_cell && is_grouped(cell, ',', '.', fraction);
    if (by_commas || (short_cell && is_grouped(cell, '.', ',', fraction))) {
        ++(by_commas ? groups_.commas : groups_.points);
        groups_.fractions += fraction ? 1 : 0;
    } else if (units_ + 1 == others_ && short_cell && has_unit(cell)) {
        ++units_;
    } else if (!no_dates_) {
        add_date(cell);
    }
}

/// A format counts as long as it fits every cell that is nothing else.
void ColumnEvidence::add_date(std::string_view cell) {
    if (date_counts_.empty()) date_counts_.resize(kDateFormats.size());
    no_dates_ = cell.size() > 30 || !may_begin_date(cell.front());
    if (no_dates_) return;
    table::ColumnData scratch;
    bool any = false;
    for (std::size_t i = 0; i < kDateFormats.size(); ++i) {
        if (date_counts_[i] + 1 != others_) continue;
        scratch.type = kDateFormats[i].type;
        if (date_parsers()[i].append(cell, scratch) != table::ColumnParser::Outcome::value)
            continue;
        ++date_counts_[i];
        any = true;
    }
    no_dates_ = !any;
}

void ColumnEvidence::merge(const ColumnEvidence& other) {
    const auto add_all = [](std::vector<std::int64_t>& to, const std::vector<std::int64_t>& from) {
        to.resize(std::max(to.size(), from.size()));
        for (std::size_t i = 0; i < from.size(); ++i) to[i] += from[i];
    };
    cells_ += other.cells_;
    blank_ += other.blank_;
    integers_ += other.integers_;
    points_ += other.points_;
    commas_ += other.commas_;
    leading_zeros_ += other.leading_zeros_;
    long_digits_ += other.long_digits_;
    booleans_ += other.booleans_;
    french_booleans_ += other.french_booleans_;
    others_ += other.others_;
    units_ += other.units_;
    for (std::size_t i = 0; i < spaced_.cells.size(); ++i)
        spaced_.cells[i] += other.spaced_.cells[i];
    spaced_.commas += other.spaced_.commas;
    spaced_.points += other.spaced_.points;
    spaced_.fewest_digits = std::min(spaced_.fewest_digits, other.spaced_.fewest_digits);
    spaced_.most_digits = std::max(spaced_.most_digits, other.spaced_.most_digits);
    groups_.commas += other.groups_.commas;
    groups_.points += other.groups_.points;
    groups_.fractions += other.groups_.fractions;
    groups_.comma_three += other.groups_.comma_three;
    groups_.point_three += other.groups_.point_three;
    add_all(missing_words_, other.missing_words_);
    add_all(date_counts_, other.date_counts_);
    no_dates_ = no_dates_ || other.no_dates_;
}

/// Numbers of thousands by a space or an apostrophe. All of nine digits and more, as many in each
/// and never a fraction: numbers that name something.
bool ColumnEvidence::decide_spaced(table::Column& column, std::string& mark) const {
    constexpr std::int64_t kLongNames = 9;
    const auto most = std::ranges::max_element(spaced_.cells);
    if (others_ != spaced_.all() || *most != others_) return false;
    const std::int64_t with_comma = commas_ + spaced_.commas;
    const std::int64_t with_point = points_ + spaced_.points;
    if (with_comma > 0 && with_point > 0) return false;
    const bool whole = with_comma + with_point == 0;
    if (whole && integers_ == 0 && spaced_.fewest_digits == spaced_.most_digits &&
        spaced_.most_digits >= kLongNames)
        return false;
    mark = with_comma > 0 ? "," : ".";
    column.format.decimal_mark = mark;
    column.format.thousands_mark =
        kSpacings[static_cast<std::size_t>(most - spaced_.cells.begin())];
    column.type = whole ? ColumnType::integer : ColumnType::real;
    return true;
}

/// Sets the marks and the type when every cell is a number under one meaning of comma and point.
/// 1,234 alone means thousands in a file cut at commas, which had to quote it, or beside cells that
/// can mean nothing else; otherwise a decimal comma.
bool ColumnEvidence::decide_number(table::Column& column, const Receipt& receipt, std::string& mark)
    const {
    const std::int64_t grouped = groups_.commas + groups_.points;
    if (leading_zeros_ + long_digits_ > 0) return false;
    if (spaced_.all() > 0) return decide_spaced(column, mark);
    if (others_ != grouped) return false;
    const bool commas_are_thousands =
        commas_ == groups_.comma_three && groups_.points == 0 &&
        (groups_.commas > 0 || (commas_ > 0 && (points_ > 0 || receipt.dialect.delimiter == ",")));
    const bool points_are_thousands = !commas_are_thousands && points_ == groups_.point_three &&
                                      groups_.commas == 0 && points_ + groups_.points > 0 &&
                                      (groups_.points > 0 || commas_ > 0);
    column.type = ColumnType::real;
    if (commas_are_thousands) {
        column.format.thousands_mark = ",";
        if (points_ + groups_.fractions == 0) column.type = ColumnType::integer;
        mark = ".";
        return true;
    }
    if (points_are_thousands) {
        column.format.decimal_mark = ",";
        column.format.thousands_mark = ".";
        if (commas_ + groups_.fractions == 0) column.type = ColumnType::integer;
        mark = ",";
        return true;
    }
    if (grouped > 0 || (commas_ > 0 && points_ > 0)) {
        column.type = ColumnType::text;
        return false;
    }
    mark = commas_ > 0 ? "," : ".";
    column.format.decimal_mark = mark;
    if (commas_ + points_ == 0) column.type = ColumnType::integer;
    return true;
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
                           std::int64_t count,
                           std::int64_t against = 0) {
        column.type = type;
        receipt.evidence.push_back(
            {std::string(about), column.name, std::move(found), count, against}
        );
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
    std::string mark;
    if (decide_number(column, receipt, mark)) {
        if (column.format.thousands_mark.empty() && column.type == ColumnType::integer)
            return typed(column.type, "type", "integer", values);
        const std::int64_t marked = mark == "," ? commas_ : points_;
        typed(column.type, "decimal_mark", mark, marked);
        if (column.format.thousands_mark.empty()) return;
        const std::int64_t grouped =
            mark == "," ? points_ + groups_.points : commas_ + groups_.commas;
        const std::int64_t thousands = spaced_.all() > 0 ? spaced_.all() : grouped;
        receipt.evidence.push_back(
            {"thousands_mark", column.name, column.format.thousands_mark, thousands, 0}
        );
        return;
    }
    if (booleans_ == values || french_booleans_ == values) {
        const bool english = booleans_ == values;
        column.format.true_words = {english ? "true" : "vrai"};
        column.format.false_words = {english ? "false" : "faux"};
        return typed(ColumnType::boolean, "type", "boolean", values);
    }
    for (std::size_t i = 0; i < date_counts_.size(); ++i) {
        if (others_ != values || date_counts_[i] != values) continue;
        column.format.date_format = kDateFormats[i].format;
        const auto other = other_order(i);
        const bool open = other != i && date_counts_[other] == values;
        if (open) receipt.notes.emplace_back("date_order_open");
        return typed(
            kDateFormats[i].type,
            "date_order",
            std::string(kDateFormats[i].format),
            values,
            open ? values : 0
        );
    }
    if (units_ == values) return keep_text(table::kKeptUnits, units_);
    if (numbers * 20 >= values * 19) keep_text(table::kKeptMixed, values - numbers);
}

}  // namespace csva::reading
