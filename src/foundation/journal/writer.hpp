#pragma once

#include "foundation/journal/keys.hpp"
#include "foundation/journal/types.hpp"
#include "foundation/store/database.hpp"

#include <span>

namespace csva::journal {

/// How far back a clock may go without a word: the clocks of several servers differ a little.
inline constexpr std::int64_t kClockPatienceMs = 2000;

/// An entry and when it was appended.
struct Timed {
    std::int64_t at = 0;
    Entry entry;
};

/// Chains, signs and inserts a group in the caller's transaction, which holds the head. Gives the
/// new head. `seen` is the head that this process wrote last, which need not be checked again.
/// A head that nobody we know has signed is never built upon unseen: the entries then start from a
/// link that no verification accepts, with `journal.head_broken` as the first.
base::Result<Head> write_group(
    store::Session& session, const Keys& keys, const Head& seen, std::span<const Timed> group
);

/// The keys to believe on this store.
base::Result<Trusted> trusted_keys(const Keys& keys, store::Session& session);

}  // namespace csva::journal
