#include "engine/reading/mending.hpp"

#include "engine/reading/cell_kind.hpp"

#include <algorithm>
#include <array>

namespace csva::reading {
namespace {

/// Fewer rows say too little about the columns.
constexpr std::size_t kRowsNeeded = 3;
constexpr std::size_t kShapesMax = 60;
constexpr std::size_t kCellsMax = 400;
constexpr std::size_t kSplitBytesMax = 4096;

bool is_words(CellKind kind) {
    return kind == CellKind::text || kind == CellKind::odd || kind == CellKind::code ||
           kind == CellKind::word;
}

bool is_blank(std::string_view cell) { return kind_of(cell) == CellKind::blank; }

}  // namespace

Mender::Mender(const Layout& layout, const Dialect& dialect, bool any_text)
    : delimiter_(dialect.delimiter), any_text_(any_text) {
    if (!dialect.quote.empty()) quote_ = dialect.quote.front();
    if (layout.rows.size() < kRowsNeeded || layout.columns < 2 || layout.columns > kCellsMax)
        return;
    looks_.resize(layout.columns);
    for (auto& look : looks_) look.kinds.resize(kCellKinds);
    for (const auto& row : layout.rows) {
        for (std::size_t i = 0; i < looks_.size(); ++i) {
            const CellKind kind = kind_of(row[i]);
            ++looks_[i].rows;
            ++looks_[i].kinds[static_cast<std::size_t>(kind)];
            if (kind == CellKind::blank)
                ++looks_[i].blank;
            else if (looks_[i].shapes.size() <= kShapesMax)
                ++looks_[i].shapes[shape_of_cell(row[i])];
        }
    }
    for (auto& look : looks_) {
        const std::size_t filled = look.rows - look.blank;
        std::size_t values = 0;
        for (std::size_t kind = 0; kind < kCellKinds; ++kind)
            values += is_value_kind(static_cast<CellKind>(kind)) ? look.kinds[kind] : 0;
        look.values = filled > 0 && values * 20 >= filled * 19;
        look.patterned =
            look.shapes.size() <= std::min(kShapesMax, 3 + filled / 4) && !look.shapes.contains("");
    }
}

/// 0: does not fit; 1: may be; 2: has the shape or the kind of the column.
int Mender::fit(std::string_view cell, std::size_t column) const {
    const Look& look = looks_[column];
    if (any_text_ || !look.values) {
        if (cell.starts_with(quote_)) cell.remove_prefix(1);
        if (cell.ends_with(quote_)) cell.remove_suffix(1);
    }
    const CellKind kind = kind_of(cell);
    if (kind == CellKind::blank) return look.blank > 0 ? 1 : 0;
    if (look.patterned && look.shapes.contains(shape_of_cell(cell))) return 2;
    const bool seen = look.kinds[static_cast<std::size_t>(kind)] > 0;
    if (is_words(kind)) {
        if (look.patterned) return 0;
        const bool words = std::ranges::any_of(
            std::array{CellKind::text, CellKind::odd, CellKind::code, CellKind::word},
            [&](CellKind other) { return look.kinds[static_cast<std::size_t>(other)] > 0; }
        );
        return words ? 1 : 0;
    }
    if (!seen) return 0;
    return look.patterned || look.values ? 1 : 2;
}

int Mender::fit_of(const Cells& cells) const {
    if (cells.size() != looks_.size()) return -1;
    int sum = 0;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const int own = fit(cells[i], i);
        if (own == 0) return -1;
        sum += own;
    }
    return sum;
}

/// The cut under which every cell fits: the one that leaves fewest quotes in odd places, then the
/// one that fits best. The record is as that cut leaves it.
Cut Mender::best_cut(Records& records, Record& record) const {
    constexpr std::array kCuts{
        Cut::standard, Cut::literal_quotes, Cut::inner_quotes, Cut::bare_quotes, Cut::closing_gaps
    };
    int best = -1;
    std::size_t strays = 0;
    Cut chosen = Cut::standard;
    for (const Cut cut : kCuts) {
        records.recut(record, cut);
        const int fits = record.open_quote ? -1 : fit_of(record.cells);
        const bool better = best < 0
                                ? fits >= 0
                                : fits >= 0 && (record.stray_quotes < strays ||
                                                (record.stray_quotes == strays && fits > best));
        if (!better) continue;
        best = fits;
        strays = record.stray_quotes;
        chosen = cut;
    }
    records.recut(record, chosen);
    return chosen;
}

/// One or two superfluous delimiters beside empty cells.
bool Mender::drop_blank(Cells& cells) const {
    const std::size_t extra = cells.size() - looks_.size();
    if (cells.size() <= looks_.size() || extra > 2) return false;
    int best = -1;
    Cells chosen;
    bool unique = true;
    const auto try_without = [&](std::size_t a, std::size_t b) {
        Cells fewer;
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i != a && i != b) fewer.push_back(cells[i]);
        }
        const int fits = fit_of(fewer);
        if (fits < 0 || fits < best || fewer == chosen) return;
        unique = fits > best;
        best = fits;
        chosen = std::move(fewer);
    };
    for (std::size_t a = 0; a < cells.size(); ++a) {
        if (!is_blank(cells[a])) continue;
        if (extra == 1) {
            try_without(a, a);
            continue;
        }
        for (std::size_t b = a + 1; b < cells.size(); ++b) {
            if (is_blank(cells[b])) try_without(a, b);
        }
    }
    if (best < 0 || !unique) return false;
    cells = std::move(chosen);
    return true;
}

/// Trailing cells that are often empty were left out.
bool Mender::pad(Cells& cells) const {
    if (cells.size() >= looks_.size()) return false;
    for (std::size_t i = cells.size(); i < looks_.size(); ++i) {
        if (looks_[i].blank * 5 < looks_[i].rows) return false;
    }
    Cells padded = cells;
    padded.resize(looks_.size());
    if (fit_of(padded) < 0) return false;
    cells = std::move(padded);
    return true;
}

/// One cell holds two: a delimiter was lost between them.
bool Mender::split(Cells& cells) const {
    if (cells.size() + 1 != looks_.size()) return false;
    const std::size_t n = cells.size();
    std::vector<bool> before(n + 1, true), after(n + 1, true);
    for (std::size_t i = 0; i < n; ++i) before[i + 1] = before[i] && fit(cells[i], i) > 0;
    for (std::size_t i = n; i-- > 0;) after[i] = after[i + 1] && fit(cells[i], i + 1) > 0;
    int best = 0;
    std::size_t found = 0;
    std::array<std::string_view, 2> parts;
    std::size_t place = 0;
    const auto consider =
        [&](std::size_t i, std::string_view left, std::string_view right, bool at_quote) {
            const int a = fit(left, i);
            const int b = fit(right, i + 1);
            if (a == 0 || b == 0 || (a + b < 3 && !at_quote)) return;
            // Between a digit and something else rather than within a number.
            const auto digit = [](char c) { return c >= '0' && c <= '9'; };
            const bool mark = right.front() == '.' || right.front() == ',';
            const bool edge = digit(left.back()) != digit(right.front()) && !mark;
            const int score = 2 * (a + b) + (at_quote ? 4 : 0) + (edge ? 1 : 0);
            if (score < best) return;
            found = score > best ? 1 : found + 1;
            best = score;
            parts = {left, right};
            place = i;
        };
    for (std::size_t i = 0; i < n; ++i) {
        const std::string_view cell = cells[i];
        if (!before[i] || !after[i + 1] || cell.size() > kSplitBytesMax) continue;
        for (std::size_t p = 1; p < cell.size(); ++p) {
            consider(i, cell.substr(0, p), cell.substr(p), false);
            const bool inside = p + 1 < cell.size() && cell[p] == quote_ && cell[p - 1] != ' ' &&
                                cell[p + 1] != ' ';
            if (inside) consider(i, cell.substr(0, p), cell.substr(p + 1), true);
        }
    }
    if (found != 1) return false;
    cells[place] = parts[0];
    cells.insert(cells.begin() + static_cast<std::ptrdiff_t>(place) + 1, parts[1]);
    return true;
}

/// Neighbours put together again, so that each column gets what fits: the text had delimiters.
/// Dynamic programming over tokens and columns; only the one best way counts.
bool Mender::join(Cells& cells, std::string_view raw) const {
    const std::size_t n = cells.size();
    const std::size_t columns = looks_.size();
    if (n <= columns || n > kCellsMax || columns > 100) return false;
    struct Best {
        int score = -1;
        std::size_t from = 0, ways = 0;
    };
    // What stood in quotes stands alone.
    const auto is_plain = [&](std::string_view cell) {
        const bool in_file =
            cell.data() >= raw.data() && cell.data() + cell.size() <= raw.data() + raw.size();
        return in_file && (cell.data() == raw.data() || cell.data()[-1] != quote_);
    };
    std::vector<std::vector<Best>> best(columns + 1, std::vector<Best>(n + 1));
    best[0][0] = {0, 0, 1};
    for (std::size_t j = 1; j <= columns; ++j) {
        for (std::size_t end = j; end + (columns - j) <= n; ++end) {
            for (std::size_t from = j - 1; from < end; ++from) {
                const Best& prior = best[j - 1][from];
                if (prior.score < 0) continue;
                std::string_view cell = cells[from];
                const bool several = end - from > 1;
                if (several) {
                    const bool plain = std::all_of(
                        cells.begin() + static_cast<std::ptrdiff_t>(from),
                        cells.begin() + static_cast<std::ptrdiff_t>(end),
                        is_plain
                    );
                    if (looks_[j - 1].patterned || !plain) continue;
                    const char* last = cells[end - 1].data() + cells[end - 1].size();
                    cell = {
                        cells[from].data(), static_cast<std::size_t>(last - cells[from].data())
                    };
                }
                const int own = fit(cell, j - 1);
                if (own == 0) continue;
                Best& here = best[j][end];
                const int score = prior.score + 4 * own - (several ? 1 : 0);
                if (score == here.score) here.ways += prior.ways;
                if (score > here.score) here = {score, from, prior.ways};
            }
        }
    }
    const Best& whole = best[columns][n];
    if (whole.score < 0 || whole.ways != 1) return false;
    Cells joined(columns);
    std::size_t end = n;
    for (std::size_t j = columns; j > 0; --j) {
        const std::size_t from = best[j][end].from;
        const char* last = cells[end - 1].data() + cells[end - 1].size();
        joined[j - 1] =
            end - from > 1
                ? std::
                      string_view{cells[from].data(), static_cast<std::size_t>(last - cells[from].data())}
                : cells[from];
        end = from;
    }
    cells = std::move(joined);
    return true;
}

/// The row uses another delimiter than the file, and at least two of its cells say so by their
/// shape.
bool Mender::other_delimiter(Records& records, Record& record) const {
    const auto tight = [&] {
        std::size_t count = 0;
        for (std::size_t i = 0; i < record.cells.size(); ++i)
            count += fit(record.cells[i], i) == 2 ? 1 : 0;
        return count >= 2;
    };
    for (const std::string_view other : {",", ";", "\t", "|", " "}) {
        if (other == delimiter_) continue;
        records.recut(record, Cut::standard, other);
        if (record.open_quote || record.cells.size() < looks_.size()) continue;
        const bool fits = fit_of(record.cells) >= 0 || join(record.cells, record.raw);
        if (fits && tight()) return true;
    }
    return false;
}

std::string_view Mender::mend(Records& records, Record& record) const {
    if (looks_.empty() || record.cells.size() > kCellsMax) return {};
    const bool quotes = record.stray_quotes > 0 || record.open_quote;
    const bool fitted = record.cells.size() == looks_.size() && fit_of(record.cells) >= 0;
    if (fitted && !quotes) return {};
    if (quotes) {
        const Cut cut = best_cut(records, record);
        if (cut != Cut::standard) return "stray_quote";
    }
    if (record.cells.size() == looks_.size() && !record.open_quote) return {};
    if (!record.open_quote) {
        if (drop_blank(record.cells)) return "superfluous_delimiter";
        if (pad(record.cells)) return "cells_left_out";
        if (split(record.cells)) return "lost_delimiter";
        if (join(record.cells, record.raw)) return "unquoted_delimiter";
    }
    if (other_delimiter(records, record)) return "other_delimiter";
    // Nothing agrees: only its first line is spoilt, not what an odd quote ran through.
    records.recut(record, quotes ? Cut::literal_quotes : Cut::standard);
    record.open_quote = quotes && !any_text_;
    return {};
}

}  // namespace csva::reading
