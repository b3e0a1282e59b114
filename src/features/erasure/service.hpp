#pragma once

#include "features/accounts/service.hpp"
#include "features/erasure/ledger.hpp"
#include "features/erasure/types.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/journal/journal.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace csva::erasure {

store::Migrations migrations();
std::vector<base::SettingRow> setting_rows();
std::unique_ptr<store::Lifecycle> lifecycle();

/// Erases accounts with all that is theirs, step by step, and gives a signed certificate. A request
/// is a row: whatever happens to the process, some process goes on from the step it stands at.
/// Thread-safe.
class Service {
public:
    struct Parts {
        store::Database& database;
        blob::BlobStore& blobs;
        const base::Settings& settings;
        accounts::Accounts& accounts;
        journal::Journal& journal;
        /// Those that hold references before those they refer to.
        std::function<std::vector<store::Lifecycle*>()> features;
    };
    explicit Service(Parts parts);
    ~Service();
    Service(const Service&) = delete;
    Service& operator=(const Service&) = delete;

    /// What an erasure would do. Errors: accounts.user_not_found.
    base::Result<Preview> preview(accounts::UserId user);
    /// Locks the account and begins. Asked a second time, it gives the erasure that is under way.
    /// Errors: accounts.user_not_found, accounts.last_administrator.
    base::Result<Erasure> request(accounts::UserId user, AskedBy asked_by);
    /// Errors: erasure.not_found.
    base::Result<Erasure> find(std::string_view code);
    /// The newest 500.
    base::Result<ErasureList> list();

    /// Begins to work in a thread of its own.
    void start();
    void stop();
    /// Works until nothing is left to do. Errors: what stopped it.
    base::Result<void> finish_all();
    /// Erases whom the ledger names and a restored database has brought back; puts certificates
    /// back that it lacks. To be called before serving. Returns how many accounts. Errors:
    /// erasure.bad_ledger and what stopped an erasure.
    base::Result<std::int64_t> replay();

    base::Result<const Ledger*> ledger();
    /// Public key that certificates and ledger are signed with.
    base::Result<std::string> public_key();

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::erasure
