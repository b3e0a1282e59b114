#pragma once

#include "foundation/base/result.hpp"

#include <string>
#include <string_view>

namespace csva::accounts {

inline constexpr std::size_t kPasswordBytesMax = 1024;

/// Whether a password may be chosen: long enough, none of those tried first, not the name.
/// `minimum` counts bytes. Errors: accounts.password_too_short, accounts.password_too_common.
base::Result<void> check_new_password(
    std::string_view password, std::string_view user_name, std::int64_t minimum
);

/// Argon2id, at most two at a time in this process: each takes 64 MB.
base::Result<std::string> hash_new_password(std::string_view password);

/// Whether `password` has this hash. An empty hash (no such user) costs the same time and is
/// false, so that the answer's delay does not tell which names exist.
bool password_matches(std::string_view hash, std::string_view password);

}  // namespace csva::accounts
