#pragma once

#include "features/models/types.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace csva::models {

/// All SQL of the feature.
base::Result<ModelId> insert(
    store::Session& session, const Model& model, std::string_view bundle_key
);
base::Result<std::optional<Model>> find(store::Session& session, ModelId id);
/// The newest model of that name trained from the data set.
base::Result<std::optional<Model>> find_by_name(
    store::Session& session, std::int64_t dataset_id, std::string_view name
);
base::Result<std::vector<Model>> list_of_dataset(store::Session& session, std::int64_t dataset_id);
base::Result<std::vector<Model>> list_of_training(
    store::Session& session, std::int64_t training_id
);
base::Result<std::string> bundle_key(store::Session& session, ModelId id);
base::Result<void> erase_of_training(store::Session& session, std::int64_t training_id);
base::Result<void> erase_of_dataset(store::Session& session, std::int64_t dataset_id);
base::Result<void> erase_of_project(store::Session& session, std::int64_t project_id);
base::Result<std::set<std::string>> referenced_blobs(store::Session& session);
base::Result<std::int64_t> count(store::Session& session);

}  // namespace csva::models
