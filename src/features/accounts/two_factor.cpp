#include "features/accounts/state.hpp"
#include "features/accounts/totp.hpp"
#include "features/accounts/two_factor_store.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>

namespace csva::accounts {
namespace {

using base::Clock;
using base::ErrorKind;
using base::fail;
using base::Result;

std::string code_subject(UserId user) { return "code:" + std::to_string(user.value); }

std::unexpected<base::Error> off() { return fail(ErrorKind::conflict, kTwoFactorOff); }

/// Takes the code out of use when it is good.
Result<bool> use_code(
    store::Session& session, UserId user, const rows::SecondFactor& factor, std::string_view code
) {
    const std::string key = from_base32(factor.secret).value_or("");
    const auto step = step_of_code(key, code, Clock::wall_ms(), factor.last_step);
    if (step) return rows::use_step(session, user, *step);
    return rows::use_recovery_code(session, user, recovery_hash(code));
}

Result<RecoveryCodes> make_recovery_codes(store::Session& session, UserId user) {
    RecoveryCodes made{new_recovery_codes()};
    std::vector<std::string> hashes;
    std::ranges::transform(made.codes, std::back_inserter(hashes), recovery_hash);
    CHECK_OK(rows::set_recovery_codes(session, user, hashes));
    return made;
}

}  // namespace

Result<bool> Accounts::State::has_second_factor(UserId user) {
    TRY(const auto factor, parts.database.read([&](store::Session& session) {
        return rows::second_factor(session, user);
    }));
    return factor && factor->confirmed_at;
}

Result<void> Accounts::State::check_second_factor(UserId user, std::string_view code) {
    TRY(const bool needed, has_second_factor(user));
    if (!needed) return {};
    if (code.empty()) return fail(ErrorKind::unauthenticated, kCodeNeeded);
    return check_code(user, code, ErrorKind::unauthenticated);
}

Result<void> Accounts::State::check_code(UserId user, std::string_view code, ErrorKind refusal) {
    const std::string subject = code_subject(user);
    // Counted before it is looked at, so that many at once are counted too.
    CHECK_OK(parts.database.transaction([&](store::Session& session) -> Result<void> {
        CHECK_OK(check_limit(session, subject, "accounts.codes_per_account"));
        CHECK_OK(rows::add_attempt(session, subject));
        return {};
    }));
    TRY(const bool good, parts.database.transaction([&](store::Session& session) -> Result<bool> {
        TRY(const auto factor, rows::second_factor(session, user));
        if (!factor) return off();
        TRY(const bool used, use_code(session, user, *factor, code));
        if (used) CHECK_OK(rows::clear_attempts(session, subject));
        return used;
    }));
    if (good) return {};
    wrong.add();
    return fail(refusal, kWrongCode);
}

Result<TwoFactor> Accounts::two_factor(UserId user) {
    return state_->parts.database.read([&](store::Session& session) -> Result<TwoFactor> {
        TRY(const auto password, rows::password_of(session, user));
        if (!password) return no_user();
        TRY(const auto factor, rows::second_factor(session, user));
        TRY(const std::int64_t left, rows::recovery_codes_left(session, user));
        const bool on = factor && factor->confirmed_at;
        return TwoFactor{
            on,
            on ? factor->confirmed_at : std::nullopt,
            on ? left : 0,
            !password->password_hash.empty()
        };
    });
}

Result<Enrolment> Accounts::begin_two_factor(UserId id, std::string_view password) {
    CHECK_OK(check_own_password(id, password));
    TRY(const User known, user(id));
    if (known.two_factor) return fail(ErrorKind::conflict, kTwoFactorOn);
    const std::string secret = new_totp_secret();
    CHECK_OK(state_->parts.database.transaction([&](store::Session& session) {
        return rows::offer_second_factor(session, id, secret);
    }));
    return Enrolment{secret, enrolment_uri(known.name, secret)};
}

Result<RecoveryCodes> Accounts::confirm_two_factor(
    UserId id, std::string_view code, SessionId keep
) {
    TRY(const User known, user(id));
    if (known.two_factor) return fail(ErrorKind::conflict, kTwoFactorOn);
    CHECK_OK(state_->check_code(id, code, ErrorKind::forbidden));
    auto made =
        state_->parts.database.transaction([&](store::Session& session) -> Result<RecoveryCodes> {
            CHECK_OK(rows::confirm_second_factor(session, id));
            CHECK_OK(rows::delete_sessions_of(session, id, keep));
            return make_recovery_codes(session, id);
        });
    state_->cache.clear();
    return made;
}

Result<RecoveryCodes> Accounts::renew_recovery_codes(UserId id, const PasswordAndCode& given) {
    CHECK_OK(check_own_password(id, given.password));
    TRY(const bool on, state_->has_second_factor(id));
    if (!on) return off();
    CHECK_OK(state_->check_code(id, given.code, ErrorKind::forbidden));
    return state_->parts.database.transaction([&](store::Session& session) {
        return make_recovery_codes(session, id);
    });
}

Result<void> Accounts::end_two_factor(UserId id, const PasswordAndCode& given) {
    CHECK_OK(check_own_password(id, given.password));
    TRY(const bool on, state_->has_second_factor(id));
    if (!on) return off();
    CHECK_OK(state_->check_code(id, given.code, ErrorKind::forbidden));
    return state_->parts.database.transaction([&](store::Session& session) {
        return rows::delete_second_factor(session, id);
    });
}

Result<void> Accounts::reset_two_factor(UserId id) {
    CHECK_OK(user(id));
    return state_->parts.database.transaction([&](store::Session& session) -> Result<void> {
        CHECK_OK(rows::delete_second_factor(session, id));
        return rows::clear_attempts(session, code_subject(id));
    });
}

}  // namespace csva::accounts
