#pragma once

#include "engine/learn/lightgbm.hpp"
#include "engine/learn/preparation.hpp"
#include "engine/learn/types.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"

#include <span>
#include <string_view>

namespace csva::learn {

/// A column in memory: numbers as float32 (times exact), texts as numbers into a dictionary, -1 for
/// missing.
struct RawColumn {
    table::Column column;
    std::vector<float> numbers;
    std::vector<double> exact;
    std::vector<std::int32_t> codes;
    std::vector<std::string> texts;
    std::vector<std::int64_t> text_counts;
    std::int64_t missing = 0;
    bool is_text() const { return column.type == table::ColumnType::text; }
};

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

base::Result<RawTable> load_table(
    table::TableReader& rows,
    const TrainRequest& request,
    std::int64_t row_limit,
    base::Control& control
);

/// Why a column is left out, or empty.
std::string exclusion(const RawColumn& column, std::size_t rows);
/// Share of the target that a column alone explains, on rows it was not fitted on: 1 gives the
/// target away. Looks at `rows` only.
double alone(const RawColumn& column, const Target& target, std::span<const std::uint32_t> rows);

inline constexpr std::string_view kRowNumber = "row_number";

/// Features of the kept columns; `excluded` says what was left out, `doubtful` which columns number
/// the rows and must show their worth. The target is looked at in development rows only. Frees the
/// columns as it goes.
Preparation fit_preparation(
    RawTable& table,
    std::span<const std::uint32_t> development,
    std::vector<ExcludedColumn>& excluded,
    std::vector<std::size_t>& doubtful,
    Matrix& matrix
);
/// Takes a column and its features out again.
void drop_column(Preparation& preparation, Matrix& matrix, std::size_t column);

/// Numbers of groups by row (rows of one group belong together), or empty.
std::vector<std::int32_t> find_groups(const RawTable& table);
/// True when a date column grows with the rows.
bool is_time_ordered(const RawTable& table);

}  // namespace csva::learn
