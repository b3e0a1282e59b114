#pragma once

#include "features/accounts/types.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <string>
#include <vector>

/// SQL of the second factor.
namespace csva::accounts::rows {

struct SecondFactor {
    std::string secret;
    std::optional<std::int64_t> confirmed_at;
    std::int64_t last_step = 0;
};
CSVA_DESCRIBE(SecondFactor, secret, confirmed_at, last_step)

base::Result<std::optional<SecondFactor>> second_factor(store::Session& session, UserId user);
/// In place of one that was not confirmed.
base::Result<void> offer_second_factor(
    store::Session& session, UserId user, const std::string& secret
);
/// False when a code of this step or a later one was used before.
base::Result<bool> use_step(store::Session& session, UserId user, std::int64_t step);
base::Result<void> confirm_second_factor(store::Session& session, UserId user);
base::Result<void> delete_second_factor(store::Session& session, UserId user);

/// In place of all that there were. Texts of recovery_hash.
base::Result<void> set_recovery_codes(
    store::Session& session, UserId user, const std::vector<std::string>& hashes
);
/// False when there is no such code or it was used.
base::Result<bool> use_recovery_code(store::Session& session, UserId user, const std::string& hash);
base::Result<std::int64_t> recovery_codes_left(store::Session& session, UserId user);

}  // namespace csva::accounts::rows
