#pragma once

#include "engine/learn/lightgbm.hpp"
#include "engine/learn/preparation.hpp"
#include "engine/learn/types.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"

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
/// target away.
double alone(const RawColumn& column, const Target& target);

/// Features of the kept columns; `excluded` says what was left out. Frees the columns as it goes.
Preparation fit_preparation(RawTable& table, std::vector<ExcludedColumn>& excluded, Matrix& matrix);

/// Numbers of groups by row (rows of one group belong together), or empty.
std::vector<std::int32_t> find_groups(const RawTable& table);
/// True when a date column grows with the rows.
bool is_time_ordered(const RawTable& table);

}  // namespace csva::learn
