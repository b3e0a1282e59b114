#include "features/privacy/routes.hpp"

namespace csva::privacy {

using base::Result;
using http::Context;
using http::Method;
using http::Right;

namespace {
constexpr std::string_view kTag = "privacy";
}

void register_routes(http::Routes& routes, Service& service) {
    const auto dataset = [](Right right) {
        return http::access::object("dataset", right, "dataset_id");
    };
    routes.add<datasets::VersionQuery, PersonalData>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/privacy",
        dataset(Right::read),
        {.summary = "Personal data found in a version, column by column, and what was decided.",
         .tag = kTag,
         .errors = {409}},
        [&service](Context&, const datasets::VersionQuery& query) {
            return service.find(query.dataset_id, query.version_id);
        }
    );
    routes.add<DecisionsRequest, DecisionsAnswer>(
        Method::post,
        "/api/v1/datasets/{dataset_id}/privacy/decisions",
        dataset(Right::write),
        {.summary = "Decide what becomes of personal columns: keep, drop or anonymise.",
         .tag = kTag,
         .body = http::Body::json,
         .errors = {409}},
        [&service](Context& context, const DecisionsRequest& wish) {
            return service.decide(context.actor, wish);
        }
    );
    routes.add<AnonymityRequest, AnonymityAnswer>(
        Method::post,
        "/api/v1/datasets/{dataset_id}/privacy/anonymity",
        dataset(Right::read),
        {.summary = "What makes a version k-anonymous and what that costs; changes nothing.",
         .tag = kTag,
         .body = http::Body::json,
         .errors = {409, 503}},
        [&service](Context&, const AnonymityRequest& wish) { return service.anonymity(wish); }
    );
}

}  // namespace csva::privacy
