#include "features/accounts/identity_store.hpp"

#include "foundation/base/clock.hpp"

namespace csva::accounts::rows {

using base::Clock;
using base::Result;

Result<void> insert_flow(
    store::Session& session, const std::string& state_hash, const FlowRow& flow
) {
    CHECK_OK(session.run("DELETE FROM oidc_flows WHERE expires_at <= :now", {Clock::wall_ms()}));
    CHECK_OK(session.run(
        "INSERT INTO oidc_flows (state_hash, browser_hash, nonce, verifier, next, redirect_uri, "
        "user_id, expires_at) VALUES (:state, :browser, :nonce, :verifier, :next, :uri, :user, "
        ":expires)",
        {state_hash,
         flow.browser_hash,
         flow.nonce,
         flow.verifier,
         flow.next,
         flow.redirect_uri,
         flow.user_id,
         flow.expires_at}
    ));
    return {};
}

Result<std::optional<FlowRow>> take_flow(store::Session& session, const std::string& state_hash) {
    TRY(auto found,
        session.record<FlowRow>(
            "SELECT browser_hash, nonce, verifier, next, redirect_uri, user_id, expires_at FROM "
            "oidc_flows WHERE state_hash = :state",
            {state_hash}
        ));
    // Only one of two concurrent callers deletes the row.
    TRY(const std::int64_t taken,
        session.run("DELETE FROM oidc_flows WHERE state_hash = :state", {state_hash}));
    if (taken == 0) return std::optional<FlowRow>{};
    return found;
}

Result<std::optional<UserId>> user_of_identity(
    store::Session& session, std::string_view issuer, std::string_view subject
) {
    TRY(const auto row,
        session.row(
            "SELECT user_id FROM user_identities WHERE issuer = :issuer AND subject = :subject",
            {issuer, subject}
        ));
    if (!row) return std::optional<UserId>{};
    return std::optional(UserId(row->integer("user_id")));
}

Result<void> insert_identity(
    store::Session& session, UserId user, std::string_view issuer, std::string_view subject
) {
    CHECK_OK(session.run(
        "INSERT INTO user_identities (user_id, issuer, subject, created_at) VALUES (:user, "
        ":issuer, :subject, :now)",
        {user, issuer, subject, Clock::wall_ms()}
    ));
    return {};
}

Result<std::vector<IdentityView>> identities(store::Session& session, UserId user) {
    return session.records<IdentityView>(
        "SELECT id, issuer, subject, created_at FROM user_identities WHERE user_id = :user ORDER "
        "BY id",
        {user}
    );
}

Result<bool> delete_identity(store::Session& session, UserId user, IdentityId id) {
    TRY(const std::int64_t count,
        session.run("DELETE FROM user_identities WHERE id = :id AND user_id = :user", {id, user}));
    return count > 0;
}

}  // namespace csva::accounts::rows
