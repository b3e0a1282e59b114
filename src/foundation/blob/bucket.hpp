#pragma once

#include "foundation/blob/blob.hpp"
#include "foundation/client/client.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace csva::blob {

/// What is known of an object beside its bytes.
struct ObjectNotes {
    std::string sha256;
    std::string kind;  ///< "file", or "folder" for an archive of one.
};

/// One object of a listing.
struct Listed {
    std::string name;     ///< Without the prefix of the options.
    std::string version;  ///< Empty in a listing without versions.
    std::uint64_t bytes = 0;
    std::int64_t modified_ms = 0;
};
struct Listing {
    std::vector<Listed> objects;
    std::int64_t now_ms = 0;  ///< By the bucket's own clock.
};

/// Calls of the S3 protocol: path-style addresses, Signature Version 4, every body with its
/// SHA-256, so that the other side refuses what was damaged on the way. 429, 5xx and broken
/// connections are tried again, ever later, until `retry_ms` are over. Thread-safe. Errors of all:
/// blob.unavailable, blob.refused (the keys are wrong, their rights do not suffice, the clocks
/// differ), blob.missing.
class Bucket {
public:
    explicit Bucket(BucketOptions options);
    ~Bucket();
    Bucket(const Bucket&) = delete;
    Bucket& operator=(const Bucket&) = delete;

    /// In parts when it is larger than options.part_bytes; a broken upload leaves nothing.
    base::Result<void> put(
        std::string_view name, const std::filesystem::path& file, const ObjectNotes& notes
    );
    /// The object into `file`; what was noted. Errors: also blob.damaged when its hash is another.
    base::Result<ObjectNotes> get(std::string_view name, const std::filesystem::path& file);
    base::Result<std::uint64_t> size(std::string_view name);
    /// With every former version of it, where the bucket keeps versions.
    base::Result<void> remove(std::string_view name);
    base::Result<Listing> list(std::string_view prefix);
    /// One entry for each version and each mark of a deletion; as `list` where none are kept.
    base::Result<Listing> list_versions(std::string_view prefix);
    /// From now on calls fail at once.
    void stop() { stop_.request_stop(); }

private:
    struct Order;
    using Clients = std::vector<std::unique_ptr<client::Client>>;
    base::Result<client::Answer> send(Order order);
    base::Result<client::Answer> attempt(const Order& order);
    base::Result<client::Answer> answered(Order order, std::string_view name);
    base::Result<void> put_parts(
        std::string_view name,
        const std::filesystem::path& file,
        std::uint64_t bytes,
        const ObjectNotes& notes
    );
    base::Result<std::string> send_parts(
        const std::string& upload, const std::filesystem::path& file, std::uint64_t bytes
    );
    base::Result<Listing> list_pages(std::string_view prefix, bool versions);
    std::string path_of(std::string_view name) const;

    BucketOptions options_;
    std::string host_;
    /// What the bucket's clock is ahead of ours, once it has refused our time.
    std::atomic<std::int64_t> clock_ahead_ms_ = 0;
    std::stop_source stop_;
    std::mutex mutex_;
    Clients free_;
};

}  // namespace csva::blob
