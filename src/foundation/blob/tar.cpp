#include "foundation/blob/tar.hpp"

#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <vector>

namespace csva::blob {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr std::size_t kBlock = 512;
constexpr std::size_t kNameMax = 99;
constexpr std::size_t kCopyBytes = 1U << 20U;
using Block = std::array<char, kBlock>;

// Places of a ustar header (POSIX.1-1988): offset and size.
struct Place {
    std::size_t at;
    std::size_t size;
};
constexpr Place kName{0, 100};
constexpr Place kMode{100, 8};
constexpr Place kOwner{108, 8};
constexpr Place kGroup{116, 8};
constexpr Place kSize{124, 12};
constexpr Place kTime{136, 12};
constexpr Place kSum{148, 8};
constexpr Place kType{156, 1};
constexpr Place kMagic{257, 8};

base::Error damaged(std::string what) {
    return base::Error(base::ErrorKind::internal, "blob.damaged").with_internal(std::move(what));
}

void put(Block& block, Place place, std::string_view text) {
    std::copy_n(
        text.begin(), std::min(text.size(), place.size), block.begin() + static_cast<long>(place.at)
    );
}

std::string_view get(const Block& block, Place place) {
    const std::string_view all(block.data() + place.at, place.size);
    return all.substr(0, all.find('\0'));
}

std::uint64_t sum_of(Block block) {
    put(block, kSum, std::string(kSum.size, ' '));
    std::uint64_t sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    return sum;
}

Block header_of(const std::string& name, bool is_folder, std::uint64_t size) {
    Block block{};
    put(block, kName, name);
    put(block, kMode, is_folder ? "0000700" : "0000600");
    put(block, kOwner, "0000000");
    put(block, kGroup, "0000000");
    put(block, kSize, fmt::format("{:011o}", size));
    put(block, kTime, "00000000000");
    put(block, kType, is_folder ? "5" : "0");
    put(block, kMagic, std::string_view("ustar\00000", 8));
    put(block, kSum, fmt::format("{:06o}", sum_of(block)) + std::string("\0 ", 2));
    return block;
}

std::uint64_t padding_of(std::uint64_t size) { return (kBlock - size % kBlock) % kBlock; }

/// Copies `size` bytes; false when there were fewer or the target took them not.
bool copy(std::istream& from, std::ostream& to, std::uint64_t size) {
    std::vector<char> buffer(std::min<std::uint64_t>(size, kCopyBytes));
    while (size > 0) {
        const auto part = static_cast<std::streamsize>(std::min<std::uint64_t>(size, kCopyBytes));
        if (!from.read(buffer.data(), part) || !to.write(buffer.data(), part)) return false;
        size -= static_cast<std::uint64_t>(part);
    }
    return true;
}

std::vector<fs::path> below(const fs::path& folder) {
    std::vector<fs::path> paths;
    std::error_code code;
    for (const auto& entry : fs::recursive_directory_iterator(folder, code))
        paths.push_back(entry.path());
    std::ranges::sort(paths);
    return paths;
}

/// A path inside the folder, or nothing.
bool stays_inside(const std::string& name) {
    if (name.empty() || name.starts_with('/')) return false;
    return std::ranges::none_of(fs::path(name), [](const fs::path& part) { return part == ".."; });
}

Result<void> take_entry(std::istream& in, const Block& block, const fs::path& folder) {
    const std::string name(get(block, kName));
    const char type = block[kType.at];
    std::uint64_t size = 0;
    const auto digits = get(block, kSize);
    std::from_chars(digits.data(), digits.data() + digits.size(), size, 8);
    if (!stays_inside(name) || (type != '0' && type != '5'))
        return std::unexpected(damaged("entry of an archive"));
    const fs::path path = folder / name;
    std::error_code code;
    fs::create_directories(type == '5' ? path : path.parent_path(), code);
    if (code) return std::unexpected(base::unwritable(path));
    if (type == '5') return {};
    std::ofstream out(path, std::ios::binary);
    if (!copy(in, out, size) || !out.flush()) {
        if (!in) return std::unexpected(damaged("archive is cut off"));
        return std::unexpected(base::unwritable(path));
    }
    in.ignore(static_cast<std::streamsize>(padding_of(size)));
    return {};
}

}  // namespace

Result<void> write_tar(const fs::path& folder, const fs::path& archive) {
    std::ofstream out(archive, std::ios::binary);
    for (const auto& path : below(folder)) {
        std::error_code code;
        const bool is_folder = fs::is_directory(path, code);
        const std::uint64_t size = is_folder ? 0 : fs::file_size(path, code);
        const std::string name = path.lexically_relative(folder).string();
        if (code || name.size() > kNameMax) return std::unexpected(damaged(name));
        const Block header = header_of(name, is_folder, size);
        out.write(header.data(), kBlock);
        if (is_folder) continue;
        std::ifstream in(path, std::ios::binary);
        if (!copy(in, out, size) && out)
            return base::fail(base::ErrorKind::internal, "base.file_unreadable");
        out.write(std::string(padding_of(size), '\0').data(), static_cast<long>(padding_of(size)));
    }
    const Block end{};
    out.write(end.data(), kBlock).write(end.data(), kBlock);
    if (!out.flush()) return std::unexpected(base::unwritable(archive));
    return {};
}

Result<void> read_tar(const fs::path& archive, const fs::path& folder) {
    std::ifstream in(archive, std::ios::binary);
    std::error_code code;
    fs::create_directories(folder, code);
    if (code) return std::unexpected(base::unwritable(folder));
    Block block{};
    while (in.read(block.data(), kBlock)) {
        if (std::ranges::all_of(block, [](char c) { return c == '\0'; })) return {};
        std::uint64_t sum = 0;
        const auto digits = get(block, kSum);
        std::from_chars(digits.data(), digits.data() + digits.size(), sum, 8);
        if (sum != sum_of(block)) return std::unexpected(damaged("header of an archive"));
        CHECK_OK(take_entry(in, block, folder));
    }
    return std::unexpected(damaged("archive is cut off"));
}

}  // namespace csva::blob
