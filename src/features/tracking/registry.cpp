#include "features/models/service.hpp"
#include "features/tracking/filter.hpp"
#include "features/tracking/protocol.hpp"
#include "features/tracking/rows.hpp"

#include <array>

namespace csva::tracking {
namespace {

namespace registry = models::registry;
using base::Result;
using http::Actor;
using http::Method;
using http::Right;
using models::RegisteredModel;
using models::RegisteredVersion;
using store::Session;

constexpr std::int64_t kPageUsual = 100;
constexpr std::int64_t kPageMax = 1000;

struct RegisteredName {
    std::string name;
};
CSVA_DESCRIBE(RegisteredName, name)

struct RegisteredCreate {
    std::string name;
    std::vector<KeyValue> tags;
    std::string description;
};
CSVA_DESCRIBE(RegisteredCreate, name, tags, description)
CSVA_NOTES(
    RegisteredCreate,
    {.field = "tags",
     .text = "csva:project_id names the project it goes to; else the caller's own.",
     .defaulted = true},
    {.field = "description", .defaulted = true}
)

struct RegisteredAnswer {
    RegisteredModel registered_model;
};
CSVA_DESCRIBE(RegisteredAnswer, registered_model)

struct RegisteredDescription {
    std::string name;
    std::string description;
};
CSVA_DESCRIBE(RegisteredDescription, name, description)
CSVA_NOTES(RegisteredDescription, {.field = "description", .defaulted = true})

struct RegisteredRename {
    std::string name;
    std::string new_name;
};
CSVA_DESCRIBE(RegisteredRename, name, new_name)

struct RegisteredTagWish {
    std::string name;
    std::string key;
    std::string value;
};
CSVA_DESCRIBE(RegisteredTagWish, name, key, value)
CSVA_NOTES(RegisteredTagWish, {.field = "value", .defaulted = true})

struct RegisteredTagKey {
    std::string name;
    std::string key;
};
CSVA_DESCRIBE(RegisteredTagKey, name, key)

struct RegisteredAliasWish {
    std::string name;
    std::string alias;
    std::string version;
};
CSVA_DESCRIBE(RegisteredAliasWish, name, alias, version)

struct RegisteredAliasName {
    std::string name;
    std::string alias;
};
CSVA_DESCRIBE(RegisteredAliasName, name, alias)

struct RegisteredVersionAnswer {
    RegisteredVersion model_version;
};
CSVA_DESCRIBE(RegisteredVersionAnswer, model_version)

struct RegisteredStages {
    std::string name;
    std::vector<std::string> stages;
};
CSVA_DESCRIBE(RegisteredStages, name, stages)
CSVA_NOTES(
    RegisteredStages,
    {.field = "stages", .text = "None, Staging, Production, Archived; none: all.", .defaulted = true
    }
)

struct RegisteredVersionList {
    std::vector<RegisteredVersion> model_versions;
};
CSVA_DESCRIBE(RegisteredVersionList, model_versions)
CSVA_NOTES(RegisteredVersionList, {.field = "model_versions", .defaulted = true})

struct RegisteredSearch {
    std::string filter;
    std::optional<std::int64_t> max_results;
    std::vector<std::string> order_by;
    std::string page_token;
};
CSVA_DESCRIBE(RegisteredSearch, filter, max_results, order_by, page_token)
CSVA_NOTES(
    RegisteredSearch,
    {.field = "filter", .text = "name LIKE 'a%' AND tags.task = 'binary'", .defaulted = true},
    {.field = "order_by", .defaulted = true},
    {.field = "page_token", .defaulted = true}
)

struct RegisteredPage {
    std::vector<RegisteredModel> registered_models;
    std::optional<std::string> next_page_token;
};
CSVA_DESCRIBE(RegisteredPage, registered_models, next_page_token)
CSVA_NOTES(RegisteredPage, {.field = "registered_models", .defaulted = true})

registry::Promotion promotion_by(const Actor& actor) { return {actor.user_id, actor.name, ""}; }

Result<RegisteredAnswer> view(Session& session, models::RegisteredModelId id) {
    TRY(auto model, registry::view(session, id));
    return RegisteredAnswer{std::move(model)};
}

Result<RegisteredPage> search(Session& session, const Actor& actor, const RegisteredSearch& wish) {
    static constexpr std::array<Attribute, 4> kAttributes = {{
        {"name", "m.name"},
        {"creation_timestamp", "m.created_at", true},
        {"last_updated_timestamp", "m.updated_at", true},
        {"timestamp", "m.updated_at", true},
    }};
    static constexpr Searchable kSearchable{
        .key = "m.id",
        .attributes = kAttributes,
        .tags = {"registered_model_tags", "registered_model_id"},
        .missing_tag_differs = true
    };
    TRY(const std::int64_t limit, page_size(wish.max_results, kPageUsual, kPageMax));
    TRY(const std::int64_t offset, offset_of(wish.page_token));
    TRY(auto condition, condition_of(wish.filter, kSearchable, session.backend()));
    TRY(auto order, ordering_of(wish.order_by, {"m.id", kAttributes}, "m.name, m.id"));
    TRY(auto found,
        registry::search(
            session,
            actor,
            {condition.sql, std::move(condition.values), order.sql, limit + 1, offset}
        ));
    RegisteredPage out;
    out.next_page_token = cut_page(found, limit, offset);
    out.registered_models = std::move(found);
    return out;
}

Result<RegisteredVersionList> latest(
    Session& session, const Actor& actor, const RegisteredStages& wish
) {
    TRY(const auto model, registry::find(session, actor, wish.name, Right::read));
    TRY(auto found, registry::latest(session, model.id, wish.stages));
    return RegisteredVersionList{std::move(found)};
}

Result<MlflowDone> set_tag(Session& session, const Actor& actor, const RegisteredTagWish& wish) {
    TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
    CHECK_OK(check_key(wish.key));
    CHECK_OK(check_length(wish.key, wish.value, kExperimentTagMax));
    CHECK_OK(registry::set_tag(session, model.id, {wish.key, wish.value}));
    return MlflowDone{};
}

void add_changes(http::Routes& routes, const Parts& parts) {
    add_writing<RegisteredDescription, RegisteredAnswer>(
        routes,
        parts,
        Method::patch,
        "/api/2.0/mlflow/registered-models/update",
        "Describe a registered model.",
        [](Session& session, const Actor& actor, const RegisteredDescription& wish
        ) -> Result<RegisteredAnswer> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(registry::describe(session, model.id, wish.description));
            return view(session, model.id);
        }
    );
    add_writing<RegisteredRename, RegisteredAnswer>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/registered-models/rename",
        "Rename a registered model.",
        [](Session& session, const Actor& actor, const RegisteredRename& wish
        ) -> Result<RegisteredAnswer> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(registry::rename(session, model, wish.new_name));
            return view(session, model.id);
        }
    );
    add_writing<RegisteredName, MlflowDone>(
        routes,
        parts,
        Method::delete_,
        "/api/2.0/mlflow/registered-models/delete",
        "Put a registered model with its versions into the bin.",
        [](Session& session, const Actor& actor, const RegisteredName& wish) -> Result<MlflowDone> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(registry::remove(session, model.id));
            return MlflowDone{};
        }
    );
    add_writing<RegisteredTagWish, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/registered-models/set-tag",
        "Set a tag of a registered model.",
        set_tag
    );
    add_writing<RegisteredTagKey, MlflowDone>(
        routes,
        parts,
        Method::delete_,
        "/api/2.0/mlflow/registered-models/delete-tag",
        "Delete a tag of a registered model.",
        [](Session& session, const Actor& actor, const RegisteredTagKey& wish
        ) -> Result<MlflowDone> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(registry::delete_tag(session, model.id, wish.key));
            return MlflowDone{};
        }
    );
}

void add_aliases(http::Routes& routes, const Parts& parts) {
    add_writing<RegisteredAliasWish, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/registered-models/alias",
        "Put an alias on a version.",
        [](Session& session, const Actor& actor, const RegisteredAliasWish& wish
        ) -> Result<MlflowDone> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(registry::set_alias(
                session, model.id, {wish.alias, wish.version}, promotion_by(actor)
            ));
            return MlflowDone{};
        }
    );
    add_writing<RegisteredAliasName, MlflowDone>(
        routes,
        parts,
        Method::delete_,
        "/api/2.0/mlflow/registered-models/alias",
        "Take an alias away.",
        [](Session& session, const Actor& actor, const RegisteredAliasName& wish
        ) -> Result<MlflowDone> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::write));
            CHECK_OK(registry::delete_alias(session, model.id, wish.alias, promotion_by(actor)));
            return MlflowDone{};
        }
    );
    add_reading<RegisteredAliasName, RegisteredVersionAnswer>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/registered-models/alias",
        "The version that an alias stands for.",
        [](Session& session, const Actor& actor, const RegisteredAliasName& wish
        ) -> Result<RegisteredVersionAnswer> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::read));
            TRY(const auto number, registry::version_of_alias(session, model.id, wish.alias));
            TRY(auto version, registry::version(session, model.id, number));
            return RegisteredVersionAnswer{std::move(version)};
        }
    );
}

}  // namespace

void add_registry(http::Routes& routes, const Parts& parts) {
    add_writing<RegisteredCreate, RegisteredAnswer>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/registered-models/create",
        "Register a model's name.",
        [](Session& session, const Actor& actor, const RegisteredCreate& wish
        ) -> Result<RegisteredAnswer> {
            for (const auto& tag : wish.tags) CHECK_OK(check_key(tag.key));
            TRY(const auto made,
                registry::create(session, actor, {wish.name, wish.description, wish.tags}));
            return view(session, made.id);
        }
    );
    add_reading<RegisteredName, RegisteredAnswer>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/registered-models/get",
        "A registered model.",
        [](Session& session, const Actor& actor, const RegisteredName& wish
        ) -> Result<RegisteredAnswer> {
            TRY(const auto model, registry::find(session, actor, wish.name, Right::read));
            return view(session, model.id);
        }
    );
    add_reading<RegisteredSearch, RegisteredPage>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/registered-models/search",
        "Registered models by a filter.",
        search
    );
    for (const auto method : {Method::post, Method::get})
        add_reading<RegisteredStages, RegisteredVersionList>(
            routes,
            parts,
            method,
            "/api/2.0/mlflow/registered-models/get-latest-versions",
            "The newest version of each stage.",
            latest
        );
    add_changes(routes, parts);
    add_aliases(routes, parts);
}

}  // namespace csva::tracking
