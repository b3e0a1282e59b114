#pragma once

#include "features/tracking/types.hpp"
#include "foundation/http/actor.hpp"
#include "foundation/store/database.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Rows that several groups of routes need, and the checks that they share. All run inside the
/// caller's session.
namespace csva::tracking {

struct ExperimentRow {
    std::int64_t id = 0;
    std::int64_t project_id = 0;
    std::string name;
    std::string lifecycle_stage;
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
};
CSVA_DESCRIBE(ExperimentRow, id, project_id, name, lifecycle_stage, created_at, updated_at)

struct RunRow {
    std::int64_t id = 0;
    std::string run_id;
    std::int64_t project_id = 0;
    std::int64_t experiment_id = 0;
    std::string name;
    std::string user_name;
    std::string status;
    std::int64_t started_at = 0;
    std::optional<std::int64_t> ended_at;
    std::string lifecycle_stage;
};
CSVA_DESCRIBE(
    RunRow,
    id,
    run_id,
    project_id,
    experiment_id,
    name,
    user_name,
    status,
    started_at,
    ended_at,
    lifecycle_stage
)
/// Into the bin or out of it; an experiment with all its runs.
base::Result<void> set_run_stage(store::Session& session, std::int64_t id, std::string_view stage);
base::Result<void> set_experiment_stage(
    store::Session& session, std::int64_t id, std::string_view stage
);

/// With the alias r, as in every search of runs.
inline constexpr std::string_view kRunColumns =
    "r.id AS id, r.run_id AS run_id, r.project_id AS project_id, r.experiment_id AS experiment_id, "
    "r.name AS name, r.user_name AS user_name, r.status AS status, r.started_at AS started_at, "
    "r.ended_at AS ended_at, r.lifecycle_stage AS lifecycle_stage";

struct ModelRow {
    std::int64_t id = 0;
    std::string model_id;
    std::int64_t project_id = 0;
    std::int64_t experiment_id = 0;
    std::string name;
    std::string model_type;
    std::string source_run_id;
    std::string status;
    std::int64_t created_at = 0;
    std::int64_t updated_at = 0;
    std::string lifecycle_stage;
};
CSVA_DESCRIBE(
    ModelRow,
    id,
    model_id,
    project_id,
    experiment_id,
    name,
    model_type,
    source_run_id,
    status,
    created_at,
    updated_at,
    lifecycle_stage
)

/// The experiment; "0" is the caller's own Default. Errors: tracking.experiment_not_found,
/// accounts.forbidden.
base::Result<ExperimentRow> experiment_of(
    store::Session& session, const http::Actor& actor, std::string_view id, http::Right right
);
/// The experiment of this name in a project, made when there is none. It may be deleted.
base::Result<ExperimentRow> experiment_in(
    store::Session& session, std::int64_t project_id, std::string_view name
);
/// Errors: tracking.run_not_found, accounts.forbidden. With `write` the run's row is held until the
/// transaction ends.
base::Result<RunRow> run_of(
    store::Session& session, const http::Actor& actor, std::string_view run_id, http::Right right
);
/// For writing what belongs to it. Errors: tracking.not_active too.
base::Result<RunRow> active_run_of(
    store::Session& session, const http::Actor& actor, std::string_view run_id
);
/// Errors: tracking.model_not_found (also when deleted, unless that is allowed),
/// accounts.forbidden.
base::Result<ModelRow> model_of(
    store::Session& session,
    const http::Actor& actor,
    std::string_view model_id,
    http::Right right,
    bool deleted_too = false
);
/// Errors: tracking.not_active.
base::Result<void> check_active(std::string_view lifecycle_stage);

std::string artifact_uri(const RunRow& run);
std::string artifact_uri(const ModelRow& model);
/// Runs with all their data, in the order of `rows`.
base::Result<std::vector<MlflowRun>> whole_runs(
    store::Session& session, std::span<const RunRow> rows
);
MlflowRunInfo info_of(const RunRow& run);

/// Longest texts, in bytes.
inline constexpr std::size_t kKeyMax = 250;
inline constexpr std::size_t kParamMax = 6000;
inline constexpr std::size_t kRunTagMax = 8000;
inline constexpr std::size_t kExperimentTagMax = 20000;
inline constexpr std::size_t kExperimentNameMax = 500;
inline constexpr std::size_t kNameMax = 1000;

/// Of params, metrics and tags. Errors: tracking.bad_key.
base::Result<void> check_key(std::string_view key);
/// Errors: tracking.too_long.
base::Result<void> check_length(std::string_view field, std::string_view text, std::size_t maximum);
/// Errors: tracking.bad_choice.
base::Result<void> check_choice(
    std::string_view field, std::string_view text, std::span<const std::string_view> choices
);
/// At least one and at most `maximum`. Errors: tracking.too_many.
base::Result<void> check_count(std::string_view what, std::size_t count, std::size_t maximum);

/// 1..maximum. Errors: base.out_of_range.
base::Result<std::int64_t> page_size(
    std::optional<std::int64_t> wanted, std::int64_t usual, std::int64_t maximum
);

/// The lines of a page beyond which there are more: asks for one more than wanted, drops it here,
/// and says where the next page begins.
template <class T>
std::optional<std::string> cut_page(std::vector<T>& found, std::int64_t limit, std::int64_t offset);

/// Parameters `(:a, :b), (:a, :b)` of an INSERT of many rows, and those of an IN.
std::string many(std::size_t rows, std::size_t columns);
/// Runs `statement(count)` over `values` in pieces of a few fixed sizes, so that few statements are
/// prepared. `columns` values a row.
base::Result<void> insert_many(
    store::Session& session,
    std::string_view before,
    std::string_view after,
    std::size_t columns,
    std::vector<store::Value> values
);
/// The same for rows WHERE column IN (...).
base::Result<std::vector<store::Row>> rows_in(
    store::Session& session,
    std::string_view before,
    std::string_view after,
    std::span<const std::int64_t> ids
);

/// A metric's value as it is kept and as it is said.
struct Number {
    double value = 0;
    bool nan = false;
};
/// Errors: tracking.bad_metric.
base::Result<Number> number_of(const base::Cell& value);
base::Cell cell_of(const Number& number);

/// Metrics of one run, within the caller's transaction, which holds the run. Errors: those of the
/// checks above, tracking.bad_metric.
base::Result<void> log_metrics(
    store::Session& session, const RunRow& run, std::span<const MlflowMetric> metrics
);
/// Errors: tracking.param_changed and those of the checks above.
base::Result<void> log_params(
    store::Session& session, const RunRow& run, std::span<const KeyValue> params
);
base::Result<void> set_tags(
    store::Session& session, const RunRow& run, std::span<const KeyValue> tags
);
base::Result<void> log_inputs(
    store::Session& session, const RunRow& run, std::span<const MlflowDatasetInput> inputs
);

/// What a new run is.
struct NewRun {
    std::string name;
    std::string user_name;
    std::int64_t started_at = 0;
    std::optional<std::int64_t> training_id;
};
base::Result<RunRow> insert_run(
    store::Session& session, const ExperimentRow& experiment, const NewRun& made
);

template <class T>
std::optional<std::string> cut_page(
    std::vector<T>& found, std::int64_t limit, std::int64_t offset
) {
    if (static_cast<std::int64_t>(found.size()) <= limit) return std::nullopt;
    found.resize(static_cast<std::size_t>(limit));
    return "page-" + std::to_string(offset + limit);
}

}  // namespace csva::tracking
