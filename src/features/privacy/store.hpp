#pragma once

#include "features/privacy/types.hpp"
#include "foundation/store/database.hpp"

#include <map>
#include <string>
#include <vector>

namespace csva::privacy {

/// All SQL of the feature.

struct KeptDecision {
    std::string physical;
    Decision decision;
};
/// Newest first.
base::Result<std::vector<KeptDecision>> decisions_of(
    store::Session& session, datasets::DatasetId id
);
base::Result<void> insert(
    store::Session& session,
    const datasets::VersionTable& version,
    std::string_view physical,
    const Decision& decision
);

}  // namespace csva::privacy
