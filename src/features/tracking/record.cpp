#include "features/tracking/artifact_rows.hpp"
#include "features/tracking/erase.hpp"
#include "features/tracking/service.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"

#include <algorithm>
#include <filesystem>

namespace csva::tracking {
namespace {

namespace registry = models::registry;
using base::Result;
using store::Session;

constexpr std::string_view kDatasetTag = "csva:dataset_id";

Result<void> keep_files(
    Session& session, const RunRow& run, const std::vector<RecordedFolder>& folders
) {
    for (const auto& folder : folders)
        for (const auto& file : folder.files) {
            const std::string path =
                folder.name.empty() ? file.path : folder.name + "/" + file.path;
            CHECK_OK(put_artifact(
                session,
                {run.project_id,
                 run.run_id,
                 path,
                 folder.blob_key,
                 file.path,
                 file.size_bytes,
                 file.sha256}
            ));
        }
    return {};
}

/// The data set's experiment, taken out of the bin when it is there.
Result<ExperimentRow> experiment_for(Session& session, const RecordedTraining& training) {
    const std::string id = std::to_string(training.dataset_id);
    TRY(auto experiment, experiment_in(session, training.project_id, "dataset-" + id));
    if (experiment.lifecycle_stage != kActive)
        CHECK_OK(session.run(
            "UPDATE tracking_experiments SET lifecycle_stage = 'active', updated_at = :now WHERE "
            "id = :id",
            {base::Clock::wall_ms(), experiment.id}
        ));
    CHECK_OK(insert_many(
        session,
        "INSERT INTO tracking_experiment_tags (experiment_id, key, value)",
        " ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value",
        3,
        {experiment.id, kDatasetTag, id, experiment.id, "mlflow.note.content", training.dataset_name
        }
    ));
    return experiment;
}

/// Another user's training of the same name goes on with the same registered model: it belongs to
/// the project.
Result<void> register_version(
    Session& session, const RunRow& run, const RecordedTraining& training
) {
    std::string name = training.model_name;
    std::ranges::replace_if(
        name,
        [](char c) {
            return c == '/' || c == ':' || c == '\\' || static_cast<unsigned char>(c) < 0x20;
        },
        '_'
    );
    constexpr std::size_t kNameBytes = 250;
    if (name.size() > kNameBytes) name = "dataset-" + std::to_string(training.dataset_id);
    TRY(auto model, registry::find_in(session, training.project_id, name));
    if (!model) {
        TRY(auto made, registry::create_in(session, training.project_id, {name, "", {}}));
        model = std::move(made);
    }
    models::NewRegisteredVersion version;
    version.source = artifact_uri(run) + "/model";
    version.run_id = run.run_id;
    version.model_id = training.model_id;
    version.tags = {{"csva:training_id", std::to_string(training.training_id)}};
    CHECK_OK(registry::add_version(session, *model, version, training.user_name));
    return {};
}

}  // namespace

Result<std::vector<RecordedFile>> files_below(const std::string& folder) {
    namespace fs = std::filesystem;
    std::vector<RecordedFile> out;
    std::error_code code;
    for (const auto& entry : fs::recursive_directory_iterator(folder, code)) {
        if (!entry.is_regular_file(code)) continue;
        TRY(auto sha256, base::sha256_file(entry.path().string()));
        out.push_back(
            {fs::relative(entry.path(), folder, code).generic_string(),
             static_cast<std::int64_t>(entry.file_size(code)),
             std::move(sha256)}
        );
    }
    std::ranges::sort(out, {}, &RecordedFile::path);
    return out;
}

Result<void> record(Session& session, const RecordedTraining& training) {
    TRY(const auto known,
        session.row("SELECT id FROM tracking_runs WHERE training_id = :id", {training.training_id})
    );
    if (known) return {};
    TRY(const auto experiment, experiment_for(session, training));
    const std::string name = "training-" + std::to_string(training.training_id);
    TRY(const auto run,
        insert_run(
            session,
            experiment,
            {name, training.user_name, training.started_at, training.training_id}
        ));
    CHECK_OK(log_params(session, run, training.params));
    CHECK_OK(log_metrics(session, run, training.metrics));
    auto tags = training.tags;
    tags.push_back({"mlflow.runName", name});
    CHECK_OK(set_tags(session, run, tags));
    CHECK_OK(log_inputs(session, run, {&training.data, 1}));
    CHECK_OK(keep_files(session, run, training.folders));
    CHECK_OK(session.run(
        "UPDATE tracking_runs SET status = :status, ended_at = :now WHERE id = :id",
        {training.status, base::Clock::wall_ms(), run.id}
    ));
    if (training.model_name.empty()) return {};
    return register_version(session, run, training);
}

Result<void> erase_of_training(Session& session, std::int64_t training_id) {
    TRY(const auto runs,
        session.records<RunRow>(
            "SELECT " + std::string(kRunColumns) +
                " FROM tracking_runs r WHERE r.training_id = :id",
            {training_id}
        ));
    FreedBlobs swept_later;
    for (const auto& run : runs) CHECK_OK(erase_run(session, run, swept_later));
    return {};
}

Result<void> erase_of_dataset(Session& session, std::int64_t dataset_id) {
    CHECK_OK(session.run(
        "DELETE FROM tracking_experiments WHERE id IN (SELECT experiment_id FROM "
        "tracking_experiment_tags WHERE key = :key AND value = :value) AND NOT EXISTS (SELECT 1 "
        "FROM tracking_runs r WHERE r.experiment_id = tracking_experiments.id)",
        {kDatasetTag, std::to_string(dataset_id)}
    ));
    return {};
}

}  // namespace csva::tracking
