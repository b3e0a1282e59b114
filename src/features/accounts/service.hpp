#pragma once

#include "features/accounts/types.hpp"
#include "foundation/base/metrics.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/http/auth.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::accounts {

/// A kind of object that routes name in their access. Its feature says which project an object
/// belongs to, and what "there is none" is called: an object one may not see is reported as absent.
struct ObjectKind {
    std::string_view kind;              ///< "dataset"
    std::string_view not_found_reason;  ///< "datasets.not_found"
    /// Project of an object, nothing when there is no such object.
    std::function<base::Result<std::optional<std::int64_t>>(store::Session&, std::int64_t id)>
        project_of;
};

/// What accounts needs from the features above it; joined by app.
struct Hooks {
    /// Runs inside the transaction that makes a user.
    std::function<base::Result<void>(store::Session&, UserId, std::string_view name)> user_created;
    /// Right of a user in a project by membership, nothing when none.
    std::function<base::Result<std::optional<http::Right>>(
        store::Session&, std::int64_t user_id, std::int64_t project_id
    )>
        right_in_project;
};

struct NewUser {
    std::string name;
    std::string password;
    bool administrator = false;
    std::optional<LanguageChoice> language;
};

struct Credentials {
    std::string name;
    std::string password;
};

/// From where somebody signs in.
struct Visitor {
    std::string address;
    std::string agent;
    std::string former_session;  ///< Cookie the browser still holds: it is revoked at sign-in.
};

/// A session just opened: the cookie's value and what goes with it.
struct OpenedSession {
    User user;
    std::string cookie;
    std::string csrf_token;
    std::int64_t expires_at = 0;
};

struct UserChange {
    std::optional<bool> administrator;
    std::optional<bool> disabled;
    std::optional<std::string> password;
    std::optional<LanguageChoice> language;
};

/// Users, their sessions and tokens: the rules, and the door of the server. Thread-safe.
/// Credentials are kept as SHA-256 of 256 random bits; passwords as Argon2id.
class Accounts {
public:
    struct Parts {
        store::Database& database;
        const base::Settings& settings;
        base::Metrics& metrics;
        Hooks hooks;
        std::vector<ObjectKind> kinds;
    };
    explicit Accounts(Parts parts);
    ~Accounts();
    Accounts(const Accounts&) = delete;
    Accounts& operator=(const Accounts&) = delete;

    http::Authenticator& authenticator();

    /// On a store without users: a new one-time path `/setup/?token=...`, good for
    /// accounts.setup_link_s; else nothing. Links made before stay good.
    base::Result<std::optional<std::string>> first_run_path();
    base::Result<bool> setup_needed();
    /// Makes the first administrator. Errors: accounts.setup_link_invalid, accounts.setup_done and
    /// those of create_user.
    base::Result<OpenedSession> set_up(
        std::string_view token, const NewUser& user, const Visitor& visitor
    );

    /// Errors: accounts.wrong_credentials (the same in the same time for an unknown, a disabled and
    /// a known user), accounts.too_many_attempts.
    base::Result<OpenedSession> sign_in(const Credentials& credentials, const Visitor& visitor);

    /// Errors: accounts.bad_name, accounts.name_taken, accounts.password_too_short,
    /// accounts.password_too_common.
    base::Result<User> create_user(const NewUser& user);
    /// In the order of their ids, after `after`, at most `limit`.
    base::Result<std::vector<User>> users(UserId after, std::int64_t limit);
    /// Errors: accounts.user_not_found.
    base::Result<User> user(UserId id);
    base::Result<User> user_named(std::string_view name);
    /// A new password or disabling ends the user's sessions but `keep`; disabling also revokes the
    /// tokens. Errors: accounts.user_not_found, accounts.last_administrator, accounts.password_*.
    base::Result<User> change_user(UserId id, const UserChange& change, SessionId keep = {});
    /// Errors: accounts.wrong_password, accounts.too_many_attempts.
    base::Result<void> check_own_password(UserId id, std::string_view password);

    /// After a change of credentials that was made in somebody else's transaction.
    void forget_credentials();

    base::Result<std::vector<SessionView>> sessions(UserId user);
    /// Errors: accounts.session_not_found (also for another's).
    base::Result<void> revoke_session(UserId user, SessionId id);

    base::Result<std::vector<TokenView>> tokens(UserId user);
    /// `days` 1..3650. Errors: accounts.user_not_found, accounts.too_many_tokens.
    base::Result<NewToken> create_token(
        UserId user, std::string_view label, Scope scope, std::int64_t days
    );
    /// Errors: accounts.token_not_found (also for another's).
    base::Result<void> revoke_token(UserId user, TokenId id);

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// By name, inside the caller's session. Errors: accounts.user_not_found.
base::Result<User> find_user(store::Session& session, std::string_view name);

/// Ends all sessions and tokens of a user who goes, and lets them in no more, inside the caller's
/// transaction; `forget_credentials` is to follow. Whoever is alone may go; else an administrator
/// must stay, unless `even_last`. Errors: accounts.user_not_found, accounts.last_administrator.
base::Result<User> lock_out(store::Session& session, UserId id, bool even_last);
/// Whether others would be left without an administrator.
base::Result<bool> is_last_administrator(store::Session& session, UserId id);

/// Name of a user, inside the caller's session; empty when there is none.
base::Result<std::string> name_of(store::Session& session, UserId id);

/// Path of the one anonymous upload's routes.
bool is_inbox_path(std::string_view path);

/// `next` when it is a path of ours, else "/": no scheme, no host, no backslash, no control
/// character.
std::string own_path(std::string_view next);

std::vector<base::SettingRow> setting_rows();

/// What the feature owns.
std::unique_ptr<store::Lifecycle> lifecycle();

}  // namespace csva::accounts
