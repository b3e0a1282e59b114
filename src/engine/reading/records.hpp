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

/// A whole file, mapped for reading. Shared by all that read it; thread-safe.
class MappedFile {
public:
    /// Errors: reading.file_missing, base.file_unreadable.
    static base::Result<std::shared_ptr<const MappedFile>> open(const std::string& path);
    ~MappedFile();
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    /// All bytes but a byte order mark.
    std::string_view text() const { return text_; }
    /// Gives pages back to the system: they are read again when needed.
    void forget(std::size_t begin, std::size_t end) const;

private:
    MappedFile() = default;
    const char* data_ = nullptr;
    std::size_t size_ = 0;
    std::string_view text_;
};

/// How quotes are taken. `standard` is RFC 4180; the others serve records that make no sense so.
enum class Cut : std::uint8_t {
    standard,
    inner_quotes,    ///< A quote ends a cell only before a delimiter or a line end; two are one.
    bare_quotes,     ///< The same, and two are two.
    literal_quotes,  ///< A quote that does not end right before a delimiter is a character.
    closing_gaps     ///< A quote in the middle of a cell starts the next one: a lost delimiter.
};

/// One record of a delimited file. Views live until the next call of Records::next.
struct Record {
    std::int64_t line = 0;                ///< Where it starts, from 1.
    std::vector<std::string_view> cells;  ///< Quotes taken off.
    std::string_view raw;                 ///< Its bytes without the line end.
    bool open_quote = false;  ///< A quote opened and never closed; the record is that one line.
    bool blank = false;       ///< No byte but spaces.
    std::size_t stray_quotes = 0;  ///< Quotes that stand where RFC 4180 has none.
};

/// Cuts UTF-8 text into records, one pass. RFC 4180 with any delimiter (one byte or more), quote
/// and escape; a quote opens only at the start of a cell; text after a closing quote is kept; a
/// quote that never closes spoils its own line only. What a record is depends on the bytes from its
/// start on only, so several can read one file from different places. Not thread-safe.
class Records {
public:
    /// Errors: reading.file_missing.
    static base::Result<Records> open(const std::string& utf8_file, const Dialect& dialect);
    Records(std::shared_ptr<const MappedFile> file, const Dialect& dialect);
    /// `text` must outlive the records.
    Records(std::string_view text, const Dialect& dialect);
    ~Records();
    Records(Records&&) noexcept;
    Records& operator=(Records&&) noexcept;

    /// False at the end of the file.
    bool next(Record& record);
    /// The last record once more, cut another way and with another delimiter (empty: the same).
    /// Any cut but the standard one ends with the first line; next() goes on behind it.
    void recut(Record& record, Cut cut, std::string_view delimiter = {});
    /// Back to the first record after the skipped lines (the header, if there is one).
    void rewind();
    /// Share of the file read so far, 0..1.
    double progress() const;
    /// Where the next record starts, in bytes and in lines.
    std::size_t position() const;
    std::int64_t line() const;
    /// Goes on from there; `at` must be the start of a record.
    void seek(std::size_t at, std::int64_t line);

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::reading
