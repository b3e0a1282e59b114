#include "foundation/jobs/schedules.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/files.hpp"
#include "foundation/jobs/metrics.hpp"
#include "foundation/jobs/queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace csva::jobs {
namespace {

class OnStore : public testing::Test {
protected:
    void SetUp() override {
        const std::vector<store::Migrations> features{migrations()};
        ASSERT_TRUE(database_->migrate(features));
    }
    base::TemporaryFolder folder_ = std::move(*base::TemporaryFolder::make());
    std::unique_ptr<store::Database> database_ =
        std::move(*store::Database::open({.data_folder = folder_.path().string()}));
};

TEST_F(OnStore, two_processes_share_the_turns_of_a_schedule) {
    std::atomic<int> turns{0};
    const auto work = [&turns]() -> base::Result<void> {
        ++turns;
        return {};
    };
    Schedules first(*database_);
    Schedules second(*database_);
    first.every("sweep", 3'600'000, work);
    second.every("sweep", 3'600'000, work);
    const auto until = base::Clock::steady() + std::chrono::seconds(10);
    while (turns == 0 && base::Clock::steady() < until) std::this_thread::yield();
    EXPECT_EQ(turns, 1);
    base::Clock::move_by(std::chrono::hours(2));
    while (turns < 2 && base::Clock::steady() < until) std::this_thread::yield();
    EXPECT_EQ(turns, 2);
    base::Clock::move_by(-std::chrono::hours(2));
    while (turns < 3 && base::Clock::steady() < until) std::this_thread::yield();
    EXPECT_EQ(turns, 3) << "a clock that jumped and came back must not stop the work for hours";
}

TEST_F(OnStore, one_caller_of_all_is_the_first_ever) {
    const auto ask = [&](std::string_view name) {
        return *database_->transaction([name](store::Session& session) {
            return first_ever(session, name);
        });
    };
    EXPECT_TRUE(ask("sample"));
    EXPECT_FALSE(ask("sample"));
    EXPECT_TRUE(ask("other"));
}

TEST_F(OnStore, metrics_show_waiting_jobs_by_kind) {
    base::Metrics metrics;
    register_metrics(metrics, *database_);
    ASSERT_TRUE(database_->transaction([](store::Session& session) {
        return enqueue(session, {.kind = "read", .project_id = 1, .input = "{}"});
    }));
    const std::string text = metrics.render();
    EXPECT_NE(text.find(R"(csva_jobs_count{kind="read",state="queued"} 1)"), std::string::npos)
        << text;
    EXPECT_NE(text.find("csva_jobs_queue_age_seconds"), std::string::npos);
}

}  // namespace
}  // namespace csva::jobs
