#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace csva::reading {

/// What a cell looks like to somebody who knows nothing of its column. Used to judge dialects,
/// headers and repairs on a sample; the types of columns come from every cell (see typing.hpp).
enum class CellKind : std::uint8_t {
    blank,
    integer,
    real,       ///< A decimal point, a decimal comma, groups of thousands or an exponent.
    percent,    ///< A number and a percent sign.
    currency,   ///< A number and a currency sign.
    date,       ///< 2024-03-01, 1/3/2024, 01.03.24, 14-Jan-2013.
    time,       ///< 09:30, 09:30:00.5, with or without AM.
    timestamp,  ///< A date and a time.
    word,       ///< NA, null, true: says something of its own.
    url,
    email,
    code,  ///< Letters, digits and joining marks without a space: AN-8641, c_12.
    text,  ///< Words.
    odd    ///< Holds marks that separate cells in other files, or control characters.
};
inline constexpr std::size_t kCellKinds = 14;

/// The kind of a cell. Spaces around it do not count.
CellKind kind_of(std::string_view cell);

/// Numbers, dates and times: kinds that a column name hardly ever has.
bool is_value_kind(CellKind kind);

/// The cell with every digit as 9 and every letter as A, marks as they are: "AN-8641" is "AA-9999".
/// Empty for cells longer than 24 bytes.
std::string shape_of_cell(std::string_view cell);

}  // namespace csva::reading
