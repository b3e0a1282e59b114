// Kills workers and job children at named crash points and at random moments, then checks that
// every job ended exactly once, that every row has its blob with the right content, and that
// nothing half made is left. The program is its own worker and its own job child.
//
// CSVA_KILL_ROUNDS sets the number of random rounds (50 for the long run);
// CSVA_TEST_DATABASE_URL adds PostgreSQL.

#include "foundation/base/clock.hpp"
#include "foundation/base/crash_point.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/jobs/agent.hpp"
#include "foundation/jobs/child_process.hpp"
#include "foundation/jobs/queue.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

namespace csva {
namespace {

using base::Result;
using std::chrono::milliseconds;

constexpr std::int64_t kProject = 7;
constexpr std::string_view kResultFile = "result";

/// What the body of job `input` writes: long enough to be cut in the middle.
std::string expected(const std::string& input) {
    std::string out;
    for (int i = 0; i < 2000; ++i) out += base::sha256_hex(input + std::to_string(i));
    return out;
}

jobs::Kinds kinds() {
    jobs::Kind kind;
    kind.name = "work";
    kind.prepare =
        [](store::Database&, blob::BlobStore&, const jobs::Job&, const std::string& input, bool) {
            return Result<jobs::Prepared>(jobs::Prepared{input, 0});
        };
    kind.body = [](const std::string& input, const base::fs::path& out, base::Control& control
                ) -> Result<std::string> {
        for (int step = 0; step < 10; ++step) {
            control.progress(step / 10.0, "reading");
            std::this_thread::sleep_for(milliseconds(10));
        }
        CHECK_OK(base::write_file(out / kResultFile, expected(input)));
        return "{}";
    };
    kind.store_files = [](const jobs::Finished& finished) {
        return finished.blobs.put_file(kProject, finished.folder / kResultFile);
    };
    kind.publish = [](store::Session& session,
                      const jobs::Finished& finished,
                      const std::string& key) -> Result<void> {
        CHECK_OK(session.run(
            "INSERT INTO results (job_id, input, blob_key) VALUES (:job, :input, :key)",
            {finished.job.id, finished.input, key}
        ));
        return {};
    };
    return {kind};
}

constexpr base::EmbeddedFile kResults[] = {
    {"209901010000_results.sql",
     "CREATE TABLE results (job_id BIGINT NOT NULL, input TEXT NOT NULL, blob_key TEXT NOT NULL);"}
};

base::Settings settings() {
    return *base::Settings::load(
        jobs::setting_rows(),
        "",
        {},
        {{"jobs.poll_ms", "10"}, {"jobs.lease_ms", "900"}, {"jobs.concurrent", "2"}}
    );
}

store::Database::Options options(const std::string& folder, const std::string& url) {
    return {.url = url, .data_folder = folder, .pool_size = 3, .wait_ms = 5000};
}

int worker(const std::string& folder, const std::string& url) {
    const auto database = store::Database::open(options(folder, url));
    const auto blobs = blob::open_folder(folder);
    if (!database || !blobs) return 1;
    const auto known = kinds();
    const auto chosen = settings();
    base::Metrics metrics;
    jobs::Agent agent({**database, **blobs, known, chosen, metrics, "/proc/self/exe"});
    agent.run();
    return 0;
}

std::int64_t rounds() {
    const char* text = std::getenv("CSVA_KILL_ROUNDS");
    return text == nullptr ? 8 : std::strtoll(text, nullptr, 10);
}

class Killed : public testing::TestWithParam<store::Backend> {
protected:
    void SetUp() override {
        if (GetParam() == store::Backend::postgres) {
            const char* given = std::getenv("CSVA_TEST_DATABASE_URL");
            if (given == nullptr) GTEST_SKIP() << "CSVA_TEST_DATABASE_URL is not set";
            const std::string schema = "kill_" + base::random_hex(4);
            auto outer = store::Database::open(options("", given));
            ASSERT_TRUE(outer) << outer.error().internal;
            ASSERT_TRUE((*outer)->transaction([&](store::Session& session) {
                return session.run("CREATE SCHEMA " + schema);
            }));
            url_ = std::string(given) + "?options=-csearch_path%3D" + schema;
        }
        database_ = std::move(*store::Database::open(options(folder(), url_)));
        const std::vector<store::Migrations> features{
            jobs::migrations(), store::Migrations(kResults)
        };
        ASSERT_TRUE(database_->migrate(features));
    }

    std::string folder() const { return folder_.path().string(); }

    jobs::ChildProcess start_worker(const std::string& crash_at = "") const {
        std::vector<std::string> environment;
        if (!crash_at.empty()) environment.push_back("CSVA_CRASH_AT=" + crash_at);
        return std::move(
            *jobs::ChildProcess::spawn("/proc/self/exe", {"worker", folder(), url_}, environment)
        );
    }
    void add(int count) {
        for (int i = 0; i < count; ++i) {
            inputs_.push_back("input " + std::to_string(inputs_.size()));
            const auto added = database_->transaction([&](store::Session& session) {
                return jobs::enqueue(
                    session,
                    {.kind = "work",
                     .project_id = kProject,
                     .input = inputs_.back(),
                     .attempts_max = 10}
                );
            });
            ASSERT_TRUE(added) << added.error().internal;
        }
    }
    std::int64_t count(const std::string& sql) {
        const auto row = database_->read([&](store::Session& session) { return session.row(sql); });
        return row && *row ? (*row)->integer("n") : -1;
    }
    /// Lets an undisturbed worker finish; false when jobs are still open after 60 s.
    bool finish() {
        const auto worker = start_worker();
        const auto until = base::Clock::steady() + std::chrono::seconds(60);
        while (base::Clock::steady() < until) {
            if (count("SELECT COUNT(*) AS n FROM jobs WHERE state IN ('queued', 'running')") == 0)
                return true;
            std::this_thread::sleep_for(milliseconds(20));
        }
        return false;
    }
    /// Every job ended well and once; every row has its blob, whole; nothing else is left.
    void check() {
        const auto expected_count = static_cast<std::int64_t>(inputs_.size());
        EXPECT_EQ(
            count("SELECT COUNT(*) AS n FROM jobs WHERE state = 'succeeded'"), expected_count
        );
        const auto rows = database_->read([](store::Session& session) {
            return session.rows("SELECT input, blob_key FROM results ORDER BY job_id");
        });
        ASSERT_TRUE(rows);
        ASSERT_EQ(rows->size(), inputs_.size());
        const auto blobs = std::move(*blob::open_folder(folder()));
        std::set<std::string> referenced;
        for (std::size_t i = 0; i < inputs_.size(); ++i) {
            EXPECT_EQ((*rows)[i].text("input"), inputs_[i]);
            const auto path = blobs->local_path((*rows)[i].text("blob_key"));
            ASSERT_TRUE(path);
            EXPECT_EQ(*base::read_file(*path), expected(inputs_[i]));
            referenced.insert((*rows)[i].text("blob_key"));
        }
        ASSERT_TRUE(blobs->sweep(referenced, 0));
        EXPECT_TRUE(base::fs::is_empty(blobs->staging()));
        EXPECT_EQ(*blobs->sweep(referenced, 0), 0);
        check_attempts();
    }
    /// The number of a job's attempt is the number of its rows, and all their processes are gone.
    void check_attempts() {
        EXPECT_EQ(
            count("SELECT COUNT(*) AS n FROM jobs WHERE attempt <> (SELECT COUNT(*) FROM "
                  "job_attempts WHERE job_attempts.job_id = jobs.id)"),
            0
        );
        EXPECT_EQ(count("SELECT COUNT(*) AS n FROM job_attempts WHERE finished_at IS NULL"), 0);
        const auto rows = database_->read([](store::Session& session) {
            return session.rows("SELECT pid FROM job_attempts WHERE pid > 0");
        });
        for (const auto& row : *rows) {
            const auto name =
                base::read_file("/proc/" + std::to_string(row.integer("pid")) + "/cmdline");
            EXPECT_FALSE(name && name->contains("job-child"));
        }
    }
    std::int64_t running_child() {
        return count("SELECT COALESCE(MAX(pid), 0) AS n FROM job_attempts WHERE finished_at IS NULL"
        );
    }

    base::TemporaryFolder folder_ = std::move(*base::TemporaryFolder::make());
    std::string url_;
    std::unique_ptr<store::Database> database_;
    std::vector<std::string> inputs_;
};

TEST_P(Killed, at_each_crash_point_of_jobs_and_blobs_ends_every_job_once) {
    for (const auto name : base::crash_points()) {
        if (!name.starts_with("jobs.") && !name.starts_with("blob.")) continue;
        SCOPED_TRACE(name);
        const bool in_child = name == "jobs.child_before_result";
        add(2);
        {
            auto worker = start_worker(std::string(name));
            const auto until = base::Clock::steady() + std::chrono::seconds(20);
            const auto hit = [&] {
                return in_child ? count(
                                      "SELECT COUNT(*) AS n FROM job_attempts WHERE reason = "
                                      "'jobs.crashed'"
                                  ) > 0
                                : worker.ended();
            };
            while (!hit() && base::Clock::steady() < until)
                std::this_thread::sleep_for(milliseconds(10));
            EXPECT_TRUE(hit());
        }
        ASSERT_TRUE(finish());
        check();
    }
}

TEST_P(Killed, at_random_moments_ends_every_job_once) {
    const auto seed = std::random_device{}();
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937 random(seed);
    std::uniform_int_distribution<int> moment_ms(0, 500);
    for (std::int64_t round = 0; round < rounds(); ++round) {
        add(2);
        auto worker = start_worker();
        std::this_thread::sleep_for(milliseconds(moment_ms(random)));
        const auto child = running_child();
        if (round % 3 == 0 && child > 0) ::kill(static_cast<pid_t>(child), SIGKILL);
        worker.signal(SIGKILL);
        while (!worker.ended()) std::this_thread::sleep_for(milliseconds(1));
    }
    ASSERT_TRUE(finish());
    check();
}

TEST_P(Killed, child_is_replaced_by_another_process_and_the_worker_lives_on) {
    add(1);
    auto worker = start_worker();
    const auto until = base::Clock::steady() + std::chrono::seconds(10);
    while (running_child() <= 0 && base::Clock::steady() < until)
        std::this_thread::sleep_for(milliseconds(2));
    const auto first = running_child();
    ASSERT_GT(first, 0);
    ::kill(static_cast<pid_t>(first), SIGKILL);
    while (count("SELECT COUNT(*) AS n FROM jobs WHERE state = 'succeeded'") == 0 &&
           base::Clock::steady() < until)
        std::this_thread::sleep_for(milliseconds(5));
    EXPECT_EQ(count("SELECT attempt AS n FROM jobs"), 2);
    EXPECT_NE(count("SELECT pid AS n FROM job_attempts WHERE attempt = 2"), first);
    EXPECT_FALSE(worker.ended());
    check();
}

INSTANTIATE_TEST_SUITE_P(
    store,
    Killed,
    testing::Values(store::Backend::sqlite, store::Backend::postgres),
    [](const auto& param) { return param.param == store::Backend::sqlite ? "sqlite" : "postgres"; }
);

}  // namespace
}  // namespace csva

int main(int count, char** words) {
    const std::string_view mode = count > 1 ? words[1] : "";
    if (mode == "job-child" && count > 2) return csva::jobs::run_child(csva::kinds(), words[2]);
    if (mode == "worker" && count > 3) return csva::worker(words[2], words[3]);
    testing::InitGoogleTest(&count, words);
    return RUN_ALL_TESTS();
}
