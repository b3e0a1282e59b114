#include "engine/reading/rows.hpp"

#include "engine/reading/dialect.hpp"

#include <algorithm>

namespace csva::reading {
namespace {

bool is_blank(std::string_view cell) {
    return std::ranges::all_of(cell, [](char c) { return c == ' ' || c == '\t'; });
}

base::Result<void> check_width(std::size_t columns) {
    if (columns <= table::kMaxColumns) return {};
    return base::fail(
        base::ErrorKind::invalid_argument,
        "reading.too_many_columns",
        {{"columns", static_cast<std::int64_t>(columns)},
         {"maximum", static_cast<std::int64_t>(table::kMaxColumns)}}
    );
}

/// Columns that rows of any length need: those of the longest that nothing repairs.
std::size_t width_of_rows(const Plan& plan) {
    constexpr int kRecords = 2000;
    TableRows rows(plan);
    std::size_t width = plan.layout.columns;
    for (int i = 0; i < kRecords && rows.next(); ++i) {
        const bool long_row = rows.kind() == RowKind::rejected && rows.reason() == "too_many_cells";
        if (long_row) width = std::max(width, rows.record().cells.size());
    }
    return width;
}

}  // namespace

base::Result<void> make_plan(Plan& plan, bool all_text, std::vector<Evidence>& evidence) {
    const std::string_view text = plan.file->text();
    const bool blank = text.find_first_not_of(" \t\r\n") == std::string_view::npos;
    if (blank && !all_text)
        return base::fail(base::ErrorKind::invalid_argument, "reading.empty_file");
    const std::string_view sample = sample_of(text);
    Dialect found = sniff(sample, evidence);
    found.encoding = plan.dialect.encoding;
    found.byte_order_mark = plan.dialect.byte_order_mark;
    found.line_end = plan.dialect.line_end;
    plan.dialect = found;
    plan.layout = lay_out(sample, plan.dialect, all_text, evidence);
    CHECK_OK(check_width(plan.layout.columns));
    plan.dialect.skipped_lines = plan.layout.skipped_lines;
    plan.dialect.header_rows = plan.layout.header_rows;
    plan.dialect.header = plan.layout.header_rows > 0;
    plan.any_length = all_text;
    plan.mender = std::make_shared<Mender>(plan.layout, plan.dialect, all_text);

    Records records(plan.file, plan.dialect);
    Record record;
    const std::string& mark = plan.layout.comment;
    for (std::int64_t rows = 0; rows < plan.layout.header_rows && records.next(record);) {
        const bool remark = !mark.empty() && record.raw.starts_with(mark);
        if (!record.blank && !remark) ++rows;
    }
    plan.body_start = records.position();
    plan.body_line = records.line();
    if (all_text) plan.layout.width = width_of_rows(plan);
    plan.layout.header.resize(plan.layout.width);
    return check_width(plan.layout.width);
}

std::string_view reject_reason(const Record& record, std::size_t columns) {
    if (record.open_quote) return "open_quote";
    if (record.cells.size() < columns) return "too_few_cells";
    for (std::size_t i = columns; i < record.cells.size(); ++i) {
        if (!is_blank(record.cells[i])) return "too_many_cells";
    }
    return {};
}

TableRows::TableRows(const Plan& plan) : plan_(plan), records_(plan.file, plan.dialect) {
    records_.seek(plan.body_start, plan.body_line);
}

bool TableRows::next() {
    const std::size_t start = records_.position();
    if (!records_.next(record_)) return false;
    const std::size_t columns = plan_.layout.columns;
    const bool odd =
        record_.cells.size() != columns || record_.stray_quotes > 0 || record_.open_quote;
    kind_ = RowKind::row;
    reason_ = {};
    repair_ = {};
    if (!odd && start < plan_.layout.end) {
        if (columns < plan_.layout.width) record_.cells.resize(plan_.layout.width);
        if (!plan_.any_length && repeats_header()) {
            kind_ = RowKind::rejected;
            reason_ = "repeated_header";
        }
        return true;
    }
    const bool short_row = record_.cells.size() == plan_.layout.short_rows && !record_.blank;
    if (short_row && record_.stray_quotes == 0 && !record_.open_quote && start < plan_.layout.end) {
        record_.cells.resize(plan_.layout.width);
        return true;
    }
    const std::string& mark = plan_.layout.comment;
    if (record_.blank && columns > 1) {
        kind_ = RowKind::blank;
    } else if (!mark.empty() && record_.cells.size() != columns && record_.raw.starts_with(mark)) {
        kind_ = RowKind::remark;
    } else if (start >= plan_.layout.end) {
        kind_ = RowKind::rejected;
        reason_ = "other_table";
    } else {
        repair_ = plan_.mender->mend(records_, record_);
        if (plan_.any_length && record_.cells.size() < plan_.layout.width)
            record_.cells.resize(plan_.layout.width);
        reason_ = reject_reason(record_, plan_.layout.width);
        if (!reason_.empty()) kind_ = RowKind::rejected;
    }
    return true;
}

/// Files that were put one behind another.
bool TableRows::repeats_header() const {
    const auto& header = plan_.layout.header;
    if (!plan_.dialect.header || plan_.layout.columns < 2) return false;
    return std::equal(
        header.begin(),
        header.end(),
        record_.cells.begin(),
        record_.cells.end(),
        [](const std::string& name, std::string_view cell) { return name == cell; }
    );
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

}  // namespace csva::reading
