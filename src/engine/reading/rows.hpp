#pragma once

#include "engine/reading/layout.hpp"
#include "engine/reading/mending.hpp"
#include "engine/reading/records.hpp"
#include "foundation/base/result.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace csva::reading {

/// All that is decided about a file before its rows are read. Immutable; shared between threads.
struct Plan {
    std::shared_ptr<const MappedFile> file;
    Dialect dialect;
    Layout layout;
    std::shared_ptr<const Mender> mender;
    std::size_t body_start = 0;  ///< Where the first record after the header begins.
    std::int64_t body_line = 1;
    bool any_length = false;  ///< Rows with fewer cells are kept, the others being empty.
};

/// Fills `file` and `dialect.encoding` excepted: decides on the sample, steps over the header.
/// Errors: reading.empty_file, reading.too_many_columns.
base::Result<void> make_plan(Plan& plan, bool all_text, std::vector<Evidence>& evidence);

/// What became of a record.
enum class RowKind : std::uint8_t { row, blank, remark, rejected };

/// Why a record cannot be a row of so many columns; empty when it can. Superfluous cells at the end
/// that are all blank do no harm.
std::string_view reject_reason(const Record& record, std::size_t columns);

/// The records below the header, each with what became of it. What a record is depends on the plan
/// and on the bytes from its start on only. Not thread-safe.
class TableRows {
public:
    explicit TableRows(const Plan& plan);
    /// False at the end of the file.
    bool next();
    RowKind kind() const { return kind_; }
    const Record& record() const { return record_; }
    std::string_view reason() const { return reason_; }  ///< Of a rejected one.
    std::string_view repair() const { return repair_; }  ///< Empty: none was needed.
    std::size_t position() const { return records_.position(); }
    std::int64_t line() const { return records_.line(); }
    void seek(std::size_t at, std::int64_t line) { records_.seek(at, line); }

private:
    bool repeats_header() const;

    const Plan& plan_;
    Records records_;
    Record record_;
    RowKind kind_ = RowKind::row;
    std::string_view reason_, repair_;
};

/// Appends a cell as RFC 4180 has it: quoted when it must be, quotes doubled.
void append_csv_cell(std::string& out, std::string_view cell);

}  // namespace csva::reading
