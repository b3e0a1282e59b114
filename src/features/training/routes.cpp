#include "features/training/routes.hpp"

namespace csva::training {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::Right;

constexpr http::Access training(Right right) {
    return http::access::object("training", right, "training_id");
}
constexpr http::Access dataset(Right right) {
    return http::access::object("dataset", right, "dataset_id");
}

void add_of_dataset(http::Routes& routes, Service& service, datasets::Service& datasets) {
    routes.add<NewTraining, http::Accepted<Training>>(
        Method::post,
        "/api/v1/datasets/{dataset_id}/trainings",
        dataset(Right::write),
        {.summary = "Train models that predict one column.",
         .tag = "training",
         .body = http::Body::json,
         .errors = {409}},
        [&service](Context& context, const NewTraining& wish) -> Result<http::Accepted<Training>> {
            TRY(auto started, service.start(context.actor, wish, context.language));
            const std::string location = "/api/v1/trainings/" + std::to_string(started.id.value);
            return http::Accepted<Training>{std::move(started), location};
        }
    );
    routes.add<datasets::DatasetPath, TrainingList>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/trainings",
        dataset(Right::read),
        {.summary = "Trainings of a data set, newest first.", .tag = "training"},
        [&service](Context& context, const datasets::DatasetPath& path) {
            return service.list(path.dataset_id, context.language);
        }
    );
    routes.add<datasets::VersionQuery, TargetList>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/targets",
        dataset(Right::read),
        {.summary = "Columns worth predicting, by the profile of a version.",
         .tag = "training",
         .errors = {409}},
        [&datasets](Context&, const datasets::VersionQuery& query) -> Result<TargetList> {
            TRY(const auto profile, datasets.profile(query.dataset_id, query.version_id));
            return targets_of(profile);
        }
    );
}

void add_of_training(http::Routes& routes, Service& service) {
    routes.add<TrainingPath, Training>(
        Method::get,
        "/api/v1/trainings/{training_id}",
        training(Right::read),
        {.summary = "A training with its leaderboard and verdict.", .tag = "training"},
        [&service](Context& context, const TrainingPath& path) {
            return service.get(path.training_id, context.language);
        }
    );
    routes.add<TrainingPath, Training>(
        Method::post,
        "/api/v1/trainings/{training_id}/cancel",
        training(Right::write),
        {.summary = "Stop a training; the best model so far is kept.",
         .tag = "training",
         .body = http::Body::none},
        [&service](Context& context, const TrainingPath& path) {
            return service.cancel(path.training_id, context.language);
        }
    );
    routes.add<TrainingPath, http::NoContent>(
        Method::delete_,
        "/api/v1/trainings/{training_id}",
        training(Right::write),
        {.summary = "Delete a training with its models and their batches.", .tag = "training"},
        [&service](Context&, const TrainingPath& path) -> Result<http::NoContent> {
            CHECK_OK(service.remove(path.training_id));
            return http::NoContent{};
        }
    );
    routes.add<TrainingPath, http::Response>(
        Method::get,
        "/api/v1/trainings/{training_id}/held-out",
        training(Right::read),
        {.summary = "Truth and predictions of the rows that scored the chosen model, as CSV.",
         .tag = "training",
         .produces = {"text/csv"},
         .download = true},
        [&service](Context&, const TrainingPath& path) -> Result<http::Response> {
            TRY(auto file, service.held_out(path.training_id));
            return http::Response::download(
                std::move(file), "text/csv; charset=utf-8", "held_out.csv"
            );
        }
    );
}

}  // namespace

void register_routes(http::Routes& routes, Service& service, datasets::Service& datasets) {
    add_of_dataset(routes, service, datasets);
    add_of_training(routes, service);
}

}  // namespace csva::training
