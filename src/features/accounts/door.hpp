#pragma once

#include "features/accounts/credentials.hpp"
#include "features/accounts/service.hpp"
#include "features/accounts/store.hpp"
#include "foundation/store/recent.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>

namespace csva::accounts {

/// The server's authenticator: who calls, and what they may do. Thread-safe.
class Door final : public http::Authenticator {
public:
    struct Parts {
        store::Database& database;
        const base::Settings& settings;
        CredentialCache& cache;
        const Hooks& hooks;
        std::vector<ObjectKind> kinds;
        const VerifiedPasswords& verified;
        /// The user of a name and password, from an address.
        std::function<base::Result<rows::CredentialRow>(
            const NamedPassword& given, const std::string& address
        )>
            check_password;
    };
    explicit Door(Parts parts);

    std::optional<base::Result<http::Actor>> identify_quickly(const http::RequestHead& head
    ) override;
    base::Result<http::Actor> identify(const http::RequestHead& head) override;
    base::Result<void> authorize(
        const http::Actor& actor, const http::Access& access, std::int64_t object_id
    ) override;
    std::optional<base::Result<void>> authorize_quickly(
        const http::Actor& actor, const http::Access& access, std::int64_t object_id
    ) override;
    base::Result<void> check_csrf(
        const http::Actor& actor, const http::RequestHead& head, std::string_view form_token
    ) override;

private:
    /// Rights that were found, by user, administrator or not, kind of object and object.
    using Key = std::tuple<std::int64_t, bool, std::string_view, std::int64_t>;
    static Key key_of(
        const http::Actor& actor, const http::Access& access, std::int64_t object_id
    ) {
        return {actor.user_id, actor.administrator, access.object, object_id};
    }
    static base::Result<void> decide(
        const http::Actor& actor, const http::Access& access, http::Right right
    );
    base::Result<http::Actor> identify_named(
        const NamedPassword& given, const http::RequestHead& head
    );
    http::Actor anonymous(const http::RequestHead& head) const;
    base::Result<void> authorize_object(
        const http::Actor& actor, const http::Access& access, std::int64_t object_id
    );
    base::Result<std::optional<rows::CredentialRow>> look_up_former(
        http::Via via, std::string_view credential, const std::string& hash
    );
    base::Result<std::optional<rows::CredentialRow>> look_up(
        http::Via via, const std::string& hash
    );
    bool expired(const rows::CredentialRow& row, http::Via via) const;
    void touch(http::Via via, const rows::CredentialRow& row);

    Parts parts_;
    std::map<std::string, ObjectKind, std::less<>> kinds_;
    store::Recent<Key, http::Right> rights_;
};

}  // namespace csva::accounts
