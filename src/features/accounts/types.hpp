#pragma once

#include "foundation/base/described.hpp"
#include "foundation/http/actor.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::accounts {

struct UserTag;
struct SessionTag;
struct TokenTag;
struct IdentityTag;
using UserId = base::Id<UserTag>;
using SessionId = base::Id<SessionTag>;
using TokenId = base::Id<TokenTag>;
using IdentityId = base::Id<IdentityTag>;

inline constexpr std::string_view kSignInNeeded = "accounts.sign_in_needed";
inline constexpr std::string_view kForbidden = "accounts.forbidden";
inline constexpr std::string_view kScopeTooSmall = "accounts.scope_too_small";
inline constexpr std::string_view kTokenInvalid = "accounts.token_invalid";
inline constexpr std::string_view kWrongCredentials = "accounts.wrong_credentials";
inline constexpr std::string_view kTooManyAttempts = "accounts.too_many_attempts";
inline constexpr std::string_view kSetupLinkInvalid = "accounts.setup_link_invalid";
inline constexpr std::string_view kSetupDone = "accounts.setup_done";
inline constexpr std::string_view kUserNotFound = "accounts.user_not_found";
inline constexpr std::string_view kSessionNotFound = "accounts.session_not_found";
inline constexpr std::string_view kTokenNotFound = "accounts.token_not_found";
inline constexpr std::string_view kNameTaken = "accounts.name_taken";
inline constexpr std::string_view kBadName = "accounts.bad_name";
inline constexpr std::string_view kPasswordTooShort = "accounts.password_too_short";
inline constexpr std::string_view kPasswordTooCommon = "accounts.password_too_common";
inline constexpr std::string_view kWrongPassword = "accounts.wrong_password";
inline constexpr std::string_view kLastAdministrator = "accounts.last_administrator";
inline constexpr std::string_view kSessionNeeded = "accounts.session_needed";
inline constexpr std::string_view kCodeNeeded = "accounts.code_needed";
inline constexpr std::string_view kWrongCode = "accounts.wrong_code";
inline constexpr std::string_view kTokenNeeded = "accounts.token_needed";
inline constexpr std::string_view kTwoFactorOn = "accounts.two_factor_on";
inline constexpr std::string_view kTwoFactorOff = "accounts.two_factor_off";
inline constexpr std::string_view kOidcOff = "accounts.oidc_off";
inline constexpr std::string_view kOidcUnavailable = "accounts.oidc_unavailable";
inline constexpr std::string_view kOidcRefused = "accounts.oidc_refused";
inline constexpr std::string_view kOidcState = "accounts.oidc_state";
inline constexpr std::string_view kOidcCode = "accounts.oidc_code";
inline constexpr std::string_view kOidcMalformed = "accounts.oidc_malformed";
inline constexpr std::string_view kOidcAlgorithm = "accounts.oidc_algorithm";
inline constexpr std::string_view kOidcKey = "accounts.oidc_key";
inline constexpr std::string_view kOidcSignature = "accounts.oidc_signature";
inline constexpr std::string_view kOidcIssuer = "accounts.oidc_issuer";
inline constexpr std::string_view kOidcAudience = "accounts.oidc_audience";
inline constexpr std::string_view kOidcParty = "accounts.oidc_party";
inline constexpr std::string_view kOidcExpired = "accounts.oidc_expired";
inline constexpr std::string_view kOidcIssued = "accounts.oidc_issued";
inline constexpr std::string_view kOidcNonce = "accounts.oidc_nonce";
inline constexpr std::string_view kOidcNoAccount = "accounts.oidc_no_account";
inline constexpr std::string_view kOidcDisabled = "accounts.oidc_disabled";
inline constexpr std::string_view kOidcTaken = "accounts.oidc_taken";
inline constexpr std::string_view kOidcLastWay = "accounts.oidc_last_way";
inline constexpr std::string_view kIdentityNotFound = "accounts.identity_not_found";
inline constexpr std::string_view kOneRole = "accounts.one_role";
inline constexpr std::string_view kBadEmail = "accounts.bad_email";
inline constexpr std::string_view kTooManyTokens = "accounts.too_many_tokens";
inline constexpr std::string_view kCsrf = "http.csrf";

/// What a token may do: each scope includes the ones before it. Nothing goes beyond its user.
enum class Scope : std::uint8_t { read, write, admin };
CSVA_DESCRIBE_ENUM(Scope, read, write, admin)

enum class LanguageChoice : std::uint8_t { en, fr };
CSVA_DESCRIBE_ENUM(LanguageChoice, en, fr)

/// A person who may sign in, as the API shows them. Times are Unix milliseconds.
struct User {
    UserId id;
    std::string name;
    bool administrator = false;
    bool operates = false;
    std::optional<LanguageChoice> language;
    std::optional<std::string> email;
    bool two_factor = false;
    std::int64_t created_at = 0;
    std::optional<std::int64_t> disabled_at;
};
CSVA_DESCRIBE(
    User, id, name, administrator, operates, language, email, two_factor, created_at, disabled_at
)
CSVA_NOTES(
    User,
    {.field = "id", .text = "Number of the user; never used again."},
    {.field = "operates",
     .text = "Runs the service (users, health, journal) without seeing anybody's data."},
    {.field = "language", .text = "Chosen language; null follows the browser."},
    {.field = "email",
     .text = "Where notices go; shown to oneself and to administrators only, null when none."},
    {.field = "two_factor", .text = "Signing in with the password needs a code as well."},
    {.field = "created_at", .text = "Unix milliseconds."},
    {.field = "disabled_at", .text = "Unix milliseconds; null while the user may sign in."}
)

/// How an account signs in with its password.
struct TwoFactor {
    bool on = false;
    std::optional<std::int64_t> since;
    std::int64_t recovery_codes_left = 0;
    bool has_password = true;
};
CSVA_DESCRIBE(TwoFactor, on, since, recovery_codes_left, has_password)
CSVA_NOTES(
    TwoFactor,
    {.field = "on", .text = "Whether a code is asked for."},
    {.field = "since", .text = "Unix milliseconds."},
    {.field = "has_password",
     .text = "False: the account signs in through an identity provider only, which asks for codes "
             "itself."}
)

/// A secret at the only moment when it is shown.
struct Enrolment {
    std::string secret;
    std::string uri;
};
CSVA_DESCRIBE(Enrolment, secret, uri)
CSVA_NOTES(
    Enrolment,
    {.field = "secret", .text = "Base32, to type into an authenticator."},
    {.field = "uri", .text = "The same for a QR code (otpauth://totp/...)."}
)

struct RecoveryCodes {
    std::vector<std::string> codes;
};
CSVA_DESCRIBE(RecoveryCodes, codes)
CSVA_NOTES(RecoveryCodes, {.field = "codes", .text = "Each works once. Shown only here."})

/// What proves that whoever asks is the user and holds the second factor.
struct PasswordAndCode {
    std::string password;
    std::string code;
};
CSVA_DESCRIBE(PasswordAndCode, password, code)
CSVA_NOTES(
    PasswordAndCode,
    {.field = "password", .minimum = 1, .maximum = 1024, .format = "password"},
    {.field = "code",
     .text = "Of the authenticator, or a recovery code.",
     .minimum = 1,
     .maximum = 64}
)

/// Who somebody is at the identity provider, linked to an account here.
struct IdentityView {
    IdentityId id;
    std::string issuer;
    std::string subject;
    std::int64_t created_at = 0;
};
CSVA_DESCRIBE(IdentityView, id, issuer, subject, created_at)
CSVA_NOTES(
    IdentityView,
    {.field = "issuer", .text = "Address of the provider."},
    {.field = "subject", .text = "What the provider calls the person, for ever."},
    {.field = "created_at", .text = "Unix milliseconds."}
)

/// Whom a mail goes to; `email` is empty when the user gave none.
struct MailUser {
    std::string name;
    std::string email;
    std::optional<LanguageChoice> language;
};
CSVA_DESCRIBE(MailUser, name, email, language)

/// A browser that is signed in.
struct SessionView {
    SessionId id;
    std::int64_t created_at = 0;
    std::int64_t seen_at = 0;
    std::int64_t expires_at = 0;
    std::string address;
    std::string agent;
    bool current = false;
};
CSVA_DESCRIBE(SessionView, id, created_at, seen_at, expires_at, address, agent, current)
CSVA_NOTES(
    SessionView,
    {.field = "seen_at", .text = "Last use, Unix milliseconds, to the minute."},
    {.field = "address", .text = "Network address at sign-in."},
    {.field = "agent", .text = "What the browser calls itself."},
    {.field = "current", .text = "The session that asks.", .defaulted = true}
)

/// An API token without its secret.
struct TokenView {
    TokenId id;
    std::string label;
    std::string prefix;
    Scope scope = Scope::read;
    std::int64_t created_at = 0;
    std::int64_t expires_at = 0;
    std::optional<std::int64_t> used_at;
};
CSVA_DESCRIBE(TokenView, id, label, prefix, scope, created_at, expires_at, used_at)
CSVA_NOTES(
    TokenView,
    {.field = "prefix", .text = "First characters, to tell tokens apart."},
    {.field = "used_at", .text = "Last use, Unix milliseconds, to the minute."}
)

/// A token at the only moment when its secret is known.
struct NewToken {
    TokenId id;
    std::string token;
    std::string label;
    Scope scope = Scope::read;
    std::int64_t expires_at = 0;
};
CSVA_DESCRIBE(NewToken, id, token, label, scope, expires_at)
CSVA_NOTES(NewToken, {.field = "token", .text = "The secret. It is shown once and never again."})

/// What a caller may do at most: of a token its scope, of a session everything its user may.
Scope scope_of(const http::Actor& actor);

/// The one anonymous caller that may upload: a program on this very machine.
inline bool inbox_allowed(const http::Actor& actor) { return actor.via == http::Via::inbox; }

}  // namespace csva::accounts
