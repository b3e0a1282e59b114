#include "features/predictions/log.hpp"

#include "features/predictions/store.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/files.hpp"
#include "foundation/base/log.hpp"

#include <algorithm>
#include <condition_variable>
#include <fcntl.h>
#include <mutex>
#include <sys/file.h>
#include <thread>
#include <unistd.h>

namespace csva::predictions {
namespace {

namespace fs = std::filesystem;
using base::Result;

constexpr std::string_view kFolder = "prediction-log";
constexpr std::string_view kEnding = ".segment";
constexpr std::chrono::milliseconds kFlushEvery(500);
constexpr std::int64_t kTurnsToAdopt = 120;  ///< A minute.
constexpr std::int64_t kTurnsToDrop = 10;    ///< Five seconds.
constexpr std::int64_t kSegmentMs = 600'000;
constexpr std::int64_t kSegmentBytes = 16'000'000;
constexpr std::size_t kMostWaitingBytes = 64'000'000;

/// A segment being written. `pending` and the counts belong to State::mutex, the file to
/// State::writing.
struct Segment {
    SegmentHead head;
    std::string pending;
    std::uint32_t pending_lines = 0;
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    std::int64_t from_ms = 0;
    fs::path path;
    int file = -1;

    Segment() = default;
    Segment(const Segment&) = delete;
    Segment& operator=(const Segment&) = delete;
    ~Segment() {
        if (file >= 0) ::close(file);
    }
};
using SegmentPtr = std::shared_ptr<Segment>;

bool write_all(int file, std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(file, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

std::vector<base::SettingRow> setting_rows() {
    return {
        {"predictions.log",
         base::SettingType::boolean,
         "true",
         "",
         "Whether predictions are kept with their inputs, so that models can be watched."},
        {"predictions.log_keep_days",
         base::SettingType::integer,
         "90",
         "days",
         "Age at which kept predictions and their labels are deleted; what watching made of them "
         "stays."},
    };
}

struct PredictionLog::State {
    explicit State(const Parts& p)
        : parts(p),
          folder(fs::path(p.settings.text("data.dir")) / kFolder),
          logged(p.metrics.counter(
              "csva_predictions_logged_total", "Predictions that were kept for watching."
          )),
          lost(p.metrics.counter(
              "csva_predictions_unlogged_total",
              "Predictions that could not be kept: the disk did not follow."
          )) {}

    SegmentPtr segment_for(const models::Ready& ready, std::int64_t now);
    void run();
    void flush();
    bool write(Segment& segment, std::string_view text, std::uint32_t lines);
    Result<bool> open(Segment& segment);
    void finish(const SegmentPtr& segment);
    Result<void> adopt(const fs::path& path);
    void adopt_left();
    Result<void> drop_gone();

    Parts parts;
    fs::path folder;
    base::Metrics::Counter& logged;
    base::Metrics::Counter& lost;
    mutable std::mutex mutex;
    std::map<std::int64_t, SegmentPtr> open_segments;  ///< By model.
    std::vector<SegmentPtr> ended;
    std::size_t waiting_bytes = 0;
    bool is_running = false;
    std::condition_variable wake;
    std::mutex writing;  ///< Taken before `mutex`.
    std::thread thread;
};

SegmentPtr PredictionLog::State::segment_for(const models::Ready& ready, std::int64_t now) {
    auto& slot = open_segments[ready.model.id.value];
    if (slot && (slot->from_ms / kSegmentMs != now / kSegmentMs || slot->bytes > kSegmentBytes)) {
        ended.push_back(slot);
        slot.reset();
    }
    if (slot) return slot;
    slot = std::make_shared<Segment>();
    slot->head = head_of(ready.bundle->description());
    slot->head.project_id = ready.model.project_id;
    slot->head.model_id = ready.model.id.value;
    slot->from_ms = now;
    slot->path = folder / (slot->head.code + std::string(kEnding));
    return slot;
}

/// False when the model is gone.
Result<bool> PredictionLog::State::open(Segment& segment) {
    segment.file = ::open(segment.path.c_str(), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (segment.file < 0) return std::unexpected(base::unwritable(segment.path));
    ::flock(segment.file, LOCK_EX | LOCK_NB);
    auto known = parts.database.transaction([&](store::Session& session) -> Result<bool> {
        TRY(const auto model, models::hold(session, models::ModelId(segment.head.model_id)));
        if (!model) return false;
        CHECK_OK(insert_segment(session, {segment.head, 0, segment.from_ms, segment.from_ms}));
        return true;
    });
    if (known && *known && !write_all(segment.file, block_of(base::to_json(segment.head), 0)))
        known = std::unexpected(base::unwritable(segment.path));
    if (known && *known) return true;
    ::close(segment.file);
    segment.file = -1;
    std::error_code ignored;
    fs::remove(segment.path, ignored);
    return known;
}

bool PredictionLog::State::write(Segment& segment, std::string_view text, std::uint32_t lines) {
    if (segment.file < 0) {
        const auto opened = open(segment);
        if (opened && !*opened) return true;  // nobody will ask for them
        if (!opened) {
            base::log(
                base::LogLevel::error, "prediction_log_failed", {{"reason", opened.error().reason}}
            );
            return false;
        }
    }
    const bool good =
        write_all(segment.file, block_of(text, lines)) && ::fdatasync(segment.file) == 0;
    if (!good) base::log(base::LogLevel::error, "prediction_log_failed", {{"errno", errno}});
    return good;
}

void PredictionLog::State::flush() {
    const std::scoped_lock one_at_a_time(writing);
    struct Work {
        SegmentPtr segment;
        std::string text;
        std::uint32_t lines = 0;
    };
    std::vector<Work> work;
    std::vector<SegmentPtr> ending;
    {
        const std::scoped_lock lock(mutex);
        const std::int64_t now = base::Clock::wall_ms();
        std::erase_if(open_segments, [&](const auto& entry) {
            const bool over = entry.second->from_ms / kSegmentMs != now / kSegmentMs;
            if (over) ended.push_back(entry.second);
            return over;
        });
        ending.swap(ended);
        const auto take = [&](const SegmentPtr& segment) {
            if (segment->pending_lines == 0) return;
            work.push_back({segment, std::move(segment->pending), segment->pending_lines});
            segment->pending.clear();
            segment->pending_lines = 0;
        };
        for (const auto& [model, segment] : open_segments) take(segment);
        for (const auto& segment : ending) take(segment);
        waiting_bytes = 0;
    }
    for (const auto& [segment, text, lines] : work) {
        if (write(*segment, text, lines)) continue;
        // What follows in this file could not be read back.
        lost.add(lines);
        const std::scoped_lock lock(mutex);
        const auto found = open_segments.find(segment->head.model_id);
        if (found != open_segments.end() && found->second == segment) {
            open_segments.erase(found);
            ending.push_back(segment);
        }
    }
    for (const auto& segment : ending) finish(segment);
}

void PredictionLog::State::finish(const SegmentPtr& segment) {
    if (segment->file < 0) return;
    ::close(segment->file);
    segment->file = -1;
    const auto adopted = adopt(segment->path);
    if (!adopted)
        base::log(
            base::LogLevel::error, "prediction_log_failed", {{"reason", adopted.error().reason}}
        );
}

/// Makes a blob of a segment that is whole. The file stays until the row is there.
Result<void> PredictionLog::State::adopt(const fs::path& path) {
    const auto summary = summary_of(path);
    std::error_code ignored;
    if (summary.rows == 0) {
        fs::remove(path, ignored);
        return parts.database.transaction([&](store::Session& session) {
            return erase_segment(session, summary.head.code);
        });
    }
    TRY(const bool waits, parts.database.read([&](store::Session& session) {
        return segment_is_open(session, summary.head.code);
    }));
    if (waits) {
        const fs::path staged = parts.blobs.staging() / path.filename();
        fs::remove(staged, ignored);
        std::error_code unlinked;
        fs::create_hard_link(path, staged, unlinked);
        if (unlinked) fs::copy_file(path, staged, ignored);
        TRY(const auto key, parts.blobs.put_file(summary.head.project_id, staged));
        CHECK_OK(parts.database.transaction([&](store::Session& session) {
            return close_segment(session, summary, key);
        }));
    }
    fs::remove(path, ignored);
    return {};
}

/// Files that no living process writes: of one that was killed, and those whose blob or row could
/// not be made when they ended.
void PredictionLog::State::adopt_left() {
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        const int file = ::open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
        if (file < 0) continue;
        const bool left = ::flock(file, LOCK_EX | LOCK_NB) == 0;
        const auto adopted = left ? adopt(entry.path()) : Result<void>();
        ::close(file);
        if (!adopted)
            base::log(
                base::LogLevel::error, "prediction_log_failed", {{"reason", adopted.error().reason}}
            );
    }
}

/// A segment without a row belongs to a model that was erased: nobody may read it again.
Result<void> PredictionLog::State::drop_gone() {
    const std::scoped_lock one_at_a_time(writing);
    std::vector<SegmentPtr> all;
    {
        const std::scoped_lock lock(mutex);
        for (const auto& [model, segment] : open_segments) all.push_back(segment);
    }
    for (const auto& segment : all) {
        TRY(const bool gone, parts.database.read([&](store::Session& session) -> Result<bool> {
            TRY(const auto model, models::find(session, models::ModelId(segment->head.model_id)));
            return !model.has_value();
        }));
        if (!gone) continue;
        const std::scoped_lock lock(mutex);
        const auto found = open_segments.find(segment->head.model_id);
        if (found != open_segments.end() && found->second == segment) open_segments.erase(found);
        segment->pending.clear();
        segment->pending_lines = 0;
        if (segment->file < 0) continue;
        ::close(segment->file);
        segment->file = -1;
        std::error_code ignored;
        fs::remove(segment->path, ignored);
    }
    return {};
}

void PredictionLog::State::run() {
    std::unique_lock lock(mutex);
    for (std::int64_t turn = 1; is_running; ++turn) {
        wake.wait_for(lock, kFlushEvery, [this] { return !is_running; });
        lock.unlock();
        flush();
        if (turn % kTurnsToDrop == 0) (void)drop_gone();
        if (turn % kTurnsToAdopt == 0) adopt_left();
        lock.lock();
    }
}

PredictionLog::PredictionLog(const Parts& parts) : state_(std::make_unique<State>(parts)) {}
PredictionLog::~PredictionLog() { stop(); }

Result<void> PredictionLog::start() {
    auto& s = *state_;
    std::error_code failed;
    fs::create_directories(s.folder, failed);
    if (failed) return std::unexpected(base::unwritable(s.folder));
    s.adopt_left();
    if (!s.parts.settings.boolean("predictions.log")) return {};
    s.is_running = true;
    s.thread = std::thread([&s] { s.run(); });
    return {};
}

void PredictionLog::stop() {
    auto& s = *state_;
    if (!s.thread.joinable()) return;
    {
        const std::scoped_lock lock(s.mutex);
        s.is_running = false;
        for (const auto& [model, segment] : s.open_segments) s.ended.push_back(segment);
        s.open_segments.clear();
    }
    s.wake.notify_all();
    s.thread.join();
    s.flush();
}

std::optional<std::string> PredictionLog::append(
    const models::Ready& ready,
    const std::map<std::string, base::Cell>& row,
    const bundle::Prediction& answer
) {
    auto& s = *state_;
    thread_local std::string line;
    thread_local std::vector<const base::Cell*> cells;
    line.clear();
    const std::int64_t now = base::Clock::wall_ms();
    ready.bundle->cells_of(row, cells);
    for (const auto hidden : ready.bundle->hidden()) cells[hidden] = nullptr;
    append_line(line, now, ready.bundle->description(), cells, answer);
    const std::scoped_lock lock(s.mutex);
    if (!s.is_running) return std::nullopt;
    if (s.waiting_bytes > kMostWaitingBytes) {
        s.lost.add();
        return std::nullopt;
    }
    const auto segment = s.segment_for(ready, now);
    segment->pending += line;
    segment->pending_lines += 1;
    segment->rows += 1;
    segment->bytes += static_cast<std::int64_t>(line.size());
    s.waiting_bytes += line.size();
    s.logged.add();
    return id_of({segment->head.code, segment->rows});
}

void PredictionLog::close(models::ModelId model) {
    auto& s = *state_;
    {
        const std::scoped_lock lock(s.mutex);
        const auto found = s.open_segments.find(model.value);
        if (found == s.open_segments.end()) return;
        s.ended.push_back(found->second);
        s.open_segments.erase(found);
    }
    s.flush();
}

Result<void> PredictionLog::drop_gone() {
    CHECK_OK(state_->drop_gone());
    state_->flush();
    state_->adopt_left();
    return {};
}

std::optional<std::int64_t> PredictionLog::rows_of(std::string_view code, models::ModelId model)
    const {
    const std::scoped_lock lock(state_->mutex);
    const auto found = state_->open_segments.find(model.value);
    if (found == state_->open_segments.end() || found->second->head.code != code)
        return std::nullopt;
    return found->second->rows;
}

}  // namespace csva::predictions
