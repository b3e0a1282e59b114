#include "foundation/jobs/store.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/jobs/queue.hpp"

#include <algorithm>
#include <chrono>

namespace csva::embedded {
std::span<const base::EmbeddedFile> jobs_migrations();
}

namespace csva::jobs {
namespace {

constexpr std::string_view kColumns =
    "id, project_id, dataset_id, kind, state, progress, stage, attempt, attempts_max, reason, "
    "details, latest_event, cancel_requested, "
    "created_at, started_at, finished_at, memory_peak_bytes";

std::string select(std::string_view rest, std::string_view more = "") {
    return "SELECT " + std::string(kColumns) + std::string(more) + " FROM jobs " +
           std::string(rest);
}

base::Result<void> close_attempt(store::Session& session, const Job& job, std::string_view reason) {
    CHECK_OK(session.run(
        "UPDATE job_attempts SET reason = :reason, finished_at = :at WHERE job_id = :id AND "
        "attempt = :attempt",
        {reason, base::Clock::wall_ms(), job.id, job.attempt}
    ));
    return {};
}

/// A lost worker is hardly ever its job's fault (the work is done in a child), so that attempt does
/// not count against the job; up to so many attempts, in case it is.
constexpr std::int64_t kLostMax = 20;

/// Unix ms by a clock that all workers share: the database server's. On SQLite all are on one
/// machine, so its own. Tests do not move it.
base::Result<std::int64_t> lease_clock_ms(store::Session& session) {
    if (session.backend() == store::Backend::sqlite) {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    }
    TRY(const auto row,
        session.row("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) AS at"));
    return row->integer("at");
}

}  // namespace

base::Result<bool> any_due(store::Session& session) {
    TRY(const std::int64_t now, lease_clock_ms(session));
    TRY(const auto row,
        session.row(
            "SELECT id FROM jobs WHERE state = 'queued' OR (state = 'running' AND lease_until < "
            ":now) LIMIT 1",
            {now}
        ));
    return row.has_value();
}

store::Migrations migrations() { return embedded::jobs_migrations(); }

base::Result<JobId> enqueue(store::Session& session, const NewJob& job) {
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto id,
        session.insert(
            "INSERT INTO jobs (project_id, dataset_id, user_id, kind, state, input, progress, "
            "stage, attempt, attempts_max, reason, "
            "details, latest_event, cancel_requested, smaller_plan, lease_owner, lease_until, "
            "created_at, changed_at) VALUES "
            "(:project, :dataset, :user, :kind, 'queued', :input, 0, 'queued', 0, :attempts_max, "
            "'', '{}', 'null', 0, 0, '', 0, :at, :at) "
            "RETURNING id",
            {job.project_id,
             job.dataset_id,
             job.user_id,
             job.kind,
             job.input,
             job.attempts_max,
             now,
             now}
        ));
    return JobId(id);
}

base::Result<Job> get(store::Session& session, JobId id) {
    TRY(auto job, session.record<Job>(select("WHERE id = :id"), {id}));
    if (!job) return base::fail(base::ErrorKind::not_found, "jobs.not_found");
    return std::move(*job);
}

base::Result<std::string> input_of(store::Session& session, JobId id) {
    TRY(const auto row, session.row("SELECT input FROM jobs WHERE id = :id", {id}));
    if (!row) return base::fail(base::ErrorKind::not_found, "jobs.not_found");
    return row->text("input");
}

base::Result<std::vector<Job>> list(
    store::Session& session, std::int64_t project_id, std::int64_t dataset_id, std::int64_t limit
) {
    return session.records<Job>(
        select("WHERE (:project = 0 OR project_id = :project) AND (:dataset = 0 OR dataset_id = "
               ":dataset) ORDER BY id DESC LIMIT :limit"),
        {project_id, project_id, dataset_id, dataset_id, limit}
    );
}

base::Result<std::int64_t> count(store::Session& session) {
    TRY(const auto row,
        session.row("SELECT COUNT(*) AS n FROM jobs WHERE state IN ('queued', 'running')"));
    return row->integer("n");
}

base::Result<std::int64_t> forget_ended(store::Session& session, std::int64_t keep_ms) {
    return session.run(
        "DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND finished_at < :before",
        {base::Clock::wall_ms() - keep_ms}
    );
}

base::Result<Job> cancel(store::Session& session, JobId id) {
    const std::int64_t now = base::Clock::wall_ms();
    CHECK_OK(session.run(
        "UPDATE jobs SET cancel_requested = 1, changed_at = :at, "
        "finished_at = CASE WHEN state = 'queued' THEN :at ELSE finished_at END, "
        "reason = CASE WHEN state = 'queued' THEN 'jobs.cancelled' ELSE reason END, "
        "state = CASE WHEN state = 'queued' THEN 'cancelled' ELSE state END "
        "WHERE id = :id AND state IN ('queued', 'running')",
        {now, now, id}
    ));
    return get(session, id);
}

base::Result<std::int64_t> stop_all(
    store::Session& session, const std::vector<std::int64_t>& projects
) {
    TRY(const std::int64_t now, lease_clock_ms(session));
    std::int64_t running = 0;
    for (const auto project : projects) {
        TRY(const auto rows,
            session.rows(
                "SELECT id, state, lease_until FROM jobs WHERE project_id = :project AND state IN "
                "('queued', 'running')",
                {project}
            ));
        for (const auto& row : rows) {
            CHECK_OK(cancel(session, JobId(row.integer("id"))));
            running += row.text("state") == "running" && row.integer("lease_until") >= now;
        }
    }
    return running;
}

base::Result<std::optional<Leased>> lease(
    store::Session& session, const std::string& owner, std::int64_t lease_ms
) {
    TRY(const std::int64_t lease_now, lease_clock_ms(session));
    const std::int64_t now = base::Clock::wall_ms();
    const std::string skip =
        session.backend() == store::Backend::postgres ? " FOR UPDATE SKIP LOCKED" : "";
    TRY(const auto row,
        session.row(
            select(
                "WHERE state = 'queued' OR (state = 'running' AND lease_until < :now) ORDER BY id "
                "LIMIT 1" +
                    skip,
                ", input, user_id, smaller_plan"
            ),
            {lease_now}
        ));
    if (!row) return std::optional<Leased>{};
    TRY(Job job, get(session, JobId(row->integer("id"))));
    if (job.state == State::running) {
        CHECK_OK(close_attempt(session, job, "jobs.worker_lost"));
        job.attempts_max = std::min(job.attempts_max + 1, std::max(job.attempts_max, kLostMax));
    }
    ++job.attempt;
    CHECK_OK(session.run(
        "UPDATE jobs SET state = 'running', attempt = :attempt, attempts_max = :most, lease_owner "
        "= :owner, lease_until "
        "= :until, progress = 0, "
        "stage = 'starting', started_at = :now, changed_at = :now WHERE id = :id",
        {job.attempt, job.attempts_max, owner, lease_now + lease_ms, now, now, job.id}
    ));
    CHECK_OK(session.run(
        "INSERT INTO job_attempts (job_id, attempt, owner, pid, reason, started_at) VALUES (:id, "
        ":attempt, :owner, 0, '', :now)",
        {job.id, job.attempt, owner, now}
    ));
    return std::optional(Leased{
        std::move(job), row->text("input"), row->integer("user_id"), row->boolean("smaller_plan")
    });
}

base::Result<void> started(store::Session& session, const Job& job, std::int64_t pid) {
    CHECK_OK(session.run(
        "UPDATE job_attempts SET pid = :pid WHERE job_id = :id AND attempt = :attempt",
        {pid, job.id, job.attempt}
    ));
    return {};
}

base::Result<std::optional<bool>> beat(
    store::Session& session,
    const Job& job,
    const std::string& owner,
    std::int64_t lease_ms,
    const Beat& beat
) {
    TRY(const std::int64_t lease_now, lease_clock_ms(session));
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto changed,
        session.run(
            "UPDATE jobs SET lease_until = :until, progress = :progress, stage = :stage, "
            "latest_event = :event, "
            "memory_peak_bytes = :memory, changed_at = :now "
            "WHERE id = :id AND attempt = :attempt AND lease_owner = :owner AND state = 'running'",
            {lease_now + lease_ms,
             beat.progress,
             beat.stage,
             beat.latest_event,
             beat.memory_peak_bytes,
             now,
             job.id,
             job.attempt,
             owner}
        ));
    if (changed == 0) return std::optional<bool>{};
    TRY(const auto row, session.row("SELECT cancel_requested FROM jobs WHERE id = :id", {job.id}));
    return std::optional(row->boolean("cancel_requested"));
}

base::Result<bool> succeed(
    store::Session& session, const Job& job, const std::string& owner, const Beat& beat
) {
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto changed,
        session.run(
            "UPDATE jobs SET state = 'succeeded', progress = 1, stage = 'done', reason = '', "
            "latest_event = :event, "
            "memory_peak_bytes = :memory, finished_at = :now, changed_at = :now "
            "WHERE id = :id AND attempt = :attempt AND lease_owner = :owner AND state = 'running'",
            {beat.latest_event, beat.memory_peak_bytes, now, now, job.id, job.attempt, owner}
        ));
    if (changed == 0) return false;
    CHECK_OK(close_attempt(session, job, ""));
    return true;
}

base::Result<bool> end(
    store::Session& session,
    const Job& job,
    const std::string& owner,
    State state,
    const base::Error& error
) {
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto changed,
        session.run(
            "UPDATE jobs SET state = :state, reason = :reason, details = :details, finished_at = "
            ":now, changed_at = :now "
            "WHERE id = :id AND attempt = :attempt AND lease_owner = :owner AND state = 'running'",
            {state == State::cancelled ? "cancelled" : "failed",
             error.reason,
             details_json(error),
             now,
             now,
             job.id,
             job.attempt,
             owner}
        ));
    if (changed == 0) return false;
    CHECK_OK(close_attempt(session, job, error.reason));
    return true;
}

base::Result<bool> give_back(
    store::Session& session,
    const Job& job,
    const std::string& owner,
    std::string_view reason,
    bool lost_attempt,
    bool smaller_plan
) {
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto changed,
        session.run(
            "UPDATE jobs SET state = 'queued', stage = 'queued', progress = 0, attempts_max = "
            "attempts_max + :more, "
            "smaller_plan = CASE WHEN :smaller = 1 THEN 1 ELSE smaller_plan END, lease_until = 0, "
            "changed_at = :now "
            "WHERE id = :id AND attempt = :attempt AND lease_owner = :owner AND state = 'running'",
            {lost_attempt ? 0 : 1, smaller_plan, now, job.id, job.attempt, owner}
        ));
    if (changed == 0) return false;
    CHECK_OK(close_attempt(session, job, reason));
    return true;
}

base::Result<std::vector<Changed>> changed_since(store::Session& session, std::int64_t since) {
    TRY(const auto rows,
        session.rows(
            "SELECT id, user_id, changed_at FROM jobs WHERE changed_at >= :since ORDER BY "
            "changed_at LIMIT 1000",
            {since}
        ));
    std::vector<Changed> out;
    for (const auto& row : rows) {
        TRY(Job job, get(session, JobId(row.integer("id"))));
        out.push_back({std::move(job), row.integer("user_id"), row.integer("changed_at")});
    }
    return out;
}

}  // namespace csva::jobs
