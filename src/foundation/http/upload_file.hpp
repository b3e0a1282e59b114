#pragma once

#include "foundation/base/result.hpp"
#include "foundation/http/handler_pool.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string_view>

namespace csva::http {

/// A file written while its bytes arrive: one block is filled while `disk` writes the one before.
/// Whole blocks go past the page cache (O_DIRECT) where the file system lets them: they must be on
/// the disk before 201 anyway, and neither copying them nor flushing them later costs processor
/// time. Used by one thread. Errors of all: base.disk_full, base.file_unwritable.
class UploadFile {
public:
    explicit UploadFile(HandlerPool& disk) : disk_(disk) {}
    ~UploadFile();
    UploadFile(const UploadFile&) = delete;
    UploadFile& operator=(const UploadFile&) = delete;

    base::Result<void> open(const std::filesystem::path& path);
    bool is_open() const { return descriptor_ >= 0; }
    /// Waits when the disk is slower than the sender.
    base::Result<void> write(std::string_view bytes);
    /// Writes the rest and closes.
    base::Result<void> close();

private:
    struct Free {
        void operator()(char* block) const { std::free(block); }
    };
    using Block = std::unique_ptr<char, Free>;

    base::Result<void> hand_over();
    base::Result<void> settle();
    void write_block(const char* data, std::size_t size);

    HandlerPool& disk_;
    int descriptor_ = -1;
    bool direct_ = false;
    Block filling_;
    Block writing_;
    std::size_t filled_ = 0;
    std::uint64_t handed_ = 0;

    std::mutex mutex_;
    std::condition_variable written_;
    bool busy_ = false;  ///< Under mutex_.
    int error_ = 0;      ///< Under mutex_; an errno.
};

}  // namespace csva::http
