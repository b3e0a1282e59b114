#pragma once

#include "features/datasets/types.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace csva::exploring {

inline constexpr std::string_view kUnavailable = "exploring.unavailable";
inline constexpr std::string_view kTimeOut = "exploring.time_out";
inline constexpr std::string_view kBadFilter = "exploring.bad_filter";
inline constexpr std::string_view kUnknownColumn = "exploring.unknown_column";

/// A window of a version's rows. Columns are named by their physical name (c0001).
struct RowsQuery {
    datasets::DatasetId dataset_id;
    datasets::VersionId version_id;
    std::int64_t offset = 0;
    std::int64_t limit = 100;
    std::string sort;
    bool descending = false;
    std::vector<std::string> filter;
};
CSVA_DESCRIBE(RowsQuery, dataset_id, version_id, offset, limit, sort, descending, filter)
CSVA_NOTES(
    RowsQuery,
    {.field = "version_id",
     .text = "0 or left out: the current version.",
     .minimum = 0,
     .defaulted = true},
    {.field = "offset",
     .text = "Rows to skip.",
     .minimum = 0,
     .maximum = 1'000'000'000'000,
     .defaulted = true},
    {.field = "limit", .text = "Rows wanted.", .minimum = 1, .maximum = 1000, .defaulted = true},
    {.field = "sort",
     .text = "Physical name of the column to sort by; empty: the order of the file.",
     .maximum = 20,
     .defaulted = true},
    {.field = "descending", .text = "Largest first.", .defaulted = true},
    {.field = "filter",
     .text = "Repeatable: column.operator.value with a physical column name and eq, ne, lt, le, gt,"
             " ge, contains, missing or present (the last two without a value).",
     .maximum = 50,
     .defaulted = true,
     .example = "[\"c0003.gt.30\"]"}
)

/// Cells in the order of `columns`; dates as ISO texts; null where missing.
struct RowsPage {
    datasets::VersionId version_id;
    std::int64_t offset = 0;
    std::int64_t total_rows = 0;
    std::int64_t matching_rows = 0;
    std::vector<table::Column> columns;
    std::vector<std::int64_t> row_ids;
    std::vector<std::vector<base::Cell>> rows;
};
CSVA_DESCRIBE(RowsPage, version_id, offset, total_rows, matching_rows, columns, row_ids, rows)
CSVA_NOTES(
    RowsPage,
    {.field = "total_rows", .text = "Rows of the version."},
    {.field = "matching_rows", .text = "Rows that pass the filters."},
    {.field = "row_ids", .text = "Number of each row's record in the source file, from 1."},
    {.field = "rows", .text = "Cells in the order of the columns; null where there is no value."}
)

}  // namespace csva::exploring
