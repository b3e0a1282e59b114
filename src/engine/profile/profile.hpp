#pragma once

#include "engine/duck/session.hpp"
#include "engine/table/column.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace csva::profile {

/// Equal-width bins from `low` to `high` (last bin closed). Dates in days, timestamps and times in
/// microseconds.
struct Histogram {
    double low = 0;
    double high = 0;
    std::vector<std::int64_t> counts;
};
CSVA_DESCRIBE(Histogram, low, high, counts)

struct ValueCount {
    std::string value;
    std::int64_t count = 0;
};
CSVA_DESCRIBE(ValueCount, value, count)

/// One column. Histogram and top values are made for the first 300 columns. Numbers that make no
/// sense for its type, or for no value at all, are null.
struct ColumnProfile {
    std::string name;
    std::string physical;
    table::ColumnType type = table::ColumnType::text;
    std::int64_t count = 0;  ///< Cells with a value.
    std::int64_t missing = 0;
    std::int64_t distinct =
        0;  ///< Exact up to 50,000 values (reals: rows); else an estimate that may be a third off.
    bool distinct_exact = true;
    std::optional<double> mean;
    std::optional<double> standard_deviation;  ///< Of the sample (n - 1).
    std::optional<std::int64_t> zeros;         ///< Cells equal to 0, of numbers.
    std::optional<double> minimum;             ///< Numbers; dates in days, times in microseconds.
    std::optional<double> maximum;
    std::string minimum_text;  ///< The same as people read it (a date as 2026-11-23).
    std::string maximum_text;
    std::vector<double>
        quantiles;  ///< At 1, 5, 25, 50, 75, 95, 99 %; approximate above 50,000 rows.
    std::optional<Histogram> histogram;
    std::vector<ValueCount> top_values;  ///< Most frequent first, at most 20; empty for reals and
                                         ///< above 50,000 different values.
    std::optional<double> length_mean;   ///< Characters, of texts.
    std::optional<double> length_minimum;
    std::optional<double> length_maximum;
    std::vector<std::string>
        alerts;  ///< constant, empty, high_missing, unique, imbalance, many_zeros, skewed.
};
CSVA_DESCRIBE(
    ColumnProfile,
    name,
    physical,
    type,
    count,
    missing,
    distinct,
    distinct_exact,
    mean,
    standard_deviation,
    zeros,
    minimum,
    maximum,
    minimum_text,
    maximum_text,
    quantiles,
    histogram,
    top_values,
    length_mean,
    length_minimum,
    length_maximum,
    alerts
)

/// Pearson's correlation of two numeric columns over the rows where both have a value; above
/// 200,000 rows over every n-th, so that about 200,000 are left.
struct Correlation {
    std::string a;
    std::string b;
    double value = 0;
};
CSVA_DESCRIBE(Correlation, a, b, value)

struct Profile {
    std::int64_t rows = 0;
    std::int64_t column_count = 0;
    std::int64_t missing_cells = 0;
    std::optional<std::int64_t> duplicate_rows;  ///< Rows equal to an earlier one in every cell.
    std::vector<ColumnProfile> columns;
    std::vector<Correlation> correlations;  ///< Of the first 30 numeric columns, strongest first.
    std::vector<std::string> alerts;        ///< duplicates, no_rows.
};
CSVA_DESCRIBE(
    Profile, rows, column_count, missing_cells, duplicate_rows, columns, correlations, alerts
)

inline constexpr double kQuantileAt[] = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

/// Profile of a Parquet version. Errors: those of duck::Session, jobs.cancelled.
base::Result<Profile> profile_table(
    duck::Session& session,
    const std::string& parquet,
    const table::Schema& schema,
    base::Control& control
);

}  // namespace csva::profile
