#include "app/commands/account_store.hpp"

#include "features/projects/service.hpp"

namespace csva::app {

base::Result<std::unique_ptr<AccountStore>> AccountStore::open(const CommonOptions& options) {
    TRY(base::Settings settings, load_settings(options));
    std::unique_ptr<AccountStore> opened(new AccountStore(std::move(settings)));
    TRY(opened->database_, open_database(opened->settings_));
    opened->accounts_ = std::make_unique<accounts::Accounts>(accounts::Accounts::Parts{
        *opened->database_,
        opened->settings_,
        opened->metrics_,
        {projects::create_personal, projects::right_in},
        {}
    });
    return opened;
}

}  // namespace csva::app
