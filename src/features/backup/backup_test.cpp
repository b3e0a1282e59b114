#include "features/backup/service.hpp"
#include "features/backup/vault.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"

#include <gtest/gtest.h>

namespace csva::backup {
namespace {

namespace fs = std::filesystem;
using base::Result;

/// Owns one blob, which may be there or not.
class Owner final : public store::Lifecycle {
public:
    explicit Owner(std::string key) : key_(std::move(key)) {}
    std::string_view feature() const override { return "owner"; }
    std::vector<std::string_view> tables() const override { return {"models"}; }
    Result<std::set<std::string>> blobs(store::Session&) override {
        return key_.empty() ? std::set<std::string>{} : std::set<std::string>{key_};
    }
    Result<void> erase_project(store::Session&, std::int64_t) override { return {}; }
    Result<void> erase_user(store::Session&, const store::Leaver&) override { return {}; }
    Result<store::Portion> export_user(store::Session&, const store::Leaver&) override {
        return store::Portion{};
    }
    Result<std::vector<std::string>> verify(store::Session&) override {
        return std::vector<std::string>{};
    }

private:
    std::string key_;
};

class Backup : public testing::Test {
protected:
    Backup() : folder_(*base::TemporaryFolder::make()) {
        database_ = *store::Database::open({.url = "", .data_folder = data().string()});
        EXPECT_TRUE(database_->migrate({}).has_value());
        EXPECT_TRUE(database_
                        ->transaction([](store::Session& session) {
                            return session.run("CREATE TABLE models (id INTEGER PRIMARY KEY)");
                        })
                        .has_value());
        blobs_ = *blob::open_folder(data());
        EXPECT_TRUE(make_key(key_file()).has_value());
        key_ = *read_key(key_file());
    }
    fs::path data() const { return folder_.path() / "data"; }
    fs::path key_file() const { return folder_.path() / "key"; }
    fs::path file() const { return folder_.path() / "backup"; }
    Parts parts(store::Lifecycle& owner) {
        return {*database_, *blobs_, data(), {&owner}, [](std::int64_t) -> Result<std::string> {
                    return base::fail(base::ErrorKind::not_found, "models.not_found");
                }};
    }

    base::TemporaryFolder folder_;
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<blob::BlobStore> blobs_;
    base::Secret key_;
};

TEST_F(Backup, holds_store_and_files_and_gives_them_back) {
    const fs::path staged = blobs_->staging() / "upload";
    ASSERT_TRUE(base::write_file(staged, std::string(3'000'000, 'x')).has_value());
    Owner owner(*blobs_->put_file(7, staged));
    const auto made = make_backup(parts(owner), file(), key_);
    ASSERT_TRUE(made.has_value()) << made.error().internal;
    EXPECT_EQ(made->files, 2);
    const auto checked = check_backup(file(), key_);
    ASSERT_TRUE(checked.has_value());
    EXPECT_EQ(checked->bytes, made->bytes);
    const fs::path target = folder_.path() / "target";
    const auto head = unpack(file(), key_, target, {"202601010000_owner_later.sql"});
    ASSERT_TRUE(head.has_value()) << head.error().reason << head.error().internal;
    EXPECT_TRUE(fs::exists(target / "csva.sqlite"));
    const auto keys = (*blob::open_folder(target))->keys();
    EXPECT_EQ(keys->size(), 1U);
    EXPECT_EQ(unpack(file(), key_, target, {}).error().reason, kNotEmpty);
}

TEST_F(Backup, gives_up_when_files_go_faster_than_it_looks) {
    Owner owner("p7/" + std::string(32, 'a'));
    EXPECT_EQ(make_backup(parts(owner), file(), key_).error().reason, "backup.changing");
    EXPECT_FALSE(fs::exists(file()));
}

TEST_F(Backup, refuses_a_store_with_other_rows_than_were_counted) {
    database_.reset();
    const auto store = base::read_file(data() / "csva.sqlite");
    ASSERT_TRUE(store.has_value());
    auto writer = *Writer::create(file(), key_);
    const auto sized = [](std::string json) {
        const std::string digits = std::to_string(json.size());
        return std::string(8 - digits.size(), '0') + digits + json;
    };
    Head head;
    head.rows = {{"models", 5}, {"schema_migrations", 0}};
    ASSERT_TRUE(writer.write(sized(base::to_json(head))).has_value());
    const std::string item =
        "{\"path\":\"csva.sqlite\",\"size\":" + std::to_string(store->size()) + "}";
    ASSERT_TRUE(writer.write(sized(item) + *store + base::sha256_hex(*store)).has_value());
    ASSERT_TRUE(writer.write(sized("{\"path\":\"\",\"size\":0}")).has_value());
    ASSERT_TRUE(writer.finish().has_value());
    const auto unpacked = unpack(file(), key_, folder_.path() / "target", {});
    ASSERT_FALSE(unpacked.has_value());
    EXPECT_EQ(unpacked.error().reason, "backup.differs") << unpacked.error().internal;
    EXPECT_FALSE(fs::exists(folder_.path() / "target" / "csva.sqlite"));
}

TEST_F(Backup, finds_every_flipped_bit) {
    Owner owner("");
    ASSERT_TRUE(make_backup(parts(owner), file(), key_).has_value());
    const auto whole = base::read_file(file());
    ASSERT_TRUE(whole.has_value());
    for (std::size_t place = 0; place < whole->size(); place += whole->size() / 97 + 1) {
        std::string changed = *whole;
        changed[place] = static_cast<char>(changed[place] ^ 0x10);
        ASSERT_TRUE(base::write_file(file(), changed).has_value());
        EXPECT_FALSE(check_backup(file(), key_).has_value()) << place;
    }
}

}  // namespace
}  // namespace csva::backup
