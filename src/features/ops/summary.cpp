#include "features/ops/summary.hpp"

#include <charconv>
#include <limits>
#include <vector>

namespace csva::ops {
namespace {

constexpr std::string_view kSeries = "http_server_request_duration_seconds_";

/// Value of a label in `{a="x",b="y"}`, empty when it has none.
std::string_view label(std::string_view labels, std::string_view name) {
    const std::string key = std::string(name) + "=\"";
    const auto at = labels.find(key);
    if (at == std::string_view::npos) return {};
    const auto from = at + key.size();
    return labels.substr(from, labels.find('"', from) - from);
}

double number(std::string_view text) {
    if (text == "+Inf") return std::numeric_limits<double>::infinity();
    double value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

/// Requests at most `le` seconds long, by `le`.
using Buckets = std::map<double, double>;

std::optional<double> quantile(const Buckets& buckets, double q) {
    if (buckets.empty() || buckets.rbegin()->second <= 0) return std::nullopt;
    const double rank = q * buckets.rbegin()->second;
    double low = 0;
    double below = 0;
    for (const auto& [le, count] : buckets) {
        if (count >= rank && count > below) {
            if (le == std::numeric_limits<double>::infinity()) return low;
            return low + (le - low) * (rank - below) / (count - below);
        }
        low = le;
        below = count;
    }
    return low;
}

void count(Summary& summary, std::string_view labels, std::int64_t requests) {
    summary.requests += requests;
    const auto status = label(labels, "status_class");
    if (status.starts_with('4')) summary.client_errors += requests;
    if (status.starts_with('5')) summary.server_errors += requests;
}

}  // namespace

void add_requests(Summary& summary, std::string_view metrics_text) {
    Buckets buckets;
    for (auto at = metrics_text.find(kSeries); at != std::string_view::npos;
         at = metrics_text.find(kSeries, at + 1)) {
        const auto line = metrics_text.substr(at, metrics_text.find('\n', at) - at);
        const auto open = line.find('{');
        const auto close = line.rfind('}');
        if (open == std::string_view::npos || close == std::string_view::npos) continue;
        const auto kind = line.substr(kSeries.size(), open - kSeries.size());
        const auto labels = line.substr(open, close - open);
        const double value = number(line.substr(std::min(close + 2, line.size())));
        if (kind == "bucket") buckets[number(label(labels, "le"))] += value;
        if (kind == "count") count(summary, labels, static_cast<std::int64_t>(value));
    }
    summary.latency = {quantile(buckets, 0.5), quantile(buckets, 0.95), quantile(buckets, 0.99)};
}

}  // namespace csva::ops
