#include "features/models/registry.hpp"

#include "features/models/registry_rows.hpp"
#include "features/projects/service.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace csva::models::registry {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using store::Session;

constexpr std::size_t kNameBytesMax = 256;
constexpr std::size_t kAliasBytesMax = 255;
/// Tag of a new model or experiment that names the project it goes to.
constexpr std::string_view kProjectTag = "csva:project_id";

Result<void> check_name(std::string_view name) {
    const bool good =
        !name.empty() && name.size() <= kNameBytesMax &&
        name.find_first_of("/:\\") == std::string_view::npos &&
        std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
    if (good) return {};
    return fail(
        ErrorKind::invalid_argument,
        kBadName,
        {{"maximum", static_cast<std::int64_t>(kNameBytesMax)}}
    );
}

/// `latest` and `v3` would be read as versions.
Result<void> check_alias(std::string_view alias) {
    const auto word = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    };
    const bool number = alias.size() > 1 && (alias[0] == 'v' || alias[0] == 'V') &&
                        alias.find_first_not_of("0123456789", 1) == std::string_view::npos;
    if (!alias.empty() && alias.size() <= kAliasBytesMax && std::ranges::all_of(alias, word) &&
        !number && alias != "latest")
        return {};
    return fail(ErrorKind::invalid_argument, kBadAlias);
}

Result<std::vector<RegisteredAlias>> aliases_of(Session& session, RegisteredModelId id) {
    TRY(const auto rows,
        session.rows(
            "SELECT alias, version FROM registered_model_aliases WHERE registered_model_id = :id "
            "ORDER BY alias",
            {id}
        ));
    std::vector<RegisteredAlias> out;
    for (const auto& row : rows)
        out.push_back({row.text("alias"), std::to_string(row.integer("version"))});
    return out;
}

Result<std::optional<std::int64_t>> alias_number(
    Session& session, RegisteredModelId id, std::string_view alias
) {
    TRY(const auto row,
        session.row(
            "SELECT version FROM registered_model_aliases WHERE registered_model_id = :id AND "
            "alias = :alias",
            {id, alias}
        ));
    if (!row) return std::optional<std::int64_t>{};
    return std::optional(row->integer("version"));
}

/// Part of `models:/NAME@alias` or `models:/NAME/version`.
struct Address {
    std::string_view name;
    std::string_view alias;
    std::string_view version;
};

Address parts_of(std::string_view address) {
    constexpr std::string_view kScheme = "models:/";
    if (address.starts_with(kScheme)) address.remove_prefix(kScheme.size());
    if (const auto at = address.rfind('@'); at != std::string_view::npos)
        return {address.substr(0, at), address.substr(at + 1), {}};
    const auto slash = address.rfind('/');
    if (slash == std::string_view::npos) return {address, {}, "latest"};
    return {address.substr(0, slash), {}, address.substr(slash + 1)};
}

}  // namespace

std::optional<projects::ProjectId> wanted_project(const std::vector<KeyValue>& tags) {
    for (const auto& tag : tags) {
        if (tag.key != kProjectTag) continue;
        std::int64_t id = 0;
        std::from_chars(tag.value.data(), tag.value.data() + tag.value.size(), id);
        return projects::ProjectId(id);
    }
    return std::nullopt;
}

Result<std::optional<Found>> find_in(
    Session& session, std::int64_t project_id, std::string_view name
) {
    TRY(const auto row,
        session.row(
            "SELECT id FROM registered_models WHERE project_id = :project AND name = :name AND "
            "lifecycle_stage = 'active'",
            {project_id, name}
        ));
    if (!row) return std::optional<Found>{};
    return std::optional(Found{RegisteredModelId(row->integer("id")), project_id, std::string(name)}
    );
}

Result<Found> find(
    Session& session, const http::Actor& actor, std::string_view name, http::Right right
) {
    TRY(const auto id,
        projects::nearest_named(
            session, actor, "registered_models", name, "t.lifecycle_stage = 'active'"
        ));
    if (!id) return fail(ErrorKind::not_found, kRegisteredNotFound, {{"name", std::string(name)}});
    TRY(const auto row,
        session.row("SELECT project_id FROM registered_models WHERE id = :id", {*id}));
    Found found{RegisteredModelId(*id), row->integer("project_id"), std::string(name)};
    CHECK_OK(projects::check_right(
        session, actor, projects::ProjectId(found.project_id), right, kRegisteredNotFound
    ));
    return found;
}

Result<Found> create_in(Session& session, std::int64_t project_id, const NewRegistered& made) {
    CHECK_OK(check_name(made.name));
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto row,
        session.row(
            "INSERT INTO registered_models (project_id, name, description, created_at, "
            "updated_at, last_version) VALUES (:project, :name, :description, :now, :now2, 0) "
            "ON CONFLICT (project_id, name) WHERE lifecycle_stage = 'active' DO NOTHING RETURNING "
            "id",
            {project_id, made.name, made.description, now, now}
        ));
    if (!row) return fail(ErrorKind::invalid_argument, kRegisteredExists, {{"name", made.name}});
    const RegisteredModelId id(row->integer("id"));
    for (const auto& tag : made.tags) CHECK_OK(set_tag(session, id, tag));
    return Found{id, project_id, made.name};
}

Result<Found> create(Session& session, const http::Actor& actor, const NewRegistered& made) {
    const auto wanted = wanted_project(made.tags);
    http::Actor member = actor;
    member.administrator = false;
    // A client that registers a version creates the model first and goes on when it is there.
    if (!wanted) {
        const auto known = find(session, member, made.name, http::Right::write);
        if (known)
            return fail(ErrorKind::invalid_argument, kRegisteredExists, {{"name", made.name}});
    }
    TRY(const auto project, projects::project_for_new(session, actor, wanted));
    return create_in(session, project.value, made);
}

Result<RegisteredModel> view(Session& session, RegisteredModelId id) {
    TRY(const auto row,
        session.row(
            "SELECT name, created_at, updated_at, description FROM registered_models WHERE id = "
            ":id",
            {id}
        ));
    if (!row) return fail(ErrorKind::not_found, kRegisteredNotFound, {{"name", ""}});
    RegisteredModel out;
    out.name = row->text("name");
    out.creation_timestamp = row->integer("created_at");
    out.last_updated_timestamp = row->integer("updated_at");
    out.description = row->text("description");
    TRY(out.tags,
        session.records<KeyValue>(
            "SELECT key, value FROM registered_model_tags WHERE registered_model_id = :id ORDER "
            "BY key",
            {id}
        ));
    TRY(out.aliases, aliases_of(session, id));
    TRY(out.latest_versions, latest(session, id, {}));
    return out;
}

Result<void> touch(Session& session, RegisteredModelId id) {
    CHECK_OK(session.run(
        "UPDATE registered_models SET updated_at = :now WHERE id = :id",
        {base::Clock::wall_ms(), id}
    ));
    return {};
}

Result<void> describe(Session& session, RegisteredModelId id, std::string_view description) {
    CHECK_OK(session.run(
        "UPDATE registered_models SET description = :description WHERE id = :id", {description, id}
    ));
    return touch(session, id);
}

Result<void> rename(Session& session, const Found& model, std::string_view name) {
    CHECK_OK(check_name(name));
    TRY(const auto known, find_in(session, model.project_id, name));
    if (known && known->id.value != model.id.value)
        return fail(ErrorKind::invalid_argument, kRegisteredExists, {{"name", std::string(name)}});
    CHECK_OK(
        session.run("UPDATE registered_models SET name = :name WHERE id = :id", {name, model.id})
    );
    return touch(session, model.id);
}

Result<void> remove(Session& session, RegisteredModelId id) {
    CHECK_OK(
        session.run("UPDATE registered_models SET lifecycle_stage = 'deleted' WHERE id = :id", {id})
    );
    return touch(session, id);
}

Result<void> restore(Session& session, RegisteredModelId id) {
    TRY(const auto row,
        session.row("SELECT project_id, name FROM registered_models WHERE id = :id", {id}));
    if (!row) return fail(ErrorKind::not_found, kRegisteredNotFound, {{"name", ""}});
    const std::string name = row->text("name");
    TRY(const auto taken, find_in(session, row->integer("project_id"), name));
    if (taken) return fail(ErrorKind::invalid_argument, kRegisteredExists, {{"name", name}});
    CHECK_OK(
        session.run("UPDATE registered_models SET lifecycle_stage = 'active' WHERE id = :id", {id})
    );
    return touch(session, id);
}

Result<void> erase(Session& session, RegisteredModelId id) {
    CHECK_OK(session.run("DELETE FROM registered_models WHERE id = :id", {id}));
    return {};
}

Result<std::optional<std::string>> resting_on(
    Session& session, const std::vector<std::string>& owners
) {
    for (const auto& owner : owners) {
        TRY(const auto row,
            session.row(
                "SELECT m.name AS name, v.version AS version FROM registered_model_versions v JOIN "
                "registered_models m ON m.id = v.registered_model_id WHERE v.run_id = :run OR "
                "v.logged_model_id = :model OR v.source LIKE :source LIMIT 1",
                {owner, owner, "%" + owner + "%"}
            ));
        if (row) return row->text("name") + "/" + std::to_string(row->integer("version"));
    }
    return std::optional<std::string>{};
}

Result<void> set_tag(Session& session, RegisteredModelId id, const KeyValue& tag) {
    CHECK_OK(session.run(
        "INSERT INTO registered_model_tags (registered_model_id, key, value) VALUES (:id, :key, "
        ":value) ON CONFLICT (registered_model_id, key) DO UPDATE SET value = excluded.value",
        {id, tag.key, tag.value}
    ));
    return touch(session, id);
}

Result<void> delete_tag(Session& session, RegisteredModelId id, std::string_view key) {
    CHECK_OK(session.run(
        "DELETE FROM registered_model_tags WHERE registered_model_id = :id AND key = :key",
        {id, key}
    ));
    return touch(session, id);
}

Result<void> set_alias(
    Session& session, RegisteredModelId id, const RegisteredAlias& alias, const Promotion& by
) {
    CHECK_OK(check_alias(alias.alias));
    TRY(const auto row, rows::version_row(session, id, alias.version));
    TRY(const auto former, alias_number(session, id, alias.alias));
    CHECK_OK(session.run(
        "INSERT INTO registered_model_aliases (registered_model_id, alias, version) VALUES (:id, "
        ":alias, :version) ON CONFLICT (registered_model_id, alias) DO UPDATE SET version = "
        "excluded.version",
        {id, alias.alias, row.version}
    ));
    CHECK_OK(rows::note(session, id, {alias.alias, "", row.version, former}, by));
    return touch(session, id);
}

Result<void> delete_alias(
    Session& session, RegisteredModelId id, std::string_view alias, const Promotion& by
) {
    TRY(const auto former, alias_number(session, id, alias));
    if (!former) return {};
    CHECK_OK(session.run(
        "DELETE FROM registered_model_aliases WHERE registered_model_id = :id AND alias = :alias",
        {id, alias}
    ));
    CHECK_OK(rows::note(session, id, {std::string(alias), "", std::nullopt, former}, by));
    return touch(session, id);
}

Result<std::string> version_of_alias(
    Session& session, RegisteredModelId id, std::string_view alias
) {
    TRY(const auto number, alias_number(session, id, alias));
    if (!number) return fail(ErrorKind::not_found, kAliasNotFound, {{"alias", std::string(alias)}});
    return std::to_string(*number);
}

Result<std::vector<RegisteredModel>> search(
    Session& session, const http::Actor& actor, const Search& wish
) {
    std::vector<store::Value> values = wish.values;
    for (auto& value : projects::visible_values(actor)) values.push_back(std::move(value));
    values.emplace_back(wish.limit);
    values.emplace_back(wish.offset);
    TRY(const auto rows,
        session.rows(
            "SELECT m.id AS id FROM registered_models m WHERE m.lifecycle_stage = 'active' AND " +
                wish.where + " AND " + projects::visible_condition("m.project_id") + " ORDER BY " +
                wish.order_by + " LIMIT :limit OFFSET :offset",
            std::move(values)
        ));
    std::vector<RegisteredModel> out;
    for (const auto& row : rows) {
        TRY(auto model, view(session, RegisteredModelId(row.integer("id"))));
        out.push_back(std::move(model));
    }
    return out;
}

Result<std::vector<RegisteredLine>> list(
    Session& session, const http::Actor& actor, std::int64_t after, std::int64_t limit
) {
    std::vector<store::Value> values = projects::visible_values(actor);
    values.emplace_back(after);
    values.emplace_back(limit);
    return session.records<RegisteredLine>(
        "SELECT id, project_id, name, description, last_version, created_at, updated_at FROM "
        "registered_models WHERE " +
            projects::visible_condition("project_id") +
            " AND lifecycle_stage = 'active' AND id > :after ORDER BY id LIMIT :limit",
        std::move(values)
    );
}

Result<ModelId> resolve(Session& session, const http::Actor& actor, std::string_view address) {
    const Address parts = parts_of(address);
    TRY(const auto model, find(session, actor, parts.name, http::Right::read));
    std::string number(parts.version);
    if (!parts.alias.empty()) {
        TRY(number, version_of_alias(session, model.id, parts.alias));
    } else if (number.find_first_not_of("0123456789") != std::string::npos || number.empty()) {
        const bool any = number == "latest";
        TRY(const auto newest,
            latest(session, model.id, any ? std::vector<std::string>{} : std::vector{number}));
        if (newest.empty())
            return fail(ErrorKind::not_found, kVersionNotFound, {{"version", number}});
        number = std::ranges::max_element(newest, {}, [](const auto& v) {
                     return rows::number_of(v.version).value_or(0);
                 })->version;
    }
    TRY(const auto row, rows::version_row(session, model.id, number));
    if (!row.model_id) return fail(ErrorKind::conflict, kCannotPredict, {{"name", model.name}});
    return ModelId(*row.model_id);
}

}  // namespace csva::models::registry
