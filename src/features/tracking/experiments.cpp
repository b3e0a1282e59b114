#include "features/models/service.hpp"
#include "features/projects/service.hpp"
#include "features/tracking/filter.hpp"
#include "features/tracking/protocol.hpp"
#include "features/tracking/rows.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace csva::tracking {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using http::Actor;
using http::Method;
using http::Right;
using store::Session;

constexpr std::int64_t kPageUsual = 1000;
constexpr std::int64_t kPageMax = 50'000;

struct ExperimentName {
    std::string experiment_name;
};
CSVA_DESCRIBE(ExperimentName, experiment_name)

struct ExperimentId {
    std::string experiment_id;
};
CSVA_DESCRIBE(ExperimentId, experiment_id)

struct ExperimentAnswer {
    MlflowExperiment experiment;
};
CSVA_DESCRIBE(ExperimentAnswer, experiment)

struct ExperimentCreate {
    std::string name;
    std::optional<std::string> artifact_location;
    std::vector<KeyValue> tags;
};
CSVA_DESCRIBE(ExperimentCreate, name, artifact_location, tags)
CSVA_NOTES(
    ExperimentCreate,
    {.field = "artifact_location", .text = "Ignored: files are kept by this server."},
    {.field = "tags",
     .text = "csva:project_id names the project it goes to; else the caller's own.",
     .defaulted = true}
)

struct ExperimentCreated {
    std::string experiment_id;
};
CSVA_DESCRIBE(ExperimentCreated, experiment_id)

struct ExperimentUpdate {
    std::string experiment_id;
    std::optional<std::string> new_name;
};
CSVA_DESCRIBE(ExperimentUpdate, experiment_id, new_name)

struct ExperimentTag {
    std::string experiment_id;
    std::string key;
    std::string value;
};
CSVA_DESCRIBE(ExperimentTag, experiment_id, key, value)
CSVA_NOTES(ExperimentTag, {.field = "value", .defaulted = true})

struct ExperimentTagKey {
    std::string experiment_id;
    std::string key;
};
CSVA_DESCRIBE(ExperimentTagKey, experiment_id, key)

struct ExperimentSearch {
    std::optional<std::int64_t> max_results;
    std::string page_token;
    std::string filter;
    std::vector<std::string> order_by;
    std::string view_type = "ACTIVE_ONLY";
};
CSVA_DESCRIBE(ExperimentSearch, max_results, page_token, filter, order_by, view_type)
CSVA_NOTES(
    ExperimentSearch,
    {.field = "page_token", .defaulted = true},
    {.field = "filter", .text = "name LIKE 'a%' AND tags.team = 'x'", .defaulted = true},
    {.field = "order_by", .defaulted = true},
    {.field = "view_type", .text = "ACTIVE_ONLY, DELETED_ONLY or ALL.", .defaulted = true}
)

struct ExperimentPage {
    std::vector<MlflowExperiment> experiments;
    std::optional<std::string> next_page_token;
};
CSVA_DESCRIBE(ExperimentPage, experiments, next_page_token)
CSVA_NOTES(ExperimentPage, {.field = "experiments", .defaulted = true})

Result<void> check_name(std::string_view name) {
    if (name.empty())
        return fail(ErrorKind::invalid_argument, "base.missing_field", {{"field", "name"}});
    return check_length("name", name, kExperimentNameMax);
}

Result<void> set_tag(Session& session, std::int64_t id, const KeyValue& tag) {
    CHECK_OK(check_key(tag.key));
    CHECK_OK(check_length(tag.key, tag.value, kExperimentTagMax));
    CHECK_OK(session.run(
        "INSERT INTO tracking_experiment_tags (experiment_id, key, value) VALUES (:id, :key, "
        ":value) ON CONFLICT (experiment_id, key) DO UPDATE SET value = excluded.value",
        {id, tag.key, tag.value}
    ));
    return {};
}

Result<MlflowExperiment> view(Session& session, const ExperimentRow& row) {
    const std::string id = std::to_string(row.id);
    MlflowExperiment out{
        id,
        row.name,
        "mlflow-artifacts:/" + id,
        row.lifecycle_stage,
        row.created_at,
        row.updated_at,
        {}
    };
    TRY(out.tags,
        session.records<KeyValue>(
            "SELECT key, value FROM tracking_experiment_tags WHERE experiment_id = :id ORDER BY "
            "key",
            {row.id}
        ));
    return out;
}

Result<ExperimentAnswer> by_name(Session& session, const Actor& actor, const ExperimentName& wish) {
    TRY(const auto id,
        projects::nearest_named(session, actor, "tracking_experiments", wish.experiment_name));
    if (!id)
        return fail(
            ErrorKind::not_found, kExperimentNotFound, {{"experiment", wish.experiment_name}}
        );
    TRY(const auto row, experiment_of(session, actor, std::to_string(*id), Right::read));
    TRY(auto experiment, view(session, row));
    return ExperimentAnswer{std::move(experiment)};
}

Result<ExperimentCreated> create(
    Session& session, const Actor& actor, const ExperimentCreate& wish
) {
    CHECK_OK(check_name(wish.name));
    const auto taken = [&] {
        return fail(ErrorKind::invalid_argument, kExperimentExists, {{"name", wish.name}});
    };
    const auto wanted = models::registry::wanted_project(wish.tags);
    if (!wanted) {
        Actor member = actor;
        member.administrator = false;
        TRY(const auto known,
            projects::nearest_named(session, member, "tracking_experiments", wish.name));
        if (known && experiment_of(session, member, std::to_string(*known), Right::write))
            return taken();
    }
    TRY(const auto project, projects::project_for_new(session, actor, wanted));
    const std::int64_t now = base::Clock::wall_ms();
    TRY(const auto row,
        session.row(
            "INSERT INTO tracking_experiments (project_id, name, lifecycle_stage, created_at, "
            "updated_at) VALUES (:project, :name, 'active', :now, :now2) ON CONFLICT (project_id, "
            "name) DO NOTHING RETURNING id",
            {project, wish.name, now, now}
        ));
    if (!row) return taken();
    const std::int64_t id = row->integer("id");
    for (const auto& tag : wish.tags) CHECK_OK(set_tag(session, id, tag));
    return ExperimentCreated{std::to_string(id)};
}

Result<ExperimentPage> search(Session& session, const Actor& actor, const ExperimentSearch& wish) {
    static constexpr std::array<Attribute, 5> kAttributes = {{
        {"name", "e.name"},
        {"creation_time", "e.created_at", true},
        {"last_update_time", "e.updated_at", true},
        {"experiment_id", "e.id", true},
        {"lifecycle_stage", "e.lifecycle_stage"},
    }};
    static constexpr Searchable kSearchable{
        .key = "e.id",
        .attributes = kAttributes,
        .tags = {"tracking_experiment_tags", "experiment_id"}
    };
    TRY(const std::int64_t limit, page_size(wish.max_results, kPageUsual, kPageMax));
    TRY(const std::int64_t offset, offset_of(wish.page_token));
    TRY(const std::string view_condition, condition_of_view("e", wish.view_type));
    TRY(auto condition, condition_of(wish.filter, kSearchable, session.backend()));
    TRY(auto order, ordering_of(wish.order_by, kSearchable, "e.created_at DESC, e.id DESC"));
    std::vector<store::Value> values = std::move(order.values);
    std::ranges::move(condition.values, std::back_inserter(values));
    std::ranges::move(projects::visible_values(actor), std::back_inserter(values));
    values.emplace_back(limit + 1);
    values.emplace_back(offset);
    TRY(auto rows,
        session.records<ExperimentRow>(
            "SELECT e.id AS id, e.project_id AS project_id, e.name AS name, e.lifecycle_stage AS "
            "lifecycle_stage, e.created_at AS created_at, e.updated_at AS updated_at" +
                order.columns + " FROM tracking_experiments e WHERE " + condition.sql + " AND " +
                view_condition + " AND " + projects::visible_condition("e.project_id") +
                " ORDER BY " + order.sql + " LIMIT :limit OFFSET :offset",
            std::move(values)
        ));
    ExperimentPage out;
    out.next_page_token = cut_page(rows, limit, offset);
    for (const auto& row : rows) {
        TRY(auto experiment, view(session, row));
        out.experiments.push_back(std::move(experiment));
    }
    return out;
}

Result<MlflowDone> set_stage(
    Session& session, const Actor& actor, const ExperimentId& wish, std::string_view stage
) {
    TRY(const auto row, experiment_of(session, actor, wish.experiment_id, Right::write));
    // What goes again has to be there, and the other way round.
    if (row.lifecycle_stage == stage)
        return fail(
            ErrorKind::not_found, kExperimentNotFound, {{"experiment", wish.experiment_id}}
        );
    CHECK_OK(set_experiment_stage(session, row.id, stage));
    return MlflowDone{};
}

Result<MlflowDone> update(Session& session, const Actor& actor, const ExperimentUpdate& wish) {
    TRY(const auto row, experiment_of(session, actor, wish.experiment_id, Right::write));
    CHECK_OK(check_active(row.lifecycle_stage));
    if (!wish.new_name) return MlflowDone{};
    CHECK_OK(check_name(*wish.new_name));
    TRY(const auto other,
        session.row(
            "SELECT id FROM tracking_experiments WHERE project_id = :project AND name = :name AND "
            "id <> :id",
            {row.project_id, *wish.new_name, row.id}
        ));
    if (other)
        return fail(ErrorKind::invalid_argument, kExperimentExists, {{"name", *wish.new_name}});
    CHECK_OK(session.run(
        "UPDATE tracking_experiments SET name = :name, updated_at = :now WHERE id = :id",
        {*wish.new_name, base::Clock::wall_ms(), row.id}
    ));
    return MlflowDone{};
}

void add_changes(http::Routes& routes, const Parts& parts) {
    add_writing<ExperimentUpdate, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/experiments/update",
        "Rename an experiment.",
        update
    );
    add_writing<ExperimentId, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/experiments/delete",
        "Put an experiment into the bin.",
        [](Session& session, const Actor& actor, const ExperimentId& wish) {
            return set_stage(session, actor, wish, kDeleted);
        }
    );
    add_writing<ExperimentId, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/experiments/restore",
        "Take an experiment out of the bin.",
        [](Session& session, const Actor& actor, const ExperimentId& wish) {
            return set_stage(session, actor, wish, kActive);
        }
    );
    add_writing<ExperimentTag, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/experiments/set-experiment-tag",
        "Set a tag of an experiment.",
        [](Session& session, const Actor& actor, const ExperimentTag& wish) -> Result<MlflowDone> {
            TRY(const auto row, experiment_of(session, actor, wish.experiment_id, Right::write));
            CHECK_OK(check_active(row.lifecycle_stage));
            CHECK_OK(set_tag(session, row.id, {wish.key, wish.value}));
            return MlflowDone{};
        }
    );
    add_writing<ExperimentTagKey, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/experiments/delete-experiment-tag",
        "Delete a tag of an experiment.",
        [](Session& session, const Actor& actor, const ExperimentTagKey& wish
        ) -> Result<MlflowDone> {
            TRY(const auto row, experiment_of(session, actor, wish.experiment_id, Right::write));
            TRY(const auto gone,
                session.run(
                    "DELETE FROM tracking_experiment_tags WHERE experiment_id = :id AND key = :key",
                    {row.id, wish.key}
                ));
            if (gone == 0) return fail(ErrorKind::not_found, kTagNotFound, {{"key", wish.key}});
            return MlflowDone{};
        }
    );
}

}  // namespace

Result<void> set_experiment_stage(Session& session, std::int64_t id, std::string_view stage) {
    CHECK_OK(session.run(
        "UPDATE tracking_experiments SET lifecycle_stage = :stage, updated_at = :now WHERE id = "
        ":id",
        {stage, base::Clock::wall_ms(), id}
    ));
    CHECK_OK(session.run(
        "UPDATE tracking_runs SET lifecycle_stage = :stage WHERE experiment_id = :id", {stage, id}
    ));
    return {};
}

Result<std::string> condition_of_view(std::string_view alias, std::string_view view_type) {
    static constexpr std::array<std::string_view, 3> kViews = {
        "ACTIVE_ONLY", "DELETED_ONLY", "ALL"
    };
    CHECK_OK(check_choice("view_type", view_type, kViews));
    if (view_type == "ALL") return "1 = 1";
    return std::string(alias) +
           ".lifecycle_stage = " + (view_type == "ACTIVE_ONLY" ? "'active'" : "'deleted'");
}

void add_experiments(http::Routes& routes, const Parts& parts) {
    add_reading<ExperimentName, ExperimentAnswer>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/experiments/get-by-name",
        "An experiment by its name.",
        by_name
    );
    add_writing<ExperimentCreate, ExperimentCreated>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/experiments/create",
        "Make an experiment.",
        create
    );
    add_reading<ExperimentId, ExperimentAnswer>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/experiments/get",
        "An experiment, also a deleted one; 0 is one's own Default.",
        [](Session& session, const Actor& actor, const ExperimentId& wish
        ) -> Result<ExperimentAnswer> {
            TRY(const auto row, experiment_of(session, actor, wish.experiment_id, Right::read));
            TRY(auto experiment, view(session, row));
            return ExperimentAnswer{std::move(experiment)};
        }
    );
    add_reading<ExperimentSearch, ExperimentPage>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/experiments/search",
        "Experiments by a filter.",
        search
    );
    add_reading<ExperimentSearch, ExperimentPage>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/experiments/search",
        "Experiments by a filter.",
        search
    );
    add_changes(routes, parts);
}

}  // namespace csva::tracking
