#include "features/training/service.hpp"
#include "features/training/store.hpp"

namespace csva::embedded {
std::span<const base::EmbeddedFile> training_migrations();
}

namespace csva::training {
namespace {

class TrainingLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "training"; }
    std::vector<std::string_view> tables() const override { return {"trainings"}; }
    base::Result<std::set<std::string>> blobs(store::Session& session) override {
        return referenced_blobs(session);
    }
    base::Result<void> erase_project(store::Session& session, std::int64_t project_id) override {
        return erase_of_project(session, project_id);
    }
    base::Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(const auto rows,
            session.rows("SELECT id FROM trainings WHERE state = 'succeeded' AND bundle_key = ''"));
        std::vector<std::string> wrong;
        for (const auto& row : rows)
            wrong.push_back("training " + std::to_string(row.integer("id")) + " has no bundle");
        return wrong;
    }
};

}  // namespace

store::Migrations migrations() { return embedded::training_migrations(); }
std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<TrainingLifecycle>(); }

}  // namespace csva::training
