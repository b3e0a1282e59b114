#pragma once

#include "engine/recipe/recipe.hpp"
#include "features/datasets/types.hpp"
#include "foundation/base/described.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace csva::cleaning {

/// POST /clean/{pk}/: steps applied one after the other; each makes a version.
struct CleanRequest {
    datasets::DatasetId pk;
    std::vector<recipe::Step> steps;
};
CSVA_DESCRIBE(CleanRequest, pk, steps)
CSVA_NOTES(
    CleanRequest,
    {.field = "steps",
     .text = "Steps in order; the catalogue is at /api/v1/cleaning/steps.",
     .minimum = 1,
     .maximum = 50}
)

/// POST /column/{pk}/: one step on one column. Members that no field names are the step's options.
struct ColumnRequest {
    datasets::DatasetId pk;
    std::string column;
    std::string action;
    std::map<std::string, base::Cell> options;
};
CSVA_DESCRIBE(ColumnRequest, pk, column, action, options)
CSVA_NOTES(
    ColumnRequest,
    {.field = "column", .text = "Name of the column.", .minimum = 1},
    {.field = "action",
     .text = "Name of a step, with or without its version: fill_missing or fill_missing@1.",
     .minimum = 1,
     .maximum = 100,
     .example = "\"trim\""},
    {.field = "options", .text = "Options of the step, by name.", .catch_all = true}
)

/// The version that the last step makes (not ready before the job is done), and the job.
struct CleanAnswer {
    datasets::DatasetId dataset_id;
    datasets::VersionId version_id;
    jobs::JobId job_id;
};
CSVA_DESCRIBE(CleanAnswer, dataset_id, version_id, job_id)

struct StepCatalogue {
    std::vector<recipe::StepInfo> steps;
};
CSVA_DESCRIBE(StepCatalogue, steps)

}  // namespace csva::cleaning
