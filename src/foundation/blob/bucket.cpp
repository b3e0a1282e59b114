#include "foundation/blob/bucket.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/log.hpp"
#include "foundation/blob/cache.hpp"
#include "foundation/blob/listing.hpp"
#include "foundation/blob/signing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <fstream>
#include <random>

namespace csva::blob {
namespace {

namespace fs = std::filesystem;
using base::Error;
using base::ErrorKind;
using base::Result;
using client::Answer;
using client::Call;
using std::chrono::milliseconds;

constexpr std::string_view kNoBody =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr std::string_view kHashNote = "x-amz-meta-csva-sha256";
constexpr std::string_view kKindNote = "x-amz-meta-csva-kind";
constexpr std::string_view kNoAnswer = "base.internal";  ///< What the client says then.
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{3000};
constexpr std::size_t kReadBytes = 1U << 20U;

Error failed(std::string_view reason, const Answer& answer, std::string_view name) {
    const auto kind = reason == "blob.missing" ? ErrorKind::internal : ErrorKind::unavailable;
    return Error(kind, reason)
        .with_internal(fmt::format("{} {} {}", name, answer.status, first_of(answer.body, "Code")));
}

bool worth_repeating(long status) {
    return status == 429 || status == 408 || (status >= 500 && status != 501);
}

/// Waits, unless the end of the process is asked for meanwhile.
void pause(milliseconds time, const std::stop_token& stop) {
    std::mutex mutex;
    // Nobody else knows it: a condition needs one to wait with.
    // cppcheck-suppress localMutex
    std::unique_lock lock(mutex);
    std::condition_variable_any wake;
    wake.wait_for(lock, stop, time, [] { return false; });
}

/// Ever longer, and never the same for two clients that were turned away together.
milliseconds pause_after(int failures) {
    static thread_local std::minstd_rand random(std::random_device{}());
    const auto full = std::min(kFirstPause * (1 << std::min(failures, 10)), kLongestPause);
    std::uniform_int_distribution<std::int64_t> share(full.count() / 2, full.count());
    return milliseconds(share(random));
}

/// SHA-256 of a part of a file. Errors: base.file_unreadable.
Result<std::string> sha256_of(const fs::path& file, std::uint64_t begin, std::uint64_t bytes) {
    std::ifstream in(file, std::ios::binary);
    in.seekg(static_cast<std::streamoff>(begin));
    base::Sha256 hash;
    std::vector<char> buffer(std::min<std::uint64_t>(bytes, kReadBytes));
    while (bytes > 0) {
        const auto part = std::min<std::uint64_t>(bytes, kReadBytes);
        if (!in.read(buffer.data(), static_cast<std::streamsize>(part)))
            return base::fail(ErrorKind::internal, "base.file_unreadable");
        hash.update({buffer.data(), part});
        bytes -= part;
    }
    return hash.finish_hex();
}

std::vector<std::string> headers_of(const ObjectNotes& notes) {
    return {
        fmt::format("{}: {}", kHashNote, notes.sha256), fmt::format("{}: {}", kKindNote, notes.kind)
    };
}

}  // namespace

/// A call before it is signed. Names of a query stand in the order of the alphabet.
struct Bucket::Order {
    std::string method = "GET";
    std::string path;
    std::string query = {};
    client::Call content = {};  ///< Its body and its headers.
    std::string body_sha256 = {};
};

Bucket::Bucket(BucketOptions options) : options_(std::move(options)) {
    auto& endpoint = options_.endpoint;
    while (endpoint.ends_with('/')) endpoint.pop_back();
    host_ = endpoint.substr(endpoint.find("//") == std::string::npos ? 0 : endpoint.find("//") + 2);
    for (const auto& [scheme, port] : {std::pair("https://", ":443"), {"http://", ":80"}}) {
        if (endpoint.starts_with(scheme) && host_.ends_with(port))
            host_.resize(host_.size() - std::string_view(port).size());
    }
}
Bucket::~Bucket() = default;

std::string Bucket::path_of(std::string_view name) const {
    std::string path = "/" + client::escaped(options_.bucket);
    if (name.empty()) return path;
    path += '/';
    for (const char c : options_.prefix + std::string(name))
        path += c == '/' ? "/" : client::escaped({&c, 1});
    return path;
}

Result<Answer> Bucket::attempt(const Order& order) {
    Call call = order.content;
    call.method = order.method;
    call.url = options_.endpoint + order.path + (order.query.empty() ? "" : "?" + order.query);
    call.headers = signed_headers(
        {.method = order.method,
         .host = host_,
         .path = order.path,
         .query = order.query,
         .headers = order.content.headers,
         .body_sha256 = order.body_sha256,
         .at_ms = base::Clock::wall_ms() + clock_ahead_ms_},
        {options_.region, options_.access_key, options_.secret_key}
    );
    std::unique_ptr<client::Client> one;
    {
        const std::scoped_lock lock(mutex_);
        if (!free_.empty()) {
            one = std::move(free_.back());
            free_.pop_back();
        }
    }
    if (!one) {
        TRY(one, client::Client::make({.ca_file = options_.ca_file}));
    }
    auto answer = one->send(call, stop_.get_token());
    const std::scoped_lock lock(mutex_);
    free_.push_back(std::move(one));
    return answer;
}

Result<Answer> Bucket::send(Order order) {
    const auto until = base::Clock::steady() + milliseconds(options_.retry_ms);
    if (order.body_sha256.empty()) order.body_sha256 = base::sha256_hex(order.content.text);
    bool clock_was_set = false;
    for (int failures = 0;; ++failures) {
        auto answer = attempt(order);
        if (!answer && answer.error().reason != kNoAnswer) return answer;
        if (answer && answer->status == 403 && !clock_was_set &&
            first_of(answer->body, "Code") == "RequestTimeTooSkewed") {
            clock_was_set = true;
            clock_ahead_ms_ = http_date_ms(answer->header("date")) - base::Clock::wall_ms();
            base::log(
                base::LogLevel::warning,
                "bucket_clock_differs",
                {{"ahead_ms", std::int64_t{clock_ahead_ms_}}}
            );
            continue;
        }
        if (answer && !worth_repeating(answer->status)) return answer;
        const auto wait = pause_after(failures);
        if (stop_.stop_requested() || base::Clock::steady() + wait > until) {
            base::log(
                base::LogLevel::error,
                "bucket_unavailable",
                {{"status", answer ? std::int64_t{answer->status} : std::int64_t{0}},
                 {"attempts", std::int64_t{failures} + 1},
                 {"internal", answer ? std::string_view() : answer.error().internal}}
            );
            return base::fail(ErrorKind::unavailable, "blob.unavailable");
        }
        pause(wait, stop_.get_token());
    }
}

/// An answer that says yes.
Result<Answer> Bucket::answered(Order order, std::string_view name) {
    TRY(auto answer, send(std::move(order)));
    if (answer.ok()) return answer;
    const bool missing = answer.status == 404 && first_of(answer.body, "Code") != "NoSuchBucket";
    auto error = failed(missing ? "blob.missing" : "blob.refused", answer, name);
    if (!missing)
        base::log(base::LogLevel::error, "bucket_refused", {{"internal", error.internal}});
    return std::unexpected(std::move(error));
}

Result<void> Bucket::put(std::string_view name, const fs::path& file, const ObjectNotes& notes) {
    const std::uint64_t bytes = bytes_of(file);
    if (bytes > options_.part_bytes) return put_parts(name, file, bytes, notes);
    CHECK_OK(answered(
        {"PUT", path_of(name), "", {.file = file, .headers = headers_of(notes)}, notes.sha256}, name
    ));
    return {};
}

Result<void> Bucket::put_parts(
    std::string_view name, const fs::path& file, std::uint64_t bytes, const ObjectNotes& notes
) {
    TRY(const auto begun,
        answered({"POST", path_of(name), "uploads=", {.headers = headers_of(notes)}}, name));
    const auto id = client::escaped(first_of(begun.body, "UploadId"));
    const auto upload = std::string(name) + "\n" + id;
    auto parts = send_parts(upload, file, bytes);
    Result<void> done;
    if (parts) {
        auto answer =
            answered({"POST", path_of(name), "uploadId=" + id, {.text = std::move(*parts)}}, name);
        if (!answer) {
            done = std::unexpected(answer.error());
        } else if (!first_of(answer->body, "Code").empty()) {
            // S3 begins to answer 200 before it has put the parts together.
            done = std::unexpected(failed("blob.unavailable", *answer, name));
        }
    } else {
        done = std::unexpected(parts.error());
    }
    if (!done) (void)attempt({"DELETE", path_of(name), "uploadId=" + id, {}, std::string(kNoBody)});
    return done;
}

/// The document that puts them together.
Result<std::string> Bucket::send_parts(
    const std::string& upload, const fs::path& file, std::uint64_t bytes
) {
    const auto end = upload.find('\n');
    const std::string name = upload.substr(0, end);
    std::string document = "<CompleteMultipartUpload>";
    int number = 0;
    for (std::uint64_t begin = 0; begin < bytes; begin += options_.part_bytes) {
        const auto size = std::min(options_.part_bytes, bytes - begin);
        const auto query =
            fmt::format("partNumber={}&uploadId={}", ++number, upload.substr(end + 1));
        TRY(auto hash, sha256_of(file, begin, size));
        const Call part{.file = file, .file_begin = begin, .file_bytes = size};
        TRY(const auto answer,
            answered({"PUT", path_of(name), query, part, std::move(hash)}, name));
        document += fmt::format(
            "<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", number, answer.header("etag")
        );
    }
    return document + "</CompleteMultipartUpload>";
}

Result<ObjectNotes> Bucket::get(std::string_view name, const fs::path& file) {
    for (int tries = 0;; ++tries) {
        TRY(const auto answer, answered({.path = path_of(name), .content = {.into = file}}, name));
        ObjectNotes notes{
            std::string(answer.header(kHashNote)), std::string(answer.header(kKindNote))
        };
        if (notes.sha256 == answer.sha256) return notes;
        // Once more: it may have been damaged on the way.
        if (tries == 0) continue;
        return std::unexpected(
            Error(ErrorKind::internal, "blob.damaged").with_internal(std::string(name))
        );
    }
}

Result<std::uint64_t> Bucket::size(std::string_view name) {
    TRY(const auto answer, answered({"HEAD", path_of(name)}, name));
    return number_of(answer.header("content-length"));
}

Result<void> Bucket::remove(std::string_view name) {
    TRY(const auto versions, list_versions(name));
    for (const auto& one : versions.objects) {
        if (one.name != name) continue;
        const auto query = one.version.empty() ? "" : "versionId=" + client::escaped(one.version);
        CHECK_OK(answered({"DELETE", path_of(name), query}, name));
    }
    return {};
}

/// A store that knows no versions keeps none. Who may not see them must be told: what he removes
/// would not be gone.
Result<Listing> Bucket::list_versions(std::string_view prefix) {
    auto versions = list_pages(prefix, true);
    if (!versions && versions.error().internal.ends_with("NotImplemented")) return list(prefix);
    return versions;
}

Result<Listing> Bucket::list(std::string_view prefix) { return list_pages(prefix, false); }

Result<Listing> Bucket::list_pages(std::string_view prefix, bool versions) {
    Listing all;
    const auto wanted = client::escaped(options_.prefix + std::string(prefix));
    std::string next;
    do {
        const auto query =
            versions ? fmt::format(
                           "{}prefix={}{}&versions=",
                           next.empty() ? "" : "key-marker=" + key_marker(next) + "&",
                           wanted,
                           next.empty() ? "" : "&version-id-marker=" + version_marker(next)
                       )
                     : fmt::format(
                           "{}list-type=2&prefix={}",
                           next.empty() ? "" : "continuation-token=" + next + "&",
                           wanted
                       );
        TRY(const auto answer, answered({"GET", path_of({}), query}, "list"));
        add_page(all, answer.body, options_.prefix.size());
        all.now_ms = http_date_ms(answer.header("date"));
        next = versions ? next_versions(answer.body) : next_objects(answer.body);
    } while (!next.empty());
    return all;
}

}  // namespace csva::blob
