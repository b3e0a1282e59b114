#include "engine/meaning/person.hpp"

#include "engine/meaning/checks.hpp"

#include <algorithm>

namespace csva::meaning {
namespace {

constexpr std::size_t kFewestPhoneDigits = 7;
constexpr std::size_t kMostPhoneDigits = 15;
constexpr std::size_t kFrenchDigits = 10;
constexpr std::size_t kFrenchWithCountry = 11;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Letters and digits; what is not ASCII counts as a letter.
bool is_word_byte(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || static_cast<unsigned char>(c) >= 0x80U;
}

bool is_phone_byte(char c) {
    return is_digit(c) || c == ' ' || c == '.' || c == '-' || c == '(' || c == ')' || c == '/' ||
           c == '+';
}

std::vector<std::string_view> words_in(std::string_view folded_text) {
    std::vector<std::string_view> out;
    for (std::size_t at = 0; at < folded_text.size();) {
        if (!is_word_byte(folded_text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < folded_text.size() && is_word_byte(folded_text[end])) ++end;
        out.push_back(folded_text.substr(at, end - at));
        at = end;
    }
    return out;
}

/// No-break spaces become blanks; accents that stand apart from their letter (U+0300 to U+036F)
/// go.
std::string blanks(std::string_view text) {
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto lead = static_cast<unsigned char>(text[at]);
        const auto next = static_cast<unsigned char>(at + 1 < text.size() ? text[at + 1] : 0);
        if ((lead == 0xCC && next >= 0x80) || (lead == 0xCD && next >= 0x80 && next <= 0xAF))
            ++at;
        else
            out += text[at];
    }
    for (const std::string_view wide : {"\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89"})
        for (auto at = out.find(wide); at != std::string::npos; at = out.find(wide, at))
            out.replace(at, wide.size(), " ");
    return out;
}

std::string joined(std::span<const std::string_view> words) {
    std::string out;
    for (const auto word : words) {
        if (!out.empty()) out += ' ';
        out += word;
    }
    return out;
}

bool separates_emails(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '<' || c == '>' || c == ',' ||
           c == ';' || c == '"' || c == '(' || c == ')' || c == '|' || c == ':' || c == '\'';
}

/// "a.b@c.d" of "<a.b@c.d>," and the like.
std::vector<std::string> emails_in(std::string_view text) {
    std::vector<std::string> out;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && !separates_emails(text[end])) ++end;
        std::string_view word = text.substr(at, end - at);
        at = end + 1;
        if (word.find('@') == std::string_view::npos) continue;
        while (word.ends_with('.')) word.remove_suffix(1);
        out.push_back(folded(word));
    }
    return out;
}

}  // namespace

std::string plain_words(std::string_view text) {
    const std::string plain = folded(blanks(text));
    return joined(words_in(plain));
}

std::string plain_phone(std::string_view given) {
    const std::string text = blanks(given);
    if (!std::ranges::all_of(text, is_phone_byte)) return {};
    const bool plus = text.find_first_not_of(" (") != std::string::npos &&
                      text[text.find_first_not_of(" (")] == '+';
    std::string digits;
    for (std::size_t at = 0; at < text.size(); ++at) {
        // +33 (0)6: the zero is said for those who call from inside.
        if (plus && text.compare(at, 3, "(0)") == 0) {
            at += 2;
            continue;
        }
        if (is_digit(text[at])) digits += text[at];
    }
    if (digits.size() < kFewestPhoneDigits || digits.size() > kMostPhoneDigits) return {};
    if (plus) return "+" + digits;
    if (digits.starts_with("00")) return "+" + digits.substr(2);
    if (digits.size() == kFrenchDigits && digits.front() == '0') return "+33" + digits.substr(1);
    if (digits.size() == kFrenchWithCountry && digits.starts_with("33") && digits[2] != '0')
        return "+" + digits;
    return {};
}

std::optional<Sought> sought(
    const base::KeyedHash& key, std::string_view value, std::string_view column
) {
    Sought out;
    if (const auto name = plain_words(column); !name.empty())
        out.column_hash = key.hex("c:" + name);
    const auto emails = emails_in(value);
    if (emails.size() == 1) {
        out.kind = SoughtKind::email;
        out.hash = key.hex("e:" + emails.front());
        return out;
    }
    if (const auto phone = plain_phone(value); !phone.empty()) {
        out.kind = SoughtKind::phone;
        out.hash = key.hex("p:" + phone);
        return out;
    }
    const std::string plain = folded(blanks(value));
    const auto words = words_in(plain);
    if (words.empty()) return std::nullopt;
    out.words = static_cast<std::int64_t>(words.size());
    out.hash = key.hex("w:" + joined(words));
    return out;
}

PersonFinder::PersonFinder(std::string_view key_hex, std::vector<Sought> all)
    : key_(key_hex), all_(std::move(all)), where_(all_.size()) {}

void PersonFinder::columns(std::span<const std::string> names) {
    std::vector<std::string> hashes;
    for (const auto& name : names) hashes.push_back(key_.hex("c:" + plain_words(name)));
    for (std::size_t i = 0; i < all_.size(); ++i) {
        where_[i].clear();
        for (std::size_t c = 0; c < hashes.size(); ++c)
            if (hashes[c] == all_[i].column_hash) where_[i].push_back(c);
    }
}

bool PersonFinder::in_row(std::span<const std::string_view> cells) {
    places_.clear();
    for (std::size_t i = 0; i < all_.size(); ++i) {
        bool found = false;
        const auto look = [&](std::size_t c) {
            if (c >= cells.size() || !in_cell(cells[c], all_[i])) return;
            places_.insert(c);
            found = true;
        };
        if (where_[i].empty())
            for (std::size_t c = 0; c < cells.size(); ++c) look(c);
        else
            for (const std::size_t c : where_[i]) look(c);
        if (!found) return false;
    }
    return !all_.empty();
}

bool PersonFinder::in_cell(std::string_view cell, const Sought& one) {
    if (cell.empty()) return false;
    switch (one.kind) {
        case SoughtKind::words:
            return has_words(cell, one);
        case SoughtKind::email:
            return has_email(cell, one);
        case SoughtKind::phone:
            return has_phone(cell, one);
    }
    return false;
}

bool PersonFinder::has_words(std::string_view cell, const Sought& one) const {
    const std::string plain = folded(blanks(cell));
    const auto words = words_in(plain);
    const auto count = static_cast<std::size_t>(one.words);
    for (std::size_t at = 0; at + count <= words.size(); ++at)
        if (key_.hex("w:" + joined(std::span(words).subspan(at, count))) == one.hash) return true;
    return false;
}

bool PersonFinder::has_email(std::string_view cell, const Sought& one) const {
    if (cell.find('@') == std::string_view::npos) return false;
    return std::ranges::any_of(emails_in(cell), [&](const auto& email) {
        return key_.hex("e:" + email) == one.hash;
    });
}

bool PersonFinder::has_phone(std::string_view cell, const Sought& one) const {
    const std::string text = blanks(cell);
    for (std::size_t at = 0; at < text.size();) {
        if (!is_phone_byte(text[at])) {
            ++at;
            continue;
        }
        std::size_t end = at;
        while (end < text.size() && is_phone_byte(text[end])) ++end;
        const auto phone = plain_phone(std::string_view(text).substr(at, end - at));
        if (!phone.empty() && key_.hex("p:" + phone) == one.hash) return true;
        at = end;
    }
    return false;
}

}  // namespace csva::meaning
