#pragma once

#include "engine/reading/receipt.hpp"
#include "engine/table/batch.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace csva::reading {

/// One record of a delimited file. Views live until the next call of Records::next.
struct Record {
    std::int64_t line = 0;                ///< Where it starts, from 1.
    std::vector<std::string_view> cells;  ///< Quotes taken off.
    std::string_view raw;                 ///< Its bytes without the line end.
    bool open_quote = false;  ///< A quote opened and never closed; the record is that one line.
    bool blank = false;       ///< No byte but spaces.
};

/// Cuts a UTF-8 file into records, one pass, mapped into memory. RFC 4180 with any delimiter, quote
/// and escape; a quote opens only at the start of a cell; text after a closing quote is kept; a
/// quote that never closes spoils its own line only. Not thread-safe.
class Records {
public:
    /// Errors: reading.file_missing.
    static base::Result<Records> open(const std::string& utf8_file, const Dialect& dialect);
    ~Records();
    Records(Records&&) noexcept;
    Records& operator=(Records&&) noexcept;

    /// False at the end of the file.
    bool next(Record& record);
    /// Back to the first record after the skipped lines (the header, if there is one).
    void rewind();
    /// Share of the file read so far, 0..1.
    double progress() const;

private:
    struct State;
    explicit Records(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace csva::reading
