#pragma once

#include "engine/table/column.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace csva::table {

inline constexpr std::size_t kBatchRows = 2048;

/// The cells of one column in a batch. Which vector is in use follows from the type: `reals` for
/// real, `texts` for text, `integers` for all others (integer; boolean as 0 and 1; date in days;
/// timestamp and time in microseconds). The vector in use and `valid` have one entry a row; at a
/// missing cell (`valid` 0) the value is 0, NaN or empty.
struct ColumnData {
    ColumnType type = ColumnType::text;
    std::vector<std::int64_t> integers;
    std::vector<double> reals;
    std::vector<std::string_view> texts;
    std::vector<std::uint8_t> valid;

    std::size_t size() const { return valid.size(); }
    bool missing(std::size_t row) const { return valid[row] == 0; }
    void clear();
    void append_missing();
    void append_integer(std::int64_t value);
    void append_real(double value);
    /// The bytes must live as long as the batch: in its arena or in what `keep` holds.
    void append_text(std::string_view value);
    void set_missing(std::size_t row);
    /// The cell as a number: integers and booleans as they are, times in their units; NaN when
    /// missing or text.
    double number(std::size_t row) const;
    void resize(std::size_t rows);
};

/// Bytes of texts, freed together. Addresses stay valid until clear(), which keeps the first block
/// for what comes next. Not thread-safe.
class TextArena {
public:
    std::string_view store(std::string_view text);
    /// Uninitialised room for `size` bytes.
    char* room(std::size_t size);
    void clear();

private:
    std::vector<std::unique_ptr<char[]>> blocks_;
    std::size_t used_ = 0, capacity_ = 0, first_ = 0;
};

/// 1 to kBatchRows rows in columns. Row steps, models and the Parquet writer all work on it. Reused
/// from call to call: clear() keeps the vectors' memory. Move-only; not thread-safe.
class Batch {
public:
    Batch() = default;
    explicit Batch(const Schema& schema) { reset(schema); }
    /// Empty columns of the schema's types.
    void reset(const Schema& schema);
    /// Drops the rows, keeps the columns.
    void clear();
    std::size_t rows() const { return row_ids.size(); }

    std::vector<std::int64_t> row_ids;
    std::vector<ColumnData> columns;
    TextArena arena;
    /// Keeps memory alive that texts point into (a chunk of the engine that made the batch).
    std::shared_ptr<void> keep;
};

}  // namespace csva::table
