#pragma once

#include "features/monitoring/types.hpp"
#include "features/predictions/service.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace csva::monitoring {

/// A window that was judged before. Paths are local; empty `rows`: its predictions have expired.
struct KnownWindow {
    WindowId id;
    WindowKind kind = WindowKind::period;
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
    bool is_labelled = false;
    std::string rows;
    std::string sketch;
};
CSVA_DESCRIBE(KnownWindow, id, kind, from_ms, to_ms, is_labelled, rows, sketch)

/// Segments that become a window.
struct NewWindow {
    WindowKind kind = WindowKind::period;
    std::optional<std::int64_t> batch_id;
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
    std::vector<std::string> codes;
    std::vector<std::string> segments;
};
CSVA_DESCRIBE(NewWindow, kind, batch_id, from_ms, to_ms, codes, segments)

struct KnownLabel {
    std::string code;
    std::int64_t n = 0;
    std::string value;
};
CSVA_DESCRIBE(KnownLabel, code, n, value)

/// What is enqueued: all that waits of live predictions that began before `until_ms`, and of files.
struct LookOrder {
    models::ModelId model_id;
    std::int64_t until_ms = 0;
};
CSVA_DESCRIBE(LookOrder, model_id, until_ms)

/// The windows that waiting segments make: one for each file of drift::WatchOptions::least_rows or
/// more, one for all else that began before `until_ms` when there is enough of it. `period_ms`:
/// what lies within one such period is a whole one; 0: nothing is.
std::vector<NewWindow> windows_from(
    const std::vector<predictions::WaitingSegment>& waiting,
    std::int64_t until_ms,
    std::int64_t period_ms
);

/// What one look at a model needs; windows in order of time.
struct LookInput {
    std::string bundle;
    std::string model_name;
    std::int64_t revision = 0;
    std::vector<KnownWindow> windows;
    std::vector<NewWindow> added;
    std::vector<KnownLabel> labels;
};
CSVA_DESCRIBE(LookInput, bundle, model_name, revision, windows, added, labels)

/// Of a known window: what has changed; of a new one (no id): all.
struct LookedWindow {
    WindowId id;
    WindowKind kind = WindowKind::period;
    std::optional<std::int64_t> batch_id;
    std::vector<std::string> codes;
    drift::Verdict verdict;
    bool is_measured = false;  ///< `quality` has what the labels say.
    Quality quality;
    std::vector<Distribution> distributions;
    std::string rows_file;
    std::string sketch_file;
};
CSVA_DESCRIBE(
    LookedWindow,
    id,
    kind,
    batch_id,
    codes,
    verdict,
    is_measured,
    quality,
    distributions,
    rows_file,
    sketch_file
)

struct LookOutcome {
    std::int64_t revision = 0;
    std::vector<drift::QualityScore> quality_when_trained;
    std::vector<LookedWindow> windows;
};
CSVA_DESCRIBE(LookOutcome, revision, quality_when_trained, windows)

/// The body of the job "watch": makes windows of new segments (a Parquet file and a sketch each, in
/// `out`), measures those with labels, and judges all in order of time by drift::Watch. Detectors
/// of concept drift see the errors of all labelled rows in their order of time. Errors:
/// bundle.no_reference and those of bundle::Model::load, duck.*.
base::Result<LookOutcome> look(
    const LookInput& input, const std::filesystem::path& out, base::Control& control
);

/// Shares of both in the same groups, to draw: at most twelve of equal width between the 1st and
/// the 99th percentile of the reference (the outer ones take what lies beyond), or the eight most
/// frequent categories and all others.
std::vector<Distribution> distributions_of(
    const drift::Sketch& reference, const drift::Sketch& window
);

}  // namespace csva::monitoring
