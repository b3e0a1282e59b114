#pragma once

#include "engine/table/batch.hpp"
#include "foundation/base/described.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace csva::table {

/// Turns the text of one cell into the column's type, exactly as reading a file does (it is the
/// same code), so that a form, JSON, a batch file and training agree to the last bit. Numbers are
/// rounded correctly (IEEE 754, nearest even). Immutable once made; share it between threads.
class ColumnParser {
public:
    enum class Outcome : std::uint8_t { value, missing, bad };

    explicit ColumnParser(const Column& column);
    ~ColumnParser();
    ColumnParser(ColumnParser&&) noexcept;
    ColumnParser& operator=(ColumnParser&&) noexcept;

    /// Appends the cell: its value; or missing for a blank cell or a missing word; or, `bad`,
    /// missing because the text is not of the type. A text column takes every cell (never bad) and
    /// keeps its characters, spaces included. `data.type` must be the column's; the bytes of `cell`
    /// must outlive the batch (see ColumnData::append_text).
    Outcome append(std::string_view cell, ColumnData& data) const;

    /// The same for a cell that came as JSON: a JSON number or boolean is taken by its value,
    /// whatever the decimal mark of the column; a text goes the way of a file's cell. Texts are
    /// stored in `arena`.
    Outcome append(const base::Cell& cell, ColumnData& data, TextArena& arena) const;

    /// True when the text is blank or one of the missing words (trimmed).
    bool is_missing(std::string_view cell) const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// Canonical text of a cell: shortest digits that read back as the same double, ISO dates
/// (2026-11-23, 2026-11-23 09:28:08, 09:28:08, fractions only when there are any), true/false;
/// empty for a missing cell.
std::string cell_text(const ColumnData& data, std::size_t row);
void append_cell_text(std::string& out, const ColumnData& data, std::size_t row);

/// Days since 1970-01-01 of a proleptic Gregorian date (month and day from 1). Source: Hinnant
/// 2013, days_from_civil.
std::int64_t days_from_civil(int year, int month, int day);

}  // namespace csva::table
