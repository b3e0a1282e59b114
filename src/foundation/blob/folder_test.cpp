#include "foundation/base/files.hpp"
#include "foundation/blob/blob.hpp"

#include <gtest/gtest.h>

namespace csva::blob {
namespace {

namespace fs = std::filesystem;

class FolderBlobs : public testing::Test {
protected:
    fs::path staged(std::string_view name, std::string_view content) {
        const auto path = blobs_->staging() / name;
        EXPECT_TRUE(base::write_file(path, content));
        return path;
    }
    base::TemporaryFolder folder_ = std::move(*base::TemporaryFolder::make());
    std::unique_ptr<BlobStore> blobs_ = std::move(*open_folder(folder_.path()));
};

TEST_F(FolderBlobs, keeps_a_file_under_a_random_key_of_its_project) {
    const auto path = staged("a", "content");
    const auto key = blobs_->put_file(12, path);
    ASSERT_TRUE(key) << key.error().internal;
    EXPECT_TRUE(key->starts_with("p12/"));
    EXPECT_FALSE(fs::exists(path));
    EXPECT_EQ(*base::read_file(*blobs_->local_path(*key)), "content");
    EXPECT_EQ(*blobs_->size(*key), 7u);
    ASSERT_TRUE(blobs_->remove(*key));
    EXPECT_EQ(blobs_->local_path(*key).error().reason, "blob.missing");
}

TEST_F(FolderBlobs, keeps_a_whole_folder) {
    const auto path = blobs_->staging() / "bundle";
    fs::create_directories(path / "inner");
    ASSERT_TRUE(base::write_file(path / "inner" / "x", "12345"));
    const auto key = blobs_->put_folder(1, path);
    ASSERT_TRUE(key);
    EXPECT_EQ(*base::read_file(*blobs_->local_path(*key) / "inner" / "x"), "12345");
    EXPECT_EQ(*blobs_->size(*key), 5u);
}

TEST_F(FolderBlobs, refuses_keys_that_lead_elsewhere) {
    for (const std::string_view key :
         {"", "p1", "../etc/passwd", "p1/../../x", "p1/0123456789abcdef0123456789abcdeg"}) {
        EXPECT_FALSE(blobs_->local_path(key)) << key;
        EXPECT_FALSE(blobs_->remove(key)) << key;
    }
}

TEST_F(FolderBlobs, sweeps_what_no_row_names_after_the_grace_period) {
    const auto kept = *blobs_->put_file(1, staged("a", "1"));
    const auto lost = *blobs_->put_file(1, staged("b", "2"));
    staged("half-written", "3");
    EXPECT_EQ(*blobs_->sweep({kept}, 3'600'000), 0);
    EXPECT_EQ(*blobs_->sweep({kept}, 0), 2);
    EXPECT_TRUE(blobs_->local_path(kept));
    EXPECT_FALSE(blobs_->local_path(lost));
}

}  // namespace
}  // namespace csva::blob
