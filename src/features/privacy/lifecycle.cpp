#include "features/privacy/service.hpp"

namespace csva::embedded {
std::span<const base::EmbeddedFile> privacy_migrations();
}

namespace csva::privacy {
namespace {

class PrivacyLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "privacy"; }
    std::vector<std::string_view> tables() const override {
        return {"privacy_decisions", "privacy_keys"};
    }
    base::Result<std::set<std::string>> blobs(store::Session&) override {
        return std::set<std::string>{};
    }
    base::Result<void> erase_project(store::Session& session, std::int64_t project_id) override {
        CHECK_OK(session.run("DELETE FROM privacy_decisions WHERE project_id = :id", {project_id}));
        CHECK_OK(session.run("DELETE FROM privacy_keys WHERE project_id = :id", {project_id}));
        return {};
    }
    base::Result<void> erase_user(store::Session& session, const store::Leaver& leaver) override {
        return store::hand_over(session, {"privacy_decisions", "decided_by"}, leaver);
    }
    base::Result<store::Portion> export_user(store::Session& session, const store::Leaver& leaver)
        override {
        store::Portion out;
        TRY(out.documents["decisions.json"],
            store::rows_as_json(
                session,
                "SELECT id, project_id, dataset_id, version_id, column_name, kinds, action, "
                "reason, step, decided_at FROM privacy_decisions WHERE decided_by = :user OR "
                "project_id IN " +
                    leaver.projects_sql() + " ORDER BY id",
                {leaver.user_id}
            ));
        return out;
    }
    base::Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(const auto orphans,
            session.rows("SELECT d.id AS id FROM privacy_decisions d WHERE NOT EXISTS"
                         " (SELECT 1 FROM datasets s WHERE s.id = d.dataset_id)"));
        std::vector<std::string> wrong;
        for (const auto& row : orphans)
            wrong.push_back(
                "decision " + std::to_string(row.integer("id")) + " is about no data set"
            );
        return wrong;
    }
};

}  // namespace

store::Migrations migrations() { return embedded::privacy_migrations(); }
std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<PrivacyLifecycle>(); }

base::Result<void> erase_of_dataset(store::Session& session, datasets::DatasetId id) {
    CHECK_OK(session.run("DELETE FROM privacy_decisions WHERE dataset_id = :id", {id}));
    return {};
}

}  // namespace csva::privacy
