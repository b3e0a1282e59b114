#include "features/exploring/grid.hpp"

#include "engine/duck/parquet.hpp"
#include "engine/duck/session.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace csva::exploring {
namespace {

using base::ErrorKind;
using base::fail;
using base::Result;
using table::ColumnType;

struct Comparison {
    std::string_view name;
    std::string_view sql;
};
constexpr std::array<Comparison, 6> kComparisons = {
    {{"eq", "="}, {"ne", "IS DISTINCT FROM"}, {"lt", "<"}, {"le", "<="}, {"gt", ">"}, {"ge", ">="}}
};

struct Filter {
    std::string_view column, operation, value;
};

Result<Filter> parse(std::string_view text) {
    const auto first = text.find('.');
    if (first == std::string_view::npos) return fail(ErrorKind::invalid_argument, kBadFilter);
    const auto second = text.find('.', first + 1);
    if (second == std::string_view::npos)
        return Filter{text.substr(0, first), text.substr(first + 1), {}};
    return Filter{
        text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)
    };
}

Result<const table::Column*> column_of(const table::Schema& schema, std::string_view physical) {
    const auto at = schema.find_physical(physical);
    if (!at) return fail(ErrorKind::invalid_argument, kUnknownColumn);
    return &schema.columns[*at];
}

bool is_number(std::string_view text) {
    double value = 0;
    const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
    return code == std::errc{} && end == text.data() + text.size() && std::isfinite(value);
}

/// A number is written as a number, so that 2.5 compares with an integer column; a date that is
/// none becomes NULL and matches nothing.
Result<std::string> operand(const table::Column& column, std::string_view value) {
    if (column.type == ColumnType::text) return duck::literal(value);
    if (table::is_numeric(column.type)) {
        if (!is_number(value)) return fail(ErrorKind::invalid_argument, kBadFilter);
        return fmt::format("CAST({} AS DOUBLE)", duck::literal(value));
    }
    return fmt::format("TRY_CAST({} AS {})", duck::literal(value), duck::sql_type(column.type));
}

Result<std::string> condition(const table::Schema& schema, std::string_view text) {
    TRY(const Filter filter, parse(text));
    TRY(const table::Column* column, column_of(schema, filter.column));
    const std::string name = duck::identifier(column->physical);
    if (filter.operation == "missing") return name + " IS NULL";
    if (filter.operation == "present") return name + " IS NOT NULL";
    if (filter.operation == "contains") {
        return fmt::format(
            "contains(lower(CAST({} AS VARCHAR)), lower({}))", name, duck::literal(filter.value)
        );
    }
    for (const auto& comparison : kComparisons) {
        if (comparison.name != filter.operation) continue;
        TRY(const auto value, operand(*column, filter.value));
        return fmt::format("{} {} {}", name, comparison.sql, value);
    }
    return fail(ErrorKind::invalid_argument, kBadFilter);
}

Result<std::string> where(const GridOrder& order) {
    std::string sql;
    for (std::size_t i = 0; i < order.filter.size(); ++i) {
        auto one = condition(order.schema, order.filter[i]);
        if (!one) {
            one.error().details.push_back({"filter", static_cast<std::int64_t>(i + 1)});
            return one;
        }
        sql += (i == 0 ? " WHERE " : " AND ") + *one;
    }
    return sql;
}

}  // namespace

Result<GridSql> grid_sql(const GridOrder& order) {
    TRY(const std::string conditions, where(order));
    const std::string from = " FROM " + duck::from_parquet(order.parquet) + conditions;
    GridSql sql{.page = "SELECT " + duck::identifier(table::kRowId)};
    for (const auto& column : order.schema.columns)
        sql.page += ", " + duck::identifier(column.physical);
    sql.page += from;
    // Without a sort the file's own order is row_id's: no sorting needed.
    if (!order.sort.empty()) {
        TRY(const table::Column* column, column_of(order.schema, order.sort));
        sql.page += fmt::format(
            " ORDER BY {} {} NULLS LAST, {}",
            duck::identifier(column->physical),
            order.descending ? "DESC" : "ASC",
            duck::identifier(table::kRowId)
        );
    }
    sql.page += fmt::format(" LIMIT {} OFFSET {}", order.limit, order.offset);
    if (!order.filter.empty()) sql.count = "SELECT COUNT(*)" + from;
    return sql;
}

}  // namespace csva::exploring
