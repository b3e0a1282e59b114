#include "foundation/base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cmath>
#include <limits>
#include <map>
#include <mutex>
#include <set>

namespace csva::base {
namespace {

prometheus::Labels labels_of(const MetricLabels& labels) { return {labels.begin(), labels.end()}; }

class CounterHandle : public Metrics::Counter {
public:
    explicit CounterHandle(prometheus::Counter& counter) : counter_(counter) {}
    void add(double amount) override { counter_.Increment(amount); }
    double value() const override { return counter_.Value(); }

private:
    prometheus::Counter& counter_;
};

class GaugeHandle : public Metrics::Gauge {
public:
    explicit GaugeHandle(prometheus::Gauge& gauge) : gauge_(gauge) {}
    void set(double value) override { gauge_.Set(value); }
    void add(double amount) override { gauge_.Increment(amount); }
    double value() const override { return gauge_.Value(); }

private:
    prometheus::Gauge& gauge_;
};

class HistogramHandle : public Metrics::Histogram {
public:
    explicit HistogramHandle(prometheus::Histogram& histogram) : histogram_(histogram) {}
    void observe(double value) override { histogram_.Observe(value); }
    double count() const override {
        return static_cast<double>(histogram_.Collect().histogram.sample_count);
    }
    double sum() const override { return histogram_.Collect().histogram.sample_sum; }
    double quantile(double q) const override {
        const auto data = histogram_.Collect().histogram;
        if (data.sample_count == 0) return std::numeric_limits<double>::quiet_NaN();
        const double rank = q * static_cast<double>(data.sample_count);
        double lower = 0;
        double below = 0;
        for (const auto& bucket : data.bucket) {
            const double upto = static_cast<double>(bucket.cumulative_count);
            if (upto >= rank && upto > below) {
                if (std::isinf(bucket.upper_bound)) return lower;
                return lower + (bucket.upper_bound - lower) * (rank - below) / (upto - below);
            }
            below = upto;
            if (!std::isinf(bucket.upper_bound)) lower = bucket.upper_bound;
        }
        return lower;
    }

private:
    prometheus::Histogram& histogram_;
};

std::string key_of(std::string_view name, const MetricLabels& labels) {
    std::string key(name);
    for (const auto& [label, value] : labels) key += '\x1f' + label + '\x1e' + value;
    return key;
}

}  // namespace

struct Metrics::State {
    mutable std::mutex mutex;
    prometheus::Registry registry{prometheus::Registry::InsertBehavior::Merge};
    std::map<std::string, std::unique_ptr<Counter>> counters;
    std::map<std::string, std::unique_ptr<Gauge>> gauges;
    std::map<std::string, std::unique_ptr<Histogram>> histograms;
    std::set<std::string> names;
    std::vector<std::function<void()>> refresh;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

Metrics::Counter& Metrics::counter(
    std::string_view name, std::string_view help, const MetricLabels& labels
) {
    const std::scoped_lock lock(state_->mutex);
    auto& slot = state_->counters[key_of(name, labels)];
    if (!slot) {
        state_->names.emplace(name);
        auto& family = prometheus::BuildCounter()
                           .Name(std::string(name))
                           .Help(std::string(help))
                           .Register(state_->registry);
        slot = std::make_unique<CounterHandle>(family.Add(labels_of(labels)));
    }
    return *slot;
}

Metrics::Gauge& Metrics::gauge(
    std::string_view name, std::string_view help, const MetricLabels& labels
) {
    const std::scoped_lock lock(state_->mutex);
    auto& slot = state_->gauges[key_of(name, labels)];
    if (!slot) {
        state_->names.emplace(name);
        auto& family = prometheus::BuildGauge()
                           .Name(std::string(name))
                           .Help(std::string(help))
                           .Register(state_->registry);
        slot = std::make_unique<GaugeHandle>(family.Add(labels_of(labels)));
    }
    return *slot;
}

Metrics::Histogram& Metrics::histogram(
    std::string_view name,
    std::string_view help,
    const std::vector<double>& bounds,
    const MetricLabels& labels
) {
    const std::scoped_lock lock(state_->mutex);
    auto& slot = state_->histograms[key_of(name, labels)];
    if (!slot) {
        state_->names.emplace(name);
        auto& family = prometheus::BuildHistogram()
                           .Name(std::string(name))
                           .Help(std::string(help))
                           .Register(state_->registry);
        slot = std::make_unique<HistogramHandle>(family.Add(labels_of(labels), bounds));
    }
    return *slot;
}

void Metrics::on_collect(std::function<void()> refresh) {
    const std::scoped_lock lock(state_->mutex);
    state_->refresh.push_back(std::move(refresh));
}

std::string Metrics::render() const {
    std::vector<std::function<void()>> refresh;
    {
        const std::scoped_lock lock(state_->mutex);
        refresh = state_->refresh;
    }
    for (const auto& call : refresh) call();
    return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

std::vector<std::string> Metrics::names() const {
    const std::scoped_lock lock(state_->mutex);
    return {state_->names.begin(), state_->names.end()};
}

const std::vector<double>& http_duration_bounds_s() {
    static const std::vector<double> bounds{
        0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10
    };
    return bounds;
}

}  // namespace csva::base
