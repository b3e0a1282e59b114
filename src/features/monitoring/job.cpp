#include "features/models/service.hpp"
#include "features/monitoring/look.hpp"
#include "features/monitoring/service.hpp"
#include "features/monitoring/store.hpp"

#include <algorithm>
#include <filesystem>

namespace csva::monitoring {
namespace {

namespace fs = std::filesystem;
using base::Result;
using store::Session;

constexpr std::int64_t kHourMs = 3'600'000;

Result<void> to_path(blob::BlobStore& blobs, std::string& key) {
    if (key.empty()) return {};
    TRY(const auto path, blobs.local_path(key));
    key = path.string();
    return {};
}

Result<LookInput> gather(Session& session, const LookOrder& order, std::int64_t period_ms) {
    LookInput out;
    TRY(const auto model, models::find(session, order.model_id));
    if (!model) return base::fail(base::ErrorKind::not_found, models::kNotFound);
    TRY(out.bundle, models::bundle_key(session, order.model_id));
    out.model_name = model->name;
    TRY(const auto state, watched(session, order.model_id));
    out.revision = state.revision;
    TRY(out.windows, known_windows(session, order.model_id));
    TRY(const auto waiting, predictions::waiting_segments(session, order.model_id));
    out.added = windows_from(waiting, order.until_ms, period_ms);
    TRY(const auto labels, predictions::labels_of(session, order.model_id));
    for (const auto& label : labels)
        out.labels.push_back({label.key.code, label.key.n, label.value});
    return out;
}

Result<jobs::Prepared> prepare(
    store::Database& database,
    blob::BlobStore& blobs,
    const std::string& input,
    std::int64_t period_ms
) {
    TRY(const auto order, base::from_json<LookOrder>(input));
    TRY(auto look,
        database.read([&](Session& session) { return gather(session, order, period_ms); }));
    CHECK_OK(to_path(blobs, look.bundle));
    for (auto& window : look.windows) {
        CHECK_OK(to_path(blobs, window.rows));
        CHECK_OK(to_path(blobs, window.sketch));
    }
    for (auto& window : look.added)
        for (auto& segment : window.segments) CHECK_OK(to_path(blobs, segment));
    return jobs::Prepared{base::to_json(look), 0};
}

Result<std::string> body(const std::string& input, const fs::path& out, base::Control& control) {
    TRY(const auto order, base::from_json<LookInput>(input));
    TRY(const auto outcome, look(order, out, control));
    return base::to_json(outcome);
}

/// Keys of the files of new windows, in their order.
struct Stored {
    std::vector<std::string> rows;
    std::vector<std::string> sketches;
};
CSVA_DESCRIBE(Stored, rows, sketches)

Result<std::string> store_files(const jobs::Finished& finished) {
    TRY(const auto outcome, base::from_json<LookOutcome>(finished.outcome));
    Stored stored;
    for (const auto& window : outcome.windows) {
        if (window.rows_file.empty()) continue;
        const auto put = [&](const std::string& file) {
            return finished.blobs.put_file(finished.job.project_id, finished.folder / file);
        };
        TRY(auto rows, put(window.rows_file));
        TRY(auto sketch, put(window.sketch_file));
        stored.rows.push_back(std::move(rows));
        stored.sketches.push_back(std::move(sketch));
    }
    return base::to_json(stored);
}

Result<void> publish(Session& session, const jobs::Finished& finished, const std::string& keys) {
    TRY(const auto order, base::from_json<LookOrder>(finished.input));
    TRY(const auto outcome, base::from_json<LookOutcome>(finished.outcome));
    TRY(const auto stored, base::from_json<Stored>(keys));
    TRY(const auto model, models::hold(session, order.model_id));
    if (!model) return base::fail(base::ErrorKind::not_found, models::kNotFound);
    TRY(const bool is_first, advance(session, order.model_id, outcome));
    // Another look has ended meanwhile: this one begins again with what it found.
    if (!is_first) return base::fail(base::ErrorKind::unavailable, "store.conflict");
    std::size_t made = 0;
    for (const auto& window : outcome.windows) {
        CHECK_OK(tell_members(session, *model, window));
        if (window.rows_file.empty()) {
            CHECK_OK(update_window(session, window));
            continue;
        }
        TRY(const auto id,
            insert_window(session, *model, window, stored.rows[made], stored.sketches[made]));
        CHECK_OK(predictions::seal_segments(session, window.codes, id.value));
        ++made;
    }
    return {};
}

NewWindow window_of(const predictions::WaitingSegment& segment) {
    return {
        .kind = segment.batch_id ? WindowKind::batch : WindowKind::stretch,
        .batch_id = segment.batch_id,
        .from_ms = segment.from_ms,
        .to_ms = segment.to_ms,
        .codes = {segment.code},
        .segments = {segment.blob_key},
    };
}

}  // namespace

std::vector<NewWindow> windows_from(
    const std::vector<predictions::WaitingSegment>& waiting,
    std::int64_t until_ms,
    std::int64_t period_ms
) {
    const std::int64_t least = drift::WatchOptions{}.least_rows;
    std::vector<NewWindow> out;
    std::optional<NewWindow> live;
    std::int64_t live_rows = 0;
    for (const auto& segment : waiting) {
        if (segment.batch_id && segment.rows >= least) {
            out.push_back(window_of(segment));
        } else if (segment.from_ms < until_ms) {
            live_rows += segment.rows;
            if (!live) {
                live = window_of(segment);
                live->kind = WindowKind::stretch;
                live->batch_id.reset();
                continue;
            }
            live->from_ms = std::min(live->from_ms, segment.from_ms);
            live->to_ms = std::max(live->to_ms, segment.to_ms);
            live->codes.push_back(segment.code);
            live->segments.push_back(segment.blob_key);
        }
    }
    if (!live || live_rows < least) return out;
    if (period_ms > 0 && until_ms % period_ms == 0 && live->from_ms >= until_ms - period_ms)
        live->kind = WindowKind::period;
    out.push_back(std::move(*live));
    return out;
}

jobs::Kind watch_kind(const base::Settings& settings) {
    jobs::Kind kind;
    kind.name = kWatchJob;
    kind.prepare = [period = settings.integer("monitoring.window_h") * kHourMs](
                       store::Database& database,
                       blob::BlobStore& blobs,
                       const jobs::Job&,
                       const std::string& input,
                       bool
                   ) { return prepare(database, blobs, input, period); };
    kind.body = body;
    kind.store_files = store_files;
    kind.publish = publish;
    return kind;
}

}  // namespace csva::monitoring
