#include "features/tracking/mirror.hpp"

#include "features/tracking/artifact_rows.hpp"
#include "features/tracking/remote.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/log.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace csva::tracking {
namespace {

using base::Result;
using store::Session;

constexpr std::int64_t kLookMs = 1000;
constexpr std::int64_t kLeaseMs = 300'000;
constexpr std::int64_t kLongestWaitMs = 60'000;
constexpr std::int64_t kPointsAtOnce = 1000;
/// Runs of trainings without a row.
constexpr std::string_view kMissing =
    "FROM tracking_runs r WHERE r.training_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM "
    "tracking_outbox o WHERE o.run_number = r.id AND o.server = :server)";
constexpr std::string_view kRunTag = "csva:run_id";
constexpr std::string_view kLinkTag = "csva:mlflow_run";

/// A row of the outbox that this process has taken.
struct Due {
    std::int64_t run_number = 0;
    std::int64_t attempts = 0;
};
CSVA_DESCRIBE(Due, run_number, attempts)

/// What is to be sent but for points and contents of files.
struct Load {
    RunRow row;
    MlflowRun run;
    std::string experiment;
    std::vector<ArtifactRow> files;
    std::vector<std::string> models;  ///< Names of the registered models that got a version.
};

Result<Load> load(Session& session, std::int64_t number) {
    Load out;
    TRY(auto row,
        session.record<RunRow>(
            "SELECT " + std::string(kRunColumns) + " FROM tracking_runs r WHERE r.id = :id",
            {number}
        ));
    if (!row) return base::fail(base::ErrorKind::not_found, kRunNotFound);
    out.row = std::move(*row);
    TRY(auto runs, whole_runs(session, {&out.row, 1}));
    out.run = std::move(runs.front());
    TRY(const auto experiment,
        session.row("SELECT name FROM tracking_experiments WHERE id = :id", {out.row.experiment_id})
    );
    out.experiment = experiment->text("name");
    TRY(out.files, artifacts_below(session, out.row.run_id, ""));
    TRY(const auto models,
        session.rows(
            "SELECT DISTINCT m.name AS name FROM registered_model_versions v JOIN "
            "registered_models m ON m.id = v.registered_model_id WHERE v.run_id = :run ORDER BY "
            "m.name",
            {out.row.run_id}
        ));
    for (const auto& model : models) out.models.push_back(model.text("name"));
    return out;
}

Result<std::vector<MlflowMetric>> points(
    Session& session, std::int64_t run_number, std::int64_t offset
) {
    TRY(const auto rows,
        session.rows(
            "SELECT s.key AS key, p.value AS value, p.is_nan AS is_nan, p.timestamp AS timestamp, "
            "p.step AS step FROM tracking_series s JOIN tracking_points p ON p.series_id = s.id "
            "WHERE s.run_number = :run ORDER BY p.series_id, p.timestamp, p.step, p.value, "
            "p.is_nan LIMIT :limit OFFSET :offset",
            {run_number, kPointsAtOnce, offset}
        ));
    std::vector<MlflowMetric> out;
    for (const auto& row : rows) {
        auto& one = out.emplace_back();
        one.key = row.text("key");
        one.value = cell_of({row.real("value"), row.boolean("is_nan")});
        one.timestamp = row.integer("timestamp");
        one.step = row.integer("step");
    }
    return out;
}

class Sender final : public Mirror {
public:
    Sender(const Parts& parts, std::string server)
        : database_(parts.database),
          blobs_(parts.blobs),
          server_(std::move(server)),
          credentials_{
              .user = parts.settings.text("mlflow.tracking_username"),
              .password = parts.settings.secret("mlflow.tracking_password"),
              .token = parts.settings.secret("mlflow.tracking_token")
          },
          waiting_(parts.metrics.gauge(
              "csva_tracking_mirror_waiting_runs", "Runs that the other MLflow server lacks"
          )),
          failures_(parts.metrics.counter(
              "csva_tracking_mirror_failures_total", "Tries to send a run that failed"
          )),
          thread_([this](const std::stop_token& stop) { work(stop); }) {}
    ~Sender() override {
        thread_.request_stop();
        woken_.notify_all();
    }
    Sender(const Sender&) = delete;
    Sender& operator=(const Sender&) = delete;

private:
    void work(const std::stop_token& stop) {
        auto client = client::Client::make(credentials_);
        if (!client) {
            base::log(base::LogLevel::error, "mirror_off", {{"problem", client.error().internal}});
            return;
        }
        Remote remote(server_, std::move(*client), stop);
        while (!stop.stop_requested()) {
            const auto passed = pass(remote, stop);
            if (!passed) note(passed.error());
            std::unique_lock lock(mutex_);
            woken_.wait_for(lock, stop, std::chrono::milliseconds(kLookMs), [] { return false; });
        }
    }

    /// All rows that are due, one after the other; the first sign that the server is away ends it.
    Result<void> pass(Remote& remote, const std::stop_token& stop) {
        TRY(auto seen, look());
        if (seen.integer("missing") > 0) {
            CHECK_OK(enlist());
            TRY(seen, look());
        }
        // A transaction without need would make all caches look again.
        if (seen.integer("due") == 0) return {};
        while (!stop.stop_requested()) {
            TRY(const auto due,
                database_.transaction([this](Session& session) { return take(session); }));
            if (!due) break;
            const auto sent = send(remote, *due);
            if (stop.stop_requested()) break;
            CHECK_OK(sent ? Result<void>{} : postpone(*due, sent.error()));
            if (!sent && sent.error().kind == base::ErrorKind::unavailable) break;
        }
        TRY([[maybe_unused]] const auto after, look());
        return {};
    }

    /// Counts of runs: of trainings that the server has not been told of, waiting, due.
    Result<store::Row> look() {
        TRY(auto row, database_.read([this](Session& session) {
            return session.row(
                "SELECT COUNT(*) AS waiting, COALESCE(SUM(CASE WHEN next_at <= :now THEN 1 ELSE 0 "
                "END), 0) AS due, (SELECT COUNT(*) " +
                    std::string(kMissing) +
                    ") AS missing FROM tracking_outbox WHERE server = :server2 AND state = "
                    "'waiting'",
                {base::Clock::wall_ms(), server_, server_}
            );
        }));
        waiting_.set(row->real("waiting") + row->real("missing"));
        return std::move(*row);
    }

    Result<void> enlist() {
        TRY([[maybe_unused]] const auto added, database_.transaction([&](Session& session) {
            return session.run(
                "INSERT INTO tracking_outbox (run_number, server, state, remote_run_id, attempts, "
                "next_at, problem) SELECT r.id, CAST(:to AS TEXT), 'waiting', '', 0, 0, '' " +
                    std::string(kMissing) + " ON CONFLICT (run_number, server) DO NOTHING",
                {server_, server_}
            );
        }));
        return {};
    }

    Result<std::optional<Due>> take(Session& session) {
        const std::int64_t now = base::Clock::wall_ms();
        return session.record<Due>(
            "UPDATE tracking_outbox SET next_at = :lease WHERE server = :server AND state = "
            "'waiting' AND next_at <= :now AND run_number = (SELECT MIN(run_number) FROM "
            "tracking_outbox WHERE server = :server2 AND state = 'waiting' AND next_at <= :now2) "
            "RETURNING run_number, attempts",
            {now + kLeaseMs, server_, now, server_, now}
        );
    }

    Result<void> change(
        std::string_view assignments, std::vector<store::Value> values, const Due& due
    ) {
        values.emplace_back(due.run_number);
        values.emplace_back(server_);
        TRY([[maybe_unused]] const auto rows, database_.transaction([&](Session& session) {
            return session.run(
                "UPDATE tracking_outbox SET " + std::string(assignments) +
                    " WHERE run_number = :run AND server = :server",
                values
            );
        }));
        return {};
    }

    Result<void> keep_lease(const Due& due) {
        return change("next_at = :lease", {base::Clock::wall_ms() + kLeaseMs}, due);
    }

    Result<void> postpone(const Due& due, const base::Error& error) {
        note(error);
        failures_.add();
        constexpr std::int64_t kFirstMs = 1000, kMostDoublings = 6;
        const std::int64_t wait =
            std::min(kLongestWaitMs, kFirstMs << std::min(due.attempts, kMostDoublings));
        const std::int64_t at = base::Clock::wall_ms() + wait;
        if (error.kind == base::ErrorKind::unavailable) CHECK_OK(hold_all(at));
        return change(
            "attempts = attempts + 1, next_at = :at, problem = :problem", {at, error.internal}, due
        );
    }

    /// While the server is away all rows wait, so that they go in their order when it is back.
    Result<void> hold_all(std::int64_t at) {
        TRY([[maybe_unused]] const auto rows, database_.transaction([&](Session& session) {
            return session.run(
                "UPDATE tracking_outbox SET next_at = :at WHERE server = :server AND state = "
                "'waiting' AND next_at < :at2",
                {at, server_, at}
            );
        }));
        return {};
    }

    static void note(const base::Error& error) {
        base::log(base::LogLevel::warning, "mirror_failed", {{"problem", error.internal}});
    }

    /// The run there: known, or found by our id, or made.
    Result<RemoteRun> remote_run(Remote& remote, const Due& due, const Load& what) {
        TRY(const auto experiment, remote.experiment(what.experiment));
        const KeyValue mark{std::string(kRunTag), what.row.run_id};
        TRY(auto known, remote.find_run(experiment, mark));
        if (!known) {
            auto tags = what.run.data.tags;
            std::erase_if(tags, [](const auto& tag) { return tag.key == kLinkTag; });
            tags.push_back(mark);
            TRY(known, remote.create_run(experiment, what.run.info, std::move(tags)));
        }
        CHECK_OK(change("remote_run_id = :remote", {known->run_id}, due));
        return std::move(*known);
    }

    Result<void> send(Remote& remote, const Due& due) {
        auto loaded =
            database_.read([&](Session& session) { return load(session, due.run_number); });
        // Deleted meanwhile: its row went with it.
        if (!loaded && loaded.error().kind == base::ErrorKind::not_found) return {};
        if (!loaded) return std::unexpected(loaded.error());
        const auto& what = *loaded;
        TRY(const auto run, remote_run(remote, due, what));
        CHECK_OK(remote.log_params(run, what.run.data.params));
        CHECK_OK(send_points(remote, due, run));
        if (!what.run.inputs.dataset_inputs.empty())
            CHECK_OK(remote.log_inputs(run, what.run.inputs.dataset_inputs));
        CHECK_OK(send_files(remote, due, run, what.files));
        for (const auto& model : what.models)
            CHECK_OK(remote.register_version(run, model, {{std::string(kRunTag), what.row.run_id}})
            );
        CHECK_OK(remote.end_run(run, what.run.info));
        return sent(due, what.row, run);
    }

    Result<void> send_points(Remote& remote, const Due& due, const RemoteRun& run) {
        for (std::int64_t offset = 0;; offset += kPointsAtOnce) {
            TRY(auto some, database_.read([&](Session& session) {
                return points(session, due.run_number, offset);
            }));
            const bool last = static_cast<std::int64_t>(some.size()) < kPointsAtOnce;
            if (!some.empty()) CHECK_OK(remote.log_metrics(run, std::move(some)));
            if (last) return {};
            CHECK_OK(keep_lease(due));
        }
    }

    Result<void> send_files(
        Remote& remote, const Due& due, const RemoteRun& run, const std::vector<ArtifactRow>& files
    ) {
        for (const auto& file : files) {
            TRY(auto path, blobs_.local_path(file.blob_key));
            if (!file.part.empty()) path /= file.part;
            CHECK_OK(remote.put_file(run, file.path, path));
            CHECK_OK(keep_lease(due));
        }
        return {};
    }

    Result<void> sent(const Due& due, const RunRow& row, const RemoteRun& run) {
        const KeyValue link{
            std::string(kLinkTag),
            server_ + "/#/experiments/" + run.experiment_id + "/runs/" + run.run_id
        };
        CHECK_OK(database_.transaction([&](Session& session) {
            return set_tags(session, row, {&link, 1});
        }));
        return change("state = 'sent', problem = ''", {}, due);
    }

    store::Database& database_;
    blob::BlobStore& blobs_;
    std::string server_;
    client::Credentials credentials_;
    base::Metrics::Gauge& waiting_;
    base::Metrics::Counter& failures_;
    std::mutex mutex_;
    std::condition_variable_any woken_;
    std::jthread thread_;
};

}  // namespace

std::unique_ptr<Mirror> Mirror::start(const Parts& parts) {
    std::string server = parts.settings.text("mlflow.tracking_uri");
    while (server.ends_with('/')) server.pop_back();
    if (server.empty()) return nullptr;
    return std::make_unique<Sender>(parts, std::move(server));
}

}  // namespace csva::tracking
