#pragma once

#include "foundation/base/metrics.hpp"
#include "foundation/base/result.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/http/routes.hpp"
#include "foundation/store/database.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace csva::ops {

std::vector<base::SettingRow> setting_rows();

/// A number of the summary, read from the store: how many data sets, models, jobs there are.
struct Count {
    std::string name;
    std::function<base::Result<std::int64_t>(store::Session&)> read;
};

/// What the routes work on; outlives them.
struct RouteParts {
    const http::Routes& all;
    store::Database& database;
    base::Metrics& metrics;
    std::vector<Count> counts;
    const std::atomic<bool>& leaving;  ///< Not ready once it is set.
};

/// Home page, health, metrics in both forms, and the API's own description.
void register_routes(http::Routes& routes, RouteParts parts);

}  // namespace csva::ops
