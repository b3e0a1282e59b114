#pragma once

#include "features/accounts/types.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// SQL of sign-in through an identity provider.
namespace csva::accounts::rows {

/// A sign-in that was begun.
struct FlowRow {
    std::string browser_hash;
    std::string nonce;
    std::string verifier;
    std::string next;
    std::string redirect_uri;
    std::optional<std::int64_t> user_id;  ///< Who links an identity to an account.
    std::int64_t expires_at = 0;
};
CSVA_DESCRIBE(FlowRow, browser_hash, nonce, verifier, next, redirect_uri, user_id, expires_at)

/// Also drops what has expired.
base::Result<void> insert_flow(
    store::Session& session, const std::string& state_hash, const FlowRow& flow
);
/// Takes it away, so that it is used once. Nothing when there is none.
base::Result<std::optional<FlowRow>> take_flow(
    store::Session& session, const std::string& state_hash
);

base::Result<std::optional<UserId>> user_of_identity(
    store::Session& session, std::string_view issuer, std::string_view subject
);
base::Result<void> insert_identity(
    store::Session& session, UserId user, std::string_view issuer, std::string_view subject
);
base::Result<std::vector<IdentityView>> identities(store::Session& session, UserId user);
base::Result<bool> delete_identity(store::Session& session, UserId user, IdentityId id);

}  // namespace csva::accounts::rows
