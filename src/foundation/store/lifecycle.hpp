#pragma once

#include "foundation/base/result.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace csva::store {

/// What a feature owns and how it goes: privacy, backup and doctor loop over all of these. A test
/// fails for a table that none claims.
class Lifecycle {
public:
    virtual ~Lifecycle() = default;
    virtual std::string_view feature() const = 0;
    /// Tables this feature owns.
    virtual std::vector<std::string_view> tables() const = 0;
    /// Keys of the blobs that its rows refer to.
    virtual base::Result<std::set<std::string>> blobs(Session& session) = 0;
    /// Deletes all that belongs to a project, inside the caller's transaction; blobs only lose
    /// their reference (the sweeper removes them).
    virtual base::Result<void> erase_project(Session& session, std::int64_t project_id) = 0;
    /// What is wrong, in words for the log (empty: all well).
    virtual base::Result<std::vector<std::string>> verify(Session& session) = 0;
};

}  // namespace csva::store
