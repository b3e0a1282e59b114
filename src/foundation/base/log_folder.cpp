#include "foundation/base/log_folder.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/files.hpp"

#include <fcntl.h>
#include <mutex>
#include <string>
#include <unistd.h>

namespace csva::base {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kStart = "csva-";
constexpr std::string_view kEnd = ".log";
constexpr std::int64_t kDayMs = 86'400'000;

struct Folder {
    std::mutex mutex;
    fs::path path;
    std::int64_t keep_days = 0;
    std::int64_t day = -1;  ///< Since 1970, of the file that is open.
    int file = -1;
};

Folder& folder() {
    static Folder instance;
    return instance;
}

std::string name_of_day(std::int64_t day) {
    return std::string(kStart) + iso_time(day * kDayMs).substr(0, 10) + std::string(kEnd);
}

/// Names of days sort as their days do.
void delete_old(const Folder& in) {
    const std::string oldest = name_of_day(in.day - in.keep_days);
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(in.path, failed)) {
        const std::string name = entry.path().filename().string();
        const bool ours =
            name.size() == oldest.size() && name.starts_with(kStart) && name.ends_with(kEnd);
        std::error_code ignored;
        if (ours && name < oldest) fs::remove(entry.path(), ignored);
    }
}

bool open_day(Folder& in, std::int64_t day) {
    if (in.day == day && in.file >= 0) return true;
    if (in.file >= 0) ::close(in.file);
    in.day = day;
    in.file = ::open(
        (in.path / name_of_day(day)).c_str(), O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0640
    );
    delete_old(in);
    return in.file >= 0;
}

}  // namespace

Result<void> log_to_folder(const fs::path& path, std::int64_t keep_days) {
    std::error_code failed;
    fs::create_directories(path, failed);
    if (failed) return std::unexpected(unwritable(path));
    auto& to = folder();
    const std::scoped_lock lock(to.mutex);
    to.path = path;
    to.keep_days = keep_days;
    to.day = -1;
    if (!open_day(to, Clock::wall_ms() / kDayMs)) {
        to.path.clear();
        return std::unexpected(unwritable(path));
    }
    return {};
}

void log_to_standard_error() {
    auto& to = folder();
    const std::scoped_lock lock(to.mutex);
    if (to.file >= 0) ::close(to.file);
    to.file = -1;
    to.path.clear();
}

bool write_to_log_folder(std::string_view line) {
    auto& to = folder();
    const std::scoped_lock lock(to.mutex);
    if (to.path.empty() || !open_day(to, Clock::wall_ms() / kDayMs)) return false;
    // One write a line: processes that share the file do not mix theirs.
    const std::string whole = std::string(line) + "\n";
    return ::write(to.file, whole.data(), whole.size()) == static_cast<ssize_t>(whole.size());
}

}  // namespace csva::base
