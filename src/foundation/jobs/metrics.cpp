#include "foundation/jobs/metrics.hpp"

#include "foundation/base/clock.hpp"

#include <map>
#include <memory>
#include <mutex>

namespace csva::jobs {
namespace {

struct Counts {
    std::vector<store::Row> jobs;
    std::vector<store::Row> attempts;
    std::int64_t oldest_at = 0;
};

base::Result<Counts> count(store::Session& session) {
    Counts counts;
    TRY(counts.jobs,
        session.rows("SELECT kind, state, COUNT(*) AS n FROM jobs GROUP BY kind, state"));
    TRY(counts.attempts,
        session.rows("SELECT jobs.kind AS kind, job_attempts.reason AS reason, COUNT(*) AS n, "
                     "SUM(job_attempts.finished_at - job_attempts.started_at) AS spent_ms "
                     "FROM job_attempts JOIN jobs ON jobs.id = job_attempts.job_id "
                     "WHERE job_attempts.finished_at IS NOT NULL "
                     "GROUP BY jobs.kind, job_attempts.reason"));
    TRY(const auto oldest,
        session.row("SELECT MIN(created_at) AS at FROM jobs WHERE state = 'queued'"));
    counts.oldest_at = oldest->integer("at");
    return counts;
}

/// Gauges of the queue; those whose group is gone fall to 0.
class QueueGauges {
public:
    QueueGauges(base::Metrics& metrics, store::Database& database)
        : metrics_(metrics),
          database_(database),
          age_(metrics.gauge(
              "csva_jobs_queue_age_seconds", "Age of the oldest job that waits for a worker"
          )) {}

    void refresh() {
        const std::scoped_lock lock(mutex_);
        const auto now = base::Clock::steady();
        if (now - read_at_ < std::chrono::seconds(1)) return;
        const auto counts = database_.read(count);
        if (!counts) return;
        read_at_ = now;
        show(*counts);
    }

private:
    void show(const Counts& counts) {
        for (auto& [labels, gauge] : jobs_) gauge->set(0);
        for (const auto& row : counts.jobs) {
            const base::MetricLabels labels{
                {"kind", row.text("kind")}, {"state", row.text("state")}
            };
            auto& gauge = metrics_.gauge("csva_jobs_count", "Jobs by kind and state", labels);
            jobs_[labels] = &gauge;
            gauge.set(row.real("n"));
        }
        for (const auto& row : counts.attempts) {
            const std::string reason = row.text("reason");
            const base::MetricLabels labels{
                {"kind", row.text("kind")}, {"reason", reason.empty() ? "none" : reason}
            };
            metrics_.gauge("csva_jobs_attempts", "Ended attempts by kind and reason", labels)
                .set(row.real("n"));
            metrics_.gauge("csva_jobs_attempts_seconds", "Time that ended attempts took", labels)
                .set(row.real("spent_ms") / 1000);
        }
        const auto waited_ms = base::Clock::wall_ms() - counts.oldest_at;
        age_.set(counts.oldest_at == 0 ? 0 : static_cast<double>(waited_ms) / 1000);
    }

    base::Metrics& metrics_;
    store::Database& database_;
    base::Metrics::Gauge& age_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point read_at_{};
    std::map<base::MetricLabels, base::Metrics::Gauge*> jobs_;
};

}  // namespace

void register_metrics(base::Metrics& metrics, store::Database& database) {
    const auto gauges = std::make_shared<QueueGauges>(metrics, database);
    metrics.on_collect([gauges] { gauges->refresh(); });
}

}  // namespace csva::jobs
