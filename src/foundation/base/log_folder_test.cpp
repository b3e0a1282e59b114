#include "foundation/base/log_folder.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/files.hpp"
#include "foundation/base/log.hpp"

#include <gtest/gtest.h>

#include <set>

namespace csva::base {
namespace {

class LogFolderTest : public testing::Test {
protected:
    ~LogFolderTest() override { log_to_standard_error(); }
    std::set<std::string> names() const {
        std::set<std::string> found;
        for (const auto& entry : fs::directory_iterator(folder.path()))
            found.insert(entry.path().filename().string());
        return found;
    }
    TemporaryFolder folder = *TemporaryFolder::make();
};

std::string today() { return "csva-" + iso_time(Clock::wall_ms()).substr(0, 10) + ".log"; }

TEST_F(LogFolderTest, writes_a_file_a_day_and_keeps_half_a_year_of_them) {
    ASSERT_TRUE(log_to_folder(folder.path(), 183));
    log(LogLevel::info, "first");
    const std::string first = today();
    EXPECT_TRUE(read_file(folder.path() / first)->contains("\"event\":\"first\""));
    const auto day = std::chrono::hours(24);
    Clock::move_by(183 * day);
    log(LogLevel::info, "second");
    EXPECT_EQ(names(), (std::set<std::string>{first, today()}));
    Clock::move_by(day);
    log(LogLevel::info, "third");
    EXPECT_FALSE(names().contains(first));
    EXPECT_EQ(names().size(), 2U);
    Clock::move_by(-184 * day);
}

TEST_F(LogFolderTest, leaves_other_files_alone) {
    ASSERT_TRUE(write_file(folder.path() / "csva-notes.log", "mine"));
    ASSERT_TRUE(write_file(folder.path() / "aaaa-1999-01-01.log", "mine"));
    ASSERT_TRUE(write_file(folder.path() / "csva-1999-01-01.log", "old"));
    ASSERT_TRUE(log_to_folder(folder.path(), 1));
    EXPECT_EQ(names(), (std::set<std::string>{"aaaa-1999-01-01.log", "csva-notes.log", today()}));
}

TEST_F(LogFolderTest, says_that_a_folder_cannot_be_written) {
    ASSERT_TRUE(write_file(folder.path() / "file", ""));
    EXPECT_EQ(log_to_folder(folder.path() / "file", 1).error().reason, "base.file_unwritable");
}

}  // namespace
}  // namespace csva::base
