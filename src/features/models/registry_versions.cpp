#include "features/models/registry_rows.hpp"
#include "features/projects/service.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

namespace csva::models::registry {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using store::Session;

constexpr std::array<std::string_view, 4> kStages = {"None", "Staging", "Production", "Archived"};

constexpr std::string_view kVersionColumns =
    "v.id AS id, m.name AS name, v.version AS version, v.created_at AS creation_timestamp, "
    "v.updated_at AS last_updated_timestamp, v.user_name AS user_id, v.stage AS current_stage, "
    "v.description AS description, v.source AS source, v.run_id AS run_id, v.run_link AS run_link, "
    "v.logged_model_id AS logged_model_id, v.registered_model_id AS registered_model_id "
    "FROM registered_model_versions v JOIN registered_models m ON m.id = v.registered_model_id ";

/// MLflow's clients write stages in any case.
Result<std::string> stage_named(std::string_view wanted) {
    const auto lower = [](std::string_view text) {
        std::string out(text);
        for (auto& c : out)
            if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
        return out;
    };
    for (const auto stage : kStages)
        if (lower(stage) == lower(wanted)) return std::string(stage);
    return fail(ErrorKind::invalid_argument, kBadStage, {{"stage", std::string(wanted)}});
}

Result<RegisteredVersion> version_from(Session& session, const store::Row& row) {
    RegisteredVersion out;
    out.name = row.text("name");
    out.version = std::to_string(row.integer("version"));
    out.creation_timestamp = row.integer("creation_timestamp");
    out.last_updated_timestamp = row.integer("last_updated_timestamp");
    out.user_id = row.text("user_id");
    out.current_stage = row.text("current_stage");
    out.description = row.text("description");
    out.source = row.text("source");
    out.run_id = row.text("run_id");
    out.run_link = row.text("run_link");
    if (auto logged = row.text("logged_model_id"); !logged.empty())
        out.model_id = std::move(logged);
    TRY(out.tags,
        session.records<KeyValue>(
            "SELECT key, value FROM registered_model_version_tags WHERE version_id = :id ORDER BY "
            "key",
            {row.integer("id")}
        ));
    TRY(const auto aliases,
        session.rows(
            "SELECT alias FROM registered_model_aliases WHERE registered_model_id = :model AND "
            "version = :version ORDER BY alias",
            {row.integer("registered_model_id"), row.integer("version")}
        ));
    for (const auto& alias : aliases) out.aliases.push_back(alias.text("alias"));
    return out;
}

Result<std::vector<RegisteredVersion>> versions_where(
    Session& session, const std::string& rest, std::vector<store::Value> values
) {
    TRY(const auto rows,
        session.rows("SELECT " + std::string(kVersionColumns) + rest, std::move(values)));
    std::vector<RegisteredVersion> out;
    out.reserve(rows.size());
    for (const auto& row : rows) {
        TRY(auto version, version_from(session, row));
        out.push_back(std::move(version));
    }
    return out;
}

Result<void> touch_version(Session& session, RegisteredModelId id, std::int64_t version_id) {
    CHECK_OK(session.run(
        "UPDATE registered_model_versions SET updated_at = :now WHERE id = :id",
        {base::Clock::wall_ms(), version_id}
    ));
    return touch(session, id);
}

}  // namespace

namespace rows {

std::optional<std::int64_t> number_of(std::string_view version) {
    std::int64_t number = 0;
    const auto* end = version.data() + version.size();
    const auto [at, code] = std::from_chars(version.data(), end, number);
    if (code != std::errc{} || at != end || number < 0) return std::nullopt;
    return number;
}

Result<VersionRow> version_row(Session& session, RegisteredModelId id, std::string_view number) {
    const auto wanted = number_of(number);
    if (!wanted) return fail(ErrorKind::invalid_argument, kBadVersion);
    TRY(const auto row,
        session.record<VersionRow>(
            "SELECT id, version, stage, model_id FROM registered_model_versions WHERE "
            "registered_model_id = :model AND version = :version",
            {id, *wanted}
        ));
    if (!row)
        return fail(ErrorKind::not_found, kVersionNotFound, {{"version", std::string(number)}});
    return *row;
}

Result<void> note(Session& session, RegisteredModelId id, const Move& move, const Promotion& by) {
    CHECK_OK(session.run(
        "INSERT INTO registered_model_promotions (registered_model_id, alias, stage, version, "
        "former_version, user_id, user_name, reason, promoted_at) VALUES (:model, :alias, :stage, "
        ":version, :former, :user, :name, :reason, :now)",
        {id,
         move.alias,
         move.stage,
         move.version,
         move.former,
         by.user_id,
         by.user_name,
         by.reason,
         base::Clock::wall_ms()}
    ));
    return {};
}

}  // namespace rows

Result<RegisteredVersion> add_version(
    Session& session, const Found& model, const NewRegisteredVersion& made, std::string_view user
) {
    // The update holds the model's row until the end, so two at once get two numbers.
    TRY(const auto counted,
        session.row(
            "UPDATE registered_models SET last_version = last_version + 1 WHERE id = :id RETURNING "
            "last_version",
            {model.id}
        ));
    if (!counted) return fail(ErrorKind::not_found, kRegisteredNotFound, {{"name", model.name}});
    const std::int64_t number = counted->integer("last_version");
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto id,
        session.insert(
            "INSERT INTO registered_model_versions (registered_model_id, version, created_at, "
            "updated_at, user_name, stage, description, source, run_id, logged_model_id, run_link, "
            "model_id) VALUES (:model, :version, :now, :now2, :user, 'None', :description, "
            ":source, :run, :logged, :link, :model_id) RETURNING id",
            {model.id,
             number,
             now,
             now,
             user,
             made.description,
             made.source,
             made.run_id,
             made.logged_model_id,
             made.run_link,
             made.model_id}
        ));
    for (const auto& tag : made.tags)
        CHECK_OK(session.run(
            "INSERT INTO registered_model_version_tags (version_id, key, value) VALUES (:id, :key, "
            ":value) ON CONFLICT (version_id, key) DO UPDATE SET value = excluded.value",
            {id, tag.key, tag.value}
        ));
    CHECK_OK(touch(session, model.id));
    return version(session, model.id, std::to_string(number));
}

Result<std::vector<Registration>> versions_of_logged_model(
    Session& session, std::string_view logged_model_id
) {
    TRY(const auto rows,
        session.rows(
            "SELECT m.name AS name, v.version AS version FROM registered_model_versions v JOIN "
            "registered_models m ON m.id = v.registered_model_id WHERE v.logged_model_id = :model "
            "AND m.lifecycle_stage = 'active' ORDER BY m.name, v.version",
            {logged_model_id}
        ));
    std::vector<Registration> out;
    for (const auto& row : rows)
        out.push_back({row.text("name"), std::to_string(row.integer("version"))});
    return out;
}

Result<RegisteredVersion> version(Session& session, RegisteredModelId id, std::string_view number) {
    TRY(const auto row, rows::version_row(session, id, number));
    TRY(auto found, versions_where(session, "WHERE v.id = :id", {row.id}));
    return std::move(found.front());
}

Result<void> describe_version(
    Session& session, RegisteredModelId id, std::string_view number, std::string_view description
) {
    TRY(const auto row, rows::version_row(session, id, number));
    CHECK_OK(session.run(
        "UPDATE registered_model_versions SET description = :description WHERE id = :id",
        {description, row.id}
    ));
    return touch_version(session, id, row.id);
}

Result<void> remove_version(Session& session, RegisteredModelId id, std::string_view number) {
    TRY(const auto row, rows::version_row(session, id, number));
    CHECK_OK(session.run(
        "DELETE FROM registered_model_aliases WHERE registered_model_id = :model AND version = "
        ":version",
        {id, row.version}
    ));
    CHECK_OK(session.run("DELETE FROM registered_model_versions WHERE id = :id", {row.id}));
    return touch(session, id);
}

Result<void> set_version_tag(
    Session& session, RegisteredModelId id, std::string_view number, const KeyValue& tag
) {
    TRY(const auto row, rows::version_row(session, id, number));
    CHECK_OK(session.run(
        "INSERT INTO registered_model_version_tags (version_id, key, value) VALUES (:id, :key, "
        ":value) ON CONFLICT (version_id, key) DO UPDATE SET value = excluded.value",
        {row.id, tag.key, tag.value}
    ));
    return touch_version(session, id, row.id);
}

Result<void> delete_version_tag(
    Session& session, RegisteredModelId id, std::string_view number, std::string_view key
) {
    TRY(const auto row, rows::version_row(session, id, number));
    CHECK_OK(session.run(
        "DELETE FROM registered_model_version_tags WHERE version_id = :id AND key = :key",
        {row.id, key}
    ));
    return touch_version(session, id, row.id);
}

Result<void> set_stage(
    Session& session, RegisteredModelId id, const StageChange& change, const Promotion& by
) {
    TRY(const auto stage, stage_named(change.stage));
    TRY(const auto row, rows::version_row(session, id, change.version));
    if (change.archive_existing && (stage == "Staging" || stage == "Production"))
        CHECK_OK(session.run(
            "UPDATE registered_model_versions SET stage = 'Archived', updated_at = :now WHERE "
            "registered_model_id = :model AND stage = :stage AND id <> :id",
            {base::Clock::wall_ms(), id, stage, row.id}
        ));
    CHECK_OK(session.run(
        "UPDATE registered_model_versions SET stage = :stage WHERE id = :id", {stage, row.id}
    ));
    CHECK_OK(rows::note(session, id, {"", stage, row.version, std::nullopt}, by));
    return touch_version(session, id, row.id);
}

Result<std::vector<RegisteredVersion>> latest(
    Session& session, RegisteredModelId id, const std::vector<std::string>& stages
) {
    std::vector<std::string> wanted;
    for (const auto& one : stages) {
        TRY(auto stage, stage_named(one));
        wanted.push_back(std::move(stage));
    }
    TRY(auto newest,
        versions_where(
            session,
            "WHERE v.registered_model_id = :model AND v.version = (SELECT MAX(o.version) FROM "
            "registered_model_versions o WHERE o.registered_model_id = v.registered_model_id AND "
            "o.stage = v.stage) ORDER BY v.version",
            {id}
        ));
    if (!wanted.empty())
        std::erase_if(newest, [&](const auto& one) {
            return std::ranges::find(wanted, one.current_stage) == wanted.end();
        });
    return newest;
}

Result<std::vector<RegisteredVersion>> search_versions(
    Session& session, const http::Actor& actor, const Search& wish
) {
    std::vector<store::Value> values = wish.values;
    for (auto& value : projects::visible_values(actor)) values.push_back(std::move(value));
    values.emplace_back(wish.limit);
    values.emplace_back(wish.offset);
    return versions_where(
        session,
        "WHERE m.lifecycle_stage = 'active' AND " + wish.where + " AND " +
            projects::visible_condition("m.project_id") + " ORDER BY " + wish.order_by +
            " LIMIT :limit OFFSET :offset",
        std::move(values)
    );
}

Result<std::vector<PromotionLine>> history(Session& session, RegisteredModelId id) {
    return session.records<PromotionLine>(
        "SELECT id, alias, stage, version, former_version, user_id, user_name, reason, promoted_at "
        "FROM registered_model_promotions WHERE registered_model_id = :id ORDER BY id DESC LIMIT "
        "500",
        {id}
    );
}

Result<void> roll_back(
    Session& session, RegisteredModelId id, std::string_view alias, const Promotion& by
) {
    TRY(const auto last,
        session.row(
            "SELECT former_version FROM registered_model_promotions WHERE registered_model_id = "
            ":id AND alias = :alias ORDER BY id DESC LIMIT 1",
            {id, alias}
        ));
    if (!last || last->is_null("former_version"))
        return fail(ErrorKind::conflict, kNothingToRollBack, {{"alias", std::string(alias)}});
    return set_alias(
        session, id, {std::string(alias), std::to_string(last->integer("former_version"))}, by
    );
}

base::Result<std::vector<std::string>> addresses_of(store::Session& session, ModelId model) {
    TRY(const auto rows,
        session.rows(
            "SELECT m.name, v.version, a.alias FROM registered_model_versions v JOIN "
            "registered_models m ON m.id = v.registered_model_id LEFT JOIN "
            "registered_model_aliases a ON a.registered_model_id = m.id AND a.version = v.version "
            "WHERE v.model_id = :model AND m.lifecycle_stage = 'active' ORDER BY m.name, a.alias",
            {model}
        ));
    std::vector<std::string> out;
    for (const auto& row : rows) {
        const auto alias = row.maybe_text("alias");
        out.push_back(
            "models:/" + row.text("name") +
            (alias ? "@" + *alias : "/" + std::to_string(row.integer("version")))
        );
    }
    return out;
}

}  // namespace csva::models::registry
