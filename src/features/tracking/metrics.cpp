#include "features/tracking/filter.hpp"
#include "features/tracking/protocol.hpp"
#include "features/tracking/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
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

constexpr std::int64_t kHistoryUsual = 1'000'000;  // As MLflow's server: all of them.
constexpr std::int64_t kHistoryMax = 50'000;

struct LogMetric {
    std::string run_id;
    std::string run_uuid;
    std::string key;
    base::Cell value;
    std::int64_t timestamp = 0;
    std::int64_t step = 0;
    std::optional<std::string> model_id;
    std::optional<std::string> dataset_name;
    std::optional<std::string> dataset_digest;
};
CSVA_DESCRIBE(
    LogMetric, run_id, run_uuid, key, value, timestamp, step, model_id, dataset_name, dataset_digest
)
CSVA_NOTES(
    LogMetric,
    {.field = "run_id", .defaulted = true},
    {.field = "run_uuid", .text = "The former name of run_id.", .defaulted = true},
    {.field = "value", .text = "A number, or NaN, Infinity or -Infinity as a text."},
    {.field = "timestamp", .text = "Unix milliseconds.", .defaulted = true},
    {.field = "step", .defaulted = true}
)

struct HistoryQuery {
    std::string run_id;
    std::string run_uuid;
    std::string metric_key;
    std::optional<std::int64_t> max_results;
    std::string page_token;
};
CSVA_DESCRIBE(HistoryQuery, run_id, run_uuid, metric_key, max_results, page_token)
CSVA_NOTES(
    HistoryQuery,
    {.field = "run_id", .defaulted = true},
    {.field = "run_uuid", .text = "The former name of run_id.", .defaulted = true},
    {.field = "max_results", .text = "At most 50000; all, up to a million, when left out."},
    {.field = "page_token", .defaulted = true}
)

struct HistoryPage {
    std::vector<MlflowMetric> metrics;
    std::optional<std::string> next_page_token;
};
CSVA_DESCRIBE(HistoryPage, metrics, next_page_token)
CSVA_NOTES(
    HistoryPage, {.field = "metrics", .text = "All points, in order of time.", .defaulted = true}
)

/// One point on its way into the store; `series` is its place among the batch's keys.
struct Point {
    std::size_t series = 0;
    std::int64_t timestamp = 0;
    std::int64_t step = 0;
    Number number;

    /// The last of a key is the one with the largest step, then time, then value.
    auto rank() const { return std::tuple(step, timestamp, number.value); }
};

/// One key of the batch: its number in the store (0: new), and its last point.
struct Series {
    std::string_view key;
    std::int64_t id = 0;
    Point last;
    bool changed = false;
};

struct Batch {
    std::vector<Series> series;
    std::vector<Point> points;
    std::unordered_map<std::string_view, std::size_t> places;
};

Result<Batch> batch_of(std::span<const MlflowMetric> metrics) {
    Batch batch;
    batch.points.reserve(metrics.size());
    for (const auto& metric : metrics) {
        const auto [at, fresh] = batch.places.emplace(metric.key, batch.series.size());
        if (fresh) {
            CHECK_OK(check_key(metric.key));
            batch.series.push_back({.key = metric.key});
        }
        TRY(const auto number, number_of(metric.value));
        batch.points.push_back({at->second, metric.timestamp, metric.step, number});
    }
    return batch;
}

/// Numbers of the batch's series that the store has; with `lasts` their last points too.
Result<void> find_series(Session& session, const RunRow& run, Batch& batch, bool lasts) {
    constexpr std::string_view kSelect =
        "SELECT id, key, value, is_nan, timestamp, step FROM tracking_series WHERE run_number = "
        ":run";
    const bool one = batch.series.size() == 1;
    TRY(const auto rows,
        one ? session.rows(
                  std::string(kSelect) + " AND key = :key", {run.id, batch.series.front().key}
              )
            : session.rows(kSelect, {run.id}));
    for (const auto& row : rows) {
        const auto place = batch.places.find(std::get<std::string>(row.values[1].data));
        if (place == batch.places.end()) continue;
        auto& series = batch.series[place->second];
        series.id = row.integer("id");
        if (lasts)
            series.last = {
                place->second,
                row.integer("timestamp"),
                row.integer("step"),
                {row.real("value"), row.boolean("is_nan")}
            };
    }
    return {};
}

/// Writes the last point of each series that has a new one, and makes the series that are new.
Result<void> save_series(Session& session, const RunRow& run, Batch& batch) {
    for (const auto& point : batch.points) {
        auto& series = batch.series[point.series];
        const bool first = series.id == 0 && !series.changed;
        if (!first && point.rank() < series.last.rank()) continue;
        series.last = point;
        series.changed = true;
    }
    std::vector<store::Value> values;
    bool fresh = false;
    for (const auto& series : batch.series) {
        fresh = fresh || series.id == 0;
        if (!series.changed) continue;
        const auto& last = series.last;
        values.insert(
            values.end(),
            {run.id, series.key, last.number.value, last.number.nan, last.timestamp, last.step}
        );
    }
    CHECK_OK(insert_many(
        session,
        "INSERT INTO tracking_series (run_number, key, value, is_nan, timestamp, step)",
        " ON CONFLICT (run_number, key) DO UPDATE SET value = excluded.value, is_nan = "
        "excluded.is_nan, timestamp = excluded.timestamp, step = excluded.step",
        6,
        std::move(values)
    ));
    if (!fresh) return {};
    return find_series(session, run, batch, false);
}

Result<void> save_points(Session& session, Batch& batch) {
    std::ranges::sort(batch.points, {}, [](const Point& p) {
        return std::tuple(p.series, p.timestamp, p.step);
    });
    std::vector<store::Value> values;
    constexpr std::size_t kColumns = 5;
    values.reserve(batch.points.size() * kColumns);
    for (const auto& point : batch.points) {
        values.emplace_back(batch.series[point.series].id);
        values.emplace_back(point.timestamp);
        values.emplace_back(point.step);
        values.emplace_back(point.number.value);
        values.emplace_back(point.number.nan);
    }
    return insert_many(
        session,
        "INSERT INTO tracking_points (series_id, timestamp, step, value, is_nan)",
        " ON CONFLICT (series_id, timestamp, step, value, is_nan) DO NOTHING",
        kColumns,
        std::move(values)
    );
}

/// Metrics that name a logged model are that model's too.
Result<void> save_model_metrics(
    Session& session, const RunRow& run, std::span<const MlflowMetric> metrics
) {
    std::unordered_map<std::string_view, std::int64_t> models;
    for (const auto& metric : metrics) {
        if (!metric.model_id || metric.model_id->empty()) continue;
        const auto [at, fresh] = models.emplace(*metric.model_id, 0);
        if (fresh) {
            TRY(const auto row,
                session.row(
                    "SELECT id FROM tracking_models WHERE model_id = :model AND project_id = "
                    ":project",
                    {*metric.model_id, run.project_id}
                ));
            if (!row)
                return fail(ErrorKind::not_found, kModelNotFound, {{"model", *metric.model_id}});
            at->second = row->integer("id");
        }
        TRY(const auto number, number_of(metric.value));
        CHECK_OK(session.run(
            "INSERT INTO tracking_model_metrics (model_number, key, dataset_name, dataset_digest, "
            "run_id, timestamp, step, value, is_nan) VALUES (:model, :key, :name, :digest, :run, "
            ":timestamp, :step, :value, :nan) ON CONFLICT DO NOTHING",
            {at->second,
             metric.key,
             metric.dataset_name.value_or(""),
             metric.dataset_digest.value_or(""),
             run.run_id,
             metric.timestamp,
             metric.step,
             number.value,
             number.nan}
        ));
    }
    return {};
}

void append_value(std::string& out, const store::Row& row) {
    const auto value = cell_of(
        {std::get<double>(row.values[2].data), std::get<std::int64_t>(row.values[3].data) != 0}
    );
    if (value.kind == base::Cell::Kind::number)
        base::encode_number(out, value.number);
    else
        base::encode_text(out, value.text);
}

/// Written by hand: a page has tens of thousands of points.
std::string history_json(
    std::string_view key, std::span<const store::Row> rows, const std::optional<std::string>& next
) {
    constexpr std::size_t kPointBytes = 90;
    std::string out = "{";
    std::string start = "{\"key\":";
    base::encode_text(start, key);
    start += ",\"value\":";
    out.reserve(rows.size() * (kPointBytes + key.size()) + 100);
    if (!rows.empty()) out += "\"metrics\":[";
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (i > 0) out += ',';
        out += start;
        append_value(out, rows[i]);
        fmt::format_to(
            std::back_inserter(out),
            ",\"timestamp\":{},\"step\":{}}}",
            std::get<std::int64_t>(rows[i].values[0].data),
            std::get<std::int64_t>(rows[i].values[1].data)
        );
    }
    if (!rows.empty()) out += "]";
    if (next) out += std::string(rows.empty() ? "" : ",") + "\"next_page_token\":\"" + *next + "\"";
    return out + "}";
}

Result<http::Handmade<HistoryPage>> history(
    Session& session, const Actor& actor, const HistoryQuery& wish
) {
    TRY(const std::int64_t limit, page_size(wish.max_results, kHistoryUsual, kHistoryMax));
    TRY(const std::int64_t offset, offset_of(wish.page_token));
    const auto& id = wish.run_id.empty() ? wish.run_uuid : wish.run_id;
    TRY(const auto run, run_of(session, actor, id, Right::read));
    TRY(auto rows,
        session.rows(
            "SELECT p.timestamp AS timestamp, p.step AS step, p.value AS value, p.is_nan AS is_nan "
            "FROM tracking_points p WHERE p.series_id = (SELECT s.id FROM tracking_series s WHERE "
            "s.run_number = :run AND s.key = :key) ORDER BY p.timestamp, p.step, p.value LIMIT "
            ":limit OFFSET :offset",
            {run.id, wish.metric_key, limit + 1, offset}
        ));
    const auto next = cut_page(rows, limit, offset);
    return http::Handmade<HistoryPage>{
        http::Response::json(history_json(wish.metric_key, rows, next))
    };
}

}  // namespace

Result<void> log_metrics(
    Session& session, const RunRow& run, std::span<const MlflowMetric> metrics
) {
    if (metrics.empty()) return {};
    TRY(auto batch, batch_of(metrics));
    CHECK_OK(find_series(session, run, batch, true));
    CHECK_OK(save_series(session, run, batch));
    CHECK_OK(save_points(session, batch));
    return save_model_metrics(session, run, metrics);
}

void add_metrics(http::Routes& routes, const Parts& parts) {
    add_writing<LogMetric, MlflowDone>(
        routes,
        parts,
        Method::post,
        "/api/2.0/mlflow/runs/log-metric",
        "Log one value of a metric.",
        [](Session& session, const Actor& actor, const LogMetric& wish) -> Result<MlflowDone> {
            TRY(const auto run,
                active_run_of(session, actor, wish.run_id.empty() ? wish.run_uuid : wish.run_id));
            const MlflowMetric metric{
                wish.key,
                wish.value,
                wish.timestamp,
                wish.step,
                wish.model_id,
                wish.dataset_name,
                wish.dataset_digest,
                {}
            };
            CHECK_OK(log_metrics(session, run, {&metric, 1}));
            return MlflowDone{};
        }
    );
    add_reading<HistoryQuery, http::Handmade<HistoryPage>>(
        routes,
        parts,
        Method::get,
        "/api/2.0/mlflow/metrics/get-history",
        "All values of a metric.",
        history
    );
}

}  // namespace csva::tracking
