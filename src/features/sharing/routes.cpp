#include "features/sharing/routes.hpp"

namespace csva::sharing {
namespace {

using base::Result;
using http::Context;
using http::Method;
using http::NoContent;
using http::Right;

constexpr const char* kTag = "sharing";

struct LinkRequest {
    datasets::DatasetId dataset_id;
    std::optional<training::TrainingId> training_id;
    std::string label;
    std::int64_t days = 0;
};
CSVA_DESCRIBE(LinkRequest, dataset_id, training_id, label, days)
CSVA_NOTES(
    LinkRequest,
    {.field = "training_id", .text = "Whose verdict to show; null: the data set's profile."},
    {.field = "label",
     .text = "For whom or what it is; its visitors see it as the title.",
     .minimum = 1,
     .maximum = 100},
    {.field = "days",
     .text = "Days until it ends; at most sharing.days_max.",
     .minimum = 1,
     .maximum = 3650}
)

struct LinkPath {
    datasets::DatasetId dataset_id;
    LinkId link_id;
};
CSVA_DESCRIBE(LinkPath, dataset_id, link_id)

struct TokenPath {
    std::string token;
};
CSVA_DESCRIBE(TokenPath, token)
CSVA_NOTES(TokenPath, {.field = "token", .text = "Of the link.", .maximum = 100})

constexpr http::Access dataset(Right right) {
    return http::access::object("dataset", right, "dataset_id");
}

void add_links(http::Routes& routes, Service& service) {
    routes.add<datasets::DatasetPath, LinkList>(
        Method::get,
        "/api/v1/datasets/{dataset_id}/links",
        dataset(Right::read),
        {.summary = "Links that show something of a data set without an account.", .tag = kTag},
        [&service](Context&, const datasets::DatasetPath& path) {
            return service.list(path.dataset_id);
        }
    );
    routes.add<LinkRequest, http::Created<NewLink>>(
        Method::post,
        "/api/v1/datasets/{dataset_id}/links",
        dataset(Right::manage),
        {.summary = "Make a link to a data set's profile or a training's verdict, for a time.",
         .tag = kTag,
         .errors = {409}},
        [&service](Context& context, const LinkRequest& wish) -> Result<http::Created<NewLink>> {
            TRY(auto made,
                service.create(
                    context.actor,
                    {wish.dataset_id, wish.training_id, wish.label, wish.days},
                    context.head.scheme + "://" + context.head.host
                ));
            auto location = "/api/v1/datasets/" + std::to_string(wish.dataset_id.value) +
                            "/links/" + std::to_string(made.id.value);
            return http::Created<NewLink>{std::move(made), std::move(location)};
        }
    );
    routes.add<LinkPath, NoContent>(
        Method::delete_,
        "/api/v1/datasets/{dataset_id}/links/{link_id}",
        dataset(Right::manage),
        {.summary = "Revoke a link: from now on it shows nothing.", .tag = kTag},
        [&service](Context&, const LinkPath& path) -> Result<NoContent> {
            CHECK_OK(service.revoke(path.dataset_id, path.link_id));
            return NoContent{};
        }
    );
}

}  // namespace

void register_routes(http::Routes& routes, Service& service) {
    add_links(routes, service);
    routes.add<TokenPath, http::Handmade<SharedView>>(
        Method::get,
        "/shared/{token}",
        http::access::open(),
        {.summary = "What a link shows to whoever has it: no row, only what rows have in common.",
         .tag = kTag,
         .errors = {409, 410},
         .page = true},
        [&service](Context& context, const TokenPath& path) -> Result<http::Handmade<SharedView>> {
            TRY(const auto view, service.show(path.token, context.language));
            return http::Handmade<SharedView>{http::Response::json(base::to_json(view))
                                                  .with_header("Cache-Control", "no-store")
                                                  .with_header("X-Robots-Tag", "noindex")};
        }
    );
}

}  // namespace csva::sharing
