#pragma once

#include "foundation/journal/types.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <span>
#include <vector>

namespace csva::journal::rows {

/// SQL of the journal's own store. Sessions are of that store.

base::Result<Head> head(store::Session& session);
/// The same, held until the transaction ends: one writer at a time, over all processes.
base::Result<Head> head_to_write(store::Session& session);
base::Result<void> put_head(store::Session& session, const Head& head);

base::Result<void> insert(store::Session& session, std::span<const Record> records);
base::Result<void> insert_seal(store::Session& session, const Seal& seal);
/// Highest number that an entry or a seal has, 0 for none.
base::Result<std::int64_t> newest_seq(store::Session& session);

/// Entries and seals numbered above `after`, in order, at most `limit`.
base::Result<std::vector<Record>> entries_after(
    store::Session& session, std::int64_t after, std::int64_t limit
);
base::Result<std::vector<Seal>> seals_between(
    store::Session& session, std::int64_t after, std::int64_t last
);
/// What a reader looks for; empty fields do not narrow.
struct Filter {
    std::optional<std::int64_t> before;
    std::int64_t limit = 50;
    std::string action = {};  ///< Beginning of the name.
    std::string outcome = {};
    std::optional<std::string> actor = {};  ///< Pseudonym; "": nobody.
    std::string object_kind = {};
    std::optional<std::string> object = {};  ///< Pseudonym.
    std::optional<std::int64_t> from = {};
    std::optional<std::int64_t> until = {};
};
base::Result<std::vector<Record>> newest_first(store::Session& session, const Filter& filter);

/// Details of all rotations of the key.
base::Result<std::vector<std::string>> rotations(store::Session& session);

}  // namespace csva::journal::rows
