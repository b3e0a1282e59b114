#include "app/compose.hpp"

#include "app/kinds.hpp"
#include "features/accounts/routes.hpp"
#include "features/cleaning/routes.hpp"
#include "features/datasets/routes.hpp"
#include "features/erasure/routes.hpp"
#include "features/exploring/routes.hpp"
#include "features/models/service.hpp"
#include "features/monitoring/routes.hpp"
#include "features/notices/routes.hpp"
#include "features/ops/routes.hpp"
#include "features/predictions/routes.hpp"
#include "features/privacy/routes.hpp"
#include "features/projects/routes.hpp"
#include "features/projects/service.hpp"
#include "features/serving/routes.hpp"
#include "features/sharing/routes.hpp"
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
    TRY(made->blobs_, blob::open(made->settings_));
    made->journal_ = std::make_unique<journal::Journal>(journal::Journal::Parts{
        made->settings_,
        made->metrics_,
        [&database = *made->database_](const journal::Head& head) {
            return audit::keep_head(database, head);
        }
    });
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
    const auto folder = std::filesystem::absolute(blobs_->local_folder());
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
        {predictions::erase_of_dataset,
         erase_watching,
         sharing::erase_of_dataset,
         training::erase_of_dataset,
         privacy::erase_of_dataset}
    });
    cleaning_ = std::make_unique<cleaning::Service>(*datasets_);
    privacy_ = std::make_unique<privacy::Service>(
        *datasets_,
        [this](
            const http::Actor& actor, datasets::DatasetId id, const std::vector<recipe::Step>& steps
        ) -> base::Result<jobs::JobId> {
            TRY(const auto answer, cleaning_->clean(actor, id, steps));
            return answer.job_id;
        },
        [this](
            datasets::DatasetId id, datasets::VersionId version, const recipe::AnonymityWish& wish
        ) { return exploring_->anonymity(id, version, wish); }
    );
    recipe::set_key_source(privacy::key_source(*database_));
    exploring_ = std::make_unique<exploring::Service>(
        exploring::Service::Parts{*datasets_, *rows_, *exports_, settings_, blobs_->staging()}
    );
    datasets::register_routes(routes_, {*datasets_, kinds_, metrics_});
    datasets::register_job_routes(routes_, {*datasets_, kinds_, metrics_});
    cleaning::register_routes(routes_, *cleaning_);
    privacy::register_routes(routes_, *privacy_);
    exploring::register_routes(routes_, *exploring_, *datasets_);
}

void Composition::join_models() {
    models_ = std::make_unique<models::Service>(*database_, *blobs_);
    training_ = std::make_unique<training::Service>(
        *database_,
        *blobs_,
        std::vector<training::Eraser>{
            [](store::Session& session, training::TrainingId id) -> base::Result<void> {
                CHECK_OK(predictions::erase_of_training(session, id.value));
                CHECK_OK(monitoring::erase_of_models(session, "training_id", id.value));
                return sharing::erase_of_training(session, id);
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
    sharing_ = std::make_unique<sharing::Service>(sharing::Service::Parts{
        *database_,
        *datasets_,
        *training_,
        settings_,
        [this](sharing::LinkId id) {
            journal_->append(
                {.action = "sharing.view", .object_kind = "link", .object_id = id.value}
            );
        }
    });
    sharing::register_routes(routes_, *sharing_);
}

void Composition::join_erasure() {
    lifecycles_.push_back(erasure::lifecycle());
    const erasure::Service::Parts parts{
        *database_, *blobs_, settings_, *accounts_, *journal_, [this] { return lifecycles(); }
    };
    erasure_ = std::make_unique<erasure::Service>(parts);
    exports_of_users_ = std::make_unique<erasure::Exports>(parts);
    persons_ = std::make_unique<erasure::Persons>(erasure::Persons::Parts{
        *database_,
        *blobs_,
        settings_,
        *journal_,
        *training_,
        [this] { return lifecycles(); },
        own_program(),
        [&log = *prediction_log_](const std::vector<std::int64_t>& models) {
            for (const auto id : models) log.close(models::ModelId(id));
        }
    });
    erasure::register_routes(
        routes_, {*erasure_, *exports_of_users_, *accounts_, *database_, settings_}
    );
    erasure::register_person_routes(routes_, *persons_);
}

void Composition::join() {
    kinds_ = job_kinds(settings_);
    join_accounts();
    join_datasets();
    join_models();
    lifecycles_.push_back(sharing::lifecycle());
    lifecycles_.push_back(monitoring::lifecycle());
    lifecycles_.push_back(predictions::lifecycle(*prediction_log_));
    lifecycles_.push_back(training::lifecycle());
    lifecycles_.push_back(tracking::lifecycle(settings_));
    lifecycles_.push_back(models::lifecycle());
    lifecycles_.push_back(privacy::lifecycle());
    lifecycles_.push_back(datasets::lifecycle());
    lifecycles_.push_back(jobs::lifecycle(blobs_->staging()));
    lifecycles_.push_back(projects::lifecycle());
    lifecycles_.push_back(notices::lifecycle());
    lifecycles_.push_back(accounts::lifecycle());
    lifecycles_.push_back(audit::lifecycle());
    join_erasure();
    projects::register_routes(routes_, {*database_, metrics_, lifecycles()});
    jobs::register_metrics(metrics_, *database_);
    audit_ = std::make_unique<audit::Service>(
        audit::Service::Parts{*database_, *journal_, blobs_->staging()}
    );
    audit::register_routes(routes_, *audit_);
    ops::register_routes(
        routes_,
        {routes_,
         *database_,
         metrics_,
         {{"datasets", datasets::count}, {"models", models::count}, {"jobs", jobs::count}},
         leaving_}
    );
}

}  // namespace csva::app
