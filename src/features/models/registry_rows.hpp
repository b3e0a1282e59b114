#pragma once

#include "features/models/registry.hpp"

/// Rows that the registry's two sources share.
namespace csva::models::registry::rows {

struct VersionRow {
    std::int64_t id = 0;
    std::int64_t version = 0;
    std::string stage;
    std::optional<std::int64_t> model_id;
};
CSVA_DESCRIBE(VersionRow, id, version, stage, model_id)

/// Number of a version as clients send it.
std::optional<std::int64_t> number_of(std::string_view version);

/// Errors: models.bad_version, models.version_not_found.
base::Result<VersionRow> version_row(
    store::Session& session, RegisteredModelId id, std::string_view number
);

/// What moved, for the history.
struct Move {
    std::string alias;
    std::string stage;
    std::optional<std::int64_t> version;
    std::optional<std::int64_t> former;
};
base::Result<void> note(
    store::Session& session, RegisteredModelId id, const Move& move, const Promotion& by
);

}  // namespace csva::models::registry::rows

namespace csva::models::registry {
/// The model was changed now.
base::Result<void> touch(store::Session& session, RegisteredModelId id);
}  // namespace csva::models::registry
