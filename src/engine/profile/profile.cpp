#include "engine/profile/profile.hpp"

#include "engine/duck/parquet.hpp"
#include "engine/profile/summary.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>

namespace csva::profile {
namespace {

using table::ColumnType;

constexpr std::size_t kBins = 20;
constexpr std::size_t kTopValues = 20;
constexpr std::size_t kCorrelatedColumns = 30;
constexpr std::int64_t kCorrelatedRows = 200'000;
/// Counting duplicates keeps 16 bytes a row; more rows than this would not fit a small machine.
constexpr std::int64_t kDuplicateRows = 20'000'000;
constexpr std::size_t kDuplicateColumns = 1'000;
/// Histograms and top values take two statements a column: further columns have none.
constexpr std::size_t kDetailedColumns = 300;
/// A table of so few cells is held in memory: opening a wide Parquet file for every column costs
/// more.
constexpr std::int64_t kHeldCells = 4'000'000;
constexpr std::string_view kHeldTable = "profiled";
/// A statement's cost grows with the width of the table it names: wider tables are looked at in
/// parts of so many columns, each a table of its own.
constexpr std::size_t kPartColumns = 100;
constexpr std::int64_t kPartCells = 20'000'000;
constexpr std::string_view kPartTable = "profiled_part";

constexpr double kHighMissing = 0.5;
constexpr double kImbalance = 0.95;
constexpr double kManyZeros = 0.5;

bool has_histogram(const ColumnProfile& column) {
    return column.type != ColumnType::text && column.type != ColumnType::boolean &&
           column.minimum && column.maximum;
}

/// Few enough distinct values to count each of them. The count itself is an estimate.
bool has_top_values(const ColumnProfile& column) {
    if (column.count == 0) return false;
    return column.type != ColumnType::real && column.distinct <= kExactRows;
}

/// All that is said of the columns from `first` to before `last`.
base::Result<void> add_columns(
    const Source& source,
    Profile& profile,
    std::size_t first,
    std::size_t last,
    base::Control& control
) {
    CHECK_OK(summarize(source, profile, first, last));
    for (std::size_t i = first; i < last; ++i) {
        ColumnProfile& out = profile.columns[i];
        const bool counted = out.type == ColumnType::real && source.rows <= kExactRows;
        out.distinct_exact = out.count == 0 || counted;
        out.distinct = std::min(out.distinct, out.count);
        if (control.cancelled())
            return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
        control.progress(
            0.9 * static_cast<double>(i + 1) / static_cast<double>(profile.columns.size()),
            "profiling"
        );
        if (i >= kDetailedColumns) continue;
        if (has_histogram(out)) CHECK_OK(add_histogram(source, i, out));
        if (has_top_values(out)) CHECK_OK(add_top_values(source, i, out));
    }
    return {};
}

/// The same of all columns of a wide table, part by part.
base::Result<void> add_parts(const Source& source, Profile& profile, base::Control& control) {
    const std::size_t columns = profile.columns.size();
    const bool held = source.rows * static_cast<std::int64_t>(kPartColumns) <= kPartCells;
    for (std::size_t first = 0; first < columns; first += kPartColumns) {
        const std::size_t last = std::min(first + kPartColumns, columns);
        if (!held) {
            CHECK_OK(add_columns(source, profile, first, last, control));
            continue;
        }
        std::string names;
        for (std::size_t i = first; i < last; ++i)
            names +=
                (names.empty() ? "" : ", ") + duck::identifier(source.schema.columns[i].physical);
        CHECK_OK(source.session.execute(
            fmt::format("CREATE TABLE {} AS SELECT {} FROM {}", kPartTable, names, source.from)
        ));
        const Source part{source.session, std::string(kPartTable), source.schema, source.rows};
        CHECK_OK(add_columns(part, profile, first, last, control));
        CHECK_OK(source.session.execute(fmt::format("DROP TABLE {}", kPartTable)));
    }
    return {};
}

Profile blank_profile(const Source& source) {
    Profile profile;
    profile.rows = source.rows;
    profile.column_count = static_cast<std::int64_t>(source.schema.columns.size());
    for (const auto& column : source.schema.columns) {
        auto& out = profile.columns.emplace_back();
        out.name = column.name;
        out.physical = column.physical;
        out.type = column.type;
    }
    return profile;
}

base::Result<Profile> profile_source(const Source& source, base::Control& control) {
    Profile profile = blank_profile(source);
    const std::size_t columns = profile.columns.size();
    CHECK_OK(
        columns > kPartColumns ? add_parts(source, profile, control)
                               : add_columns(source, profile, 0, columns, control)
    );
    CHECK_OK(add_correlations(source, profile));
    CHECK_OK(add_duplicates(source, profile));
    add_alerts(profile);
    control.progress(1, "profiling");
    return profile;
}

}  // namespace

base::Result<void> add_histogram(const Source& source, std::size_t column, ColumnProfile& out) {
    Histogram histogram{*out.minimum, *out.maximum, {}};
    const double width = (histogram.high - histogram.low) / static_cast<double>(kBins);
    if (!std::isfinite(width)) return {};
    if (width <= 0) {
        histogram.counts = {out.count};
        out.histogram = std::move(histogram);
        return {};
    }
    histogram.counts.assign(kBins, 0);
    const std::string x = number_of(source.schema.columns[column]);
    TRY(const auto rows,
        source.session.query(fmt::format(
            "SELECT least(greatest(floor(({} - ({})) / {}), 0), {})::BIGINT AS bin, count(*) FROM "
            "{} "
            "WHERE {} IS NOT NULL GROUP BY bin",
            x,
            histogram.low,
            width,
            kBins - 1,
            source.from,
            x
        )));
    for (const auto& row : rows.rows)
        histogram.counts[static_cast<std::size_t>(integer(row[0]))] = integer(row[1]);
    out.histogram = std::move(histogram);
    return {};
}

base::Result<void> add_top_values(const Source& source, std::size_t column, ColumnProfile& out) {
    const std::string c = duck::identifier(source.schema.columns[column].physical);
    TRY(const auto rows,
        source.session.query(fmt::format(
            "SELECT {0}::VARCHAR, count(*) AS n, count(*) OVER () FROM {1} WHERE {0} IS NOT NULL "
            "GROUP BY {0} ORDER BY n DESC, {0} LIMIT {2}",
            c,
            source.from,
            kTopValues
        )));
    for (const auto& row : rows.rows) out.top_values.push_back({text(row[0]), integer(row[1])});
    if (!rows.rows.empty()) out.distinct = integer(rows.rows.front()[2]);
    out.distinct_exact = true;
    return {};
}

base::Result<void> add_correlations(const Source& source, Profile& profile) {
    std::vector<std::size_t> numeric;
    for (std::size_t i = 0; i < profile.columns.size() && numeric.size() < kCorrelatedColumns;
         ++i) {
        const auto& column = profile.columns[i];
        if (table::is_numeric(column.type) && column.standard_deviation > 0.0) numeric.push_back(i);
    }
    if (numeric.size() < 2) return {};
    std::string inner;
    std::string outer;
    std::vector<Correlation> pairs;
    for (std::size_t i = 0; i < numeric.size(); ++i) {
        const auto& a = source.schema.columns[numeric[i]];
        inner += fmt::format(
            "{0}CASE WHEN abs({1}) < 1e150 THEN {1} END AS n{2}",
            i == 0 ? "" : ", ",
            number_of(a),
            i
        );
        for (std::size_t j = i + 1; j < numeric.size(); ++j) {
            pairs.push_back({a.name, source.schema.columns[numeric[j]].name, 0});
            outer += fmt::format("{}corr(n{}, n{})", outer.empty() ? "" : ", ", i, j);
        }
    }
    const std::int64_t step = 1 + source.rows / kCorrelatedRows;
    const std::string where = step == 1 ? "" : fmt::format(" WHERE row_id % {} = 0", step);
    TRY(const auto rows,
        source.session.query(
            fmt::format("SELECT {} FROM (SELECT {} FROM {}{})", outer, inner, source.from, where), 1
        ));
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const auto value = number(rows.rows.at(0)[i]);
        if (!value) continue;
        pairs[i].value = *value;
        profile.correlations.push_back(std::move(pairs[i]));
    }
    std::ranges::sort(profile.correlations, [](const auto& a, const auto& b) {
        return std::tuple(-std::abs(a.value), a.a, a.b) < std::tuple(-std::abs(b.value), b.a, b.b);
    });
    return {};
}

base::Result<void> add_duplicates(const Source& source, Profile& profile) {
    if (source.rows > kDuplicateRows || profile.columns.size() > kDuplicateColumns) return {};
    std::string columns;
    for (const auto& column : source.schema.columns)
        columns += (columns.empty() ? "" : ", ") + duck::identifier(column.physical);
    TRY(const auto different,
        source.session.scalar(
            fmt::format("SELECT count(DISTINCT hash({})) FROM {}", columns, source.from)
        ));
    profile.duplicate_rows = source.rows - integer(different);
    return {};
}

void add_alerts(Profile& profile) {
    if (profile.rows == 0) profile.alerts.emplace_back("no_rows");
    if (profile.duplicate_rows > 0) profile.alerts.emplace_back("duplicates");
    for (auto& column : profile.columns) {
        const auto count = static_cast<double>(column.count);
        if (profile.rows > 0 && column.count == 0) {
            column.alerts.emplace_back("empty");
            continue;
        }
        if (column.zeros && static_cast<double>(*column.zeros) > kManyZeros * count)
            column.alerts.emplace_back("many_zeros");
        if (column.missing > 0 &&
            static_cast<double>(column.missing) > kHighMissing * static_cast<double>(profile.rows))
            column.alerts.emplace_back("high_missing");
        if (column.distinct == 1) column.alerts.emplace_back("constant");
        if (column.distinct_exact && column.distinct == column.count && column.count > 1 &&
            column.type != ColumnType::real)
            column.alerts.emplace_back("unique");
        if (column.distinct > 1 && !column.top_values.empty() &&
            static_cast<double>(column.top_values.front().count) > kImbalance * count)
            column.alerts.emplace_back("imbalance");
    }
}

base::Result<Profile> profile_table(
    duck::Session& session,
    const std::string& parquet,
    const table::Schema& schema,
    base::Control& control
) {
    TRY(const std::int64_t rows, duck::count_rows(session, parquet));
    const std::string from = duck::from_parquet(parquet);
    const bool held = rows * static_cast<std::int64_t>(schema.columns.size()) <= kHeldCells;
    if (!held) return profile_source({session, from, schema, rows}, control);
    CHECK_OK(session.execute(fmt::format("CREATE TABLE {} AS SELECT * FROM {}", kHeldTable, from)));
    auto profile = profile_source({session, std::string(kHeldTable), schema, rows}, control);
    CHECK_OK(session.execute(fmt::format("DROP TABLE {}", kHeldTable)));
    return profile;
}

}  // namespace csva::profile
