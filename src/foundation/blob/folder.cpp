#include "foundation/base/crash_point.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/blob/blob.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace csva::blob {
namespace {

namespace fs = std::filesystem;

base::Error missing(std::string_view key) {
    return base::Error(base::ErrorKind::internal, "blob.missing").with_internal(std::string(key));
}

base::Error unwritable(const fs::path& path, const std::error_code& code) {
    const bool full = code == std::errc::no_space_on_device;
    return base::Error(
               full ? base::ErrorKind::unavailable : base::ErrorKind::internal,
               full ? "base.disk_full" : "base.file_unwritable"
    )
        .with_internal(path.string() + ": " + code.message());
}

/// "p12/5f0c..." and nothing that could lead elsewhere.
bool is_key(std::string_view key) {
    const auto slash = key.find('/');
    if (slash == std::string_view::npos || !key.starts_with('p')) return false;
    const auto hex = key.substr(slash + 1);
    return hex.size() == 32 &&
           hex.find_first_not_of("0123456789abcdef") == std::string_view::npos &&
           key.substr(1, slash - 1).find_first_not_of("0123456789") == std::string_view::npos;
}

base::Result<void> sync_all(const fs::path& path) {
    std::error_code code;
    if (!fs::is_directory(path, code)) return base::sync_file(path);
    for (const auto& entry : fs::recursive_directory_iterator(path, code)) {
        if (entry.is_directory())
            CHECK_OK(base::sync_folder(entry.path()));
        else
            CHECK_OK(base::sync_file(entry.path()));
    }
    return base::sync_folder(path);
}

class Folder : public BlobStore {
public:
    explicit Folder(const fs::path& folder)
        : blobs_(folder / "blobs"), staging_(folder / "staging") {}

    base::Result<void> make() {
        std::error_code code;
        fs::create_directories(blobs_, code);
        if (!code) fs::create_directories(staging_, code);
        if (code) return std::unexpected(unwritable(blobs_, code));
        return {};
    }

    base::Result<std::string> put_file(std::int64_t project_id, const fs::path& staged) override {
        return put(project_id, staged);
    }
    base::Result<std::string> put_folder(std::int64_t project_id, const fs::path& staged) override {
        return put(project_id, staged);
    }

    base::Result<fs::path> local_path(std::string_view key) override {
        std::error_code code;
        const fs::path path = blobs_ / key;
        if (!is_key(key) || !fs::exists(path, code)) return std::unexpected(missing(key));
        return path;
    }

    base::Result<std::set<std::string>> keys() override {
        std::set<std::string> found;
        std::error_code code;
        for (const auto& project : fs::directory_iterator(blobs_, code)) {
            for (const auto& entry : fs::directory_iterator(project.path(), code))
                found.insert(
                    project.path().filename().string() + "/" + entry.path().filename().string()
                );
        }
        return found;
    }

    base::Result<void> remove(std::string_view key) override {
        if (!is_key(key)) return std::unexpected(missing(key));
        std::error_code code;
        fs::remove_all(blobs_ / key, code);
        if (code) return std::unexpected(unwritable(blobs_ / key, code));
        return {};
    }

    base::Result<std::uint64_t> size(std::string_view key) override {
        TRY(const fs::path path, local_path(key));
        std::error_code code;
        if (!fs::is_directory(path, code)) return fs::file_size(path, code);
        std::uint64_t sum = 0;
        for (const auto& entry : fs::recursive_directory_iterator(path, code)) {
            if (entry.is_regular_file()) sum += entry.file_size();
        }
        return sum;
    }

    base::Result<std::int64_t> sweep(const std::set<std::string>& referenced, std::int64_t grace_ms)
        override {
        std::int64_t removed = 0;
        std::error_code code;
        for (const auto& project : fs::directory_iterator(blobs_, code)) {
            for (const auto& entry : fs::directory_iterator(project.path(), code)) {
                const std::string key =
                    project.path().filename().string() + "/" + entry.path().filename().string();
                if (referenced.contains(key) || !is_older(entry.path(), grace_ms)) continue;
                CHECK_OK(remove(key));
                ++removed;
            }
        }
        for (const auto& entry : fs::directory_iterator(staging_, code)) {
            if (!is_older(entry.path(), grace_ms)) continue;
            fs::remove_all(entry.path(), code);
            ++removed;
        }
        return removed;
    }

    fs::path staging() const override { return staging_; }
    base::Result<std::uint64_t> free_bytes() const override { return base::free_bytes(blobs_); }

private:
    /// Content, fsync, rename, fsync of the folder: only then may a row name the key.
    base::Result<std::string> put(std::int64_t project_id, const fs::path& staged) {
        base::crash_point("blob.before_sync");
        CHECK_OK(sync_all(staged));
        const std::string key = fmt::format("p{}/{}", project_id, base::random_hex(16));
        const fs::path target = blobs_ / key;
        std::error_code code;
        const bool fresh = fs::create_directories(target.parent_path(), code);
        if (code) return std::unexpected(unwritable(target, code));
        if (fresh) CHECK_OK(base::sync_folder(blobs_));
        base::crash_point("blob.before_rename");
        fs::rename(staged, target, code);
        if (code) return std::unexpected(unwritable(target, code));
        CHECK_OK(base::sync_folder(target.parent_path()));
        base::crash_point("blob.after_rename");
        return key;
    }

    /// Nothing in it was written within the grace period.
    static bool is_older(const fs::path& path, std::int64_t grace_ms) {
        std::error_code code;
        const auto limit = fs::file_time_type::clock::now() - std::chrono::milliseconds(grace_ms);
        const auto old = [&](const fs::path& one) {
            const auto written = fs::last_write_time(one, code);
            return !code && written <= limit;
        };
        if (!old(path)) return false;
        if (!fs::is_directory(path, code)) return true;
        for (const auto& entry : fs::recursive_directory_iterator(path, code)) {
            if (!old(entry.path())) return false;
        }
        return !code;
    }

    fs::path blobs_;
    fs::path staging_;
};

}  // namespace

base::Result<std::unique_ptr<BlobStore>> open_folder(const fs::path& folder) {
    auto made = std::make_unique<Folder>(folder);
    CHECK_OK(made->make());
    return made;
}

}  // namespace csva::blob
