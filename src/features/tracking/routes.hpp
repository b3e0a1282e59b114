#pragma once

#include "features/tracking/service.hpp"
#include "foundation/http/routes.hpp"

namespace csva::tracking {

/// MLflow's REST protocol below /api/2.0/mlflow/, /api/2.0/mlflow-artifacts/ and /api/3.0/mlflow/,
/// the first also below /ajax-api/2.0/mlflow/.
void register_routes(http::Routes& routes, store::Database& database, blob::BlobStore& blobs);

}  // namespace csva::tracking
