#pragma once

#include "features/predictions/types.hpp"
#include "foundation/i18n/catalogue.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <string>

namespace csva::predictions {

/// All SQL of the feature. `language` is that of a problem's sentences.
base::Result<BatchId> insert(
    store::Session& session, const Batch& batch, std::string_view upload_key
);
base::Result<void> set_job(store::Session& session, BatchId id, jobs::JobId job);
base::Result<std::optional<Batch>> find(
    store::Session& session, BatchId id, i18n::Language language
);
base::Result<void> finish(
    store::Session& session,
    BatchId id,
    std::int64_t rows,
    std::int64_t rejected,
    std::string_view result_key
);
base::Result<void> give_up(store::Session& session, BatchId id, const base::Error& error);

struct Keys {
    std::string upload_key;
    std::string result_key;
};
/// Errors: predictions.batch_not_found.
base::Result<Keys> keys_of(store::Session& session, BatchId id);
base::Result<void> erase(store::Session& session, BatchId id);

}  // namespace csva::predictions
