#pragma once

#include "features/cleaning/types.hpp"

#include <vector>

namespace csva::cleaning {

/// What is enqueued: steps to apply to `parent_id`, and the versions that wait for their tables.
struct CleanJob {
    datasets::DatasetId dataset_id;
    datasets::VersionId parent_id;
    std::vector<datasets::VersionId> version_ids;
    std::vector<recipe::Step> steps;
};
CSVA_DESCRIBE(CleanJob, dataset_id, parent_id, version_ids, steps)

}  // namespace csva::cleaning
