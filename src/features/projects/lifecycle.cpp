#include "features/projects/service.hpp"

namespace csva::projects {
namespace {

class ProjectsLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "projects"; }

    std::vector<std::string_view> tables() const override {
        return {"projects", "project_members"};
    }

    base::Result<std::set<std::string>> blobs(store::Session&) override {
        return std::set<std::string>{};
    }
    base::Result<void> erase_project(store::Session& session, std::int64_t project_id) override {
        CHECK_OK(session.run("DELETE FROM project_members WHERE project_id = :id", {project_id}));
        CHECK_OK(session.run("DELETE FROM projects WHERE id = :id", {project_id}));
        return {};
    }

    base::Result<void> erase_user(store::Session& session, const store::Leaver& leaver) override {
        CHECK_OK(session.run("DELETE FROM project_members WHERE user_id = :id", {leaver.user_id}));
        return {};
    }

    base::Result<store::Portion> export_user(store::Session& session, const store::Leaver& leaver)
        override {
        store::Portion out;
        TRY(out.documents["projects.json"],
            store::rows_as_json(
                session,
                "SELECT p.id AS id, p.name AS name, p.kind AS kind, m.role AS role, m.added_at AS "
                "added_at FROM project_members m JOIN projects p ON p.id = m.project_id WHERE "
                "m.user_id = :id ORDER BY p.id",
                {leaver.user_id}
            ));
        return out;
    }

    base::Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(const auto orphans,
            session.rows("SELECT p.id AS id FROM projects p WHERE p.kind <> 'inbox' AND NOT EXISTS"
                         " (SELECT 1 FROM project_members m"
                         " WHERE m.project_id = p.id AND m.role = 'owner')"));
        std::vector<std::string> wrong;
        for (const auto& row : orphans)
            wrong.push_back("project " + std::to_string(row.integer("id")) + " has no owner");
        return wrong;
    }
};

}  // namespace

std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<ProjectsLifecycle>(); }

}  // namespace csva::projects
