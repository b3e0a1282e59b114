#include "app/config.hpp"

#include "features/accounts/service.hpp"
#include "features/audit/service.hpp"
#include "features/datasets/service.hpp"
#include "features/erasure/service.hpp"
#include "features/exploring/service.hpp"
#include "features/models/service.hpp"
#include "features/monitoring/service.hpp"
#include "features/notices/service.hpp"
#include "features/ops/routes.hpp"
#include "features/predictions/service.hpp"
#include "features/privacy/service.hpp"
#include "features/serving/service.hpp"
#include "features/sharing/service.hpp"
#include "features/tracking/service.hpp"
#include "features/training/service.hpp"
#include "foundation/base/log_folder.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/http/server.hpp"
#include "foundation/jobs/queue.hpp"
#include "foundation/journal/journal.hpp"

#include <filesystem>
#include <unistd.h>

namespace csva::embedded {
store::Migrations accounts_migrations();
store::Migrations projects_migrations();
}  // namespace csva::embedded

namespace csva::app {
namespace {

using base::Result;

/// Rows that belong to no feature.
std::vector<base::SettingRow> own_rows() {
    using base::SettingType;
    return {
        {"data.dir",
         SettingType::text,
         "csva-data",
         "",
         "Folder of the metadata store, the files and what is being worked on."},
        {"data.sample",
         SettingType::boolean,
         "true",
         "",
         "Whether a store without users and data sets begins with one sample."},
        {"data.sweep_grace_h",
         SettingType::integer,
         "24",
         "h",
         "Age at which a file that nothing refers to is removed; longer than any job runs."},
        {"log.dir", SettingType::text, "", "", "Folder for a log file a day; empty: standard error."
        },
        {"log.keep_days",
         SettingType::integer,
         "183",
         "days",
         "Age at which a log file of that folder is deleted."},
        {"database.url",
         SettingType::secret,
         "",
         "",
         "postgresql://... for PostgreSQL; empty for SQLite in the data folder."},
        {"database.pool_size",
         SettingType::integer,
         "8",
         "",
         "Connections to the database that one process holds."},
        {"database.wait_ms",
         SettingType::integer,
         "5000",
         "ms",
         "How long a request waits for a connection or for a busy database."},
    };
}

void append(std::vector<base::SettingRow>& rows, std::vector<base::SettingRow> more) {
    rows.insert(rows.end(), more.begin(), more.end());
}

std::map<std::string, std::string> environment() {
    std::map<std::string, std::string> found;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals == std::string_view::npos || !text.starts_with("CSVA_")) continue;
        found.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return found;
}

}  // namespace

std::vector<base::SettingRow> setting_rows() {
    std::vector<base::SettingRow> rows = own_rows();
    append(rows, blob::setting_rows());
    append(rows, http::setting_rows());
    append(rows, jobs::setting_rows());
    append(rows, journal::setting_rows());
    append(rows, accounts::setting_rows());
    append(rows, datasets::setting_rows());
    append(rows, exploring::setting_rows());
    append(rows, tracking::setting_rows());
    append(rows, predictions::setting_rows());
    append(rows, monitoring::setting_rows());
    append(rows, serving::setting_rows());
    append(rows, notices::setting_rows());
    append(rows, sharing::setting_rows());
    append(rows, ops::setting_rows());
    append(rows, erasure::setting_rows());
    return rows;
}

Result<base::Settings> load_settings(
    const CommonOptions& options, std::map<std::string, std::string> overrides
) {
    if (!options.data_dir.empty()) overrides["data.dir"] = options.data_dir;
    return base::Settings::load(setting_rows(), options.config, environment(), overrides);
}

Result<void> open_log(const base::Settings& settings) {
    const std::string& folder = settings.text("log.dir");
    if (folder.empty()) return {};
    return base::log_to_folder(folder, settings.integer("log.keep_days"));
}

Result<base::fs::path> temporary_parent(const CommonOptions& options) {
    if (options.config.empty() && options.data_dir.empty()) return base::fs::temp_directory_path();
    TRY(const auto settings, load_settings(options));
    const auto folder = base::fs::path(settings.text("data.dir")) / "tmp";
    std::error_code failed;
    base::fs::create_directories(folder, failed);
    if (failed) return base::fail(base::ErrorKind::unavailable, "base.file_unwritable");
    return folder;
}

const std::vector<store::Migrations>& migrations() {
    static const std::vector<store::Migrations> all = {
        jobs::migrations(),
        embedded::accounts_migrations(),
        embedded::projects_migrations(),
        datasets::migrations(),
        privacy::migrations(),
        models::migrations(),
        tracking::migrations(),
        training::migrations(),
        predictions::migrations(),
        monitoring::migrations(),
        audit::migrations(),
        notices::migrations(),
        erasure::migrations(),
        sharing::migrations(),
    };
    return all;
}

namespace {

Result<std::unique_ptr<store::Database>> connect(const base::Settings& settings) {
    const std::string folder = settings.text("data.dir");
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) return base::fail(base::ErrorKind::unavailable, "base.file_unwritable");
    return store::Database::open(
        {.url = settings.secret("database.url").reveal(),
         .data_folder = folder,
         .pool_size = settings.integer("database.pool_size"),
         .wait_ms = settings.integer("database.wait_ms")}
    );
}

}  // namespace

Result<std::unique_ptr<store::Database>> open_database(const base::Settings& settings) {
    TRY(auto database, connect(settings));
    if (database->backend() == store::Backend::sqlite) {
        CHECK_OK(database->migrate(migrations()));
        return database;
    }
    TRY(const auto pending, database->pending(migrations()));
    if (pending.empty()) return database;
    return base::fail(
        base::ErrorKind::unavailable,
        "app.migrate_first",
        {{"count", static_cast<std::int64_t>(pending.size())}}
    );
}

Result<std::int64_t> migrate_database(const base::Settings& settings) {
    TRY(const auto database, connect(settings));
    TRY(const std::int64_t main, database->migrate(migrations()));
    TRY(const std::int64_t journal, journal::migrate(settings));
    return main + journal;
}

}  // namespace csva::app
