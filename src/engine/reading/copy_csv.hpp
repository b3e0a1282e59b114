#pragma once

#include "engine/reading/read_csv.hpp"
#include "engine/reading/rows.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace csva::reading {

/// A part of a file that is copied. Views live until the next one.
struct SourceRecord {
    bool head = false;  ///< All that stands above the first record: titles, the header.
    RowKind kind = RowKind::row;
    std::span<const std::string_view> cells;  ///< Of a record, as they are read.
    std::string_view bytes;                   ///< As it stands there, with its line end.
};

/// Goes through a file as read_csv does for the same request and copies what `keep` wants to `to`
/// (empty: nowhere), byte for byte, in UTF-8 without a byte order mark. The rows are those that
/// read_csv keeps, in the same order. Errors: reading.empty_file, reading.binary_file,
/// reading.file_missing, reading.too_many_columns, base.file_unwritable, jobs.cancelled.
base::Result<void> copy_records(
    const ReadRequest& request,
    const std::string& to,
    const std::function<bool(const SourceRecord&)>& keep,
    base::Control& control
);

}  // namespace csva::reading
