#pragma once

#include "engine/reading/receipt.hpp"
#include "engine/table/column.hpp"

#include <array>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace csva::reading {

/// Marks between groups of three digits that are never decimal marks: spaces and apostrophes.
inline constexpr std::size_t kSpacingMarks = 6;

/// Counts, over every cell of one column, what the cells could be; then decides the column's type.
/// A cell that contradicts a type rules it out: no cell is ever changed to fit.
class ColumnEvidence {
public:
    void add(std::string_view cell);
    /// Adds what was counted over other rows of the same column.
    void merge(const ColumnEvidence& other);
    /// Fills type, format and kept_as_text of `column`; appends what was decided and why to the
    /// receipt.
    void decide(table::Column& column, Receipt& receipt) const;

private:
    void add_other(std::string_view cell);
    void add_date(std::string_view cell);
    bool decide_number(table::Column& column, const Receipt& receipt, std::string& mark) const;

    /// How the digits of a number are grouped.
    struct Groups {
        std::int64_t commas = 0;       ///< 1,234,567 or 1,234.5: nothing else.
        std::int64_t points = 0;       ///< 1.234.567 or 1.234,5.
        std::int64_t fractions = 0;    ///< Of those, with a decimal mark.
        std::int64_t comma_three = 0;  ///< 1,234: thousands, or three decimals.
        std::int64_t point_three = 0;  ///< 1.234.
    };
    /// Digits grouped by a mark that is no decimal mark: 1 234,5 and 1'234.5.
    struct Spaced {
        std::array<std::int64_t, kSpacingMarks> cells{};  ///< By mark.
        std::int64_t commas = 0, points = 0;              ///< Of those, with a fraction.
        std::int64_t fewest_digits = 100, most_digits = 0;
        std::int64_t all() const { return std::accumulate(cells.begin(), cells.end(), 0LL); }
    };
    bool decide_spaced(table::Column& column, std::string& mark) const;
    std::int64_t cells_ = 0, blank_ = 0, integers_ = 0, points_ = 0, commas_ = 0,
                 leading_zeros_ = 0, long_digits_ = 0;
    std::int64_t booleans_ = 0, french_booleans_ = 0, others_ = 0, units_ = 0;
    Groups groups_;
    Spaced spaced_;
    std::vector<std::int64_t> missing_words_;
    std::vector<std::int64_t> date_counts_;
    bool no_dates_ = false;
};

}  // namespace csva::reading
