#pragma once

#include "features/models/service.hpp"
#include "features/monitoring/types.hpp"
#include "features/predictions/service.hpp"
#include "features/predictions/types.hpp"
#include "foundation/base/metrics.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/http/actor.hpp"
#include "foundation/i18n/catalogue.hpp"
#include "foundation/jobs/kind.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace csva::monitoring {

store::Migrations migrations();
std::unique_ptr<store::Lifecycle> lifecycle();
std::vector<base::SettingRow> setting_rows();
/// The kind of job "watch".
jobs::Kind watch_kind(const base::Settings& settings);
/// For predictions::batch_kind: a batch is looked at as soon as it has ended.
base::Result<void> on_batch(store::Session& session, const predictions::Batch& batch);
/// Of the models whose `column` (dataset_id, training_id) is that; before the models go.
base::Result<void> erase_of_models(
    store::Session& session, std::string_view column, std::int64_t id
);

/// Enqueues a look at a model's waiting rows that came before `until_ms`, and at its labels; one
/// that waits already is made use of.
base::Result<jobs::JobId> enqueue_look(
    store::Session& session, const models::Model& model, std::int64_t until_ms, bool is_asked
);

/// Looks at what periods that have ended hold. For housekeeping, every minute.
base::Result<void> look_at_ended_periods(store::Database& database, const base::Settings& settings);
/// Deletes predictions that are older than the setting says. For housekeeping.
base::Result<void> forget_old_rows(store::Database& database, const base::Settings& settings);

/// Gauges of the watched models, read from the database.
void register_metrics(base::Metrics& metrics, store::Database& database);

/// What pages and API show. Thread-safe.
class Service {
public:
    struct Parts {
        store::Database& database;
        predictions::PredictionLog& log;
    };
    explicit Service(const Parts& parts) : parts_(parts) {}

    base::Result<Overview> overview(const http::Actor& actor, i18n::Language language);
    /// Errors: datasets.not_found.
    base::Result<DatasetMonitoring> of_dataset(datasets::DatasetId id, i18n::Language language);
    /// Errors: models.not_found.
    base::Result<ModelMonitoring> of_model(models::ModelId id, i18n::Language language);
    /// Errors: monitoring.window_not_found.
    base::Result<WindowDetails> window(const WindowPath& path, i18n::Language language);
    /// Makes a window of what has come since the last one, now. Errors: models.not_found,
    /// monitoring.too_few_rows (nor are there new labels).
    base::Result<Check> check(models::ModelId id);

private:
    Parts parts_;
};

}  // namespace csva::monitoring
