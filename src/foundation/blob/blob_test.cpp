#include "foundation/blob/blob.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/blob/bucket.hpp"
#include "foundation/blob/cache.hpp"
#include "foundation/blob/keys.hpp"
#include "foundation/blob/listing.hpp"
#include "foundation/blob/signing.hpp"
#include "foundation/blob/tar.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <thread>

namespace csva::blob {
namespace {

namespace fs = std::filesystem;

/// The bucket of CSVA_TEST_S3 ("http://KEY:SECRET@HOST:PORT/BUCKET"), with a prefix of its own.
std::optional<BucketOptions> bucket_for_tests() {
    const char* address = std::getenv("CSVA_TEST_S3");
    if (address == nullptr) return std::nullopt;
    const std::string text(address);
    const auto key = text.find("//") + 2;
    const auto colon = text.find(':', key);
    const auto at = text.find('@');
    const auto slash = text.find('/', at);
    return BucketOptions{
        .endpoint = text.substr(0, key) + text.substr(at + 1, slash - at - 1),
        .bucket = text.substr(slash + 1),
        .prefix = "test-" + base::random_hex(6) + "/",
        .access_key = base::Secret(text.substr(key, colon - key)),
        .secret_key = base::Secret(text.substr(colon + 1, at - colon - 1)),
        .retry_ms = 500,
        .part_bytes = 5U << 20U,
    };
}

/// Without naming a version: the bucket keeps what there was, under a mark.
long delete_as_others_do(const BucketOptions& options, const std::string& name) {
    const std::string path = "/" + options.bucket + "/" + options.prefix + name;
    const std::string nothing = base::sha256_hex("");
    const client::Call call{
        .method = "DELETE",
        .url = options.endpoint + path,
        .headers = signed_headers(
            {.method = "DELETE",
             .host = std::string_view(options.endpoint).substr(options.endpoint.find("//") + 2),
             .path = path,
             .body_sha256 = nothing,
             .at_ms = base::Clock::wall_ms()},
            {options.region, options.access_key, options.secret_key}
        )
    };
    return (*client::Client::make({}))->send(call, {})->status;
}

/// The same cases on the folder and, where CSVA_TEST_S3 names one, on a bucket.
class Blobs : public testing::TestWithParam<std::string_view> {
protected:
    void SetUp() override {
        if (GetParam() == "folder") {
            blobs_ = std::move(*open_folder(folder_.path()));
            return;
        }
        bucket_ = bucket_for_tests();
        if (!bucket_) GTEST_SKIP() << "CSVA_TEST_S3 is not set";
        blobs_ = another();
    }
    /// The same store as another machine sees it.
    std::unique_ptr<BlobStore> another() {
        if (GetParam() == "folder") return std::move(*open_folder(folder_.path()));
        return std::move(*open_s3(folder_.path() / base::random_hex(4), *bucket_));
    }
    fs::path staged(std::string_view name, std::string_view content) {
        const auto path = blobs_->staging() / name;
        EXPECT_TRUE(base::write_file(path, content));
        return path;
    }
    base::TemporaryFolder folder_ = std::move(*base::TemporaryFolder::make());
    std::optional<BucketOptions> bucket_;
    std::unique_ptr<BlobStore> blobs_;
};
INSTANTIATE_TEST_SUITE_P(Stores, Blobs, testing::Values("folder", "s3"), [](const auto& one) {
    return std::string(one.param);
});

TEST_P(Blobs, keeps_a_file_under_a_random_key_of_its_project) {
    const auto path = staged("a", "content");
    const auto key = blobs_->put_file(12, path);
    ASSERT_TRUE(key) << key.error().internal;
    EXPECT_TRUE(key->starts_with("p12/"));
    EXPECT_FALSE(fs::exists(path));
    EXPECT_EQ(*base::read_file(*blobs_->local_path(*key)), "content");
    EXPECT_EQ(*base::read_file(*another()->local_path(*key)), "content");
    EXPECT_EQ(*blobs_->size(*key), 7u);
    EXPECT_EQ(*blobs_->keys(), std::set<std::string>{*key});
    ASSERT_TRUE(blobs_->remove(*key));
    EXPECT_EQ(blobs_->local_path(*key).error().reason, "blob.missing");
    EXPECT_EQ(another()->local_path(*key).error().reason, "blob.missing");
}

TEST_P(Blobs, keeps_a_whole_folder) {
    const auto path = blobs_->staging() / "bundle";
    fs::create_directories(path / "inner");
    ASSERT_TRUE(base::write_file(path / "inner" / "x", "12345"));
    const auto key = blobs_->put_folder(1, path);
    ASSERT_TRUE(key) << key.error().internal;
    EXPECT_EQ(*base::read_file(*blobs_->local_path(*key) / "inner" / "x"), "12345");
    EXPECT_EQ(*base::read_file(*another()->local_path(*key) / "inner" / "x"), "12345");
    EXPECT_GE(*blobs_->size(*key), 5u);
}

TEST_P(Blobs, keeps_large_and_empty_files) {
    std::string large(11U << 20U, 'a');
    for (std::size_t i = 0; i < large.size(); i += 1000) large[i] = static_cast<char>(i % 251);
    const auto first = blobs_->put_file(1, staged("large", large));
    ASSERT_TRUE(first) << first.error().internal;
    const auto second = blobs_->put_file(1, staged("empty", ""));
    ASSERT_TRUE(second) << second.error().internal;
    EXPECT_EQ(
        base::sha256_hex(*base::read_file(*another()->local_path(*first))), base::sha256_hex(large)
    );
    EXPECT_EQ(*base::read_file(*another()->local_path(*second)), "");
}

TEST_P(Blobs, takes_a_file_under_the_key_of_another_store) {
    const auto key = new_key(7);
    ASSERT_TRUE(blobs_->put_as(key, staged("a", "moved")));
    EXPECT_EQ(*base::read_file(*another()->local_path(key)), "moved");
    EXPECT_FALSE(blobs_->put_as("../a", staged("b", "lost")));
}

TEST_P(Blobs, refuses_keys_that_lead_elsewhere) {
    for (const std::string_view key :
         {"", "p1", "../etc/passwd", "p1/../../x", "p1/0123456789abcdef0123456789abcdeg"}) {
        EXPECT_FALSE(blobs_->local_path(key)) << key;
        EXPECT_FALSE(blobs_->remove(key)) << key;
    }
}

TEST_P(Blobs, sweeps_what_no_row_names_after_the_grace_period) {
    const auto kept = *blobs_->put_file(1, staged("a", "1"));
    const auto lost = *blobs_->put_file(1, staged("b", "2"));
    staged("half-written", "3");
    EXPECT_EQ(*blobs_->sweep({kept}, 3'600'000), 0);
    EXPECT_EQ(*blobs_->sweep({kept}, 0), 2);
    EXPECT_TRUE(another()->local_path(kept));
    EXPECT_FALSE(another()->local_path(lost));
}

TEST_P(Blobs, links_what_a_job_reads_for_as_long_as_it_runs) {
    const auto key = *blobs_->put_file(1, staged("a", "1"));
    const auto linked = linked_blobs(*blobs_, folder_.path() / "job" / "in");
    const auto path = *linked->local_path(key);
    EXPECT_EQ(path.parent_path(), folder_.path() / "job" / "in");
    ASSERT_TRUE(blobs_->remove(key));
    EXPECT_EQ(*base::read_file(path), "1");
    EXPECT_EQ(*linked->local_path(key), path);
}

TEST_P(Blobs, fetches_once_for_many_that_ask_at_the_same_time) {
    const auto key = *blobs_->put_file(1, staged("a", std::string(1U << 20U, 'x')));
    const auto other = another();
    std::vector<std::jthread> readers;
    for (int i = 0; i < 8; ++i) {
        readers.emplace_back([&] {
            const auto path = other->local_path(key);
            ASSERT_TRUE(path);
            EXPECT_EQ(fs::file_size(*path), 1U << 20U);
        });
    }
}

TEST(Bucket, removes_every_version_and_every_mark_of_a_deletion) {
    const auto options = bucket_for_tests();
    if (!options) GTEST_SKIP() << "CSVA_TEST_S3 is not set";
    const auto folder = std::move(*base::TemporaryFolder::make());
    const auto store = std::move(*open_s3(folder.path(), *options));
    Bucket bucket(*options);
    const auto staged = [&](std::string_view content) {
        EXPECT_TRUE(base::write_file(store->staging() / "a", content));
        return store->staging() / "a";
    };
    const auto removed = new_key(1);
    const auto swept = new_key(1);
    for (const auto& key : {removed, swept}) {
        ASSERT_TRUE(store->put_as(key, staged("1")));
        ASSERT_TRUE(store->put_as(key, staged("2")));
        ASSERT_EQ(delete_as_others_do(*options, "blobs/" + key), 204);
    }
    EXPECT_EQ(*store->keys(), std::set<std::string>{});
    EXPECT_EQ(*store->keys_of_all_versions(), (std::set{removed, swept}));
    EXPECT_EQ(bucket.list_versions("")->objects.size(), 6u);
    ASSERT_TRUE(store->remove(removed));
    EXPECT_EQ(*store->keys_of_all_versions(), std::set{swept});
    EXPECT_EQ(*store->sweep({}, 3'600'000), 0);
    EXPECT_EQ(*store->sweep({}, 0), 1);
    EXPECT_EQ(bucket.list_versions("")->objects.size(), 0u);
}

TEST(Bucket, keeps_notes_that_no_sweep_removes) {
    const auto options = bucket_for_tests();
    if (!options) GTEST_SKIP() << "CSVA_TEST_S3 is not set";
    const auto folder = std::move(*base::TemporaryFolder::make());
    const auto store = std::move(*open_s3(folder.path(), *options));
    ASSERT_TRUE(store->notes()->put("a-1", "first"));
    ASSERT_TRUE(store->notes()->put("a-2", "second"));
    EXPECT_EQ(*store->sweep({}, 0), 0);
    const std::map<std::string, std::string> both{{"a-1", "first"}, {"a-2", "second"}};
    EXPECT_EQ(*store->notes()->all(), both);
    EXPECT_EQ((*open_folder(folder.path() / "other"))->notes(), nullptr);
}

TEST(Bucket, says_what_is_wrong_with_the_keys_and_the_address) {
    const auto options = bucket_for_tests();
    if (!options) GTEST_SKIP() << "CSVA_TEST_S3 is not set";
    const auto folder = std::move(*base::TemporaryFolder::make());
    auto wrong = *options;
    wrong.secret_key = base::Secret("wrong");
    EXPECT_EQ((*open_s3(folder.path(), wrong))->keys().error().reason, "blob.refused");
    wrong = *options;
    wrong.bucket = "no-such-bucket";
    EXPECT_EQ((*open_s3(folder.path(), wrong))->keys().error().reason, "blob.refused");
    wrong = *options;
    wrong.endpoint = "http://127.0.0.1:1";
    EXPECT_EQ((*open_s3(folder.path(), wrong))->keys().error().reason, "blob.unavailable");
}

TEST(Signing, agrees_with_the_example_of_its_documentation) {
    const base::Secret access("AKIAIOSFODNN7EXAMPLE");
    const base::Secret secret("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    const auto headers = signed_headers(
        {.method = "GET",
         .host = "examplebucket.s3.amazonaws.com",
         .path = "/test.txt",
         .query = "",
         .headers = {"range: bytes=0-9"},
         .body_sha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
         .at_ms = 1'369'353'600'000},
        {"us-east-1", access, secret}
    );
    EXPECT_EQ(
        headers.back(),
        "Authorization: AWS4-HMAC-SHA256 "
        "Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    );
}

TEST(Cache, evicts_the_longest_unused_and_what_was_erased_elsewhere) {
    const auto folder = std::move(*base::TemporaryFolder::make());
    Cache cache(folder.path() / "cache", 25);
    const auto put = [&](std::chrono::hours age) {
        const auto key = new_key(1);
        EXPECT_TRUE(base::write_file(folder.path() / "staged", "0123456789"));
        const auto path = cache.put(key, folder.path() / "staged");
        fs::last_write_time(*path, fs::file_time_type::clock::now() - age);
        return key;
    };
    const auto oldest = put(std::chrono::hours(3));
    const auto older = put(std::chrono::hours(2));
    const auto fresh = put(std::chrono::hours(0));
    EXPECT_EQ(cache.trim(std::nullopt), 1);
    EXPECT_FALSE(cache.find(oldest));
    EXPECT_EQ(cache.trim(std::set{fresh}), 1);
    EXPECT_FALSE(cache.find(older));
    EXPECT_EQ(cache.trim(std::set<std::string>{}), 0) << "it may be read this moment";
    EXPECT_TRUE(cache.find(fresh));
}

TEST(Tar, gives_the_same_bytes_and_the_same_folder) {
    const auto folder = std::move(*base::TemporaryFolder::make());
    const auto in = folder.path() / "in";
    fs::create_directories(in / "a" / "empty");
    ASSERT_TRUE(base::write_file(in / "a" / "x", std::string(700, 'x')));
    ASSERT_TRUE(base::write_file(in / "b", ""));
    ASSERT_TRUE(write_tar(in, folder.path() / "1.tar"));
    ASSERT_TRUE(write_tar(in, folder.path() / "2.tar"));
    const auto bytes = *base::read_file(folder.path() / "1.tar");
    EXPECT_EQ(bytes, *base::read_file(folder.path() / "2.tar"));
    ASSERT_TRUE(read_tar(folder.path() / "1.tar", folder.path() / "out"));
    EXPECT_EQ(*base::read_file(folder.path() / "out" / "a" / "x"), std::string(700, 'x'));
    EXPECT_EQ(*base::read_file(folder.path() / "out" / "b"), "");
    EXPECT_TRUE(fs::is_directory(folder.path() / "out" / "a" / "empty"));
}

TEST(Tar, refuses_what_is_damaged_or_leads_out) {
    const auto folder = std::move(*base::TemporaryFolder::make());
    const auto in = folder.path() / "in";
    fs::create_directories(in);
    ASSERT_TRUE(base::write_file(in / "x", std::string(700, 'x')));
    ASSERT_TRUE(write_tar(in, folder.path() / "whole.tar"));
    const auto whole = *base::read_file(folder.path() / "whole.tar");
    const auto reason_of = [&](const std::string& bytes) {
        EXPECT_TRUE(base::write_file(folder.path() / "bad.tar", bytes));
        const auto read = read_tar(folder.path() / "bad.tar", folder.path() / "out");
        return read ? std::string() : read.error().reason;
    };
    EXPECT_EQ(reason_of(whole), "");
    EXPECT_EQ(reason_of(whole.substr(0, 900)), "blob.damaged");
    EXPECT_EQ(reason_of(whole.substr(0, whole.size() - 1024)), "blob.damaged");
    auto flipped = whole;
    flipped[0] = '/';
    EXPECT_EQ(reason_of(flipped), "blob.damaged");
    fs::create_directories(folder.path() / "long" / std::string(120, 'n'));
    EXPECT_EQ(
        write_tar(folder.path() / "long", folder.path() / "long.tar").error().reason, "blob.damaged"
    );
}

TEST(ListingOfABucket, reads_names_times_and_what_asks_for_more) {
    Listing listing;
    add_page(
        listing,
        "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b=</"
        "NextContinuationToken><Contents><Key>pre/blobs/p1/0</Key><LastModified>2026-11-28T12:31:"
        "00.123Z</LastModified><Size>42</Size></Contents></ListBucketResult>",
        4
    );
    ASSERT_EQ(listing.objects.size(), 1u);
    EXPECT_EQ(listing.objects[0].name, "blobs/p1/0");
    EXPECT_EQ(listing.objects[0].bytes, 42u);
    EXPECT_EQ(listing.objects[0].modified_ms, 1'795'869'060'000);
    EXPECT_EQ(http_date_ms("Sat, 28 Nov 2026 12:31:00 GMT"), 1'795'869'060'000);
    EXPECT_EQ(http_date_ms("yesterday"), 0);
    EXPECT_EQ(iso_date_ms("2026-13-41T00:00:00Z"), 0);
    EXPECT_EQ(
        next_objects(
            "<IsTruncated>true</IsTruncated><NextContinuationToken>a&amp;b=</NextContinuationToken>"
        ),
        "a%26b%3D"
    );
    EXPECT_EQ(next_objects("<IsTruncated>false</IsTruncated>"), "");
}

}  // namespace
}  // namespace csva::blob
