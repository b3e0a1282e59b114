#pragma once

#include "features/tracking/rows.hpp"

#include <string>
#include <vector>

/// What goes for good: rows with all that hangs on them. Inside the caller's transaction.
namespace csva::tracking {

/// Keys of blobs that nothing refers to any more, to be removed once the transaction is through.
using FreedBlobs = std::vector<std::string>;

/// With the logged models that it made.
base::Result<void> erase_run(store::Session& session, const RunRow& run, FreedBlobs& freed);
base::Result<void> erase_model(store::Session& session, const ModelRow& model, FreedBlobs& freed);
/// With its runs and logged models.
base::Result<void> erase_experiment(store::Session& session, std::int64_t id, FreedBlobs& freed);

}  // namespace csva::tracking
