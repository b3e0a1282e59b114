#include "engine/duck/parquet.hpp"

#include "engine/duck/arrow.hpp"
#include "engine/duck/state.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <filesystem>

namespace csva::duck {
namespace {

/// A reader with the session it works in.
class OwningReader : public table::TableReader {
public:
    OwningReader(Session session, std::unique_ptr<table::TableReader> inner)
        : session_(std::move(session)), inner_(std::move(inner)) {}
    const table::Schema& schema() const override { return inner_->schema(); }
    std::int64_t row_count() const override { return inner_->row_count(); }
    base::Result<bool> next(table::Batch& batch) override { return inner_->next(batch); }
    base::Result<void> rewind() override { return inner_->rewind(); }

private:
    Session session_;
    std::unique_ptr<table::TableReader> inner_;
};

std::string select_from(const std::string& parquet, const table::Schema& columns) {
    std::string sql = "SELECT row_id";
    for (const auto& column : columns.columns) sql += ", " + identifier(column.physical);
    return sql + " FROM " + from_parquet(parquet);
}

}  // namespace

std::string from_parquet(const std::string& parquet) {
    return "read_parquet(" + literal(parquet) + ")";
}

base::Result<std::unique_ptr<table::TableReader>> open_table(
    Session& session,
    const std::string& parquet,
    const table::Schema& schema,
    const std::vector<std::size_t>& columns
) {
    table::Schema chosen;
    for (const std::size_t i : columns) chosen.columns.push_back(schema.columns[i]);
    if (columns.empty()) chosen = schema;
    return session.read(select_from(parquet, chosen), chosen);
}

base::Result<std::unique_ptr<table::TableReader>> open_table(
    const std::string& parquet,
    const table::Schema& schema,
    const std::vector<std::size_t>& columns,
    const SessionOptions& options,
    base::Control* control
) {
    SessionOptions closed = options;
    closed.allowed_files.push_back(parquet);
    TRY(auto session, Session::open(closed, control));
    TRY(auto reader, open_table(session, parquet, schema, columns));
    return std::make_unique<OwningReader>(std::move(session), std::move(reader));
}

base::Result<std::unique_ptr<table::TableReader>> open_kept_rows(
    const std::string& parquet,
    const table::Schema& schema,
    const std::string& kept_parquet,
    const SessionOptions& options,
    base::Control* control
) {
    SessionOptions closed = options;
    closed.allowed_files.insert(closed.allowed_files.end(), {parquet, kept_parquet});
    TRY(auto session, Session::open(closed, control));
    TRY(auto reader,
        session.read(
            fmt::format(
                "{} WHERE row_id IN (SELECT row_id FROM {}) ORDER BY row_id",
                select_from(parquet, schema),
                from_parquet(kept_parquet)
            ),
            schema
        ));
    return std::make_unique<OwningReader>(std::move(session), std::move(reader));
}

base::Result<std::int64_t> write_table(
    Session& session, table::TableReader& reader, const std::string& parquet
) {
    std::error_code absent;  // DuckDB would replace an older file through a second name, which the
                             // closed room forbids
    std::filesystem::remove(parquet, absent);
    ArrowSource source(reader);
    const auto stream = reinterpret_cast<duckdb_arrow_stream>(source.stream());
    if (api().arrow_scan(state_of(session).connection, "written", stream) != DuckDBSuccess)
        return std::unexpected(plain_error("arrow_scan"));
    const auto written = session.execute(
        fmt::format("COPY written TO {} (FORMAT parquet, COMPRESSION zstd)", literal(parquet))
    );
    if (auto error = source.error()) return std::unexpected(std::move(*error));
    CHECK_OK(written);
    CHECK_OK(session.execute("DROP VIEW written"));
    TRY(const auto rows, count_rows(session, parquet));
    if (rows == source.rows()) return rows;
    return std::unexpected(
        base::internal_error(fmt::format("{} rows given, {} written", source.rows(), rows))
    );
}

base::Result<std::int64_t> copy_without(
    Session& session,
    const std::string& parquet,
    std::span<const std::int64_t> row_ids,
    const std::string& out
) {
    CHECK_OK(session.execute(fmt::format(
        "COPY (SELECT * FROM {} WHERE row_id NOT IN ({})) TO {} (FORMAT parquet, COMPRESSION zstd)",
        from_parquet(parquet),
        fmt::join(row_ids, ", "),
        literal(out)
    )));
    return count_rows(session, out);
}

base::Result<std::int64_t> count_of(
    Session& session, const std::string& parquet, std::span<const std::int64_t> row_ids
) {
    if (row_ids.empty()) return 0;
    TRY(const auto value,
        session.scalar(fmt::format(
            "SELECT count(*) FROM {} WHERE row_id IN ({})",
            from_parquet(parquet),
            fmt::join(row_ids, ", ")
        )));
    return std::get<std::int64_t>(value);
}

base::Result<std::unique_ptr<table::TableReader>> open_any(
    Session& session, const std::string& parquet
) {
    return session.read_any("SELECT * FROM " + from_parquet(parquet));
}

base::Result<std::int64_t> count_rows(Session& session, const std::string& parquet) {
    TRY(const auto value, session.scalar("SELECT count(*) FROM " + from_parquet(parquet)));
    return std::get<std::int64_t>(value);
}

}  // namespace csva::duck
