#include "features/projects/service.hpp"
#include "features/tracking/filter.hpp"
#include "features/tracking/protocol.hpp"
#include "features/tracking/rows.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace csva::tracking {
namespace {

using base::Result;
using http::Actor;
using http::Method;
using http::Right;
using store::Session;

constexpr std::int64_t kPageUsual = 1000;
constexpr std::int64_t kPageMax = 50'000;
constexpr std::size_t kExperimentsMax = 1000;

struct RunSearch {
    std::vector<std::string> experiment_ids;
    std::string filter;
    std::string run_view_type = "ACTIVE_ONLY";
    std::optional<std::int64_t> max_results;
    std::vector<std::string> order_by;
    std::string page_token;
};
CSVA_DESCRIBE(RunSearch, experiment_ids, filter, run_view_type, max_results, order_by, page_token)
CSVA_NOTES(
    RunSearch,
    {.field = "experiment_ids", .text = "None: no run is found.", .defaulted = true},
    {.field = "filter", .text = "metrics.auc > 0.9 AND params.lr = '0.1'", .defaulted = true},
    {.field = "run_view_type", .text = "ACTIVE_ONLY, DELETED_ONLY or ALL.", .defaulted = true},
    {.field = "max_results", .text = "At most 50000; 1000 when left out."},
    {.field = "order_by", .text = "metrics.auc DESC, ...", .defaulted = true},
    {.field = "page_token", .defaulted = true}
)

struct RunPage {
    std::vector<MlflowRun> runs;
    std::optional<std::string> next_page_token;
};
CSVA_DESCRIBE(RunPage, runs, next_page_token)
CSVA_NOTES(RunPage, {.field = "runs", .defaulted = true})

constexpr std::array<Attribute, 13> kAttributes = {{
    {"run_id", "r.run_id"},
    {"run_uuid", "r.run_id"},
    {"run_name", "r.name"},
    {"status", "r.status"},
    {"user_id", "r.user_name"},
    {"lifecycle_stage", "r.lifecycle_stage"},
    {"experiment_id", "r.experiment_id", true},
    {"start_time", "r.started_at", true},
    {"created", "r.started_at", true},
    {"Created", "r.started_at", true},
    {"end_time", "r.ended_at", true},
    {"Run Name", "r.name"},
    {"Start Time", "r.started_at", true},
}};
constexpr Searchable kSearchable{
    .key = "r.id",
    .attributes = kAttributes,
    .params = {"tracking_params", "run_number"},
    .tags = {"tracking_tags", "run_number"},
    .metrics = {"tracking_series", "run_number"},
    .datasets = {"tracking_inputs", "run_number"}
};

/// Those of the experiments that the caller may read; what they may not is as if it were not there.
Result<std::vector<store::Value>> readable(
    Session& session, const Actor& actor, const std::vector<std::string>& wanted
) {
    CHECK_OK(check_count("experiment_ids", wanted.size(), kExperimentsMax));
    std::vector<store::Value> out;
    for (const auto& id : wanted) {
        const auto row = experiment_of(session, actor, id, Right::read);
        if (row)
            out.emplace_back(row->id);
        else if (row.error().kind != base::ErrorKind::not_found)
            return std::unexpected(row.error());
    }
    return out;
}

Result<RunPage> search(Session& session, const Actor& actor, const RunSearch& wish) {
    TRY(const std::int64_t limit, page_size(wish.max_results, kPageUsual, kPageMax));
    TRY(const std::int64_t offset, offset_of(wish.page_token));
    TRY(const std::string view, condition_of_view("r", wish.run_view_type));
    TRY(auto condition, condition_of(wish.filter, kSearchable, session.backend()));
    TRY(auto order, ordering_of(wish.order_by, kSearchable, "r.started_at DESC, r.run_id"));
    TRY(auto experiments, readable(session, actor, wish.experiment_ids));
    RunPage out;
    if (experiments.empty()) return out;
    const std::string list = many(1, experiments.size());
    std::vector<store::Value> values = std::move(order.values);
    std::ranges::move(experiments, std::back_inserter(values));
    std::ranges::move(condition.values, std::back_inserter(values));
    values.emplace_back(limit + 1);
    values.emplace_back(offset);
    TRY(auto rows,
        session.records<RunRow>(
            "SELECT " + std::string(kRunColumns) + order.columns +
                " FROM tracking_runs r WHERE r.experiment_id IN " + list + " AND " + condition.sql +
                " AND " + view + " ORDER BY " + order.sql + " LIMIT :limit OFFSET :offset",
            std::move(values)
        ));
    out.next_page_token = cut_page(rows, limit, offset);
    TRY(out.runs, whole_runs(session, rows));
    return out;
}

}  // namespace

void add_run_search(http::Routes& routes, const Parts& parts) {
    add_reading<RunSearch, RunPage>(
        routes, parts, Method::post, "/api/2.0/mlflow/runs/search", "Runs by a filter.", search
    );
}

}  // namespace csva::tracking
