#include "engine/duck/arrow.hpp"

#include <cerrno>
#include <exception>
#include <memory>
#include <string>
#include <vector>

namespace csva::duck {
namespace {

using table::ColumnData;
using table::ColumnType;

constexpr std::size_t kAheadBytes = 32'000'000;

const char* format_of(ColumnType type) {
    switch (type) {
        case ColumnType::integer:
            return "l";
        case ColumnType::real:
            return "g";
        case ColumnType::boolean:
            return "b";
        case ColumnType::text:
            return "U";  // texts with 64-bit offsets: a batch may hold more than 2 GB
        case ColumnType::date:
            return "tdD";
        case ColumnType::timestamp:
            return "tsu:";
        case ColumnType::time:
            return "ttu";
    }
    return "U";
}

struct SchemaHolder {
    std::vector<std::string> names;
    std::vector<ArrowSchema> columns;
    std::vector<ArrowSchema*> children;
};

void release_child(ArrowSchema* schema) { schema->release = nullptr; }

void release_schema(ArrowSchema* schema) {
    delete static_cast<SchemaHolder*>(schema->private_data);
    schema->release = nullptr;
}

/// One column of an array: its buffers point into the batch or into what is made here.
struct ColumnHolder {
    std::vector<std::uint8_t> valid, bits;
    std::vector<std::int32_t> days;
    std::vector<std::int64_t> offsets;
    std::string bytes;
    const void* buffers[3]{};
    ArrowArray array{};
};

void release_column(ArrowArray* array) { array->release = nullptr; }

template <class Flags>
std::vector<std::uint8_t> packed(const Flags& flags) {
    std::vector<std::uint8_t> bits((flags.size() + 7) / 8);
    for (std::size_t i = 0; i < flags.size(); ++i) {
        if (flags[i] != 0) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | (1U << (i % 8)));
    }
    return bits;
}

void put_texts(const ColumnData& data, ColumnHolder& out) {
    std::size_t size = 0;
    out.offsets.reserve(data.size() + 1);
    for (const auto text : data.texts) {
        out.offsets.push_back(static_cast<std::int64_t>(size));
        size += text.size();
    }
    out.offsets.push_back(static_cast<std::int64_t>(size));
    out.bytes.reserve(size);
    for (const auto text : data.texts) out.bytes += text;
    out.buffers[1] = out.offsets.data();
    out.buffers[2] = out.bytes.data();
}

std::unique_ptr<ColumnHolder> column_of(const ColumnData& data) {
    auto out = std::make_unique<ColumnHolder>();
    std::int64_t missing = 0;
    for (const auto valid : data.valid) missing += valid == 0 ? 1 : 0;
    if (missing > 0) {
        out->valid = packed(data.valid);
        out->buffers[0] = out->valid.data();
    }
    switch (data.type) {
        case ColumnType::text:
            put_texts(data, *out);
            break;
        case ColumnType::real:
            out->buffers[1] = data.reals.data();
            break;
        case ColumnType::boolean:
            out->bits = packed(data.integers);
            out->buffers[1] = out->bits.data();
            break;
        case ColumnType::date:
            for (const auto day : data.integers)
                out->days.push_back(static_cast<std::int32_t>(day));
            out->buffers[1] = out->days.data();
            break;
        case ColumnType::integer:
        case ColumnType::timestamp:
        case ColumnType::time:
            out->buffers[1] = data.integers.data();
            break;
    }
    out->array.length = static_cast<std::int64_t>(data.size());
    out->array.null_count = missing;
    out->array.n_buffers = data.type == ColumnType::text ? 3 : 2;
    out->array.buffers = out->buffers;
    out->array.release = release_column;
    return out;
}

std::unique_ptr<ColumnHolder> row_ids_of(const std::vector<std::int64_t>& row_ids) {
    auto out = std::make_unique<ColumnHolder>();
    out->buffers[1] = row_ids.data();
    out->array.length = static_cast<std::int64_t>(row_ids.size());
    out->array.n_buffers = 2;
    out->array.buffers = out->buffers;
    out->array.release = release_column;
    return out;
}

}  // namespace

ArrowSource::ArrowSource(table::TableReader& reader) : reader_(reader) {
    stream_.get_schema = get_schema;
    stream_.get_next = get_next;
    stream_.get_last_error = [](ArrowArrayStream*) { return "the reader failed"; };
    stream_.release = [](ArrowArrayStream* stream) { stream->release = nullptr; };
    stream_.private_data = this;
}

int ArrowSource::get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    const auto& schema = static_cast<ArrowSource*>(stream->private_data)->reader_.schema();
    auto holder = std::make_unique<SchemaHolder>();
    const std::size_t count = schema.columns.size() + 1;
    holder->names.reserve(count);
    holder->columns.resize(count);
    for (std::size_t i = 0; i < count; ++i) {
        const bool row_id = i == 0;
        holder->names.emplace_back(row_id ? table::kRowId : schema.columns[i - 1].physical);
        ArrowSchema& column = holder->columns[i];
        column = ArrowSchema{};
        column.format = row_id ? "l" : format_of(schema.columns[i - 1].type);
        column.name = holder->names.back().c_str();
        column.flags = row_id ? 0 : 2;  // nullable
        column.release = release_child;
        holder->children.push_back(&column);
    }
    *out = ArrowSchema{};
    out->format = "+s";
    out->name = "";
    out->n_children = static_cast<std::int64_t>(count);
    out->children = holder->children.data();
    out->release = release_schema;
    out->private_data = holder.release();
    return 0;
}

/// A batch with what points into it; texts are copied, as the reader's live until its next batch.
struct ArrowSource::Array {
    table::Batch batch;
    std::vector<std::unique_ptr<ColumnHolder>> columns;
    std::vector<ArrowArray*> children;
    const void* no_buffer[1]{};
    std::size_t bytes = 0;  ///< About.

    static void release(ArrowArray* array) {
        delete static_cast<Array*>(array->private_data);
        array->release = nullptr;
    }
};

ArrowSource::~ArrowSource() {
    {
        const std::scoped_lock lock(mutex_);
        is_left_ = true;
    }
    changed_.notify_all();
    if (thread_.joinable()) thread_.join();
}

/// Null at the end.
base::Result<std::unique_ptr<ArrowSource::Array>> ArrowSource::read() {
    auto array = std::make_unique<Array>();
    array->batch.reset(reader_.schema());
    TRY(const bool more, reader_.next(array->batch));
    if (!more) return nullptr;
    array->columns.push_back(row_ids_of(array->batch.row_ids));
    for (const auto& column : array->batch.columns) array->columns.push_back(column_of(column));
    for (const auto& column : array->columns) {
        array->children.push_back(&column->array);
        array->bytes += array->batch.rows() * sizeof(double) + 2 * column->bytes.size();
    }
    return array;
}

void ArrowSource::read_ahead() {
    for (;;) {
        base::Result<std::unique_ptr<Array>> array;
        try {
            array = read();
        } catch (const std::exception& problem) {
            array = std::unexpected(base::internal_error(problem.what()));
        }
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return ready_bytes_ < kAheadBytes || is_left_; });
        if (!array) error_ = array.error();
        has_ended_ = is_left_ || !array || !*array;
        if (!has_ended_) {
            ready_bytes_ += (*array)->bytes;
            ready_.push_back(std::move(*array));
        }
        changed_.notify_all();
        if (has_ended_) return;
    }
}

int ArrowSource::get_next(ArrowArrayStream* stream, ArrowArray* out) {
    auto& self = *static_cast<ArrowSource*>(stream->private_data);
    *out = ArrowArray{};
    std::unique_lock lock(self.mutex_);
    if (!self.thread_.joinable()) self.thread_ = std::thread([&self] { self.read_ahead(); });
    self.changed_.wait(lock, [&] { return !self.ready_.empty() || self.has_ended_; });
    if (self.ready_.empty()) return self.error_ ? EIO : 0;
    auto array = std::move(self.ready_.front());
    self.ready_.pop_front();
    self.ready_bytes_ -= array->bytes;
    self.rows_ += static_cast<std::int64_t>(array->batch.rows());
    lock.unlock();
    self.changed_.notify_all();
    out->length = static_cast<std::int64_t>(array->batch.rows());
    out->n_buffers = 1;
    out->buffers = array->no_buffer;
    out->n_children = static_cast<std::int64_t>(array->children.size());
    out->children = array->children.data();
    out->release = Array::release;
    out->private_data = array.release();
    return 0;
}

}  // namespace csva::duck
