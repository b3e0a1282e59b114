#pragma once

#include "features/cleaning/types.hpp"
#include "features/datasets/service.hpp"
#include "foundation/jobs/kind.hpp"

#include <memory>
#include <vector>

namespace csva::cleaning {

/// The kind of job that applies steps.
inline constexpr std::string_view kCleanJob = "clean";
jobs::Kind clean_kind(const base::Settings& settings);

/// Checks that the steps can follow each other on a table. A step's effect on the columns is known
/// without its rows. Errors: those of recipe::check_step (with the detail `step`,
/// from 1).
base::Result<void> check_steps(const std::vector<recipe::Step>& steps, const table::Schema& schema);

/// Editing the recipe of a data set. Thread-safe.
class Service {
public:
    explicit Service(datasets::Service& datasets) : datasets_(datasets) {}

    /// Enqueues the steps on the current version; each gets a version that is not ready yet.
    /// Errors: those of check_steps, datasets.not_found, datasets.not_ready, datasets.busy.
    base::Result<CleanAnswer> clean(
        const http::Actor& actor, datasets::DatasetId id, const std::vector<recipe::Step>& steps
    );

private:
    datasets::Service& datasets_;
};

/// The step that a request about one column means.
recipe::Step step_from(const ColumnRequest& request);

}  // namespace csva::cleaning
