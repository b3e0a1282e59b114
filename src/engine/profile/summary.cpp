#include "engine/profile/summary.hpp"

#include "engine/table/column_parser.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace csva::profile {
namespace {

using table::ColumnType;

constexpr std::size_t kQuantiles = std::size(kQuantileAt);
/// Squares above this overflow; such cells count, but not in mean and deviation.
constexpr std::string_view kSummable = "1e150";

std::string quantile_list() {
    std::string list;
    for (const double at : kQuantileAt) list += fmt::format("{}{}", list.empty() ? "" : ", ", at);
    return list;
}

/// Aggregates of one column and what the outer query takes from them.
struct Parts {
    std::string inner;
    std::string outer;
};

void add(Parts& parts, const std::string& expression, const std::string& name) {
    parts.inner += fmt::format(", {} AS {}", expression, name);
    parts.outer += ", " + name;
}

void add_numbers(Parts& parts, const table::Column& column, const std::string& tag, bool exact) {
    const std::string x = number_of(column);
    add(parts, fmt::format("min({})", x), tag + "_low");
    add(parts, fmt::format("max({})", x), tag + "_high");
    add(parts,
        table::is_numeric(column.type) ? fmt::format("count(*) FILTER ({} = 0)", x)
                                       : "NULL::BIGINT",
        tag + "_zeros");
    for (const auto function : {"avg", "stddev_samp"}) {
        const bool plain = column.type != ColumnType::real;
        add(parts,
            plain ? fmt::format("{}({})", function, x)
                  : fmt::format("{}({}) FILTER (abs({}) < {})", function, x, x, kSummable),
            fmt::format("{}_{}", tag, function));
    }
    parts.inner += fmt::format(
        ", {}({}, [{}]) AS {}_q",
        exact ? "quantile_cont" : "approx_quantile",
        x,
        quantile_list(),
        tag
    );
    for (std::size_t i = 1; i <= kQuantiles; ++i) parts.outer += fmt::format(", {}_q[{}]", tag, i);
}

void add_column(Parts& parts, const table::Column& column, const std::string& tag, bool exact) {
    const std::string c = duck::identifier(column.physical);
    add(parts, fmt::format("count({})", c), tag + "_count");
    // The estimate is a third off at times. Other types are counted with their top values.
    const bool count_each = exact && column.type == ColumnType::real;
    add(parts,
        fmt::format(
            fmt::runtime(count_each ? "count(DISTINCT {})" : "approx_count_distinct({})"), c
        ),
        tag + "_distinct");
    const bool is_text = column.type == ColumnType::text;
    if (is_text) {
        for (const auto function : {"avg", "min", "max"}) {
            add(parts,
                fmt::format("{}(length({}))", function, c),
                fmt::format("{}_{}", tag, function));
        }
    } else {
        add_numbers(parts, column, tag, exact);
    }
}

/// Reads one column's values off the front of a row.
void take(const std::vector<duck::Value>& row, std::size_t& at, ColumnProfile& out) {
    out.count = integer(row[at++]);
    out.distinct = integer(row[at++]);
    if (out.type == ColumnType::text) {
        out.length_mean = number(row[at++]);
        out.length_minimum = number(row[at++]);
        out.length_maximum = number(row[at++]);
        return;
    }
    out.minimum = number(row[at++]);
    out.maximum = number(row[at++]);
    if (table::is_numeric(out.type)) out.zeros = integer(row[at]);
    ++at;
    out.mean = number(row[at++]);
    out.standard_deviation = number(row[at++]);
    for (std::size_t i = 0; i < kQuantiles; ++i, ++at) {
        if (const auto value = number(row[at])) out.quantiles.push_back(*value);
    }
}

/// Text of an extreme value, the way cells of this type are written.
std::string shown(ColumnType type, std::optional<double> value) {
    if (!value) return {};
    table::ColumnData cell{.type = type};
    if (type == ColumnType::real)
        cell.append_real(*value);
    else
        cell.append_integer(static_cast<std::int64_t>(*value));
    return table::cell_text(cell, 0);
}

}  // namespace

std::string number_of(const table::Column& column) {
    const std::string c = duck::identifier(column.physical);
    switch (column.type) {
        case ColumnType::date:
            return fmt::format("(({} - DATE '1970-01-01')::DOUBLE)", c);
        case ColumnType::timestamp:
        case ColumnType::time:
            return fmt::format("(epoch_us({})::DOUBLE)", c);
        case ColumnType::boolean:
            return fmt::format("({}::TINYINT::DOUBLE)", c);
        case ColumnType::integer:
            return fmt::format("({}::DOUBLE)", c);
        case ColumnType::real:
        case ColumnType::text:
            return c;
    }
    return c;
}

std::optional<double> number(const duck::Value& value) {
    double out = 0;
    if (const auto* real = std::get_if<double>(&value))
        out = *real;
    else if (const auto* whole = std::get_if<std::int64_t>(&value))
        out = static_cast<double>(*whole);
    else
        return std::nullopt;
    if (!std::isfinite(out)) return std::nullopt;
    return out;
}

std::int64_t integer(const duck::Value& value) {
    const auto* whole = std::get_if<std::int64_t>(&value);
    return whole == nullptr ? 0 : *whole;
}

std::string text(const duck::Value& value) {
    const auto* found = std::get_if<std::string>(&value);
    return found == nullptr ? std::string() : *found;
}

base::Result<void> summarize(
    const Source& source, Profile& profile, std::size_t first, std::size_t last
) {
    const bool exact = source.rows <= kExactRows;
    Parts parts;
    for (std::size_t i = first; i < last; ++i)
        add_column(parts, source.schema.columns[i], fmt::format("a{}", i), exact);
    const std::string sql = fmt::format(
        "SELECT {} FROM (SELECT {} FROM {})",
        parts.outer.substr(2),
        parts.inner.substr(2),
        source.from
    );
    TRY(const auto result, source.session.query(sql, 1));
    std::size_t at = 0;
    for (std::size_t i = first; i < last; ++i) {
        ColumnProfile& out = profile.columns[i];
        take(result.rows.at(0), at, out);
        out.missing = source.rows - out.count;
        profile.missing_cells += out.missing;
        out.minimum_text = shown(out.type, out.minimum);
        out.maximum_text = shown(out.type, out.maximum);
    }
    return {};
}

}  // namespace csva::profile
