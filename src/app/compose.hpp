#pragma once

#include "app/config.hpp"
#include "features/accounts/service.hpp"
#include "features/audit/service.hpp"
#include "features/cleaning/service.hpp"
#include "features/datasets/service.hpp"
#include "features/erasure/exports.hpp"
#include "features/erasure/persons.hpp"
#include "features/erasure/service.hpp"
#include "features/exploring/service.hpp"
#include "features/models/service.hpp"
#include "features/monitoring/service.hpp"
#include "features/predictions/service.hpp"
#include "features/privacy/service.hpp"
#include "features/serving/service.hpp"
#include "features/sharing/service.hpp"
#include "features/training/service.hpp"
#include "foundation/base/metrics.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/http/event_hub.hpp"
#include "foundation/http/routes.hpp"
#include "foundation/journal/journal.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <atomic>
#include <map>
#include <memory>
#include <vector>

namespace csva::app {

/// All features joined on one store: what the server serves and the commands share. One line a
/// feature in compose.cpp.
class Composition {
public:
    /// Errors: those of load_settings and open_database.
    static base::Result<std::unique_ptr<Composition>> make(
        const CommonOptions& options, const std::map<std::string, std::string>& overrides = {}
    );

    const base::Settings& settings() const { return settings_; }
    base::Metrics& metrics() { return metrics_; }
    store::Database& database() { return *database_; }
    blob::BlobStore& blobs() { return *blobs_; }
    accounts::Accounts& accounts() { return *accounts_; }
    journal::Journal& journal() { return *journal_; }
    audit::Service& audit() { return *audit_; }
    datasets::Service& datasets() { return *datasets_; }
    http::EventHub& events() { return events_; }
    predictions::PredictionLog& prediction_log() { return *prediction_log_; }
    erasure::Service& erasure() { return *erasure_; }
    erasure::Persons& persons() { return *persons_; }
    const http::Routes& routes() const { return routes_; }
    /// Set when the process is about to end: it is not ready any more.
    std::atomic<bool>& leaving() { return leaving_; }
    /// Those that hold references before those they refer to.
    std::vector<store::Lifecycle*> lifecycles() const;

private:
    explicit Composition(base::Settings settings) : settings_(std::move(settings)) {}
    void join();
    void join_accounts();
    void join_datasets();
    void join_models();
    void join_erasure();

    std::atomic<bool> leaving_ = false;
    base::Settings settings_;
    base::Metrics metrics_;
    http::EventHub events_;
    std::unique_ptr<store::Database> database_;
    std::unique_ptr<blob::BlobStore> blobs_;
    std::unique_ptr<journal::Journal> journal_;
    jobs::Kinds kinds_;
    std::unique_ptr<accounts::Accounts> accounts_;
    std::unique_ptr<datasets::Service> datasets_;
    std::unique_ptr<cleaning::Service> cleaning_;
    std::unique_ptr<privacy::Service> privacy_;
    std::unique_ptr<exploring::QueryClient> rows_;
    std::unique_ptr<exploring::QueryClient> exports_;
    std::unique_ptr<exploring::Service> exploring_;
    std::unique_ptr<models::Service> models_;
    std::unique_ptr<training::Service> training_;
    std::unique_ptr<predictions::PredictionLog> prediction_log_;
    std::unique_ptr<predictions::Service> predictions_;
    std::unique_ptr<monitoring::Service> monitoring_;
    std::unique_ptr<serving::Service> serving_;
    std::unique_ptr<audit::Service> audit_;
    std::unique_ptr<sharing::Service> sharing_;
    std::vector<std::unique_ptr<store::Lifecycle>> lifecycles_;
    std::unique_ptr<erasure::Service> erasure_;
    std::unique_ptr<erasure::Persons> persons_;
    std::unique_ptr<erasure::Exports> exports_of_users_;
    http::Routes routes_;
};

}  // namespace csva::app
