#include "features/projects/service.hpp"

#include "foundation/base/clock.hpp"

#include <algorithm>

namespace csva::projects {
namespace {

using base::Clock;
using base::ErrorKind;
using base::fail;
using base::Result;
using http::Actor;
using http::Right;

constexpr std::size_t kNameBytesMax = 100;
constexpr std::int64_t kOwnedMax = 1000;
constexpr std::string_view kInboxName = "Inbox";

/// A project with the role of whoever asks; parameters: sees all, user.
constexpr std::string_view kProject =
    "SELECT p.id AS id, p.name AS name, p.kind AS kind, p.created_at AS created_at,"
    " CASE WHEN :all = 1 THEN 'owner' ELSE m.role END AS role FROM projects p"
    " LEFT JOIN project_members m ON m.project_id = p.id AND m.user_id = :user ";

constexpr std::string_view kMember =
    "SELECT m.user_id AS user_id, u.name AS name, m.role AS role, m.added_at AS added_at"
    " FROM project_members m JOIN users u ON u.id = m.user_id WHERE m.project_id = :project ";

std::string_view text_of(Role role) {
    switch (role) {
        case Role::viewer:
            return "viewer";
        case Role::editor:
            return "editor";
        case Role::owner:
            return "owner";
    }
    return "viewer";
}

Result<void> check_name(std::string_view name) {
    const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
    const bool blank = name.find_first_not_of(' ') == std::string_view::npos;
    if (!blank && name.size() <= kNameBytesMax && std::ranges::none_of(name, control)) return {};
    return fail(
        ErrorKind::invalid_argument,
        kBadName,
        {{"maximum", static_cast<std::int64_t>(kNameBytesMax)}}
    );
}

Result<ProjectId> insert(
    store::Session& session,
    std::string_view name,
    std::string_view kind,
    std::optional<accounts::UserId> person = {}
) {
    TRY(const std::int64_t id,
        session.insert(
            "INSERT INTO projects (name, kind, personal_of, created_at)"
            " VALUES (:name, :kind, :person, :now) RETURNING id",
            {name, kind, person, Clock::wall_ms()}
        ));
    return ProjectId(id);
}

Result<void> insert_member(
    store::Session& session, ProjectId id, accounts::UserId user, Role role
) {
    CHECK_OK(session.run(
        "INSERT INTO project_members (project_id, user_id, role, added_at)"
        " VALUES (:project, :user, :role, :now)",
        {id, user, text_of(role), Clock::wall_ms()}
    ));
    return {};
}

Result<std::optional<Member>> member(store::Session& session, ProjectId id, accounts::UserId user) {
    return session.record<Member>(std::string(kMember) + "AND m.user_id = :user", {id, user});
}

/// Members of a personal project or of the inbox do not change. Errors: projects.not_found,
/// projects.personal.
Result<void> check_shared(store::Session& session, ProjectId id) {
    TRY(const auto row, session.row("SELECT kind FROM projects WHERE id = :id", {id}));
    if (!row) return fail(ErrorKind::not_found, kNotFound);
    if (row->text("kind") != "shared") return fail(ErrorKind::conflict, kPersonal);
    return {};
}

/// The member whose role goes: there must stay an owner.
Result<Member> check_owner_stays(store::Session& session, ProjectId id, accounts::UserId user) {
    CHECK_OK(check_shared(session, id));
    TRY(const auto known, member(session, id, user));
    if (!known) return fail(ErrorKind::not_found, kMemberNotFound);
    if (known->role != Role::owner) return *known;
    // Locks the owners' rows on either back end: two owners must not remove each other at once.
    CHECK_OK(session.run(
        "UPDATE project_members SET role = 'owner' WHERE project_id = :project AND role = 'owner'",
        {id}
    ));
    TRY(const auto others,
        session.row(
            "SELECT COUNT(*) AS n FROM project_members"
            " WHERE project_id = :project AND role = 'owner' AND user_id <> :user",
            {id, user}
        ));
    if (others->integer("n") == 0) return fail(ErrorKind::conflict, kLastOwner);
    return *known;
}

Result<Project> or_not_found(Result<std::optional<Project>> found) {
    if (!found) return std::unexpected(std::move(found).error());
    if (!*found) return fail(ErrorKind::not_found, kNotFound);
    return std::move(**found);
}

Result<ProjectId> personal_of(store::Session& session, std::int64_t user_id) {
    TRY(const auto row,
        session.row("SELECT id FROM projects WHERE personal_of = :user", {user_id}));
    if (!row) return fail(ErrorKind::not_found, kNotFound);
    return ProjectId(row->integer("id"));
}

}  // namespace

Result<std::optional<Right>> right_in(
    store::Session& session, std::int64_t user_id, std::int64_t project_id
) {
    TRY(const auto found, member(session, ProjectId(project_id), accounts::UserId(user_id)));
    if (!found) return std::optional<Right>{};
    return std::optional<Right>(static_cast<Right>(found->role));
}

Result<void> create_personal(
    store::Session& session, accounts::UserId user_id, std::string_view name
) {
    TRY(const ProjectId id, insert(session, name, "personal", user_id));
    return insert_member(session, id, user_id, Role::owner);
}

Result<ProjectId> inbox(store::Session& session) {
    TRY(const auto row, session.row("SELECT id FROM projects WHERE kind = 'inbox'"));
    if (row) return ProjectId(row->integer("id"));
    // Another server, or another request, may be making it at this moment.
    TRY(const std::int64_t id,
        session.insert(
            "INSERT INTO projects (name, kind, created_at) VALUES (:name, 'inbox', :now)"
            " ON CONFLICT (kind) WHERE kind = 'inbox' DO UPDATE SET name = EXCLUDED.name"
            " RETURNING id",
            {kInboxName, Clock::wall_ms()}
        ));
    return ProjectId(id);
}

Result<ProjectId> project_for_new(
    store::Session& session, const Actor& actor, std::optional<ProjectId> wanted
) {
    if (accounts::inbox_allowed(actor)) {
        if (wanted) return fail(ErrorKind::not_found, kNotFound);
        return inbox(session);
    }
    if (!wanted) return personal_of(session, actor.user_id);
    TRY(const Project project, find(session, actor, *wanted));
    if (project.role == Role::viewer) return fail(ErrorKind::forbidden, accounts::kForbidden);
    return project.id;
}

Result<void> check_right(
    store::Session& session, const Actor& actor, ProjectId id, Right right, std::string_view absent
) {
    if (actor.administrator) return {};
    TRY(const auto known, right_in(session, actor.user_id, id.value));
    if (!known) return fail(ErrorKind::not_found, absent);
    if (*known < right) return fail(ErrorKind::forbidden, accounts::kForbidden);
    return {};
}

Result<std::optional<std::int64_t>> nearest_named(
    store::Session& session,
    const Actor& actor,
    std::string_view table,
    std::string_view name,
    std::string_view condition
) {
    TRY(const auto row,
        session.row(
            "SELECT t.id AS id FROM " + std::string(table) +
                " t JOIN projects p ON p.id = t.project_id"
                " LEFT JOIN project_members m ON m.project_id = p.id AND m.user_id = :user"
                " WHERE t.name = :name AND " +
                std::string(condition) +
                " AND (:sees_all = 1 OR m.role IS NOT NULL)"
                " ORDER BY CASE WHEN p.personal_of = :self THEN 0 WHEN m.role IS NOT NULL THEN 1"
                " ELSE 2 END, t.id LIMIT 1",
            {actor.user_id, name, actor.administrator, actor.user_id}
        ));
    if (!row) return std::optional<std::int64_t>{};
    return std::optional(row->integer("id"));
}

std::string visible_condition(std::string_view column) {
    return "(:sees_all = 1 OR " + std::string(column) +
           " IN (SELECT project_id FROM project_members WHERE user_id = :visible_to))";
}

std::vector<store::Value> visible_values(const Actor& actor) {
    return {actor.administrator, actor.user_id};
}

Result<std::vector<Project>> list(
    store::Session& session, const Actor& actor, ProjectId after, std::int64_t limit
) {
    return session.records<Project>(
        std::string(kProject) +
            "WHERE (:sees_all = 1 OR m.role IS NOT NULL) AND p.id > :after"
            " ORDER BY p.id LIMIT :limit",
        {actor.administrator, actor.user_id, actor.administrator, after, limit}
    );
}

Result<Project> find(store::Session& session, const Actor& actor, ProjectId id) {
    return or_not_found(session.record<Project>(
        std::string(kProject) + "WHERE (:sees_all = 1 OR m.role IS NOT NULL) AND p.id = :id",
        {actor.administrator, actor.user_id, actor.administrator, id}
    ));
}

Result<Project> create(store::Session& session, const Actor& actor, std::string_view name) {
    CHECK_OK(check_name(name));
    TRY(const auto owned,
        session.row(
            "SELECT COUNT(*) AS n FROM project_members WHERE user_id = :user AND role = 'owner'",
            {actor.user_id}
        ));
    if (owned->integer("n") >= kOwnedMax)
        return fail(ErrorKind::conflict, kTooMany, {{"maximum", kOwnedMax}});
    TRY(const ProjectId id, insert(session, name, "shared"));
    CHECK_OK(insert_member(session, id, accounts::UserId(actor.user_id), Role::owner));
    return find(session, actor, id);
}

Result<Project> rename(
    store::Session& session, const Actor& actor, ProjectId id, std::string_view name
) {
    CHECK_OK(check_name(name));
    CHECK_OK(session.run("UPDATE projects SET name = :name WHERE id = :id", {name, id}));
    return find(session, actor, id);
}

Result<void> remove(
    store::Session& session, ProjectId id, const std::vector<store::Lifecycle*>& features
) {
    CHECK_OK(check_shared(session, id));
    for (auto* feature : features) CHECK_OK(feature->erase_project(session, id.value));
    return {};
}

Result<std::vector<Member>> members(store::Session& session, ProjectId id) {
    return session.records<Member>(std::string(kMember) + "ORDER BY u.name_key", {id});
}

Result<Member> add_member(
    store::Session& session, ProjectId id, std::string_view user_name, Role role
) {
    CHECK_OK(check_shared(session, id));
    TRY(const accounts::User user, accounts::find_user(session, user_name));
    TRY(const auto known, member(session, id, user.id));
    if (known) return fail(ErrorKind::conflict, kAlreadyMember);
    CHECK_OK(insert_member(session, id, user.id, role));
    TRY(auto added, member(session, id, user.id));
    return std::move(*added);
}

Result<Member> change_member(
    store::Session& session, ProjectId id, accounts::UserId user_id, Role role
) {
    TRY(Member changed, check_owner_stays(session, id, user_id));
    CHECK_OK(session.run(
        "UPDATE project_members SET role = :role WHERE project_id = :project AND user_id = :user",
        {text_of(role), id, user_id}
    ));
    changed.role = role;
    return changed;
}

Result<void> remove_member(store::Session& session, ProjectId id, accounts::UserId user_id) {
    CHECK_OK(check_owner_stays(session, id, user_id));
    CHECK_OK(session.run(
        "DELETE FROM project_members WHERE project_id = :project AND user_id = :user", {id, user_id}
    ));
    return {};
}

Result<std::map<std::int64_t, store::Heir>> heirs(store::Session& session, accounts::UserId user) {
    TRY(const auto rows,
        session.rows(
            "SELECT m.project_id AS project_id, m.user_id AS user_id, u.name AS name FROM"
            " project_members m JOIN users u ON u.id = m.user_id"
            " WHERE m.role = 'owner' AND m.user_id <> :user ORDER BY m.project_id,"
            " CASE WHEN u.disabled_at IS NULL THEN 0 ELSE 1 END, m.added_at, m.user_id",
            {user}
        ));
    std::map<std::int64_t, store::Heir> found;
    for (const auto& row : rows)
        found.try_emplace(
            row.integer("project_id"), store::Heir{row.integer("user_id"), row.text("name")}
        );
    return found;
}

Result<store::Leaver> leaver(store::Session& session, accounts::UserId user) {
    store::Leaver found;
    found.user_id = user.value;
    TRY(found.name, accounts::name_of(session, user));
    if (found.name.empty()) return fail(ErrorKind::not_found, accounts::kUserNotFound);
    TRY(found.heirs, heirs(session, user));
    TRY(const auto rows,
        session.rows(
            "SELECT p.id AS id FROM projects p WHERE p.personal_of = :self OR EXISTS (SELECT 1 FROM"
            " project_members m WHERE m.project_id = p.id AND m.user_id = :user"
            " AND m.role = 'owner')",
            {user, user}
        ));
    for (const auto& row : rows)
        if (!found.heirs.contains(row.integer("id"))) found.projects.insert(row.integer("id"));
    return found;
}

Result<void> lock_owners(store::Session& session, accounts::UserId user) {
    CHECK_OK(session.run(
        "UPDATE project_members SET role = 'owner' WHERE role = 'owner' AND project_id IN"
        " (SELECT project_id FROM project_members WHERE user_id = :user)",
        {user}
    ));
    return {};
}

Result<ProjectId> personal_project(store::Session& session, accounts::UserId user) {
    return personal_of(session, user.value);
}

Result<std::vector<Project>> of_member(store::Session& session, accounts::UserId user) {
    return session.records<Project>(
        "SELECT p.id AS id, p.name AS name, p.kind AS kind, p.created_at AS created_at,"
        " m.role AS role FROM project_members m JOIN projects p ON p.id = m.project_id"
        " WHERE m.user_id = :user ORDER BY p.id",
        {user}
    );
}

accounts::ObjectKind object_kind() {
    return {
        "project",
        kNotFound,
        [](store::Session& session, std::int64_t id) -> Result<std::optional<std::int64_t>> {
            TRY(const auto row, session.row("SELECT id FROM projects WHERE id = :id", {id}));
            return row ? std::optional(row->integer("id")) : std::nullopt;
        }
    };
}

}  // namespace csva::projects
