#include "features/projects/routes.hpp"

namespace csva::projects {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::NoContent;
using http::Right;

struct ProjectQuery {
    std::int64_t after = 0;
    std::int64_t limit = 100;
};
CSVA_DESCRIBE(ProjectQuery, after, limit)
CSVA_NOTES(
    ProjectQuery,
    {.field = "after", .text = "Id of the last one already seen.", .minimum = 0, .defaulted = true},
    {.field = "limit", .text = "At most this many.", .minimum = 1, .maximum = 500, .defaulted = true
    }
)

struct ProjectList {
    std::vector<Project> projects;
};
CSVA_DESCRIBE(ProjectList, projects)

struct ProjectRequest {
    std::string name;
};
CSVA_DESCRIBE(ProjectRequest, name)
CSVA_NOTES(ProjectRequest, {.field = "name", .text = "What people call it.", .maximum = 100})

struct ProjectPath {
    std::int64_t project_id = 0;
};
CSVA_DESCRIBE(ProjectPath, project_id)

struct ProjectPatch {
    std::int64_t project_id = 0;
    std::string name;
};
CSVA_DESCRIBE(ProjectPatch, project_id, name)
CSVA_NOTES(ProjectPatch, {.field = "name", .text = "The new name.", .maximum = 100})

struct MemberList {
    std::vector<Member> members;
};
CSVA_DESCRIBE(MemberList, members)

struct MemberRequest {
    std::int64_t project_id = 0;
    std::string name;
    Role role = Role::viewer;
};
CSVA_DESCRIBE(MemberRequest, project_id, name, role)
CSVA_NOTES(MemberRequest, {.field = "name", .text = "User name.", .maximum = 64})

struct MemberPath {
    std::int64_t project_id = 0;
    std::int64_t user_id = 0;
};
CSVA_DESCRIBE(MemberPath, project_id, user_id)

struct MemberChange {
    std::int64_t project_id = 0;
    std::int64_t user_id = 0;
    Role role = Role::viewer;
};
CSVA_DESCRIBE(MemberChange, project_id, user_id, role)

constexpr http::Access project_access(Right right) {
    return http::access::object("project", right, "project_id");
}

void add_projects(http::Routes& routes, store::Database& database, base::Metrics& metrics) {
    auto& created = metrics.counter("csva_projects_created_total", "Shared projects made.");
    routes.add<ProjectQuery, ProjectList>(
        Method::get,
        "/api/v1/projects",
        http::access::signed_in(),
        {.summary = "The projects one may read.", .tag = "projects"},
        [&database](Context& context, const ProjectQuery& query) -> Result<ProjectList> {
            TRY(auto found, database.read([&](store::Session& session) {
                return list(session, context.actor, ProjectId(query.after), query.limit);
            }));
            return ProjectList{std::move(found)};
        }
    );
    routes.add<ProjectRequest, http::Created<Project>>(
        Method::post,
        "/api/v1/projects",
        http::access::signed_in(Right::write),
        {.summary = "Make a shared project.", .tag = "projects", .errors = {409}},
        [&database,
         &created](Context& context, const ProjectRequest& wish) -> Result<http::Created<Project>> {
            TRY(auto made, database.transaction([&](store::Session& session) {
                return create(session, context.actor, wish.name);
            }));
            context.noted.object_kind = "project";
            context.noted.object_id = made.id.value;
            created.add();
            auto location = "/api/v1/projects/" + std::to_string(made.id.value);
            return http::Created<Project>{std::move(made), std::move(location)};
        }
    );
}

void add_project(http::Routes& routes, const RouteParts& parts) {
    auto& database = parts.database;
    routes.add<ProjectPath, Project>(
        Method::get,
        "/api/v1/projects/{project_id}",
        project_access(Right::read),
        {.summary = "One project.", .tag = "projects"},
        [&database](Context& context, const ProjectPath& path) {
            return database.read([&](store::Session& session) {
                return find(session, context.actor, ProjectId(path.project_id));
            });
        }
    );
    routes.add<ProjectPatch, Project>(
        Method::patch,
        "/api/v1/projects/{project_id}",
        project_access(Right::manage),
        {.summary = "Rename a project.", .tag = "projects"},
        [&database](Context& context, const ProjectPatch& patch) {
            return database.transaction([&](store::Session& session) {
                return rename(session, context.actor, ProjectId(patch.project_id), patch.name);
            });
        }
    );
    routes.add<ProjectPath, NoContent>(
        Method::delete_,
        "/api/v1/projects/{project_id}",
        project_access(Right::manage),
        {.summary = "Delete a shared project with everything in it.",
         .tag = "projects",
         .errors = {409}},
        [&database,
         features = parts.features](Context&, const ProjectPath& path) -> Result<NoContent> {
            CHECK_OK(database.transaction([&](store::Session& session) {
                return remove(session, ProjectId(path.project_id), features);
            }));
            return NoContent{};
        }
    );
}

void add_members(http::Routes& routes, store::Database& database) {
    routes.add<ProjectPath, MemberList>(
        Method::get,
        "/api/v1/projects/{project_id}/members",
        project_access(Right::read),
        {.summary = "Who may read, write or manage.", .tag = "projects"},
        [&database](Context&, const ProjectPath& path) -> Result<MemberList> {
            TRY(auto found, database.read([&](store::Session& session) {
                return members(session, ProjectId(path.project_id));
            }));
            return MemberList{std::move(found)};
        }
    );
    routes.add<MemberRequest, http::Created<Member>>(
        Method::post,
        "/api/v1/projects/{project_id}/members",
        project_access(Right::manage),
        {.summary = "Let a user in.", .tag = "projects", .errors = {409}},
        [&database](Context&, const MemberRequest& wish) -> Result<http::Created<Member>> {
            TRY(auto added, database.transaction([&](store::Session& session) {
                return add_member(session, ProjectId(wish.project_id), wish.name, wish.role);
            }));
            auto location = "/api/v1/projects/" + std::to_string(wish.project_id) + "/members/" +
                            std::to_string(added.user_id.value);
            return http::Created<Member>{std::move(added), std::move(location)};
        }
    );
    routes.add<MemberChange, Member>(
        Method::put,
        "/api/v1/projects/{project_id}/members/{user_id}",
        project_access(Right::manage),
        {.summary = "Change a member's role.", .tag = "projects", .errors = {409}},
        [&database](Context&, const MemberChange& change) {
            return database.transaction([&](store::Session& session) {
                return change_member(
                    session,
                    ProjectId(change.project_id),
                    accounts::UserId(change.user_id),
                    change.role
                );
            });
        }
    );
    routes.add<MemberPath, NoContent>(
        Method::delete_,
        "/api/v1/projects/{project_id}/members/{user_id}",
        project_access(Right::manage),
        {.summary = "Take a member out.", .tag = "projects", .errors = {409}},
        [&database](Context&, const MemberPath& path) -> Result<NoContent> {
            CHECK_OK(database.transaction([&](store::Session& session) {
                return remove_member(
                    session, ProjectId(path.project_id), accounts::UserId(path.user_id)
                );
            }));
            return NoContent{};
        }
    );
}

}  // namespace

void register_routes(http::Routes& routes, const RouteParts& parts) {
    add_projects(routes, parts.database, parts.metrics);
    add_project(routes, parts);
    add_members(routes, parts.database);
    routes.add_page("/projects/", http::access::signed_in());
}

}  // namespace csva::projects
