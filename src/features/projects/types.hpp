#pragma once

#include "features/accounts/types.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace csva::projects {

struct ProjectTag;
using ProjectId = base::Id<ProjectTag>;

inline constexpr std::string_view kNotFound = "projects.not_found";
inline constexpr std::string_view kMemberNotFound = "projects.member_not_found";
inline constexpr std::string_view kAlreadyMember = "projects.already_member";
inline constexpr std::string_view kLastOwner = "projects.last_owner";
inline constexpr std::string_view kPersonal = "projects.personal";
inline constexpr std::string_view kBadName = "projects.bad_name";
inline constexpr std::string_view kTooMany = "projects.too_many";

/// A viewer reads, an editor writes, an owner manages members and name.
enum class Role : std::uint8_t { viewer, editor, owner };
CSVA_DESCRIBE_ENUM(Role, viewer, editor, owner)

/// `personal`: made with its user. `inbox`: uploads without a name from this machine, seen by
/// administrators only. `shared`: all others.
enum class ProjectKind : std::uint8_t { personal, inbox, shared };
CSVA_DESCRIBE_ENUM(ProjectKind, personal, inbox, shared)

/// A project as one of its members sees it.
struct Project {
    ProjectId id;
    std::string name;
    ProjectKind kind = ProjectKind::shared;
    std::int64_t created_at = 0;
    Role role = Role::viewer;
};
CSVA_DESCRIBE(Project, id, name, kind, created_at, role)
CSVA_NOTES(
    Project,
    {.field = "created_at", .text = "Unix milliseconds."},
    {.field = "role", .text = "Of the one who asks; an administrator is owner everywhere."}
)

struct Member {
    accounts::UserId user_id;
    std::string name;
    Role role = Role::viewer;
    std::int64_t added_at = 0;
};
CSVA_DESCRIBE(Member, user_id, name, role, added_at)
CSVA_NOTES(Member, {.field = "added_at", .text = "Unix milliseconds."})

}  // namespace csva::projects
