#pragma once

#include "features/predictions/kept.hpp"
#include "features/predictions/segment.hpp"
#include "features/predictions/types.hpp"
#include "foundation/i18n/catalogue.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace csva::predictions {

/// All SQL of the feature. `language` is that of a problem's sentences.
base::Result<BatchId> insert(
    store::Session& session, const Batch& batch, std::string_view upload_key
);
base::Result<void> set_job(store::Session& session, BatchId id, jobs::JobId job);
base::Result<std::optional<Batch>> find(
    store::Session& session, BatchId id, i18n::Language language
);
base::Result<void> finish(
    store::Session& session,
    BatchId id,
    std::int64_t rows,
    std::int64_t rejected,
    std::string_view result_key
);
base::Result<void> give_up(store::Session& session, BatchId id, const base::Error& error);

struct Keys {
    std::string upload_key;
    std::string result_key;
};
/// Errors: predictions.batch_not_found.
base::Result<Keys> keys_of(store::Session& session, BatchId id);
base::Result<void> erase(store::Session& session, BatchId id);

// The log of predictions (log_store.cpp). A segment is open, then closed: a blob; and sealed once
// its predictions stand elsewhere.

base::Result<void> insert_segment(store::Session& session, const SegmentSummary& segment);
base::Result<bool> segment_is_open(store::Session& session, std::string_view code);
/// Does nothing when its model has gone.
base::Result<void> close_segment(
    store::Session& session, const SegmentSummary& segment, std::string_view blob_key
);
/// A closed segment with the rows of a batch.
base::Result<void> insert_batch_segment(
    store::Session& session, BatchId batch, const SegmentSummary& segment, std::string_view blob_key
);
/// The segment of a batch whose predictions are kept.
base::Result<std::optional<WaitingSegment>> segment_of_batch(
    store::Session& session, BatchId batch
);
base::Result<void> erase_segment(store::Session& session, std::string_view code);
/// Segments, labels: of the models whose `column` (id, dataset_id, training_id, project_id) is
/// that.
base::Result<void> erase_log(store::Session& session, std::string_view column, std::int64_t id);
base::Result<std::set<std::string>> log_blobs(store::Session& session);

/// What became of a label; `unknown`: no such prediction of this model.
enum class LabelFate : std::uint8_t { taken, unchanged, replaced, contradicts, unknown };
/// Keeps labels of a model's predictions; one that contradicts what is known only with `replace`.
/// `written_here`: predictions of a segment that this process is writing. What another server is
/// still writing is believed to be there. One fate a label.
base::Result<std::vector<LabelFate>> put_labels(
    store::Session& session,
    const models::Model& model,
    const std::vector<Label>& labels,
    bool replace,
    const std::function<std::optional<std::int64_t>(std::string_view code)>& written_here
);

}  // namespace csva::predictions
