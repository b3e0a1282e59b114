#include "app/compose.hpp"

#include "features/accounts/routes.hpp"
#include "features/projects/routes.hpp"
#include "features/projects/service.hpp"

namespace csva::app {

base::Result<std::unique_ptr<Composition>> Composition::make(const CommonOptions& options) {
    TRY(base::Settings settings, load_settings(options));
    std::unique_ptr<Composition> made(new Composition(std::move(settings)));
    TRY(made->database_, open_database(made->settings_));
    made->join();
    return made;
}

std::vector<store::Lifecycle*> Composition::lifecycles() const {
    std::vector<store::Lifecycle*> all;
    for (const auto& lifecycle : lifecycles_) all.push_back(lifecycle.get());
    return all;
}

void Composition::join() {
    accounts_ = std::make_unique<accounts::Accounts>(accounts::Accounts::Parts{
        *database_,
        settings_,
        metrics_,
        {projects::create_personal, projects::right_in},
        {projects::object_kind()}
    });
    lifecycles_.push_back(projects::lifecycle());
    lifecycles_.push_back(accounts::lifecycle());

    accounts::register_routes(routes_, *accounts_);
    projects::register_routes(routes_, {*database_, metrics_, lifecycles()});
}

}  // namespace csva::app
