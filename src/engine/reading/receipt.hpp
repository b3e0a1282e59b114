#pragma once

#include "engine/table/column.hpp"
#include "foundation/base/described.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace csva::reading {

/// How the file was cut into cells.
struct Dialect {
    std::string encoding = "UTF-8";
    bool byte_order_mark = false;
    std::string delimiter = ",";  ///< One character or more; empty: one column.
    std::string quote = "\"";     ///< Empty: none.
    std::string escape = "\"";    ///< The quote itself (doubled), a backslash or another mark.
    std::string line_end = "lf";  ///< lf, crlf, cr, mixed.
    bool header = true;
    std::int64_t header_rows = 1;
    std::int64_t skipped_lines = 0;  ///< Lines before the table (a title, a note).
    bool operator==(const Dialect&) const = default;
};
CSVA_DESCRIBE(
    Dialect,
    encoding,
    byte_order_mark,
    delimiter,
    quote,
    escape,
    line_end,
    header,
    header_rows,
    skipped_lines
)

/// One fact that decided something: what, why, and how many cells or lines said so.
struct Evidence {
    std::string about;   ///< encoding, delimiter, quote, escape, comment, preamble, header,
                         ///< decimal_mark, thousands_mark, date_order, missing_words, type.
    std::string column;  ///< Display name; empty: the whole file.
    std::string found;   ///< What was decided.
    std::int64_t count_for = 0;
    std::int64_t count_against = 0;
    bool operator==(const Evidence&) const = default;
};
CSVA_DESCRIBE(Evidence, about, column, found, count_for, count_against)

/// Rejected rows of one reason.
struct RejectCount {
    std::string reason;  ///< too_many_cells, too_few_cells, open_quote, other_table,
                         ///< repeated_header.
    std::int64_t rows = 0;
    bool operator==(const RejectCount&) const = default;
};
CSVA_DESCRIBE(RejectCount, reason, rows)

/// One rejected row. The raw text is only in rejects.csv.
struct Reject {
    std::int64_t line = 0;  ///< In the source, from 1.
    std::string reason;
    bool operator==(const Reject&) const = default;
};
CSVA_DESCRIBE(Reject, line, reason)

struct KeptAsText {
    std::string column;
    std::string reason;      ///< table::kKept*.
    std::int64_t cells = 0;  ///< How many cells are the reason.
    bool operator==(const KeptAsText&) const = default;
};
CSVA_DESCRIBE(KeptAsText, column, reason, cells)

/// How a file was read, and on what evidence. Holds no cell value.
struct Receipt {
    std::int64_t bytes = 0;
    std::string sha256;
    Dialect dialect;
    std::int64_t rows_in = 0;
    std::int64_t rows_kept = 0;
    std::int64_t rows_rejected = 0;
    std::int64_t blank_lines = 0;            ///< Lines without any cell, not counted as rows.
    std::int64_t remark_lines = 0;           ///< Lines of remarks (# ...), not counted as rows.
    std::int64_t rows_repaired = 0;          ///< Of the rows kept.
    std::vector<RejectCount> repair_counts;  ///< stray_quote, lost_delimiter...: rows of each.
    std::vector<Reject> first_repairs;       ///< The first 100.
    std::vector<RejectCount> reject_counts;
    std::vector<Reject> first_rejects;  ///< The first 100.
    std::vector<table::Column> columns;
    std::vector<KeptAsText> kept_as_text;
    std::vector<Evidence> evidence;
    std::vector<std::string>
        renamed;  ///< Headers that were empty or repeated, as they are named now.
    std::vector<std::string>
        notes;  ///< Keys of `reading:notes.*`: header_only, one_column, odd_bytes_replaced...
    std::string reader = "reading@2";
};
CSVA_DESCRIBE(
    Receipt,
    bytes,
    sha256,
    dialect,
    rows_in,
    rows_kept,
    rows_rejected,
    blank_lines,
    remark_lines,
    rows_repaired,
    repair_counts,
    first_repairs,
    reject_counts,
    first_rejects,
    columns,
    kept_as_text,
    evidence,
    renamed,
    notes,
    reader
)

CSVA_NOTES(
    Receipt,
    {.field = "remark_lines", .text = "Lines of remarks, not counted as rows.", .defaulted = true},
    {.field = "rows_repaired", .text = "Rows kept after a repair.", .defaulted = true},
    {.field = "repair_counts", .text = "What was repaired, and in how many rows.", .defaulted = true
    },
    {.field = "first_repairs", .text = "The first 100 repaired rows.", .defaulted = true}
)

}  // namespace csva::reading
