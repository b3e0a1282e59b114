#include "foundation/base/files.hpp"

#include "foundation/base/crypto.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace csva::base {
namespace {

/// Owns a file descriptor.
class Descriptor {
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor() {
        if (fd_ >= 0) ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

private:
    int fd_;
};

std::unexpected<Error> system_error(std::string_view reason, const fs::path& path) {
    const int code = errno;
    const bool full = code == ENOSPC || code == EDQUOT;
    return std::unexpected(
        Error(full ? ErrorKind::unavailable : ErrorKind::internal, full ? "base.disk_full" : reason)
            .with_internal(path.string() + ": " + std::strerror(code))
    );
}

Result<void> write_all(int fd, std::string_view content, const fs::path& path) {
    while (!content.empty()) {
        const ssize_t n = ::write(fd, content.data(), content.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return system_error("base.file_unwritable", path);
        content.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

Result<void> sync_path(const fs::path& path, int flags) {
    const Descriptor file(::open(path.c_str(), flags | O_CLOEXEC));
    if (!file || ::fsync(file.get()) != 0) return system_error("base.file_unwritable", path);
    return {};
}

}  // namespace

Result<std::string> read_file(const fs::path& path) {
    const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        if (errno == ENOENT) {
            return std::unexpected(
                Error(ErrorKind::not_found, "base.file_not_found").with_internal(path.string())
            );
        }
        return system_error("base.file_unreadable", path);
    }
    struct stat info{};
    std::string content;
    if (::fstat(file.get(), &info) == 0 && info.st_size > 0)
        content.reserve(static_cast<std::size_t>(info.st_size));
    char buffer[65536];
    for (;;) {
        const ssize_t n = ::read(file.get(), buffer, sizeof buffer);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return system_error("base.file_unreadable", path);
        if (n == 0) return content;
        content.append(buffer, static_cast<std::size_t>(n));
    }
}

Result<void> write_file(const fs::path& path, std::string_view content) {
    fs::path temporary = path;
    temporary += ".tmp-" + random_hex(4);
    {
        const Descriptor file(
            ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)
        );
        if (!file) return system_error("base.file_unwritable", temporary);
        auto written = write_all(file.get(), content, temporary);
        if (written && ::fsync(file.get()) != 0)
            written = system_error("base.file_unwritable", temporary);
        if (!written) {
            ::unlink(temporary.c_str());
            return written;
        }
    }
    if (::rename(temporary.c_str(), path.c_str()) != 0) {
        auto failed = system_error("base.file_unwritable", path);
        ::unlink(temporary.c_str());
        return failed;
    }
    return sync_folder(path.parent_path().empty() ? "." : path.parent_path());
}

Error unwritable(const fs::path& path) {
    return system_error("base.file_unwritable", path).error();
}

Result<void> sync_file(const fs::path& path) { return sync_path(path, O_RDONLY); }

Result<void> sync_folder(const fs::path& path) { return sync_path(path, O_RDONLY | O_DIRECTORY); }

Result<std::uint64_t> free_bytes(const fs::path& path) {
    struct statvfs info{};
    if (::statvfs(path.c_str(), &info) != 0) return system_error("base.file_unreadable", path);
    return static_cast<std::uint64_t>(info.f_bavail) * info.f_frsize;
}

Result<TemporaryFolder> TemporaryFolder::make(const fs::path& parent, std::string_view prefix) {
    fs::path path = parent / (std::string(prefix) + random_hex(8));
    if (::mkdir(path.c_str(), 0700) != 0) return system_error("base.file_unwritable", path);
    return TemporaryFolder(std::move(path));
}

TemporaryFolder::~TemporaryFolder() {
    if (path_.empty()) return;
    std::error_code ignored;
    fs::remove_all(path_, ignored);
}

}  // namespace csva::base
