#pragma once

#include "foundation/base/result.hpp"
#include "foundation/base/settings.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace csva::blob {

/// Small texts that lie beside the blobs: no sweeper removes them, and no database that was
/// restored takes them back. Thread-safe. Errors: those of BlobStore.
class Notes {
public:
    virtual ~Notes() = default;
    /// A name of letters, digits and dashes; what was there under it goes.
    virtual base::Result<void> put(std::string_view name, std::string_view text) = 0;
    virtual base::Result<std::map<std::string, std::string>> all() = 0;
};

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
    /// Takes a file or folder under the key that it has in another store. Errors: those of
    /// put_file, blob.missing when it is no key.
    virtual base::Result<void> put_as(
        std::string_view key, const std::filesystem::path& staged
    ) = 0;
    /// A local path to read it at. A bucket's copy may be evicted when nobody has asked for it for
    /// two minutes: open it by then, or take it through `linked_blobs`. Errors: blob.missing,
    /// blob.unavailable, blob.refused, blob.damaged.
    virtual base::Result<std::filesystem::path> local_path(std::string_view key) = 0;
    /// Keys of all that is kept. Errors: blob.unavailable, blob.refused.
    virtual base::Result<std::set<std::string>> keys() = 0;
    /// With those of which a bucket has former versions only: somebody else deleted them, or a
    /// removal broke off. They can be removed, not read. Errors: those of keys.
    virtual base::Result<std::set<std::string>> keys_of_all_versions() { return keys(); }
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
    /// Only a bucket has them: beside a folder, a file in the same data folder does as well.
    virtual Notes* notes() { return nullptr; }
    /// The folder that all local paths are in.
    virtual std::filesystem::path local_folder() const = 0;
};

/// Blobs in `folder`/blobs, staging in `folder`/staging.
base::Result<std::unique_ptr<BlobStore>> open_folder(const std::filesystem::path& folder);

/// Where the bucket is and how this process speaks to it.
struct BucketOptions {
    std::string endpoint;  ///< "https://HOST:PORT", without the bucket.
    std::string bucket;
    std::string region = "us-east-1";
    std::string prefix;  ///< Of all object names; empty or "name/".
    base::Secret access_key;
    base::Secret secret_key;
    std::string ca_file;
    std::int64_t retry_ms = 10'000;
    std::uint64_t cache_bytes = 10U << 30U;
    std::uint64_t part_bytes = 16U << 20U;  ///< Files above are sent in parts of this size.
};

/// Blobs as objects of an S3-compatible bucket, one object each; staging and copies to read in
/// `folder`, which several processes may share. Does not speak to the bucket yet.
base::Result<std::unique_ptr<BlobStore>> open_s3(
    const std::filesystem::path& folder, BucketOptions options
);

std::vector<base::SettingRow> setting_rows();

/// The bucket when storage.s3_endpoint names one, else the folder data.dir.
base::Result<std::unique_ptr<BlobStore>> open(const base::Settings& settings);

/// The same store for the length of one job: what `local_path` gives is linked into `folder` and
/// stays there however long the job runs.
std::unique_ptr<BlobStore> linked_blobs(BlobStore& blobs, const std::filesystem::path& folder);

}  // namespace csva::blob
