#pragma once

#include "foundation/base/metrics.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/store/database.hpp"

#include <memory>

namespace csva::tracking {

/// Sends the runs of trainings to another MLflow server, over the same protocol, in a thread of its
/// own. What is to be sent stands in tracking_outbox until it is there; while the server is away it
/// is tried again, at last once a minute. Each step may be done twice without harm: a run is looked
/// for by our id before it is made. Several processes take the rows in turn, each under a lease.
class Mirror {
public:
    struct Parts {
        store::Database& database;
        blob::BlobStore& blobs;
        const base::Settings& settings;
        base::Metrics& metrics;
    };
    /// Null when mlflow.tracking_uri is empty. The parts outlive it.
    static std::unique_ptr<Mirror> start(const Parts& parts);
    virtual ~Mirror() = default;
};

}  // namespace csva::tracking
