#include "features/training/service.hpp"

#include "engine/learn/targets.hpp"
#include "engine/profile/profile.hpp"
#include "features/models/service.hpp"
#include "features/privacy/service.hpp"
#include "features/tracking/service.hpp"
#include "features/training/run_record.hpp"
#include "features/training/store.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/jobs/queue.hpp"

namespace csva::training {
namespace {

using base::Result;
using store::Session;

Result<Training> found(Session& session, TrainingId id, i18n::Language language) {
    TRY(auto training, find(session, id, language));
    if (!training) return base::fail(base::ErrorKind::not_found, kNotFound);
    TRY(training->models, models::list_of_training(session, id.value));
    TRY(const auto job, jobs::get(session, training->job_id));
    if (training->state == jobs::State::queued) training->state = job.state;
    return std::move(*training);
}

}  // namespace

Result<Training> Service::start(
    const http::Actor& actor, const NewTraining& wish, i18n::Language language
) {
    return database_.transaction([&](Session& session) -> Result<Training> {
        TRY(const auto table,
            datasets::table_of(
                session, wish.dataset_id, wish.version_id.value_or(datasets::VersionId{})
            ));
        if (!table.schema.find(wish.target)) {
            return base::fail(
                base::ErrorKind::invalid_argument, learn::kUnknownTarget, {{"column", wish.target}}
            );
        }
        Training training;
        TRY(training.left_out,
            privacy::left_out(session, actor, table, {wish.target, wish.decisions, wish.undecided})
        );
        training.project_id = table.project_id;
        training.dataset_id = wish.dataset_id;
        training.version_id = table.id;
        training.request = {wish.target, wish.task, wish.preset, wish.budget_s, wish.options};
        training.created_by = actor.user_id;
        training.created_at = base::Clock::wall_ms();
        TRY(training.id, insert(session, training));
        TRY(training.job_id,
            jobs::enqueue(
                session,
                {.kind = std::string(kTrainJob),
                 .project_id = table.project_id,
                 .dataset_id = wish.dataset_id.value,
                 .user_id = actor.user_id,
                 .input = base::to_json(TrainingPath{training.id})}
            ));
        CHECK_OK(set_job(session, training.id, training.job_id));
        return found(session, training.id, language);
    });
}

Result<Training> Service::get(TrainingId id, i18n::Language language) {
    return database_.read([&](Session& session) { return found(session, id, language); });
}

Result<TrainingList> Service::list(datasets::DatasetId id, i18n::Language language) {
    return database_.read([&](Session& session) -> Result<TrainingList> {
        TRY(const auto all, list_of_dataset(session, id, language));
        TrainingList out;
        for (const auto& training : all) {
            TRY(auto whole, found(session, training.id, language));
            out.trainings.push_back(std::move(whole));
        }
        return out;
    });
}

Result<Training> Service::cancel(TrainingId id, i18n::Language language) {
    return database_.transaction([&](Session& session) -> Result<Training> {
        TRY(const auto training, found(session, id, language));
        TRY(const auto job, jobs::cancel(session, training.job_id));
        if (job.state == jobs::State::cancelled && training.state == jobs::State::queued) {
            const base::Error stopped(base::ErrorKind::conflict, base::kCancelledReason);
            CHECK_OK(record_failure(session, id, stopped));
            CHECK_OK(give_up(session, id, stopped));
        }
        return found(session, id, language);
    });
}

Result<void> Service::remove(TrainingId id) {
    return database_.transaction([&](Session& session) -> Result<void> {
        TRY(const auto training, found(session, id, i18n::Language::en));
        CHECK_OK(jobs::cancel(session, training.job_id));
        for (const auto& erase_more : erasers_) CHECK_OK(erase_more(session, id));
        CHECK_OK(tracking::erase_of_training(session, id.value));
        CHECK_OK(models::erase_of_training(session, id.value));
        return erase(session, id);
    });
}

Result<std::filesystem::path> Service::held_out(TrainingId id) {
    TRY(const auto key,
        database_.read([&](Session& session) { return held_out_key(session, id); }));
    if (key.empty()) return base::fail(base::ErrorKind::not_found, kNoHeldOut);
    return blobs_.local_path(key);
}

Result<void> erase_of_dataset(Session& session, datasets::DatasetId id) {
    TRY(const auto trainings,
        session.rows("SELECT id FROM trainings WHERE dataset_id = :id", {id}));
    for (const auto& training : trainings)
        CHECK_OK(tracking::erase_of_training(session, training.integer("id")));
    CHECK_OK(tracking::erase_of_dataset(session, id.value));
    CHECK_OK(models::erase_of_dataset(session, id.value));
    CHECK_OK(session.run("DELETE FROM trainings WHERE dataset_id = :id", {id}));
    return {};
}

Result<TargetList> targets_of(const std::string& profile) {
    TRY(const auto known, base::from_json<profile::Profile>(profile));
    std::vector<learn::ColumnFacts> columns;
    for (const auto& c : known.columns)
        columns.push_back({c.name, c.type, c.count, c.missing, c.distinct});
    return TargetList{learn::propose_targets(columns)};
}

accounts::ObjectKind object_kind() {
    return {
        "training",
        kNotFound,
        [](Session& session, std::int64_t id) -> Result<std::optional<std::int64_t>> {
            TRY(const auto training, find(session, TrainingId(id), i18n::Language::en));
            if (!training) return std::optional<std::int64_t>{};
            return std::optional(training->project_id);
        }
    };
}

}  // namespace csva::training
