#pragma once

#include "features/accounts/service.hpp"
#include "features/projects/types.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::projects {

/// The right that a user has in a project by membership, nothing when none. (Administrators are
/// not looked at here.) For accounts::Hooks.
base::Result<std::optional<http::Right>> right_in(
    store::Session& session, std::int64_t user_id, std::int64_t project_id
);

/// Gives a new user a personal project. For accounts::Hooks.
base::Result<void> create_personal(
    store::Session& session, accounts::UserId user_id, std::string_view name
);

/// The project new things of this actor go to: `wanted`, else the personal one, else (an upload
/// without a name from this machine) the inbox. Errors: projects.not_found, accounts.forbidden.
base::Result<ProjectId> project_for_new(
    store::Session& session, const http::Actor& actor, std::optional<ProjectId> wanted = {}
);

/// Whether the actor has this right in the project; whoever may not even read gets `absent`.
/// Errors: `absent` (not_found), accounts.forbidden.
base::Result<void> check_right(
    store::Session& session,
    const http::Actor& actor,
    ProjectId id,
    http::Right right,
    std::string_view absent
);

/// Id of the row of `table` (one of ours, with project_id and name) that the actor means by a name:
/// that of their own project, else of one they are a member of, else, for administrators, any.
/// `condition`: SQL of the row t that must hold too.
base::Result<std::optional<std::int64_t>> nearest_named(
    store::Session& session,
    const http::Actor& actor,
    std::string_view table,
    std::string_view name,
    std::string_view condition = "1 = 1"
);

/// The inbox project, made when there is none.
base::Result<ProjectId> inbox(store::Session& session);

/// SQL condition "the actor may read the project in `column`", for lists. Its two parameters stand
/// first to last as `visible_values` gives them.
std::string visible_condition(std::string_view column);
std::vector<store::Value> visible_values(const http::Actor& actor);

/// Projects the actor may read, oldest first, after `after`, at most `limit`.
base::Result<std::vector<Project>> list(
    store::Session& session, const http::Actor& actor, ProjectId after, std::int64_t limit
);
/// Errors: projects.not_found.
base::Result<Project> find(store::Session& session, const http::Actor& actor, ProjectId id);
/// A shared project owned by the actor. Errors: projects.bad_name, projects.too_many.
base::Result<Project> create(
    store::Session& session, const http::Actor& actor, std::string_view name
);
/// Errors: projects.bad_name, projects.not_found.
base::Result<Project> rename(
    store::Session& session, const http::Actor& actor, ProjectId id, std::string_view name
);
/// Deletes a shared project with all that belongs to it. Errors: projects.personal,
/// projects.not_found.
base::Result<void> remove(
    store::Session& session, ProjectId id, const std::vector<store::Lifecycle*>& features
);

base::Result<std::vector<Member>> members(store::Session& session, ProjectId id);
/// Errors: accounts.user_not_found, projects.already_member, projects.personal.
base::Result<Member> add_member(
    store::Session& session, ProjectId id, std::string_view user_name, Role role
);
/// Errors: projects.member_not_found, projects.last_owner, projects.personal.
base::Result<Member> change_member(
    store::Session& session, ProjectId id, accounts::UserId user_id, Role role
);
/// Errors: projects.member_not_found, projects.last_owner, projects.personal.
base::Result<void> remove_member(store::Session& session, ProjectId id, accounts::UserId user_id);

// When a user goes.

/// Who takes over, by project: the owner of longest standing other than `user`, rather one who may
/// sign in.
base::Result<std::map<std::int64_t, store::Heir>> heirs(
    store::Session& session, accounts::UserId user
);
/// The user with the projects that go too (the personal one, and those without another owner) and
/// the heirs in all others. Errors: accounts.user_not_found.
base::Result<store::Leaver> leaver(store::Session& session, accounts::UserId user);
/// Keeps the owners of the user's projects as they are until the transaction ends, so that two
/// owners who go at once do not each leave it to the other.
base::Result<void> lock_owners(store::Session& session, accounts::UserId user);
/// Errors: projects.not_found.
base::Result<ProjectId> personal_project(store::Session& session, accounts::UserId user);
/// Projects that the user is a member of, with their role.
base::Result<std::vector<Project>> of_member(store::Session& session, accounts::UserId user);

/// The kind "project" for routes' access.
accounts::ObjectKind object_kind();

/// What the feature owns.
std::unique_ptr<store::Lifecycle> lifecycle();

}  // namespace csva::projects
