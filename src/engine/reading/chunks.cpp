#include "engine/reading/chunks.hpp"

#include "engine/table/column_parser.hpp"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace csva::reading {
namespace {

/// Line ends tried as the start of a chunk, and records that must be right after one.
constexpr int kStartsTried = 200;
constexpr int kRecordsTried = 4;

/// Turns a stretch of the file into a chunk. One for each thread.
class ChunkMaker {
public:
    ChunkMaker(const Plan& plan, const table::Schema& schema, const ChunkOptions& options)
        : plan_(plan), schema_(schema), options_(options), rows_(plan) {
        for (const auto& column : schema.columns) parsers_.emplace_back(column);
    }

    /// The start of a record at or after `offset`, most likely.
    std::size_t guess(std::size_t offset) {
        const std::string_view text = plan_.file->text();
        std::size_t first = std::string_view::npos;
        for (int tried = 0; tried < kStartsTried; ++tried) {
            offset = text.find_first_of("\n\r", offset);
            if (offset == std::string_view::npos) break;
            offset += text.substr(offset).starts_with("\r\n") ? 2 : 1;
            if (first == std::string_view::npos) first = offset;
            if (is_right(offset)) return offset;
        }
        return first == std::string_view::npos ? text.size() : first;
    }

    Chunk make(std::size_t begin, std::size_t limit) {
        Chunk chunk;
        chunk.begin = begin;
        chunk.evidence.resize(options_.gather ? schema_.columns.size() : 0);
        rows_.seek(begin, 0);
        while (rows_.position() < limit && rows_.next()) add(chunk);
        chunk.end = rows_.position();
        chunk.lines = rows_.line();
        return chunk;
    }

private:
    bool is_right(std::size_t offset) {
        rows_.seek(offset, 0);
        for (int i = 0; i < kRecordsTried && rows_.next(); ++i) {
            const bool plain = rows_.kind() == RowKind::row && rows_.repair().empty() &&
                               rows_.record().stray_quotes == 0;
            if (!plain && rows_.kind() != RowKind::blank) return false;
        }
        return true;
    }

    void add(Chunk& chunk) {
        const Record& record = rows_.record();
        if (rows_.kind() == RowKind::blank) {
            ++chunk.blank_lines;
            return;
        }
        if (rows_.kind() == RowKind::remark) {
            ++chunk.remarks;
            return;
        }
        ++chunk.rows_in;
        if (rows_.kind() == RowKind::rejected) {
            if (options_.gather)
                chunk.rejects.push_back({record.line, rows_.reason(), std::string(record.raw)});
            return;
        }
        ++chunk.rows_kept;
        if (options_.gather && !rows_.repair().empty())
            chunk.repairs.push_back({record.line, rows_.repair(), {}});
        for (std::size_t i = 0; i < chunk.evidence.size(); ++i)
            chunk.evidence[i].add(record.cells[i]);
        if (options_.batches) append(chunk, record);
    }

    void append(Chunk& chunk, const Record& record) {
        if (chunk.batches.empty() || chunk.batches.back().rows() == table::kBatchRows) {
            chunk.batches.emplace_back(schema_).keep =
                std::const_pointer_cast<MappedFile>(plan_.file);
            reserve(chunk.batches.back());
        }
        table::Batch& batch = chunk.batches.back();
        batch.row_ids.push_back(chunk.rows_in);
        const std::string_view text = plan_.file->text();
        for (std::size_t i = 0; i < batch.columns.size(); ++i) {
            std::string_view cell = record.cells[i];
            auto& column = batch.columns[i];
            // A cell that is not in the file lives only until the next record.
            const bool in_file =
                cell.data() >= text.data() && cell.data() <= text.data() + text.size();
            if (column.type == table::ColumnType::text && !in_file) cell = batch.arena.store(cell);
            // A space is a cell's character, too, when characters are what is wanted.
            if (plan_.any_length && !cell.empty())
                column.append_text(cell);
            else
                parsers_[i].append(cell, column);
        }
    }

    void reserve(table::Batch& batch) const {
        if (schema_.columns.size() > 200) return;
        batch.row_ids.reserve(table::kBatchRows);
        for (auto& column : batch.columns) {
            column.valid.reserve(table::kBatchRows);
            if (column.type == table::ColumnType::text)
                column.texts.reserve(table::kBatchRows);
            else if (column.type == table::ColumnType::real)
                column.reals.reserve(table::kBatchRows);
            else
                column.integers.reserve(table::kBatchRows);
        }
    }

    const Plan& plan_;
    const table::Schema& schema_;
    const ChunkOptions& options_;
    TableRows rows_;
    std::vector<table::ColumnParser> parsers_;
};

class ChunkReader : public table::TableReader {
public:
    ChunkReader(
        const Plan& plan,
        const table::Schema& schema,
        const ChunkOptions& options,
        std::function<void(Chunk&, std::int64_t)> on_chunk,
        base::Control& control
    )
        : plan_(plan),
          schema_(schema),
          options_(options),
          on_chunk_(std::move(on_chunk)),
          control_(control),
          maker_(plan_, schema_, options_) {
        const std::size_t size = plan.file->text().size() - plan.body_start;
        count_ = (size + options_.bytes - 1) / options_.bytes;
        start();
    }

    ~ChunkReader() override { stop(); }
    ChunkReader(const ChunkReader&) = delete;
    ChunkReader& operator=(const ChunkReader&) = delete;

    const table::Schema& schema() const override { return schema_; }

    base::Result<bool> next(table::Batch& batch) override {
        while (at_ == chunk_.batches.size()) {
            if (control_.cancelled())
                return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
            if (index_ == count_) {
                batch.clear();
                return false;
            }
            take_chunk();
        }
        batch = std::move(chunk_.batches[at_++]);
        for (auto& row_id : batch.row_ids) row_id += rows_before_;
        return true;
    }

    /// Before the first row and after the last; what is told of the chunks is told once.
    base::Result<void> rewind() override {
        if (index_ == 0) return {};
        if (index_ < count_ || at_ < chunk_.batches.size())
            return std::unexpected(base::internal_error("a file is read to its end"));
        stop();
        on_chunk_ = [](Chunk&, std::int64_t) {};
        index_ = next_ = at_ = forgotten_ = 0;
        rows_before_ = 0;
        chunk_ = Chunk();
        done_.clear();
        stopped_ = false;
        start();
        return {};
    }

private:
    void start() {
        expected_ = plan_.body_start;
        line_ = plan_.body_line;
        std::size_t threads = options_.threads;
        if (threads == 0) threads = std::max(1U, std::thread::hardware_concurrency());
        if (count_ < 2) return;
        window_ = 2 * threads + 1;
        for (std::size_t i = 0; i < std::min(threads, count_); ++i)
            workers_.emplace_back([this] { work(); });
    }

    void stop() {
        {
            const std::scoped_lock lock(mutex_);
            stopped_ = true;
        }
        changed_.notify_all();
        for (auto& worker : workers_) worker.join();
        workers_.clear();
    }

    std::size_t limit_of(std::size_t index) const {
        return plan_.body_start + (index + 1) * options_.bytes;
    }

    void work() {
        ChunkMaker maker(plan_, schema_, options_);
        std::unique_lock lock(mutex_);
        for (;;) {
            changed_.wait(lock, [this] {
                return stopped_ || next_ == count_ || next_ < index_ + window_;
            });
            if (stopped_ || next_ == count_) return;
            const std::size_t index = next_++;
            lock.unlock();
            const std::size_t begin =
                index == 0 ? plan_.body_start : maker.guess(limit_of(index - 1) - 1);
            Chunk chunk = maker.make(begin, limit_of(index));
            lock.lock();
            done_.emplace(index, std::move(chunk));
            changed_.notify_all();
        }
    }

    /// The next chunk in order, read here when nobody else did, or from a wrong start.
    void take_chunk() {
        rows_before_ += chunk_.rows_in;
        line_ += chunk_.lines;
        if (workers_.empty()) {
            chunk_ = maker_.make(expected_, limit_of(index_));
        } else {
            std::unique_lock lock(mutex_);
            changed_.wait(lock, [this] { return done_.contains(index_); });
            chunk_ = std::move(done_.extract(index_).mapped());
        }
        if (chunk_.begin != expected_) chunk_ = maker_.make(expected_, limit_of(index_));
        expected_ = chunk_.end;
        at_ = 0;
        {
            const std::scoped_lock lock(mutex_);
            ++index_;
        }
        changed_.notify_all();
        on_chunk_(chunk_, line_);
        plan_.file->forget(forgotten_, chunk_.begin);
        forgotten_ = chunk_.begin;
        control_.progress(
            static_cast<double>(index_) / static_cast<double>(count_) * 0.8, "reading"
        );
    }

    const Plan& plan_;
    table::Schema schema_;
    ChunkOptions options_;
    std::function<void(Chunk&, std::int64_t)> on_chunk_;
    base::Control& control_;
    ChunkMaker maker_;
    std::size_t count_ = 0, window_ = 1;
    std::size_t expected_ = 0, at_ = 0, forgotten_ = 0;
    std::int64_t rows_before_ = 0, line_ = 1;
    Chunk chunk_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::size_t index_ = 0, next_ = 0;  ///< To be taken, to be read.
    std::map<std::size_t, Chunk> done_;
    bool stopped_ = false;
    std::vector<std::thread> workers_;
};

}  // namespace

std::unique_ptr<table::TableReader> read_chunks(
    const Plan& plan,
    const table::Schema& schema,
    const ChunkOptions& options,
    std::function<void(Chunk& chunk, std::int64_t line_before)> on_chunk,
    base::Control& control
) {
    return std::make_unique<ChunkReader>(plan, schema, options, std::move(on_chunk), control);
}

}  // namespace csva::reading
