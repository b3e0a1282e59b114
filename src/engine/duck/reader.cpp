#include "engine/duck/reader.hpp"

#include <fmt/format.h>

namespace csva::duck {
namespace {

using table::ColumnData;
using table::ColumnType;

ColumnType type_of_column(duckdb_type type) {
    switch (type) {
        case DUCKDB_TYPE_BOOLEAN:
            return ColumnType::boolean;
        case DUCKDB_TYPE_TINYINT:
        case DUCKDB_TYPE_SMALLINT:
        case DUCKDB_TYPE_INTEGER:
        case DUCKDB_TYPE_BIGINT:
        case DUCKDB_TYPE_UTINYINT:
        case DUCKDB_TYPE_USMALLINT:
        case DUCKDB_TYPE_UINTEGER:
            return ColumnType::integer;
        case DUCKDB_TYPE_FLOAT:
        case DUCKDB_TYPE_DOUBLE:
            return ColumnType::real;
        case DUCKDB_TYPE_DATE:
            return ColumnType::date;
        case DUCKDB_TYPE_TIME:
            return ColumnType::time;
        case DUCKDB_TYPE_TIMESTAMP:
            return ColumnType::timestamp;
        default:
            return ColumnType::text;
    }
}

bool is_valid(const std::uint64_t* validity, idx_t row) {
    return validity == nullptr || ((validity[row / 64] >> (row % 64)) & 1) != 0;
}

template <class Source>
void copy_integers(const void* data, const std::uint64_t* validity, idx_t rows, ColumnData& out) {
    const auto* values = static_cast<const Source*>(data);
    for (idx_t i = 0; i < rows; ++i) {
        if (is_valid(validity, i))
            out.append_integer(static_cast<std::int64_t>(values[i]));
        else
            out.append_missing();
    }
}

template <class Source>
void copy_reals(const void* data, const std::uint64_t* validity, idx_t rows, ColumnData& out) {
    const auto* values = static_cast<const Source*>(data);
    for (idx_t i = 0; i < rows; ++i) {
        if (is_valid(validity, i))
            out.append_real(static_cast<double>(values[i]));
        else
            out.append_missing();
    }
}

std::string_view text_of(const duckdb_string_t& value) {
    const std::uint32_t size = value.value.inlined.length;
    return {size <= 12 ? value.value.inlined.inlined : value.value.pointer.ptr, size};
}

base::Result<void> copy_column(
    duckdb_type type, duckdb_vector vector, idx_t rows, table::Batch& batch, ColumnData& out
) {
    const void* data = api().vector_get_data(vector);
    const std::uint64_t* validity = api().vector_get_validity(vector);
    switch (type) {
        case DUCKDB_TYPE_BOOLEAN:
            copy_integers<bool>(data, validity, rows, out);
            return {};
        case DUCKDB_TYPE_TINYINT:
            copy_integers<std::int8_t>(data, validity, rows, out);
            return {};
        case DUCKDB_TYPE_SMALLINT:
            copy_integers<std::int16_t>(data, validity, rows, out);
            return {};
        case DUCKDB_TYPE_DATE:
        case DUCKDB_TYPE_INTEGER:
            copy_integers<std::int32_t>(data, validity, rows, out);
            return {};
        case DUCKDB_TYPE_TIME:
        case DUCKDB_TYPE_TIMESTAMP:
        case DUCKDB_TYPE_BIGINT:
            copy_integers<std::int64_t>(data, validity, rows, out);
            return {};
        case DUCKDB_TYPE_UTINYINT:
            copy_integers<std::uint8_t>(data, validity, rows, out);
            return {};
        case DUCKDB_TYPE_USMALLINT:
            copy_integers<std::uint16_t>(data, validity, rows, out);
            return {};
        case DUCKDB_TYPE_UINTEGER:
            copy_integers<std::uint32_t>(data, validity, rows, out);
            return {};
        case DUCKDB_TYPE_FLOAT:
            copy_reals<float>(data, validity, rows, out);
            return {};
        case DUCKDB_TYPE_DOUBLE:
            copy_reals<double>(data, validity, rows, out);
            return {};
        case DUCKDB_TYPE_VARCHAR: {
            const auto* values = static_cast<const duckdb_string_t*>(data);
            for (idx_t i = 0; i < rows; ++i) {
                if (is_valid(validity, i))
                    out.append_text(batch.arena.store(text_of(values[i])));
                else
                    out.append_missing();
            }
            return {};
        }
        default:
            return std::unexpected(base::internal_error(
                fmt::format("column type {} is not read", static_cast<int>(type))
            ));
    }
}

Value value_of(const ColumnData& column, std::size_t row) {
    if (column.missing(row)) return {};
    switch (column.type) {
        case ColumnType::boolean:
            return column.integers[row] != 0;
        case ColumnType::real:
            return column.reals[row];
        case ColumnType::text:
            return std::string(column.texts[row]);
        default:
            return column.integers[row];
    }
}

/// A streaming result as a table.
class ResultReader : public table::TableReader {
public:
    ResultReader(StateBase& session, std::string sql, table::Schema schema, bool with_row_id)
        : session_(session),
          sql_(std::move(sql)),
          schema_(std::move(schema)),
          with_row_id_(with_row_id) {}
    ~ResultReader() override {
        close();
        const std::scoped_lock lock(session_.mutex);
        std::erase(session_.readers, connection_);
        if (connection_ != nullptr) api().disconnect(&connection_);
    }

    const table::Schema& schema() const override { return schema_; }

    base::Result<void> rewind() override {
        close();
        CHECK_OK(connect());
        if (api().prepare(connection_, sql_.c_str(), &statement_) != DuckDBSuccess) {
            return std::unexpected(plain_error(api().prepare_error(statement_)));
        }
        duckdb_pending_result pending = nullptr;
        if (api().pending_prepared_streaming(statement_, &pending) != DuckDBSuccess) {
            auto error = plain_error(api().pending_error(pending));
            api().destroy_pending(&pending);
            return std::unexpected(std::move(error));
        }
        result_ = std::make_unique<Result>();
        const auto state = api().execute_pending(pending, &result_->value);
        api().destroy_pending(&pending);
        if (state != DuckDBSuccess) return std::unexpected(result_error(result_->value));
        rows_seen_ = 0;
        if (!with_row_id_) name_columns();
        return {};
    }

    base::Result<bool> next(table::Batch& batch) override {
        TRY(const bool more, next_chunk(result_->value, batch));
        if (!more) return false;
        const std::size_t rows = batch.columns.empty() ? 0 : batch.columns.front().size();
        if (with_row_id_) {
            batch.row_ids = std::move(batch.columns.front().integers);
            batch.columns.erase(batch.columns.begin());
        } else {
            for (std::size_t i = 0; i < rows; ++i) batch.row_ids.push_back(++rows_seen_);
        }
        return true;
    }

private:
    void close() {
        result_.reset();
        if (statement_ != nullptr) api().destroy_prepare(&statement_);
        statement_ = nullptr;
    }

    base::Result<void> connect() {
        if (connection_ != nullptr) return {};
        const std::scoped_lock lock(session_.mutex);
        if (api().connect(session_.database, &connection_) != DuckDBSuccess)
            return std::unexpected(plain_error("connect"));
        session_.readers.push_back(connection_);
        return {};
    }

    void name_columns() {
        schema_.columns.clear();
        for (idx_t i = 0; i < api().column_count(&result_->value); ++i) {
            schema_.columns.push_back({
                .name = api().column_name(&result_->value, i),
                .physical = table::physical_name(i),
                .type = type_of_column(api().column_type(&result_->value, i)),
            });
        }
    }

    StateBase& session_;
    duckdb_connection connection_ = nullptr;
    std::string sql_;
    table::Schema schema_;
    bool with_row_id_;
    duckdb_prepared_statement statement_ = nullptr;
    std::unique_ptr<Result> result_;
    std::int64_t rows_seen_ = 0;
};

}  // namespace

base::Result<bool> next_chunk(duckdb_result& result, table::Batch& batch) {
    batch.clear();
    duckdb_data_chunk chunk = api().fetch_chunk(result);
    if (chunk == nullptr) {
        const char* problem = api().result_error(&result);
        if (problem != nullptr && *problem != '\0') return std::unexpected(result_error(result));
        return false;
    }
    const idx_t columns = api().column_count(&result);
    const idx_t rows = api().data_chunk_get_size(chunk);
    batch.columns.resize(columns);
    base::Result<void> copied;
    for (idx_t i = 0; i < columns && copied; ++i) {
        const duckdb_type type = api().column_type(&result, i);
        batch.columns[i].type = type_of_column(type);
        copied =
            copy_column(type, api().data_chunk_get_vector(chunk, i), rows, batch, batch.columns[i]);
    }
    api().destroy_data_chunk(&chunk);
    if (!copied) return std::unexpected(copied.error());
    return rows > 0;
}

void append_rows(const table::Batch& batch, std::size_t max_rows, Rows& out) {
    const std::size_t rows = batch.columns.empty() ? 0 : batch.columns.front().size();
    for (std::size_t row = 0; row < rows && out.rows.size() < max_rows; ++row) {
        auto& values = out.rows.emplace_back();
        for (const auto& column : batch.columns) values.push_back(value_of(column, row));
    }
}

base::Result<std::unique_ptr<table::TableReader>> make_reader(
    StateBase& session, std::string sql, table::Schema schema, bool with_row_id
) {
    auto reader =
        std::make_unique<ResultReader>(session, std::move(sql), std::move(schema), with_row_id);
    CHECK_OK(reader->rewind());
    return std::unique_ptr<table::TableReader>(std::move(reader));
}

}  // namespace csva::duck
