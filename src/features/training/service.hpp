#pragma once

#include "features/accounts/service.hpp"
#include "features/datasets/service.hpp"
#include "features/models/service.hpp"
#include "features/training/types.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/http/actor.hpp"
#include "foundation/jobs/kind.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace csva::training {

store::Migrations migrations();
std::unique_ptr<store::Lifecycle> lifecycle();
/// The kind "training" for routes' access.
accounts::ObjectKind object_kind();
/// The kind of job "train".
jobs::Kind train_kind();
/// Erases the trainings and models of a data set that goes.
base::Result<void> erase_of_dataset(store::Session& session, datasets::DatasetId id);
base::Result<std::set<std::string>> referenced_blobs(store::Session& session);

/// Columns worth predicting by a profile's JSON.
base::Result<TargetList> targets_of(const std::string& profile);

/// Erases what another feature keeps about the models of a training, inside the transaction that
/// deletes it and before the models go.
using Eraser = std::function<base::Result<void>(store::Session&, TrainingId)>;

/// The rules of training. Thread-safe.
class Service {
public:
    Service(store::Database& database, blob::BlobStore& blobs, std::vector<Eraser> erasers)
        : database_(database), blobs_(blobs), erasers_(std::move(erasers)) {}

    /// Enqueues a training. Errors: datasets.not_found, datasets.not_ready,
    /// datasets.version_not_found, learn.unknown_target, learn.unknown_family, those of
    /// privacy::left_out.
    base::Result<Training> start(
        const http::Actor& actor, const NewTraining& wish, i18n::Language language
    );
    /// Errors: training.not_found.
    base::Result<Training> get(TrainingId id, i18n::Language language);
    base::Result<TrainingList> list(datasets::DatasetId id, i18n::Language language);
    /// Asks the job to stop and keep the best so far. Errors: training.not_found.
    base::Result<Training> cancel(TrainingId id, i18n::Language language);
    /// With its models and what hangs on them. Errors: training.not_found.
    base::Result<void> remove(TrainingId id);
    /// CSV of row_id, truth, prediction and probabilities on the rows that scored. Errors:
    /// training.not_found, training.no_held_out.
    base::Result<std::filesystem::path> held_out(TrainingId id);

private:
    store::Database& database_;
    blob::BlobStore& blobs_;
    std::vector<Eraser> erasers_;
};

}  // namespace csva::training
