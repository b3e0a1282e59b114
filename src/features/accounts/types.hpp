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
using UserId = base::Id<UserTag>;
using SessionId = base::Id<SessionTag>;
using TokenId = base::Id<TokenTag>;

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
    std::optional<LanguageChoice> language;
    std::int64_t created_at = 0;
    std::optional<std::int64_t> disabled_at;
};
CSVA_DESCRIBE(User, id, name, administrator, language, created_at, disabled_at)
CSVA_NOTES(
    User,
    {.field = "id", .text = "Number of the user; never used again."},
    {.field = "language", .text = "Chosen language; null follows the browser."},
    {.field = "created_at", .text = "Unix milliseconds."},
    {.field = "disabled_at", .text = "Unix milliseconds; null while the user may sign in."}
)

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
    {.field = "address",
     .text = "Network that the sign-in came from: the address without its last part."},
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
