#pragma once

#include "features/models/service.hpp"
#include "features/predictions/segment.hpp"
#include "foundation/base/metrics.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/store/database.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace csva::predictions {

std::vector<base::SettingRow> setting_rows();

/// Keeps what the server answers. `append` only writes to memory; a thread writes segments to disk
/// every half second, so that a kill loses at most a second. A segment ends with its ten minutes
/// of the clock or at 16 MB, and is then a blob with a row. What a killed server left is taken over
/// at the next start. An answer never waits for the log: when the disk cannot follow, predictions
/// go unlogged and are counted. Thread-safe.
class PredictionLog {
public:
    struct Parts {
        store::Database& database;
        blob::BlobStore& blobs;
        const base::Settings& settings;
        base::Metrics& metrics;
    };
    explicit PredictionLog(const Parts& parts);
    ~PredictionLog();
    PredictionLog(const PredictionLog&) = delete;
    PredictionLog& operator=(const PredictionLog&) = delete;

    /// Takes over segments without a living writer, and begins; before that nothing is kept. Does
    /// nothing when the setting says so. Errors: base.file_unwritable.
    base::Result<void> start();
    /// Ends all segments.
    void stop();
    /// The id of the prediction; nothing when it is not kept.
    std::optional<std::string> append(
        const models::Ready& ready,
        const std::map<std::string, base::Cell>& row,
        const bundle::Prediction& answer
    );
    /// Drops the segments whose models or rows are gone, with their files, at once: what this
    /// process writes and what others left here. It is also done every few seconds, since other
    /// processes erase too.
    base::Result<void> drop_gone();
    /// Ends the segment of a model that this process writes, if any.
    void close(models::ModelId model);
    /// Predictions of a segment of that model that this process is writing; nothing for others.
    std::optional<std::int64_t> rows_of(std::string_view code, models::ModelId model) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::predictions
