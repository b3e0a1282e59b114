#pragma once

#include "foundation/journal/keys.hpp"
#include "foundation/journal/types.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <ostream>
#include <string>
#include <vector>

namespace csva::journal {

/// Entries that have left the journal's table for a block of their own: their exported lines,
/// compressed. The entry `journal.archived` holds the block's SHA-256, and so the chain seals it.
/// The row of a block that was deleted after its time stays, without content: its link is where the
/// rest of the chain begins.
struct Archive {
    std::int64_t first_seq = 0;
    std::int64_t last_seq = 0;
    std::int64_t first_at = 0;
    std::int64_t last_at = 0;
    std::string link;
    std::int64_t archived_at = 0;
    std::string sha256;
    bool deleted = false;
};
CSVA_DESCRIBE(Archive, first_seq, last_seq, first_at, last_at, link, archived_at, sha256, deleted)

/// In order.
base::Result<std::vector<Archive>> archives_of(store::Session& session);

/// The lines of a block, the start line first; nothing when it is not what was written.
base::Result<std::optional<std::vector<std::string>>> lines_of(
    store::Session& session, const Archive& archive
);

struct Ages {
    std::int64_t keep_ms = 0;     ///< Entries older than this are archived.
    std::int64_t archive_ms = 0;  ///< Archives older than this are deleted; 0: never.
};

/// Archives what is old enough, and deletes archives that are; the newest entry always stays. How
/// many entries were archived. Errors: store.*.
base::Result<std::int64_t> archive(store::Database& database, const Keys& keys, const Ages& ages);

/// Writes the whole journal in its exported form: archives, entries, head. Errors: store.*,
/// journal.archive_wrong, base.disk_full.
base::Result<void> export_to(store::Database& database, std::ostream& out);

}  // namespace csva::journal
