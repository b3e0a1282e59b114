#include "foundation/blob/cache.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/blob/keys.hpp"

#include <algorithm>
#include <chrono>
#include <vector>

namespace csva::blob {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kInUse{2};
constexpr std::string_view kLeaving = ".leaving-";

struct Copy {
    std::string key;
    fs::file_time_type asked_at;
    std::uint64_t bytes = 0;
};

std::vector<Copy> copies_in(const fs::path& folder) {
    std::vector<Copy> copies;
    std::error_code code;
    for (const auto& project : fs::directory_iterator(folder, code)) {
        for (const auto& entry : fs::directory_iterator(project.path(), code)) {
            Copy copy{project.path().filename() / entry.path().filename(), {}, 0};
            copy.asked_at = fs::last_write_time(entry.path(), code);
            copy.bytes = bytes_of(entry.path());
            if (is_key(copy.key)) copies.push_back(std::move(copy));
        }
    }
    return copies;
}

}  // namespace

std::uint64_t bytes_of(const fs::path& path) {
    std::error_code code;
    if (!fs::is_directory(path, code)) {
        const auto size = fs::file_size(path, code);
        return code ? 0 : size;
    }
    std::uint64_t sum = 0;
    for (const auto& entry : fs::recursive_directory_iterator(path, code)) {
        if (entry.is_regular_file(code)) sum += entry.file_size(code);
    }
    return sum;
}

Cache::Cache(fs::path folder, std::uint64_t limit_bytes)
    : folder_(std::move(folder)), limit_bytes_(limit_bytes) {}

std::optional<fs::path> Cache::find(std::string_view key) {
    const fs::path path = folder_ / key;
    std::error_code code;
    fs::last_write_time(path, fs::file_time_type::clock::now(), code);
    if (code) return std::nullopt;
    return path;
}

base::Result<fs::path> Cache::put(std::string_view key, const fs::path& staged) {
    const fs::path path = folder_ / key;
    std::error_code code;
    fs::create_directories(path.parent_path(), code);
    fs::last_write_time(staged, fs::file_time_type::clock::now(), code);
    fs::rename(staged, path, code);
    if (!code) return path;
    if (auto found = find(key)) {
        fs::remove_all(staged, code);
        return std::move(*found);
    }
    return std::unexpected(base::unwritable(path));
}

void Cache::remove(std::string_view key) {
    // A folder goes in one step, so that nobody finds half of it.
    const fs::path leaving = folder_ / (std::string(kLeaving) + base::random_hex(8));
    std::error_code code;
    fs::rename(folder_ / key, leaving, code);
    if (!code) fs::remove_all(leaving, code);
}

std::int64_t Cache::trim(const std::optional<std::set<std::string>>& kept) {
    auto copies = copies_in(folder_);
    std::int64_t removed = 0;
    std::uint64_t sum = 0;
    for (const auto& copy : copies) sum += copy.bytes;
    std::ranges::sort(copies, {}, &Copy::asked_at);
    const auto in_use_since = fs::file_time_type::clock::now() - kInUse;
    for (const auto& copy : copies) {
        if (copy.asked_at > in_use_since) break;
        if (sum <= limit_bytes_ && (!kept || kept->contains(copy.key))) continue;
        remove(copy.key);
        sum -= copy.bytes;
        ++removed;
    }
    return removed;
}

}  // namespace csva::blob
