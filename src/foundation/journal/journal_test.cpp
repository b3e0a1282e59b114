#include "foundation/journal/journal.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/files.hpp"
#include "foundation/journal/chain.hpp"
#include "foundation/journal/store.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>

namespace csva::journal {
namespace {

namespace fs = std::filesystem;

base::Settings settings_in(const fs::path& folder) {
    auto rows = setting_rows();
    rows.push_back({"data.dir", base::SettingType::text, "", "", ""});
    rows.push_back({"database.url", base::SettingType::secret, "", "", ""});
    rows.push_back({"database.wait_ms", base::SettingType::integer, "5000", "ms", ""});
    return *base::Settings::load(std::move(rows), "", {}, {{"data.dir", folder.string()}});
}

class JournalTest : public testing::Test {
protected:
    base::TemporaryFolder folder = *base::TemporaryFolder::make();
    base::Settings settings = settings_in(folder.path());
    base::Metrics metrics;

    std::vector<JournalEntry> all() {
        const auto database = open_store(settings);
        return *(*database)->read([](store::Session& session) {
            return rows::entries_after(session, 0, 10'000);
        });
    }
};

TEST_F(JournalTest, keeps_entries_in_order_as_a_chain) {
    Journal journal({settings, metrics});
    journal.append(
        {.action = "datasets.delete", .actor_id = 7, .object_kind = "dataset", .object_id = 3}
    );
    journal.append(
        {.action = "accounts.sign_in",
         .outcome = Outcome::refused,
         .details = R"({"reason":"accounts.wrong_password"})",
         .network = "203.0.113.0/24"}
    );
    ASSERT_TRUE(journal.flush());
    const auto records = all();
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].action, "datasets.delete");
    EXPECT_EQ(records[0].hash, hash_of(kGenesis, line_of(records[0])));
    EXPECT_EQ(records[1].outcome, "refused");
    EXPECT_EQ(records[1].actor, "");
    EXPECT_EQ(records[1].hash, hash_of(records[0].hash, line_of(records[1])));
}

TEST_F(JournalTest, writes_pseudonyms_that_stay_the_same_over_restarts) {
    for (int i = 0; i < 2; ++i) {
        Journal journal({settings, metrics});
        journal.append({.action = "a.b", .actor_id = 7, .object_kind = "user", .object_id = 7});
        journal.append({.action = "a.b", .actor_id = 8});
    }
    const auto records = all();
    ASSERT_EQ(records.size(), 4U);
    EXPECT_EQ(records[0].actor.size(), 32U);
    EXPECT_EQ(records[0].actor, records[2].actor);
    EXPECT_EQ(records[0].actor, records[0].object);
    EXPECT_NE(records[0].actor, records[1].actor);
}

TEST_F(JournalTest, makes_a_key_that_only_its_owner_may_read) {
    {
        Journal journal({settings, metrics});
        ASSERT_TRUE(journal.open());
    }
    struct stat found{};
    ASSERT_EQ(::stat(key_file(settings).c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(JournalTest, refuses_a_journal_that_another_key_has_signed) {
    {
        Journal journal({settings, metrics});
        journal.append({.action = "a.b"});
    }
    fs::remove(key_file(settings));
    Journal journal({settings, metrics});
    const auto opened = journal.open();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().reason, "journal.key_unknown");
    journal.append({.action = "a.b"});
    EXPECT_EQ(journal.flush().error().reason, "journal.key_unknown");
}

TEST_F(JournalTest, counts_what_comes_again_within_a_minute) {
    {
        Journal journal({settings, metrics});
        for (int i = 0; i < 5; ++i)
            journal.append(
                {.action = "http.refused",
                 .outcome = Outcome::refused,
                 .details = R"({"status":401})",
                 .counted = true}
            );
    }
    const auto records = all();
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].details.text, R"({"status":401})");
    EXPECT_EQ(records[1].details.text, R"({"status":401,"times":4})");
}

TEST_F(JournalTest, notes_a_clock_that_goes_back) {
    Journal journal({settings, metrics});
    journal.append({.action = "a.b"});
    ASSERT_TRUE(journal.flush());
    base::Clock::move_by(std::chrono::hours(-1));
    journal.append({.action = "c.d"});
    const bool flushed = journal.flush().has_value();
    base::Clock::move_by(std::chrono::hours(1));
    ASSERT_TRUE(flushed);
    const auto records = all();
    ASSERT_EQ(records.size(), 3U);
    EXPECT_EQ(records[1].action, "journal.clock_went_back");
    EXPECT_LT(records[2].at, records[0].at);
}

TEST_F(JournalTest, keeps_an_entry_whose_details_are_no_text_from_stopping_the_others) {
    Journal journal({settings, metrics});
    journal.append({.action = "a.b", .details = "{\"x\":\"\xff\"}"});
    journal.append({.action = "c.d", .details = "{\"y\":\n1}"});
    ASSERT_TRUE(journal.flush());
    const auto records = all();
    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].action, "journal.unreadable_entry");
    EXPECT_EQ(records[1].details.text, "{\"y\":1}");
}

}  // namespace
}  // namespace csva::journal
