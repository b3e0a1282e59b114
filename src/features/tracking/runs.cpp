#include "features/tracking/protocol.hpp"
#include "features/tracking/rows.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

namespace csva::tracking {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using http::Actor;
using http::Method;
using http::Right;
using store::Session;

constexpr std::array<std::string_view, 5> kStatuses = {
    "RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"
};
constexpr std::string_view kNameTag = "mlflow.runName";

struct RunCreate {
    std::string experiment_id;
    std::string user_id;
    std::string run_name;
    std::int64_t start_time = 0;
    std::vector<KeyValue> tags;
};
CSVA_DESCRIBE(RunCreate, experiment_id, user_id, run_name, start_time, tags)
CSVA_NOTES(
    RunCreate,
    {.field = "experiment_id", .text = "0 is one's own Default."},
    {.field = "user_id", .defaulted = true},
    {.field = "run_name", .text = "One is made up when it is empty.", .defaulted = true},
    {.field = "start_time", .text = "Unix milliseconds.", .defaulted = true},
    {.field = "tags", .defaulted = true}
)

struct RunAnswer {
    MlflowRun run;
};
CSVA_DESCRIBE(RunAnswer, run)

/// Clients send both names of the id, or the old one alone.
struct RunId {
    std::string run_id;
    std::string run_uuid;
    const std::string& id() const { return run_id.empty() ? run_uuid : run_id; }
};
CSVA_DESCRIBE(RunId, run_id, run_uuid)
CSVA_NOTES(
    RunId,
    {.field = "run_id", .defaulted = true},
    {.field = "run_uuid", .text = "The former name of run_id.", .defaulted = true}
)

struct RunUpdate {
    std::string run_id;
    std::string run_uuid;
    std::optional<std::string> status;
    std::optional<std::int64_t> end_time;
    std::optional<std::string> run_name;
    const std::string& id() const { return run_id.empty() ? run_uuid : run_id; }
};
CSVA_DESCRIBE(RunUpdate, run_id, run_uuid, status, end_time, run_name)
CSVA_NOTES(
    RunUpdate,
    {.field = "run_id", .defaulted = true},
    {.field = "run_uuid", .text = "The former name of run_id.", .defaulted = true},
    {.field = "status", .text = "RUNNING, SCHEDULED, FINISHED, FAILED or KILLED."},
    {.field = "end_time", .text = "Unix milliseconds."}
)

struct RunInfoAnswer {
    MlflowRunInfo run_info;
};
CSVA_DESCRIBE(RunInfoAnswer, run_info)

Result<MlflowRun> whole_run(Session& session, const RunRow& row) {
    TRY(auto runs, whole_runs(session, {&row, 1}));
    return std::move(runs.front());
}

Result<RunAnswer> create(Session& session, const Actor& actor, const RunCreate& wish) {
    TRY(const auto experiment, experiment_of(session, actor, wish.experiment_id, Right::write));
    CHECK_OK(check_active(experiment.lifecycle_stage));
    std::vector<KeyValue> tags = wish.tags;
    const auto named = std::ranges::find(tags, kNameTag, &KeyValue::key);
    std::string name = wish.run_name;
    if (name.empty() && named != tags.end()) name = named->value;
    if (name.empty()) name = "run-" + base::random_hex(3);
    CHECK_OK(check_length("run_name", name, kNameMax));
    CHECK_OK(check_length("user_id", wish.user_id, kNameMax));
    if (named != tags.end())
        named->value = name;
    else
        tags.push_back({std::string(kNameTag), name});
    TRY(const auto row,
        insert_run(
            session,
            experiment,
            {name, wish.user_id, wish.start_time != 0 ? wish.start_time : base::Clock::wall_ms(), {}
            }
        ));
    CHECK_OK(set_tags(session, row, tags));
    TRY(auto run, whole_run(session, row));
    return RunAnswer{std::move(run)};
}

Result<RunInfoAnswer> update(Session& session, const Actor& actor, const RunUpdate& wish) {
    TRY(auto row, active_run_of(session, actor, wish.id()));
    if (wish.status) {
        CHECK_OK(check_choice("status", *wish.status, kStatuses));
        row.status = *wish.status;
    }
    if (wish.end_time) row.ended_at = wish.end_time;
    if (wish.run_name && !wish.run_name->empty()) {
        CHECK_OK(check_length("run_name", *wish.run_name, kNameMax));
        row.name = *wish.run_name;
        const KeyValue tag{std::string(kNameTag), row.name};
        CHECK_OK(set_tags(session, row, {&tag, 1}));
    }
    CHECK_OK(session.run(
        "UPDATE tracking_runs SET status = :status, ended_at = :ended, name = :name WHERE id = :id",
        {row.status, row.ended_at, row.name, row.id}
    ));
    return RunInfoAnswer{info_of(row)};
}

Result<MlflowDone> set_stage(
    Session& session, const Actor& actor, const RunId& wish, std::string_view stage
) {
    TRY(const auto row, run_of(session, actor, wish.id(), Right::write));
    CHECK_OK(set_run_stage(session, row.id, stage));
    return MlflowDone{};
}

/// Where each run of a page stands in it.
using Places = std::unordered_map<std::int64_t, std::size_t>;

Result<void> add_texts(
    Session& session,
    std::string_view table,
    std::span<const std::int64_t> ids,
    const Places& places,
    std::vector<MlflowRun>& runs,
    std::vector<KeyValue> MlflowRunData::* list
) {
    TRY(auto rows,
        rows_in(
            session,
            "SELECT run_number, key, value FROM " + std::string(table) + " WHERE run_number",
            " ORDER BY run_number, key",
            ids
        ));
    for (auto& row : rows) {
        auto& run = runs[places.at(std::get<std::int64_t>(row.values[0].data))];
        (run.data.*list)
            .push_back(
                {std::move(std::get<std::string>(row.values[1].data)),
                 std::move(std::get<std::string>(row.values[2].data))}
            );
    }
    return {};
}

Result<void> add_latest(
    Session& session,
    std::span<const std::int64_t> ids,
    const Places& places,
    std::vector<MlflowRun>& runs
) {
    TRY(auto rows,
        rows_in(
            session,
            "SELECT run_number, key, value, is_nan, timestamp, step FROM tracking_series WHERE "
            "run_number",
            " ORDER BY run_number, key",
            ids
        ));
    for (const auto& row : rows) {
        auto& metric = runs[places.at(row.integer("run_number"))].data.metrics.emplace_back();
        metric.key = row.text("key");
        metric.value = cell_of({row.real("value"), row.boolean("is_nan")});
        metric.timestamp = row.integer("timestamp");
        metric.step = row.integer("step");
    }
    return {};
}

Result<void> add_inputs(
    Session& session,
    std::span<const std::int64_t> ids,
    const Places& places,
    std::vector<MlflowRun>& runs
) {
    TRY(const auto rows,
        rows_in(
            session,
            "SELECT i.run_number AS run_number, i.tags AS tags, d.name AS name, d.digest AS "
            "digest, d.source_type AS source_type, d.source AS source, d.\"schema\" AS described, "
            "d.profile AS profile FROM tracking_inputs i JOIN tracking_datasets d ON d.id = "
            "i.dataset_id WHERE i.run_number",
            " ORDER BY i.run_number, i.dataset_id",
            ids
        ));
    for (const auto& row : rows) {
        auto& input =
            runs[places.at(row.integer("run_number"))].inputs.dataset_inputs.emplace_back();
        TRY(input.tags, base::from_json<std::vector<KeyValue>>(row.text("tags")));
        input.dataset = {
            row.text("name"),
            row.text("digest"),
            row.text("source_type"),
            row.text("source"),
            row.text("described"),
            row.text("profile")
        };
    }
    TRY(const auto models,
        rows_in(
            session,
            "SELECT run_number, direction, model_id, step FROM tracking_run_models WHERE "
            "run_number",
            " ORDER BY run_number, direction, step, model_id",
            ids
        ));
    for (const auto& row : models) {
        auto& run = runs[places.at(row.integer("run_number"))];
        if (row.text("direction") == "input")
            run.inputs.model_inputs.push_back({row.text("model_id")});
        else
            run.outputs.model_outputs.push_back({row.text("model_id"), row.integer("step")});
    }
    return {};
}

}  // namespace

Result<void> set_run_stage(Session& session, std::int64_t id, std::string_view stage) {
    CHECK_OK(
        session.run("UPDATE tracking_runs SET lifecycle_stage = :stage WHERE id = :id", {stage, id})
    );
    return {};
}

Result<std::vector<MlflowRun>> whole_runs(Session& session, std::span<const RunRow> rows) {
    std::vector<MlflowRun> out(rows.size());
    std::vector<std::int64_t> ids;
    Places places;
    ids.reserve(rows.size());
    places.reserve(rows.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        out[i].info = info_of(rows[i]);
        ids.push_back(rows[i].id);
        places.emplace(rows[i].id, i);
    }
    std::ranges::sort(ids);
    CHECK_OK(add_texts(session, "tracking_params", ids, places, out, &MlflowRunData::params));
    CHECK_OK(add_texts(session, "tracking_tags", ids, places, out, &MlflowRunData::tags));
    CHECK_OK(add_latest(session, ids, places, out));
    CHECK_OK(add_inputs(session, ids, places, out));
    return out;
}

void add_runs(http::Routes& routes, const Parts& parts) {
    add_writing<RunCreate, RunAnswer>(
        routes, parts, Method::post, "/api/2.0/mlflow/runs/create", "Start a run.", create
    );
    add_reading<RunId, RunAnswer>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/runs/get",
        "A run with its params, tags and last metrics.",
        [](Session& session, const Actor& actor, const RunId& wish) -> Result<RunAnswer> {
            TRY(const auto row, run_of(session, actor, wish.id(), Right::read));
            TRY(auto run, whole_run(session, row));
            return RunAnswer{std::move(run)};
        }
    );
    add_writing<RunUpdate, RunInfoAnswer>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/update",
        "Change a run's name, state or end.",
        update
    );
    add_writing<RunId, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/delete",
        "Put a run into the bin.",
        [](Session& session, const Actor& actor, const RunId& wish) {
            return set_stage(session, actor, wish, kDeleted);
        }
    );
    add_writing<RunId, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/restore",
        "Take a run out of the bin.",
        [](Session& session, const Actor& actor, const RunId& wish) {
            return set_stage(session, actor, wish, kActive);
        }
    );
}

}  // namespace csva::tracking
