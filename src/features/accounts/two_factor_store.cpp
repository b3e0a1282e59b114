#include "features/accounts/two_factor_store.hpp"

#include "foundation/base/clock.hpp"

namespace csva::accounts::rows {

using base::Clock;
using base::Result;

Result<std::optional<SecondFactor>> second_factor(store::Session& session, UserId user) {
    return session.record<SecondFactor>(
        "SELECT secret, confirmed_at, last_step FROM two_factor WHERE user_id = :user", {user}
    );
}

Result<void> offer_second_factor(store::Session& session, UserId user, const std::string& secret) {
    CHECK_OK(session.run(
        "INSERT INTO two_factor (user_id, secret, created_at, last_step) VALUES (:user, :secret, "
        ":now, 0) ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, created_at = "
        "excluded.created_at, last_step = 0 WHERE two_factor.confirmed_at IS NULL",
        {user, secret, Clock::wall_ms()}
    ));
    return {};
}

Result<bool> use_step(store::Session& session, UserId user, std::int64_t step) {
    TRY(const std::int64_t used,
        session.run(
            "UPDATE two_factor SET last_step = :step WHERE user_id = :user AND last_step < :step",
            {step, user, step}
        ));
    return used == 1;
}

Result<void> confirm_second_factor(store::Session& session, UserId user) {
    CHECK_OK(session.run(
        "UPDATE two_factor SET confirmed_at = :now WHERE user_id = :user AND confirmed_at IS NULL",
        {Clock::wall_ms(), user}
    ));
    return {};
}

Result<void> delete_second_factor(store::Session& session, UserId user) {
    CHECK_OK(session.run("DELETE FROM two_factor WHERE user_id = :user", {user}));
    CHECK_OK(session.run("DELETE FROM recovery_codes WHERE user_id = :user", {user}));
    return {};
}

Result<void> set_recovery_codes(
    store::Session& session, UserId user, const std::vector<std::string>& hashes
) {
    CHECK_OK(session.run("DELETE FROM recovery_codes WHERE user_id = :user", {user}));
    for (const auto& hash : hashes)
        CHECK_OK(session.run(
            "INSERT INTO recovery_codes (user_id, code_hash) VALUES (:user, :hash)", {user, hash}
        ));
    return {};
}

Result<bool> use_recovery_code(store::Session& session, UserId user, const std::string& hash) {
    TRY(const std::int64_t used,
        session.run(
            "UPDATE recovery_codes SET used_at = :now WHERE user_id = :user AND code_hash = :hash "
            "AND used_at IS NULL",
            {Clock::wall_ms(), user, hash}
        ));
    return used == 1;
}

Result<std::int64_t> recovery_codes_left(store::Session& session, UserId user) {
    TRY(const auto row,
        session.row(
            "SELECT COUNT(*) AS n FROM recovery_codes WHERE user_id = :user AND used_at IS NULL",
            {user}
        ));
    return row->integer("n");
}

}  // namespace csva::accounts::rows
