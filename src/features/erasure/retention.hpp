#pragma once

#include "features/datasets/service.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/journal/journal.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace csva::erasure {

/// Tells a user in the caller's transaction that a data set goes soon.
using TellExpiry = std::function<
    base::Result<void>(store::Session&, std::int64_t user_id, const datasets::Expiring&)>;

struct RetentionParts {
    store::Database& database;
    blob::BlobStore& blobs;
    const base::Settings& settings;
    datasets::Service& datasets;
    journal::Journal& journal;
    std::vector<store::Lifecycle*> features;
    TellExpiry tell;
};

/// Deletes the rows of data sets whose time is over, and says so before: 14 and 3 days, and never
/// less than 3 days after the last notice was given. Models stay: they hold no row. For
/// housekeeping, every hour; never touches the journal.
base::Result<void> expire(const RetentionParts& parts);

}  // namespace csva::erasure
