#pragma once

#include "app/compose.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace csva::app {

/// What was moved of one table; both stores were read again and agree.
struct MovedTable {
    std::string name;
    std::int64_t rows = 0;
};
struct Moved {
    std::vector<MovedTable> tables;
    std::int64_t files = 0;
    std::uint64_t bytes = 0;
};

/// Copies all rows and files of the embedded store in `from` into the store of `target`, which is
/// migrated and empty. Nothing may write there meanwhile; the source stays as it is. All rows in
/// one transaction: they are there, or none is. Files that are there already are not sent again.
/// Errors: app.nothing_to_move, app.move_not_empty, app.move_differs, app.migrate_first, store.*,
/// blob.*.
base::Result<Moved> move_store(const std::filesystem::path& from, Composition& target);

/// Copies all files that the store of `target` lacks. Returns how many, and their bytes.
/// Errors: blob.*.
base::Result<Moved> copy_files(
    blob::BlobStore& source, const std::set<std::string>& keys, blob::BlobStore& target
);

}  // namespace csva::app
