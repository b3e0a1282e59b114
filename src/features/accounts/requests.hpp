#pragma once

#include "features/accounts/types.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

/// What the feature's routes take and answer.
namespace csva::accounts {

/// Why a sign-in through the identity provider came to nothing, in words.
struct Refusal {
    std::string reason;
    std::string message;
    std::string hint;
};
CSVA_DESCRIBE(Refusal, reason, message, hint)

struct SignInPage {
    bool setup_needed = false;
    bool signed_in = false;
    std::optional<std::string> provider;
    std::optional<Refusal> refused;
};
CSVA_DESCRIBE(SignInPage, setup_needed, signed_in, provider, refused)
CSVA_NOTES(
    SignInPage,
    {.field = "provider",
     .text = "What the identity provider is called whom /login/oidc leads to; null: there is none."
    },
    {.field = "refused", .text = "The sentences of what the query calls `refused`."},
    {.field = "setup_needed", .text = "Nobody has an account yet: use the first-run link."}
)

struct SignInQuery {
    std::optional<std::string> next;
    std::optional<std::string> refused;
};
CSVA_DESCRIBE(SignInQuery, next, refused)
CSVA_NOTES(
    SignInQuery,
    {.field = "refused",
     .text = "Reason of a refusal to be put into words (accounts.oidc_...).",
     .maximum = 100},
    {.field = "next", .text = "Path of ours to go to after signing in.", .maximum = 2000}
)

struct SignInRequest {
    std::string name;
    std::string password;
    std::optional<std::string> code;
    std::optional<std::string> next;
};
CSVA_DESCRIBE(SignInRequest, name, password, code, next)
CSVA_NOTES(
    SignInRequest,
    {.field = "name", .text = "User name, in any case.", .minimum = 1, .maximum = 200},
    {.field = "password", .minimum = 1, .maximum = 1024, .format = "password"},
    {.field = "code",
     .text = "Of the second factor, or a recovery code; needed after accounts.code_needed.",
     .maximum = 64},
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

struct ProviderQuery {
    std::optional<std::string> next;
};
CSVA_DESCRIBE(ProviderQuery, next)
CSVA_NOTES(
    ProviderQuery,
    {.field = "next", .text = "Path of ours to go to after signing in.", .maximum = 2000}
)

/// What the provider sends a browser back with; whatever else it adds is not looked at.
struct CallbackQuery {
    std::string state;
    std::string code;
    std::string error;
    std::string iss;
    std::map<std::string, std::string> others;
};
CSVA_DESCRIBE(CallbackQuery, state, code, error, iss, others)
CSVA_NOTES(
    CallbackQuery,
    {.field = "state", .defaulted = true},
    {.field = "code", .defaulted = true},
    {.field = "error", .defaulted = true},
    {.field = "iss", .defaulted = true},
    {.field = "others", .defaulted = true, .catch_all = true}
)

struct LinkBegun {
    std::string address;
};
CSVA_DESCRIBE(LinkBegun, address)
CSVA_NOTES(LinkBegun, {.field = "address", .text = "Where to send the browser."})

struct IdentityList {
    std::optional<std::string> provider;
    std::vector<IdentityView> identities;
};
CSVA_DESCRIBE(IdentityList, provider, identities)
CSVA_NOTES(
    IdentityList,
    {.field = "provider", .text = "What the identity provider is called; null: there is none."}
)

struct IdentityPath {
    std::int64_t identity_id = 0;
};
CSVA_DESCRIBE(IdentityPath, identity_id)

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
    std::optional<std::string> email;
    std::optional<std::string> password;
    std::optional<std::string> current_password;
};
CSVA_DESCRIBE(MeChange, language, email, password, current_password)
CSVA_NOTES(
    MeChange,
    {.field = "email", .text = "Where notices go; empty: none from now on.", .maximum = 254},
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

struct TwoFactorRequest {
    std::string password;
};
CSVA_DESCRIBE(TwoFactorRequest, password)
CSVA_NOTES(
    TwoFactorRequest,
    {.field = "password",
     .text = "Current password.",
     .minimum = 1,
     .maximum = 1024,
     .format = "password"}
)

struct CodeRequest {
    std::string code;
};
CSVA_DESCRIBE(CodeRequest, code)
CSVA_NOTES(
    CodeRequest, {.field = "code", .text = "Of the authenticator.", .minimum = 1, .maximum = 64}
)

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
    bool operates = false;
    std::optional<LanguageChoice> language;
};
CSVA_DESCRIBE(UserRequest, name, password, administrator, operates, language)
CSVA_NOTES(
    UserRequest,
    {.field = "name", .text = "Letters, digits and . _ @ + -", .maximum = 64},
    {.field = "password", .maximum = 1024, .format = "password"},
    {.field = "administrator", .defaulted = true},
    {.field = "operates",
     .text = "Runs the service without seeing anybody's data; not beside administrator.",
     .defaulted = true}
)

struct UserPath {
    std::int64_t user_id = 0;
};
CSVA_DESCRIBE(UserPath, user_id)

struct UserPatch {
    std::int64_t user_id = 0;
    std::optional<bool> administrator;
    std::optional<bool> operates;
    std::optional<bool> disabled;
    std::optional<std::string> password;
    std::optional<LanguageChoice> language;
    std::optional<std::string> email;
};
CSVA_DESCRIBE(UserPatch, user_id, administrator, operates, disabled, password, language, email)
CSVA_NOTES(
    UserPatch,
    {.field = "email", .text = "Where notices go; empty: none from now on.", .maximum = 254},
    {.field = "disabled", .text = "True ends all sessions and revokes all tokens."},
    {.field = "password",
     .text = "A new password; ends all sessions.",
     .maximum = 1024,
     .format = "password"}
)

}  // namespace csva::accounts
