#include "features/cleaning/routes.hpp"

namespace csva::cleaning {
namespace {

using base::Result;
using datasets::DatasetId;
using http::Context;
using http::Method;
using http::NoRequest;
using http::Response;
using http::Right;
using Answer = http::Handmade<CleanAnswer, 202>;

constexpr std::string_view kTag = "cleaning";

/// A form goes back to the page, a program gets the version and the job.
Answer answer(const Context& context, const CleanAnswer& made) {
    std::string page = "/view/" + std::to_string(made.dataset_id.value) + "/";
    if (context.from_form) return {Response::see_other(std::move(page))};
    return {Response::json(base::to_json(made), 202)
                .with_header("Location", "/api/v1/jobs/" + std::to_string(made.job_id.value))};
}

}  // namespace

void register_routes(http::Routes& routes, Service& service) {
    const auto by_pk = http::access::object("dataset", Right::write, "pk");
    routes.add<NoRequest, StepCatalogue>(
        Method::get,
        "/api/v1/cleaning/steps",
        http::access::signed_in(),
        {.summary = "Steps that a recipe may have, and their options.", .tag = kTag},
        [](Context&, const NoRequest&) -> Result<StepCatalogue> {
            const auto all = recipe::catalogue();
            return StepCatalogue{{all.begin(), all.end()}};
        }
    );
    routes.add<CleanRequest, Answer>(
        Method::post,
        "/clean/{pk}/",
        by_pk,
        {.summary = "Apply cleaning steps; each makes a new version.",
         .tag = kTag,
         .body = http::Body::json_or_form,
         .errors = {409, 413, 415}},
        [&service](Context& context, const CleanRequest& wish) -> Result<Answer> {
            TRY(const auto made, service.clean(context.actor, wish.pk, wish.steps));
            return answer(context, made);
        }
    );
    routes.add<ColumnRequest, Answer>(
        Method::post,
        "/column/{pk}/",
        by_pk,
        {.summary = "Apply one cleaning step to one column.",
         .tag = kTag,
         .body = http::Body::json_or_form,
         .errors = {409, 413, 415}},
        [&service](Context& context, const ColumnRequest& wish) -> Result<Answer> {
            TRY(const auto made, service.clean(context.actor, wish.pk, {step_from(wish)}));
            return answer(context, made);
        }
    );
}

}  // namespace csva::cleaning
