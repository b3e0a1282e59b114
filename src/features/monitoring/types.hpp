#pragma once

#include "engine/drift/quality.hpp"
#include "engine/drift/watch.hpp"
#include "features/datasets/types.hpp"
#include "features/models/types.hpp"
#include "foundation/base/described.hpp"
#include "foundation/jobs/types.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::monitoring {

struct WindowTag;
using WindowId = base::Id<WindowTag>;

inline constexpr std::string_view kWindowNotFound = "monitoring.window_not_found";
inline constexpr std::string_view kTooFewRows = "monitoring.too_few_rows";
inline constexpr std::string_view kWatchJob = "watch";

/// What a window's rows have in common: one period of the clock, one file, or any
/// other stretch of time.
enum class WindowKind : std::uint8_t { period, batch, stretch };
CSVA_DESCRIBE_ENUM(WindowKind, period, batch, stretch)

/// A moment at which a detector of concept drift raised.
struct Alarm {
    std::string detector;
    std::int64_t at_ms = 0;
};
CSVA_DESCRIBE(Alarm, detector, at_ms)
CSVA_NOTES(Alarm, {.field = "detector", .text = "adwin, ddm or page_hinkley."})

/// `worse`: the whole interval of the score is worse than the whole interval when trained.
enum class QualityState : std::uint8_t { unknown, as_expected, worse };
CSVA_DESCRIBE_ENUM(QualityState, unknown, as_expected, worse)

/// How good the answers of a window are.
struct Quality {
    QualityState state = QualityState::unknown;
    std::int64_t labelled_rows = 0;
    std::vector<drift::QualityScore> measured;
    std::vector<drift::QualityScore> estimated;
    std::vector<Alarm> alarms;
};
CSVA_DESCRIBE(Quality, state, labelled_rows, measured, estimated, alarms)
CSVA_NOTES(
    Quality,
    {.field = "measured", .text = "On the rows that have labels."},
    {.field = "estimated", .text = "Without labels (CBPE); classes only."}
)

/// One window of predictions, judged.
struct Window {
    WindowId id;
    WindowKind kind = WindowKind::period;
    std::optional<std::int64_t> batch_id;
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
    std::int64_t rows = 0;
    drift::State state = drift::State::stable;
    drift::Level level = drift::Level::none;
    drift::Action action = drift::Action::nothing;
    std::optional<std::int64_t> since_ms;
    std::vector<std::string> columns;
    std::string sentence;
    std::string advice;
    std::map<std::string, double> effects;
    Quality quality;
};
CSVA_DESCRIBE(
    Window,
    id,
    kind,
    batch_id,
    from_ms,
    to_ms,
    rows,
    state,
    level,
    action,
    since_ms,
    columns,
    sentence,
    advice,
    effects,
    quality
)
CSVA_NOTES(
    Window,
    {.field = "from_ms", .text = "Time of its first prediction (Unix ms)."},
    {.field = "since_ms", .text = "First window that showed what is suspected or drifted."},
    {.field = "columns", .text = "Drifted columns that matter, then suspected ones."},
    {.field = "sentence", .text = "What happened, in words."},
    {.field = "advice", .text = "What to do, in words."},
    {.field = "effects", .text = "By column: how far from the reference, 0 to 1."}
)

/// Shares of the reference and of a window in the same groups.
struct Distribution {
    std::string column;
    drift::Role role = drift::Role::input;
    drift::Kind kind = drift::Kind::number;
    double importance = 0;
    std::vector<double> edges;
    std::vector<std::string> names;
    std::vector<double> reference;
    std::vector<double> window;
};
CSVA_DESCRIBE(Distribution, column, role, kind, importance, edges, names, reference, window)
CSVA_NOTES(
    Distribution,
    {.field = "edges", .text = "Numbers: ends of the groups, one more than there are groups."},
    {.field = "names", .text = "Categories: names of the groups; empty for all others."},
    {.field = "reference", .text = "Shares when trained."},
    {.field = "window", .text = "Shares in the window."}
)

struct WindowDetails {
    Window window;
    std::vector<drift::Finding> findings;
    std::vector<Distribution> distributions;
};
CSVA_DESCRIBE(WindowDetails, window, findings, distributions)
CSVA_NOTES(WindowDetails, {.field = "findings", .text = "All that was compared, worst first."})

/// One model in use, at a glance.
struct WatchedModel {
    models::Model model;
    std::string dataset_name;
    std::vector<std::string> addresses;
    std::int64_t predictions = 0;
    std::int64_t waiting_rows = 0;
    std::int64_t windows = 0;
    std::optional<std::int64_t> last_at_ms;
    bool is_checking = false;
    std::optional<Window> last;
};
CSVA_DESCRIBE(
    WatchedModel,
    model,
    dataset_name,
    addresses,
    predictions,
    waiting_rows,
    windows,
    last_at_ms,
    is_checking,
    last
)
CSVA_NOTES(
    WatchedModel,
    {.field = "addresses", .text = "Registered names that lead to it: models:/NAME@champion."},
    {.field = "predictions", .text = "Kept so far."},
    {.field = "waiting_rows", .text = "Predictions that no window holds yet."},
    {.field = "is_checking", .text = "Whether a job is looking at new rows or labels."},
    {.field = "last", .text = "The newest window; null when there is none."}
)

/// One model in use, with its windows, oldest first.
struct ModelMonitoring {
    WatchedModel summary;
    std::vector<drift::QualityScore> quality_when_trained;
    std::vector<Window> timeline;
};
CSVA_DESCRIBE(ModelMonitoring, summary, quality_when_trained, timeline)

/// GET /monitoring/
struct Overview {
    std::vector<WatchedModel> models;
};
CSVA_DESCRIBE(Overview, models)

/// GET /monitoring/{pk}/data/
struct DatasetMonitoring {
    datasets::DatasetId dataset_id;
    std::string dataset_name;
    std::vector<ModelMonitoring> models;
};
CSVA_DESCRIBE(DatasetMonitoring, dataset_id, dataset_name, models)
CSVA_NOTES(
    DatasetMonitoring,
    {.field = "models", .text = "Those trained from the data set that are in use, newest first."}
)

struct ModelPath {
    models::ModelId model_id;
};
CSVA_DESCRIBE(ModelPath, model_id)
struct WindowPath {
    models::ModelId model_id;
    WindowId window_id;
};
CSVA_DESCRIBE(WindowPath, model_id, window_id)

/// A look that is under way.
struct Check {
    jobs::JobId job_id;
};
CSVA_DESCRIBE(Check, job_id)

}  // namespace csva::monitoring
