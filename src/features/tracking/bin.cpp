#include "features/models/service.hpp"
#include "features/projects/service.hpp"
#include "features/tracking/erase.hpp"
#include "features/tracking/protocol.hpp"

#include <array>

namespace csva::tracking {
namespace {

namespace registry = models::registry;
using base::ErrorKind;
using base::fail;
using base::Result;
using http::Actor;
using http::Context;
using http::Method;
using http::Right;
using store::Session;

/// In the order in which they go: what refers before what it refers to.
enum class BinKind : std::uint8_t { registered_model, logged_model, run, experiment };
CSVA_DESCRIBE_ENUM(BinKind, registered_model, logged_model, run, experiment)

struct BinRef {
    BinKind kind = BinKind::run;
    std::string id;
};
CSVA_DESCRIBE(BinRef, kind, id)
CSVA_NOTES(BinRef, {.field = "id", .text = "As the list of the bin gives it.", .maximum = 100})

struct BinItem {
    BinKind kind = BinKind::run;
    std::string id;
    std::string name;
    std::int64_t project_id = 0;
    std::int64_t size_bytes = 0;
};
CSVA_DESCRIBE(BinItem, kind, id, name, project_id, size_bytes)
CSVA_NOTES(
    BinItem,
    {.field = "size_bytes", .text = "Of its files; 0 for a registered model, which has none."}
)

/// With the number of its row.
struct Binned {
    BinItem item;
    std::int64_t number = 0;
};

struct BinList {
    std::vector<BinItem> items;
};
CSVA_DESCRIBE(BinList, items)

struct BinWish {
    std::vector<BinRef> items;
};
CSVA_DESCRIBE(BinWish, items)
CSVA_NOTES(BinWish, {.field = "items", .minimum = 1, .maximum = 1000})

struct BinRemoved {
    std::int64_t removed = 0;
    std::int64_t kept = 0;
    std::int64_t freed_bytes = 0;
};
CSVA_DESCRIBE(BinRemoved, removed, kept, freed_bytes)
CSVA_NOTES(
    BinRemoved,
    {.field = "kept", .text = "What a registered version still rests on stays in the bin."},
    {.field = "freed_bytes", .text = "Of files that nothing else uses."}
)

/// How a kind stands in the store. A run or logged model of a deleted experiment goes with it.
struct Shelf {
    std::string_view select;  ///< id, number, name, project_id, size_bytes of what is in the bin.
    std::string_view id;
};

constexpr std::string_view kSize =
    "CAST((SELECT COALESCE(SUM(a.size_bytes), 0) FROM tracking_artifacts a WHERE a.owner ";

const Shelf& shelf_of(BinKind kind) {
    static const std::string logged_models =
        "SELECT t.model_id AS id, t.id AS number, t.name AS name, t.project_id AS project_id, " +
        std::string(kSize) +
        "= t.model_id) AS BIGINT) AS size_bytes FROM tracking_models t JOIN tracking_experiments e "
        "ON e.id = t.experiment_id WHERE t.lifecycle_stage = 'deleted' AND e.lifecycle_stage = "
        "'active'";
    static const std::string runs =
        "SELECT t.run_id AS id, t.id AS number, t.name AS name, t.project_id AS project_id, " +
        std::string(kSize) +
        "= t.run_id) AS BIGINT) AS size_bytes FROM tracking_runs t JOIN tracking_experiments e ON "
        "e.id = t.experiment_id WHERE t.lifecycle_stage = 'deleted' AND e.lifecycle_stage = "
        "'active'";
    static const std::string experiments =
        "SELECT CAST(t.id AS TEXT) AS id, t.id AS number, t.name AS name, t.project_id AS "
        "project_id, " +
        std::string(kSize) +
        "IN (SELECT r.run_id FROM tracking_runs r WHERE r.experiment_id = t.id UNION SELECT "
        "m.model_id FROM tracking_models m WHERE m.experiment_id = t.id)) AS BIGINT) AS size_bytes "
        "FROM tracking_experiments t WHERE t.lifecycle_stage = 'deleted'";
    static const std::array<Shelf, 4> shelves = {{
        {"SELECT CAST(t.id AS TEXT) AS id, t.id AS number, t.name AS name, t.project_id AS "
         "project_id, 0 AS size_bytes FROM registered_models t WHERE t.lifecycle_stage = 'deleted'",
         "CAST(t.id AS TEXT)"},
        {logged_models, "t.model_id"},
        {runs, "t.run_id"},
        {experiments, "CAST(t.id AS TEXT)"},
    }};
    return shelves[static_cast<std::size_t>(kind)];
}

constexpr std::array<BinKind, 4> kKinds = {
    BinKind::registered_model, BinKind::logged_model, BinKind::run, BinKind::experiment
};

Result<std::vector<BinItem>> list(Session& session, const Actor& actor) {
    constexpr std::int64_t kOfAKind = 1000;
    std::vector<BinItem> out;
    for (const auto kind : kKinds) {
        const auto& shelf = shelf_of(kind);
        auto values = projects::visible_values(actor);
        values.emplace_back(kOfAKind);
        TRY(auto found,
            session.records<BinItem>(
                std::string(shelf.select) + " AND " + projects::visible_condition("t.project_id") +
                    " ORDER BY t.id DESC LIMIT :limit",
                std::move(values)
            ));
        for (auto& item : found) {
            item.kind = kind;
            out.push_back(std::move(item));
        }
    }
    return out;
}

/// What is named, once the actor may change it. Errors: tracking.not_in_bin, accounts.forbidden.
Result<Binned> binned(Session& session, const Actor& actor, const BinRef& wish) {
    const auto& shelf = shelf_of(wish.kind);
    TRY(const auto row,
        session.row(
            std::string(shelf.select) + " AND " + std::string(shelf.id) + " = :id", {wish.id}
        ));
    const auto absent = [&] { return fail(ErrorKind::not_found, kNotInBin, {{"id", wish.id}}); };
    if (!row) return absent();
    Binned found;
    CHECK_OK(Session::fill_record(*row, found.item));
    found.item.kind = wish.kind;
    found.number = row->integer("number");
    const auto allowed = projects::check_right(
        session, actor, projects::ProjectId(found.item.project_id), Right::write, kNotInBin
    );
    if (!allowed && allowed.error().kind == ErrorKind::not_found) return absent();
    if (!allowed) return std::unexpected(allowed.error());
    return found;
}

Result<RunRow> run_row(Session& session, std::int64_t number) {
    TRY(auto row,
        session.record<RunRow>(
            "SELECT " + std::string(kRunColumns) + " FROM tracking_runs r WHERE r.id = :id",
            {number}
        ));
    return std::move(*row);
}

Result<void> restore(Session& session, const Binned& binned) {
    switch (binned.item.kind) {
        case BinKind::registered_model:
            return registry::restore(session, models::RegisteredModelId(binned.number));
        case BinKind::logged_model:
            CHECK_OK(session.run(
                "UPDATE tracking_models SET lifecycle_stage = 'active' WHERE id = :id",
                {binned.number}
            ));
            return {};
        case BinKind::run:
            return set_run_stage(session, binned.number, kActive);
        case BinKind::experiment:
            return set_experiment_stage(session, binned.number, kActive);
    }
    return {};
}

/// Runs and logged models whose files go with an item.
Result<std::vector<std::string>> owners_of(Session& session, const Binned& binned) {
    const auto& item = binned.item;
    std::vector<std::string> out;
    if (item.kind == BinKind::registered_model) return out;
    if (item.kind != BinKind::experiment) out.push_back(item.id);
    TRY(const auto rows,
        item.kind == BinKind::experiment
            ? session.rows(
                  "SELECT run_id AS id FROM tracking_runs WHERE experiment_id = :id UNION SELECT "
                  "model_id AS id FROM tracking_models WHERE experiment_id = :id2",
                  {binned.number, binned.number}
              )
            : session.rows(
                  "SELECT model_id AS id FROM tracking_models WHERE source_run_id = :run", {item.id}
              ));
    for (const auto& row : rows) out.push_back(row.text("id"));
    return out;
}

/// For good. Errors: tracking.in_use.
Result<void> erase(Session& session, const Binned& binned, FreedBlobs& freed) {
    const auto& item = binned.item;
    TRY(const auto owners, owners_of(session, binned));
    TRY(const auto version, registry::resting_on(session, owners));
    if (version)
        return fail(ErrorKind::conflict, kInUse, {{"name", item.name}, {"version", *version}});
    switch (item.kind) {
        case BinKind::registered_model:
            return registry::erase(session, models::RegisteredModelId(binned.number));
        case BinKind::logged_model: {
            TRY(const auto row,
                session.record<ModelRow>(
                    "SELECT id, model_id FROM tracking_models WHERE model_id = :id", {item.id}
                ));
            return erase_model(session, *row, freed);
        }
        case BinKind::run: {
            TRY(const auto run, run_row(session, binned.number));
            return erase_run(session, run, freed);
        }
        case BinKind::experiment:
            return erase_experiment(session, binned.number, freed);
    }
    return {};
}

/// Each in a transaction of its own, so that others can write meanwhile; then the disk is freed.
class Remover {
public:
    explicit Remover(const Parts& parts) : parts_(parts) {}

    Result<void> remove(const Actor& actor, const BinRef& wish) {
        TRY(const auto freed, parts_.database.transaction([&](Session& session) {
            return erased(session, actor, wish);
        }));
        for (const auto& key : freed) {
            const auto size = parts_.blobs.size(key);
            if (size) out_.freed_bytes += static_cast<std::int64_t>(*size);
            CHECK_OK(parts_.blobs.remove(key));
        }
        ++out_.removed;
        return {};
    }
    /// What is in use, or gone meanwhile, stays as it is.
    Result<void> remove_if_free(const Actor& actor, const BinItem& item) {
        auto removed = remove(actor, {item.kind, item.id});
        if (removed) return {};
        const auto kind = removed.error().kind;
        const bool refused = kind == ErrorKind::conflict || kind == ErrorKind::not_found ||
                             kind == ErrorKind::forbidden;
        if (!refused) return removed;
        ++out_.kept;
        return {};
    }
    Result<BinRemoved> done() {
        CHECK_OK(parts_.database.shrink());
        return out_;
    }

private:
    static Result<FreedBlobs> erased(Session& session, const Actor& actor, const BinRef& wish) {
        FreedBlobs freed;
        TRY(const auto found, binned(session, actor, wish));
        CHECK_OK(erase(session, found, freed));
        return freed;
    }

    const Parts& parts_;
    BinRemoved out_;
};

Result<BinList> restore_all(const Parts& parts, Context& context, const BinWish& wish) {
    return parts.database.transaction([&](Session& session) -> Result<BinList> {
        for (const auto& one : wish.items) {
            TRY(const auto found, binned(session, context.actor, one));
            CHECK_OK(restore(session, found));
        }
        TRY(auto left, list(session, context.actor));
        return BinList{std::move(left)};
    });
}

Result<BinRemoved> remove_some(const Parts& parts, Context& context, const BinWish& wish) {
    Remover remover(parts);
    for (const auto& one : wish.items) CHECK_OK(remover.remove(context.actor, one));
    return remover.done();
}

Result<BinRemoved> remove_all(const Parts& parts, Context& context) {
    Remover remover(parts);
    TRY(const auto items,
        parts.database.read([&](Session& session) { return list(session, context.actor); }));
    for (const auto& item : items) CHECK_OK(remover.remove_if_free(context.actor, item));
    return remover.done();
}

}  // namespace

void add_bin(http::Routes& routes, const Parts& parts) {
    routes.add<http::NoRequest, BinList>(
        Method::get,
        "/api/v1/bin",
        http::access::signed_in(),
        described("Deleted experiments, runs, logged and registered models one may read."),
        [parts](Context& context, const http::NoRequest&) -> Result<BinList> {
            TRY(auto items, parts.database.read([&](Session& session) {
                return list(session, context.actor);
            }));
            return BinList{std::move(items)};
        }
    );
    routes.add<BinWish, BinList>(
        Method::post,
        "/api/v1/bin/restorations",
        http::access::signed_in(Right::write),
        {.summary = "Take these out of the bin; answers what is left in it.", .tag = "tracking"},
        [parts](Context& context, const BinWish& wish) { return restore_all(parts, context, wish); }
    );
    routes.add<BinWish, BinRemoved>(
        Method::post,
        "/api/v1/bin/removals",
        http::access::signed_in(Right::write),
        {.summary = "Delete these for good, with their files.", .tag = "tracking", .errors = {409}},
        [parts](Context& context, const BinWish& wish) { return remove_some(parts, context, wish); }
    );
    routes.add<http::NoRequest, BinRemoved>(
        Method::delete_,
        "/api/v1/bin",
        http::access::signed_in(Right::write),
        described("Empty the bin of what one may change, for good."),
        [parts](Context& context, const http::NoRequest&) { return remove_all(parts, context); }
    );
}

}  // namespace csva::tracking
