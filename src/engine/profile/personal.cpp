#include "engine/profile/personal.hpp"

#include "engine/duck/parquet.hpp"
#include "engine/table/column_parser.hpp"

#include <fmt/format.h>

#include <cmath>

namespace csva::profile {
namespace {

using table::ColumnType;

/// Different texts of a column that are counted before they are judged.
constexpr std::size_t kHeldTexts = 4096;
/// Smaller whole numbers are part of no number that names a person.
constexpr std::int64_t kSmallestNumber = 1000;
constexpr std::int64_t kBlockRows = 256;
/// A place on the map is told by most cells of a column: so many rows of numbers are enough.
constexpr std::int64_t kRowsOfReals = 20'000;

/// Every n-th block of rows, so that about kRowsLookedAt are read.
std::string chosen_rows(const table::Schema& schema, const std::string& parquet, std::int64_t n) {
    std::string sql = "SELECT row_id";
    for (const auto& column : schema.columns) sql += ", " + duck::identifier(column.physical);
    sql += " FROM " + duck::from_parquet(parquet);
    if (n <= 1) return sql;
    return sql + fmt::format(" WHERE (row_id // {}) % {} = 0", kBlockRows, n);
}

}  // namespace

PersonalScan::PersonalScan(table::Schema schema)
    : schema_(std::move(schema)), columns_(schema_.columns.size()) {}

void PersonalScan::judge(Column& column) {
    for (const auto& [text, times] : column.counts) column.scan.add(text, times);
    column.counts.clear();
}

void PersonalScan::look(std::size_t index, const table::ColumnData& data) {
    Column& column = columns_[index];
    std::string text;
    std::int64_t small = 0;
    for (std::size_t row = 0; row < data.size(); ++row) {
        if (data.missing(row)) continue;
        if (data.type == ColumnType::integer && std::abs(data.integers[row]) < kSmallestNumber) {
            ++small;
            continue;
        }
        std::string_view cell;
        if (data.type == ColumnType::text) {
            cell = data.texts[row];
        } else {
            text.clear();
            table::append_cell_text(text, data, row);
            cell = text;
        }
        const auto known = column.counts.find(cell);
        if (known != column.counts.end()) {
            ++known->second;
            continue;
        }
        if (column.counts.size() >= kHeldTexts) judge(column);
        column.counts.emplace(cell, 1);
    }
    if (small > 0) column.scan.add("0", small);
}

void PersonalScan::add(const table::Batch& batch) {
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        const auto& data = batch.columns[c];
        const bool enough = data.type == ColumnType::real && rows_ >= kRowsOfReals;
        const bool never = data.type == ColumnType::boolean || data.type == ColumnType::time;
        if (!enough && !never) look(c, data);
    }
    rows_ += static_cast<std::int64_t>(batch.rows());
}

Personal PersonalScan::result() {
    std::vector<std::string> names;
    std::vector<meaning::ColumnScan> scans;
    for (std::size_t c = 0; c < columns_.size(); ++c) {
        judge(columns_[c]);
        names.push_back(schema_.columns[c].name);
        scans.push_back(std::move(columns_[c].scan));
    }
    Personal out{.rows = rows_, .rows_looked_at = rows_};
    auto judged = meaning::judge(names, scans);
    for (std::size_t c = 0; c < judged.size(); ++c)
        if (!judged[c].findings.empty())
            out.columns.push_back({schema_.columns[c].physical, std::move(judged[c])});
    return out;
}

base::Result<Personal> find_personal(
    duck::Session& session,
    const std::string& parquet,
    const table::Schema& schema,
    base::Control& control
) {
    TRY(const auto rows, duck::count_rows(session, parquet));
    const std::int64_t stride = rows / kRowsLookedAt;
    TRY(auto reader, session.read(chosen_rows(schema, parquet, stride), schema));
    PersonalScan scan(schema);
    table::Batch batch(schema);
    while (true) {
        if (control.cancelled())
            return base::fail(base::ErrorKind::conflict, base::kCancelledReason);
        TRY(const bool more, reader->next(batch));
        if (!more) break;
        scan.add(batch);
    }
    auto out = scan.result();
    out.rows = rows;
    return out;
}

}  // namespace csva::profile
