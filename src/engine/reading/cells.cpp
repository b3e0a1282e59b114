#include "engine/reading/cells.hpp"

#include "engine/table/column_parser.hpp"

#include <algorithm>

namespace csva::reading {
namespace {

bool is_blank(std::string_view cell) {
    return std::ranges::all_of(cell, [](char c) { return c == ' ' || c == '\t'; });
}

class CellReader : public table::TableReader {
public:
    CellReader(Records records, bool header, table::Schema schema)
        : records_(std::move(records)), header_(header), schema_(std::move(schema)) {
        for (const auto& column : schema_.columns) parsers_.emplace_back(column);
        skip_header();
    }

    const table::Schema& schema() const override { return schema_; }

    base::Result<bool> next(table::Batch& batch) override {
        batch.reset(schema_);
        const std::size_t columns = schema_.columns.size();
        while (batch.rows() < table::kBatchRows && records_.next(record_)) {
            if (record_.blank && columns > 1) continue;
            ++row_id_;
            if (!reject_reason(record_, columns).empty()) continue;
            batch.row_ids.push_back(row_id_);
            for (std::size_t i = 0; i < columns; ++i) append(record_.cells[i], i, batch);
        }
        return batch.rows() > 0;
    }

    base::Result<void> rewind() override {
        records_.rewind();
        skip_header();
        row_id_ = 0;
        return {};
    }

private:
    void skip_header() {
        if (header_) records_.next(record_);
    }

    /// Texts are copied: a cell with escapes lives only until the next record.
    void append(std::string_view cell, std::size_t i, table::Batch& batch) {
        auto& column = batch.columns[i];
        parsers_[i].append(
            column.type == table::ColumnType::text ? batch.arena.store(cell) : cell, column
        );
    }

    Records records_;
    bool header_;
    table::Schema schema_;
    std::vector<table::ColumnParser> parsers_;
    Record record_;
    std::int64_t row_id_ = 0;
};

}  // namespace

std::string_view reject_reason(const Record& record, std::size_t columns) {
    if (record.open_quote) return "open_quote";
    if (record.cells.size() < columns) return "too_few_cells";
    for (std::size_t i = columns; i < record.cells.size(); ++i) {
        if (!is_blank(record.cells[i])) return "too_many_cells";
    }
    return {};
}

void append_csv_cell(std::string& out, std::string_view cell) {
    if (cell.find_first_of(",\"\r\n") == std::string_view::npos) {
        out += cell;
        return;
    }
    out += '"';
    for (const char c : cell) {
        out += c;
        if (c == '"') out += c;
    }
    out += '"';
}

base::Result<std::unique_ptr<table::TableReader>> read_cells(
    const std::string& utf8_file, const Dialect& dialect, const table::Schema& schema
) {
    TRY(auto records, Records::open(utf8_file, dialect));
    return std::make_unique<CellReader>(std::move(records), dialect.header, schema);
}

}  // namespace csva::reading
