#pragma once

#include "foundation/base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace csva::base {

namespace fs = std::filesystem;

/// Whole content of a file. Errors: base.file_not_found, base.file_unreadable.
Result<std::string> read_file(const fs::path& path);

/// Writes content beside `path`, syncs, renames over it, syncs the folder. Errors:
/// base.file_unwritable, base.disk_full.
Result<void> write_file(const fs::path& path, std::string_view content);

/// Why a stream to that file has just failed, from errno: base.disk_full, base.file_unwritable.
Error unwritable(const fs::path& path);

/// fsync of a file's content. Errors: base.file_unwritable.
Result<void> sync_file(const fs::path& path);

/// fsync of a folder, so that a rename inside it survives a power cut.
Result<void> sync_folder(const fs::path& path);

/// Bytes free for an ordinary user on the volume that holds `path`.
Result<std::uint64_t> free_bytes(const fs::path& path);

/// A fresh empty folder below `parent`, removed with everything in it when the object goes.
class TemporaryFolder {
public:
    static Result<TemporaryFolder> make(
        const fs::path& parent = fs::temp_directory_path(), std::string_view prefix = "csva-"
    );
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&& other) noexcept {
        std::swap(path_, other.path_);
        return *this;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();
    const fs::path& path() const { return path_; }

private:
    explicit TemporaryFolder(fs::path path) : path_(std::move(path)) {}
    fs::path path_;
};

}  // namespace csva::base
