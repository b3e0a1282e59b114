#pragma once

#include "features/models/types.hpp"
#include "features/predictions/segment.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

/// Kept predictions and their labels, for who watches models. All run in the caller's session.
namespace csva::predictions {

/// A closed segment that no window holds yet.
struct WaitingSegment {
    std::string code;
    std::optional<std::int64_t> batch_id;
    std::string blob_key;
    std::int64_t rows = 0;
    std::int64_t from_ms = 0;
    std::int64_t to_ms = 0;
};
CSVA_DESCRIBE(WaitingSegment, code, batch_id, blob_key, rows, from_ms, to_ms)
/// In order of time.
base::Result<std::vector<WaitingSegment>> waiting_segments(
    store::Session& session, models::ModelId model
);
/// Models with closed segments that began before then and that no window holds.
base::Result<std::vector<models::ModelId>> models_waiting(
    store::Session& session, std::int64_t before_ms
);
/// The window holds their predictions from now on; their blobs may go.
base::Result<void> seal_segments(
    store::Session& session, const std::vector<std::string>& codes, std::int64_t window_id
);

/// The right answer of a prediction.
struct Label {
    PredictionKey key;
    std::string value;
};
base::Result<std::vector<Label>> labels_of(store::Session& session, models::ModelId model);
/// Windows with a labelled prediction.
base::Result<std::set<std::int64_t>> labelled_windows(
    store::Session& session, models::ModelId model
);
/// Number of labels, and when the newest came (Unix ms; 0: none).
struct LabelCount {
    std::int64_t labels = 0;
    std::int64_t last_ms = 0;
};
base::Result<LabelCount> count_labels(store::Session& session, models::ModelId model);

/// Sealed segments that ended before then go, with their labels. Returns how many.
base::Result<std::int64_t> forget_log(store::Session& session, std::int64_t before_ms);

/// How much a model was asked.
struct Usage {
    models::ModelId model_id;
    std::int64_t predictions = 0;
    std::int64_t waiting_rows = 0;
    std::optional<std::int64_t> last_at_ms;
};
CSVA_DESCRIBE(Usage, model_id, predictions, waiting_rows, last_at_ms)
/// Models whose predictions are kept, of the projects that `condition` (with `values`) lets pass:
/// SQL on `s.project_id` or `s.model_id`. Newest model first.
base::Result<std::vector<Usage>> usage(
    store::Session& session, const std::string& condition, std::vector<store::Value> values
);

}  // namespace csva::predictions
