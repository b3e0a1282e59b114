#include "engine/reading/charset.hpp"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace csva::reading {

std::optional<std::u16string> decoded(std::string_view text, const char* charset) {
    UErrorCode status = U_ZERO_ERROR;
    UConverter* converter = ucnv_open(charset, &status);
    if (U_FAILURE(status)) return std::nullopt;
    ucnv_setToUCallBack(converter, UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    std::u16string out(text.size() + 1, u'\0');
    const auto size = ucnv_toUChars(
        converter,
        out.data(),
        static_cast<std::int32_t>(out.size()),
        text.data(),
        static_cast<std::int32_t>(text.size()),
        &status
    );
    ucnv_close(converter);
    if (U_FAILURE(status)) return std::nullopt;
    out.resize(static_cast<std::size_t>(size));
    return out;
}

namespace {

/// Sets of one byte a character; what stands first wins among equals.
constexpr std::array kSingle{
    "windows-1252",
    "windows-1250",
    "windows-1251",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "macintosh",
    "ibm-850",
    "ibm-866",
    "KOI8-R"
};
/// What a set must be better than windows-1252 by: chance should not decide.
constexpr double kClearly = 0.05;

/// The characters of the 256 bytes; 0: none.
std::array<char16_t, 256> table_of(const char* charset) {
    std::array<char16_t, 256> table{};
    for (std::size_t byte = 1; byte < table.size(); ++byte) {
        const char c = static_cast<char>(byte);
        const auto one = decoded({&c, 1}, charset);
        if (one && one->size() == 1 && (byte < 0x80 || one->front() > 0x9F))
            table[byte] = one->front();
    }
    return table;
}

UScriptCode script_of(char16_t c) {
    UErrorCode status = U_ZERO_ERROR;
    return uscript_getScript(c, &status);
}

/// Marks that people type; others are drawn by machines, or are letters of another set.
bool is_usual_mark(char16_t c) {
    constexpr std::u16string_view kUsual =
        u"\u00A0\u00A1\u00A3\u00A5\u00A7\u00A9\u00AB\u00AE\u00B0\u00B1\u00B2\u00B3\u00B5\u00B7"
        u"\u00BB\u00BC\u00BD\u00BE\u00BF\u00D7\u00F7\u2013\u2014\u2018\u2019\u201C\u201D\u201E"
        u"\u2022\u2026\u20AC\u2122\u2116";
    return kUsual.find(c) != std::u16string_view::npos;
}

bool is_between_letters(char16_t c) {
    constexpr std::u16string_view kJoining = u"\u2018\u2019\u2013\u2014\u00B7\u00AD\u00A0";
    return kJoining.find(c) != std::u16string_view::npos;
}

/// How well the letters beyond ASCII of a word stand in it, summed: one script, capitals all
/// through or at the start, and in Latin words no long run of letters with accents.
double word_score(std::u16string_view word) {
    UScriptCode script = USCRIPT_COMMON;
    bool mixed = false;
    bool has_lower = false;
    for (const char16_t c : word) {
        const auto own = script_of(c);
        if (script == USCRIPT_COMMON) script = own;
        mixed = mixed || (own != script && own != USCRIPT_COMMON);
        has_lower = has_lower || u_islower(c);
    }
    double score = 0;
    std::size_t run = 0;
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char16_t c = word[i];
        run = c < 0x80 ? 0 : run + 1;
        if (c < 0x80 || mixed || (i > 0 && has_lower && u_isupper(c))) continue;
        const bool shouted =
            i > 1 && u_islower(c) && u_isupper(word[i - 1]) && u_isupper(word[i - 2]);
        const bool crowded = script == USCRIPT_LATIN && run > 2;
        score += crowded ? 0.2 : shouted || word.size() == 1 ? 0.5 : 1;
    }
    return score;
}

double mark_score(char16_t mark, char16_t before, char16_t after) {
    const bool inside = u_isalpha(before) && u_isalpha(after);
    if (inside && !is_between_letters(mark)) return 0;
    return is_usual_mark(mark) ? 1 : 0.3;
}

/// Mean of how well each byte beyond ASCII stands where it stands, 0..1.
double single_score(std::string_view lines, const char* charset) {
    const auto table = table_of(charset);
    double score = 0;
    std::size_t count = 0;
    std::u16string text;
    for (const char c : lines) {
        const char16_t decoded_char = table[static_cast<unsigned char>(c)];
        count += static_cast<unsigned char>(c) >= 0x80 ? 1 : 0;
        text += decoded_char == 0 ? u'\uFFFF' : decoded_char;
    }
    for (std::size_t i = 0; i < text.size();) {
        std::size_t end = i;
        while (end < text.size() && u_isalpha(text[end])) ++end;
        if (end > i) {
            score += word_score(std::u16string_view(text).substr(i, end - i));
            i = end;
            continue;
        }
        const char16_t c = text[i];
        if (c >= 0x80 && c != u'\uFFFF')
            score +=
                mark_score(c, i > 0 ? text[i - 1] : u' ', i + 1 < text.size() ? text[i + 1] : u' ');
        ++i;
    }
    return count == 0 ? 0 : score / static_cast<double>(count);
}

/// A set of one or two bytes a character: what the lead bytes of everyday characters are.
struct DoubleSet {
    const char* name;
    unsigned char first, last;                ///< Lead bytes of everyday characters.
    unsigned char other_first, other_last;    ///< Lead bytes of kana, or none.
    unsigned char trail;                      ///< Trail bytes of everyday characters begin here.
    unsigned char single_first, single_last;  ///< Bytes that are characters of their own.
};
constexpr std::array kDouble{
    DoubleSet{"EUC-KR", 0xB0, 0xC8, 1, 0, 0xA1, 1, 0},
    DoubleSet{"Shift_JIS", 0x88, 0x97, 0x81, 0x83, 0x40, 0xA1, 0xDF},
    DoubleSet{"EUC-JP", 0xB0, 0xCF, 0xA4, 0xA5, 0xA1, 1, 0},
    DoubleSet{"Big5", 0xA4, 0xC6, 1, 0, 0x40, 1, 0},
    DoubleSet{"GB18030", 0xB0, 0xD7, 1, 0, 0xA1, 1, 0},
};

/// Share of everyday characters among those beyond ASCII; 0 when some bytes mean nothing.
double double_score(std::string_view lines, const DoubleSet& set) {
    if (!decoded(lines, set.name)) return 0;
    double score = 0;
    std::size_t count = 0;
    std::size_t singles = 0;
    std::size_t kana = 0;
    const auto within = [](unsigned char c, unsigned char a, unsigned char b) {
        return c >= a && c <= b;
    };
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto lead = static_cast<unsigned char>(lines[i]);
        if (lead < 0x80) continue;
        ++count;
        if (within(lead, set.single_first, set.single_last)) {
            score += 0.8;
            ++singles;
            continue;
        }
        if (i + 1 == lines.size()) break;
        const auto trail = static_cast<unsigned char>(lines[++i]);
        const bool is_kana = within(lead, set.other_first, set.other_last);
        kana += is_kana ? 1 : 0;
        const bool usual = within(lead, set.first, set.last) && trail >= set.trail;
        // Marks of sentences stand in the first row of each set.
        score += usual || is_kana ? 1 : lead == 0xA1 || lead == 0xA3 ? 0.7 : 0.2;
    }
    // Letters with accents of a European set would be characters of their own, too.
    if (count < 2 || singles * 2 > count) return 0;
    // Japanese has kana in nearly every sentence.
    const bool expects_kana = set.other_first <= set.other_last;
    if (expects_kana && kana == 0 && set.single_first > set.single_last) score *= 0.9;
    return score / static_cast<double>(count);
}

/// What ICU's detector, which knows the letters that languages put together, says of a set: 0..100.
int confidence_of(std::string_view lines, std::string_view charset) {
    UErrorCode status = U_ZERO_ERROR;
    UCharsetDetector* detector = ucsdet_open(&status);
    ucsdet_setText(detector, lines.data(), static_cast<std::int32_t>(lines.size()), &status);
    std::int32_t found = 0;
    const UCharsetMatch** matches = ucsdet_detectAll(detector, &found, &status);
    int confidence = 0;
    for (std::int32_t i = 0; U_SUCCESS(status) && i < found; ++i) {
        const char* name = ucsdet_getName(matches[i], &status);
        const int own = ucsdet_getConfidence(matches[i], &status);
        if (U_FAILURE(status) || name == nullptr) break;
        if (ucnv_compareNames(name, std::string(charset).c_str()) == 0)
            confidence = std::max(confidence, own);
    }
    ucsdet_close(detector);
    return confidence;
}

/// The name under which the detector knows the same letters when no mark tells the sets apart.
std::string_view sibling_of(std::string_view charset) {
    if (charset == "windows-1252") return "ISO-8859-1";
    if (charset == "windows-1250") return "ISO-8859-2";
    if (charset == "windows-1253") return "ISO-8859-7";
    if (charset == "windows-1254") return "ISO-8859-9";
    if (charset == "windows-1255") return "ISO-8859-8";
    if (charset == "windows-1256") return "ISO-8859-6";
    return charset;
}

int confidence_in(std::string_view lines, std::string_view charset) {
    return std::max(confidence_of(lines, charset), confidence_of(lines, sibling_of(charset)));
}

}  // namespace

std::string charset_of(std::string_view lines) {
    std::array<double, kSingle.size()> scores{};
    for (std::size_t i = 0; i < kSingle.size(); ++i) scores[i] = single_score(lines, kSingle[i]);
    const double best = *std::ranges::max_element(scores);
    double best_double = 0;
    const char* double_set = nullptr;
    for (const auto& set : kDouble) {
        const double own = double_score(lines, set);
        if (own <= best_double) continue;
        best_double = own;
        double_set = set.name;
    }
    constexpr double kEveryday = 0.7;
    if (best_double > kEveryday && best_double > best) return double_set;
    const bool western = scores[0] + kClearly >= best;
    const int western_confidence = western ? confidence_in(lines, kSingle[0]) : 0;
    // Among sets that read equally well, the one whose language has such words.
    constexpr int kConfident = 40;
    int most = western ? std::max(western_confidence + kConfident / 2, kConfident) : -1;
    std::size_t chosen = 0;
    for (std::size_t i = western ? 1 : 0; i < kSingle.size(); ++i) {
        if (scores[i] + kClearly < best) continue;
        const int own = confidence_in(lines, kSingle[i]);
        if (own <= most) continue;
        most = own;
        chosen = i;
    }
    return kSingle[chosen];
}

}  // namespace csva::reading
