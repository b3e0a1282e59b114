#pragma once

#include "foundation/base/described.hpp"

#include <cstdint>
#include <string>

namespace csva::journal {

/// How an action ended: done; refused (who asked may not, or is not known); failed of itself.
enum class Outcome : std::uint8_t { done, refused, failed };
CSVA_DESCRIBE_ENUM(Outcome, done, refused, failed)

/// Its word, as it is kept.
inline std::string_view name_of(Outcome outcome) {
    return base::type_of<Outcome>().enumerators[static_cast<std::size_t>(outcome)];
}

/// What is to be written down. Ids become pseudonyms before they reach a disk.
struct Entry {
    std::string action;         ///< "datasets.delete", "accounts.sign_in", ...
    std::int64_t actor_id = 0;  ///< 0: nobody, or the program itself.
    std::string object_kind;    ///< "dataset", "user", ... or "".
    std::int64_t object_id = 0;
    Outcome outcome = Outcome::done;
    /// A JSON object of counts, reasons and settings: never a name, an address, a cell, a file
    /// name.
    std::string details = {};
    std::string network = {};  ///< Truncated address of the caller ("203.0.113.0/24"), or "".
    /// So frequent that equal ones are counted: the first is written at once, further ones of the
    /// next minute as one entry with `times`.
    bool counted = false;
};

/// One entry as it is kept. Members are in the order of the line that is hashed.
struct Record {
    std::int64_t seq = 0;
    std::int64_t at = 0;
    std::string action;
    std::string actor;
    std::string object_kind;
    std::string object;
    std::string outcome;
    std::string network;
    base::Json details;
    std::string hash;
};
CSVA_DESCRIBE(Record, seq, at, action, actor, object_kind, object, outcome, network, details, hash)
CSVA_NOTES(
    Record,
    {.field = "seq", .text = "Number of the entry, from 1, without gaps."},
    {.field = "at", .text = "Unix milliseconds by the clock of the server that wrote it."},
    {.field = "action", .text = "What was done or tried."},
    {.field = "actor", .text = "Pseudonym of the account; empty: nobody, or the program itself."},
    {.field = "object_kind", .text = "Kind of thing it was done to; may be empty."},
    {.field = "object", .text = "Pseudonym of that thing; may be empty."},
    {.field = "outcome", .text = "How it ended: done, refused or failed."},
    {.field = "network", .text = "Network of the caller, for sign-ins and refusals only."},
    {.field = "details", .text = "Counts, reasons and settings."},
    {.field = "hash", .text = "SHA-256 over the link before and this entry."}
)

/// The signature of the service over a group of entries that ends with `seq`, and through the chain
/// over all before. `hashes` repeats the first 16 digits of each entry's hash, and the last one's
/// whole: so an entry that was edited and hashed anew is told from its neighbours.
struct Seal {
    std::int64_t seq = 0;
    std::string key_id;
    std::string hashes;
    std::string signature;
};
CSVA_DESCRIBE(Seal, seq, key_id, hashes, signature)

/// How long the journal is, signed anew with every group of entries: older heads are written over,
/// so that nobody can pass off a shortened journal as whole.
struct Head {
    std::int64_t entries = 0;
    std::string link;  ///< What the next entry is chained to.
    std::int64_t at = 0;
    std::string key_id;
    std::string signature;
    bool operator==(const Head&) const = default;
};
CSVA_DESCRIBE(Head, entries, link, at, key_id, signature)

}  // namespace csva::journal
