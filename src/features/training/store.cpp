#include "features/training/store.hpp"

#include "features/training/service.hpp"
#include "foundation/base/clock.hpp"

namespace csva::training {
namespace {

constexpr std::string_view kColumns =
    "id, project_id, dataset_id, version_id, job_id, state, request, left_out, report, created_by, "
    "created_at, finished_at, reason, details";

base::Result<std::vector<Training>> select(
    store::Session& session,
    std::string_view where,
    std::vector<store::Value> values,
    i18n::Language language
) {
    TRY(const auto rows,
        session.rows(
            "SELECT " + std::string(kColumns) + " FROM trainings WHERE " + std::string(where),
            std::move(values)
        ));
    std::vector<Training> out;
    for (const auto& row : rows) {
        auto& training = out.emplace_back();
        CHECK_OK(store::Session::fill_record(row, training));
        const std::string reason = row.text("reason");
        if (!reason.empty())
            training.problem = datasets::problem_from(reason, row.text("details"), language);
    }
    return out;
}

}  // namespace

base::Result<TrainingId> insert(store::Session& session, const Training& training) {
    TRY(const auto id,
        session.insert(
            "INSERT INTO trainings (project_id, dataset_id, version_id, job_id, state, request, "
            "left_out, reason, details, bundle_key, "
            "held_out_key, created_by, created_at) VALUES (:project_id, :dataset_id, :version_id, "
            "0, 'queued', :request, :left_out, '', '{}', '', '', "
            ":created_by, :created_at) RETURNING id",
            {training.project_id,
             training.dataset_id,
             training.version_id,
             base::to_json(training.request),
             base::to_json(training.left_out),
             training.created_by,
             training.created_at}
        ));
    return TrainingId(id);
}

base::Result<void> set_job(store::Session& session, TrainingId id, jobs::JobId job) {
    CHECK_OK(session.run("UPDATE trainings SET job_id = :job WHERE id = :id", {job, id}));
    return {};
}

base::Result<std::optional<Training>> find(
    store::Session& session, TrainingId id, i18n::Language language
) {
    TRY(auto found, select(session, "id = :id", {id}, language));
    if (found.empty()) return std::optional<Training>{};
    return std::optional(std::move(found.front()));
}

base::Result<std::vector<Training>> list_of_dataset(
    store::Session& session, datasets::DatasetId id, i18n::Language language
) {
    return select(session, "dataset_id = :id ORDER BY id DESC LIMIT 200", {id}, language);
}

base::Result<void> finish(store::Session& session, const Finished& finished) {
    TRY(const auto changed,
        session.run(
            "UPDATE trainings SET state = 'succeeded', report = :report, bundle_key = :bundle, "
            "held_out_key = :held_out, "
            "finished_at = :at WHERE id = :id",
            {finished.report,
             finished.bundle_key,
             finished.held_out_key,
             base::Clock::wall_ms(),
             finished.id}
        ));
    if (changed == 0) return base::fail(base::ErrorKind::not_found, kNotFound);
    return {};
}

base::Result<void> give_up(store::Session& session, TrainingId id, const base::Error& error) {
    CHECK_OK(session.run(
        "UPDATE trainings SET state = :state, reason = :reason, details = :details, finished_at = "
        ":at WHERE id = :id",
        {jobs::state_after(error),
         error.reason,
         base::details_json(error),
         base::Clock::wall_ms(),
         id}
    ));
    return {};
}

base::Result<std::string> held_out_key(store::Session& session, TrainingId id) {
    TRY(const auto row, session.row("SELECT held_out_key FROM trainings WHERE id = :id", {id}));
    if (!row) return base::fail(base::ErrorKind::not_found, kNotFound);
    return row->text("held_out_key");
}

base::Result<void> erase(store::Session& session, TrainingId id) {
    CHECK_OK(session.run("DELETE FROM trainings WHERE id = :id", {id}));
    return {};
}

base::Result<void> erase_of_project(store::Session& session, std::int64_t project_id) {
    CHECK_OK(session.run("DELETE FROM trainings WHERE project_id = :id", {project_id}));
    return {};
}

base::Result<std::set<std::string>> referenced_blobs(store::Session& session) {
    TRY(const auto rows, session.rows("SELECT bundle_key, held_out_key FROM trainings"));
    std::set<std::string> keys;
    for (const auto& row : rows) {
        keys.insert(row.text("bundle_key"));
        keys.insert(row.text("held_out_key"));
    }
    keys.erase("");
    return keys;
}

}  // namespace csva::training
