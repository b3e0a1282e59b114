#pragma once

#include "engine/exchange/model_card.hpp"
#include "features/accounts/service.hpp"
#include "features/models/service.hpp"
#include "features/predictions/kept.hpp"
#include "features/predictions/log.hpp"
#include "features/predictions/types.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/http/message.hpp"
#include "foundation/jobs/kind.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace csva::predictions {

store::Migrations migrations();
/// `log` outlives it.
std::unique_ptr<store::Lifecycle> lifecycle(PredictionLog& log);
/// The kind "batch" for routes' access.
accounts::ObjectKind object_kind();
/// Hears of a batch whose predictions were kept, in the transaction that ends it.
using OnBatch = std::function<base::Result<void>(store::Session&, const Batch&)>;
/// The kind of job "batch".
jobs::Kind batch_kind(const base::Settings& settings, OnBatch on_batch);
/// Erases the batches of a data set that goes; before its models do.
base::Result<void> erase_of_dataset(store::Session& session, datasets::DatasetId id);
/// The same for one training.
base::Result<void> erase_of_training(store::Session& session, std::int64_t training_id);
/// Deletes batches older than a data set may become, with their files. For housekeeping.
base::Result<void> forget_batches(store::Session& session, std::int64_t before_ms);
base::Result<std::set<std::string>> referenced_blobs(store::Session& session);

/// The rules of predicting: one path for form, JSON and batch, the bundle's. Thread-safe.
class Service {
public:
    Service(
        store::Database& database,
        blob::BlobStore& blobs,
        models::Service& models,
        PredictionLog& log
    )
        : database_(database), blobs_(blobs), models_(models), log_(log) {}

    /// Errors: models.not_found, bundle.*.
    base::Result<Form> form(datasets::DatasetId id, std::string_view model_name);
    base::Result<Answer> answer(
        datasets::DatasetId id,
        std::string_view model_name,
        const std::map<std::string, base::Cell>& row
    );
    base::Result<Answers> answer_all(models::ModelId id, const std::vector<Row>& rows);
    /// The same two when that takes memory and little time; else nothing.
    std::optional<base::Result<Answer>> answer_quickly(
        datasets::DatasetId id,
        std::string_view model_name,
        const std::map<std::string, base::Cell>& row
    );
    std::optional<base::Result<Answers>> answer_all_quickly(
        models::ModelId id, const std::vector<Row>& rows
    );
    base::Result<ModelList> models_of(datasets::DatasetId id);
    base::Result<models::Model> model(models::ModelId id) { return models_.get(id); }
    /// Errors: models.not_found, bundle.*.
    base::Result<exchange::ModelCard> card(models::ModelId id, i18n::Language language);

    /// Takes a CSV file and enqueues its answering. Errors: models.not_found, models.withdrawn.
    base::Result<Batch> start(
        const http::Actor& actor,
        const NewBatch& wish,
        http::StagedFile& file,
        i18n::Language language
    );
    /// Errors: predictions.batch_not_found.
    base::Result<Batch> batch(BatchId id, i18n::Language language);
    /// The answers as CSV. Errors: predictions.batch_not_found, predictions.not_ready.
    base::Result<std::filesystem::path> result(BatchId id);
    base::Result<void> remove(BatchId id);

    /// By a registered model's name and alias, version or stage. Errors: those of
    /// models::registry::resolve too.
    base::Result<Answers> answer_named(const http::Actor& actor, const RowsByName& wish);

    /// What was true of predictions. Errors: models.not_found.
    base::Result<LabelsTaken> label(const NewLabels& wish, i18n::Language language);
    /// The same from a CSV file with the columns prediction_id and the model's target; empty cells
    /// are not known yet. Errors: predictions.no_label_column, those of reading::read_csv too.
    base::Result<LabelsTaken> label_file(
        const LabelFile& wish, const http::StagedFile& file, i18n::Language language
    );
    /// The same from a CSV file with the model's target, row by row as the batch's file was.
    /// Errors: predictions.batch_not_found, predictions.not_ready, predictions.other_rows too.
    base::Result<LabelsTaken> label_batch(
        const BatchLabels& wish, const http::StagedFile& file, i18n::Language language
    );

private:
    store::Database& database_;
    blob::BlobStore& blobs_;
    models::Service& models_;
    PredictionLog& log_;
};

}  // namespace csva::predictions
