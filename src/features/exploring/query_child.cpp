#include "engine/duck/parquet.hpp"
#include "engine/duck/session.hpp"
#include "engine/table/column_parser.hpp"
#include "features/exploring/grid.hpp"
#include "foundation/base/clock.hpp"
#include "foundation/base/control.hpp"

#include <atomic>
#include <cmath>
#include <csignal>
#include <fstream>
#include <iostream>

namespace csva::exploring {
namespace {

using base::Cell;
using base::ErrorKind;
using base::fail;
using base::Result;

/// Asks the running statement to stop when the order's time is over.
class Deadline final : public base::Control {
public:
    void set(std::int64_t milliseconds) {
        end_ = base::Clock::steady() + std::chrono::milliseconds(milliseconds);
    }
    bool cancelled() const override { return base::Clock::steady() > end_.load(); }

private:
    std::atomic<std::chrono::steady_clock::time_point> end_{
        std::chrono::steady_clock::time_point::max()
    };
};

Cell cell_from(const table::ColumnData& data, std::size_t row) {
    if (data.missing(row)) return {};
    switch (data.type) {
        case table::ColumnType::integer:
        case table::ColumnType::real: {
            const double number = data.number(row);
            // JSON has no infinities, and integers beyond 2^53 would lose digits as numbers.
            if (!std::isfinite(number) || std::abs(number) > 9007199254740992.0)
                return {Cell::Kind::text, table::cell_text(data, row), 0};
            return {Cell::Kind::number, {}, number};
        }
        case table::ColumnType::boolean:
            return {Cell::Kind::boolean, data.integers[row] != 0 ? "true" : "false", 0};
        default:
            return {Cell::Kind::text, table::cell_text(data, row), 0};
    }
}

Result<void> collect(table::TableReader& reader, GridAnswer& answer) {
    table::Batch batch(reader.schema());
    while (true) {
        TRY(const bool more, reader.next(batch));
        if (!more) return {};
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            answer.row_ids.push_back(batch.row_ids[row]);
            auto& cells = answer.rows.emplace_back();
            for (const auto& column : batch.columns) cells.push_back(cell_from(column, row));
        }
    }
}

/// RFC 4180: quotes where a cell needs them.
void append_csv(std::string& line, std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        line += cell;
        return;
    }
    line += '"';
    for (const char c : cell) line.append(c == '"' ? 2 : 1, c);
    line += '"';
}

Result<GridAnswer> write_csv(duck::Session& session, const GridOrder& order) {
    TRY(const auto reader, duck::open_table(session, order.parquet, order.schema));
    std::ofstream out(order.csv_file, std::ios::binary);
    std::string line;
    for (const auto& column : order.schema.columns) {
        if (!line.empty()) line += ',';
        append_csv(line, column.name);
    }
    out << line << "\r\n";
    table::Batch batch(order.schema);
    while (true) {
        TRY(const bool more, reader->next(batch));
        if (!more) break;
        for (std::size_t row = 0; row < batch.rows(); ++row) {
            line.clear();
            for (std::size_t i = 0; i < batch.columns.size(); ++i) {
                if (i != 0) line += ',';
                append_csv(line, table::cell_text(batch.columns[i], row));
            }
            out << line << "\r\n";
        }
    }
    out.flush();
    if (!out) return fail(ErrorKind::unavailable, "base.disk_full");
    return GridAnswer{};
}

Result<GridAnswer> page(duck::Session& session, const GridOrder& order) {
    TRY(const GridSql sql, grid_sql(order));
    GridAnswer answer;
    if (!sql.count.empty()) {
        TRY(const auto counted, session.scalar(sql.count));
        if (const auto* n = std::get_if<std::int64_t>(&counted)) answer.matching_rows = *n;
    }
    TRY(const auto reader, session.read(sql.page, order.schema));
    CHECK_OK(collect(*reader, answer));
    return answer;
}

std::string reason_of(const base::Error& error) {
    if (error.reason == base::kCancelledReason) return std::string(kTimeOut);
    std::cerr << error.reason << ' ' << error.internal << std::endl;
    return error.reason;
}

/// Ends its search a little before the order's time is over, with the best so far.
Result<GridAnswer> anonymity(duck::Session& session, const GridOrder& order) {
    constexpr std::int64_t kShareOf10 = 7;
    Deadline soft;
    soft.set(order.time_limit_ms * kShareOf10 / 10);
    TRY(auto plan,
        recipe::plan_anonymity(session, order.parquet, order.schema, *order.anonymity, soft));
    return GridAnswer{.anonymity = std::move(plan)};
}

Result<GridAnswer> work(duck::Session& session, const GridOrder& order) {
    if (order.anonymity) return anonymity(session, order);
    return order.csv_file.empty() ? page(session, order) : write_csv(session, order);
}

GridAnswer answer_to(duck::Session& session, Deadline& deadline, const std::string& line) {
    const auto order = base::from_json<GridOrder>(line);
    if (!order) return {.reason = order.error().reason};
    deadline.set(order->time_limit_ms);
    auto answer = work(session, *order);
    if (answer) return std::move(*answer);
    // Whatever an interrupted statement says of itself, its time was over.
    if (deadline.cancelled()) return {.reason = std::string(kTimeOut)};
    return {.reason = reason_of(answer.error())};
}

}  // namespace

int run_query_child(const std::string& folder, std::int64_t memory_bytes) {
    std::signal(SIGPIPE, SIG_IGN);
    Deadline deadline;
    auto session = duck::Session::open(
        {.memory_limit_bytes = memory_bytes, .allowed_folders = {folder}}, &deadline
    );
    if (!session) {
        std::cerr << session.error().reason << ' ' << session.error().internal << std::endl;
        return 1;
    }
    for (std::string line; std::getline(std::cin, line);)
        std::cout << base::to_json(answer_to(*session, deadline, line)) << std::endl;
    return 0;
}

}  // namespace csva::exploring
