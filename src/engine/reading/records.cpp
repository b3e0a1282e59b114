#include "engine/reading/records.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace csva::reading {
namespace {

/// A quoted cell longer than this is taken for a quote that never closes.
constexpr std::size_t kQuotedBytesMax = 4 << 20;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

}  // namespace

base::Result<std::shared_ptr<const MappedFile>> MappedFile::open(const std::string& path) {
    const std::shared_ptr<MappedFile> file(new MappedFile());
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info{};
    if (fd < 0 || ::fstat(fd, &info) != 0) {
        if (fd >= 0) ::close(fd);
        return base::fail(base::ErrorKind::not_found, "reading.file_missing");
    }
    file->size_ = static_cast<std::size_t>(info.st_size);
    if (file->size_ > 0) {
        void* mapped = ::mmap(nullptr, file->size_, PROT_READ, MAP_PRIVATE, fd, 0);
        if (mapped != MAP_FAILED) file->data_ = static_cast<const char*>(mapped);
    }
    ::close(fd);
    if (file->size_ > 0 && file->data_ == nullptr)
        return base::fail(base::ErrorKind::internal, "base.file_unreadable");
    file->text_ = {file->data_, file->size_};
    if (file->text_.starts_with(kByteOrderMark)) file->text_.remove_prefix(kByteOrderMark.size());
    return std::shared_ptr<const MappedFile>(file);
}

MappedFile::~MappedFile() {
    if (data_ != nullptr) ::munmap(const_cast<char*>(data_), size_);
}

void MappedFile::forget(std::size_t begin, std::size_t end) const {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    begin = begin / page * page;
    end = std::min(end, size_) / page * page;
    if (begin < end) ::madvise(const_cast<char*>(data_) + begin, end - begin, MADV_DONTNEED);
}

struct Records::State {
    std::shared_ptr<const MappedFile> file;
    const char* data = nullptr;
    std::size_t size = 0;
    std::string delimiter;
    char quote = '"', escape = '"';
    bool has_quote = true;
    Cut cut = Cut::standard;
    std::int64_t skipped_lines = 0;
    std::size_t at = 0;
    std::int64_t line = 1;
    std::size_t start = 0;  ///< Of the last record.
    std::size_t stray = 0;
    table::TextArena arena;
    /// Bytes at which a plain cell may end: the delimiter's first, line ends; and the quote.
    std::array<bool, 256> stops{};

    void set_delimiter(std::string_view text) {
        delimiter = text;
        stops.fill(false);
        for (const char c : {'\n', '\r'}) stops[static_cast<unsigned char>(c)] = true;
        if (!delimiter.empty()) stops[static_cast<unsigned char>(delimiter.front())] = true;
        if (has_quote) stops[static_cast<unsigned char>(quote)] = true;
    }

    bool is_line_end(std::size_t i) const { return data[i] == '\n' || data[i] == '\r'; }

    bool is_delimiter(std::size_t i) const {
        if (delimiter.empty() || data[i] != delimiter.front()) return false;
        return delimiter.size() == 1 ||
               std::string_view(data + i, std::min(size - i, delimiter.size())) == delimiter;
    }

    bool is_cell_end(std::size_t i) const { return i >= size || is_line_end(i) || is_delimiter(i); }

    std::size_t line_end_from(std::size_t i) const {
        while (i < size && !is_line_end(i)) ++i;
        return i;
    }

    void step_over_line_end() {
        if (at < size && data[at] == '\r') {
            ++at;
            if (at < size && data[at] == '\n') ++at;
        } else if (at < size) {
            ++at;
        }
        ++line;
    }

    /// Finds the closing quote of a cell whose first byte after the quote is `i`; npos when there
    /// is none.
    std::size_t closing_quote(std::size_t i, bool& escapes) const {
        const std::size_t last = std::min(size, i + kQuotedBytesMax);
        if (escape == quote) {
            while (i < last) {
                const void* found = std::memchr(data + i, quote, last - i);
                if (found == nullptr) break;
                i = static_cast<std::size_t>(static_cast<const char*>(found) - data);
                if (i + 1 >= size || data[i + 1] != quote) return i;
                escapes = true;
                i += 2;
            }
            return std::string_view::npos;
        }
        for (; i < last; ++i) {
            if (data[i] == escape && i + 1 < size &&
                (data[i + 1] == quote || data[i + 1] == escape)) {
                escapes = true;
                ++i;
            } else if (data[i] == quote) {
                return i;
            }
        }
        return std::string_view::npos;
    }

    /// The same for other cuts, within the line: the first quote before a delimiter or a line end.
    std::size_t closing_quote_in_line(std::size_t i, bool& escapes) {
        for (; i < size && !is_line_end(i); ++i) {
            if (data[i] != quote) continue;
            if (cut != Cut::bare_quotes && i + 1 < size && data[i + 1] == quote) {
                escapes = true;
                ++i;
            } else if (is_cell_end(i + 1)) {
                return i;
            } else if (cut == Cut::literal_quotes) {
                break;
            } else {
                ++stray;
            }
        }
        return std::string_view::npos;
    }

    std::string_view without_escapes(std::string_view text) {
        char* out = arena.room(text.size());
        std::size_t n = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            const bool escaped = text[i] == escape && i + 1 < text.size() &&
                                 (text[i + 1] == quote || text[i + 1] == escape);
            if (escaped) ++i;
            out[n++] = text[i];
        }
        return {out, n};
    }

    std::string_view joined(std::string_view a, std::string_view b) {
        char* out = arena.room(a.size() + b.size());
        std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), out));
        return {out, a.size() + b.size()};
    }

    /// Between two letters, a single quote is no quote.
    bool is_apostrophe(std::size_t i) const {
        const auto letter = [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c < 0;
        };
        return quote == '\'' && i > 0 && letter(data[i - 1]) &&
               (i + 1 >= size || letter(data[i + 1]) || data[i + 1] == ' ');
    }

    /// Goes to the end of a plain cell: its delimiter or line end.
    void skip_plain() {
        for (;;) {
            while (at < size && !stops[static_cast<unsigned char>(data[at])]) ++at;
            if (is_cell_end(at)) return;
            if (has_quote && data[at] == quote && !is_apostrophe(at)) {
                ++stray;
                if (cut == Cut::closing_gaps) return;
            }
            ++at;
        }
    }

    /// Reads one cell at `at`; leaves `at` on the delimiter or the line end. False: a quote never
    /// closes.
    bool cell(std::string_view& out) {
        const std::size_t begin = at;
        std::string_view quoted;
        if (has_quote && at < size && data[at] == quote) {
            bool escapes = false;
            const std::size_t close = cut == Cut::standard ? closing_quote(at + 1, escapes)
                                                           : closing_quote_in_line(at + 1, escapes);
            if (close == std::string_view::npos && cut == Cut::standard) return false;
            if (close == std::string_view::npos) {
                ++at;
                ++stray;
                skip_plain();
                out = {data + begin, at - begin};
                return true;
            }
            quoted = {data + begin + 1, close - begin - 1};
            line += std::count(quoted.begin(), quoted.end(), '\n');
            if (escapes) quoted = without_escapes(quoted);
            at = close + 1;
            if (is_cell_end(at)) {
                out = quoted;
                return true;
            }
        }
        const std::size_t rest = at;
        skip_plain();
        const std::string_view plain(data + rest, at - rest);
        if (rest != begin && plain.find_first_not_of(' ') != std::string_view::npos) ++stray;
        out = rest == begin ? plain : joined(quoted, plain);
        return true;
    }

    /// The cells of the record at `at`. False: a quote never closes.
    bool cut_cells(Record& record) {
        for (;;) {
            std::string_view found;
            if (!cell(found)) return false;
            record.cells.push_back(found);
            if (at >= size || is_line_end(at)) return true;
            if (is_delimiter(at)) at += delimiter.size();
        }
    }

    /// The record that begins at `start`.
    void read(Record& record) {
        at = start;
        line = record.line;
        stray = 0;
        record.cells.clear();
        record.open_quote = !cut_cells(record);
        if (record.open_quote) {
            line = record.line;
            at = line_end_from(start);
        }
        record.stray_quotes = stray;
        record.raw = {data + start, at - start};
        record.blank = record.cells.size() <= 1 &&
                       record.raw.find_first_not_of(" \t") == std::string_view::npos;
        if (at < size) step_over_line_end();
    }
};

base::Result<Records> Records::open(const std::string& utf8_file, const Dialect& dialect) {
    TRY(auto file, MappedFile::open(utf8_file));
    return Records(std::move(file), dialect);
}

Records::Records(std::shared_ptr<const MappedFile> file, const Dialect& dialect)
    : Records(file->text(), dialect) {
    state_->file = std::move(file);
}

Records::Records(std::string_view text, const Dialect& dialect)
    : state_(std::make_unique<State>()) {
    state_->data = text.data();
    state_->size = text.size();
    state_->has_quote = !dialect.quote.empty();
    if (state_->has_quote) state_->quote = dialect.quote.front();
    state_->escape = dialect.escape.empty() ? state_->quote : dialect.escape.front();
    state_->skipped_lines = dialect.skipped_lines;
    state_->set_delimiter(dialect.delimiter);
    rewind();
}

Records::~Records() = default;
Records::Records(Records&&) noexcept = default;
Records& Records::operator=(Records&&) noexcept = default;

void Records::rewind() {
    auto& s = *state_;
    s.at = 0;
    s.line = 1;
    for (std::int64_t i = 0; i < s.skipped_lines && s.at < s.size; ++i) {
        s.at = s.line_end_from(s.at);
        s.step_over_line_end();
    }
}

bool Records::next(Record& record) {
    auto& s = *state_;
    if (s.at >= s.size) return false;
    s.arena.clear();
    record.line = s.line;
    s.start = s.at;
    s.read(record);
    return true;
}

void Records::recut(Record& record, Cut cut, std::string_view delimiter) {
    auto& s = *state_;
    s.cut = cut;
    const std::string usual = s.delimiter;
    if (!delimiter.empty()) s.set_delimiter(delimiter);
    s.read(record);
    s.cut = Cut::standard;
    if (!delimiter.empty()) s.set_delimiter(usual);
}

double Records::progress() const {
    return state_->size == 0 ? 1.0
                             : static_cast<double>(state_->at) / static_cast<double>(state_->size);
}

std::size_t Records::position() const { return state_->at; }
std::int64_t Records::line() const { return state_->line; }

void Records::seek(std::size_t at, std::int64_t line) {
    state_->at = at;
    state_->line = line;
}

}  // namespace csva::reading
