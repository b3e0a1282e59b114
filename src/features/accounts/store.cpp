#include "features/accounts/store.hpp"

#include "foundation/base/clock.hpp"

#include <algorithm>

namespace csva::accounts::rows {
namespace {

using base::Clock;
using base::Result;

constexpr std::string_view kUser =
    "SELECT id, name, administrator, operates, language, email, created_at, disabled_at,"
    " CASE WHEN EXISTS (SELECT 1 FROM two_factor f WHERE f.user_id = users.id AND f.confirmed_at IS"
    " NOT NULL) THEN 1 ELSE 0 END AS two_factor FROM users ";

std::optional<std::string> text_of(std::optional<LanguageChoice> language) {
    if (!language) return std::nullopt;
    return *language == LanguageChoice::fr ? "fr" : "en";
}

std::string_view text_of(Scope scope) {
    switch (scope) {
        case Scope::read:
            return "read";
        case Scope::write:
            return "write";
        case Scope::admin:
            return "admin";
    }
    return "read";
}

Result<void> change(
    store::Session& session, std::string_view sql, std::vector<store::Value> parameters
) {
    CHECK_OK(session.run(sql, std::move(parameters)));
    return {};
}

Result<bool> changed(
    store::Session& session, std::string_view sql, std::vector<store::Value> parameters
) {
    TRY(const std::int64_t count, session.run(sql, std::move(parameters)));
    return count > 0;
}

Result<std::int64_t> number(
    store::Session& session, std::string_view sql, std::vector<store::Value> parameters
) {
    TRY(auto row, session.row(sql, std::move(parameters)));
    return row ? row->integer("n") : 0;
}

}  // namespace

std::string name_key(std::string_view name) {
    std::string key(name);
    std::ranges::transform(key, key.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return key;
}

Result<bool> any_user(store::Session& session) {
    TRY(auto row, session.row("SELECT id FROM users LIMIT 1"));
    return row.has_value();
}

Result<std::optional<User>> user(store::Session& session, UserId id) {
    return session.record<User>(std::string(kUser) + "WHERE id = :id", {id});
}

Result<std::optional<User>> user_named(store::Session& session, std::string_view name) {
    return session.record<User>(std::string(kUser) + "WHERE name_key = :name", {name_key(name)});
}

Result<std::vector<User>> users(store::Session& session, UserId after, std::int64_t limit) {
    return session.records<User>(
        std::string(kUser) + "WHERE id > :after ORDER BY id LIMIT :limit", {after, limit}
    );
}

Result<std::optional<PasswordRow>> password_of(store::Session& session, std::string_view name) {
    return session.record<PasswordRow>(
        "SELECT id, password_hash, disabled_at FROM users WHERE name_key = :name", {name_key(name)}
    );
}

Result<std::optional<PasswordRow>> password_of(store::Session& session, UserId id) {
    return session.record<PasswordRow>(
        "SELECT id, password_hash, disabled_at FROM users WHERE id = :id", {id}
    );
}

Result<UserId> insert_user(store::Session& session, const UserInsert& user) {
    TRY(const std::int64_t id,
        session.insert(
            "INSERT INTO users"
            " (name, name_key, password_hash, administrator, operates, language, created_at) VALUES"
            " (:name, :key, :hash, :administrator, :operates, :language, :created) RETURNING id",
            {user.name,
             name_key(user.name),
             user.password_hash,
             user.administrator,
             user.operates,
             text_of(user.language),
             Clock::wall_ms()}
        ));
    return UserId(id);
}

Result<void> set_password(store::Session& session, UserId id, const std::string& hash) {
    return change(session, "UPDATE users SET password_hash = :hash WHERE id = :id", {hash, id});
}

Result<void> set_powers(store::Session& session, UserId id, const Powers& powers) {
    return change(
        session,
        "UPDATE users SET administrator = :yes, operates = :operates WHERE id = :id",
        {powers.administrator, powers.operates, id}
    );
}

Result<void> set_disabled(store::Session& session, UserId id, bool disabled) {
    if (!disabled)
        return change(session, "UPDATE users SET disabled_at = NULL WHERE id = :id", {id});
    return change(
        session,
        "UPDATE users SET disabled_at = :now WHERE id = :id AND disabled_at IS NULL",
        {Clock::wall_ms(), id}
    );
}

Result<void> set_language(store::Session& session, UserId id, LanguageChoice language) {
    return change(
        session, "UPDATE users SET language = :language WHERE id = :id", {text_of(language), id}
    );
}

Result<void> set_email(store::Session& session, UserId id, const std::string& email) {
    std::optional<std::string> kept;
    if (!email.empty()) kept = email;
    return change(session, "UPDATE users SET email = :email WHERE id = :id", {kept, id});
}

Result<std::optional<MailUser>> mail_of(store::Session& session, UserId id) {
    return session.record<MailUser>(
        "SELECT name, COALESCE(email, '') AS email, language FROM users"
        " WHERE id = :id AND disabled_at IS NULL",
        {id}
    );
}

Result<std::int64_t> other_administrators(store::Session& session, UserId id) {
    // Locks their rows on either back end: two administrators must not remove each other at once.
    CHECK_OK(session.run("UPDATE users SET administrator = 1 WHERE administrator = 1"));
    return number(
        session,
        "SELECT COUNT(*) AS n FROM users"
        " WHERE administrator = 1 AND disabled_at IS NULL AND id <> :id",
        {id}
    );
}

Result<void> insert_session(store::Session& session, const SessionInsert& row) {
    return change(
        session,
        "INSERT INTO sessions"
        " (user_id, token_hash, created_at, seen_at, expires_at, address, agent)"
        " VALUES (:user, :hash, :created, :seen, :expires, :address, :agent)",
        {row.user_id,
         row.token_hash,
         Clock::wall_ms(),
         Clock::wall_ms(),
         row.expires_at,
         row.address,
         row.agent}
    );
}

Result<std::optional<CredentialRow>> session_by_hash(
    store::Session& session, std::string_view hash
) {
    return session.record<CredentialRow>(
        "SELECT u.id AS user_id, u.name AS name, u.administrator AS administrator,"
        " u.operates AS operates,"
        " u.language AS language, s.id AS credential_id, s.expires_at AS expires_at,"
        " s.seen_at AS used_at, 'admin' AS scope"
        " FROM sessions s JOIN users u ON u.id = s.user_id"
        " WHERE s.token_hash = :hash AND u.disabled_at IS NULL",
        {hash}
    );
}

Result<std::vector<SessionView>> sessions(store::Session& session, UserId user) {
    return session.records<SessionView>(
        "SELECT id, created_at, seen_at, expires_at, address, agent FROM sessions"
        " WHERE user_id = :user AND expires_at > :now ORDER BY seen_at DESC, id DESC",
        {user, Clock::wall_ms()}
    );
}

Result<bool> delete_session(store::Session& session, UserId user, SessionId id) {
    return changed(session, "DELETE FROM sessions WHERE id = :id AND user_id = :user", {id, user});
}

Result<void> delete_session_by_hash(store::Session& session, std::string_view hash) {
    return change(session, "DELETE FROM sessions WHERE token_hash = :hash", {hash});
}

Result<void> delete_sessions_of(store::Session& session, UserId user, SessionId keep) {
    return change(
        session, "DELETE FROM sessions WHERE user_id = :user AND id <> :keep", {user, keep}
    );
}

Result<void> touch_session(store::Session& session, std::int64_t id) {
    return change(
        session, "UPDATE sessions SET seen_at = :now WHERE id = :id", {Clock::wall_ms(), id}
    );
}

Result<TokenId> insert_token(store::Session& session, const TokenInsert& row) {
    TRY(const std::int64_t id,
        session.insert(
            "INSERT INTO api_tokens"
            " (user_id, label, token_hash, prefix, scope, created_at, expires_at)"
            " VALUES (:user, :label, :hash, :prefix, :scope, :created, :expires) RETURNING id",
            {row.user_id,
             row.label,
             row.token_hash,
             row.prefix,
             text_of(row.scope),
             Clock::wall_ms(),
             row.expires_at}
        ));
    return TokenId(id);
}

Result<std::optional<CredentialRow>> token_by_hash(store::Session& session, std::string_view hash) {
    return session.record<CredentialRow>(
        "SELECT u.id AS user_id, u.name AS name, u.administrator AS administrator,"
        " u.operates AS operates,"
        " u.language AS language, t.id AS credential_id, t.expires_at AS expires_at,"
        " COALESCE(t.used_at, 0) AS used_at, t.scope AS scope"
        " FROM api_tokens t JOIN users u ON u.id = t.user_id"
        " WHERE t.token_hash = :hash AND u.disabled_at IS NULL",
        {hash}
    );
}

Result<std::vector<TokenView>> tokens(store::Session& session, UserId user) {
    return session.records<TokenView>(
        "SELECT id, label, prefix, scope, created_at, expires_at, used_at FROM api_tokens"
        " WHERE user_id = :user ORDER BY id DESC",
        {user}
    );
}

Result<std::int64_t> count_tokens(store::Session& session, UserId user) {
    return number(session, "SELECT COUNT(*) AS n FROM api_tokens WHERE user_id = :user", {user});
}

Result<bool> delete_token(store::Session& session, UserId user, TokenId id) {
    return changed(
        session, "DELETE FROM api_tokens WHERE id = :id AND user_id = :user", {id, user}
    );
}

Result<void> delete_tokens_of(store::Session& session, UserId user) {
    return change(session, "DELETE FROM api_tokens WHERE user_id = :user", {user});
}

Result<void> touch_token(store::Session& session, std::int64_t id) {
    return change(
        session, "UPDATE api_tokens SET used_at = :now WHERE id = :id", {Clock::wall_ms(), id}
    );
}

Result<Attempts> attempts(store::Session& session, std::string_view subject, std::int64_t since) {
    TRY(auto found,
        session.record<Attempts>(
            "SELECT COUNT(*) AS count, COALESCE(MIN(attempted_at), 0) AS oldest"
            " FROM sign_in_attempts WHERE subject = :subject AND attempted_at > :since",
            {subject, since}
        ));
    return found.value_or(Attempts{});
}

Result<std::int64_t> add_attempt(store::Session& session, std::string_view subject) {
    return session.insert(
        "INSERT INTO sign_in_attempts (subject, attempted_at) VALUES (:subject, :now) RETURNING id",
        {subject, Clock::wall_ms()}
    );
}

Result<void> delete_attempt(store::Session& session, std::int64_t id) {
    return change(session, "DELETE FROM sign_in_attempts WHERE id = :id", {id});
}

Result<void> clear_attempts(store::Session& session, std::string_view subject) {
    return change(session, "DELETE FROM sign_in_attempts WHERE subject = :subject", {subject});
}

Result<void> insert_setup_link(
    store::Session& session, std::string_view hash, std::int64_t expires_at
) {
    return change(
        session,
        "INSERT INTO setup_links (token_hash, expires_at) VALUES (:hash, :expires)",
        {hash, expires_at}
    );
}

Result<bool> setup_link_good(store::Session& session, std::string_view hash) {
    TRY(auto row,
        session.row(
            "SELECT id FROM setup_links WHERE token_hash = :hash AND expires_at > :now",
            {hash, Clock::wall_ms()}
        ));
    return row.has_value();
}

Result<std::int64_t> delete_setup_links(store::Session& session) {
    return session.run("DELETE FROM setup_links");
}

Result<void> expire(store::Session& session, const Expiry& expiry) {
    const std::int64_t now = Clock::wall_ms();
    CHECK_OK(session.run(
        "DELETE FROM sessions WHERE expires_at <= :now OR seen_at < :idle",
        {now, expiry.idle_before}
    ));
    CHECK_OK(session.run("DELETE FROM setup_links WHERE expires_at <= :now", {now}));
    CHECK_OK(session.run(
        "DELETE FROM sign_in_attempts WHERE attempted_at < :before", {expiry.attempts_before}
    ));
    return {};
}

}  // namespace csva::accounts::rows
