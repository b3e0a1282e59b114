#include "features/predictions/service.hpp"

#include "engine/bundle/model.hpp"
#include "features/predictions/store.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/jobs/queue.hpp"

#include <chrono>

namespace csva::predictions {
namespace {

using base::Result;
using store::Session;

/// What the form asks for: the column as it is in the file, the range as it is learnt.
FormField field_of(const table::Column& as_read, const learn::InputColumn& input) {
    const bool whole = as_read.type == table::ColumnType::integer;
    return {
        .column = as_read.name,
        .type = as_read.type,
        .categories = input.categories,
        .low = input.low,
        .high = input.high,
        // Of whole numbers, filling may have made others.
        .typical = whole ? input.typical.substr(0, input.typical.find('.')) : input.typical,
        .whole = whole,
    };
}

Result<Batch> found(Session& session, BatchId id, i18n::Language language) {
    TRY(auto batch, find(session, id, language));
    if (!batch) return base::fail(base::ErrorKind::not_found, kBatchNotFound);
    return std::move(*batch);
}

/// A network thread may spend this on one request.
constexpr std::int64_t kQuickNs = 300'000;

bool is_quick(const models::Ready& ready, std::size_t rows) {
    const std::int64_t one = ready.row_ns.load(std::memory_order_relaxed);
    return one >= 0 && one * static_cast<std::int64_t>(rows) < kQuickNs;
}

Result<bundle::Prediction> predict(
    const models::Ready& ready, const std::map<std::string, base::Cell>& row
) {
    const auto begin = std::chrono::steady_clock::now();
    auto answer = ready.bundle->predict(row, ready.model.name);
    const std::chrono::nanoseconds taken = std::chrono::steady_clock::now() - begin;
    ready.row_ns.store(taken.count(), std::memory_order_relaxed);
    return answer;
}

Result<Answer> answer_one(
    const models::Ready& ready, const std::map<std::string, base::Cell>& row, PredictionLog& log
) {
    TRY(auto answer, predict(ready, row));
    auto id = log.append(ready, row, answer);
    return Answer{
        ready.model.id,
        ready.model.name,
        std::move(id),
        std::move(answer.prediction),
        std::move(answer.probabilities),
        std::move(answer.warnings)
    };
}

Result<Answers> answer_rows(
    const models::Ready& ready, const std::vector<Row>& rows, PredictionLog& log
) {
    Answers answers{ready.model.id, {}, {}};
    answers.predictions.reserve(rows.size());
    for (const auto& row : rows) {
        TRY(auto answer, predict(ready, row.cells));
        answers.predictions.push_back(std::move(answer));
    }
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (auto id = log.append(ready, rows[i].cells, answers.predictions[i]))
            answers.prediction_ids.push_back(std::move(*id));
    // Some without an id would shift the others.
    if (answers.prediction_ids.size() != rows.size()) answers.prediction_ids.clear();
    return answers;
}

}  // namespace

Result<Form> Service::form(datasets::DatasetId id, std::string_view model_name) {
    TRY(const auto ready, models_.ready(id.value, model_name));
    const auto& description = ready->bundle->description();
    Form form{.model = ready->model, .classes = description.report.classes, .fields = {}};
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
    TRY(const auto ready, models_.ready(id.value, model_name));
    return answer_one(*ready, row, log_);
}

Result<Answers> Service::answer_all(models::ModelId id, const std::vector<Row>& rows) {
    TRY(const auto ready, models_.ready(id));
    return answer_rows(*ready, rows, log_);
}

Result<Answers> Service::answer_named(const http::Actor& actor, const RowsByName& wish) {
    TRY(const auto id, database_.read([&](Session& session) {
        return models::registry::resolve(session, actor, wish.model);
    }));
    return answer_all(id, wish.rows);
}

std::optional<Result<Answer>> Service::answer_quickly(
    datasets::DatasetId id,
    std::string_view model_name,
    const std::map<std::string, base::Cell>& row
) {
    const auto ready = models_.remembered(id.value, model_name);
    if (!ready || row.empty() || !is_quick(*ready, 1)) return std::nullopt;
    return answer_one(*ready, row, log_);
}

std::optional<Result<Answers>> Service::answer_all_quickly(
    models::ModelId id, const std::vector<Row>& rows
) {
    const auto ready = models_.remembered(id);
    if (!ready || !is_quick(*ready, rows.size())) return std::nullopt;
    return answer_rows(*ready, rows, log_);
}

Result<exchange::ModelCard> Service::card(models::ModelId id, i18n::Language language) {
    TRY(const auto ready, models_.ready(id));
    const auto& known = ready->bundle->description();
    return exchange::model_card(
        {known.report, known.preparation, known.recipe.size(), known.program_version}, language
    );
}

Result<ModelList> Service::models_of(datasets::DatasetId id) {
    TRY(auto models, models_.list_of_dataset(id.value));
    return ModelList{std::move(models)};
}

Result<Batch> Service::start(
    const http::Actor& actor, const NewBatch& wish, http::StagedFile& file, i18n::Language language
) {
    TRY(const auto model, models_.get(wish.model_id));
    CHECK_OK(database_.read([&](Session& session) {
        return models::check_serves(session, wish.model_id);
    }));
    TRY(const auto key, blobs_.put_file(model.project_id, file.path));
    file.release();
    return database_.transaction([&](Session& session) -> Result<Batch> {
        TRY(const auto held, models::hold(session, model.id));
        if (!held) return base::fail(base::ErrorKind::not_found, models::kNotFound);
        Batch batch;
        batch.project_id = model.project_id;
        batch.model_id = wish.model_id;
        batch.file_name = file.filename;
        batch.created_at = base::Clock::wall_ms();
        TRY(batch.id, insert(session, batch, key));
        TRY(const auto job,
            jobs::enqueue(
                session,
                {.kind = std::string(kBatchJob),
                 .project_id = model.project_id,
                 .dataset_id = model.dataset_id,
                 .user_id = actor.user_id,
                 .input = base::to_json(BatchJob{batch.id, wish.keep_columns})}
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
