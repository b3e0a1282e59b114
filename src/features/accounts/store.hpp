#pragma once

#include "features/accounts/types.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// All SQL of the feature.
namespace csva::accounts::rows {

struct PasswordRow {
    UserId id;
    std::string password_hash;
    std::optional<std::int64_t> disabled_at;
};
CSVA_DESCRIBE(PasswordRow, id, password_hash, disabled_at)

/// A user joined with the credential that was presented.
struct CredentialRow {
    UserId user_id;
    std::string name;
    bool administrator = false;
    bool operates = false;
    std::optional<LanguageChoice> language;
    std::int64_t credential_id = 0;
    std::int64_t expires_at = 0;
    std::int64_t used_at = 0;
    Scope scope = Scope::admin;
};
CSVA_DESCRIBE(
    CredentialRow,
    user_id,
    name,
    administrator,
    operates,
    language,
    credential_id,
    expires_at,
    used_at,
    scope
)

struct UserInsert {
    std::string_view name;
    std::string password_hash;
    bool administrator = false;
    bool operates = false;
    std::optional<LanguageChoice> language;
};

/// Names are unique without regard to ASCII case.
std::string name_key(std::string_view name);

base::Result<bool> any_user(store::Session& session);
base::Result<std::optional<User>> user(store::Session& session, UserId id);
base::Result<std::optional<User>> user_named(store::Session& session, std::string_view name);
base::Result<std::vector<User>> users(store::Session& session, UserId after, std::int64_t limit);
base::Result<std::optional<PasswordRow>> password_of(
    store::Session& session, std::string_view name
);
base::Result<std::optional<PasswordRow>> password_of(store::Session& session, UserId id);
base::Result<UserId> insert_user(store::Session& session, const UserInsert& user);
base::Result<void> set_password(store::Session& session, UserId id, const std::string& hash);
/// At most one of the two.
struct Powers {
    bool administrator = false;
    bool operates = false;
};
base::Result<void> set_powers(store::Session& session, UserId id, const Powers& powers);
base::Result<void> set_disabled(store::Session& session, UserId id, bool disabled);
base::Result<void> set_language(store::Session& session, UserId id, LanguageChoice language);
/// Empty: none.
base::Result<void> set_email(store::Session& session, UserId id, const std::string& email);
base::Result<std::optional<MailUser>> mail_of(store::Session& session, UserId id);
/// Administrators who may sign in, other than `id`. They stay so until the transaction ends.
base::Result<std::int64_t> other_administrators(store::Session& session, UserId id);

struct SessionInsert {
    UserId user_id;
    std::string token_hash;
    std::int64_t expires_at = 0;
    std::string address;
    std::string agent;
};
base::Result<void> insert_session(store::Session& session, const SessionInsert& row);
base::Result<std::optional<CredentialRow>> session_by_hash(
    store::Session& session, std::string_view hash
);
base::Result<std::vector<SessionView>> sessions(store::Session& session, UserId user);
base::Result<bool> delete_session(store::Session& session, UserId user, SessionId id);
base::Result<void> delete_session_by_hash(store::Session& session, std::string_view hash);
base::Result<void> delete_sessions_of(store::Session& session, UserId user, SessionId keep);
base::Result<void> touch_session(store::Session& session, std::int64_t id);

struct TokenInsert {
    UserId user_id;
    std::string_view label;
    std::string token_hash;
    std::string prefix;
    Scope scope = Scope::read;
    std::int64_t expires_at = 0;
};
base::Result<TokenId> insert_token(store::Session& session, const TokenInsert& row);
base::Result<std::optional<CredentialRow>> token_by_hash(
    store::Session& session, std::string_view hash
);
base::Result<std::vector<TokenView>> tokens(store::Session& session, UserId user);
base::Result<std::int64_t> count_tokens(store::Session& session, UserId user);
base::Result<bool> delete_token(store::Session& session, UserId user, TokenId id);
base::Result<void> delete_tokens_of(store::Session& session, UserId user);
base::Result<void> touch_token(store::Session& session, std::int64_t id);

/// Failed attempts of a subject since then, and the oldest of them.
struct Attempts {
    std::int64_t count = 0;
    std::int64_t oldest = 0;
};
CSVA_DESCRIBE(Attempts, count, oldest)
base::Result<Attempts> attempts(
    store::Session& session, std::string_view subject, std::int64_t since
);
base::Result<std::int64_t> add_attempt(store::Session& session, std::string_view subject);
base::Result<void> delete_attempt(store::Session& session, std::int64_t id);
base::Result<void> clear_attempts(store::Session& session, std::string_view subject);

base::Result<void> insert_setup_link(
    store::Session& session, std::string_view hash, std::int64_t expires_at
);
base::Result<bool> setup_link_good(store::Session& session, std::string_view hash);
/// How many there were. Only one of two concurrent callers sees more than 0.
base::Result<std::int64_t> delete_setup_links(store::Session& session);

/// Drops what has expired: sessions (also those idle since `idle_before`), links, attempts before
/// `attempts_before`.
struct Expiry {
    std::int64_t idle_before = 0;
    std::int64_t attempts_before = 0;
};
base::Result<void> expire(store::Session& session, const Expiry& expiry);

}  // namespace csva::accounts::rows
