#pragma once

#include "foundation/journal/keys.hpp"
#include "foundation/store/database.hpp"

namespace csva::journal {

/// From now on `after` signs. The entry `journal.key_rotated` ties the two keys together, so that
/// whoever believes one of them can verify what the other has signed. Pseudonyms stay. Errors:
/// store.*.
base::Result<void> rotate(store::Database& database, const Keys& before, const Keys& after);

/// The same without the key before, when that is lost: the chain goes on, but nothing vouches for
/// the new key, and the entry `journal.key_replaced` says so. Errors: store.*.
base::Result<void> replace_lost_key(store::Database& database, const Keys& after);

}  // namespace csva::journal
