#pragma once

#include "engine/reading/receipt.hpp"
#include "engine/reading/records.hpp"
#include "engine/table/source.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace csva::reading {

/// Rows of a UTF-8 file under a known dialect and schema, typed cell by cell; rejected records are
/// left out. row_id is the number of the record in the source, rejected ones counted, blank lines
/// not. Errors: reading.file_missing.
base::Result<std::unique_ptr<table::TableReader>> read_cells(
    const std::string& utf8_file, const Dialect& dialect, const table::Schema& schema
);

/// Why a record cannot be a row of so many columns; empty when it can. Superfluous cells at the end
/// that are all blank do no harm.
std::string_view reject_reason(const Record& record, std::size_t columns);

/// Appends a cell as RFC 4180 has it: quoted when it must be, quotes doubled.
void append_csv_cell(std::string& out, std::string_view cell);

}  // namespace csva::reading
