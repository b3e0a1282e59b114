#include "app/compose.hpp"

#include "app/kinds.hpp"
#include "features/accounts/routes.hpp"
#include "features/cleaning/routes.hpp"
#include "features/datasets/routes.hpp"
#include "features/exploring/routes.hpp"
#include "features/models/service.hpp"
#include "features/monitoring/routes.hpp"
#include "features/notices/routes.hpp"
#include "features/ops/routes.hpp"
#include "features/predictions/routes.hpp"
#include "features/projects/routes.hpp"
#include "features/projects/service.hpp"
#include "features/serving/routes.hpp"
#include "features/tracking/routes.hpp"
#include "features/training/routes.hpp"
#include "foundation/jobs/metrics.hpp"
#include "foundation/jobs/queue.hpp"

namespace csva::app {
namespace {

std::filesystem::path own_program() {
    std::error_code failed;
    return std::filesystem::read_symlink("/proc/self/exe", failed);
}

base::Result<void> erase_watching(store::Session& session, datasets::DatasetId id) {
    return monitoring::erase_of_models(session, "dataset_id", id.value);
}

}  // namespace

base::Result<std::unique_ptr<Composition>> Composition::make(
    const CommonOptions& options, const std::map<std::string, std::string>& overrides
) {
    TRY(base::Settings settings, load_settings(options, overrides));
    std::unique_ptr<Composition> made(new Composition(std::move(settings)));
    TRY(made->database_, open_database(made->settings_));
    TRY(made->blobs_, blob::open_folder(made->settings_.text("data.dir")));
    made->join();
    return made;
}

std::vector<store::Lifecycle*> Composition::lifecycles() const {
    std::vector<store::Lifecycle*> all;
    for (const auto& lifecycle : lifecycles_) all.push_back(lifecycle.get());
    return all;
}

void Composition::join_accounts() {
    accounts_ = std::make_unique<accounts::Accounts>(accounts::Accounts::Parts{
        *database_,
        settings_,
        metrics_,
        {projects::create_personal, projects::right_in},
        {projects::object_kind(),
         datasets::object_kind(),
         datasets::job_kind(),
         models::object_kind(),
         models::registered_kind(),
         training::object_kind(),
         predictions::object_kind()}
    });
    accounts::register_routes(routes_, *accounts_);
    notices::register_routes(routes_, *database_, settings_);
}

void Composition::join_datasets() {
    const auto folder =
        std::filesystem::absolute(std::filesystem::path(settings_.text("data.dir"))) / "blobs";
    const auto query_child = [&] {
        return std::make_unique<exploring::QueryClient>(exploring::QueryClient::Parts{
            own_program(), folder, settings_.integer("limits.query_memory_bytes"), metrics_
        });
    };
    rows_ = query_child();
    exports_ = query_child();
    datasets_ = std::make_unique<datasets::Service>(datasets::Service::Parts{
        *database_,
        *blobs_,
        settings_,
        {erase_watching, predictions::erase_of_dataset, training::erase_of_dataset}
    });
    cleaning_ = std::make_unique<cleaning::Service>(*datasets_);
    exploring_ = std::make_unique<exploring::Service>(
        exploring::Service::Parts{*datasets_, *rows_, *exports_, settings_, blobs_->staging()}
    );
    datasets::register_routes(routes_, {*datasets_, kinds_, metrics_});
    datasets::register_job_routes(routes_, {*datasets_, kinds_, metrics_});
    cleaning::register_routes(routes_, *cleaning_);
    exploring::register_routes(routes_, *exploring_, *datasets_);
}

void Composition::join_models() {
    models_ = std::make_unique<models::Service>(*database_, *blobs_);
    training_ = std::make_unique<training::Service>(
        *database_,
        *blobs_,
        std::vector<training::Eraser>{
            [](store::Session& session, training::TrainingId id) -> base::Result<void> {
                CHECK_OK(monitoring::erase_of_models(session, "training_id", id.value));
                return predictions::erase_of_training(session, id.value);
            }
        }
    );
    prediction_log_ = std::make_unique<predictions::PredictionLog>(
        predictions::PredictionLog::Parts{*database_, *blobs_, settings_, metrics_}
    );
    predictions_ =
        std::make_unique<predictions::Service>(*database_, *blobs_, *models_, *prediction_log_);
    training::register_routes(routes_, *training_, *datasets_);
    predictions::register_routes(routes_, *predictions_);
    serving_ = std::make_unique<serving::Service>(*database_, *models_, *predictions_, settings_);
    serving::register_routes(routes_, *serving_);
    monitoring_ = std::make_unique<monitoring::Service>(
        monitoring::Service::Parts{*database_, *prediction_log_}
    );
    monitoring::register_routes(routes_, *monitoring_);
    monitoring::register_metrics(metrics_, *database_);
    tracking::register_routes(routes_, *database_, *blobs_);
}

void Composition::join() {
    kinds_ = job_kinds(settings_);
    join_accounts();
    join_datasets();
    join_models();
    lifecycles_.push_back(monitoring::lifecycle());
    lifecycles_.push_back(predictions::lifecycle());
    lifecycles_.push_back(training::lifecycle());
    lifecycles_.push_back(tracking::lifecycle());
    lifecycles_.push_back(models::lifecycle());
    lifecycles_.push_back(datasets::lifecycle());
    lifecycles_.push_back(jobs::lifecycle());
    lifecycles_.push_back(projects::lifecycle());
    lifecycles_.push_back(notices::lifecycle());
    lifecycles_.push_back(accounts::lifecycle());
    projects::register_routes(routes_, {*database_, metrics_, lifecycles()});
    jobs::register_metrics(metrics_, *database_);
    ops::register_routes(
        routes_,
        {routes_,
         *database_,
         metrics_,
         {{"datasets", datasets::count}, {"models", models::count}, {"jobs", jobs::count}}}
    );
}

}  // namespace csva::app
