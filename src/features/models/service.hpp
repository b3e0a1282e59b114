#pragma once

#include "features/accounts/service.hpp"
#include "features/models/registry.hpp"
#include "features/models/types.hpp"
#include "foundation/base/result.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace csva::bundle {
class Model;
}

namespace csva::models {

store::Migrations migrations();
std::unique_ptr<store::Lifecycle> lifecycle();
/// The kind "model" for routes' access.
accounts::ObjectKind object_kind();

/// The kind "registered_model".
accounts::ObjectKind registered_kind();

// For the features above, inside their own session.

base::Result<ModelId> insert(
    store::Session& session, const Model& model, std::string_view bundle_key
);
base::Result<std::optional<Model>> find(store::Session& session, ModelId id);
/// The model, if there is one, kept until the transaction ends: what is written for it meanwhile is
/// seen by who erases it.
base::Result<std::optional<Model>> hold(store::Session& session, ModelId id);
/// Before what belongs to the models whose `column` is `id` is erased: waits for who `hold`s one.
base::Result<void> wait_for_holders(
    store::Session& session, std::string_view column, std::int64_t id
);
/// The newest model of that name trained from the data set.
base::Result<std::optional<Model>> find_by_name(
    store::Session& session, std::int64_t dataset_id, std::string_view name
);
base::Result<std::vector<Model>> list_of_dataset(store::Session& session, std::int64_t dataset_id);
base::Result<std::vector<Model>> list_of_training(
    store::Session& session, std::int64_t training_id
);
/// The model answers no more, and no alias leads to it. May be done twice. Errors:
/// models.not_found.
base::Result<void> withdraw(store::Session& session, ModelId id, const registry::Promotion& by);
/// Errors: models.withdrawn.
base::Result<void> check_serves(store::Session& session, ModelId id);
base::Result<std::string> bundle_key(store::Session& session, ModelId id);
base::Result<void> erase_of_training(store::Session& session, std::int64_t training_id);
base::Result<void> erase_of_dataset(store::Session& session, std::int64_t dataset_id);
base::Result<void> erase_of_project(store::Session& session, std::int64_t project_id);
/// Whether some model's bundle is this blob.
base::Result<bool> uses_blob(store::Session& session, std::string_view key);
base::Result<std::set<std::string>> referenced_blobs(store::Session& session);
base::Result<std::int64_t> count(store::Session& session);

/// A model with its bundle in memory.
struct Ready {
    Model model;
    std::shared_ptr<const bundle::Model> bundle;
    mutable std::atomic<std::int64_t> row_ns = -1;  ///< Time of the last row; -1: none yet.
};

/// Finds models and keeps the bundles of those in use in memory. Thread-safe.
class Service {
public:
    Service(store::Database& database, blob::BlobStore& blobs);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// Errors: models.not_found.
    base::Result<Model> get(ModelId id);
    base::Result<std::vector<Model>> list_of_dataset(std::int64_t dataset_id);
    /// The model, or the newest of that name trained from the data set, with its bundle, which is
    /// loaded once and shared. Errors: models.not_found, models.withdrawn, blob.missing, bundle.*.
    base::Result<std::shared_ptr<const Ready>> ready(ModelId id);
    base::Result<std::shared_ptr<const Ready>> ready(
        std::int64_t dataset_id, std::string_view name
    );
    /// The same when memory has it; else null.
    std::shared_ptr<const Ready> remembered(ModelId id) const;
    std::shared_ptr<const Ready> remembered(std::int64_t dataset_id, std::string_view name) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::models
