#pragma once

#include "foundation/base/described.hpp"
#include "foundation/base/result.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/base/signing.hpp"
#include "foundation/blob/blob.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::erasure {

/// One line: something that must not come back. `previous` is the SHA-256 of the line before.
struct LedgerEntry {
    std::int64_t n = 0;
    std::int64_t at = 0;
    std::string kind;     ///< "user": `subject` is erased; "certificate": of the code `subject`;
                          ///< "person", "person_certificate": the same of rows, `subject` a code.
    std::string subject;  ///< A keyed hash: only this service can tell whom it means.
    base::Json more;
    std::string previous;
    std::string key;
    std::string signature;
};
CSVA_DESCRIBE(LedgerEntry, n, at, kind, subject, more, previous, key, signature)

/// The ledger of erasures: a file of its own, so that a restored database does not bring anybody
/// back. Only ever appended to; each line is chained to the one before and signed. It is to be
/// backed up apart from the database, and more often. Safe for several processes.
class Ledger {
public:
    /// `notes`: where each entry is put as well, for the other servers and for the day on which
    /// this disk is lost; null: nowhere.
    Ledger(std::filesystem::path path, const base::SigningKey& key, blob::Notes* notes = nullptr)
        : path_(std::move(path)), key_(key), notes_(notes) {}

    /// All entries. A line that was being written when a process died is none yet. Errors:
    /// erasure.bad_ledger {line}, base.file_unreadable.
    base::Result<std::vector<LedgerEntry>> entries() const;
    /// On disk, and noted, when this returns; what is there already is not written again. Errors:
    /// those of `entries`, base.disk_full, base.file_unwritable, blob.*.
    base::Result<LedgerEntry> append(
        std::string_view kind, std::string_view subject, const base::Json& more
    ) const;
    /// The same without a note.
    base::Result<LedgerEntry> append_here(
        std::string_view kind, std::string_view subject, const base::Json& more
    ) const;
    /// Appends what another copy of the ledger has beyond this one; how many. Errors: those of
    /// `append`, erasure.bad_ledger when neither is the other's beginning.
    base::Result<std::int64_t> take_over(const std::filesystem::path& other) const;
    /// Entries that other servers have noted come here, and those that are only here are noted.
    base::Result<void> exchange_notes() const;
    const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
    const base::SigningKey& key_;
    blob::Notes* notes_;
};

/// Entries of a text, checked. Errors: erasure.bad_ledger {line}.
base::Result<std::vector<LedgerEntry>> read_ledger(std::string_view text);

/// Where the settings have it.
std::filesystem::path ledger_path(const base::Settings& settings);

}  // namespace csva::erasure
