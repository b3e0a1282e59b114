#include "engine/reading/layout.hpp"

#include "engine/reading/cell_kind.hpp"
#include "engine/reading/records.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <tuple>

namespace csva::reading {
namespace {

constexpr std::size_t kSampleRecords = 1000;
constexpr std::size_t kSampleCells = 200'000;
/// A title is looked for in so many records.
constexpr std::size_t kPreambleRecords = 60;
constexpr std::int64_t kHeaderRowsMax = 4;

struct Row {
    std::vector<std::string> cells;
    std::int64_t line = 0;
    std::size_t start = 0;
    std::size_t filled = 0;  ///< Cells that are not blank.
    bool odd_quotes = false;
    bool after_gap = false;  ///< A blank line stands before it.
};

std::vector<Row> rows_of(std::string_view sample, const Dialect& dialect) {
    Dialect plain = dialect;
    plain.skipped_lines = 0;
    Records records(sample, plain);
    std::vector<Row> rows;
    Record record;
    std::size_t cells = 0;
    std::size_t start = 0;
    while (rows.size() < kSampleRecords && cells < kSampleCells && records.next(record)) {
        Row row;
        row.cells.assign(record.cells.begin(), record.cells.end());
        row.line = record.line;
        row.start = start;
        row.odd_quotes = record.open_quote || record.stray_quotes > 0;
        for (const auto& cell : row.cells) row.filled += kind_of(cell) == CellKind::blank ? 0 : 1;
        cells += row.cells.size();
        start = records.position();
        rows.push_back(std::move(row));
    }
    return rows;
}

bool all_words(const Row& row) {
    return std::ranges::none_of(row.cells, [](const std::string& cell) {
        const CellKind kind = kind_of(cell);
        return is_value_kind(kind) || kind == CellKind::word;
    });
}

/// The most frequent number of cells of rows that hold anything; the larger of two. More when the
/// file begins with names for more columns and a row that has them: further down, empty cells at
/// the end are left out.
std::size_t usual_width(const std::vector<Row>& rows) {
    std::map<std::size_t, std::size_t> counts;
    std::vector<const Row*> first;
    for (const auto& row : rows) {
        if (row.filled == 0) continue;
        ++counts[row.cells.size()];
        if (first.size() < 2) first.push_back(&row);
    }
    std::size_t width = 1;
    std::size_t most = 0;
    for (const auto& [cells, count] : counts) {
        if (count >= most) {
            most = count;
            width = cells;
        }
    }
    if (first.size() == 2 && first[0]->cells.size() > width &&
        first[0]->cells.size() == first[1]->cells.size() &&
        first[0]->filled == first[0]->cells.size() && all_words(*first[0]))
        return first[0]->cells.size();
    return width;
}

/// What the cells of a column are, from the rows below some row.
struct ColumnLook {
    std::size_t filled = 0, values = 0;
    std::map<std::string, std::size_t> shapes;
    std::set<std::string, std::less<>> cells;

    bool typed() const { return values > 0 && values * 5 >= filled * 4; }
    /// The shape that four cells in five have; empty: none.
    std::string shape() const {
        for (const auto& [shape, count] : shapes) {
            if (!shape.empty() && count * 5 >= filled * 4 && count > 1) return shape;
        }
        return {};
    }
};

std::vector<ColumnLook> looks_below(
    const std::vector<Row>& rows,
    std::size_t first,
    std::size_t width,
    const std::vector<std::string>* without = nullptr
) {
    std::vector<ColumnLook> looks(width);
    for (std::size_t r = first; r < rows.size(); ++r) {
        if (rows[r].cells.size() != width) continue;
        if (without != nullptr && rows[r].cells == *without) continue;
        for (std::size_t i = 0; i < width; ++i) {
            const auto& cell = rows[r].cells[i];
            const CellKind kind = kind_of(cell);
            if (kind == CellKind::blank || kind == CellKind::word) continue;
            ++looks[i].filled;
            looks[i].values += is_value_kind(kind) ? 1 : 0;
            ++looks[i].shapes[shape_of_cell(cell)];
            if (looks[i].cells.size() < kSampleRecords) looks[i].cells.insert(cell);
        }
    }
    return looks;
}

/// 2001, 2002, 2003: numbers that follow each other are names.
bool counts_up(const Row& row, const std::vector<ColumnLook>& looks) {
    std::vector<double> numbers;
    for (std::size_t i = 0; i < std::min(row.cells.size(), looks.size()); ++i) {
        if (kind_of(row.cells[i]) != CellKind::integer) continue;
        numbers.push_back(std::strtod(row.cells[i].c_str(), nullptr));
    }
    if (numbers.size() < 3 || numbers.size() * 2 < row.filled) return false;
    const double step = numbers[1] - numbers[0];
    if (step == 0) return false;
    for (std::size_t i = 1; i < numbers.size(); ++i) {
        if (numbers[i] - numbers[i - 1] != step) return false;
    }
    return numbers[0] >= 1 && numbers[0] <= 3000;
}

/// Columns of values that the row gives a word to, and those that it gives a value to.
struct Votes {
    std::int64_t words = 0, values = 0, typed = 0;
};

Votes votes_of(const Row& row, const std::vector<ColumnLook>& looks) {
    Votes votes;
    for (std::size_t i = 0; i < std::min(row.cells.size(), looks.size()); ++i) {
        if (!looks[i].typed()) continue;
        ++votes.typed;
        const CellKind kind = kind_of(row.cells[i]);
        if (is_value_kind(kind) || kind == CellKind::word)
            ++votes.values;
        else if (kind != CellKind::blank)
            ++votes.words;
    }
    return votes;
}

/// For tables of words: a header cell has another shape than those below, and does not come again.
bool differs_from_words(const Row& row, const std::vector<ColumnLook>& looks) {
    std::int64_t for_header = 0;
    for (std::size_t i = 0; i < std::min(row.cells.size(), looks.size()); ++i) {
        const auto& cell = row.cells[i];
        if (is_value_kind(kind_of(cell))) return false;
        if (cell.empty() || looks[i].filled == 0) continue;
        const std::string shape = looks[i].shape();
        if (!shape.empty()) for_header += shape_of_cell(cell) == shape ? -1 : 1;
        if (looks[i].cells.contains(cell)) for_header -= 2;
    }
    return for_header >= 0;
}

bool is_header(const std::vector<Row>& rows, std::size_t r, std::size_t width, Votes& votes) {
    // The same row further down is the header once more.
    const auto looks = looks_below(rows, r + 1, width, &rows[r].cells);
    votes = votes_of(rows[r], looks);
    if (rows[r].filled == 0) return false;
    if (votes.words > votes.values) return true;
    if (votes.values > 0) return counts_up(rows[r], looks) && votes.values > 0;
    return differs_from_words(rows[r], looks_below(rows, r + 1, width));
}

/// A second header row fills what the first left open, repeats it, or has words in all columns of
/// values.
bool continues_header(
    const std::vector<Row>& rows, std::size_t r, std::size_t width, bool all_text
) {
    const Row& row = rows[r];
    const Row& above = rows[r - 1];
    if (row.cells.size() != width || row.filled < 1 || r + 1 >= rows.size()) return false;
    if (!all_words(row)) return false;
    const auto looks = looks_below(rows, r + 1, width);
    const Votes votes = votes_of(row, looks);
    bool fills = false;
    for (std::size_t i = 0; i < std::min(width, above.cells.size()); ++i)
        fills = fills || (kind_of(above.cells[i]) == CellKind::blank &&
                          kind_of(row.cells[i]) != CellKind::blank);
    if (votes.values > 0) return false;
    if (fills) return votes.words > 0 && votes.words * 3 >= votes.typed;
    if (row.cells == above.cells) return true;
    if (all_text) return false;
    return votes.typed >= std::min<std::int64_t>(2, static_cast<std::int64_t>(width)) &&
           votes.words == votes.typed;
}

/// Names over several columns each, above the header: they tell equal names apart, or name columns
/// that the header leaves open.
bool is_upper_header(const Row& above, const Row& header, std::size_t width) {
    if (above.cells.size() != width || header.cells.size() != width || above.filled < 2)
        return false;
    if (!all_words(above)) return false;
    std::size_t named = 0;
    std::set<std::string, std::less<>> own;
    std::set<std::pair<std::string, std::string>> both;
    std::string span;
    std::size_t filled = 0;
    for (std::size_t i = 0; i < width; ++i) {
        const bool blank = kind_of(above.cells[i]) == CellKind::blank;
        if (!blank) span = above.cells[i];
        if (kind_of(header.cells[i]) == CellKind::blank) {
            named += blank ? 0 : 1;
            continue;
        }
        ++filled;
        own.insert(header.cells[i]);
        both.emplace(span, header.cells[i]);
    }
    return named > 2 || (own.size() < filled && both.size() == filled);
}

/// Titles before the table: empty rows, rows of another number of cells, rows with a cell or two.
std::size_t first_row(const std::vector<Row>& rows, std::size_t width) {
    std::vector<std::size_t> filled;
    for (const auto& row : rows) {
        if (row.cells.size() == width && row.filled > 0) filled.push_back(row.filled);
    }
    if (filled.empty()) return 0;
    const auto middle = filled.begin() + static_cast<std::ptrdiff_t>(filled.size() / 2);
    std::ranges::nth_element(filled, middle);
    const std::size_t needed = std::max<std::size_t>(1, (*middle + 1) / 2);
    std::size_t start = 0;
    while (start < rows.size() && start < kPreambleRecords &&
           (rows[start].cells.size() != width || rows[start].filled < needed))
        ++start;
    // A title alone in its row, and an empty row.
    while (*middle > 1 && start + 2 < std::min(rows.size(), kPreambleRecords) &&
           rows[start].filled < 2 && (rows[start + 1].filled == 0 || rows[start + 1].after_gap))
        start += rows[start + 1].filled == 0 ? 2 : 1;
    if (start == rows.size() || start == kPreambleRecords) return 0;
    Votes votes;
    if (start > 0 && width > 2 && is_header(rows, start, width, votes) &&
        is_upper_header(rows[start - 1], rows[start], width))
        return start - 1;
    // A header of fewer or more names than the rows have cells stands right before them.
    if (start == 0 || width < 2) return start;
    const Row& above = rows[start - 1];
    const bool named = above.cells.size() != width && above.cells.size() + 1 >= width &&
                       above.cells.size() <= width + 3 && above.filled * 2 >= width &&
                       !is_header(rows, start, width, votes) &&
                       is_header(rows, start - 1, width, votes);
    if (named) return start - 1;
    // A short row that holds values where the column has values is a row of the table.
    for (std::size_t r = 0; r < start; ++r) {
        if (rows[r].cells.size() != width || rows[r].filled < 2) continue;
        const Votes own = votes_of(rows[r], looks_below(rows, start, width));
        if (own.values > own.words) return r;
    }
    return start;
}

std::vector<std::string> joined_header(
    const std::vector<Row>& rows,
    std::size_t first,
    std::size_t count,
    std::size_t width,
    bool all_text
) {
    std::vector<std::string> header(width);
    std::vector<std::string> first_cells = rows[first].cells;
    // Row names of R have no name: one cell less than the rows, whose last cell is not empty.
    const bool open_end = std::ranges::all_of(rows, [&](const Row& row) {
        return row.cells.size() != width || kind_of(row.cells.back()) == CellKind::blank;
    });
    if (first_cells.size() + 1 == width && count == 1 && !open_end && !all_text)
        first_cells.insert(first_cells.begin(), std::string());
    // A delimiter too many among the names.
    const auto is_blank = [](const std::string& cell) { return kind_of(cell) == CellKind::blank; };
    if (count == 1 && first_cells.size() == width + 1 &&
        std::ranges::count_if(first_cells, is_blank) == 1)
        first_cells.erase(std::ranges::find_if(first_cells, is_blank));
    if (count == 1 && first_cells.size() > width && std::ranges::none_of(first_cells, is_blank))
        return first_cells;
    for (std::size_t k = 0; k < count; ++k) {
        const bool last = k + 1 == count;
        auto cells = k == 0 ? first_cells : rows[first + k].cells;
        cells.resize(width);
        std::string span;
        for (std::size_t i = 0; i < width; ++i) {
            const bool blank = kind_of(cells[i]) == CellKind::blank;
            if (!blank) span = cells[i];
            const bool below = !last && i < rows[first + k + 1].cells.size() &&
                               kind_of(rows[first + k + 1].cells[i]) != CellKind::blank;
            const std::string& part = blank && below ? span : cells[i];
            if (count == 1) {
                header[i] = part;
            } else if (kind_of(part) != CellKind::blank && (all_text || header[i] != part)) {
                header[i] += (header[i].empty() ? "" : " ") + part;
            }
        }
    }
    return header;
}

/// Marks that begin lines of remarks, when no line that begins so has the table's number of cells.
std::string comment_mark(const std::vector<Row>& rows, std::size_t width) {
    if (width < 2) return {};
    for (const std::string_view mark : {"#", "%", "//"}) {
        std::size_t remarks = 0;
        const bool only_remarks = std::ranges::all_of(rows, [&](const Row& row) {
            if (row.cells.empty() || !row.cells.front().starts_with(mark)) return true;
            ++remarks;
            return row.cells.size() != width;
        });
        if (only_remarks && remarks > 0) return std::string(mark);
    }
    return {};
}

/// A later row of another width that repeats half of the column names: another table.
std::size_t other_table(const std::vector<Row>& rows, std::size_t first, const Layout& layout) {
    const std::set<std::string> names(layout.header.begin(), layout.header.end());
    for (std::size_t r = first; r < rows.size(); ++r) {
        const Row& row = rows[r];
        if (row.cells.size() == layout.columns || row.filled < 2) continue;
        std::size_t known = 0;
        for (const auto& cell : row.cells) known += !cell.empty() && names.contains(cell) ? 1 : 0;
        if (known * 2 >= row.filled && known > 1) return row.start;
    }
    return Layout{}.end;
}

}  // namespace

Layout lay_out(
    std::string_view sample, const Dialect& dialect, bool all_text, std::vector<Evidence>& evidence
) {
    Layout layout;
    auto rows = rows_of(sample, dialect);
    layout.columns = usual_width(rows);
    if (!all_text) layout.comment = comment_mark(rows, layout.columns);
    if (!layout.comment.empty()) {
        const auto remarks = std::erase_if(rows, [&](const Row& row) {
            return row.cells.front().starts_with(layout.comment);
        });
        evidence.push_back({"comment", "", layout.comment, static_cast<std::int64_t>(remarks), 0});
    }
    const auto is_gap = [](const Row& row) {
        return row.cells.size() == 1 && kind_of(row.cells.front()) == CellKind::blank;
    };
    for (std::size_t r = 1; r < rows.size(); ++r) rows[r].after_gap = is_gap(rows[r - 1]);
    std::erase_if(rows, is_gap);
    layout.width = layout.columns;
    if (rows.empty()) return layout;
    const std::size_t first = first_row(rows, layout.columns);
    layout.skipped_lines = rows[first].line - 1;
    if (first > 0) evidence.push_back({"preamble", "", "skipped_lines", layout.skipped_lines, 0});
    Votes votes;
    layout.header.resize(layout.columns);
    std::size_t body = first;
    if (is_header(rows, first, layout.columns, votes)) {
        layout.header_rows = 1;
        while (
            layout.header_rows < kHeaderRowsMax &&
            first + static_cast<std::size_t>(layout.header_rows) < rows.size() &&
            continues_header(
                rows, first + static_cast<std::size_t>(layout.header_rows), layout.columns, all_text
            )
        )
            ++layout.header_rows;
        body += static_cast<std::size_t>(layout.header_rows);
        layout.columns = std::max(layout.columns, rows.size() == 1 ? rows[first].cells.size() : 0);
        layout.header = joined_header(
            rows, first, static_cast<std::size_t>(layout.header_rows), layout.columns, all_text
        );
        if (layout.header.size() > layout.columns) {
            layout.short_rows = layout.columns;
            layout.columns = layout.header.size();
        }
        layout.end = other_table(rows, body, layout);
    }
    evidence.push_back(
        {"header",
         "",
         layout.header_rows > 0 ? "yes" : "no",
         layout.header_rows > 0 ? votes.words : votes.values,
         layout.header_rows > 0 ? votes.values : votes.words}
    );
    layout.width = layout.columns;
    for (std::size_t r = body; r < rows.size() && rows[r].start < layout.end; ++r) {
        if (rows[r].odd_quotes) continue;
        if (!all_text && layout.header_rows > 0 && rows[r].cells == layout.header) continue;
        if (rows[r].cells.size() == layout.short_rows) rows[r].cells.resize(layout.columns);
        if (rows[r].cells.size() == layout.columns) layout.rows.push_back(std::move(rows[r].cells));
    }
    return layout;
}

}  // namespace csva::reading
