#pragma once

#include "features/models/types.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::models {

struct RegisteredModelTag;
using RegisteredModelId = base::Id<RegisteredModelTag>;

inline constexpr std::string_view kRegisteredNotFound = "models.registered_not_found";
inline constexpr std::string_view kRegisteredExists = "models.registered_already_exists";
inline constexpr std::string_view kVersionNotFound = "models.version_not_found";
inline constexpr std::string_view kAliasNotFound = "models.alias_not_found";
inline constexpr std::string_view kBadName = "models.bad_name";
inline constexpr std::string_view kBadAlias = "models.bad_alias";
inline constexpr std::string_view kBadStage = "models.bad_stage";
inline constexpr std::string_view kBadVersion = "models.bad_version";
inline constexpr std::string_view kNothingToRollBack = "models.nothing_to_roll_back";
inline constexpr std::string_view kCannotPredict = "models.cannot_predict";

/// A tag, or a param: two texts.
struct KeyValue {
    std::string key;
    std::string value;
};
CSVA_DESCRIBE(KeyValue, key, value)
CSVA_NOTES(KeyValue, {.field = "value", .defaulted = true})

/// One version of a registered model, as MLflow's clients read it. Numbers of versions are texts
/// there.
struct RegisteredVersion {
    std::string name;
    std::string version;
    std::int64_t creation_timestamp = 0;
    std::int64_t last_updated_timestamp = 0;
    std::string user_id;
    std::string current_stage = "None";
    std::string description;
    std::string source;
    std::string run_id;
    std::optional<std::string> model_id;
    std::string status = "READY";
    std::vector<KeyValue> tags;
    std::string run_link;
    std::vector<std::string> aliases;
};
CSVA_DESCRIBE(
    RegisteredVersion,
    name,
    version,
    creation_timestamp,
    last_updated_timestamp,
    user_id,
    current_stage,
    description,
    source,
    run_id,
    model_id,
    status,
    tags,
    run_link,
    aliases
)
CSVA_NOTES(
    RegisteredVersion,
    {.field = "version", .text = "Number of the version, counted up and never used again."},
    {.field = "current_stage", .text = "None, Staging, Production or Archived."},
    {.field = "source",
     .text = "Where its files are: models:/m-..., runs:/... or mlflow-artifacts:/..."},
    {.field = "model_id", .text = "Logged model it was registered from."},
    {.field = "tags", .defaulted = true},
    {.field = "aliases", .defaulted = true}
)

/// A version by its name.
struct Registration {
    std::string name;
    std::string version;
};
CSVA_DESCRIBE(Registration, name, version)

struct RegisteredAlias {
    std::string alias;
    std::string version;
};
CSVA_DESCRIBE(RegisteredAlias, alias, version)

struct RegisteredModel {
    std::string name;
    std::int64_t creation_timestamp = 0;
    std::int64_t last_updated_timestamp = 0;
    std::string description;
    std::vector<RegisteredVersion> latest_versions;
    std::vector<KeyValue> tags;
    std::vector<RegisteredAlias> aliases;
};
CSVA_DESCRIBE(
    RegisteredModel,
    name,
    creation_timestamp,
    last_updated_timestamp,
    description,
    latest_versions,
    tags,
    aliases
)
CSVA_NOTES(
    RegisteredModel,
    {.field = "latest_versions", .text = "The newest of each stage.", .defaulted = true},
    {.field = "tags", .defaulted = true},
    {.field = "aliases", .defaulted = true}
)

/// What registering a model says of it.
struct NewRegistered {
    std::string name;
    std::string description;
    std::vector<KeyValue> tags;
};

/// What registering a version says of it. `model_id`: of a model of ours, which can predict.
struct NewRegisteredVersion {
    std::string source;
    std::string run_id;
    std::string logged_model_id;
    std::string run_link;
    std::string description;
    std::vector<KeyValue> tags;
    std::optional<ModelId> model_id;
};

}  // namespace csva::models
