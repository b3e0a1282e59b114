#pragma once

#include "engine/table/batch.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <functional>

namespace csva::table {

/// Rows in order, a batch at a time, in bounded memory. Made by `duck::open_table` (Parquet),
/// `reading::read_chunks` and others; consumed by training, scoring, steps and writers. Not
/// thread-safe.
class TableReader {
public:
    virtual ~TableReader() = default;
    virtual const Schema& schema() const = 0;
    /// Number of rows of the whole table; -1 when not known before the end.
    virtual std::int64_t row_count() const { return -1; }
    /// Fills `batch` with the next 1..kBatchRows rows, in row_id order; false at the end (batch is
    /// then empty). Texts live as long as the batch and this reader. Errors: those of
    /// the source, jobs.cancelled.
    virtual base::Result<bool> next(Batch& batch) = 0;
    /// Starts again from the first row.
    virtual base::Result<void> rewind() = 0;
};

}  // namespace csva::table
