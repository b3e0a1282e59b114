#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace csva::base {

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

/// Series of the process, in Prometheus' text format (prometheus-cpp behind it). Thread-safe. Get a
/// handle once and keep it: looking one up takes a lock, using it does not.
class Metrics {
public:
    class Counter {
    public:
        virtual ~Counter() = default;
        virtual void add(double amount = 1) = 0;
        virtual double value() const = 0;
    };
    class Gauge {
    public:
        virtual ~Gauge() = default;
        virtual void set(double value) = 0;
        virtual void add(double amount) = 0;
        virtual double value() const = 0;
    };
    class Histogram {
    public:
        virtual ~Histogram() = default;
        virtual void observe(double value) = 0;
        virtual double count() const = 0;
        virtual double sum() const = 0;
        /// Quantile q in 0..1 by linear interpolation inside the bucket (as PromQL's
        /// histogram_quantile); NaN when empty.
        virtual double quantile(double q) const = 0;
    };

    Metrics();
    ~Metrics();
    Metrics(const Metrics&) = delete;
    Metrics& operator=(const Metrics&) = delete;

    Counter& counter(std::string_view name, std::string_view help, const MetricLabels& labels = {});
    Gauge& gauge(std::string_view name, std::string_view help, const MetricLabels& labels = {});
    /// `bounds`: upper edges of the buckets, ascending.
    Histogram& histogram(
        std::string_view name,
        std::string_view help,
        const std::vector<double>& bounds,
        const MetricLabels& labels = {}
    );
    /// Called before every rendering, for gauges that are read rather than kept.
    void on_collect(std::function<void()> refresh);
    /// The text of GET /metrics.
    std::string render() const;
    /// Names of all families, sorted (for the golden file).
    std::vector<std::string> names() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Upper edges 0.005 .. 10 s that OpenTelemetry advises for HTTP durations.
const std::vector<double>& http_duration_bounds_s();

}  // namespace csva::base
