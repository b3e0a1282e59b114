#include "engine/reading/cell_kind.hpp"

#include <algorithm>
#include <array>

namespace csva::reading {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
/// Bytes of characters beyond ASCII are taken for letters.
bool is_wide(char c) { return static_cast<unsigned char>(c) >= 0x80; }

std::string_view trimmed(std::string_view text) {
    const auto space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
    while (!text.empty() && space(text.front())) text.remove_prefix(1);
    while (!text.empty() && space(text.back())) text.remove_suffix(1);
    return text;
}

std::size_t count_digits(std::string_view text) {
    std::size_t n = 0;
    while (n < text.size() && is_digit(text[n])) ++n;
    return n;
}

/// 1,234,567 or 1.234.567 or 1 234 567: groups of three after the first; the bytes they take, 0 if
/// not grouped.
std::size_t grouped_digits(std::string_view text, char mark) {
    std::size_t at = count_digits(text);
    if (at == 0 || at > 3) return 0;
    std::size_t groups = 0;
    while (at + 3 < text.size() && text[at] == mark && count_digits(text.substr(at + 1)) >= 3) {
        if (count_digits(text.substr(at + 1)) != 3) return 0;
        at += 4;
        ++groups;
    }
    return groups > 0 ? at : 0;
}

CellKind number_kind(std::string_view text) {
    if (text.starts_with('+') || text.starts_with('-')) text.remove_prefix(1);
    if (text.empty()) return CellKind::text;
    const std::size_t whole = count_digits(text);
    if (whole == text.size()) return CellKind::integer;
    for (const char mark : {',', '.', ' ', '\''}) {
        const std::size_t grouped = grouped_digits(text, mark);
        if (grouped == 0) continue;
        if (grouped == text.size()) return CellKind::real;
        const char decimal = mark == '.' ? ',' : '.';
        const auto rest = text.substr(grouped);
        if (rest.front() == decimal && rest.size() > 1 &&
            count_digits(rest.substr(1)) == rest.size() - 1)
            return CellKind::real;
    }
    std::size_t at = whole;
    std::size_t fraction = 0;
    if (at < text.size() && (text[at] == '.' || text[at] == ',')) {
        fraction = count_digits(text.substr(at + 1));
        at += 1 + fraction;
    }
    if (whole + fraction == 0) return CellKind::text;
    if (at < text.size() && (text[at] == 'e' || text[at] == 'E')) {
        ++at;
        if (at < text.size() && (text[at] == '+' || text[at] == '-')) ++at;
        const std::size_t exponent = count_digits(text.substr(at));
        if (exponent == 0 || exponent > 3) return CellKind::text;
        at += exponent;
    }
    return at == text.size() ? CellKind::real : CellKind::text;
}

bool is_number(CellKind kind) { return kind == CellKind::integer || kind == CellKind::real; }

/// A sign such as $, € or £ (before or behind), of the bytes it takes; 0 if there is none.
std::size_t currency_sign(std::string_view text, bool behind) {
    constexpr std::array<std::string_view, 8> kSigns{
        "$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5", "EUR", "USD", "GBP", "CHF"
    };
    for (const auto sign : kSigns) {
        if (behind ? text.ends_with(sign) : text.starts_with(sign)) return sign.size();
    }
    return 0;
}

bool is_currency(std::string_view text) {
    bool bracketed = false;
    if (text.size() > 2 && text.front() == '(' && text.back() == ')') {
        text = text.substr(1, text.size() - 2);
        bracketed = true;
    }
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    const std::size_t before = currency_sign(text, false);
    const std::size_t behind = before > 0 ? 0 : currency_sign(text, true);
    if (before + behind == 0 && !bracketed) return false;
    text.remove_prefix(before);
    text.remove_suffix(behind);
    return is_number(number_kind(trimmed(text)));
}

bool is_month_name(std::string_view text) {
    constexpr std::array<std::string_view, 12> kMonths{
        "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
    };
    if (text.size() < 3 || text.size() > 9) return false;
    std::string start(text.substr(0, 3));
    for (char& c : start) c = static_cast<char>(c | 0x20);
    return std::ranges::find(kMonths, start) != kMonths.end();
}

/// Three fields of one mark, or two with a month's name: 14-Jan, Jan-14.
bool is_date(std::string_view text) {
    if (text.size() < 5 || text.size() > 20) return false;
    for (const char mark : {'-', '/', '.', ' '}) {
        const std::size_t first = text.find(mark);
        if (first == std::string_view::npos || first == 0) continue;
        const std::string_view a = text.substr(0, first);
        const std::size_t second = text.find(mark, first + 1);
        const std::string_view b =
            text.substr(first + 1, second == std::string_view::npos ? second : second - first - 1);
        const bool a_digits = count_digits(a) == a.size() && a.size() <= 4;
        const bool b_digits = !b.empty() && count_digits(b) == b.size() && b.size() <= 4;
        if (second == std::string_view::npos)
            return (a_digits && is_month_name(b)) || (is_month_name(a) && b_digits);
        const std::string_view c = text.substr(second + 1);
        const bool c_digits =
            !c.empty() && count_digits(c) == c.size() && (c.size() == 4 || c.size() == 2);
        if (mark == ' ') return a_digits && is_month_name(b) && c_digits;
        if (a_digits && a.size() == 4 && b_digits && b.size() <= 2)
            return !c.empty() && c.size() <= 2 && count_digits(c) == c.size();
        return a_digits && a.size() <= 2 && c_digits &&
               ((b_digits && b.size() <= 2) || is_month_name(b));
    }
    return false;
}

bool is_time(std::string_view text) {
    if (text.size() > 2 && (text.ends_with("AM") || text.ends_with("PM") || text.ends_with("am") ||
                            text.ends_with("pm")))
        text = trimmed(text.substr(0, text.size() - 2));
    if (text.ends_with('Z')) text.remove_suffix(1);
    const std::size_t hour = count_digits(text);
    if (hour == 0 || hour > 2 || text.size() < hour + 3 || text[hour] != ':') return false;
    text.remove_prefix(hour + 1);
    if (count_digits(text) != 2) return false;
    text.remove_prefix(2);
    if (text.empty()) return true;
    if (text.front() != ':' || count_digits(text.substr(1)) != 2) return false;
    text.remove_prefix(3);
    if (text.empty()) return true;
    return (text.front() == '.' || text.front() == ',') && text.size() > 1 &&
           count_digits(text.substr(1)) == text.size() - 1;
}

bool is_timestamp(std::string_view text) {
    const std::size_t mark = text.find_first_of("T ");
    if (mark == std::string_view::npos || mark < 6 || text.size() > 40) return false;
    std::string_view time = trimmed(text.substr(mark + 1));
    const std::size_t zone = time.find_first_of("+-", 5);
    if (zone != std::string_view::npos) time = time.substr(0, zone);
    return is_date(text.substr(0, mark)) && is_time(time);
}

bool is_word(std::string_view text) {
    constexpr std::array<std::string_view, 14> kWords{
        "na",
        "n/a",
        "nan",
        "null",
        "none",
        "nil",
        "true",
        "false",
        "yes",
        "no",
        "-",
        "?",
        ".",
        "#n/a"
    };
    if (text.size() > 5) return false;
    std::string lower(text);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return std::ranges::find(kWords, lower) != kWords.end();
}

bool is_url(std::string_view text) {
    const bool known = text.starts_with("http://") || text.starts_with("https://") ||
                       text.starts_with("ftp://") || text.starts_with("www.");
    return known && text.find(' ') == std::string_view::npos;
}

bool is_email(std::string_view text) {
    const std::size_t at = text.find('@');
    return at != std::string_view::npos && at > 0 &&
           text.find('@', at + 1) == std::string_view::npos &&
           text.find('.', at) != std::string_view::npos &&
           text.find_first_of(" ,;|\t") == std::string_view::npos;
}

/// Letters, digits and joining marks: a code; with spaces or marks of sentences: text; with marks
/// that separate cells: odd.
CellKind words_kind(std::string_view text) {
    bool code = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (is_letter(c) || is_digit(c) || is_wide(c)) continue;
        if (c == '-' || c == '_' || c == '.' || c == '/') continue;
        code = false;
        constexpr std::string_view kInText = " :'()&%+@#?!*$\"[]=<>\\/`{}\n\r";
        // As in a sentence: a comma and a space.
        const bool punctuation = (c == ',' || c == ';') && text.substr(i + 1).starts_with(' ');
        if (!punctuation && kInText.find(c) == std::string_view::npos) return CellKind::odd;
    }
    return code ? CellKind::code : CellKind::text;
}

}  // namespace

CellKind kind_of(std::string_view cell) {
    const std::string_view text = trimmed(cell);
    if (text.empty()) return CellKind::blank;
    const CellKind number = number_kind(text);
    if (is_number(number)) return number;
    if (text.back() == '%' && is_number(number_kind(trimmed(text.substr(0, text.size() - 1)))))
        return CellKind::percent;
    if (is_currency(text)) return CellKind::currency;
    if (is_date(text)) return CellKind::date;
    if (is_time(text)) return CellKind::time;
    if (is_timestamp(text)) return CellKind::timestamp;
    if (is_word(text)) return CellKind::word;
    if (is_url(text)) return CellKind::url;
    if (is_email(text)) return CellKind::email;
    return words_kind(text);
}

bool is_value_kind(CellKind kind) {
    return kind >= CellKind::integer && kind <= CellKind::timestamp;
}

std::string shape_of_cell(std::string_view cell) {
    constexpr std::size_t kLongest = 24;
    if (cell.size() > kLongest) return {};
    std::string shape(cell);
    for (char& c : shape) c = is_digit(c) ? '9' : is_letter(c) || is_wide(c) ? 'A' : c;
    return shape;
}

}  // namespace csva::reading
