#pragma once

#include "engine/reading/layout.hpp"
#include "engine/reading/records.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace csva::reading {

/// Repairs records that have a wrong number of cells, or a quote in a wrong place, when exactly one
/// reading of them agrees with what the columns hold elsewhere: a stray quote, a superfluous or a
/// lost delimiter, another delimiter. No character is lost but the superfluous delimiter. Knows the
/// columns from the sample; the same record is repaired the same way wherever it stands. Immutable
/// once made; share it between threads.
class Mender {
public:
    /// `any_text`: a cell may keep a stray quote although its column holds numbers or dates, and
    /// what nothing repairs is cut line by line, its quotes taken as characters.
    Mender(const Layout& layout, const Dialect& dialect, bool any_text);

    /// What was done, of `reading:repairs.*`; empty: the record is as it was, and right if its
    /// number of cells is. Cells are views into the file or into what `records` keeps.
    std::string_view mend(Records& records, Record& record) const;

private:
    struct Look {
        std::map<std::string, std::size_t, std::less<>> shapes;
        std::vector<std::size_t> kinds;
        std::size_t rows = 0, blank = 0;
        bool patterned = false;  ///< Few shapes, and no cell has another.
        bool values = false;     ///< Numbers or dates.
    };
    using Cells = std::vector<std::string_view>;

    int fit(std::string_view cell, std::size_t column) const;
    /// Sum of fits; -1 when a cell does not fit or their number is wrong.
    int fit_of(const Cells& cells) const;
    Cut best_cut(Records& records, Record& record) const;
    bool drop_blank(Cells& cells) const;
    bool pad(Cells& cells) const;
    bool split(Cells& cells) const;
    bool join(Cells& cells, std::string_view raw) const;
    bool other_delimiter(Records& records, Record& record) const;

    std::vector<Look> looks_;
    std::string delimiter_;
    char quote_ = '"';
    bool any_text_;
};

}  // namespace csva::reading
