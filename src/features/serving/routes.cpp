#include "features/serving/routes.hpp"

#include "foundation/http/error_response.hpp"

namespace csva::serving {
namespace {

using base::Result;
using http::Context;
using http::Method;

http::RouteDoc described(std::string_view summary) {
    return {.summary = summary, .tag = "serving"};
}

/// Failures as clients of the Open Inference Protocol look for them.
http::Response refuse(
    const base::Error& error, i18n::Language language, std::string_view request_id
) {
    auto response = http::error_response(error, language, request_id);
    const auto ours = base::from_json<http::FailureAnswer>(std::get<std::string>(response.body));
    if (!ours) return response;
    const auto& known = ours->error;
    const InferenceFailure failure{
        known.message + (known.hint.empty() ? "" : " ") + known.hint,
        known.reason,
        known.hint,
        known.details,
        known.request_id
    };
    response.body = base::to_json(failure);
    return response;
}

const http::Dialect& dialect() {
    static const http::Dialect inference = {
        "inference_failure", &base::type_of<InferenceFailure>(), refuse
    };
    return inference;
}

Result<Scores> scored(
    Service& service, const Context& context, std::string_view address, const Invocation& sent
) {
    if (context.head.is_csv()) return service.score_csv(context.actor, address, context.body);
    return service.score(context.actor, address, sent);
}

void add_scoring(http::Routes& routes, Service& service) {
    routes.add<NamedInvocation, Scores>(
        Method::post,
        "/models/{name}@{alias}/invocations",
        http::access::signed_in(),
        {.summary = "Predict rows as MLflow's scoring protocol sends them, by a registered model.",
         .tag = "serving",
         .body = http::Body::json_or_csv,
         .errors = {409}},
        [&service](Context& context, const NamedInvocation& sent) {
            return scored(
                service, context, "models:/" + sent.name + "@" + sent.alias, sent.invocation()
            );
        }
    );
    routes.add<Invocation, Scores>(
        Method::post,
        "/invocations",
        http::access::signed_in(),
        {.summary = "The same by the model that the setting serving.default_model names.",
         .tag = "serving",
         .body = http::Body::json_or_csv,
         .errors = {409}},
        [&service](Context& context, const Invocation& sent) {
            return scored(service, context, {}, sent);
        }
    );
    routes.add<http::NoRequest, http::Response>(
        Method::get,
        "/ping",
        http::access::signed_in(),
        {.summary = "An empty line, as MLflow's scoring server answers.",
         .tag = "serving",
         .produces = {"text/plain"},
         .quick = true},
        [](Context&, const http::NoRequest&) -> Result<http::Response> {
            return http::Response::text("\n");
        }
    );
}

void add_server(http::Routes& routes) {
    routes.add<http::NoRequest, ServerMetadata>(
        Method::get,
        "/v2",
        http::access::signed_in(),
        described("What speaks the Open Inference Protocol here."),
        [](Context&, const http::NoRequest&) -> Result<ServerMetadata> {
            return ServerMetadata{"csva", CSVA_VERSION, {}};
        }
    );
    routes.add<http::NoRequest, Live>(
        Method::get,
        "/v2/health/live",
        http::access::signed_in(),
        described("The server runs."),
        [](Context&, const http::NoRequest&) -> Result<Live> { return Live{true}; }
    );
    routes.add<http::NoRequest, ServerReady>(
        Method::get,
        "/v2/health/ready",
        http::access::signed_in(),
        described("The server answers predictions."),
        [](Context&, const http::NoRequest&) -> Result<ServerReady> { return ServerReady{true}; }
    );
}

/// The three addresses of a model, below that of its newest version or of one version.
void add_model(
    http::Routes& routes,
    Service& service,
    std::string_view place,
    std::string_view ready,
    std::string_view infer
) {
    routes.add<ModelName, ModelMetadata>(
        Method::get,
        place,
        http::access::signed_in(),
        {.summary = "Columns that a registered model takes, and what it gives.",
         .tag = "serving",
         .errors = {409}},
        [&service](Context& context, const ModelName& name) {
            return service.metadata(context.actor, name);
        }
    );
    routes.add<ModelName, ModelReady>(
        Method::get,
        ready,
        http::access::signed_in(),
        {.summary = "A registered model can be loaded.", .tag = "serving", .errors = {409}},
        [&service](Context& context, const ModelName& name) -> Result<ModelReady> {
            TRY(const auto found, service.metadata(context.actor, name));
            return ModelReady{found.name, true};
        }
    );
    routes.add<Inference, Inferred>(
        Method::post,
        infer,
        http::access::signed_in(),
        {.summary = "Predict rows sent as one tensor a column.", .tag = "serving", .errors = {409}},
        [&service](Context& context, const Inference& wish) {
            return service.infer(context.actor, wish);
        }
    );
}

}  // namespace

void register_routes(http::Routes& routes, Service& service) {
    routes.speak("/v2", dialect());
    add_scoring(routes, service);
    add_server(routes);
    add_model(
        routes, service, "/v2/models/{name}", "/v2/models/{name}/ready", "/v2/models/{name}/infer"
    );
    add_model(
        routes,
        service,
        "/v2/models/{name}/versions/{version}",
        "/v2/models/{name}/versions/{version}/ready",
        "/v2/models/{name}/versions/{version}/infer"
    );
}

}  // namespace csva::serving
