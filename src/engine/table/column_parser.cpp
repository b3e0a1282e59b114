#include "engine/table/column_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace csva::table {
namespace {

constexpr std::int64_t kMicrosecondsPerDay = 86'400'000'000;

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    });
    return out;
}

bool digits(std::string_view& text, std::size_t least, std::size_t most, int& value) {
    std::size_t count = 0;
    value = 0;
    while (count < most && count < text.size() && text[count] >= '0' && text[count] <= '9') {
        value = value * 10 + (text[count++] - '0');
    }
    text.remove_prefix(count);
    return count >= least;
}

bool valid_day(int year, int month, int day) {
    constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return false;
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

struct Civil {
    int year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0, microsecond = 0;
    int zone_minutes = 0;  ///< East of Greenwich.
};

struct MonthName {
    std::string_view name;  ///< Lower case.
    int month;
};

/// Longer names before those they begin with.
constexpr std::array kMonthNames{
    MonthName{"january", 1},
    MonthName{"janvier", 1},
    MonthName{"janv.", 1},
    MonthName{"janv", 1},
    MonthName{"jan", 1},
    MonthName{"february", 2},
    MonthName{"f\xC3\xA9vrier", 2},
    MonthName{"f\xC3\xA9vr.", 2},
    MonthName{"f\xC3\xA9vr", 2},
    MonthName{"f\xC3\xA9v", 2},
    MonthName{"feb", 2},
    MonthName{"march", 3},
    MonthName{"mars", 3},
    MonthName{"mar", 3},
    MonthName{"april", 4},
    MonthName{"avril", 4},
    MonthName{"avr.", 4},
    MonthName{"avr", 4},
    MonthName{"apr", 4},
    MonthName{"may", 5},
    MonthName{"mai", 5},
    MonthName{"june", 6},
    MonthName{"juin", 6},
    MonthName{"jun", 6},
    MonthName{"july", 7},
    MonthName{"juillet", 7},
    MonthName{"juil.", 7},
    MonthName{"juil", 7},
    MonthName{"jul", 7},
    MonthName{"august", 8},
    MonthName{"ao\xC3\xBBt", 8},
    MonthName{"aug", 8},
    MonthName{"september", 9},
    MonthName{"septembre", 9},
    MonthName{"sept.", 9},
    MonthName{"sept", 9},
    MonthName{"sep", 9},
    MonthName{"october", 10},
    MonthName{"octobre", 10},
    MonthName{"oct.", 10},
    MonthName{"oct", 10},
    MonthName{"november", 11},
    MonthName{"novembre", 11},
    MonthName{"nov.", 11},
    MonthName{"nov", 11},
    MonthName{"december", 12},
    MonthName{
        "d\xC3\xA9"
        "cembre",
        12
    },
    MonthName{
        "d\xC3\xA9"
        "c.",
        12
    },
    MonthName{
        "d\xC3\xA9"
        "c",
        12
    },
    MonthName{"dec", 12}
};

const MonthName* month_name_at(std::string_view text) {
    for (const auto& month : kMonthNames) {
        const auto start = text.substr(0, month.name.size());
        const bool same = std::ranges::equal(start, month.name, [](char a, char b) {
            return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + 32) : a) == b;
        });
        if (same) return &month;
    }
    return nullptr;
}

bool month_by_name(std::string_view& text, int& month) {
    const MonthName* found = month_name_at(text);
    if (found == nullptr) return false;
    text.remove_prefix(found->name.size());
    month = found->month;
    return true;
}

/// AM or PM: turns the hour of twelve into one of 24.
bool half_of_day(std::string_view& text, int& hour) {
    if (text.size() < 2 || (text[1] | 0x20) != 'm' || hour < 1 || hour > 12) return false;
    const char half = static_cast<char>(text.front() | 0x20);
    if (half != 'a' && half != 'p') return false;
    hour = hour % 12 + (half == 'p' ? 12 : 0);
    text.remove_prefix(2);
    return true;
}

/// +02:00, +0200 or +02.
bool zone(std::string_view& text, int& minutes) {
    if (text.empty() || (text.front() != '+' && text.front() != '-')) return false;
    const int sign = text.front() == '-' ? -1 : 1;
    text.remove_prefix(1);
    int hours = 0;
    int rest = 0;
    if (!digits(text, 2, 2, hours) || hours > 14) return false;
    if (text.starts_with(':')) text.remove_prefix(1);
    if (!text.empty() && !digits(text, 2, 2, rest)) return false;
    minutes = sign * (hours * 60 + rest);
    return true;
}

/// Up to six digits of a fraction of a second, further ones ignored.
bool fraction(std::string_view& text, int& microsecond) {
    const std::size_t before = text.size();
    if (!digits(text, 1, 6, microsecond)) return false;
    for (std::size_t used = before - text.size(); used < 6; ++used) microsecond *= 10;
    while (!text.empty() && text.front() >= '0' && text.front() <= '9') text.remove_prefix(1);
    return true;
}

/// One letter of a format. %S takes an optional fraction, %b a month's name, %p AM or PM after %H,
/// %z a distance from Greenwich: the time is then Greenwich's.
bool parse_field(char letter, std::string_view& text, Civil& civil) {
    switch (letter) {
        case 'Y':
            return digits(text, 4, 4, civil.year);
        case 'y':
            if (!digits(text, 2, 2, civil.year)) return false;
            civil.year += civil.year < 69 ? 2000 : 1900;  // POSIX strptime
            return true;
        case 'm':
            return digits(text, 1, 2, civil.month);
        case 'd':
            return digits(text, 1, 2, civil.day);
        case 'H':
            return digits(text, 1, 2, civil.hour);
        case 'M':
            return digits(text, 1, 2, civil.minute);
        case 'S':
            if (!digits(text, 1, 2, civil.second)) return false;
            if (text.size() > 1 && text.front() == '.' && text[1] >= '0' && text[1] <= '9') {
                text.remove_prefix(1);
                return fraction(text, civil.microsecond);
            }
            return true;
        case 'b':
            return month_by_name(text, civil.month);
        case 'p':
            return half_of_day(text, civil.hour);
        case 'z':
            return zone(text, civil.zone_minutes);
        default:
            return false;
    }
}

bool parse_time(std::string_view text, std::string_view format, Civil& civil) {
    for (std::size_t i = 0; i < format.size(); ++i) {
        if (format[i] == '%' && i + 1 < format.size()) {
            if (!parse_field(format[++i], text, civil)) return false;
        } else {
            if (text.empty() || text.front() != format[i]) return false;
            text.remove_prefix(1);
        }
    }
    return text.empty() && valid_day(civil.year, civil.month, civil.day) && civil.hour < 24 &&
           civil.minute < 60 && civil.second < 60;
}

std::int64_t microseconds_of_day(const Civil& c) {
    return ((c.hour * 60LL + c.minute) * 60 + c.second) * 1'000'000 + c.microsecond;
}

}  // namespace

std::int64_t days_from_civil(int year, int month, int day) {
    const int y = month <= 2 ? year - 1 : year;
    const int era = (y >= 0 ? y : y - 399) / 400;
    const int year_of_era = y - era * 400;
    const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097LL + day_of_era - 719468;
}

struct ColumnParser::State {
    Column column;

    /// Plain digits of a number written the column's way; false when marks stand where they may
    /// not.
    bool plain_number(std::string_view cell, std::string& out) const {
        const char decimal =
            column.format.decimal_mark.empty() ? '.' : column.format.decimal_mark.front();
        const std::string& thousands = column.format.thousands_mark;
        bool seen_decimal = false;
        for (std::size_t i = 0; i < cell.size(); ++i) {
            if (!thousands.empty() && !seen_decimal && i > 0 &&
                cell.substr(i).starts_with(thousands)) {
                i += thousands.size() - 1;
            } else if (cell[i] == decimal) {
                if (seen_decimal) return false;
                seen_decimal = true;
                out += '.';
            } else if (cell[i] == '.') {
                return false;
            } else {
                out += cell[i];
            }
        }
        return true;
    }

    Outcome append_number(std::string_view cell, ColumnData& data) const {
        std::string rewritten;
        std::string_view text = cell;
        if (column.format.decimal_mark != "." || !column.format.thousands_mark.empty()) {
            if (!plain_number(cell, rewritten)) return Outcome::bad;
            text = rewritten;
        }
        if (text.starts_with('+')) text.remove_prefix(1);
        const char* end = text.data() + text.size();
        if (data.type == ColumnType::integer) {
            std::int64_t value = 0;
            const auto [last, code] = std::from_chars(text.data(), end, value);
            if (code != std::errc{} || last != end) return Outcome::bad;
            data.append_integer(value);
            return Outcome::value;
        }
        double value = 0;
        const auto [last, code] = std::from_chars(text.data(), end, value);
        if (code != std::errc{} || last != end || !std::isfinite(value)) return Outcome::bad;
        data.append_real(value);
        return Outcome::value;
    }

    Outcome append_boolean(std::string_view cell, ColumnData& data) const {
        const std::string word = lower(cell);
        const bool yes =
            std::ranges::find(column.format.true_words, word) != column.format.true_words.end();
        const bool no = !yes && std::ranges::find(column.format.false_words, word) !=
                                    column.format.false_words.end();
        if (!yes && !no) return Outcome::bad;
        data.append_integer(yes ? 1 : 0);
        return Outcome::value;
    }

    Outcome append_time(std::string_view cell, ColumnData& data) const {
        Civil c;
        if (!parse_time(cell, column.format.date_format, c)) return Outcome::bad;
        const std::int64_t days = days_from_civil(c.year, c.month, c.day);
        if (data.type == ColumnType::date)
            data.append_integer(days);
        else if (data.type == ColumnType::time)
            data.append_integer(microseconds_of_day(c));
        else
            data.append_integer(
                days * kMicrosecondsPerDay + microseconds_of_day(c) - c.zone_minutes * 60'000'000LL
            );
        return Outcome::value;
    }
};

ColumnParser::ColumnParser(const Column& column) : state_(std::make_unique<State>(State{column})) {}
ColumnParser::~ColumnParser() = default;
ColumnParser::ColumnParser(ColumnParser&&) noexcept = default;
ColumnParser& ColumnParser::operator=(ColumnParser&&) noexcept = default;

bool ColumnParser::is_missing(std::string_view cell) const {
    cell = trimmed(cell);
    if (cell.empty()) return true;
    return std::ranges::any_of(state_->column.format.missing_words, [&](const std::string& word) {
        return word == cell;
    });
}

ColumnParser::Outcome ColumnParser::append(std::string_view cell, ColumnData& data) const {
    if (is_missing(cell)) {
        data.append_missing();
        return Outcome::missing;
    }
    Outcome outcome = Outcome::bad;
    switch (data.type) {
        case ColumnType::text:
            data.append_text(cell);
            return Outcome::value;
        case ColumnType::integer:
        case ColumnType::real:
            outcome = state_->append_number(trimmed(cell), data);
            break;
        case ColumnType::boolean:
            outcome = state_->append_boolean(trimmed(cell), data);
            break;
        case ColumnType::date:
        case ColumnType::timestamp:
        case ColumnType::time:
            outcome = state_->append_time(trimmed(cell), data);
            break;
    }
    if (outcome == Outcome::bad) data.append_missing();
    return outcome;
}

ColumnParser::Outcome ColumnParser::append(
    const base::Cell& cell, ColumnData& data, TextArena& arena
) const {
    using Kind = base::Cell::Kind;
    if (cell.kind == Kind::null) {
        data.append_missing();
        return Outcome::missing;
    }
    if (cell.kind == Kind::number && data.type == ColumnType::real) {
        data.append_real(cell.number);
        return Outcome::value;
    }
    if (cell.kind == Kind::number && data.type == ColumnType::integer) {
        if (std::floor(cell.number) != cell.number || std::abs(cell.number) > 9e15) {
            data.append_missing();
            return Outcome::bad;
        }
        data.append_integer(static_cast<std::int64_t>(cell.number));
        return Outcome::value;
    }
    if (cell.kind == Kind::boolean && data.type == ColumnType::boolean) {
        data.append_integer(cell.number != 0 ? 1 : 0);
        return Outcome::value;
    }
    return append(arena.store(cell.text), data);
}

void append_cell_text(std::string& out, const ColumnData& data, std::size_t row) {
    if (data.missing(row)) return;
    auto put = std::back_inserter(out);
    const auto date = [&](std::int64_t days) {
        // Source: Hinnant 2013, civil_from_days.
        days += 719468;
        const std::int64_t era = (days >= 0 ? days : days - 146096) / 146097;
        const std::int64_t doe = days - era * 146097;
        const std::int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
        const std::int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        const std::int64_t mp = (5 * doy + 2) / 153;
        const std::int64_t month = mp < 10 ? mp + 3 : mp - 9;
        fmt::format_to(
            put,
            "{:04}-{:02}-{:02}",
            yoe + era * 400 + (month <= 2 ? 1 : 0),
            month,
            doy - (153 * mp + 2) / 5 + 1
        );
    };
    const auto time = [&](std::int64_t us) {
        const std::int64_t s = us / 1'000'000;
        fmt::format_to(put, "{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
        if (us % 1'000'000 != 0) {
            std::string part = fmt::format(".{:06}", us % 1'000'000);
            out += part.substr(0, part.find_last_not_of('0') + 1);
        }
    };
    switch (data.type) {
        case ColumnType::integer:
            fmt::format_to(put, "{}", data.integers[row]);
            break;
        case ColumnType::real:
            base::encode_number(out, data.reals[row]);
            break;
        case ColumnType::boolean:
            out += data.integers[row] != 0 ? "true" : "false";
            break;
        case ColumnType::text:
            out += data.texts[row];
            break;
        case ColumnType::date:
            date(data.integers[row]);
            break;
        case ColumnType::time:
            time(data.integers[row]);
            break;
        case ColumnType::timestamp: {
            const std::int64_t us = data.integers[row];
            const std::int64_t days =
                (us >= 0 ? us : us - kMicrosecondsPerDay + 1) / kMicrosecondsPerDay;
            date(days);
            out += ' ';
            time(us - days * kMicrosecondsPerDay);
            break;
        }
    }
}

std::string cell_text(const ColumnData& data, std::size_t row) {
    std::string out;
    append_cell_text(out, data, row);
    return out;
}

}  // namespace csva::table
