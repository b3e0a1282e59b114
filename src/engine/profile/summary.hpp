#pragma once

// Shared by the .cpp files of this folder only.

#include "engine/profile/profile.hpp"

#include <string>

namespace csva::profile {

/// What the queries of one profile need to know.
struct Source {
    duck::Session& session;
    std::string from;  ///< read_parquet('...'), or a table that holds the columns asked for.
    const table::Schema& schema;
    std::int64_t rows = 0;
};

/// Above this many rows quantiles are approximate, above this many distinct values values are not
/// counted one by one.
inline constexpr std::int64_t kExactRows = 50'000;

/// The column as DOUBLE: days of a date, microseconds of a time. Not for text.
std::string number_of(const table::Column& column);

/// One scan: counts, missing, distinct, extremes, moments, quantiles, lengths of the columns from
/// `first` to before `last`.
base::Result<void> summarize(
    const Source& source, Profile& profile, std::size_t first, std::size_t last
);

/// Histogram of a column that has a minimum and a maximum.
base::Result<void> add_histogram(const Source& source, std::size_t column, ColumnProfile& out);

/// Most frequent values, and the exact number of distinct ones.
base::Result<void> add_top_values(const Source& source, std::size_t column, ColumnProfile& out);

/// Pairs of the first 30 numeric columns.
base::Result<void> add_correlations(const Source& source, Profile& profile);

/// Rows equal to an earlier one in all columns.
base::Result<void> add_duplicates(const Source& source, Profile& profile);

/// Alerts of the columns and of the table, from the numbers already there.
void add_alerts(Profile& profile);

/// nullopt for NULL and for what is not finite.
std::optional<double> number(const duck::Value& value);
std::int64_t integer(const duck::Value& value);
std::string text(const duck::Value& value);

}  // namespace csva::profile
