#pragma once

#include "foundation/base/files.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/store/database.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace csva::app {

/// What every subcommand takes.
struct CommonOptions {
    std::string config;    ///< Settings file; empty: none.
    std::string data_dir;  ///< Overrides data.dir.
};

/// Settings of all features, in one list.
std::vector<base::SettingRow> setting_rows();

/// Settings from defaults, file, environment and `overrides`. Errors: those of Settings::load.
base::Result<base::Settings> load_settings(
    const CommonOptions& options, std::map<std::string, std::string> overrides = {}
);

/// Log lines go where these settings say. Errors: base.file_unwritable.
base::Result<void> open_log(const base::Settings& settings);

/// Where a command keeps its temporary files: `tmp` in the folder of the data when the options name
/// one, else the system's. Made if need be. Errors: those of load_settings, base.file_unwritable.
base::Result<base::fs::path> temporary_parent(const CommonOptions& options);

/// Migrations of all features.
const std::vector<store::Migrations>& migrations();

/// Opens the metadata store. SQLite is brought forward at once; PostgreSQL must have been migrated
/// by `csva migrate`. Errors: store.*, app.migrate_first.
base::Result<std::unique_ptr<store::Database>> open_database(const base::Settings& settings);

/// Brings the schema forward on either back end; how many migrations were applied. Errors: store.*.
base::Result<std::int64_t> migrate_database(const base::Settings& settings);

}  // namespace csva::app
