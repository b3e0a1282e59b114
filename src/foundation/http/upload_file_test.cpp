#include "foundation/http/upload_file.hpp"

#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace csva::http {
namespace {

constexpr std::size_t kMebibyte = 1U << 20U;

std::string bytes_of(std::size_t size) {
    std::string bytes(size, 'x');
    for (std::size_t i = 0; i < size; i += 7) bytes[i] = static_cast<char>('a' + i / 7 % 26);
    return bytes;
}

std::string content_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Writes `bytes` in pieces of `piece` and gives what stands in the file then.
std::string written(
    HandlerPool& disk,
    const std::filesystem::path& path,
    const std::string& bytes,
    std::size_t piece
) {
    UploadFile file(disk);
    EXPECT_TRUE(file.open(path));
    for (std::size_t at = 0; at < bytes.size(); at += piece)
        EXPECT_TRUE(file.write(std::string_view(bytes).substr(at, piece)));
    EXPECT_TRUE(file.close());
    EXPECT_FALSE(file.is_open());
    return content_of(path);
}

TEST(UploadFile, keeps_every_byte_at_every_size) {
    const auto folder = base::TemporaryFolder::make();
    // The second one has no thread and no queue: every block is written at once.
    for (const std::size_t threads : {2U, 0U}) {
        HandlerPool disk("disk", threads, threads);
        int number = 0;
        for (const std::size_t size :
             {std::size_t{0},
              std::size_t{1},
              kMebibyte - 1,
              kMebibyte,
              kMebibyte + 1,
              2 * kMebibyte + 4096,
              5 * kMebibyte + 4097}) {
            const auto bytes = bytes_of(size);
            const auto path =
                folder->path() / (std::to_string(threads) + "-" + std::to_string(number++));
            EXPECT_TRUE(written(disk, path, bytes, 300'001) == bytes) << size;
        }
    }
}

TEST(UploadFile, writes_where_the_page_cache_cannot_be_passed) {
    if (!std::filesystem::exists("/dev/shm")) GTEST_SKIP() << "no file system in memory";
    const auto path = std::filesystem::path("/dev/shm") / ("csva-upload-" + base::random_hex(8));
    HandlerPool disk("disk", 1, 4);
    const auto bytes = bytes_of(3 * kMebibyte + 5);
    EXPECT_TRUE(written(disk, path, bytes, kMebibyte) == bytes);
    std::filesystem::remove(path);
}

TEST(UploadFile, takes_one_file_after_another) {
    const auto folder = base::TemporaryFolder::make();
    HandlerPool disk("disk", 1, 4);
    UploadFile file(disk);
    for (const std::size_t size : {2 * kMebibyte + 9, std::size_t{10}}) {
        const auto bytes = bytes_of(size);
        const auto path = folder->path() / std::to_string(size);
        ASSERT_TRUE(file.open(path));
        ASSERT_TRUE(file.write(bytes));
        ASSERT_TRUE(file.close());
        EXPECT_TRUE(content_of(path) == bytes) << size;
    }
}

TEST(UploadFile, says_why_a_file_cannot_be_made) {
    HandlerPool disk("disk", 1, 4);
    UploadFile file(disk);
    const auto opened = file.open("/nowhere/at/all");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, "base.file_unwritable");
}

}  // namespace
}  // namespace csva::http
