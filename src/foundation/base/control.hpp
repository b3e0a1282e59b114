#pragma once

#include <chrono>
#include <string_view>

namespace csva::base {

/// What long work asks and tells while it runs: is it cancelled, how far is it. The job child
/// answers over its pipe, the command line with a progress bar. Calls are cheap: look at
/// `cancelled()` in every inner round. Thread-safe.
class Control {
public:
    virtual ~Control() = default;
    /// True once somebody asked to stop. Stays true.
    virtual bool cancelled() const { return false; }
    /// ratio in 0..1 of the whole work; stage is a key below `jobs:stages.` of the catalogue (e.g.
    /// "reading").
    virtual void progress([[maybe_unused]] double ratio, [[maybe_unused]] std::string_view stage) {}
    /// A fact worth showing while the work goes on (a leaderboard line), as one JSON object.
    virtual void event([[maybe_unused]] std::string_view json) {}
};

/// Reason of the error that cancelled work returns.
inline constexpr std::string_view kCancelledReason = "jobs.cancelled";

}  // namespace csva::base
