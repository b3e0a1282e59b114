#pragma once

#include "features/backup/types.hpp"
#include "foundation/base/result.hpp"
#include "foundation/base/secret.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

/// Backups of the embedded store: the SQLite file as it was at one moment, the files that its rows
/// name, the predictions being kept, the journal and its key; one encrypted file.
namespace csva::backup {

/// What a running or resting installation is made of.
struct Parts {
    store::Database& database;
    blob::BlobStore& blobs;
    std::filesystem::path data_folder;
    std::vector<store::Lifecycle*> features;
    /// JSON of what the model answers to a row without a cell.
    std::function<base::Result<std::string>(std::int64_t model_id)> answer;
};

/// Beside a server that goes on serving. Errors: backup.embedded_only, backup.changing (files went
/// faster than they could be held), those of Writer.
base::Result<Report> make_backup(
    const Parts& parts, const std::filesystem::path& file, const base::Secret& key
);

/// Reads all of a backup and checks it, and writes nothing. Errors: those of Reader.
base::Result<Report> check_backup(const std::filesystem::path& file, const base::Secret& key);

/// Unpacks a backup into a data folder that holds no store, the store itself last. `known`: names
/// of the migrations of this program. Errors: backup.not_empty, backup.newer_version,
/// backup.differs (not the rows that were counted), those of Reader, base.disk_full.
base::Result<Head> unpack(
    const std::filesystem::path& file,
    const base::Secret& key,
    const std::filesystem::path& data_folder,
    const std::vector<std::string>& known
);
/// Where `unpack` puts the ledger that was in the backup: an older copy, to be taken over.
std::filesystem::path packed_ledger(const std::filesystem::path& data_folder);

/// Rows by table. Errors: store.*.
base::Result<std::map<std::string, std::int64_t>> count_rows(store::Session& session);

}  // namespace csva::backup
