#include "engine/reading/encoding.hpp"

#include "engine/reading/charset.hpp"

#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>
#include <vector>

namespace csva::reading {
namespace {

constexpr std::size_t kBlockBytes = 1 << 20;

/// Counts the places where a byte stream is not UTF-8, and line ends and NUL bytes. Source: Unicode
/// 15, table 3-7 (well-formed byte sequences).
class ByteCounts {
public:
    void update(std::string_view bytes) {
        constexpr std::size_t kPart = 16 << 10;
        for (std::size_t i = 0; i < bytes.size(); i += kPart) part(bytes.substr(i, kPart));
    }
    std::int64_t odd() const { return odd_ + (needed_ > 0 ? 1 : 0); }
    std::int64_t lf() const { return lf_; }
    std::int64_t cr() const { return cr_; }
    std::int64_t crlf() const { return crlf_; }
    std::int64_t nul() const { return nul_; }
    /// U+0080 to U+009F: no text has them.
    std::int64_t controls() const { return controls_; }
    std::int64_t wide() const { return wide_; }  ///< Characters beyond ASCII.

private:
    /// Loops without branches, which the compiler turns into wide instructions; what is rare is
    /// then looked at byte by byte.
    void part(std::string_view bytes) {
        unsigned char high = 0;
        std::uint32_t lf = 0, cr = 0, nul = 0;
        for (const char c : bytes) {
            high = static_cast<unsigned char>(high | static_cast<unsigned char>(c));
            lf += c == '\n' ? 1 : 0;
            cr += c == '\r' ? 1 : 0;
            nul += c == '\0' ? 1 : 0;
        }
        lf_ += lf;
        cr_ += cr;
        nul_ += nul;
        if (before_ == '\r' && bytes.front() == '\n') ++crlf_;
        for (std::size_t i = 1; cr > 0 && i < bytes.size(); ++i)
            crlf_ += bytes[i - 1] == '\r' && bytes[i] == '\n' ? 1 : 0;
        before_ = bytes.back();
        if (high < 0x80 && needed_ == 0) return;
        for (std::size_t i = 0; i < bytes.size(); ++i) {
            // Eight bytes of ASCII at once.
            std::uint64_t eight = 0;
            if (needed_ == 0 && i + sizeof(eight) <= bytes.size()) {
                std::memcpy(&eight, bytes.data() + i, sizeof(eight));
                if ((eight & 0x8080808080808080ULL) == 0) {
                    i += sizeof(eight) - 1;
                    continue;
                }
            }
            step(static_cast<unsigned char>(bytes[i]));
        }
    }
    void step(unsigned char byte) {
        if (needed_ == 0) {
            start(byte);
        } else if (byte < low_ || byte > high_) {
            ++odd_;
            needed_ = 0;
            start(byte);
        } else {
            controls_ += lead_ == 0xC2 && byte < 0xA0 ? 1 : 0;
            --needed_;
            wide_ += needed_ == 0 ? 1 : 0;
            low_ = 0x80;
            high_ = 0xBF;
            lead_ = 0;
        }
    }
    void start(unsigned char byte) {
        low_ = 0x80;
        high_ = 0xBF;
        lead_ = byte;
        if (byte < 0x80) return;
        if (byte >= 0xC2 && byte <= 0xDF)
            needed_ = 1;
        else if (byte >= 0xE0 && byte <= 0xEF)
            needed_ = 2;
        else if (byte >= 0xF0 && byte <= 0xF4)
            needed_ = 3;
        else
            ++odd_;
        if (byte == 0xE0) low_ = 0xA0;
        if (byte == 0xED) high_ = 0x9F;
        if (byte == 0xF0) low_ = 0x90;
        if (byte == 0xF4) high_ = 0x8F;
    }
    int needed_ = 0;
    unsigned char low_ = 0x80, high_ = 0xBF, lead_ = 0;
    std::int64_t controls_ = 0, wide_ = 0;
    std::int64_t odd_ = 0, lf_ = 0, cr_ = 0, crlf_ = 0, nul_ = 0;
    char before_ = '\0';
};

bool has_signature(std::string_view head) {
    constexpr std::array<std::string_view, 9> kSignatures{
        "\x89PNG",
        "GIF8",
        "\xFF\xD8\xFF",
        "%PDF",
        "PK\x03\x04",
        "\x1F\x8B",
        "\x7F"
        "ELF",
        "PAR1",
        "\xD0\xCF\x11\xE0"
    };
    return std::ranges::any_of(kSignatures, [&](std::string_view signature) {
        return head.starts_with(signature);
    });
}

/// Whether the bytes are a text in this encoding: no half of a character, nothing unassigned.
bool reads_as(std::string_view head, const char* charset) {
    const auto text = decoded(head, charset);
    return text && std::ranges::none_of(*text, [](char16_t c) {
               const bool space = c == u'\t' || c == u'\n' || c == u'\r';
               return (c < u' ' && !space) || u_charType(c) == U_UNASSIGNED;
           });
}

/// UTF-16 without a byte order mark: zero bytes on one side only, of most pairs or of line ends and
/// some others.
bool is_utf16(std::string_view head, bool little) {
    std::array<std::size_t, 2> zeros{};
    bool line_end = false;
    for (std::size_t i = 0; i < head.size(); ++i) zeros[i % 2] += head[i] == '\0' ? 1 : 0;
    for (std::size_t i = 0; i + 1 < head.size(); i += 2) {
        const char c = little ? head[i] : head[i + 1];
        line_end = line_end || (head[little ? i + 1 : i] == '\0' && (c == '\n' || c == '\r'));
    }
    const std::size_t pairs = head.size() / 2;
    if (zeros[little ? 0 : 1] > 0 || pairs < 5) return false;
    const std::size_t own = zeros[little ? 1 : 0];
    const bool enough = own * 10 > pairs * 7 || (line_end && own * 50 > pairs);
    // The last pair may be the first half of a character.
    const char* charset = little ? "UTF-16LE" : "UTF-16BE";
    return enough &&
           (reads_as(head, charset) || reads_as(head.substr(0, head.size() - 2), charset));
}

/// A byte order mark, or zero bytes where the characters of ASCII have them in UTF-16 and UTF-32.
void find_encoding(std::string_view head, Bytes& bytes) {
    struct Mark {
        std::string_view bytes;
        const char* encoding;
    };
    constexpr std::array kMarks{
        Mark{"\xEF\xBB\xBF", "UTF-8"},
        Mark{std::string_view("\xFF\xFE\0\0", 4), "UTF-32LE"},
        Mark{std::string_view("\0\0\xFE\xFF", 4), "UTF-32BE"},
        Mark{"\xFF\xFE", "UTF-16LE"},
        Mark{"\xFE\xFF", "UTF-16BE"}
    };
    for (const auto& mark : kMarks) {
        if (!head.starts_with(mark.bytes)) continue;
        bytes.byte_order_mark = true;
        bytes.encoding = mark.encoding;
        return;
    }
    if (head.find('\0') == std::string_view::npos) return;
    head = head.substr(0, head.size() / 2 * 2);
    const auto fours = head.substr(0, head.size() / 4 * 4);
    for (const char* encoding : {"UTF-32LE", "UTF-32BE"}) {
        if (fours.size() >= 8 && reads_as(fours, encoding)) bytes.encoding = encoding;
    }
    if (bytes.encoding != "UTF-8") return;
    for (const bool little : {true, false}) {
        if (is_utf16(head, little)) bytes.encoding = little ? "UTF-16LE" : "UTF-16BE";
    }
}

/// Lines of the file that hold bytes beyond ASCII, up to some kilobytes.
std::string lines_beyond_ascii(std::ifstream& file) {
    constexpr std::size_t kEnough = 32 << 10;
    constexpr std::size_t kLineMost = 4 << 10;
    std::string lines;
    std::string line;
    std::string block(kBlockBytes, '\0');
    file.clear();
    file.seekg(0);
    while (lines.size() < kEnough && file) {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        for (const char c :
             std::string_view(block.data(), static_cast<std::size_t>(file.gcount()))) {
            line += c;
            const bool line_end = c == '\n' || c == '\r';
            const bool long_line = line.size() >= kLineMost && (c == ' ' || c == ',' || c == ';');
            if (!line_end && !long_line && line.size() < 16 * kLineMost) continue;
            const bool beyond = std::ranges::any_of(line, [](char b) { return b < 0; });
            if (beyond && lines.size() < kEnough) lines += line;
            line.clear();
        }
    }
    if (lines.size() < kEnough && std::ranges::any_of(line, [](char b) { return b < 0; }))
        lines += line;
    return lines;
}

std::string line_end_name(std::int64_t lf, std::int64_t cr, std::int64_t crlf) {
    if (crlf == lf && crlf == cr && crlf > 0) return "crlf";
    if (cr == 0) return "lf";
    return lf == 0 ? "cr" : "mixed";
}

/// The characters that windows-1252 has for the bytes from 80 on, in UTF-8; U+FFFD where it has
/// none.
std::vector<std::string> windows_characters() {
    std::vector<std::string> out(256, "\xEF\xBF\xBD");
    for (std::size_t i = 0x80; i < out.size(); ++i) {
        const char byte = static_cast<char>(i);
        const auto text = decoded({&byte, 1}, "windows-1252");
        if (!text || text->empty() || text->front() == u'\uFFFD') continue;
        std::array<char, 4> utf8{};
        std::size_t size = 0;
        U8_APPEND_UNSAFE(utf8.data(), size, static_cast<UChar32>(text->front()));
        out[i].assign(utf8.data(), size);
    }
    return out;
}

/// Appends `text` with what is no UTF-8, and U+0080 to U+009F, as windows-1252 has it. The bytes
/// taken: all but a few, unless the text ends here.
std::size_t mend_utf8(
    std::string_view text, bool last, const std::vector<std::string>& characters, std::string& out
) {
    const auto size = static_cast<std::int32_t>(text.size());
    const std::int32_t end = last ? size : size - U8_MAX_LENGTH;
    std::int32_t at = 0;
    while (at < end) {
        const std::int32_t start = at;
        UChar32 c = 0;
        U8_NEXT(text.data(), at, size, c);
        if (c >= 0x80 && c < 0xA0) {
            out += characters[static_cast<std::size_t>(c)];
        } else if (c >= 0) {
            out +=
                text.substr(static_cast<std::size_t>(start), static_cast<std::size_t>(at - start));
        } else {
            for (std::int32_t i = start; i < at; ++i)
                out += characters[static_cast<unsigned char>(text[static_cast<std::size_t>(i)])];
        }
    }
    return static_cast<std::size_t>(at);
}

base::Result<void> mended_utf8(const std::string& path, const std::string& out) {
    std::ifstream file(path, std::ios::binary);
    std::ofstream sink(out, std::ios::binary);
    if (!file) return base::fail(base::ErrorKind::not_found, "reading.file_missing");
    const auto characters = windows_characters();
    std::string block(kBlockBytes, '\0');
    std::string text;
    std::string mended;
    while (file) {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        text.append(block, 0, static_cast<std::size_t>(file.gcount()));
        mended.clear();
        text.erase(0, mend_utf8(text, !file, characters, mended));
        sink.write(mended.data(), static_cast<std::streamsize>(mended.size()));
    }
    sink.close();
    if (!sink) return base::fail(base::ErrorKind::internal, "base.file_unwritable");
    return {};
}

}  // namespace

base::Result<Bytes> inspect(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    if (!file) return base::fail(base::ErrorKind::not_found, "reading.file_missing");
    Bytes bytes;
    ByteCounts counts;
    std::string block(kBlockBytes, '\0');
    for (bool first = true;; first = false) {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        const std::string_view part(block.data(), static_cast<std::size_t>(file.gcount()));
        if (part.empty()) break;
        if (first) {
            if (has_signature(part))
                return base::fail(base::ErrorKind::invalid_argument, "reading.binary_file");
            find_encoding(part.substr(0, 4096), bytes);
        }
        bytes.size += static_cast<std::int64_t>(part.size());
        counts.update(part);
    }
    bytes.nul_bytes = counts.nul();
    bytes.line_end = line_end_name(counts.lf(), counts.cr(), counts.crlf());
    if (bytes.encoding != "UTF-8") return bytes;
    if (bytes.nul_bytes > 0)
        return base::fail(base::ErrorKind::invalid_argument, "reading.binary_file");
    bytes.odd_sequences = counts.odd();
    bytes.c1_controls = counts.controls();
    // A few odd places in a text of UTF-8 do not make it another.
    constexpr std::int64_t kMostly = 20;
    if (bytes.odd_sequences > 0 && counts.wide() < bytes.odd_sequences * kMostly)
        bytes.encoding = charset_of(lines_beyond_ascii(file));
    return bytes;
}

base::Result<void> to_utf8(const std::string& path, const Bytes& bytes, const std::string& out) {
    if (bytes.encoding == "UTF-8") return mended_utf8(path, out);
    std::ifstream file(path, std::ios::binary);
    std::ofstream sink(out, std::ios::binary);
    if (!file) return base::fail(base::ErrorKind::not_found, "reading.file_missing");
    UErrorCode status = U_ZERO_ERROR;
    UConverter* from = ucnv_open(bytes.encoding.c_str(), &status);
    UConverter* to = ucnv_open("UTF-8", &status);
    std::string block(kBlockBytes, '\0');
    std::string target(kBlockBytes, '\0');
    std::array<UChar, 4096> pivot{};
    UChar* pivot_source = pivot.data();
    UChar* pivot_target = pivot.data();
    bool first = true;
    while (U_SUCCESS(status) && file) {
        file.read(block.data(), static_cast<std::streamsize>(block.size()));
        const char* source = block.data();
        const char* source_end = source + file.gcount();
        do {
            status = U_ZERO_ERROR;
            char* place = target.data();
            ucnv_convertEx(
                to,
                from,
                &place,
                target.data() + target.size(),
                &source,
                source_end,
                pivot.data(),
                &pivot_source,
                &pivot_target,
                pivot.data() + pivot.size(),
                first ? 1 : 0,
                file ? 0 : 1,
                &status
            );
            std::string_view text(target.data(), static_cast<std::size_t>(place - target.data()));
            if (first && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
            first = false;
            sink.write(text.data(), static_cast<std::streamsize>(text.size()));
        } while (status == U_BUFFER_OVERFLOW_ERROR);
    }
    ucnv_close(from);
    ucnv_close(to);
    sink.close();
    if (U_FAILURE(status) || !sink)
        return base::fail(base::ErrorKind::internal, "base.file_unwritable");
    return {};
}

}  // namespace csva::reading
