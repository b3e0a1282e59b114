#include "engine/reading/encoding.hpp"

#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <fstream>

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
            --needed_;
            low_ = 0x80;
            high_ = 0xBF;
        }
    }
    void start(unsigned char byte) {
        low_ = 0x80;
        high_ = 0xBF;
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
    unsigned char low_ = 0x80, high_ = 0xBF;
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

/// A byte order mark, or zero bytes on one side only of most byte pairs: UTF-16.
void find_encoding(std::string_view head, Bytes& bytes) {
    if (head.starts_with("\xEF\xBB\xBF")) {
        bytes.byte_order_mark = true;
        return;
    }
    if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
        bytes.byte_order_mark = true;
        bytes.encoding = head[0] == '\xFF' ? "UTF-16LE" : "UTF-16BE";
        return;
    }
    std::array<std::size_t, 2> zeros{};
    for (std::size_t i = 0; i < head.size(); ++i) zeros[i % 2] += head[i] == '\0' ? 1 : 0;
    const std::size_t pairs = head.size() / 2;
    if (pairs > 4 && zeros[1] > pairs * 7 / 10 && zeros[0] == 0) bytes.encoding = "UTF-16LE";
    if (pairs > 4 && zeros[0] > pairs * 7 / 10 && zeros[1] == 0) bytes.encoding = "UTF-16BE";
}

std::string line_end_name(std::int64_t lf, std::int64_t cr, std::int64_t crlf) {
    if (crlf == lf && crlf == cr && crlf > 0) return "crlf";
    if (cr == 0) return "lf";
    return lf == 0 ? "cr" : "mixed";
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
    if (bytes.size == 0) return base::fail(base::ErrorKind::invalid_argument, "reading.empty_file");
    bytes.nul_bytes = counts.nul();
    bytes.line_end = line_end_name(counts.lf(), counts.cr(), counts.crlf());
    if (bytes.encoding != "UTF-8") return bytes;
    if (bytes.nul_bytes > 0)
        return base::fail(base::ErrorKind::invalid_argument, "reading.binary_file");
    bytes.odd_sequences = counts.odd();
    if (bytes.odd_sequences > 0) bytes.encoding = "windows-1252";
    return bytes;
}

base::Result<void> to_utf8(const std::string& path, const Bytes& bytes, const std::string& out) {
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
