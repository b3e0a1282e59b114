#include "features/accounts/service.hpp"

namespace csva::accounts {
namespace {

std::vector<base::SettingRow> provider_rows() {
    using base::SettingType;
    return {
        {"oidc.issuer",
         SettingType::text,
         "",
         "",
         "Address of an OpenID Connect provider, exactly as it calls itself; empty: people sign in "
         "with a password only."},
        {"oidc.client_id", SettingType::text, "", "", "Name of this service at the provider."},
        {"oidc.client_secret",
         SettingType::secret,
         "",
         "",
         "Its password there; empty for a client without one (the code is protected by PKCE)."},
        {"oidc.name",
         SettingType::text,
         "OpenID Connect",
         "",
         "What the sign-in page calls the provider."},
        {"oidc.scopes",
         SettingType::text,
         "openid profile email",
         "",
         "What is asked of the provider; openid must be among it."},
        {"oidc.create_users",
         SettingType::boolean,
         "false",
         "",
         "Whether who comes from the provider for the first time gets an account; else one must be "
         "there and be linked by its owner."},
        {"oidc.keys_s",
         SettingType::integer,
         "300",
         "s",
         "How long the provider's keys are believed without asking again."},
    };
}

std::vector<base::SettingRow> key_rows() {
    using base::SettingType;
    return {
        {"accounts.session_key",
         SettingType::secret,
         "",
         "",
         "Key under which sessions and tokens are stored; empty: a plain hash. Any long random "
         "text, the same for all servers."},
        {"accounts.session_key_former",
         SettingType::secret,
         "",
         "",
         "The key before the last rotation: whoever comes with a session or token from then is "
         "let in, and it is stored anew."},
    };
}

/// Against guessing.
std::vector<base::SettingRow> attempt_rows() {
    using base::SettingType;
    return {
        {"accounts.attempts_window_s",
         SettingType::integer,
         "900",
         "s",
         "Window in which failed sign-ins are counted."},
        {"accounts.attempts_per_account",
         SettingType::integer,
         "10",
         "",
         "Failed sign-ins of one name in the window before further ones are refused."},
        {"accounts.attempts_per_address",
         SettingType::integer,
         "50",
         "",
         "Failed sign-ins from one address in the window before further ones are refused."},
        {"accounts.codes_per_account",
         SettingType::integer,
         "5",
         "",
         "Wrong codes of one user's second factor in the window before further ones are refused."},
    };
}

}  // namespace

std::vector<base::SettingRow> setting_rows() {
    using base::SettingType;
    std::vector<base::SettingRow> rows = {
        {"accounts.loopback_upload",
         SettingType::boolean,
         "true",
         "",
         "Whether a program on this very machine may upload without signing in; such files land in "
         "an inbox that only administrators see."},
        {"accounts.password_minimum",
         SettingType::integer,
         "10",
         "bytes",
         "Shortest password that may be chosen."},
        {"accounts.session_idle_s",
         SettingType::integer,
         "604800",
         "s",
         "A session unused for this long ends."},
        {"accounts.session_s",
         SettingType::integer,
         "2592000",
         "s",
         "A session ends this long after sign-in, used or not."},
        {"accounts.setup_link_s",
         SettingType::integer,
         "86400",
         "s",
         "How long a first-run link is good."},
        {"accounts.tokens_per_user",
         SettingType::integer,
         "100",
         "",
         "Most API tokens that one user may hold."},
        {"accounts.cache_ms",
         SettingType::integer,
         "3000",
         "ms",
         "How long a checked credential is believed without asking the database again."},
    };
    for (const auto& more : {key_rows(), attempt_rows(), provider_rows()})
        rows.insert(rows.end(), more.begin(), more.end());
    return rows;
}

}  // namespace csva::accounts
