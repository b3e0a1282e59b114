#pragma once

#include "engine/learn/train.hpp"
#include "features/models/types.hpp"
#include "features/tracking/service.hpp"
#include "features/training/types.hpp"
#include "foundation/store/database.hpp"

#include <filesystem>
#include <string>
#include <vector>

/// A training as a run of tracking. All run inside the transaction that ends the training.
namespace csva::training {

/// Keys of what a training leaves in the blob store, and what its run needs of its files.
struct Stored {
    std::string bundle_key;
    std::string held_out_key;
    tracking::RecordedFolder model;
    tracking::RecordedFolder record;
    std::vector<learn::LearningCurve> curves;
};
CSVA_DESCRIBE(Stored, bundle_key, held_out_key, model, record, curves)

/// With the model chosen as the next version of a registered model.
base::Result<void> record_success(
    store::Session& session,
    TrainingId id,
    const learn::Report& report,
    const Stored& stored,
    models::ModelId chosen
);
/// A run that failed or was killed, with the reason as a tag.
base::Result<void> record_failure(store::Session& session, TrainingId id, const base::Error& error);

}  // namespace csva::training
