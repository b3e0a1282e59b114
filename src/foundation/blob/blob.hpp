#pragma once

#include "foundation/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>

namespace csva::blob {

/// Files and folders of the platform: uploads, Parquet versions, models. The key is a random id
/// under its project
/// ("p12/5f0c..."); a stored object never changes. Order of writing: content, fsync, rename, fsync
/// of the folder, and only then the caller's row. Thread-safe.
class BlobStore {
public:
    virtual ~BlobStore() = default;
    /// Takes a file of the staging folder (moves it). Returns its key. Errors: base.disk_full,
    /// base.file_unwritable.
    virtual base::Result<std::string> put_file(
        std::int64_t project_id, const std::filesystem::path& staged
    ) = 0;
    /// Takes a whole folder (a model bundle).
    virtual base::Result<std::string> put_folder(
        std::int64_t project_id, const std::filesystem::path& staged
    ) = 0;
    /// A local path to read it at. Errors: blob.missing.
    virtual base::Result<std::filesystem::path> local_path(std::string_view key) = 0;
    /// Keys of all that is kept. Errors: blob.unavailable, blob.refused.
    virtual base::Result<std::set<std::string>> keys() = 0;
    virtual base::Result<void> remove(std::string_view key) = 0;
    /// Bytes it takes; a folder's sum.
    virtual base::Result<std::uint64_t> size(std::string_view key) = 0;
    /// Removes what no row refers to and is older than the grace period. `referenced` gives all
    /// keys in use. Returns how many.
    virtual base::Result<std::int64_t> sweep(
        const std::set<std::string>& referenced, std::int64_t grace_ms
    ) = 0;
    /// Where uploads and job folders may be prepared: same volume, so that put_* is a rename.
    virtual std::filesystem::path staging() const = 0;
    virtual base::Result<std::uint64_t> free_bytes() const = 0;
};

/// Blobs in `folder`/blobs, staging in `folder`/staging.
base::Result<std::unique_ptr<BlobStore>> open_folder(const std::filesystem::path& folder);

}  // namespace csva::blob
