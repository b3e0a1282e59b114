#include "features/accounts/service.hpp"

#include "features/accounts/passwords.hpp"
#include "features/accounts/state.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/client/mail.hpp"
#include "foundation/http/text.hpp"

#include <algorithm>

namespace csva::accounts {
namespace {

using base::Clock;
using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::size_t kNameBytesMax = 64;
constexpr std::size_t kAgentBytesMax = 200;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::string_view kTokenStart = "csva_";
constexpr std::size_t kPrefixBytes = kTokenStart.size() + 6;

Result<void> check_name(std::string_view name) {
    const auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("._@+-").find(c) != std::string_view::npos;
    };
    if (!name.empty() && name.size() <= kNameBytesMax && std::ranges::all_of(name, good)) return {};
    return fail(
        ErrorKind::invalid_argument,
        kBadName,
        {{"maximum", static_cast<std::int64_t>(kNameBytesMax)}}
    );
}

std::unexpected<base::Error> one_role() { return fail(ErrorKind::invalid_argument, kOneRole); }

}  // namespace

std::unexpected<base::Error> no_user() { return fail(ErrorKind::not_found, kUserNotFound); }

Result<User> Accounts::State::insert_user(
    store::Session& session, const NewUser& user, const std::string& hash
) {
    TRY(const auto known, rows::user_named(session, user.name));
    if (known) return fail(ErrorKind::conflict, kNameTaken);
    TRY(const UserId id,
        rows::insert_user(
            session, {user.name, hash, user.administrator, user.operates, user.language}
        ));
    if (parts.hooks.user_created) CHECK_OK(parts.hooks.user_created(session, id, user.name));
    return or_no_user(rows::user(session, id));
}

Result<OpenedSession> Accounts::State::open_session(
    store::Session& session, const User& user, const Visitor& visitor
) {
    const std::int64_t now = Clock::wall_ms();
    CHECK_OK(rows::expire(
        session,
        {now - setting("accounts.session_idle_s") * 1000,
         now - setting("accounts.attempts_window_s") * 1000}
    ));
    if (!visitor.former_session.empty())
        CHECK_OK(rows::delete_session_by_hash(session, credential_hash(visitor.former_session)));
    const std::string cookie = base::random_token(kSecretBytes);
    const std::int64_t expires_at = now + setting("accounts.session_s") * 1000;
    CHECK_OK(rows::insert_session(
        session,
        {user.id,
         credential_hash(cookie),
         expires_at,
         http::network_of(visitor.address),
         visitor.agent.substr(0, kAgentBytesMax)}
    ));
    return OpenedSession{user, cookie, csrf_of(cookie), expires_at};
}

Result<void> Accounts::State::check_limit(
    store::Session& session, const std::string& subject, std::string_view limit
) {
    const std::int64_t now = Clock::wall_ms();
    const std::int64_t window_ms = setting("accounts.attempts_window_s") * 1000;
    TRY(const auto found, rows::attempts(session, subject, now - window_ms));
    if (found.count < setting(limit)) return {};
    limited.add();
    const std::int64_t wait_s = std::max<std::int64_t>(1, (found.oldest + window_ms - now) / 1000);
    return fail(ErrorKind::rate_limited, kTooManyAttempts, {{"retry_after_s", wait_s}});
}

Result<std::vector<std::int64_t>> Accounts::State::begin_attempt(
    const Credentials& credentials, const Visitor& visitor
) {
    const std::string account = rows::account_subject(credentials.name);
    const std::string address = "address:" + visitor.address;
    return parts.database.transaction(
        [&](store::Session& session) -> Result<std::vector<std::int64_t>> {
            CHECK_OK(check_limit(session, account, "accounts.attempts_per_account"));
            CHECK_OK(check_limit(session, address, "accounts.attempts_per_address"));
            TRY(const std::int64_t first, rows::add_attempt(session, account));
            TRY(const std::int64_t second, rows::add_attempt(session, address));
            return std::vector<std::int64_t>{first, second};
        }
    );
}

Result<void> Accounts::State::forget_attempts(const std::vector<std::int64_t>& attempts) {
    return parts.database.transaction([&](store::Session& session) -> Result<void> {
        for (const std::int64_t attempt : attempts)
            CHECK_OK(rows::delete_attempt(session, attempt));
        return {};
    });
}

Result<void> Accounts::State::end_attempt(
    store::Session& session, std::string_view name, const std::vector<std::int64_t>& attempts
) {
    CHECK_OK(rows::clear_attempts(session, rows::account_subject(name)));
    for (const std::int64_t attempt : attempts) CHECK_OK(rows::delete_attempt(session, attempt));
    return {};
}

Result<rows::CredentialRow> Accounts::State::check_password(
    const NamedPassword& given, const std::string& address
) {
    TRY(const auto row, parts.database.read([&](store::Session& session) {
        return rows::password_of(session, given.name);
    }));
    const bool known = row && !row->disabled_at;
    const std::string key = verified.key_of(given);
    if (!known || !verified.matched(key, row->password_hash)) {
        TRY(const auto attempts,
            begin_attempt({given.name, given.password, {}}, {address, {}, {}}));
        if (!password_matches(known ? row->password_hash : "", given.password)) {
            wrong.add();
            return fail(ErrorKind::unauthenticated, kWrongCredentials);
        }
        CHECK_OK(parts.database.transaction([&](store::Session& session) {
            return end_attempt(session, given.name, attempts);
        }));
        verified.put(key, row->password_hash);
        accepted.add();
    }
    TRY(const bool second, has_second_factor(row->id));
    if (second) return fail(ErrorKind::unauthenticated, kTokenNeeded);
    TRY(const User user, parts.database.read([&](store::Session& session) {
        return or_no_user(rows::user(session, row->id));
    }));
    constexpr std::int64_t kBelievedMs = 300'000;
    return rows::CredentialRow{
        user.id,
        user.name,
        user.administrator,
        user.operates,
        user.language,
        0,
        Clock::wall_ms() + kBelievedMs,
        Clock::wall_ms(),
        Scope::admin
    };
}

Accounts::Accounts(Parts parts) : state_(std::make_unique<State>(std::move(parts))) {
    const auto& settings = state_->parts.settings;
    use_credential_keys(
        {settings.secret("accounts.session_key"), settings.secret("accounts.session_key_former")}
    );
}
Accounts::~Accounts() = default;

http::Authenticator& Accounts::authenticator() { return state_->door; }

Result<bool> Accounts::setup_needed() {
    return state_->parts.database.read([](store::Session& session) -> Result<bool> {
        TRY(const bool any, rows::any_user(session));
        return !any;
    });
}

Result<std::optional<std::string>> Accounts::first_run_path() {
    TRY(const bool needed, setup_needed());
    if (!needed) return std::optional<std::string>{};
    const std::string token = base::random_token(kSecretBytes);
    const std::int64_t until = Clock::wall_ms() + state_->setting("accounts.setup_link_s") * 1000;
    CHECK_OK(state_->parts.database.transaction([&](store::Session& session) {
        return rows::insert_setup_link(session, credential_hash(token), until);
    }));
    return std::optional<std::string>("/setup/?token=" + token);
}

Result<OpenedSession> Accounts::set_up(
    std::string_view token, const NewUser& user, const Visitor& visitor
) {
    TRY(const bool good, state_->parts.database.read([&](store::Session& session) -> Result<bool> {
        TRY(const bool any, rows::any_user(session));
        if (any) return fail(ErrorKind::gone, kSetupDone);
        return rows::setup_link_good(session, credential_hash(token));
    }));
    if (!good) return fail(ErrorKind::forbidden, kSetupLinkInvalid);
    CHECK_OK(check_name(user.name));
    CHECK_OK(
        check_new_password(user.password, user.name, state_->setting("accounts.password_minimum"))
    );
    TRY(const std::string hash, hash_new_password(user.password));
    NewUser first = user;
    first.administrator = true;
    return state_->parts.database.transaction(
        [&](store::Session& session) -> Result<OpenedSession> {
            TRY(const bool still, rows::setup_link_good(session, credential_hash(token)));
            TRY(const std::int64_t links, rows::delete_setup_links(session));
            TRY(const bool any, rows::any_user(session));
            if (!still || links == 0 || any) return fail(ErrorKind::gone, kSetupDone);
            TRY(const User made, state_->insert_user(session, first, hash));
            return state_->open_session(session, made, visitor);
        }
    );
}

Result<OpenedSession> Accounts::sign_in(const Credentials& credentials, const Visitor& visitor) {
    TRY(const auto attempts, state_->begin_attempt(credentials, visitor));
    TRY(const auto row, state_->parts.database.read([&](store::Session& session) {
        return rows::password_of(session, credentials.name);
    }));
    const bool known = row && !row->disabled_at;
    if (!password_matches(known ? row->password_hash : "", credentials.password)) {
        state_->wrong.add();
        return fail(ErrorKind::unauthenticated, kWrongCredentials);
    }
    const auto second = state_->check_second_factor(row->id, credentials.code);
    if (!second && second.error().reason == kCodeNeeded)
        CHECK_OK(state_->forget_attempts(attempts));
    if (!second) return std::unexpected(second.error());
    auto opened =
        state_->parts.database.transaction([&](store::Session& session) -> Result<OpenedSession> {
            CHECK_OK(state_->end_attempt(session, credentials.name, attempts));
            TRY(const User user, or_no_user(rows::user(session, row->id)));
            return state_->open_session(session, user, visitor);
        });
    state_->cache.clear();
    if (opened) state_->accepted.add();
    return opened;
}

Result<User> Accounts::create_user(const NewUser& user) {
    if (user.administrator && user.operates) return one_role();
    CHECK_OK(check_name(user.name));
    CHECK_OK(
        check_new_password(user.password, user.name, state_->setting("accounts.password_minimum"))
    );
    TRY(const std::string hash, hash_new_password(user.password));
    return state_->parts.database.transaction([&](store::Session& session) {
        return state_->insert_user(session, user, hash);
    });
}

Result<std::vector<User>> Accounts::users(UserId after, std::int64_t limit) {
    return state_->parts.database.read([&](store::Session& session) {
        return rows::users(session, after, limit);
    });
}

Result<User> Accounts::user(UserId id) {
    return or_no_user(state_->parts.database.read([&](store::Session& session) {
        return rows::user(session, id);
    }));
}

Result<User> Accounts::user_named(std::string_view name) {
    return or_no_user(state_->parts.database.read([&](store::Session& session) {
        return rows::user_named(session, name);
    }));
}

Result<void> Accounts::State::apply(
    store::Session& session, const User& user, const UserChange& change, const std::string& hash
) {
    const bool loses_power = change.administrator == false || change.disabled == true ||
                             (change.operates == true && !change.administrator);
    if (loses_power && user.administrator && !user.disabled_at) {
        TRY(const std::int64_t others, rows::other_administrators(session, user.id));
        if (others == 0) return fail(ErrorKind::conflict, kLastAdministrator);
    }
    if (change.administrator || change.operates) {
        // Whoever becomes the one is no longer the other.
        const bool administrator =
            change.administrator.value_or(user.administrator && change.operates != true);
        const bool operates = change.operates.value_or(user.operates && !administrator);
        if (administrator && operates) return one_role();
        CHECK_OK(rows::set_powers(session, user.id, {administrator, operates}));
    }
    if (change.disabled) CHECK_OK(rows::set_disabled(session, user.id, *change.disabled));
    if (change.language) CHECK_OK(rows::set_language(session, user.id, *change.language));
    if (change.email) CHECK_OK(rows::set_email(session, user.id, *change.email));
    if (!hash.empty()) {
        CHECK_OK(rows::set_password(session, user.id, hash));
        CHECK_OK(rows::clear_attempts(session, rows::account_subject(user.name)));
    }
    return {};
}

Result<User> Accounts::change_user(UserId id, const UserChange& change, SessionId keep) {
    TRY(const User before, user(id));
    if (change.email && !change.email->empty() && !client::is_mail_address(*change.email))
        return fail(ErrorKind::invalid_argument, kBadEmail);
    std::string hash;
    if (change.password) {
        CHECK_OK(check_new_password(
            *change.password, before.name, state_->setting("accounts.password_minimum")
        ));
        TRY(hash, hash_new_password(*change.password));
    }
    auto changed = state_->parts.database.transaction([&](store::Session& session) -> Result<User> {
        TRY(const User current, or_no_user(rows::user(session, id)));
        CHECK_OK(state_->apply(session, current, change, hash));
        if (change.password || change.disabled == true)
            CHECK_OK(rows::delete_sessions_of(session, id, keep));
        if (change.disabled == true) CHECK_OK(rows::delete_tokens_of(session, id));
        return or_no_user(rows::user(session, id));
    });
    state_->cache.clear();
    return changed;
}

Result<void> Accounts::check_own_password(UserId id, std::string_view password) {
    TRY(const User known, user(id));
    TRY(const auto attempts, state_->begin_attempt({known.name, {}, {}}, {}));
    TRY(const auto row, state_->parts.database.read([&](store::Session& session) {
        return rows::password_of(session, id);
    }));
    if (!row || !password_matches(row->password_hash, password))
        return fail(ErrorKind::forbidden, kWrongPassword);
    return state_->parts.database.transaction([&](store::Session& session) {
        return state_->end_attempt(session, known.name, attempts);
    });
}

void Accounts::forget_credentials() { state_->cache.clear(); }

Result<std::vector<SessionView>> Accounts::sessions(UserId user) {
    return state_->parts.database.read([&](store::Session& session) {
        return rows::sessions(session, user);
    });
}

Result<void> Accounts::revoke_session(UserId user, SessionId id) {
    auto done = state_->parts.database.transaction([&](store::Session& session) {
        return rows::delete_session(session, user, id);
    });
    state_->cache.clear();
    if (!done) return std::unexpected(std::move(done).error());
    if (!*done) return fail(ErrorKind::not_found, kSessionNotFound);
    return {};
}

Result<std::vector<TokenView>> Accounts::tokens(UserId user) {
    return state_->parts.database.read([&](store::Session& session) {
        return rows::tokens(session, user);
    });
}

Result<NewToken> Accounts::create_token(
    UserId owner, std::string_view label, Scope scope, std::int64_t days
) {
    const std::string secret = std::string(kTokenStart) + base::random_token(kSecretBytes);
    const std::int64_t expires_at = Clock::wall_ms() + days * kDayMs;
    return state_->parts.database.transaction([&](store::Session& session) -> Result<NewToken> {
        TRY(const User known, or_no_user(rows::user(session, owner)));
        TRY(const std::int64_t count, rows::count_tokens(session, known.id));
        const std::int64_t maximum = state_->setting("accounts.tokens_per_user");
        if (count >= maximum)
            return fail(ErrorKind::conflict, kTooManyTokens, {{"maximum", maximum}});
        TRY(const TokenId id,
            rows::insert_token(
                session,
                {known.id,
                 label,
                 credential_hash(secret),
                 secret.substr(0, kPrefixBytes),
                 scope,
                 expires_at}
            ));
        return NewToken{id, secret, std::string(label), scope, expires_at};
    });
}

Result<void> Accounts::revoke_token(UserId user, TokenId id) {
    auto done = state_->parts.database.transaction([&](store::Session& session) {
        return rows::delete_token(session, user, id);
    });
    state_->cache.clear();
    if (!done) return std::unexpected(std::move(done).error());
    if (!*done) return fail(ErrorKind::not_found, kTokenNotFound);
    return {};
}

Result<User> find_user(store::Session& session, std::string_view name) {
    return or_no_user(rows::user_named(session, name));
}

std::string own_path(std::string_view next) {
    const bool control = std::ranges::any_of(next, [](char c) {
        return static_cast<unsigned char>(c) < 0x21 || c == '\\' || c == 0x7f;
    });
    if (!next.starts_with('/') || next.starts_with("//") || control) return "/";
    return std::string(next);
}

Result<std::optional<MailUser>> mail_of(store::Session& session, UserId id) {
    return rows::mail_of(session, id);
}

Result<bool> is_last_administrator(store::Session& session, UserId id) {
    TRY(const User user, or_no_user(rows::user(session, id)));
    if (!user.administrator || user.disabled_at) return false;
    TRY(const auto others,
        session.row(
            "SELECT COUNT(*) AS n, COALESCE(SUM(CASE WHEN administrator = 1 AND disabled_at IS "
            "NULL THEN 1 ELSE 0 END), 0) AS administrators FROM users WHERE id <> :id",
            {id}
        ));
    return others->integer("n") > 0 && others->integer("administrators") == 0;
}

Result<User> lock_out(store::Session& session, UserId id, bool even_last) {
    TRY(const User user, or_no_user(rows::user(session, id)));
    // Takes the lock that keeps two administrators from going at once.
    CHECK_OK(rows::other_administrators(session, id));
    TRY(const bool last, is_last_administrator(session, id));
    if (last && !even_last) return fail(ErrorKind::conflict, kLastAdministrator);
    CHECK_OK(rows::set_disabled(session, id, true));
    CHECK_OK(rows::delete_sessions_of(session, id, {}));
    CHECK_OK(rows::delete_tokens_of(session, id));
    return user;
}

Result<std::string> name_of(store::Session& session, UserId id) {
    TRY(const auto user, rows::user(session, id));
    return user ? user->name : std::string();
}

}  // namespace csva::accounts
