#pragma once

#include "foundation/base/metrics.hpp"
#include "foundation/base/result.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/journal/keys.hpp"
#include "foundation/journal/types.hpp"
#include "foundation/store/database.hpp"

#include <functional>
#include <memory>
#include <vector>

namespace csva::journal {

/// Rows of this room's settings (journal.*), merged by app.
std::vector<base::SettingRow> setting_rows();

/// Opens the journal's own store: `journal/journal.sqlite` in the data folder, or the schema
/// `csva_journal` of the PostgreSQL database. SQLite is brought forward at once; PostgreSQL by
/// `csva migrate`. Errors: store.*, journal.migrate_first.
base::Result<std::unique_ptr<store::Database>> open_store(const base::Settings& settings);

/// Brings the journal's store forward on either back end. Errors: store.*.
base::Result<std::int64_t> migrate(const base::Settings& settings);

/// The append-only record of what was done and tried. `append` takes microseconds; a thread of its
/// own chains, signs and commits what came in a tenth of a second as one group, so a process that
/// is killed loses at most that. One chain for all processes that share the store. Nothing is
/// opened before the first entry. Thread-safe.
class Journal {
public:
    struct Parts {
        const base::Settings& settings;
        base::Metrics& metrics;
        /// Keeps a copy of the head somewhere else, about once a minute; may be empty.
        std::function<base::Result<void>(const Head&)> keep_head = {};
    };
    explicit Journal(Parts parts);
    /// Writes what is waiting.
    ~Journal();
    Journal(const Journal&) = delete;
    Journal& operator=(const Journal&) = delete;

    /// Opens the store and looks at its head now rather than at the first entry. Errors: store.*,
    /// journal.migrate_first, journal.bad_key, journal.key_unknown (another key has signed it).
    base::Result<void> open();
    void append(Entry entry);
    /// Returns when all that was appended before is on disk. Errors: those of `open`; the entries
    /// stay and are tried again.
    base::Result<void> flush();

    /// The journal's store and keys, for those who read it. Errors: those of `open`.
    base::Result<store::Database*> database();
    base::Result<const Keys*> keys();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::journal
