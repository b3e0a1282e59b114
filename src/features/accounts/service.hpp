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
    bool operates = false;
};

struct Credentials {
    std::string name;
    std::string password;
    std::string code;  ///< Of the second factor, or a recovery code; empty when not asked yet.
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

/// Where to send the browser, and the cookie that it must come back with.
struct BegunSignIn {
    std::string address;
    std::string browser;
    std::int64_t cookie_s = 0;
};

/// What the browser brings back from the provider.
struct ProviderAnswer {
    std::string state;
    std::string code;
    std::string error;
    std::string issuer;   ///< RFC 9207; empty when the provider does not send it.
    std::string browser;  ///< The cookie.
    UserId user;          ///< Who is signed in already.
};

/// Without a session when an identity was linked to the account that is signed in.
struct EndedSignIn {
    std::optional<OpenedSession> opened;
    std::string next;
};

struct UserChange {
    std::optional<bool> administrator;
    std::optional<bool> disabled;
    std::optional<std::string> password;
    std::optional<LanguageChoice> language;
    std::optional<std::string> email;  ///< Empty: none from now on.
    std::optional<bool> operates;
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
    /// a known user), accounts.too_many_attempts; once the password was right, of a user with a
    /// second factor: accounts.code_needed, accounts.wrong_code.
    base::Result<OpenedSession> sign_in(const Credentials& credentials, const Visitor& visitor);

    /// Errors: accounts.bad_name, accounts.one_role, accounts.name_taken,
    /// accounts.password_too_short, accounts.password_too_common.
    base::Result<User> create_user(const NewUser& user);
    /// In the order of their ids, after `after`, at most `limit`.
    base::Result<std::vector<User>> users(UserId after, std::int64_t limit);
    /// Errors: accounts.user_not_found.
    base::Result<User> user(UserId id);
    base::Result<User> user_named(std::string_view name);
    /// A new password or disabling ends the user's sessions but `keep`; disabling also revokes the
    /// tokens. Errors: accounts.user_not_found, accounts.last_administrator, accounts.password_*,
    /// accounts.bad_email.
    base::Result<User> change_user(UserId id, const UserChange& change, SessionId keep = {});
    /// Errors: accounts.wrong_password, accounts.too_many_attempts.
    base::Result<void> check_own_password(UserId id, std::string_view password);

    base::Result<std::vector<SessionView>> sessions(UserId user);
    /// Errors: accounts.session_not_found (also for another's).
    base::Result<void> revoke_session(UserId user, SessionId id);

    base::Result<TwoFactor> two_factor(UserId user);
    /// Offers a secret, which counts once a code of it was given. Errors: accounts.wrong_password,
    /// accounts.too_many_attempts, accounts.two_factor_on.
    base::Result<Enrolment> begin_two_factor(UserId user, std::string_view password);
    /// Gives the recovery codes; ends all sessions but `keep`. Errors: accounts.two_factor_on,
    /// accounts.two_factor_off (nothing was begun), accounts.wrong_code,
    /// accounts.too_many_attempts.
    base::Result<RecoveryCodes> confirm_two_factor(
        UserId user, std::string_view code, SessionId keep
    );
    /// New ones in place of the old. Errors: accounts.two_factor_off, accounts.wrong_password,
    /// accounts.wrong_code, accounts.too_many_attempts.
    base::Result<RecoveryCodes> renew_recovery_codes(UserId user, const PasswordAndCode& given);
    base::Result<void> end_two_factor(UserId user, const PasswordAndCode& given);
    /// Without the factor itself: for administrators and the command line. Errors:
    /// accounts.user_not_found.
    base::Result<void> reset_two_factor(UserId user);

    /// What the sign-in page calls the identity provider; nothing when none is set.
    std::optional<std::string> provider_name() const;
    /// `own_address`: scheme and host that the browser used, unless http.public_url is set.
    /// `linking`: the account that gets the identity; 0: sign in. Errors: accounts.oidc_off,
    /// accounts.oidc_unavailable.
    base::Result<BegunSignIn> begin_sign_in(
        std::string_view next, std::string_view own_address, UserId linking = {}
    );
    /// An account is found by issuer and subject alone, never by a name or an address. Errors:
    /// accounts.oidc_off, accounts.oidc_state, accounts.oidc_refused, accounts.oidc_no_account,
    /// accounts.oidc_disabled, accounts.oidc_taken and those of Provider::identity.
    base::Result<EndedSignIn> end_sign_in(const ProviderAnswer& answer, const Visitor& visitor);
    base::Result<std::vector<IdentityView>> identities(UserId user);
    /// Errors: accounts.identity_not_found, accounts.oidc_last_way.
    base::Result<void> unlink(UserId user, IdentityId id);

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

/// Name of a user, inside the caller's session; empty when there is none.
base::Result<std::string> name_of(store::Session& session, UserId id);

/// Whom to mail, inside the caller's session; nothing for a user who is not there or is disabled.
base::Result<std::optional<MailUser>> mail_of(store::Session& session, UserId id);

/// Path of the one anonymous upload's routes.
bool is_inbox_path(std::string_view path);

/// `next` when it is a path of ours, else "/": no scheme, no host, no backslash, no control
/// character.
std::string own_path(std::string_view next);

std::vector<base::SettingRow> setting_rows();

/// What the feature owns.
std::unique_ptr<store::Lifecycle> lifecycle();

}  // namespace csva::accounts
