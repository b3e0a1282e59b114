#pragma once

#include "engine/learn/lightgbm.hpp"
#include "engine/learn/preparation.hpp"
#include "engine/learn/raw_table.hpp"
#include "engine/learn/types.hpp"

#include <span>
#include <string_view>

namespace csva::learn {

/// Why a column is left out, or empty. Looks at `rows` only.
std::string exclusion(const RawColumn& column, std::span<const std::uint32_t> rows);
/// Share of the target that a column alone explains, on rows it was not fitted on: 1 gives the
/// target away. Looks at `rows` only.
double alone(const RawColumn& column, const Target& target, std::span<const std::uint32_t> rows);

inline constexpr std::string_view kRowNumber = "row_number";

/// Features of the kept columns; `excluded` says what was left out, `doubtful` which columns number
/// the rows and must show their worth. Looks at development rows only. Frees the columns as it
/// goes, several at a time: on `threads` threads (0: as many as the machine has).
Preparation fit_preparation(
    RawTable& table,
    std::span<const std::uint32_t> development,
    std::size_t threads,
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
