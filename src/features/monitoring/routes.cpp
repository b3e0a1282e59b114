#include "features/monitoring/routes.hpp"

namespace csva::monitoring {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::Right;

constexpr const char* kTag = "monitoring";

constexpr http::Access model(Right right) {
    return http::access::object("model", right, "model_id");
}

void add_pages(http::Routes& routes, Service& service) {
    routes.add<http::NoRequest, Overview>(
        Method::get,
        "/monitoring/",
        http::access::signed_in(),
        {.summary = "All models in use at a glance.", .tag = kTag, .page = true},
        [&service](Context& context, const http::NoRequest&) {
            return service.overview(context.actor, context.language);
        }
    );
    routes.add<datasets::PkPath, DatasetMonitoring>(
        Method::get,
        "/monitoring/{pk}/data/",
        http::access::object("dataset", Right::read, "pk"),
        {.summary = "The models in use that were trained from a data set, and what has changed "
                    "since.",
         .tag = kTag,
         .page = true},
        [&service](Context& context, const datasets::PkPath& path) {
            return service.of_dataset(path.pk, context.language);
        }
    );
}

void add_models(http::Routes& routes, Service& service) {
    routes.add<ModelPath, ModelMonitoring>(
        Method::get,
        "/api/v1/models/{model_id}/monitoring",
        model(Right::read),
        {.summary = "How a model fares: its windows of predictions, oldest first.", .tag = kTag},
        [&service](Context& context, const ModelPath& path) {
            return service.of_model(path.model_id, context.language);
        }
    );
    routes.add<WindowPath, WindowDetails>(
        Method::get,
        "/api/v1/models/{model_id}/monitoring/windows/{window_id}",
        model(Right::read),
        {.summary = "All that was compared in one window, and its distributions.", .tag = kTag},
        [&service](Context& context, const WindowPath& path) {
            return service.window(path, context.language);
        }
    );
    routes.add<ModelPath, http::Accepted<Check>>(
        Method::post,
        "/api/v1/models/{model_id}/monitoring/check",
        model(Right::write),
        {.summary = "Judge the predictions since the last window now.", .tag = kTag, .errors = {409}
        },
        [&service](Context&, const ModelPath& path) -> Result<http::Accepted<Check>> {
            TRY(auto check, service.check(path.model_id));
            const std::string location = "/api/v1/jobs/" + std::to_string(check.job_id.value);
            return http::Accepted<Check>{std::move(check), location};
        }
    );
}

}  // namespace

void register_routes(http::Routes& routes, Service& service) {
    add_pages(routes, service);
    add_models(routes, service);
}

}  // namespace csva::monitoring
