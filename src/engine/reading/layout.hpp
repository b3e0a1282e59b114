#pragma once

#include "engine/reading/receipt.hpp"

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace csva::reading {

/// Where the table stands in a file.
struct Layout {
    std::size_t columns = 1;  ///< Cells that a row should have.
    /// Cells of a usual row when the header names more columns: the last are empty. Else 0.
    std::size_t short_rows = 0;
    std::size_t width = 1;  ///< Columns of the table: more when rows of any length are kept.
    std::int64_t skipped_lines = 0;  ///< Lines of text before the header.
    std::int64_t header_rows = 0;
    std::vector<std::string> header;  ///< As the file has it, several rows joined by a space.
    std::string comment;              ///< What lines of remarks begin with; empty: none.
    /// Byte at which another table begins, which has another number of columns.
    std::size_t end = std::numeric_limits<std::size_t>::max();
    /// Records of the sample that are rows of the table.
    std::vector<std::vector<std::string>> rows;
};

/// Finds titles before the table, the rows of its header, remarks, and a further table below, by
/// what the cells look like: a title has few cells, a header has words where the column below has
/// numbers or dates. Works on the sample; what it decides goes to `evidence`. An upper header cell
/// spans the empty ones to its right when the lower row fills them. `all_text`: nothing is taken
/// out for the sake of types: remarks and rows of units stay rows, and rows may have any length.
Layout lay_out(
    std::string_view sample, const Dialect& dialect, bool all_text, std::vector<Evidence>& evidence
);

}  // namespace csva::reading
