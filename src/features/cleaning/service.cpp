#include "features/cleaning/service.hpp"

#include "features/cleaning/jobs.hpp"
#include "foundation/jobs/queue.hpp"

namespace csva::cleaning {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using datasets::DatasetId;
using datasets::VersionId;
using recipe::Step;
using store::Session;

/// Columns after a step. Table steps and steps that fit constants leave the columns as they are.
Result<table::Schema> schema_after(const Step& step, const table::Schema& schema) {
    const recipe::StepInfo* info = recipe::find_step(step.step);
    if (info == nullptr || info->kind == recipe::StepKind::table || info->fitted) return schema;
    TRY(const auto made, recipe::load_row_step(step, schema, "{}"));
    return made->output_schema();
}

Result<jobs::JobId> enqueue(
    Session& session, const http::Actor& actor, const datasets::VersionTable& parent, CleanJob& job
) {
    VersionId before = parent.id;
    for (const Step& step : job.steps) {
        TRY(before,
            datasets::insert_pending(
                session,
                {.dataset_id = parent.dataset_id,
                 .parent_id = before,
                 .step = base::to_json(step),
                 .created_by = actor.user_id}
            ));
        job.version_ids.push_back(before);
    }
    return jobs::enqueue(
        session,
        {.kind = std::string(kCleanJob),
         .project_id = parent.project_id,
         .dataset_id = parent.dataset_id.value,
         .user_id = actor.user_id,
         .input = base::to_json(job)}
    );
}

}  // namespace

Result<void> check_steps(const std::vector<Step>& steps, const table::Schema& schema) {
    table::Schema now = schema;
    for (std::size_t i = 0; i < steps.size(); ++i) {
        auto checked = recipe::check_step(steps[i], now);
        if (!checked) {
            checked.error().details.push_back({"step", static_cast<std::int64_t>(i + 1)});
            return checked;
        }
        TRY(now, schema_after(steps[i], now));
    }
    return {};
}

Result<CleanAnswer> Service::clean(
    const http::Actor& actor, DatasetId id, const std::vector<Step>& steps
) {
    TRY(const auto known, datasets_.table(id, {}));
    CHECK_OK(check_steps(steps, known.schema));
    return datasets_.database().transaction([&](Session& session) -> Result<CleanAnswer> {
        TRY(const auto dataset, datasets::find(session, id, i18n::Language::en));
        if (!dataset) return fail(ErrorKind::not_found, datasets::kNotFound);
        if (dataset->state != datasets::State::ready || dataset->current_version_id != known.id)
            return fail(ErrorKind::conflict, datasets::kBusy);
        CleanJob job{.dataset_id = id, .parent_id = known.id, .steps = steps};
        TRY(const auto job_id, enqueue(session, actor, known, job));
        CHECK_OK(datasets::set_job(session, id, datasets::State::cleaning, job_id));
        return CleanAnswer{id, job.version_ids.back(), job_id};
    });
}

Step step_from(const ColumnRequest& request) {
    Step step{.step = request.action, .columns = {request.column}, .options = request.options};
    if (step.step.find('@') != std::string::npos) return step;
    // The newest version that the catalogue has.
    for (const auto& info : recipe::catalogue())
        if (recipe::step_name(info.step) == request.action) step.step = info.step;
    return step;
}

}  // namespace csva::cleaning
