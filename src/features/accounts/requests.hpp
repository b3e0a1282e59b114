#pragma once

#include "features/accounts/types.hpp"

#include <optional>
#include <string>
#include <vector>

/// What the feature's routes take and answer.
namespace csva::accounts {

struct SignInPage {
    bool setup_needed = false;
    bool signed_in = false;
};
CSVA_DESCRIBE(SignInPage, setup_needed, signed_in)
CSVA_NOTES(
    SignInPage,
    {.field = "setup_needed", .text = "Nobody has an account yet: use the first-run link."}
)

struct SignInQuery {
    std::optional<std::string> next;
};
CSVA_DESCRIBE(SignInQuery, next)
CSVA_NOTES(
    SignInQuery,
    {.field = "next", .text = "Path of ours to go to after signing in.", .maximum = 2000}
)

struct SignInRequest {
    std::string name;
    std::string password;
    std::optional<std::string> next;
};
CSVA_DESCRIBE(SignInRequest, name, password, next)
CSVA_NOTES(
    SignInRequest,
    {.field = "name", .text = "User name, in any case.", .minimum = 1, .maximum = 200},
    {.field = "password", .minimum = 1, .maximum = 1024, .format = "password"},
    {.field = "next", .text = "Path of ours to go to after signing in.", .maximum = 2000}
)

struct SignedIn {
    User user;
    std::string csrf_token;
    std::int64_t expires_at = 0;
    std::string next;
};
CSVA_DESCRIBE(SignedIn, user, csrf_token, expires_at, next)
CSVA_NOTES(
    SignedIn,
    {.field = "csrf_token", .text = "To send as X-CSRFToken with every write."},
    {.field = "next", .text = "Path to go to."}
)

struct SignedOut {
    std::string next = "/login/";
};
CSVA_DESCRIBE(SignedOut, next)
CSVA_NOTES(SignedOut, {.field = "next", .text = "Path to go to."})

struct SetupQuery {
    std::optional<std::string> token;
};
CSVA_DESCRIBE(SetupQuery, token)
CSVA_NOTES(SetupQuery, {.field = "token", .text = "Of the first-run link.", .maximum = 200})

struct SetupPage {
    bool setup_needed = false;
};
CSVA_DESCRIBE(SetupPage, setup_needed)
CSVA_NOTES(SetupPage, {.field = "setup_needed", .text = "False once somebody has an account."})

struct SetupRequest {
    std::string token;
    std::string name;
    std::string password;
    std::optional<LanguageChoice> language;
};
CSVA_DESCRIBE(SetupRequest, token, name, password, language)
CSVA_NOTES(
    SetupRequest,
    {.field = "token", .text = "Of the first-run link.", .maximum = 200},
    {.field = "name", .text = "Name of the first administrator.", .maximum = 64},
    {.field = "password", .maximum = 1024, .format = "password"}
)

struct WhoAmI {
    User user;
    std::string via;
    Scope scope = Scope::read;
    std::string csrf_token;
    LanguageChoice language = LanguageChoice::en;
};
CSVA_DESCRIBE(WhoAmI, user, via, scope, csrf_token, language)
CSVA_NOTES(
    WhoAmI,
    {.field = "via", .text = "\"session\" or \"token\"."},
    {.field = "scope", .text = "What this credential may do at most."},
    {.field = "csrf_token", .text = "To send as X-CSRFToken with every write; empty for a token."},
    {.field = "language", .text = "Language of the texts in this answer."}
)

struct MeChange {
    std::optional<LanguageChoice> language;
    std::optional<std::string> password;
    std::optional<std::string> current_password;
};
CSVA_DESCRIBE(MeChange, language, password, current_password)
CSVA_NOTES(
    MeChange,
    {.field = "password", .text = "New password.", .maximum = 1024, .format = "password"},
    {.field = "current_password",
     .text = "Needed with a new password.",
     .maximum = 1024,
     .format = "password"}
)

struct SessionList {
    std::vector<SessionView> sessions;
};
CSVA_DESCRIBE(SessionList, sessions)

struct SessionPath {
    std::int64_t session_id = 0;
};
CSVA_DESCRIBE(SessionPath, session_id)

struct TokenList {
    std::vector<TokenView> tokens;
};
CSVA_DESCRIBE(TokenList, tokens)

struct TokenRequest {
    std::string label;
    Scope scope = Scope::read;
    std::int64_t days = 90;
};
CSVA_DESCRIBE(TokenRequest, label, scope, days)
CSVA_NOTES(
    TokenRequest,
    {.field = "label", .text = "What the token is for.", .minimum = 1, .maximum = 100},
    {.field = "scope", .text = "At most the scope of the one who asks.", .defaulted = true},
    {.field = "days",
     .text = "Days until it expires.",
     .minimum = 1,
     .maximum = 3650,
     .defaulted = true}
)

struct TokenPath {
    std::int64_t token_id = 0;
};
CSVA_DESCRIBE(TokenPath, token_id)

struct PageQuery {
    std::int64_t after = 0;
    std::int64_t limit = 100;
};
CSVA_DESCRIBE(PageQuery, after, limit)
CSVA_NOTES(
    PageQuery,
    {.field = "after", .text = "Id of the last one already seen.", .minimum = 0, .defaulted = true},
    {.field = "limit", .text = "At most this many.", .minimum = 1, .maximum = 500, .defaulted = true
    }
)

struct UserList {
    std::vector<User> users;
};
CSVA_DESCRIBE(UserList, users)

struct UserRequest {
    std::string name;
    std::string password;
    bool administrator = false;
    std::optional<LanguageChoice> language;
};
CSVA_DESCRIBE(UserRequest, name, password, administrator, language)
CSVA_NOTES(
    UserRequest,
    {.field = "name", .text = "Letters, digits and . _ @ + -", .maximum = 64},
    {.field = "password", .maximum = 1024, .format = "password"},
    {.field = "administrator", .defaulted = true}
)

struct UserPath {
    std::int64_t user_id = 0;
};
CSVA_DESCRIBE(UserPath, user_id)

struct UserPatch {
    std::int64_t user_id = 0;
    std::optional<bool> administrator;
    std::optional<bool> disabled;
    std::optional<std::string> password;
    std::optional<LanguageChoice> language;
};
CSVA_DESCRIBE(UserPatch, user_id, administrator, disabled, password, language)
CSVA_NOTES(
    UserPatch,
    {.field = "disabled", .text = "True ends all sessions and revokes all tokens."},
    {.field = "password",
     .text = "A new password; ends all sessions.",
     .maximum = 1024,
     .format = "password"}
)

}  // namespace csva::accounts
