#include "features/predictions/service.hpp"

#include "features/predictions/store.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/jobs/queue.hpp"

namespace csva::predictions {
namespace {

using base::Result;
using store::Session;

/// What the form asks for: the column as it is in the file, the range as it is learnt.
FormField field_of(const table::Column& as_read, const learn::InputColumn& input) {
    return {
        .column = as_read.name,
        .type = as_read.type,
        .categories = input.categories,
        .low = input.low,
        .high = input.high,
        .typical = input.typical,
        .whole = as_read.type == table::ColumnType::integer,
    };
}

Result<Batch> found(Session& session, BatchId id, i18n::Language language) {
    TRY(auto batch, find(session, id, language));
    if (!batch) return base::fail(base::ErrorKind::not_found, kBatchNotFound);
    return std::move(*batch);
}

}  // namespace

Result<Form> Service::form(datasets::DatasetId id, std::string_view model_name) {
    Form form;
    TRY(form.model, models_.get_by_name(id.value, model_name));
    TRY(const auto loaded, models_.bundle_of(form.model.id));
    const auto& description = loaded->description();
    form.classes = description.report.classes;
    for (std::size_t i = 0; i < description.columns.columns.size(); ++i)
        form.fields.push_back(
            field_of(description.columns.columns[i], description.preparation.columns[i])
        );
    return form;
}

Result<Answer> Service::answer(
    datasets::DatasetId id,
    std::string_view model_name,
    const std::map<std::string, base::Cell>& row
) {
    if (row.empty()) return base::fail(base::ErrorKind::invalid_argument, kNoRow);
    TRY(const auto model, models_.get_by_name(id.value, model_name));
    TRY(const auto loaded, models_.bundle_of(model.id));
    TRY(auto answer, loaded->predict(row, model_name));
    return Answer{
        model.id,
        model.name,
        std::move(answer.prediction),
        std::move(answer.probabilities),
        std::move(answer.warnings)
    };
}

Result<Answers> Service::answer_all(models::ModelId id, const std::vector<Row>& rows) {
    TRY(const auto model, models_.get(id));
    TRY(const auto loaded, models_.bundle_of(id));
    Answers answers{id, {}};
    answers.predictions.reserve(rows.size());
    for (const auto& row : rows) {
        TRY(auto answer, loaded->predict(row.cells, model.name));
        answers.predictions.push_back(std::move(answer));
    }
    return answers;
}

Result<ModelList> Service::models_of(datasets::DatasetId id) {
    TRY(auto models, models_.list_of_dataset(id.value));
    return ModelList{std::move(models)};
}

Result<Batch> Service::start(
    const http::Actor& actor, models::ModelId id, http::StagedFile* file, i18n::Language language
) {
    if (file == nullptr) return base::fail(base::ErrorKind::invalid_argument, kNoFilePart);
    TRY(const auto model, models_.get(id));
    TRY(const auto key, blobs_.put_file(model.project_id, file->path));
    file->release();
    return database_.transaction([&](Session& session) -> Result<Batch> {
        Batch batch;
        batch.project_id = model.project_id;
        batch.model_id = id;
        batch.file_name = file->filename;
        batch.created_at = base::Clock::wall_ms();
        TRY(batch.id, insert(session, batch, key));
        TRY(const auto job,
            jobs::enqueue(
                session,
                {.kind = std::string(kBatchJob),
                 .project_id = model.project_id,
                 .dataset_id = model.dataset_id,
                 .user_id = actor.user_id,
                 .input = base::to_json(BatchPath{batch.id})}
            ));
        CHECK_OK(set_job(session, batch.id, job));
        return found(session, batch.id, language);
    });
}

Result<Batch> Service::batch(BatchId id, i18n::Language language) {
    return database_.read([&](Session& session) { return found(session, id, language); });
}

Result<std::filesystem::path> Service::result(BatchId id) {
    TRY(const auto keys, database_.read([&](Session& session) { return keys_of(session, id); }));
    if (keys.result_key.empty()) return base::fail(base::ErrorKind::conflict, kNotReady);
    return blobs_.local_path(keys.result_key);
}

Result<void> Service::remove(BatchId id) {
    return database_.transaction([&](Session& session) -> Result<void> {
        TRY(const auto batch, found(session, id, i18n::Language::en));
        CHECK_OK(jobs::cancel(session, batch.job_id));
        return erase(session, id);
    });
}

}  // namespace csva::predictions
