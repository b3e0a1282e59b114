#pragma once

#include "features/models/service.hpp"
#include "features/tracking/types.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// Trainings of ours as runs, so that every client of the protocol sees them.
namespace csva::tracking {

/// A file inside a folder of the blob store.
struct RecordedFile {
    std::string path;
    std::int64_t size_bytes = 0;
    std::string sha256;
};
CSVA_DESCRIBE(RecordedFile, path, size_bytes, sha256)

/// A folder of the blob store, and where its files stand in the run.
struct RecordedFolder {
    std::string blob_key;
    std::string name;  ///< "model"; empty: the top.
    std::vector<RecordedFile> files;
};
CSVA_DESCRIBE(RecordedFolder, blob_key, name, files)

/// Files of a folder on disk, with their hashes. Errors: base.file_unreadable.
base::Result<std::vector<RecordedFile>> files_below(const std::string& folder);

/// A training that has ended.
struct RecordedTraining {
    std::int64_t project_id = 0;
    std::int64_t training_id = 0;
    std::int64_t dataset_id = 0;
    std::string dataset_name;
    std::string model_name;  ///< Registered model that gets the next version; empty: none.
    std::string status;      ///< FINISHED, FAILED or KILLED.
    std::string user_name;
    std::int64_t started_at = 0;
    std::vector<KeyValue> params;
    std::vector<MlflowMetric> metrics;
    std::vector<KeyValue> tags;
    MlflowDatasetInput data;
    std::vector<RecordedFolder> folders;
    models::ModelId model_id;  ///< The model chosen.
};
/// A run in the data set's experiment, and a version of the registered model. Inside the
/// transaction that ends the training; a training that has its run already keeps it.
base::Result<void> record(store::Session& session, const RecordedTraining& training);

/// The run of a training goes with it, and the versions registered from the run.
base::Result<void> erase_of_training(store::Session& session, std::int64_t training_id);
/// The experiment of a data set that goes, once its trainings are gone; runs that somebody else put
/// there keep it.
base::Result<void> erase_of_dataset(store::Session& session, std::int64_t dataset_id);

}  // namespace csva::tracking
