#include "features/erasure/tar.hpp"

#include "foundation/base/files.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace csva::erasure {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr std::int64_t kBlock = 512;
constexpr std::size_t kCopy = 1 << 20;
constexpr std::size_t kShortName = 100;
constexpr std::size_t kSumAt = 148;
constexpr std::size_t kSumSize = 8;

/// A name that stays below the folder it is unpacked in.
std::string safe(std::string_view name) {
    std::string out;
    for (const auto& part : fs::path(name))
        if (part != ".." && part != "/" && part != ".")
            out += (out.empty() ? "" : "/") + part.string();
    std::ranges::replace_if(out, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, '_');
    return out;
}

/// "27 path=some/name\n": its own length counts in it.
std::string pax_record(std::string_view name) {
    const std::size_t bare = name.size() + std::string_view(" path=\n").size();
    std::size_t length = bare + std::to_string(bare).size();
    length = bare + std::to_string(length).size();
    return fmt::format("{} path={}\n", length, name);
}

}  // namespace

Result<Tar> Tar::create(const fs::path& path) {
    std::ofstream file(path, std::ios::binary);
    if (!file) return std::unexpected(base::unwritable(path));
    return Tar(path, std::move(file));
}

Result<void> Tar::put(std::string_view bytes) {
    file_.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    if (!file_) return std::unexpected(base::unwritable(path_));
    written_ += static_cast<std::int64_t>(bytes.size());
    return {};
}

Result<void> Tar::pad() {
    const auto over = static_cast<std::size_t>(written_ % kBlock);
    return put(std::string(over == 0 ? 0 : static_cast<std::size_t>(kBlock) - over, '\0'));
}

/// A header block (POSIX ustar): name, mode, owner, group, size, time, sum, type, magic.
Result<void> Tar::head(std::string_view name, char type, std::int64_t size) {
    std::string block(static_cast<std::size_t>(kBlock), '\0');
    const auto write = [&](std::size_t at, std::string_view text) {
        block.replace(at, text.size(), text);
    };
    write(0, name.substr(0, kShortName - 1));
    write(100, "0000644");
    write(108, "0000000");
    write(116, "0000000");
    write(124, fmt::format("{:011o}", size));
    write(136, "00000000000");
    write(kSumAt, std::string(kSumSize, ' '));
    block[156] = type;
    write(257, std::string_view("ustar\00000", 8));
    unsigned sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    write(kSumAt, fmt::format("{:06o}", sum));
    block[kSumAt + 6] = '\0';
    return put(block);
}

Result<void> Tar::name_of(std::string_view name) {
    const std::string record = pax_record(name);
    CHECK_OK(head("pax", 'x', static_cast<std::int64_t>(record.size())));
    CHECK_OK(put(record));
    return pad();
}

Result<void> Tar::add_text(std::string_view name, std::string_view text) {
    const std::string clean = safe(name);
    CHECK_OK(name_of(clean));
    CHECK_OK(head(clean, '0', static_cast<std::int64_t>(text.size())));
    CHECK_OK(put(text));
    return pad();
}

Result<void> Tar::add_file(std::string_view name, const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::error_code failed;
    auto left = static_cast<std::int64_t>(fs::file_size(path, failed));
    if (!in || failed) return base::fail(base::ErrorKind::internal, "base.file_unreadable");
    const std::string clean = safe(name);
    CHECK_OK(name_of(clean));
    CHECK_OK(head(clean, '0', left));
    std::string block(kCopy, '\0');
    while (left > 0) {
        in.read(block.data(), std::min<std::int64_t>(left, kCopy));
        const std::string_view got(block.data(), static_cast<std::size_t>(in.gcount()));
        if (got.empty()) return base::fail(base::ErrorKind::internal, "base.file_unreadable");
        CHECK_OK(put(got));
        left -= static_cast<std::int64_t>(got.size());
    }
    return pad();
}

Result<void> Tar::add(std::string_view name, const fs::path& path) {
    std::error_code failed;
    if (!fs::is_directory(path, failed)) return add_file(name, path);
    for (const auto& entry : fs::recursive_directory_iterator(path, failed))
        if (entry.is_regular_file())
            CHECK_OK(add_file(
                std::string(name) + "/" + fs::relative(entry.path(), path).string(), entry.path()
            ));
    return {};
}

Result<std::int64_t> Tar::finish() {
    CHECK_OK(put(std::string(static_cast<std::size_t>(2 * kBlock), '\0')));
    file_.close();
    if (!file_) return std::unexpected(base::unwritable(path_));
    return written_;
}

}  // namespace csva::erasure
