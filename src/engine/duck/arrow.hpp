#pragma once

// Shared by the .cpp files of this folder only.

#include "engine/table/source.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <future>
#include <memory>
#include <optional>

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
/// batch, without a copy of numbers. The next batch is read while the engine works on the last; the
/// reader is called by one thread at a time.
class ArrowSource {
public:
    explicit ArrowSource(table::TableReader& reader);
    ~ArrowSource();
    ArrowSource(const ArrowSource&) = delete;
    ArrowSource& operator=(const ArrowSource&) = delete;

    ArrowArrayStream* stream() { return &stream_; }
    /// What the reader failed with, if it did.
    const std::optional<base::Error>& error() const { return error_; }
    std::int64_t rows() const { return rows_; }

private:
    static int get_schema(ArrowArrayStream* stream, ArrowSchema* out);
    static int get_next(ArrowArrayStream* stream, ArrowArray* out);
    struct Array;
    using Next = base::Result<std::unique_ptr<Array>>;
    Next read();

    table::TableReader& reader_;
    ArrowArrayStream stream_{};
    std::optional<base::Error> error_;
    std::int64_t rows_ = 0;
    std::future<Next> next_;
};

}  // namespace csva::duck
