#pragma once

#include "features/erasure/ledger.hpp"
#include "features/erasure/person_store.hpp"
#include "features/erasure/persons.hpp"
#include "foundation/journal/keys.hpp"

#include <stop_token>

namespace csva::erasure::person {

/// What the steps work on.
struct Tools {
    const Persons::Parts& parts;
    const Ledger& ledger;
    const journal::Keys& keys;
};

/// What the ledger keeps: enough to find the same rows in an older state of the same project, and
/// nothing that says whose they are.
struct LedgerPerson {
    std::string project;  ///< Keyed hash, as the data sets'.
    std::vector<meaning::Sought> sought;
    std::map<std::string, std::vector<std::int64_t>> spared;  ///< By data set.
};
CSVA_DESCRIBE(LedgerPerson, project, sought, spared)

/// The key of the hashes of one request, which only the holder of the journal's key can make.
std::string hash_key(const journal::Keys& keys, std::string_view code);
/// How the ledger calls a project or data set: "project" or "dataset", its number and the time it
/// was made, since a restored database gives numbers out again.
std::string subject_of(
    const journal::Keys& keys, std::string_view kind, std::int64_t id, std::int64_t created_at
);

/// Does the step that the row stands at and moves it on; false when it must wait. Errors: what
/// stopped it; the step is done again.
base::Result<bool> do_step(const Tools& tools, Row& row, const std::stop_token& stop);

}  // namespace csva::erasure::person
