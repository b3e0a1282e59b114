#include "features/datasets/service.hpp"

#include <algorithm>
#include <array>

namespace csva::datasets {
namespace {

using namespace std::string_view_literals;

/// First bytes of formats that people send by mistake.
constexpr std::array kSignatures = {
    "\x89PNG"sv,
    "GIF8"sv,
    "\xff\xd8\xff"sv,
    "%PDF-"sv,
    "PK\x03\x04"sv,
    "\x1f\x8b"sv,
    "BZh"sv,
    "7z\xbc\xaf"sv,
    "\xfd"
    "7zXZ"sv,
    "\x7f"
    "ELF"sv,
    "PAR1"sv,
    "Rar!"sv,
    "ORC\x01"sv,
    "\x28\xb5\x2f\xfd"sv,
    "\xd0\xcf\x11\xe0"sv,
    "SQLite format 3"sv,
    "OggS"sv,
    "ID3"sv,
    "MZ\x90"sv,
    "ARROW1"sv,
};

constexpr double kControlShareMax = 0.10;

/// UTF-16 or UTF-32: a byte order mark, or NULs nearly always in the same places.
bool wide_characters(std::string_view bytes) {
    for (const auto mark : {"\xff\xfe"sv, "\xfe\xff"sv, "\0\0\xfe\xff"sv})
        if (bytes.starts_with(mark)) return true;
    std::array<std::size_t, 4> nuls{};
    for (std::size_t i = 0; i < bytes.size(); ++i)
        if (bytes[i] == '\0') ++nuls[i % 4];
    const auto places = std::max<std::size_t>(1, bytes.size() / 4);
    const auto full = [&](std::size_t n) { return n * 10 >= places * 9; };
    const auto empty = [&](std::size_t n) { return n * 10 <= places; };
    const bool little = full(nuls[1]) && full(nuls[3]) && empty(nuls[0]);
    const bool big = full(nuls[0]) && full(nuls[2]) && empty(nuls[3]);
    return little || big;
}

bool control(char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f' &&
           byte != 0x1a;
}

}  // namespace

bool plainly_binary(std::string_view first_bytes) {
    for (const auto signature : kSignatures)
        if (first_bytes.starts_with(signature)) return true;
    if (first_bytes.empty() || wide_characters(first_bytes)) return false;
    const auto controls = std::ranges::count_if(first_bytes, control);
    return static_cast<double>(controls) >
           kControlShareMax * static_cast<double>(first_bytes.size());
}

std::string safe_name(std::string_view name) {
    std::string out;
    for (const char c : name.substr(0, 200))
        if (!control(c) && c != '\t' && c != '\n' && c != '\r' && c != 0x7f) out += c;
    // A cut in the middle of a UTF-8 character leaves bytes that belong to nothing.
    while (name.size() > 200 && !out.empty() && (static_cast<unsigned char>(out.back()) & 0x80))
        out.pop_back();
    return out.empty() ? "file.csv" : out;
}

std::string without_ending(std::string_view name) {
    const auto dot = name.rfind('.');
    return std::string(dot == std::string_view::npos || dot == 0 ? name : name.substr(0, dot));
}

}  // namespace csva::datasets
