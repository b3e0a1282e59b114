#pragma once

#include "engine/recipe/anonymity.hpp"
#include "features/datasets/service.hpp"
#include "features/exploring/query_client.hpp"
#include "features/exploring/types.hpp"
#include "foundation/base/settings.hpp"

#include <filesystem>
#include <string>

namespace csva::exploring {

std::vector<base::SettingRow> setting_rows();

/// Looking at versions. Thread-safe.
class Service {
public:
    struct Parts {
        datasets::Service& datasets;
        QueryClient& rows;     ///< For pages of the grid.
        QueryClient& exports;  ///< For whole files, so that they do not hold up the grid.
        const base::Settings& settings;
        std::filesystem::path staging;
    };
    explicit Service(Parts parts) : parts_(std::move(parts)) {}

    /// Errors: datasets.not_found, datasets.not_ready, datasets.version_not_found,
    /// exploring.bad_filter, exploring.unknown_column, exploring.time_out, exploring.unavailable.
    base::Result<RowsPage> rows(const RowsQuery& query);
    /// The version as canonical CSV in a file of the staging folder, for the caller to remove.
    /// Errors as rows.
    base::Result<datasets::Service::File> csv(datasets::DatasetId id, datasets::VersionId version);

    /// What makes a version k-anonymous. Errors: those of recipe::check_anonymity,
    /// recipe.cannot_be_anonymous, and of rows.
    base::Result<recipe::AnonymityPlan> anonymity(
        datasets::DatasetId id, datasets::VersionId version, const recipe::AnonymityWish& wish
    );

private:
    Parts parts_;
};

}  // namespace csva::exploring
