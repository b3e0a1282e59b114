#include "engine/meaning/checks.hpp"

#include "engine/meaning/lexicon.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

namespace csva::meaning {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool upper(char c) { return c >= 'A' && c <= 'Z'; }
char lowered(char c) { return upper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
        text.remove_suffix(1);
    return text;
}

/// Digits and upper-case letters, without `separators`; empty when anything else stands there.
std::string packed(std::string_view text, std::string_view separators) {
    std::string out;
    for (const char c : trimmed(text)) {
        if (digit(c) || letter(c))
            out += letter(c) ? static_cast<char>(c & ~0x20) : c;
        else if (separators.find(c) == std::string_view::npos)
            return {};
    }
    return out;
}

bool all_digits(std::string_view text) { return !text.empty() && std::ranges::all_of(text, digit); }

/// 'd' for a digit, 'a' for a letter, all else as it is.
std::string shape_of(std::string_view text) {
    std::string out;
    for (const char c : trimmed(text)) out += digit(c) ? 'd' : letter(c) ? 'a' : c;
    return out;
}

int number_of(std::string_view text) {
    int number = -1;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

/// Of the letter C3 80..BF.
std::string_view plain_letter(unsigned char next) {
    constexpr std::array<std::string_view, 32> kPlain = {"a", "a", "a", "a", "a", "a", "ae", "c",
                                                         "e", "e", "e", "e", "i", "i", "i",  "i",
                                                         "d", "n", "o", "o", "o", "o", "o",  "",
                                                         "o", "u", "u", "u", "u", "y", "",   "ss"};
    return kPlain[next & 0x1fU];
}

// ------------------------------------------------------------------ dates

int month_named(std::string_view word) {
    constexpr std::array<std::string_view, 24> kMonths = {
        "janvier", "january", "fevrier",  "february", "mars",      "march",
        "avril",   "april",   "mai",      "may",      "juin",      "june",
        "juillet", "july",    "aout",     "august",   "septembre", "september",
        "octobre", "october", "novembre", "november", "decembre",  "december"
    };
    if (word.size() < 3) return 0;
    for (std::size_t i = 0; i < kMonths.size(); ++i)
        if (kMonths[i].starts_with(word)) return static_cast<int>(i / 2) + 1;
    return 0;
}

bool in_calendar(int year, int month, int day) {
    return year >= 1850 && year <= 2100 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

int year_of_digits(std::string_view text) {
    const auto shape = shape_of(text);
    const auto part = [&](std::size_t at, std::size_t size) {
        return number_of(text.substr(at, size));
    };
    for (const char separator : {'-', '/', '.'}) {
        const std::string by = {separator};
        if (shape == "dddd" + by + "dd" + by + "dd" &&
            in_calendar(part(0, 4), part(5, 2), part(8, 2)))
            return part(0, 4);
        const auto first = shape.find(separator);
        const auto second = shape.find(separator, first + 1);
        if (first == std::string::npos || second == std::string::npos || first > 2 ||
            second - first > 3 || shape.size() != second + 5)
            continue;
        const int a = part(0, first), b = part(first + 1, second - first - 1),
                  year = part(second + 1, 4);
        if (in_calendar(year, b, a) || in_calendar(year, a, b)) return year;
    }
    return 0;
}

}  // namespace

std::string folded(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        const auto next = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : 0);
        if (c == 0xC3 && next >= 0x80) {
            out += plain_letter(next);
            ++i;
        } else if (c == 0xC5 && (next == 0x92 || next == 0x93)) {
            out += "oe";
            ++i;
        } else if (c == 0xE2 && next == 0x80 && i + 2 < text.size()) {
            out += '\'';  // typographic apostrophes
            i += 2;
        } else {
            out += lowered(text[i]);
        }
    }
    return out;
}

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> out;
    std::size_t begin = 0;
    const auto inner = [&](std::size_t i) {
        const auto c = static_cast<unsigned char>(text[i]);
        return letter(text[i]) || c >= 0x80 ||
               ((c == '-' || c == '\'') && i > begin && i + 1 < text.size() && letter(text[i + 1]));
    };
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && inner(i)) continue;
        if (i > begin) out.push_back(text.substr(begin, i - begin));
        begin = i + 1;
    }
    return out;
}

bool passes_luhn(std::string_view digits) {
    if (!all_digits(digits)) return false;
    int sum = 0;
    for (std::size_t i = 0; i < digits.size(); ++i) {
        int value = digits[digits.size() - 1 - i] - '0';
        if (i % 2 == 1) value = value > 4 ? 2 * value - 9 : 2 * value;
        sum += value;
    }
    return sum % 10 == 0;
}

bool is_iban(std::string_view text) {
    const auto code = packed(text, " -");
    if (code.size() < 15 || code.size() > 34 || !letter(code[0]) || !letter(code[1]) ||
        !digit(code[2]) || !digit(code[3]))
        return false;
    int rest = 0;
    for (std::size_t i = 0; i < code.size(); ++i) {
        const char c = code[(i + 4) % code.size()];
        rest = digit(c) ? (rest * 10 + c - '0') % 97 : (rest * 100 + c - 'A' + 10) % 97;
    }
    return rest == 1;
}

CardForm card_form(std::string_view text) {
    const auto cell = trimmed(text);
    const auto code = packed(cell, " -");
    if (code.size() < 13 || code.size() > 19 || !all_digits(code)) return {};
    CardForm form;
    const auto shape = shape_of(cell);
    form.grouped = shape == "dddd dddd dddd dddd" || shape == "dddd-dddd-dddd-dddd" ||
                   shape == "dddd dddddd ddddd";
    form.shape = form.grouped || cell.size() == code.size();
    const int two = number_of(std::string_view(code).substr(0, 2));
    const int four = number_of(std::string_view(code).substr(0, 4));
    const bool issuer = code[0] == '4' || (two >= 51 && two <= 55) ||
                        (four >= 2221 && four <= 2720) || two == 34 || two == 37 || two == 36 ||
                        two == 38 || two == 30 || two == 65 || two == 35 || four == 6011 ||
                        two == 50 || (two >= 56 && two <= 58) || two == 63 || two == 67;
    form.valid = form.shape && issuer && passes_luhn(code);
    return form;
}

bool is_nir(std::string_view text) {
    auto code = packed(text, " .");
    if (code.size() != 15) return false;
    if (code[5] == '2' && (code[6] == 'A' || code[6] == 'B'))
        code.replace(5, 2, code[6] == 'A' ? "19" : "18");
    if (!all_digits(code)) return false;
    const int month = number_of(std::string_view(code).substr(3, 2));
    const bool sex = code[0] == '1' || code[0] == '2' || code[0] == '3' || code[0] == '4' ||
                     code[0] == '7' || code[0] == '8';
    const bool month_ok =
        (month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50;
    std::int64_t number = 0;
    std::from_chars(code.data(), code.data() + 13, number);
    return sex && month_ok && number_of(std::string_view(code).substr(13)) == 97 - number % 97;
}

bool is_national_id(std::string_view text) {
    if (const auto shape = shape_of(text); shape == "ddd-dd-dddd") {
        const auto cell = trimmed(text);
        const int area = number_of(cell.substr(0, 3));
        return area != 0 && area != 666 && area < 900 && cell.substr(4, 2) != "00" &&
               cell.substr(7) != "0000";
    }
    const auto code = packed(text, " ");
    if (shape_of(code) != "aadddddda" || code[8] > 'D') return false;
    constexpr std::string_view kNever = "DFIQUV";
    constexpr std::array<std::string_view, 7> kPrefixes = {
        "BG", "GB", "NK", "KN", "TN", "NT", "ZZ"
    };
    return kNever.find(code[0]) == std::string_view::npos &&
           kNever.find(code[1]) == std::string_view::npos && code[1] != 'O' &&
           std::ranges::find(kPrefixes, std::string_view(code).substr(0, 2)) == kPrefixes.end();
}

CompanyForm company_form(std::string_view text) {
    const auto code = packed(text, " ");
    if ((code.size() != 9 && code.size() != 14) || !all_digits(code)) return {};
    CompanyForm form{true, passes_luhn(code)};
    if (!form.valid && code.size() == 14 && code.starts_with("356000000")) {
        int sum = 0;
        for (const char c : code) sum += c - '0';
        form.valid = sum % 5 == 0;
    }
    return form;
}

namespace {

/// The number without the word before it ("Tel. 06...") and without an extension ("x12", "ext. 12",
/// "poste 12"). Letters elsewhere stay: hexadecimal digits are no telephone.
std::string bare_phone(std::string_view text) {
    const auto plain = folded(trimmed(text));
    constexpr std::string_view kLabels[] = {
        "telephone", "tel", "phone", "mobile", "mob", "portable", "gsm", "fax", "cell"
    };
    std::size_t begin = 0;
    for (const auto label : kLabels) {
        if (!plain.starts_with(label)) continue;
        const auto after = plain.find_first_not_of(".: ", label.size());
        if (after != std::string::npos && after > label.size()) begin = after;
        break;
    }
    auto end = plain.size();
    while (end > begin && digit(plain[end - 1])) --end;
    const auto extension = plain.size() - end;
    while (end > begin && (plain[end - 1] == ' ' || plain[end - 1] == '.')) --end;
    for (const std::string_view label : {"ext", "poste", "x"}) {
        const auto before = std::string_view(plain).substr(begin, end - begin);
        if (extension == 0 || extension > 6 || !before.ends_with(label)) continue;
        return std::string(trimmed(before.substr(0, before.size() - label.size())));
    }
    return plain.substr(begin);
}

}  // namespace

PhoneForm phone_form(std::string_view text) {
    const auto cell = bare_phone(text);
    std::string digits;
    bool separated = false;
    for (std::size_t i = 0; i < cell.size(); ++i) {
        const char c = cell[i];
        if (digit(c)) {
            digits += c;
        } else if (c == '+' && i == 0) {
            continue;
        } else if (c == ' ' || c == '.' || c == '-' || c == '(' || c == ')' || c == '/') {
            separated = true;
        } else {
            return PhoneForm::none;
        }
    }
    if (cell.starts_with("+") || cell.starts_with("00")) {
        const std::size_t least = cell[0] == '+' ? 9 : 12;
        const bool size_ok = digits.size() >= least && digits.size() <= 16;
        return size_ok && (cell[0] == '+' || separated) ? PhoneForm::grouped : PhoneForm::none;
    }
    const auto shape = shape_of(cell);
    const bool france = digits.size() == 10 && digits[0] == '0' && digits[1] != '0';
    const bool britain =
        (digits.size() == 10 || digits.size() == 11) && digits[0] == '0' && digits[1] != '0';
    const bool america = digits.size() == 10 && digits[0] >= '2' && digits[3] >= '1';
    if (!separated)
        return france || (britain && digits.size() == 11) ? PhoneForm::plain : PhoneForm::none;
    if (france && (shape == "dd dd dd dd dd" || shape == "dd.dd.dd.dd.dd" ||
                   shape == "dd-dd-dd-dd-dd" || shape == "dd/dd/dd/dd/dd"))
        return PhoneForm::grouped;
    if (britain && (shape.starts_with("ddddd d") || shape.starts_with("dddd ddd") ||
                    shape.starts_with("ddd dddd") || shape.starts_with("(d")))
        return PhoneForm::grouped;
    if (america && (shape == "ddd-ddd-dddd" || shape == "(ddd) ddd-dddd" ||
                    shape == "ddd.ddd.dddd" || shape == "(ddd)ddd-dddd"))
        return PhoneForm::grouped;
    return PhoneForm::none;
}

bool is_email(std::string_view text) {
    const auto cell = trimmed(text);
    const auto at = cell.find('@');
    if (at == std::string_view::npos || at == 0 || at > 64 || cell.size() > 254 ||
        cell.find('@', at + 1) != std::string_view::npos)
        return false;
    const auto host = cell.substr(at + 1);
    const auto dot = host.rfind('.');
    if (dot == std::string_view::npos || dot == 0 || host.size() - dot < 3 ||
        host.find("..") != std::string_view::npos)
        return false;
    const auto fits = [](char c, std::string_view more) {
        return digit(c) || letter(c) || static_cast<unsigned char>(c) >= 0x80 ||
               more.find(c) != std::string_view::npos;
    };
    return std::ranges::all_of(
               cell.substr(0, at), [&](char c) { return fits(c, "._%+-'!#$&*/=?^`{|}~"); }
           ) &&
           std::ranges::all_of(host, [&](char c) { return fits(c, ".-"); }) &&
           std::ranges::all_of(
               host.substr(dot + 1), [](char c) { return letter(c) || c == '-' || digit(c); }
           ) &&
           letter(host[dot + 1]);
}

bool is_plate(std::string_view text) {
    const auto cell = trimmed(text);
    const auto shape = shape_of(cell);
    if (!std::ranges::all_of(cell, [](char c) {
            return upper(c) || digit(c) || c == ' ' || c == '-';
        }))
        return false;
    if (shape == "aa-ddd-aa" || shape == "aa ddd aa" || shape == "aadddaa")
        return std::ranges::none_of(cell, [](char c) { return c == 'I' || c == 'O' || c == 'U'; });
    if (shape == "aadd aaa" || shape == "aaddaaa") return true;
    for (const char by : {' ', '-'})
        for (const std::string_view numbers : {"ddd", "dddd"})
            for (const std::string_view letters : {"aa", "aaa"})
                if (shape == std::string(numbers) + by + std::string(letters) + by + "dd")
                    return true;
    return false;
}

bool is_ip_address(std::string_view text) {
    const auto cell = trimmed(text);
    if (cell.find(':') != std::string_view::npos) {
        const auto colons = std::ranges::count(cell, ':');
        const bool hexadecimal = std::ranges::all_of(cell, [](char c) {
            return digit(c) || (lowered(c) >= 'a' && lowered(c) <= 'f') || c == ':';
        });
        return hexadecimal && (colons == 7 || cell.find("::") != std::string_view::npos) &&
               cell.size() >= 6;
    }
    int parts = 0;
    for (std::size_t at = 0; at <= cell.size(); ++parts) {
        const auto dot = std::min(cell.find('.', at), cell.size());
        const auto part = cell.substr(at, dot - at);
        if (part.empty() || part.size() > 3 || !all_digits(part) || number_of(part) > 255)
            return false;
        at = dot + 1;
    }
    return parts == 4;
}

namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

/// Degrees with at least three decimals, or NaN.
double degrees(std::string_view text) {
    const auto cell = trimmed(text);
    const auto dot = cell.find('.');
    double number = kNone;
    const auto* begin = cell.data() + (cell.starts_with('+') ? 1 : 0);
    const auto [end, code] =
        std::from_chars(begin, cell.data() + cell.size(), number, std::chars_format::fixed);
    if (code != std::errc{} || end != cell.data() + cell.size() || dot == std::string_view::npos ||
        cell.size() - dot < 4)
        return kNone;
    return number;
}

}  // namespace

bool is_coordinate(std::string_view text) { return std::abs(degrees(text)) <= 180; }

bool is_coordinate_pair(std::string_view text) {
    auto cell = trimmed(text);
    if (cell.starts_with('(') || cell.starts_with('[')) cell.remove_prefix(1);
    if (cell.ends_with(')') || cell.ends_with(']')) cell.remove_suffix(1);
    auto cut = cell.find_first_of(",;");
    if (cut == std::string_view::npos) cut = cell.find(' ');
    if (cut == std::string_view::npos) return false;
    return std::abs(degrees(cell.substr(0, cut))) <= 180 &&
           std::abs(degrees(cell.substr(cut + 1))) <= 180;
}

int year_of_date(std::string_view text) {
    const auto cell = trimmed(text);
    if (cell.size() < 8 || cell.size() > 24) return 0;
    const bool with_time = cell.size() > 10 && (cell[10] == 'T' || cell[10] == ' ');
    if (const int year = year_of_digits(with_time ? cell.substr(0, 10) : cell)) return year;
    const auto words = words_of(cell);
    if (words.empty() || words.size() > 2) return 0;
    const bool named = std::ranges::any_of(words, [](std::string_view word) {
        return month_named(folded(word)) != 0;
    });
    if (!named) return 0;
    for (std::size_t i = 0; i + 4 <= cell.size(); ++i)
        if (all_digits(cell.substr(i, 4)) && (i == 0 || !digit(cell[i - 1])) &&
            (i + 4 == cell.size() || !digit(cell[i + 4])))
            if (const int year = number_of(cell.substr(i, 4)); in_calendar(year, 1, 1)) return year;
    return 0;
}

bool is_street_address(std::string_view text) {
    const auto cell = trimmed(text);
    if (cell.size() < 6 || cell.size() > 160) return false;
    const auto words = words_of(cell);
    if (words.size() < 2) return false;
    const bool number_first = digit(cell.front()) || folded(words[0]) == "flat" ||
                              folded(words[0]) == "studio" || folded(words[0]) == "apt" ||
                              folded(words[0]) == "appartement";
    const bool any_number = std::ranges::any_of(cell, digit);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto word = folded(words[i]);
        if (is_french_street(word) && i + 1 < words.size() && (i == 0 || number_first) &&
            (any_number || i == 0))
            return true;
        if (is_english_street(word) && i > 0 && number_first) return true;
    }
    return any_number && (folded(cell).starts_with("po box") || folded(cell).starts_with("bp "));
}

PostalForm postal_form(std::string_view text) {
    const auto cell = trimmed(text);
    const auto shape = shape_of(cell);
    if (shape == "ddddd") return number_of(cell) >= 501 ? PostalForm::digits : PostalForm::none;
    if (shape == "ddddd-dddd") return PostalForm::digits;
    for (const std::string_view out : {"ad", "add", "aad", "aadd", "ada", "aada"})
        if (shape == std::string(out) + " daa") return PostalForm::british;
    return PostalForm::none;
}

bool is_icd10(std::string_view text) {
    const auto cell = trimmed(text);
    const auto shape = shape_of(cell);
    return !cell.empty() && upper(cell.front()) &&
           (shape == "add" || shape == "add.d" || shape == "add.dd");
}

}  // namespace csva::meaning
