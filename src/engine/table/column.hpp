#pragma once

#include "foundation/base/described.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::table {

/// What a column holds. Dates are days, times and timestamps microseconds, all from 1970-01-01 or
/// midnight, no zone.
enum class ColumnType : std::uint8_t { integer, real, boolean, text, date, timestamp, time };
CSVA_DESCRIBE_ENUM(ColumnType, integer, real, boolean, text, date, timestamp, time)

/// How the cells of a column are written in the source: all that is needed to type another cell the
/// same way.
struct CellFormat {
    std::string decimal_mark = ".";  ///< "." or ",".
    std::string thousands_mark;      ///< Between groups of three digits; empty: none.
    std::string date_format;  ///< strptime letters (%d/%m/%Y, %H.%M.%S, %Y-%m-%d %H:%M:%S); empty:
                              ///< not a date.
    std::vector<std::string> true_words;  ///< Lower case; a boolean column has one or more.
    std::vector<std::string> false_words;
    std::vector<std::string>
        missing_words;  ///< Cells that mean "no value" besides the blank cell, exact spelling.
    bool operator==(const CellFormat&) const = default;
};
CSVA_DESCRIBE(
    CellFormat, decimal_mark, thousands_mark, date_format, true_words, false_words, missing_words
)
CSVA_NOTES(
    CellFormat,
    {.field = "decimal_mark",
     .text = "Decimal mark of the source: a point or a comma.",
     .defaulted = true},
    {.field = "thousands_mark",
     .text = "Mark between groups of three digits, empty when there is none.",
     .defaulted = true},
    {.field = "date_format",
     .text = "How dates and times are written (strptime letters).",
     .defaulted = true},
    {.field = "true_words", .text = "Words read as true, in lower case.", .defaulted = true},
    {.field = "false_words", .text = "Words read as false, in lower case.", .defaulted = true},
    {.field = "missing_words",
     .text = "Cells read as missing, besides blank ones.",
     .defaulted = true}
)

/// One column of a table. `physical` (c0001, c0002 ...) is its name in Parquet and SQL and never
/// changes; `name` is what people see. A column made by a cleaning step gets the next free number.
struct Column {
    std::string name;
    std::string physical;
    ColumnType type = ColumnType::text;
    CellFormat format;
    std::string kept_as_text;  ///< Why a column that looks like another type stays text: see
                               ///< kKept*; empty otherwise.
    bool operator==(const Column&) const = default;
};
CSVA_DESCRIBE(Column, name, physical, type, format, kept_as_text)
CSVA_NOTES(
    Column,
    {.field = "name", .text = "Name shown to people."},
    {.field = "physical", .text = "Stable name in the stored table."},
    {.field = "type", .text = "What the column holds."},
    {.field = "format", .text = "How its cells are written in the source.", .defaulted = true},
    {.field = "kept_as_text", .text = "Why a column of digits stays text.", .defaulted = true}
)

inline constexpr std::string_view kKeptLeadingZeros = "leading_zeros";  ///< 007 would become 7.
inline constexpr std::string_view kKeptTooManyDigits =
    "too_many_digits";  ///< Does not survive the way to a number.
inline constexpr std::string_view kKeptUnits =
    "units";  ///< Numbers with a percent or a currency sign, which a number would lose.
inline constexpr std::string_view kKeptMixed =
    "mixed";  ///< Most cells are of one type, some are not.

/// Name of the row number column: the number of the record in the source, from 1, kept through all
/// versions.
inline constexpr std::string_view kRowId = "row_id";
inline constexpr std::size_t kMaxColumns = 10'000;

struct Schema {
    std::vector<Column> columns;
    bool operator==(const Schema&) const = default;

    /// Position of the column with this display name (exact), or nothing.
    std::optional<std::size_t> find(std::string_view name) const;
    /// Position by physical name, or nothing.
    std::optional<std::size_t> find_physical(std::string_view physical) const;
    /// A physical name that no column has, above all numbers in use.
    std::string next_physical() const;
};
CSVA_DESCRIBE(Schema, columns)

/// "c0001" for 0; more digits above c9999.
std::string physical_name(std::size_t index);

/// snake_case name of a type, as in JSON.
std::string_view name_of(ColumnType type);

inline bool is_numeric(ColumnType type) {
    return type == ColumnType::integer || type == ColumnType::real;
}

}  // namespace csva::table
