#include "features/predictions/store.hpp"

#include "features/datasets/service.hpp"
#include "features/predictions/service.hpp"
#include "foundation/base/control.hpp"
#include "foundation/jobs/queue.hpp"

namespace csva::embedded {
std::span<const base::EmbeddedFile> predictions_migrations();
}

namespace csva::predictions {
namespace {

class PredictionsLifecycle final : public store::Lifecycle {
public:
    explicit PredictionsLifecycle(PredictionLog& log) : log_(log) {}
    std::string_view feature() const override { return "predictions"; }
    std::vector<std::string_view> tables() const override {
        return {"prediction_batches", "prediction_segments", "prediction_labels"};
    }
    base::Result<std::set<std::string>> blobs(store::Session& session) override {
        return referenced_blobs(session);
    }
    base::Result<void> erase_project(store::Session& session, std::int64_t project_id) override {
        CHECK_OK(erase_log(session, "project_id", project_id));
        CHECK_OK(session.run("DELETE FROM prediction_batches WHERE project_id = :id", {project_id})
        );
        return {};
    }
    /// Neither batches nor kept predictions name anybody: they belong to their project.
    base::Result<void> erase_user(store::Session&, const store::Leaver&) override { return {}; }
    /// Predictions that this process has not written to a blob yet.
    base::Result<std::string> outside(store::Session&, const store::Leaver& leaver) override {
        return leaver.projects_sql();
    }
    base::Result<void> erase_outside(const std::string&) override { return log_.drop_gone(); }
    base::Result<store::Portion> export_user(store::Session& session, const store::Leaver& leaver)
        override {
        store::Portion out;
        TRY(out.documents["batches.json"],
            store::rows_as_json(
                session,
                "SELECT id, project_id, model_id, file_name, state, rows, rows_rejected, "
                "created_at FROM prediction_batches WHERE project_id IN " +
                    leaver.projects_sql() + " ORDER BY id",
                {}
            ));
        TRY(const auto rows,
            session.rows(
                "SELECT id, upload_key, result_key FROM prediction_batches WHERE project_id IN " +
                    leaver.projects_sql(),
                {}
            ));
        for (const auto& row : rows) {
            const std::string folder = "batches/" + std::to_string(row.integer("id")) + "/";
            out.blobs[folder + "rows.csv"] = row.text("upload_key");
            out.blobs[folder + "predictions.csv"] = row.text("result_key");
        }
        TRY(const auto segments,
            session.rows(
                "SELECT code, blob_key FROM prediction_segments WHERE project_id IN " +
                    leaver.projects_sql(),
                {}
            ));
        for (const auto& row : segments)
            out.blobs["predictions/" + row.text("code") + ".segment"] = row.text("blob_key");
        std::erase_if(out.blobs, [](const auto& entry) { return entry.second.empty(); });
        return out;
    }
    base::Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(const auto rows,
            session.rows(
                "SELECT id FROM prediction_batches WHERE state = 'succeeded' AND result_key = ''"
            ));
        std::vector<std::string> wrong;
        for (const auto& row : rows)
            wrong.push_back("batch " + std::to_string(row.integer("id")) + " has no result");
        return wrong;
    }

private:
    PredictionLog& log_;
};

/// Batches of the models whose `column` is `id`; those under way are asked to stop.
base::Result<void> erase_of_models(
    store::Session& session, std::string_view column, std::int64_t id
) {
    const std::string condition =
        "model_id IN (SELECT id FROM models WHERE " + std::string(column) + " = :id)";
    TRY(const auto rows,
        session.rows(
            "SELECT job_id FROM prediction_batches WHERE state = 'queued' AND " + condition, {id}
        ));
    for (const auto& row : rows) {
        const auto stopped = jobs::cancel(session, jobs::JobId(row.integer("job_id")));
        if (!stopped && stopped.error().kind != base::ErrorKind::not_found)
            return std::unexpected(stopped.error());
    }
    CHECK_OK(session.run("DELETE FROM prediction_batches WHERE " + condition, {id}));
    return erase_log(session, column, id);
}

}  // namespace

store::Migrations migrations() { return embedded::predictions_migrations(); }
std::unique_ptr<store::Lifecycle> lifecycle(PredictionLog& log) {
    return std::make_unique<PredictionsLifecycle>(log);
}

accounts::ObjectKind object_kind() {
    return {
        "batch",
        kBatchNotFound,
        [](store::Session& session, std::int64_t id) -> base::Result<std::optional<std::int64_t>> {
            TRY(const auto batch, find(session, BatchId(id), i18n::Language::en));
            if (!batch) return std::optional<std::int64_t>{};
            return std::optional(batch->project_id);
        }
    };
}

base::Result<BatchId> insert(
    store::Session& session, const Batch& batch, std::string_view upload_key
) {
    TRY(const auto id,
        session.insert(
            "INSERT INTO prediction_batches (project_id, model_id, job_id, file_name, state, rows, "
            "rows_rejected, reason, details, "
            "upload_key, result_key, created_at) VALUES (:project, :model, 0, :file, 'queued', 0, "
            "0, '', '{}', :upload, '', :at) RETURNING id",
            {batch.project_id, batch.model_id, batch.file_name, upload_key, batch.created_at}
        ));
    return BatchId(id);
}

base::Result<void> set_job(store::Session& session, BatchId id, jobs::JobId job) {
    CHECK_OK(session.run("UPDATE prediction_batches SET job_id = :job WHERE id = :id", {job, id}));
    return {};
}

base::Result<std::optional<Batch>> find(
    store::Session& session, BatchId id, i18n::Language language
) {
    TRY(const auto row,
        session.row(
            "SELECT id, project_id, model_id, job_id, file_name, state, rows, rows_rejected, "
            "created_at, reason, details "
            "FROM prediction_batches WHERE id = :id",
            {id}
        ));
    if (!row) return std::optional<Batch>{};
    Batch batch;
    CHECK_OK(store::Session::fill_record(*row, batch));
    if (const std::string reason = row->text("reason"); !reason.empty()) {
        batch.problem = datasets::problem_from(reason, row->text("details"), language);
    }
    return std::optional(std::move(batch));
}

base::Result<void> finish(
    store::Session& session,
    BatchId id,
    std::int64_t rows,
    std::int64_t rejected,
    std::string_view result_key
) {
    TRY(const auto changed,
        session.run(
            "UPDATE prediction_batches SET state = 'succeeded', rows = :rows, rows_rejected = "
            ":rejected, result_key = :key WHERE id = :id",
            {rows, rejected, result_key, id}
        ));
    if (changed == 0) return base::fail(base::ErrorKind::not_found, kBatchNotFound);
    return {};
}

base::Result<void> give_up(store::Session& session, BatchId id, const base::Error& error) {
    CHECK_OK(session.run(
        "UPDATE prediction_batches SET state = :state, reason = :reason, details = :details WHERE "
        "id = :id",
        {jobs::state_after(error), error.reason, base::details_json(error), id}
    ));
    return {};
}

base::Result<Keys> keys_of(store::Session& session, BatchId id) {
    TRY(const auto row,
        session.row("SELECT upload_key, result_key FROM prediction_batches WHERE id = :id", {id}));
    if (!row) return base::fail(base::ErrorKind::not_found, kBatchNotFound);
    return Keys{row->text("upload_key"), row->text("result_key")};
}

base::Result<void> erase(store::Session& session, BatchId id) {
    CHECK_OK(session.run("DELETE FROM prediction_batches WHERE id = :id", {id}));
    return {};
}

base::Result<void> erase_of_dataset(store::Session& session, datasets::DatasetId id) {
    return erase_of_models(session, "dataset_id", id.value);
}

base::Result<void> erase_of_training(store::Session& session, std::int64_t training_id) {
    return erase_of_models(session, "training_id", training_id);
}

base::Result<void> forget_batches(store::Session& session, std::int64_t before_ms) {
    CHECK_OK(session.run(
        "DELETE FROM prediction_batches WHERE state <> 'queued' AND created_at < :before",
        {before_ms}
    ));
    return {};
}

base::Result<std::set<std::string>> referenced_blobs(store::Session& session) {
    TRY(const auto rows, session.rows("SELECT upload_key, result_key FROM prediction_batches"));
    std::set<std::string> keys;
    for (const auto& row : rows) {
        keys.insert(row.text("upload_key"));
        keys.insert(row.text("result_key"));
    }
    keys.erase("");
    TRY(auto logged, log_blobs(session));
    keys.merge(logged);
    return keys;
}

}  // namespace csva::predictions
