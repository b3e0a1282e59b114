#include "features/tracking/erase.hpp"

#include "features/models/service.hpp"

namespace csva::tracking {
namespace {

using base::Result;
using store::Session;

/// The model folder of a training is the training's too.
Result<bool> in_use(Session& session, const std::string& blob_key) {
    TRY(const auto other,
        session.row("SELECT id FROM tracking_artifacts WHERE blob_key = :key LIMIT 1", {blob_key}));
    if (other) return true;
    return models::uses_blob(session, blob_key);
}

Result<void> erase_artifacts(Session& session, std::string_view owner, FreedBlobs& freed) {
    TRY(const auto rows,
        session.rows(
            "SELECT DISTINCT blob_key FROM tracking_artifacts WHERE owner = :owner", {owner}
        ));
    CHECK_OK(session.run("DELETE FROM tracking_artifacts WHERE owner = :owner", {owner}));
    for (const auto& row : rows) {
        auto key = row.text("blob_key");
        TRY(const bool kept, in_use(session, key));
        if (!kept) freed.push_back(std::move(key));
    }
    return {};
}

/// Descriptions of data that no run names any more.
Result<void> forget_data(Session& session, std::int64_t experiment_id) {
    CHECK_OK(session.run(
        "DELETE FROM tracking_datasets WHERE experiment_id = :id AND NOT EXISTS (SELECT 1 FROM "
        "tracking_inputs i WHERE i.dataset_id = tracking_datasets.id)",
        {experiment_id}
    ));
    return {};
}

}  // namespace

Result<void> erase_model(Session& session, const ModelRow& model, FreedBlobs& freed) {
    CHECK_OK(erase_artifacts(session, model.model_id, freed));
    CHECK_OK(
        session.run("DELETE FROM tracking_run_models WHERE model_id = :model", {model.model_id})
    );
    CHECK_OK(session.run("DELETE FROM tracking_models WHERE id = :id", {model.id}));
    return {};
}

Result<void> erase_run(Session& session, const RunRow& run, FreedBlobs& freed) {
    TRY(const auto models,
        session.records<ModelRow>(
            "SELECT id, model_id FROM tracking_models WHERE source_run_id = :run", {run.run_id}
        ));
    for (const auto& model : models) CHECK_OK(erase_model(session, model, freed));
    CHECK_OK(erase_artifacts(session, run.run_id, freed));
    CHECK_OK(session.run(
        "DELETE FROM tracking_points WHERE series_id IN (SELECT id FROM tracking_series WHERE "
        "run_number = :id)",
        {run.id}
    ));
    CHECK_OK(session.run("DELETE FROM tracking_runs WHERE id = :id", {run.id}));
    return forget_data(session, run.experiment_id);
}

Result<void> erase_experiment(Session& session, std::int64_t id, FreedBlobs& freed) {
    TRY(const auto runs,
        session.records<RunRow>(
            "SELECT " + std::string(kRunColumns) +
                " FROM tracking_runs r WHERE r.experiment_id = :id",
            {id}
        ));
    for (const auto& run : runs) CHECK_OK(erase_run(session, run, freed));
    TRY(const auto models,
        session.records<ModelRow>(
            "SELECT id, model_id FROM tracking_models WHERE experiment_id = :id", {id}
        ));
    for (const auto& model : models) CHECK_OK(erase_model(session, model, freed));
    CHECK_OK(session.run("DELETE FROM tracking_experiments WHERE id = :id", {id}));
    return {};
}

}  // namespace csva::tracking
