#include "foundation/http/text.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <charconv>
#include <cstring>

namespace csva::http {
namespace {

int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

char lower_char(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

/// Length of the well-formed UTF-8 sequence at the front (Unicode 15, table 3-7), 0 when broken.
std::size_t sequence_length(std::string_view text) {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    std::size_t length = 0;
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    if (first >= 0xC2 && first <= 0xDF) {
        length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
        length = 3;
        if (first == 0xE0) low = 0xA0;
        if (first == 0xED) high = 0x9F;
    } else if (first >= 0xF0 && first <= 0xF4) {
        length = 4;
        if (first == 0xF0) low = 0x90;
        if (first == 0xF4) high = 0x8F;
    }
    if (length == 0 || text.size() < length || byte(1) < low || byte(1) > high) return 0;
    for (std::size_t i = 2; i < length; ++i)
        if ((byte(i) & 0xC0U) != 0x80U) return 0;
    return length;
}

/// 16 bytes of an IPv4-mapped or IPv6 address.
std::optional<std::array<unsigned char, 16>> address_bytes(std::string_view text) {
    std::array<unsigned char, 16> bytes{};
    const std::string copy(text);
    if (inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) return bytes;
    bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0};
    if (inet_pton(AF_INET, copy.c_str(), bytes.data() + 12) == 1) return bytes;
    return std::nullopt;
}

}  // namespace

bool is_utf8(std::string_view text) {
    while (!text.empty()) {
        const auto length = sequence_length(text);
        if (length == 0) return false;
        text.remove_prefix(length);
    }
    return true;
}

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower_char);
    return out;
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, lower_char, lower_char);
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && plus_is_space) c = ' ';
        if (c == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            const int high = hex_value(text[i + 1]);
            const int low = hex_value(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            i += 2;
        }
        if (c == '\0') return std::nullopt;
        out += c;
    }
    if (!is_utf8(out)) return std::nullopt;
    return out;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
    static constexpr std::string_view kDigits = "0123456789ABCDEF";
    static constexpr std::string_view kUnreserved =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    std::string out;
    for (const char c : text) {
        if (kUnreserved.contains(c) || keep.contains(c)) {
            out += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kDigits[byte >> 4U];
        out += kDigits[byte & 15U];
    }
    return out;
}

base::Result<Pairs> parse_pairs(std::string_view text) {
    Pairs pairs;
    while (!text.empty()) {
        const auto item = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(text.size(), item.size() + 1));
        if (item.empty()) continue;
        const auto equals = item.find('=');
        auto name = percent_decode(item.substr(0, equals), true);
        auto value = percent_decode(
            equals == std::string_view::npos ? std::string_view{} : item.substr(equals + 1), true
        );
        if (!name || !value)
            return base::fail(base::ErrorKind::invalid_argument, "http.bad_encoding");
        pairs.emplace_back(std::move(*name), std::move(*value));
    }
    return pairs;
}

std::vector<std::string_view> list_of(std::string_view value) {
    std::vector<std::string_view> items;
    while (!value.empty()) {
        const auto item = value.substr(0, value.find(','));
        value.remove_prefix(std::min(value.size(), item.size() + 1));
        if (const auto text = trimmed(item); !text.empty()) items.push_back(text);
    }
    return items;
}

std::optional<std::string> parameter_of(std::string_view header, std::string_view name) {
    std::size_t at = header.find(';');
    while (at < header.size()) {
        ++at;
        const auto equals = header.find_first_of("=;", at);
        if (equals == std::string_view::npos) return std::nullopt;
        const auto key = trimmed(header.substr(at, equals - at));
        at = equals;
        if (header[equals] == ';') continue;
        std::string value;
        at = header.find_first_not_of(" \t", equals + 1);
        if (at == std::string_view::npos) return std::nullopt;
        if (header[at] == '"') {
            for (++at; at < header.size() && header[at] != '"'; ++at) {
                // Only \" and \\ are escapes: old browsers send folders with bare backslashes.
                const bool escape = header[at] == '\\' && at + 1 < header.size() &&
                                    (header[at + 1] == '"' || header[at + 1] == '\\');
                if (escape) ++at;
                value += header[at];
            }
            at = header.find(';', at);
        } else {
            const auto end = header.find(';', at);
            value = trimmed(header.substr(at, end == std::string_view::npos ? end : end - at));
            at = end;
        }
        if (equal_ignoring_case(key, name)) return value;
    }
    return std::nullopt;
}

double quality_of(std::string_view header, std::string_view token) {
    const auto slash = token.find('/');
    double best = 0;
    int best_rank = 0;
    for (const auto item : list_of(header)) {
        const auto range = trimmed(item.substr(0, item.find(';')));
        int rank = 0;
        if (equal_ignoring_case(range, token)) {
            rank = 3;
        } else if (slash != std::string_view::npos && range.ends_with("/*") &&
                   equal_ignoring_case(
                       range.substr(0, range.size() - 1), token.substr(0, slash + 1)
                   )) {
            rank = 2;
        } else if (range == "*" || range == "*/*") {
            rank = 1;
        }
        if (rank <= best_rank) continue;
        double quality = 1;
        if (const auto q = parameter_of(item, "q")) {
            quality = 0;
            std::from_chars(q->data(), q->data() + q->size(), quality);
        }
        best_rank = rank;
        best = quality;
    }
    return best;
}

std::string host_without_port(std::string_view host) {
    if (host.starts_with('[')) {
        const auto end = host.find(']');
        return lower(host.substr(1, end == std::string_view::npos ? end : end - 1));
    }
    return lower(host.substr(0, host.find(':')));
}

std::string network_of(std::string_view address) {
    constexpr std::string_view kMapped = "::ffff:";
    if (address.starts_with(kMapped) && address.contains('.'))
        address.remove_prefix(kMapped.size());
    auto bytes = address_bytes(address);
    if (!bytes) return {};
    const bool four = !address.contains(':');
    if (four) {
        const auto last = address.rfind('.');
        return std::string(address.substr(0, last)) + ".0/24";
    }
    std::fill(bytes->begin() + 6, bytes->end(), 0);
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(AF_INET6, bytes->data(), text.data(), text.size());
    return std::string(text.data()) + "/48";
}

bool address_in(std::string_view address, std::string_view network) {
    const auto slash = network.find('/');
    const auto a = address_bytes(address);
    const auto n = address_bytes(network.substr(0, slash));
    if (!a || !n) return false;
    int bits = 128;
    if (slash != std::string_view::npos) {
        const auto length = network.substr(slash + 1);
        if (std::from_chars(length.data(), length.data() + length.size(), bits).ec != std::errc{})
            return false;
        if (!network.substr(0, slash).contains(':')) bits += 96;
    }
    if (bits < 0 || bits > 128) return false;
    const auto whole = static_cast<std::size_t>(bits / 8);
    if (std::memcmp(a->data(), n->data(), whole) != 0) return false;
    if (bits % 8 == 0) return true;
    const auto mask = static_cast<unsigned>(0xFF00 >> (bits % 8)) & 0xFFU;
    return ((*a)[whole] & mask) == ((*n)[whole] & mask);
}

std::string public_base(std::string_view configured, std::string_view own) {
    while (configured.ends_with('/')) configured.remove_suffix(1);
    return std::string(configured.empty() ? own : configured);
}

}  // namespace csva::http
