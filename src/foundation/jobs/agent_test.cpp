#include "foundation/jobs/agent.hpp"

#include "foundation/base/files.hpp"
#include "foundation/jobs/child_process.hpp"
#include "foundation/jobs/queue.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <thread>
#include <unistd.h>

namespace csva::jobs {
namespace {

/// Bodies that behave in the ways a child can.
base::Result<std::string> body(
    const std::string& input, const std::filesystem::path& out, base::Control& control
) {
    control.progress(0.5, "reading");
    if (input == "fail")
        return base::fail(
            base::ErrorKind::invalid_argument, "reading.empty_file", {{"rows", std::int64_t{7}}}
        );
    if (input == "deleted") return base::fail(base::ErrorKind::not_found, "training.not_found");
    if (input == "crash") std::raise(SIGKILL);
    if (input == "hog") {
        std::vector<std::string> kept;
        for (;;) kept.emplace_back(1 << 20, 'x');
    }
    if (input == "wait") {
        while (!control.cancelled()) std::this_thread::sleep_for(std::chrono::milliseconds(10));
        return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
    }
    CHECK_OK(base::write_file(out / "result", "made by " + std::to_string(::getpid())));
    return "\"" + input + " done\"";
}

Kinds kinds() {
    Kind kind;
    kind.name = "test";
    kind.prepare = [](store::Database&, blob::BlobStore&, const Job&, const std::string& input, bool
                   ) { return base::Result<Prepared>(Prepared{input, 0}); };
    kind.body = body;
    kind.store_files = [](const Finished& finished) {
        return finished.blobs.put_file(1, finished.folder / "result");
    };
    kind.publish = [](store::Session& session, const Finished& finished, const std::string& stored
                   ) -> base::Result<void> {
        CHECK_OK(session.run(
            "INSERT INTO results (job_id, stored) VALUES (:id, :stored)", {finished.job.id, stored}
        ));
        return {};
    };
    kind.give_up = [](store::Session& session,
                      const Job& job,
                      const std::string& input,
                      const base::Error& error) -> base::Result<void> {
        if (input == "deleted") return base::fail(base::ErrorKind::not_found, "training.not_found");
        CHECK_OK(session.run(
            "INSERT INTO results (job_id, stored) VALUES (:id, :stored)",
            {job.id, "gave up: " + error.reason}
        ));
        return {};
    };
    return {kind};
}

/// This program is its own child: the agent starts it as `jobs_test job-child FOLDER`.
struct ChildMain {
    ChildMain() {
        std::ifstream file("/proc/self/cmdline");
        std::string program, word, folder;
        std::getline(file, program, '\0');
        std::getline(file, word, '\0');
        std::getline(file, folder, '\0');
        if (word == "job-child") ::_exit(run_child(kinds(), folder));
    }
} const child_main;

constexpr base::EmbeddedFile kResults[] = {
    {"209901010000_results.sql",
     "CREATE TABLE results (job_id BIGINT NOT NULL, stored TEXT NOT NULL);"}
};

class Agents : public testing::Test {
protected:
    void SetUp() override {
        const std::vector<store::Migrations> features{migrations(), store::Migrations(kResults)};
        ASSERT_TRUE(database_->migrate(features));
        start();
    }
    void TearDown() override { stop(); }

    void start() {
        agent_ = std::make_unique<Agent>(
            Agent::Parts{*database_, *blobs_, kinds_, settings_, metrics_, "/proc/self/exe"}
        );
        hands_ = std::jthread([this] { agent_->run(); });
    }
    void stop() {
        agent_->stop();
        if (hands_.joinable()) hands_.join();
    }

    JobId add(std::string input) {
        return *database_->transaction([&](store::Session& session) {
            return enqueue(
                session,
                {.kind = "test", .project_id = 1, .input = std::move(input), .attempts_max = 2}
            );
        });
    }
    Job now(JobId id) {
        return *database_->read([&](store::Session& session) { return get(session, id); });
    }
    Job ended(JobId id) {
        return when(id, [](const Job& job) {
            return job.state != State::queued && job.state != State::running;
        });
    }
    template <class Condition>
    Job when(JobId id, Condition condition) {
        const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(30);
        Job job = now(id);
        while (!condition(job) && std::chrono::steady_clock::now() < patience) {
            std::this_thread::yield();
            job = now(id);
        }
        return job;
    }
    std::vector<std::string> results(JobId id) {
        const auto rows = *database_->read([&](store::Session& s) {
            return s.rows("SELECT stored FROM results WHERE job_id = :id", {id});
        });
        std::vector<std::string> out;
        for (const auto& row : rows) out.push_back(row.text("stored"));
        return out;
    }

    base::TemporaryFolder folder_ = std::move(*base::TemporaryFolder::make());
    std::unique_ptr<store::Database> database_ =
        std::move(*store::Database::open({.data_folder = folder_.path().string()}));
    std::unique_ptr<blob::BlobStore> blobs_ = std::move(*blob::open_folder(folder_.path()));
    base::Settings settings_ = *base::Settings::load(
        setting_rows(),
        "",
        {},
        {{"jobs.poll_ms", "10"}, {"jobs.lease_ms", "600"}, {"jobs.memory_bytes", "300000000"}}
    );
    base::Metrics metrics_;
    Kinds kinds_ = kinds();
    std::unique_ptr<Agent> agent_;
    std::jthread hands_;
};

TEST(Children, inherit_no_open_file) {
    const int inheritable = ::open("/dev/null", O_RDONLY);
    const std::string held = std::to_string(inheritable);
    ASSERT_GT(inheritable, STDERR_FILENO);
    auto child = ChildProcess::spawn("/bin/ls", {"/proc/self/fd"}, {});
    ASSERT_TRUE(child);
    std::vector<std::string> seen;
    for (int i = 0; i < 100 && (seen.empty() || seen.back() != "3"); ++i) {
        for (auto& line : child->lines(100)) seen.push_back(std::move(line));
    }
    ::close(inheritable);
    // 3 is the folder that ls reads.
    EXPECT_EQ(seen, (std::vector<std::string>{"0", "1", "2", "3"})) << held;
}

TEST_F(Agents, runs_a_job_in_another_process_and_publishes_its_file) {
    const auto job = ended(add("hello"));
    EXPECT_EQ(job.state, State::succeeded);
    EXPECT_EQ(job.progress, 1);
    const auto stored = results(job.id);
    ASSERT_EQ(stored.size(), 1u);
    const std::string text = *base::read_file(*blobs_->local_path(stored.front()));
    EXPECT_NE(text, "made by " + std::to_string(::getpid()));
    stop();
    EXPECT_TRUE(base::fs::is_empty(blobs_->staging()));
}

TEST_F(Agents, ends_with_the_reason_of_a_body_that_fails_without_trying_again) {
    const auto job = ended(add("fail"));
    EXPECT_EQ(job.state, State::failed);
    EXPECT_EQ(job.reason, "reading.empty_file");
    EXPECT_EQ(job.details.text, R"({"rows":7})");
    EXPECT_EQ(job.attempt, 1);
    EXPECT_EQ(results(job.id), std::vector<std::string>{"gave up: reading.empty_file"});
}

TEST_F(Agents, ends_a_job_whose_object_was_deleted_meanwhile) {
    const auto job = ended(add("deleted"));
    EXPECT_EQ(job.state, State::failed);
    EXPECT_EQ(job.reason, "training.not_found");
    EXPECT_TRUE(results(job.id).empty());
}

TEST_F(Agents, tries_a_crash_again_and_then_gives_up) {
    const auto job = ended(add("crash"));
    EXPECT_EQ(job.state, State::failed);
    EXPECT_EQ(job.reason, "jobs.crashed");
    EXPECT_EQ(job.attempt, 2);
}

TEST_F(Agents, stops_a_memory_hog_and_says_so) {
    const auto job = ended(add("hog"));
    EXPECT_EQ(job.state, State::failed);
    EXPECT_EQ(job.reason, "jobs.out_of_memory");
    EXPECT_EQ(job.attempt, 2);
}

TEST_F(Agents, cancels_a_running_job) {
    const auto id = add("wait");
    when(id, [](const Job& job) { return job.progress > 0; });
    ASSERT_TRUE(database_->transaction([&](store::Session& session) { return cancel(session, id); })
    );
    EXPECT_EQ(ended(id).state, State::cancelled);
}

TEST_F(Agents, hands_its_job_back_when_stopped_and_another_takes_it) {
    const auto id = add("wait");
    when(id, [](const Job& job) { return job.progress > 0; });
    stop();
    const auto waiting = now(id);
    EXPECT_EQ(waiting.state, State::queued);
    EXPECT_EQ(waiting.attempts_max, 3);
    start();
    EXPECT_EQ(
        when(
            id, [](const Job& job) { return job.attempt == 2 && job.state == State::running; }
        ).attempt,
        2
    );
}

}  // namespace
}  // namespace csva::jobs
