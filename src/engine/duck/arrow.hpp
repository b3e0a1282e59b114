#pragma once

// Shared by the .cpp files of this folder only.

#include "engine/table/source.hpp"
#include "foundation/base/result.hpp"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

extern "C" {
// The Arrow C data and stream interfaces, whose layout is fixed. Source: Apache Arrow, "The Arrow C
// data interface", "The Arrow C stream interface".
struct ArrowSchema {
    const char* format;
    const char* name;
    const char* metadata;
    std::int64_t flags;
    std::int64_t n_children;
    ArrowSchema** children;
    ArrowSchema* dictionary;
    void (*release)(ArrowSchema*);
    void* private_data;
};
struct ArrowArray {
    std::int64_t length;
    std::int64_t null_count;
    std::int64_t offset;
    std::int64_t n_buffers;
    std::int64_t n_children;
    const void** buffers;
    ArrowArray** children;
    ArrowArray* dictionary;
    void (*release)(ArrowArray*);
    void* private_data;
};
struct ArrowArrayStream {
    int (*get_schema)(ArrowArrayStream*, ArrowSchema* out);
    int (*get_next)(ArrowArrayStream*, ArrowArray* out);
    const char* (*get_last_error)(ArrowArrayStream*);
    void (*release)(ArrowArrayStream*);
    void* private_data;
};
}

namespace csva::duck {

/// A reader as a stream that the engine scans: one array of columns row_id, c0001... for each
/// batch, without a copy of numbers. A thread reads ahead, some 32 MB, while the engine encodes a
/// row group; no other calls the reader.
class ArrowSource {
public:
    explicit ArrowSource(table::TableReader& reader);
    ~ArrowSource();
    ArrowSource(const ArrowSource&) = delete;
    ArrowSource& operator=(const ArrowSource&) = delete;

    ArrowArrayStream* stream() { return &stream_; }
    /// What the reader failed with, if it did.
    std::optional<base::Error> error() {
        const std::scoped_lock lock(mutex_);
        return error_;
    }
    std::int64_t rows() const { return rows_; }

private:
    static int get_schema(ArrowArrayStream* stream, ArrowSchema* out);
    static int get_next(ArrowArrayStream* stream, ArrowArray* out);
    struct Array;
    base::Result<std::unique_ptr<Array>> read();
    void read_ahead();

    table::TableReader& reader_;
    ArrowArrayStream stream_{};
    std::optional<base::Error> error_;
    std::int64_t rows_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::unique_ptr<Array>> ready_;
    std::size_t ready_bytes_ = 0;
    bool has_ended_ = false;
    bool is_left_ = false;  ///< Nobody asks any more.
    std::thread thread_;
};

}  // namespace csva::duck
