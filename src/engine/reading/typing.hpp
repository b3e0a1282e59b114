#pragma once

#include "engine/reading/receipt.hpp"
#include "engine/table/column.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace csva::reading {

/// Counts, over every cell of one column, what the cells could be; then decides the column's type.
/// A cell that contradicts a type rules it out: no cell is ever changed to fit.
class ColumnEvidence {
public:
    void add(std::string_view cell);
    /// Fills type, format and kept_as_text of `column`; appends what was decided and why to the
    /// receipt.
    void decide(table::Column& column, Receipt& receipt) const;

private:
    void add_other(std::string_view cell);
    std::int64_t cells_ = 0, blank_ = 0, integers_ = 0, points_ = 0, commas_ = 0,
                 leading_zeros_ = 0, long_digits_ = 0;
    std::int64_t booleans_ = 0, others_ = 0;
    std::vector<std::int64_t> missing_words_;
    std::vector<std::int64_t> date_counts_;
};

}  // namespace csva::reading
