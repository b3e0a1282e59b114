#include "features/models/service.hpp"
#include "features/monitoring/service.hpp"
#include "features/monitoring/store.hpp"
#include "foundation/base/clock.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>

namespace csva::monitoring {
namespace {

using base::Result;
using store::Session;

constexpr std::size_t kModelsMax = 100;  ///< So many addresses have series.

/// What gauges tell of one address; the newest window of the model it leads to.
struct Told {
    std::string address;
    Window window;
    std::optional<drift::QualityScore> measured;
};

Result<std::vector<Told>> tell(Session& session) {
    TRY(const auto rows,
        session.rows(
            "SELECT DISTINCT w.model_id AS model_id FROM monitoring_windows w JOIN "
            "registered_model_versions v ON v.model_id = w.model_id ORDER BY w.model_id DESC"
        ));
    std::vector<Told> out;
    for (const auto& row : rows) {
        const models::ModelId id(row.integer("model_id"));
        TRY(const auto addresses, models::registry::addresses_of(session, id));
        TRY(const auto windows, windows_of(session, id, i18n::Language::en));
        if (windows.empty()) continue;
        std::optional<drift::QualityScore> measured;
        for (const auto& window : windows)
            if (!window.quality.measured.empty()) measured = window.quality.measured.front();
        for (const auto& address : addresses) {
            if (out.size() == kModelsMax) return out;
            out.push_back({address, windows.back(), measured});
        }
    }
    return out;
}

/// The number of a state as rules compare it: 0 stable, 1 suspected, 2 drifted.
double level_of(drift::State state) {
    return state == drift::State::drifted ? 2 : state == drift::State::suspected ? 1 : 0;
}

/// Gauges of the registered models; those that are gone fall to 0.
class ModelGauges {
public:
    ModelGauges(base::Metrics& metrics, store::Database& database)
        : metrics_(metrics), database_(database) {}

    void refresh() {
        const std::scoped_lock lock(mutex_);
        const auto now = base::Clock::steady();
        if (now - read_at_ < std::chrono::seconds(5)) return;
        const auto told = database_.read(tell);
        if (!told) return;
        read_at_ = now;
        for (auto& [name, gauge] : shown_) gauge->set(0);
        for (const auto& one : *told) show(one);
    }

private:
    void set(const char* name, const char* help, const base::MetricLabels& labels, double value) {
        auto& gauge = metrics_.gauge(name, help, labels);
        std::string key = name;
        for (const auto& [label, text] : labels) key += '\n' + text;
        shown_[key] = &gauge;
        gauge.set(value);
    }

    void show(const Told& one) {
        const base::MetricLabels model{{"model", one.address}};
        double effect = 0;
        for (const auto& [column, value] : one.window.effects) effect = std::max(effect, value);
        set("csva_model_drift_state",
            "Newest window of a registered model: 0 stable, 1 suspected, 2 drifted",
            model,
            level_of(one.window.state));
        set("csva_model_drift_effect_ratio",
            "Largest distance of a column from when the model was trained, 0 to 1",
            model,
            effect);
        set("csva_model_quality_worse",
            "Whether the newest window's labels say that the model is worse than when trained",
            model,
            one.window.quality.state == QualityState::worse ? 1 : 0);
        set("csva_model_window_timestamp_seconds",
            "End of the newest window of a registered model",
            model,
            static_cast<double>(one.window.to_ms) / 1000);
        set("csva_model_window_rows",
            "Predictions in the newest window of a registered model",
            model,
            static_cast<double>(one.window.rows));
        if (one.measured)
            set("csva_model_quality_score",
                "Score measured on the newest window that has labels",
                {{"metric", one.measured->name}, {"model", one.address}},
                one.measured->value);
    }

    base::Metrics& metrics_;
    store::Database& database_;
    std::mutex mutex_;
    std::chrono::steady_clock::time_point read_at_{};
    std::map<std::string, base::Metrics::Gauge*> shown_;
};

}  // namespace

void register_metrics(base::Metrics& metrics, store::Database& database) {
    const auto gauges = std::make_shared<ModelGauges>(metrics, database);
    metrics.on_collect([gauges] { gauges->refresh(); });
}

}  // namespace csva::monitoring
