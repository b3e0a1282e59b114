#include "features/models/service.hpp"
#include "features/tracking/protocol.hpp"

namespace csva::tracking {
namespace {

namespace registry = models::registry;
using base::Result;
using http::Context;
using http::Method;
using http::Right;
using models::RegisteredModelId;
using store::Session;

struct RegisteredPath {
    RegisteredModelId registered_model_id;
};
CSVA_DESCRIBE(RegisteredPath, registered_model_id)

struct PromotionWish {
    RegisteredModelId registered_model_id;
    std::string version;
    std::string alias;
    std::string stage;
    bool archive_existing = false;
    std::string reason;
};
CSVA_DESCRIBE(PromotionWish, registered_model_id, version, alias, stage, archive_existing, reason)
CSVA_NOTES(
    PromotionWish,
    {.field = "alias",
     .text = "Alias to put on it, such as champion; empty: none.",
     .defaulted = true},
    {.field = "stage", .text = "Stage to put it into; empty: none.", .defaulted = true},
    {.field = "archive_existing", .text = "Archive what else is in that stage.", .defaulted = true},
    {.field = "reason", .text = "Why, for the history.", .maximum = 2000, .defaulted = true}
)

struct RollBackWish {
    RegisteredModelId registered_model_id;
    std::string alias;
    std::string reason;
};
CSVA_DESCRIBE(RollBackWish, registered_model_id, alias, reason)
CSVA_NOTES(
    RollBackWish,
    {.field = "alias", .text = "Goes back to where it stood before its last move."},
    {.field = "reason", .text = "Why, for the history.", .maximum = 2000, .defaulted = true}
)

struct RegisteredQuery {
    std::int64_t after = 0;
    std::int64_t limit = 100;
};
CSVA_DESCRIBE(RegisteredQuery, after, limit)
CSVA_NOTES(
    RegisteredQuery,
    {.field = "after", .text = "Id of the last one already seen.", .minimum = 0, .defaulted = true},
    {.field = "limit", .text = "At most this many.", .minimum = 1, .maximum = 500, .defaulted = true
    }
)

struct RegisteredList {
    std::vector<registry::RegisteredLine> registered_models;
};
CSVA_DESCRIBE(RegisteredList, registered_models)

struct PromotionList {
    std::vector<registry::PromotionLine> promotions;
};
CSVA_DESCRIBE(PromotionList, promotions)

struct LineagePath {
    RegisteredModelId registered_model_id;
    std::string version;
};
CSVA_DESCRIBE(LineagePath, registered_model_id, version)

/// The data set a run learnt from.
struct LineageData {
    std::string name;
    std::string digest;
    std::string source;
    std::string context;
};
CSVA_DESCRIBE(LineageData, name, digest, source, context)
CSVA_NOTES(
    LineageData,
    {.field = "digest", .text = "Begins the SHA-256 of the data."},
    {.field = "source", .text = "Where it came from, as JSON text: data set, version, file."}
)

struct Lineage {
    std::string name;
    std::string version;
    std::string source;
    std::string run_id;
    std::optional<std::int64_t> training_id;
    std::optional<std::int64_t> model_id;
    std::vector<LineageData> datasets;
};
CSVA_DESCRIBE(Lineage, name, version, source, run_id, training_id, model_id, datasets)
CSVA_NOTES(
    Lineage,
    {.field = "run_id", .text = "Run that made it; empty when none was named."},
    {.field = "training_id", .text = "Training of ours behind the run."},
    {.field = "model_id", .text = "Model of ours that predicts."}
)

constexpr http::Access registered(Right right) {
    return http::access::object("registered_model", right, "registered_model_id");
}

registry::Promotion by(const Context& context, const std::string& reason) {
    return {context.actor.user_id, context.actor.name, reason};
}

Result<PromotionList> history(Session& session, RegisteredModelId id) {
    TRY(auto lines, registry::history(session, id));
    return PromotionList{std::move(lines)};
}

Result<PromotionList> promote(Session& session, const Context& context, const PromotionWish& wish) {
    const auto id = wish.registered_model_id;
    if (!wish.stage.empty() || wish.alias.empty())
        CHECK_OK(registry::set_stage(
            session, id, {wish.version, wish.stage, wish.archive_existing}, by(context, wish.reason)
        ));
    if (!wish.alias.empty())
        CHECK_OK(
            registry::set_alias(session, id, {wish.alias, wish.version}, by(context, wish.reason))
        );
    return history(session, id);
}

Result<Lineage> lineage(Session& session, const LineagePath& path) {
    TRY(const auto version, registry::version(session, path.registered_model_id, path.version));
    Lineage out{version.name, version.version, version.source, version.run_id, {}, {}, {}};
    TRY(const auto model,
        session.row(
            "SELECT v.model_id AS model_id FROM registered_model_versions v JOIN registered_models "
            "m ON m.id = v.registered_model_id WHERE m.id = :id AND v.version = CAST(:version AS "
            "BIGINT)",
            {path.registered_model_id, version.version}
        ));
    if (model) out.model_id = model->maybe_integer("model_id");
    TRY(const auto run,
        session.row(
            "SELECT id, training_id FROM tracking_runs WHERE run_id = :run", {version.run_id}
        ));
    if (!run) return out;
    out.training_id = run->maybe_integer("training_id");
    TRY(out.datasets,
        session.records<LineageData>(
            "SELECT d.name AS name, d.digest AS digest, d.source AS source, i.context AS context "
            "FROM tracking_inputs i JOIN tracking_datasets d ON d.id = i.dataset_id WHERE "
            "i.run_number = :run ORDER BY d.id",
            {run->integer("id")}
        ));
    return out;
}

}  // namespace

void add_promotions(http::Routes& routes, const Parts& parts) {
    auto& database = parts.database;
    routes.add<RegisteredQuery, RegisteredList>(
        Method::get,
        "/api/v1/registered-models",
        http::access::signed_in(),
        {.summary = "Registered models one may read, by id.", .tag = "models"},
        [&database](Context& context, const RegisteredQuery& query) -> Result<RegisteredList> {
            TRY(auto found, database.read([&](Session& session) {
                return registry::list(session, context.actor, query.after, query.limit);
            }));
            return RegisteredList{std::move(found)};
        }
    );
    routes.add<RegisteredPath, PromotionList>(
        Method::get,
        "/api/v1/registered-models/{registered_model_id}/promotions",
        registered(Right::read),
        {.summary = "Who gave which alias or stage to which version, when and why; newest first.",
         .tag = "models"},
        [&database](Context&, const RegisteredPath& path) {
            return database.read([&](Session& session) {
                return history(session, path.registered_model_id);
            });
        }
    );
    routes.add<PromotionWish, PromotionList>(
        Method::post,
        "/api/v1/registered-models/{registered_model_id}/promotions",
        registered(Right::write),
        {.summary = "Give an alias or a stage to a version, with a reason.", .tag = "models"},
        [&database](Context& context, const PromotionWish& wish) {
            return database.transaction([&](Session& session) {
                return promote(session, context, wish);
            });
        }
    );
    routes.add<RollBackWish, PromotionList>(
        Method::post,
        "/api/v1/registered-models/{registered_model_id}/rollbacks",
        registered(Right::write),
        {.summary = "Put an alias back to where it stood before.", .tag = "models", .errors = {409}
        },
        [&database](Context& context, const RollBackWish& wish) {
            return database.transaction([&](Session& session) -> Result<PromotionList> {
                CHECK_OK(registry::roll_back(
                    session, wish.registered_model_id, wish.alias, by(context, wish.reason)
                ));
                return history(session, wish.registered_model_id);
            });
        }
    );
    routes.add<LineagePath, Lineage>(
        Method::get,
        "/api/v1/registered-models/{registered_model_id}/versions/{version}/lineage",
        registered(Right::read),
        {.summary = "Run, training and data behind a version.", .tag = "models"},
        [&database](Context&, const LineagePath& path) {
            return database.read([&](Session& session) { return lineage(session, path); });
        }
    );
}

}  // namespace csva::tracking
