#include "features/models/service.hpp"

#include "engine/bundle/model.hpp"

#include <algorithm>
#include <list>
#include <mutex>

namespace csva::embedded {
std::span<const base::EmbeddedFile> models_migrations();
}

namespace csva::models {
namespace {

/// Bundles kept in memory, the most recently used first.
constexpr std::size_t kBundlesMax = 16;

class ModelsLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "models"; }
    std::vector<std::string_view> tables() const override { return {"models"}; }
    base::Result<std::set<std::string>> blobs(store::Session& session) override {
        return referenced_blobs(session);
    }
    base::Result<void> erase_project(store::Session& session, std::int64_t project_id) override {
        return erase_of_project(session, project_id);
    }
    base::Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(const auto rows, session.rows("SELECT id FROM models WHERE bundle_key = ''"));
        std::vector<std::string> wrong;
        for (const auto& row : rows)
            wrong.push_back("model " + std::to_string(row.integer("id")) + " has no bundle");
        return wrong;
    }
};

base::Result<Model> found(base::Result<std::optional<Model>> model) {
    if (!model) return std::unexpected(model.error());
    if (!*model) return base::fail(base::ErrorKind::not_found, kNotFound);
    return std::move(**model);
}

}  // namespace

store::Migrations migrations() { return embedded::models_migrations(); }
std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<ModelsLifecycle>(); }

accounts::ObjectKind object_kind() {
    return {
        "model",
        kNotFound,
        [](store::Session& session, std::int64_t id) -> base::Result<std::optional<std::int64_t>> {
            TRY(const auto model, find(session, ModelId(id)));
            if (!model) return std::optional<std::int64_t>{};
            return std::optional(model->project_id);
        }
    };
}

struct Service::State {
    store::Database& database;
    blob::BlobStore& blobs;
    std::mutex mutex;
    std::list<std::pair<std::string, std::shared_ptr<const bundle::Model>>> loaded;

    std::shared_ptr<const bundle::Model> remembered(const std::string& key) {
        const std::scoped_lock lock(mutex);
        const auto found =
            std::ranges::find(loaded, key, [](const auto& entry) { return entry.first; });
        if (found == loaded.end()) return nullptr;
        loaded.splice(loaded.begin(), loaded, found);
        return found->second;
    }

    void remember(const std::string& key, std::shared_ptr<const bundle::Model> model) {
        const std::scoped_lock lock(mutex);
        loaded.emplace_front(key, std::move(model));
        if (loaded.size() > kBundlesMax) loaded.pop_back();
    }
};

Service::Service(store::Database& database, blob::BlobStore& blobs)
    : state_(new State{database, blobs, {}, {}}) {}
Service::~Service() = default;

base::Result<Model> Service::get(ModelId id) {
    return found(state_->database.read([&](store::Session& session) { return find(session, id); }));
}

base::Result<Model> Service::get_by_name(std::int64_t dataset_id, std::string_view name) {
    return found(state_->database.read([&](store::Session& session) {
        return find_by_name(session, dataset_id, name);
    }));
}

base::Result<std::vector<Model>> Service::list_of_dataset(std::int64_t dataset_id) {
    return state_->database.read([&](store::Session& session) {
        return models::list_of_dataset(session, dataset_id);
    });
}

base::Result<std::filesystem::path> Service::folder_of(ModelId id) {
    TRY(const auto key,
        state_->database.read([&](store::Session& session) { return bundle_key(session, id); }));
    return state_->blobs.local_path(key);
}

base::Result<std::shared_ptr<const bundle::Model>> Service::bundle_of(ModelId id) {
    TRY(const auto key,
        state_->database.read([&](store::Session& session) { return bundle_key(session, id); }));
    if (auto known = state_->remembered(key)) return known;
    TRY(const auto folder, state_->blobs.local_path(key));
    TRY(auto model, bundle::Model::load(folder.string()));
    auto shared = std::make_shared<const bundle::Model>(std::move(model));
    state_->remember(key, shared);
    return shared;
}

}  // namespace csva::models
