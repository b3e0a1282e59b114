#pragma once

#include "engine/reading/receipt.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/result.hpp"

#include <functional>
#include <string>
#include <vector>

namespace csva::reading {

struct ReadRequest {
    std::string input;    ///< The file as it came.
    std::string parquet;  ///< Where the typed version goes; empty: only the receipt is wanted.
    std::string rejects;  ///< Where rejects.csv goes (line, reason, raw text); made only if there
                          ///< are any; empty: nowhere.
    std::string
        temporary_folder;       ///< For transcoding and spilling; empty: beside the Parquet file.
    bool all_text = false;      ///< Every column stays text: each cell's characters as they are. A
                                ///< file of empty lines is then a table of empty cells.
    bool may_be_empty = false;  ///< An empty file is a table without rows instead of an error.
    /// Instead of a Parquet file: takes the rows while they are read, all of them. Without
    /// `all_text` it may be called twice: again from the start when a cell contradicts the types of
    /// the sample.
    std::function<base::Result<void>(table::TableReader&)> take;
    int threads = 0;                      ///< 0: as many as the machine has.
    std::int64_t memory_limit_bytes = 0;  ///< DuckDB's share; 0: its own default.
};

struct ReadOutcome {
    table::Schema schema;
    std::vector<std::string> header;  ///< Column names as the file has them; empty ones included.
    Receipt receipt;
};

/// Reads a CSV file: decides encoding, dialect, header and types on a sample, then verifies the
/// types on every record while it writes them; a cell that contradicts the sample changes the
/// decision (the rows are then written once more), never the cell. Uses `threads` threads and a few
/// megabytes for each, however large the file. rows_in = rows_kept + rows_rejected always holds.
/// Errors: reading.empty_file, reading.binary_file, reading.file_missing, reading.too_many_columns,
/// reading.nothing_kept, reading.damaged_encoding, those of duck::Session, jobs.cancelled.
base::Result<ReadOutcome> read_csv(const ReadRequest& request, base::Control& control);

}  // namespace csva::reading
