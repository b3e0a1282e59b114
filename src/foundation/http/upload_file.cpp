#include "foundation/http/upload_file.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <unistd.h>
#include <utility>

namespace csva::http {
namespace {

constexpr std::size_t kBlock = 1U << 20U;
/// What O_DIRECT asks of addresses, offsets and sizes, on every disk in use.
constexpr std::size_t kAlignment = 4096;

std::unexpected<base::Error> unwritable(int error) {
    const bool full = error == ENOSPC || error == EDQUOT;
    return std::unexpected(base::Error(
                               full ? base::ErrorKind::unavailable : base::ErrorKind::internal,
                               full ? "base.disk_full" : "base.file_unwritable"
    )
                               .with_internal(std::string("staging: ") + std::strerror(error)));
}

bool past_page_cache(int descriptor) { return ::fcntl(descriptor, F_SETFL, O_DIRECT) == 0; }

}  // namespace

UploadFile::~UploadFile() {
    if (descriptor_ < 0) return;
    (void)settle();
    ::close(descriptor_);
}

base::Result<void> UploadFile::open(const std::filesystem::path& path) {
    descriptor_ = ::open(path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (descriptor_ < 0) return unwritable(errno);
    direct_ = false;
    filled_ = 0;
    handed_ = 0;
    return {};
}

base::Result<void> UploadFile::write(std::string_view bytes) {
    while (!bytes.empty()) {
        if (!filling_) filling_.reset(static_cast<char*>(std::aligned_alloc(kAlignment, kBlock)));
        if (!filling_) return unwritable(ENOMEM);
        const auto take = std::min(bytes.size(), kBlock - filled_);
        std::memcpy(filling_.get() + filled_, bytes.data(), take);
        filled_ += take;
        bytes.remove_prefix(take);
        if (filled_ == kBlock) CHECK_OK(hand_over());
    }
    return {};
}

base::Result<void> UploadFile::close() {
    CHECK_OK(settle());
    const auto size = handed_ + filled_;
    if (direct_ && filled_ % kAlignment != 0) {
        const auto whole = (filled_ / kAlignment + 1) * kAlignment;
        std::memset(filling_.get() + filled_, 0, whole - filled_);
        filled_ = whole;
    }
    if (filled_ > 0) write_block(filling_.get(), std::exchange(filled_, 0));
    CHECK_OK(settle());
    if (direct_ && ::ftruncate(descriptor_, static_cast<off_t>(size)) != 0)
        return unwritable(errno);
    if (::close(std::exchange(descriptor_, -1)) != 0) return unwritable(errno);
    return {};
}

base::Result<void> UploadFile::hand_over() {
    CHECK_OK(settle());
    if (handed_ == 0) direct_ = past_page_cache(descriptor_);
    handed_ += filled_;
    filled_ = 0;
    std::swap(filling_, writing_);
    {
        const std::scoped_lock lock(mutex_);
        busy_ = true;
    }
    const bool taken = disk_.try_submit([this] { write_block(writing_.get(), kBlock); });
    if (!taken) write_block(writing_.get(), kBlock);
    return {};
}

base::Result<void> UploadFile::settle() {
    std::unique_lock lock(mutex_);
    written_.wait(lock, [this] { return !busy_; });
    if (error_ != 0) return unwritable(error_);
    return {};
}

void UploadFile::write_block(const char* data, std::size_t size) {
    int error = 0;
    while (size > 0) {
        const auto written = ::write(descriptor_, data, size);
        if (written < 0 && errno == EINTR) continue;
        // A file system may refuse at the first block, or after a short write on a full disk.
        if (written < 0 && errno == EINVAL && (::fcntl(descriptor_, F_GETFL) & O_DIRECT) != 0) {
            ::fcntl(descriptor_, F_SETFL, 0);
            continue;
        }
        if (written < 0) {
            error = errno;
            break;
        }
        data += written;
        size -= static_cast<std::size_t>(written);
    }
    const std::scoped_lock lock(mutex_);
    busy_ = false;
    if (error != 0) error_ = error;
    written_.notify_all();
}

}  // namespace csva::http
