#pragma once

#include "features/models/registry_types.hpp"
#include "features/projects/types.hpp"
#include "foundation/base/result.hpp"
#include "foundation/http/actor.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Registered models: names, versions, aliases and stages, and who promoted what, when and why.
/// Names belong to a project; a caller who names one means the nearest: their own project's, then
/// those of projects they are a member of. All run inside the caller's session.
namespace csva::models::registry {

/// The project that the tag csva:project_id of something new names.
std::optional<projects::ProjectId> wanted_project(const std::vector<KeyValue>& tags);

/// A registered model that the actor may use.
struct Found {
    RegisteredModelId id;
    std::int64_t project_id = 0;
    std::string name;
};
/// Errors: models.registered_not_found, accounts.forbidden.
base::Result<Found> find(
    store::Session& session, const http::Actor& actor, std::string_view name, http::Right right
);
/// In the project, whoever asks; nothing when there is none.
base::Result<std::optional<Found>> find_in(
    store::Session& session, std::int64_t project_id, std::string_view name
);
/// Errors: models.bad_name, models.registered_already_exists and those of
/// projects::project_for_new.
base::Result<Found> create(
    store::Session& session, const http::Actor& actor, const NewRegistered& made
);
/// In a project, without asking for rights.
base::Result<Found> create_in(
    store::Session& session, std::int64_t project_id, const NewRegistered& made
);
base::Result<RegisteredModel> view(store::Session& session, RegisteredModelId id);
base::Result<void> describe(
    store::Session& session, RegisteredModelId id, std::string_view description
);
/// Errors: models.bad_name, models.registered_already_exists.
base::Result<void> rename(store::Session& session, const Found& model, std::string_view name);
/// Into the bin: its name is free for another.
base::Result<void> remove(store::Session& session, RegisteredModelId id);
/// Out of the bin. Errors: models.registered_already_exists when the name is taken meanwhile.
base::Result<void> restore(store::Session& session, RegisteredModelId id);
/// For good, with its versions and its history.
base::Result<void> erase(store::Session& session, RegisteredModelId id);
/// `NAME/VERSION` of a version whose files belong to one of these runs or logged models.
base::Result<std::optional<std::string>> resting_on(
    store::Session& session, const std::vector<std::string>& owners
);
base::Result<void> set_tag(store::Session& session, RegisteredModelId id, const KeyValue& tag);
base::Result<void> delete_tag(store::Session& session, RegisteredModelId id, std::string_view key);

/// Who does it, and why, for the history.
struct Promotion {
    std::int64_t user_id = 0;
    std::string user_name;
    std::string reason;
};
/// Errors: models.bad_alias, models.version_not_found.
base::Result<void> set_alias(
    store::Session& session, RegisteredModelId id, const RegisteredAlias& alias, const Promotion& by
);
base::Result<void> delete_alias(
    store::Session& session, RegisteredModelId id, std::string_view alias, const Promotion& by
);
/// The version's number. Errors: models.alias_not_found.
base::Result<std::string> version_of_alias(
    store::Session& session, RegisteredModelId id, std::string_view alias
);

/// The next number; two at once get two numbers.
base::Result<RegisteredVersion> add_version(
    store::Session& session,
    const Found& model,
    const NewRegisteredVersion& made,
    std::string_view user
);
/// Names and numbers of the versions registered from a logged model.
base::Result<std::vector<Registration>> versions_of_logged_model(
    store::Session& session, std::string_view logged_model_id
);
/// Errors of all below: models.version_not_found.
base::Result<RegisteredVersion> version(
    store::Session& session, RegisteredModelId id, std::string_view number
);
base::Result<void> describe_version(
    store::Session& session,
    RegisteredModelId id,
    std::string_view number,
    std::string_view description
);
base::Result<void> remove_version(
    store::Session& session, RegisteredModelId id, std::string_view number
);
base::Result<void> set_version_tag(
    store::Session& session, RegisteredModelId id, std::string_view number, const KeyValue& tag
);
base::Result<void> delete_version_tag(
    store::Session& session, RegisteredModelId id, std::string_view number, std::string_view key
);
struct StageChange {
    std::string version;
    std::string stage;
    bool archive_existing = false;
};
/// Errors: models.bad_stage too.
base::Result<void> set_stage(
    store::Session& session, RegisteredModelId id, const StageChange& change, const Promotion& by
);
/// The newest version of each of these stages (none: of every stage). Errors: models.bad_stage.
base::Result<std::vector<RegisteredVersion>> latest(
    store::Session& session, RegisteredModelId id, const std::vector<std::string>& stages
);

/// A search put together elsewhere: SQL over the tables below with its values, in SQL order.
struct Search {
    std::string where;  ///< Of registered_models m, and for versions registered_model_versions v.
    std::vector<store::Value> values;
    std::string order_by;
    std::int64_t limit = 0;
    std::int64_t offset = 0;
};
/// Only what the actor may read.
base::Result<std::vector<RegisteredModel>> search(
    store::Session& session, const http::Actor& actor, const Search& search
);
base::Result<std::vector<RegisteredVersion>> search_versions(
    store::Session& session, const http::Actor& actor, const Search& search
);

/// The model of ours behind `models:/NAME@alias`, `models:/NAME/VERSION` or `models:/NAME/STAGE`.
/// Errors: models.registered_not_found, models.alias_not_found, models.version_not_found,
/// models.cannot_predict (its files came from elsewhere).
base::Result<ModelId> resolve(
    store::Session& session, const http::Actor& actor, std::string_view address
);

/// Addresses that lead to a model of ours now: models:/NAME@alias, or models:/NAME/VERSION when no
/// alias does.
base::Result<std::vector<std::string>> addresses_of(store::Session& session, ModelId model);

/// One line of the history.
struct PromotionLine {
    std::int64_t id = 0;
    std::string alias;
    std::string stage;
    std::optional<std::int64_t> version;
    std::optional<std::int64_t> former_version;
    std::int64_t user_id = 0;
    std::string user_name;
    std::string reason;
    std::int64_t promoted_at = 0;
};
CSVA_DESCRIBE(
    PromotionLine,
    id,
    alias,
    stage,
    version,
    former_version,
    user_id,
    user_name,
    reason,
    promoted_at
)
CSVA_NOTES(
    PromotionLine,
    {.field = "alias", .text = "Alias that moved; empty for a stage."},
    {.field = "stage", .text = "Stage that was given; empty for an alias."},
    {.field = "version", .text = "Version it went to; null when an alias was taken away."},
    {.field = "former_version", .text = "Version the alias stood at before; null when at none."},
    {.field = "user_name", .text = "Who did it."},
    {.field = "reason", .text = "Why, in their words; empty when they gave none."},
    {.field = "promoted_at", .text = "Unix milliseconds."}
)
/// A registered model, as lists of ours show it.
struct RegisteredLine {
    RegisteredModelId id;
    std::int64_t project_id = 0;
    std::string name;
    std::string description;
    std::int64_t last_version = 0;
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
};
CSVA_DESCRIBE(
    RegisteredLine, id, project_id, name, description, last_version, created_at, updated_at
)
CSVA_NOTES(
    RegisteredLine,
    {.field = "last_version", .text = "Highest number given; 0 before the first version."},
    {.field = "updated_at", .text = "Unix milliseconds."}
)
/// Those the actor may read, by id, after `after`.
base::Result<std::vector<RegisteredLine>> list(
    store::Session& session, const http::Actor& actor, std::int64_t after, std::int64_t limit
);

/// Newest first, at most 500.
base::Result<std::vector<PromotionLine>> history(store::Session& session, RegisteredModelId id);
/// Puts an alias back to where it stood before its last move. Errors:
/// models.nothing_to_roll_back.
base::Result<void> roll_back(
    store::Session& session, RegisteredModelId id, std::string_view alias, const Promotion& by
);

}  // namespace csva::models::registry
