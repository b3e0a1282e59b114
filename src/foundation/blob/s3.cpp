#include "foundation/base/clock.hpp"
#include "foundation/base/crash_point.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/base/log.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/blob/bucket.hpp"
#include "foundation/blob/cache.hpp"
#include "foundation/blob/keys.hpp"
#include "foundation/blob/tar.hpp"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace csva::blob {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr std::string_view kBlobs = "blobs/";
constexpr std::string_view kNotes = "notes/";
constexpr std::string_view kFolderKind = "folder";
constexpr std::chrono::minutes kLookEvery{10};  ///< At what is in the bucket.
constexpr std::chrono::seconds kBetweenTrims{20};

std::string name_of(std::string_view key) { return std::string(kBlobs) + std::string(key); }

base::Error missing(std::string_view key) {
    return base::Error(base::ErrorKind::internal, "blob.missing").with_internal(std::string(key));
}

/// A copy that was written before the machine went down may be half on the disk.
void empty_after_a_reboot(const fs::path& folder) {
    const auto boot = base::read_file("/proc/sys/kernel/random/boot_id");
    const auto before = base::read_file(folder / "boot_id");
    if (boot && before && *boot == *before) return;
    std::error_code code;
    for (const auto& entry : fs::directory_iterator(folder, code)) fs::remove_all(entry, code);
    if (boot) (void)base::write_file(folder / "boot_id", *boot);
}

/// Removes a file when it goes out of sight.
struct Scratch {
    fs::path path;
    ~Scratch() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
};

class S3 : public BlobStore, public Notes {
public:
    S3(const fs::path& folder, const BucketOptions& options)
        : staging_(folder / "staging"),
          cache_(folder / "cache", options.cache_bytes),
          bucket_(options) {}
    ~S3() override { bucket_.stop(); }
    S3(const S3&) = delete;
    S3& operator=(const S3&) = delete;

    Result<void> make() {
        std::error_code code;
        fs::create_directories(cache_.folder(), code);
        if (!code) fs::create_directories(staging_, code);
        if (code) return std::unexpected(base::unwritable(staging_));
        empty_after_a_reboot(cache_.folder());
        trimmer_ = std::jthread([this](const std::stop_token& stop) { keep_trimmed(stop); });
        return {};
    }

    Result<std::string> put_file(std::int64_t project_id, const fs::path& staged) override {
        const std::string key = new_key(project_id);
        CHECK_OK(put_as(key, staged));
        return key;
    }
    Result<std::string> put_folder(std::int64_t project_id, const fs::path& staged) override {
        return put_file(project_id, staged);
    }

    /// The object is whole in the bucket, or there is none; only then may a row name the key.
    Result<void> put_as(std::string_view key, const fs::path& staged) override {
        if (!is_key(key)) return std::unexpected(missing(key));
        std::error_code code;
        const bool is_folder = fs::is_directory(staged, code);
        const Scratch archive{is_folder ? scratch() : fs::path()};
        if (is_folder) CHECK_OK(write_tar(staged, archive.path));
        const fs::path& file = is_folder ? archive.path : staged;
        TRY(const auto hash, base::sha256_file(file.string()));
        base::crash_point("blob.before_rename");
        CHECK_OK(bucket_.put(name_of(key), file, {hash, is_folder ? "folder" : "file"}));
        base::crash_point("blob.after_rename");
        // The copy is a convenience: without it the next reader fetches the object.
        if (!cache_.put(key, staged)) fs::remove_all(staged, code);
        wish_to_trim();
        return {};
    }

    Result<fs::path> local_path(std::string_view key) override {
        if (!is_key(key)) return std::unexpected(missing(key));
        if (auto found = cache_.find(key)) return std::move(*found);
        const OneAtATime turn(*this, std::string(key));
        if (auto found = cache_.find(key)) return std::move(*found);
        const Scratch file{scratch()};
        TRY(const auto notes, bucket_.get(name_of(key), file.path));
        wish_to_trim();
        if (notes.kind != kFolderKind) return cache_.put(key, file.path);
        const Scratch folder{scratch()};
        CHECK_OK(read_tar(file.path, folder.path));
        return cache_.put(key, folder.path);
    }

    Result<std::set<std::string>> keys() override {
        TRY(const auto listing, bucket_.list(kBlobs));
        return keys_of(listing);
    }
    Result<std::set<std::string>> keys_of_all_versions() override {
        TRY(const auto listing, bucket_.list_versions(kBlobs));
        return keys_of(listing);
    }

    Result<void> remove(std::string_view key) override {
        if (!is_key(key)) return std::unexpected(missing(key));
        cache_.remove(key);
        return bucket_.remove(name_of(key));
    }

    /// Of the object: a folder's archive is a little more than its files.
    Result<std::uint64_t> size(std::string_view key) override {
        if (!is_key(key)) return std::unexpected(missing(key));
        return bucket_.size(name_of(key));
    }

    Result<std::int64_t> sweep(const std::set<std::string>& referenced, std::int64_t grace_ms)
        override {
        std::int64_t removed = sweep_staging(grace_ms);
        TRY(const auto listing, bucket_.list_versions(kBlobs));
        std::map<std::string, std::int64_t> newest;
        for (const auto& object : listing.objects) {
            auto& at = newest[object.name.substr(kBlobs.size())];
            at = std::max(at, object.modified_ms);
        }
        for (const auto& [key, modified_ms] : newest) {
            // By the bucket's clock both: ours may have jumped.
            const bool old = modified_ms + grace_ms <= listing.now_ms;
            if (!is_key(key) || referenced.contains(key) || !old) continue;
            CHECK_OK(remove(key));
            ++removed;
        }
        return removed;
    }

    fs::path staging() const override { return staging_; }
    Result<std::uint64_t> free_bytes() const override { return base::free_bytes(staging_); }
    fs::path local_folder() const override { return cache_.folder(); }

    Notes* notes() override { return this; }
    Result<void> put(std::string_view name, std::string_view text) override {
        const Scratch file{scratch()};
        CHECK_OK(base::write_file(file.path, text));
        return bucket_.put(
            std::string(kNotes) + std::string(name), file.path, {base::sha256_hex(text), "note"}
        );
    }
    Result<std::map<std::string, std::string>> all() override {
        std::map<std::string, std::string> found;
        TRY(const auto listing, bucket_.list(kNotes));
        for (const auto& object : listing.objects) {
            const Scratch file{scratch()};
            CHECK_OK(bucket_.get(object.name, file.path));
            TRY(found[object.name.substr(kNotes.size())], base::read_file(file.path));
        }
        return found;
    }

private:
    /// The first who asks for a key fetches it, the others wait for him.
    class OneAtATime {
    public:
        OneAtATime(S3& store, std::string key) : store_(store), key_(std::move(key)) {
            std::unique_lock lock(store_.fetching_mutex_);
            store_.fetched_.wait(lock, [this] { return store_.fetching_.insert(key_).second; });
        }
        ~OneAtATime() {
            {
                const std::scoped_lock lock(store_.fetching_mutex_);
                store_.fetching_.erase(key_);
            }
            store_.fetched_.notify_all();
        }
        OneAtATime(const OneAtATime&) = delete;
        OneAtATime& operator=(const OneAtATime&) = delete;

    private:
        S3& store_;
        std::string key_;
    };

    fs::path scratch() const { return staging_ / ("object-" + base::random_hex(12)); }

    static std::set<std::string> keys_of(const Listing& listing) {
        std::set<std::string> found;
        for (const auto& object : listing.objects) {
            auto key = object.name.substr(kBlobs.size());
            if (is_key(key)) found.insert(std::move(key));
        }
        return found;
    }

    std::int64_t sweep_staging(std::int64_t grace_ms) {
        std::int64_t removed = 0;
        std::error_code code;
        const auto limit = fs::file_time_type::clock::now() - std::chrono::milliseconds(grace_ms);
        for (const auto& entry : fs::directory_iterator(staging_, code)) {
            const auto written = fs::last_write_time(entry.path(), code);
            if (code || written > limit) continue;
            fs::remove_all(entry.path(), code);
            ++removed;
        }
        return removed;
    }

    void wish_to_trim() {
        {
            const std::scoped_lock lock(trim_mutex_);
            over_limit_wish_ = true;
        }
        trim_wake_.notify_one();
    }

    /// Keeps the limit, and forgets what another process has erased from the bucket.
    void keep_trimmed(const std::stop_token& stop) {
        std::unique_lock lock(trim_mutex_);
        auto last_trim = base::Clock::steady() - kBetweenTrims;
        auto next_look = base::Clock::steady() + kLookEvery;
        while (!stop.stop_requested()) {
            trim_wake_.wait_until(lock, stop, next_look, [this] { return over_limit_wish_; });
            if (stop.stop_requested()) return;
            trim_wake_.wait_until(lock, stop, last_trim + kBetweenTrims, [] { return false; });
            over_limit_wish_ = false;
            lock.unlock();
            std::optional<std::set<std::string>> kept;
            if (base::Clock::steady() >= next_look) {
                if (const auto listing = bucket_.list(kBlobs)) kept = keys_of(*listing);
                next_look = base::Clock::steady() + kLookEvery;
            }
            cache_.trim(kept);
            last_trim = base::Clock::steady();
            lock.lock();
        }
    }

    fs::path staging_;
    Cache cache_;
    Bucket bucket_;
    std::mutex fetching_mutex_;
    std::condition_variable fetched_;
    std::set<std::string> fetching_;
    std::mutex trim_mutex_;
    std::condition_variable_any trim_wake_;
    bool over_limit_wish_ = false;
    std::jthread trimmer_;  ///< Last: ends before the rest goes.
};

}  // namespace

Result<std::unique_ptr<BlobStore>> open_s3(const fs::path& folder, BucketOptions options) {
    auto made = std::make_unique<S3>(folder, options);
    CHECK_OK(made->make());
    return made;
}

}  // namespace csva::blob
