#include "features/models/service.hpp"

#include "engine/bundle/model.hpp"
#include "features/models/registry_types.hpp"
#include "foundation/store/recent.hpp"

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
    std::vector<std::string_view> tables() const override {
        return {
            "models",
            "registered_models",
            "registered_model_tags",
            "registered_model_aliases",
            "registered_model_versions",
            "registered_model_version_tags",
            "registered_model_promotions"
        };
    }
    base::Result<std::set<std::string>> blobs(store::Session& session) override {
        return referenced_blobs(session);
    }
    base::Result<void> erase_project(store::Session& session, std::int64_t project_id) override {
        CHECK_OK(session.run("DELETE FROM registered_models WHERE project_id = :id", {project_id}));
        return erase_of_project(session, project_id);
    }
    base::Result<void> erase_user(store::Session& session, const store::Leaver& leaver) override {
        const auto project_of = [](std::string_view table) {
            return "(SELECT m.project_id FROM registered_models m WHERE m.id = " +
                   std::string(table) + ".registered_model_id)";
        };
        const auto of_version = project_of("registered_model_versions");
        const auto of_promotion = project_of("registered_model_promotions");
        CHECK_OK(store::hand_over(
            session, {"registered_model_versions", "user_name", of_version, true}, leaver
        ));
        CHECK_OK(store::hand_over(
            session, {"registered_model_promotions", "user_name", of_promotion, true}, leaver
        ));
        return store::hand_over(
            session, {"registered_model_promotions", "user_id", of_promotion}, leaver
        );
    }
    base::Result<store::Portion> export_user(store::Session& session, const store::Leaver& leaver)
        override {
        store::Portion out;
        TRY(out.documents["models.json"],
            store::rows_as_json(
                session,
                "SELECT id, project_id, dataset_id, training_id, name, rank, target, task, metric, "
                "score, created_at FROM models WHERE project_id IN " +
                    leaver.projects_sql() + " ORDER BY id",
                {}
            ));
        TRY(out.documents["registered-models.json"],
            store::rows_as_json(
                session,
                "SELECT id, project_id, name, description, created_at FROM registered_models WHERE "
                "project_id IN " +
                    leaver.projects_sql() + " ORDER BY id",
                {}
            ));
        return out;
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

accounts::ObjectKind registered_kind() {
    return {
        "registered_model",
        kRegisteredNotFound,
        [](store::Session& session, std::int64_t id) -> base::Result<std::optional<std::int64_t>> {
            TRY(const auto row,
                session.row(
                    "SELECT project_id FROM registered_models WHERE id = :id AND lifecycle_stage = "
                    "'active'",
                    {id}
                ));
            if (!row) return std::optional<std::int64_t>{};
            return std::optional(row->integer("project_id"));
        }
    };
}

using ReadyPtr = std::shared_ptr<const Ready>;

struct Service::State {
    store::Database& database;
    blob::BlobStore& blobs;
    store::Recent<std::int64_t, ReadyPtr> by_id{database};
    store::Recent<std::pair<std::int64_t, std::string>, ReadyPtr> by_name{database};
    std::mutex mutex;
    std::list<std::pair<std::string, std::shared_ptr<const bundle::Model>>> loaded;

    /// One bundle is loaded at a time, so that nobody loads the same twice.
    base::Result<std::shared_ptr<const bundle::Model>> load(const std::string& key) {
        const std::scoped_lock lock(mutex);
        const auto found =
            std::ranges::find(loaded, key, [](const auto& entry) { return entry.first; });
        if (found != loaded.end()) {
            loaded.splice(loaded.begin(), loaded, found);
            return found->second;
        }
        TRY(const auto folder, blobs.local_path(key));
        TRY(auto model, bundle::Model::load(folder.string()));
        loaded.emplace_front(key, std::make_shared<const bundle::Model>(std::move(model)));
        if (loaded.size() > kBundlesMax) loaded.pop_back();
        return loaded.front().second;
    }

    template <class Find>
    base::Result<ReadyPtr> ready(const Find& find_model) {
        const std::uint64_t changes = database.changes();
        std::string key;
        auto made = std::make_shared<Ready>();
        TRY(made->model, database.read([&](store::Session& session) -> base::Result<Model> {
            TRY(auto model, found(find_model(session)));
            CHECK_OK(check_serves(session, model.id));
            TRY(key, bundle_key(session, model.id));
            return model;
        }));
        TRY(made->bundle, load(key));
        by_id.put(made->model.id.value, made, changes);
        return made;
    }
};

Service::Service(store::Database& database, blob::BlobStore& blobs)
    : state_(new State{.database = database, .blobs = blobs, .mutex = {}, .loaded = {}}) {}
Service::~Service() = default;

base::Result<ReadyPtr> Service::ready(ModelId id) {
    if (auto known = remembered(id)) return known;
    return state_->ready([&](store::Session& session) { return find(session, id); });
}

base::Result<ReadyPtr> Service::ready(std::int64_t dataset_id, std::string_view name) {
    if (auto known = remembered(dataset_id, name)) return known;
    const std::uint64_t changes = state_->database.changes();
    TRY(auto made, state_->ready([&](store::Session& session) {
        return find_by_name(session, dataset_id, name);
    }));
    state_->by_name.put({dataset_id, std::string(name)}, made, changes);
    return made;
}

ReadyPtr Service::remembered(ModelId id) const {
    return state_->by_id.find(id.value).value_or(nullptr);
}

ReadyPtr Service::remembered(std::int64_t dataset_id, std::string_view name) const {
    return state_->by_name.find({dataset_id, std::string(name)}).value_or(nullptr);
}

base::Result<Model> Service::get(ModelId id) {
    return found(state_->database.read([&](store::Session& session) { return find(session, id); }));
}

base::Result<std::vector<Model>> Service::list_of_dataset(std::int64_t dataset_id) {
    return state_->database.read([&](store::Session& session) {
        return models::list_of_dataset(session, dataset_id);
    });
}

}  // namespace csva::models
