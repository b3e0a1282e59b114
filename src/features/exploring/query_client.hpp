#pragma once

#include "features/exploring/grid.hpp"
#include "foundation/base/metrics.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>

namespace csva::exploring {

/// The one long-lived query child of a server: started at the first order, started again after it
/// died. Orders wait for each other, at most their own time limit. Thread-safe.
class QueryClient {
public:
    struct Parts {
        std::filesystem::path program;  ///< The csva executable.
        std::filesystem::path folder;   ///< All that the child may read.
        std::int64_t memory_bytes = 0;
        base::Metrics& metrics;
    };
    explicit QueryClient(Parts parts);
    ~QueryClient();
    QueryClient(const QueryClient&) = delete;
    QueryClient& operator=(const QueryClient&) = delete;

    /// Errors: exploring.time_out, exploring.unavailable (the child is busy, died or does not
    /// start), and the child's own reasons.
    base::Result<GridAnswer> ask(const GridOrder& order);

    /// Process id of the child, 0 when none runs.
    std::int64_t pid() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::exploring
