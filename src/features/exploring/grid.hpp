#pragma once

#include "engine/recipe/anonymity.hpp"
#include "engine/table/column.hpp"
#include "features/exploring/types.hpp"
#include "foundation/base/described.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace csva::exploring {

/// What the server asks of the query child: a page of rows as JSON, or (with `csv_file`) the whole
/// table as a CSV file, or (with `anonymity`) what makes it k-anonymous.
struct GridOrder {
    std::string parquet;
    table::Schema schema;
    std::int64_t offset = 0;
    std::int64_t limit = 100;
    std::string sort;
    bool descending = false;
    std::vector<std::string> filter;
    std::string csv_file;
    std::int64_t time_limit_ms = 10'000;
    std::optional<recipe::AnonymityWish> anonymity = {};
};
CSVA_DESCRIBE(
    GridOrder,
    parquet,
    schema,
    offset,
    limit,
    sort,
    descending,
    filter,
    csv_file,
    time_limit_ms,
    anonymity
)

/// The child's answer; `reason` is empty when all went well. `matching_rows` -1: all of them.
struct GridAnswer {
    std::string reason;
    std::int64_t matching_rows = -1;
    std::vector<std::int64_t> row_ids;
    std::vector<std::vector<base::Cell>> rows;
    std::optional<recipe::AnonymityPlan> anonymity = {};
};
CSVA_DESCRIBE(GridAnswer, reason, matching_rows, row_ids, rows, anonymity)

/// SQL of an order: the page, and the count of what passes the filters (empty without filters).
/// Nothing a person wrote stands in it unquoted. Errors: exploring.bad_filter,
/// exploring.unknown_column (details name the `filter` by its place, from 1).
struct GridSql {
    std::string page;
    std::string count;
};
base::Result<GridSql> grid_sql(const GridOrder& order);

/// The child's main: answers orders from standard input, one JSON line each, until it closes. Reads
/// below `folder` only and takes at most `memory_bytes`. Returns the exit code.
int run_query_child(const std::string& folder, std::int64_t memory_bytes);

}  // namespace csva::exploring
