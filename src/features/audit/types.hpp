#pragma once

#include "foundation/base/described.hpp"
#include "foundation/journal/types.hpp"
#include "foundation/journal/verify.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace csva::audit {

/// GET /api/v1/journal/entries.
struct EntryQuery {
    std::optional<std::int64_t> before;
    std::int64_t limit = 50;
    std::optional<std::string> action;
    std::optional<journal::Outcome> outcome;
    std::optional<std::int64_t> user_id;
    std::optional<std::string> object_kind;
    std::optional<std::int64_t> object_id;
    std::optional<std::int64_t> from;
    std::optional<std::int64_t> until;
};
CSVA_DESCRIBE(
    EntryQuery, before, limit, action, outcome, user_id, object_kind, object_id, from, until
)
CSVA_NOTES(
    EntryQuery,
    {.field = "before", .text = "Only entries with a smaller number.", .minimum = 1},
    {.field = "limit",
     .text = "Most entries in one answer.",
     .minimum = 1,
     .maximum = 500,
     .defaulted = true},
    {.field = "action", .text = "Beginning of the action's name.", .maximum = 200},
    {.field = "outcome", .text = "Only entries that ended so."},
    {.field = "user_id", .text = "Only what this account did; 0: nobody, or the program."},
    {.field = "object_kind", .text = "Kind of the thing it was done to.", .maximum = 100},
    {.field = "object_id", .text = "With object_kind: only this thing."},
    {.field = "from", .text = "Unix milliseconds: not older than this."},
    {.field = "until", .text = "Unix milliseconds: older than this."}
)

struct JournalPage {
    std::vector<journal::JournalEntry> entries;
    std::optional<std::int64_t> next_before;
};
CSVA_DESCRIBE(JournalPage, entries, next_before)
CSVA_NOTES(
    JournalPage,
    {.field = "entries", .text = "Newest first."},
    {.field = "next_before", .text = "For the next page; null on the last."}
)

}  // namespace csva::audit
