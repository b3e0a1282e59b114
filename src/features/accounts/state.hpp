#pragma once

// Shared by the .cpp files of this folder only: what stands behind Accounts.

#include "features/accounts/credentials.hpp"
#include "features/accounts/door.hpp"
#include "features/accounts/provider.hpp"
#include "features/accounts/service.hpp"
#include "features/accounts/store.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::accounts {

inline constexpr std::size_t kSecretBytes = 32;

std::string account_subject(std::string_view name);
std::unexpected<base::Error> no_user();

template <class T>
base::Result<T> or_no_user(base::Result<std::optional<T>> found) {
    if (!found) return std::unexpected(std::move(found).error());
    if (!*found) return no_user();
    return std::move(**found);
}

struct Accounts::State {
    Parts parts;
    CredentialCache cache;
    VerifiedPasswords verified;
    Door door;
    std::unique_ptr<Provider> provider;  ///< Null when none is set.
    base::Metrics::Counter& accepted;
    base::Metrics::Counter& wrong;
    base::Metrics::Counter& limited;

    explicit State(Parts given)
        : parts(std::move(given)),
          cache(std::chrono::milliseconds(parts.settings.integer("accounts.cache_ms"))),
          door(
              {parts.database,
               parts.settings,
               cache,
               parts.hooks,
               parts.kinds,
               verified,
               [this](const NamedPassword& given, const std::string& address) {
                   return check_password(given, address);
               }}
          ),
          provider(
              parts.settings.text("oidc.issuer").empty()
                  ? nullptr
                  : std::make_unique<Provider>(parts.settings)
          ),
          accepted(counter("accepted")),
          wrong(counter("wrong")),
          limited(counter("limited")) {}

    base::Metrics::Counter& counter(std::string_view outcome) {
        return parts.metrics.counter(
            "csva_accounts_sign_ins_total",
            "Sign-in attempts by outcome.",
            {{"outcome", std::string(outcome)}}
        );
    }

    std::int64_t setting(std::string_view name) const { return parts.settings.integer(name); }

    /// Inside a transaction; a change of credentials must be followed by cache.clear().
    base::Result<User> insert_user(
        store::Session& session, const NewUser& user, const std::string& hash
    );
    base::Result<OpenedSession> open_session(
        store::Session& session, const User& user, const Visitor& visitor
    );
    base::Result<void> check_limit(
        store::Session& session, const std::string& subject, std::string_view limit
    );
    /// Counts the attempt before the password is looked at, so that many at once are counted too.
    base::Result<std::vector<std::int64_t>> begin_attempt(
        const Credentials& credentials, const Visitor& visitor
    );
    /// These alone: whoever knows a password must not clear the count by asking without a code.
    base::Result<void> forget_attempts(const std::vector<std::int64_t>& attempts);
    base::Result<void> end_attempt(
        store::Session& session, std::string_view name, const std::vector<std::int64_t>& attempts
    );
    /// Who sends this name and password with each call. Errors: those of sign_in.
    base::Result<rows::CredentialRow> check_password(
        const NamedPassword& given, const std::string& address
    );
    /// Of a user whose password was right: nothing when there is no second factor, else `code` must
    /// be one that was not used. Errors: accounts.code_needed, accounts.wrong_code,
    /// accounts.too_many_attempts.
    base::Result<void> check_second_factor(UserId user, std::string_view code);
    base::Result<bool> has_second_factor(UserId user);
    /// Takes the code out of use. Errors: accounts.wrong_code (of kind `refusal`),
    /// accounts.too_many_attempts, accounts.two_factor_off.
    base::Result<void> check_code(UserId user, std::string_view code, base::ErrorKind refusal);
    /// Errors: accounts.oidc_off.
    base::Result<Provider*> provider_or_off();
    /// Whose identity it is, making or linking an account where that is allowed.
    base::Result<User> user_of(store::Session& session, const Identity& identity, UserId linking);
    base::Result<void> apply(
        store::Session& session, const User& user, const UserChange& change, const std::string& hash
    );
};

}  // namespace csva::accounts
