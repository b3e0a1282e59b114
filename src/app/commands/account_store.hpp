#pragma once

#include "app/config.hpp"
#include "features/accounts/service.hpp"

#include <memory>

namespace csva::app {

/// Users and tokens straight from the store, without a server; works beside a running one.
class AccountStore {
public:
    /// Errors: those of load_settings and open_database.
    static base::Result<std::unique_ptr<AccountStore>> open(const CommonOptions& options);
    accounts::Accounts& accounts() { return *accounts_; }

private:
    explicit AccountStore(base::Settings settings) : settings_(std::move(settings)) {}
    base::Settings settings_;
    base::Metrics metrics_;
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<accounts::Accounts> accounts_;
};

}  // namespace csva::app
