#include "features/monitoring/service.hpp"

#include "features/datasets/service.hpp"
#include "features/monitoring/store.hpp"
#include "features/predictions/service.hpp"
#include "features/projects/service.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/log.hpp"
#include "foundation/jobs/queue.hpp"

#include <algorithm>

namespace csva::monitoring {
namespace {

using base::Result;
using i18n::Language;
using store::Session;

constexpr std::int64_t kHourMs = 3'600'000;

Result<bool> is_under_way(Session& session, std::int64_t job_id) {
    if (job_id == 0) return false;
    const auto job = jobs::get(session, jobs::JobId(job_id));
    if (!job) return false;
    return job->state == jobs::State::queued || job->state == jobs::State::running;
}

Result<std::string> dataset_name(Session& session, std::int64_t id) {
    TRY(const auto row, session.row("SELECT name FROM datasets WHERE id = :id", {id}));
    return row ? row->text("name") : std::string();
}

Result<WatchedModel> summary_of(
    Session& session, const predictions::Usage& usage, Language language
) {
    WatchedModel out;
    TRY(auto model, models::find(session, usage.model_id));
    if (!model) return base::fail(base::ErrorKind::not_found, models::kNotFound);
    out.model = std::move(*model);
    TRY(out.dataset_name, dataset_name(session, out.model.dataset_id));
    TRY(out.addresses, models::registry::addresses_of(session, out.model.id));
    out.predictions = usage.predictions;
    out.waiting_rows = usage.waiting_rows;
    out.last_at_ms = usage.last_at_ms;
    TRY(const auto state, watched(session, out.model.id));
    TRY(out.is_checking, is_under_way(session, state.job_id));
    TRY(const auto windows,
        session.row(
            "SELECT COUNT(*) AS n FROM monitoring_windows WHERE model_id = :id", {out.model.id}
        ));
    out.windows = windows->integer("n");
    TRY(out.last, last_window(session, out.model.id, language));
    return out;
}

Result<ModelMonitoring> monitoring_of(
    Session& session, const predictions::Usage& usage, Language language
) {
    ModelMonitoring out;
    TRY(out.summary, summary_of(session, usage, language));
    TRY(auto state, watched(session, usage.model_id));
    out.quality_when_trained = std::move(state.quality_when_trained);
    TRY(out.timeline, windows_of(session, usage.model_id, language));
    return out;
}

}  // namespace

std::vector<base::SettingRow> setting_rows() {
    return {
        {"monitoring.window_h",
         base::SettingType::integer,
         "24",
         "h",
         "Length of the periods whose predictions are judged together; they begin at multiples of "
         "it since 1970, UTC."},
    };
}

Result<jobs::JobId> enqueue_look(
    Session& session, const models::Model& model, std::int64_t until_ms, bool is_asked
) {
    TRY(const auto state, watched(session, model.id));
    if (!is_asked && state.job_id != 0) {
        const auto job = jobs::get(session, jobs::JobId(state.job_id));
        if (job && job->state == jobs::State::queued) return jobs::JobId(state.job_id);
    }
    TRY(const auto job,
        jobs::enqueue(
            session,
            {.kind = std::string(kWatchJob),
             .project_id = model.project_id,
             .dataset_id = model.dataset_id,
             .user_id = 0,
             .input = base::to_json(LookOrder{model.id, until_ms})}
        ));
    CHECK_OK(set_job(session, model, job));
    return job;
}

Result<void> on_batch(Session& session, const predictions::Batch& batch) {
    TRY(const auto model, models::hold(session, batch.model_id));
    if (!model) return {};
    CHECK_OK(enqueue_look(session, *model, 0, false));
    return {};
}

Result<void> erase_of_models(Session& session, std::string_view column, std::int64_t id) {
    return erase(session, column, id);
}

Result<void> look_at_ended_periods(store::Database& database, const base::Settings& settings) {
    const std::int64_t period = settings.integer("monitoring.window_h") * kHourMs;
    const std::int64_t start = base::Clock::wall_ms() / period * period;
    return database.transaction([&](Session& session) -> Result<void> {
        TRY(const auto waiting, predictions::models_waiting(session, start));
        for (const auto id : waiting) {
            TRY(const auto model, models::hold(session, id));
            TRY(const auto segments, predictions::waiting_segments(session, id));
            TRY(const auto state, watched(session, id));
            TRY(const bool busy, is_under_way(session, state.job_id));
            if (model && !busy && !windows_from(segments, start, period).empty())
                CHECK_OK(enqueue_look(session, *model, start, false));
        }
        return {};
    });
}

Result<void> forget_old_rows(store::Database& database, const base::Settings& settings) {
    const std::int64_t before =
        base::Clock::wall_ms() - settings.integer("predictions.log_keep_days") * 24 * kHourMs;
    TRY(const auto forgotten,
        database.transaction([&](Session& session) { return forget_rows(session, before); }));
    if (forgotten > 0)
        base::log(base::LogLevel::info, "predictions_forgotten", {{"segments", forgotten}});
    return {};
}

Result<Overview> Service::overview(const http::Actor& actor, Language language) {
    return parts_.database.read([&](Session& session) -> Result<Overview> {
        TRY(const auto used,
            predictions::usage(
                session,
                projects::visible_condition("s.project_id"),
                projects::visible_values(actor)
            ));
        Overview out;
        for (const auto& usage : used) {
            TRY(auto model, summary_of(session, usage, language));
            out.models.push_back(std::move(model));
        }
        return out;
    });
}

Result<DatasetMonitoring> Service::of_dataset(datasets::DatasetId id, Language language) {
    return parts_.database.read([&](Session& session) -> Result<DatasetMonitoring> {
        DatasetMonitoring out{id, {}, {}};
        TRY(out.dataset_name, dataset_name(session, id.value));
        TRY(const auto used,
            predictions::usage(
                session, "s.model_id IN (SELECT id FROM models WHERE dataset_id = :id)", {id}
            ));
        for (const auto& usage : used) {
            TRY(auto model, monitoring_of(session, usage, language));
            out.models.push_back(std::move(model));
        }
        return out;
    });
}

Result<ModelMonitoring> Service::of_model(models::ModelId id, Language language) {
    return parts_.database.read([&](Session& session) -> Result<ModelMonitoring> {
        TRY(const auto used, predictions::usage(session, "s.model_id = :id", {id}));
        const auto usage = used.empty() ? predictions::Usage{id, 0, 0, {}} : used.front();
        return monitoring_of(session, usage, language);
    });
}

Result<WindowDetails> Service::window(const WindowPath& path, Language language) {
    return parts_.database.read([&](Session& session) { return details(session, path, language); });
}

Result<Check> Service::check(models::ModelId id) {
    parts_.log.close(id);
    const std::int64_t now = base::Clock::wall_ms() + 1;
    return parts_.database.transaction([&](Session& session) -> Result<Check> {
        TRY(const auto model, models::hold(session, id));
        if (!model) return base::fail(base::ErrorKind::not_found, models::kNotFound);
        TRY(const auto segments, predictions::waiting_segments(session, id));
        TRY(const auto labels, predictions::count_labels(session, id));
        if (windows_from(segments, now, 0).empty() && labels.labels == 0) {
            std::int64_t rows = 0;
            for (const auto& segment : segments) rows += segment.rows;
            return base::fail(
                base::ErrorKind::conflict,
                kTooFewRows,
                {{"rows", rows}, {"least", drift::WatchOptions{}.least_rows}}
            );
        }
        TRY(const auto job, enqueue_look(session, *model, now, true));
        return Check{job};
    });
}

}  // namespace csva::monitoring
