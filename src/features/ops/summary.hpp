#pragma once

#include "foundation/base/described.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace csva::ops {

/// Latency of all requests so far, in seconds; null before the first.
struct Latency {
    std::optional<double> p50_s;
    std::optional<double> p95_s;
    std::optional<double> p99_s;
};
CSVA_DESCRIBE(Latency, p50_s, p95_s, p99_s)

/// GET /api/metrics/.
struct Summary {
    std::map<std::string, std::int64_t> counts;
    std::int64_t requests = 0;
    std::int64_t client_errors = 0;
    std::int64_t server_errors = 0;
    Latency latency;
    std::int64_t measured_at = 0;
};
CSVA_DESCRIBE(Summary, counts, requests, client_errors, server_errors, latency, measured_at)
CSVA_NOTES(
    Summary,
    {.field = "counts", .text = "Data sets, models, jobs and the like that there are."},
    {.field = "requests", .text = "Answered by this process since it started."},
    {.field = "client_errors", .text = "Of these, answered with a status of 400 to 499."},
    {.field = "server_errors", .text = "Of these, answered with a status of 500 or more."},
    {.field = "measured_at", .text = "Unix milliseconds; at most a second ago."}
)

/// Adds what the series http_server_request_duration_seconds of a rendered metrics page say.
/// Quantiles by linear interpolation in the bucket, as PromQL's histogram_quantile.
void add_requests(Summary& summary, std::string_view metrics_text);

}  // namespace csva::ops
