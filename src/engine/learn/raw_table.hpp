#pragma once

#include "engine/learn/types.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/result.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

namespace csva::learn {

/// A column in memory: numbers as float32 (times exact), texts as numbers into a dictionary, -1 for
/// missing.
struct RawColumn {
    table::Column column;
    std::vector<float> numbers;
    std::vector<double> exact;
    std::vector<std::int32_t> codes;
    std::vector<std::string> texts;
    std::int64_t missing = 0;
    bool is_text() const { return column.type == table::ColumnType::text; }
    bool is_missing(std::size_t row) const {
        return is_text() ? codes[row] < 0 : std::isnan(number(row));
    }
    /// The number, the time, or the text's place in the dictionary.
    double number(std::size_t row) const {
        if (is_text()) return static_cast<double>(codes[row]);
        return exact.empty() ? static_cast<double>(numbers[row]) : exact[row];
    }
};

bool is_time(table::ColumnType type);

struct Target {
    Task task = Task::binary;
    std::vector<std::string> classes;
    std::vector<float> labels;   ///< Class number or value, by row.
    std::vector<double> values;  ///< The value, exact (regression).
};

/// The rows that have a target.
struct RawTable {
    std::vector<RawColumn> columns;  ///< Without the target.
    std::vector<std::int64_t> row_ids;
    Target target;
    std::int64_t without_target = 0;
};

/// The columns of the rows that have a target, without asking whether it can be learnt. A table
/// without that column: all rows. Errors: jobs.cancelled, those of the reader.
base::Result<std::vector<RawColumn>> load_columns(
    table::TableReader& rows, const std::string& target, base::Control& control
);

/// Reads all rows. Errors: learn.unknown_target, learn.target_missing, learn.too_few_rows,
/// learn.one_class, learn.target_not_numeric, learn.not_two_classes, learn.too_many_classes,
/// jobs.cancelled, those of the reader.
base::Result<RawTable> load_table(
    table::TableReader& rows, const TrainRequest& request, base::Control& control
);

}  // namespace csva::learn
