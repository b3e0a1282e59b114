#include "foundation/jobs/agent.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/crash_point.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/base/log.hpp"
#include "foundation/jobs/child_process.hpp"
#include "foundation/jobs/store.hpp"

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace csva::jobs {
namespace {

using base::Error;
using base::ErrorKind;
using std::chrono::milliseconds;

constexpr int kTickMs = 100;

/// What became of one attempt's process.
struct Attempt {
    base::Result<std::string> outcome = base::fail(ErrorKind::unavailable, "jobs.crashed");
    Beat beat;
    bool lease_lost = false;
    bool stopping = false;
    bool try_again = false;  ///< The process died without a word, or ran out of memory.
};

std::vector<std::string> child_environment(const base::fs::path& folder) {
    std::vector<std::string> out{
        "TMPDIR=" + folder.string(),
        "LANG=C.UTF-8",
        std::string(kAgentVariable) + "=" + std::to_string(::getpid())
    };
    for (const char* name :
         {"CSVA_CLOCK_OFFSET_MS", "CSVA_CRASH_AT", "ASAN_OPTIONS", "OMP_NUM_THREADS"}) {
        if (const char* value = std::getenv(name); value != nullptr)
            out.push_back(std::string(name) + "=" + value);
    }
    return out;
}

/// Processes that the kernel has killed for want of memory since it started (proc(5),
/// /proc/vmstat), 0 when it does not say.
std::int64_t kernel_kills() {
    const auto text = base::read_file("/proc/vmstat");
    if (!text) return 0;
    const auto at = text->find("\noom_kill ");
    return at == std::string::npos ? 0 : std::atoll(text->c_str() + at + 10);
}

/// Of a store that does not answer now.
bool is_away(std::string_view reason) {
    return reason == "blob.unavailable" || reason == "store.unavailable";
}

/// What is told of an attempt whose child has not started yet.
const Beat kBegun{.stage = "starting", .latest_event = "null"};

/// Keeps a lease while files come and go: a bucket may take longer than it lasts.
class LeaseKeeper {
public:
    LeaseKeeper(
        store::Database& database,
        const Job& job,
        const std::string& owner,
        std::int64_t lease_ms,
        const Beat& last
    )
        : thread_([=, &database, &job, &owner, &last](const std::stop_token& stop) {
              std::mutex mutex;
              std::unique_lock lock(mutex);
              std::condition_variable_any wake;
              while (!wake.wait_for(lock, stop, milliseconds(lease_ms / 3), [] { return false; })) {
                  if (stop.stop_requested()) return;
                  (void)database.transaction([&](store::Session& session) {
                      return beat(session, job, owner, lease_ms, last);
                  });
              }
          }) {}

private:
    std::jthread thread_;
};

/// One line of the child's pipe.
struct Said {
    std::optional<double> progress;
    std::optional<std::string> stage;
    std::optional<base::Json> event;
};
CSVA_DESCRIBE(Said, progress, stage, event)

void hear(const std::string& line, Beat& beat) {
    const auto said = base::from_json<Said>(line);
    if (!said) return;
    if (said->progress) beat.progress = *said->progress;
    if (said->stage) beat.stage = *said->stage;
    if (said->event) beat.latest_event = said->event->text;
}

}  // namespace

struct Agent::State {
    Parts parts;
    std::atomic<bool> stopping{false};
    std::int64_t lease_ms = parts.settings.integer("jobs.lease_ms");
    std::int64_t memory_bytes = parts.settings.integer("jobs.memory_bytes");
    std::int64_t run_s = parts.settings.integer("jobs.run_s");
    std::int64_t grace_s = parts.settings.integer("jobs.cancel_grace_s");

    void work();
    void run_job(const std::string& owner, const Leased& leased);
    base::Result<std::string> attempt_input(
        const Kind& kind,
        const std::string& owner,
        const Leased& leased,
        const base::fs::path& folder
    );
    Attempt watch(
        ChildProcess& child, const std::string& owner, const Job& job, const base::fs::path& folder
    );
    bool keep_lease(const std::string& owner, const Job& job, Attempt& attempt, bool& cancel);
    void settle(
        const Kind& kind,
        const std::string& owner,
        const Leased& leased,
        const base::fs::path& folder,
        Attempt attempt
    );
    base::Result<void> publish(
        const Kind& kind,
        const std::string& owner,
        const Leased& leased,
        const base::fs::path& folder,
        const Attempt& attempt
    );
    void fail(
        const Kind& kind, const std::string& owner, const Leased& leased, const Attempt& attempt
    );
    base::Result<void> told(store::Session& session, const Leased& leased, jobs::State state) {
        if (!parts.on_ended) return {};
        return parts.on_ended(session, leased.job, leased.user_id, state);
    }
    void committed(const Leased& leased, jobs::State state, std::string_view reason) {
        if (parts.on_committed) parts.on_committed(leased.job, leased.user_id, state, reason);
    }
};

Agent::Agent(Parts parts) : state_(std::make_unique<State>(parts)) {}
Agent::~Agent() = default;

void Agent::run() {
    std::vector<std::jthread> hands;
    const auto count = std::max<std::int64_t>(1, state_->parts.settings.integer("jobs.concurrent"));
    for (std::int64_t i = 0; i < count; ++i) hands.emplace_back([this] { state_->work(); });
}

void Agent::stop() { state_->stopping = true; }

void Agent::State::work() {
    const std::string owner = base::random_hex(8);
    const milliseconds pause(parts.settings.integer("jobs.poll_ms"));
    auto last_job = base::Clock::steady();
    while (!stopping) {
        const auto unused = base::Clock::steady() - last_job;
        if (parts.idle.count() > 0 && unused >= parts.idle) return;
        // A look first: an idle worker must not take SQLite's one right to write at every poll.
        const auto due = parts.database.read(any_due);
        if (due && !*due) {
            std::this_thread::sleep_for(pause);
            continue;
        }
        auto leased = parts.database.transaction([&](store::Session& session) {
            return lease(session, owner, lease_ms);
        });
        if (leased && *leased) {
            base::crash_point("jobs.after_lease");
            run_job(owner, **leased);
            last_job = base::Clock::steady();
        } else {
            if (!leased)
                base::log(
                    base::LogLevel::warning,
                    "lease_failed",
                    {{"reason", std::string_view(leased.error().reason)}}
                );
            std::this_thread::sleep_for(pause);
        }
    }
}

base::Result<std::string> Agent::State::attempt_input(
    const Kind& kind, const std::string& owner, const Leased& leased, const base::fs::path& folder
) {
    if (leased.job.attempt > leased.job.attempts_max) {
        return base::fail(
            ErrorKind::unavailable, leased.smaller_plan ? "jobs.out_of_memory" : "jobs.worker_lost"
        );
    }
    // The child opens its files whenever it likes: they stay as long as its folder.
    const LeaseKeeper keeper(parts.database, leased.job, owner, lease_ms, kBegun);
    const auto linked = blob::linked_blobs(parts.blobs, folder / kInFolder);
    TRY(auto prepared,
        kind.prepare(parts.database, *linked, leased.job, leased.input, leased.smaller_plan));
    return std::move(prepared.input);
}

void Agent::State::run_job(const std::string& owner, const Leased& leased) {
    const Kind* kind = find(parts.kinds, leased.job.kind);
    const base::fs::path folder =
        parts.blobs.staging() / ("job-" + std::to_string(leased.job.id.value) + "-attempt-" +
                                 std::to_string(leased.job.attempt));
    std::error_code ignored;
    base::fs::remove_all(folder, ignored);
    base::fs::create_directories(folder / kOutFolder, ignored);
    Attempt attempt;
    if (kind == nullptr) {
        attempt.outcome = base::fail(ErrorKind::internal, "base.internal");
        static const Kind unknown{};
        fail(unknown, owner, leased, attempt);
        return;
    }
    auto input = attempt_input(*kind, owner, leased, folder);
    if (!input) {
        attempt.outcome = std::unexpected(input.error());
    } else if (auto written = base::write_file(
                   folder / kJobFile, base::to_json(ChildOrder{leased.job.kind, *input})
               );
               !written) {
        attempt.outcome = std::unexpected(written.error());
    } else {
        auto child = ChildProcess::spawn(
            parts.program, {"job-child", folder.string()}, child_environment(folder)
        );
        if (child)
            attempt = watch(*child, owner, leased.job, folder);
        else
            attempt.outcome = std::unexpected(child.error());
    }
    settle(*kind, owner, leased, folder, std::move(attempt));
    base::fs::remove_all(folder, ignored);
}

/// Extends the lease and hears whether to cancel; false when the job is not ours any more.
bool Agent::State::keep_lease(
    const std::string& owner, const Job& job, Attempt& attempt, bool& cancel
) {
    const auto held = parts.database.transaction([&](store::Session& session) {
        return beat(session, job, owner, lease_ms, attempt.beat);
    });
    if (!held) return true;  // The database is away: go on, the lease decides later.
    if (!*held) return false;
    cancel = cancel || **held;
    return true;
}

Attempt Agent::State::watch(
    ChildProcess& child, const std::string& owner, const Job& job, const base::fs::path& folder
) {
    Attempt attempt;
    attempt.beat.stage = "starting";
    attempt.beat.latest_event = "null";
    (void)parts.database.transaction([&](store::Session& session) {
        return started(session, job, child.pid());
    });
    const std::int64_t kills_before = kernel_kills();
    const auto begun = base::Clock::steady();
    const auto between_beats = milliseconds(std::min<std::int64_t>(1000, lease_ms / 3));
    auto next_beat = begun + between_beats;
    std::optional<std::chrono::steady_clock::time_point> kill_at;
    bool cancel = false;
    std::string_view killed_for;
    while (!child.ended()) {
        for (const auto& line : child.lines(kTickMs)) hear(line, attempt.beat);
        const std::int64_t resident = child.resident_bytes();
        attempt.beat.memory_peak_bytes = std::max(attempt.beat.memory_peak_bytes, resident);
        const auto now = base::Clock::steady();
        if (resident > memory_bytes && killed_for.empty()) killed_for = "jobs.out_of_memory";
        if (now - begun > std::chrono::seconds(run_s) && killed_for.empty())
            killed_for = "jobs.took_too_long";
        if (stopping) attempt.stopping = true;
        if (now >= next_beat) {
            attempt.lease_lost = !keep_lease(owner, job, attempt, cancel);
            next_beat = now + between_beats;
        }
        if (cancel && !kill_at) {
            child.signal(SIGTERM);
            kill_at = now + std::chrono::seconds(grace_s);
        }
        if (!killed_for.empty() || attempt.stopping || attempt.lease_lost ||
            (kill_at && now > *kill_at))
            child.signal(SIGKILL);
    }
    for (const auto& line : child.lines(0)) hear(line, attempt.beat);
    const bool by_signal = WIFSIGNALED(child.status()) && WTERMSIG(child.status()) == SIGKILL;
    if (by_signal && killed_for.empty() && kernel_kills() > kills_before)
        killed_for = "jobs.out_of_memory";
    if (auto outcome = base::read_file(folder / kOutcomeFile)) {
        attempt.outcome = std::move(*outcome);
    } else if (const auto text = base::read_file(folder / kErrorFile)) {
        const auto error = base::from_json<ChildError>(*text);
        attempt.outcome =
            std::unexpected(error ? error->error() : base::internal_error("error.json"));
        attempt.try_again = attempt.outcome.error().reason == "jobs.out_of_memory" ||
                            attempt.outcome.error().reason == "duck.out_of_memory";
    } else if (cancel) {
        attempt.outcome = base::fail(ErrorKind::conflict, base::kCancelledReason);
    } else {
        attempt.outcome =
            base::fail(ErrorKind::unavailable, killed_for.empty() ? "jobs.crashed" : killed_for);
        attempt.try_again = killed_for != "jobs.took_too_long";
    }
    return attempt;
}

void Agent::State::settle(
    const Kind& kind,
    const std::string& owner,
    const Leased& leased,
    const base::fs::path& folder,
    Attempt attempt
) {
    if (attempt.lease_lost) return;
    if (attempt.outcome) {
        // Not ours any more: whoever holds the lease now ends the job.
        const auto published = publish(kind, owner, leased, folder, attempt);
        if (published) return;
        attempt.outcome = std::unexpected(published.error());
        attempt.try_again = published.error().kind == ErrorKind::unavailable;
    }
    const std::string reason = attempt.outcome.error().reason;
    const bool memory = reason.ends_with(".out_of_memory");
    // Not the job's fault: it waits as long as what it needs is away.
    const bool waits = attempt.stopping || is_away(reason);
    const bool again =
        waits || (attempt.try_again && leased.job.attempt < leased.job.attempts_max &&
                  !(memory && leased.smaller_plan));
    if (!again) return fail(kind, owner, leased, attempt);
    (void)parts.database.transaction([&](store::Session& session) {
        return give_back(
            session,
            leased.job,
            owner,
            attempt.stopping ? "jobs.worker_stopped" : reason,
            !waits,
            memory
        );
    });
}

base::Result<void> Agent::State::publish(
    const Kind& kind,
    const std::string& owner,
    const Leased& leased,
    const base::fs::path& folder,
    const Attempt& attempt
) {
    const Finished finished{
        leased.job, leased.input, *attempt.outcome, folder / kOutFolder, parts.blobs
    };
    const LeaseKeeper keeper(parts.database, leased.job, owner, lease_ms, attempt.beat);
    TRY(const std::string stored,
        kind.store_files ? kind.store_files(finished) : base::Result<std::string>("{}"));
    base::crash_point("jobs.before_publish");
    bool ours = false;
    CHECK_OK(parts.database.transaction([&](store::Session& session) -> base::Result<void> {
        TRY(ours, succeed(session, leased.job, owner, attempt.beat));
        if (!ours) return {};
        CHECK_OK(kind.publish(session, finished, stored));
        CHECK_OK(told(session, leased, jobs::State::succeeded));
        base::crash_point("jobs.inside_publish");
        return {};
    }));
    if (ours) committed(leased, jobs::State::succeeded, "");
    base::crash_point("jobs.after_publish");
    return {};
}

void Agent::State::fail(
    const Kind& kind, const std::string& owner, const Leased& leased, const Attempt& attempt
) {
    const Error& error = attempt.outcome.error();
    base::log(
        base::LogLevel::warning,
        "job_failed",
        {{"job", leased.job.id.value},
         {"kind", std::string_view(leased.job.kind)},
         {"attempt", leased.job.attempt},
         {"reason", std::string_view(error.reason)},
         {"internal", std::string_view(error.internal)}}
    );
    const auto state =
        error.reason == base::kCancelledReason ? jobs::State::cancelled : jobs::State::failed;
    bool ours = false;
    const auto ended =
        parts.database.transaction([&](store::Session& session) -> base::Result<void> {
            TRY(ours, end(session, leased.job, owner, state, error));
            if (!ours) return {};
            CHECK_OK(give_up(kind, session, leased.job, leased.input, error));
            return told(session, leased, state);
        });
    if (!ended)
        base::log(
            base::LogLevel::error,
            "job_end_failed",
            {{"job", leased.job.id.value}, {"reason", std::string_view(ended.error().reason)}}
        );
    else if (ours)
        committed(leased, state, error.reason);
}

}  // namespace csva::jobs
