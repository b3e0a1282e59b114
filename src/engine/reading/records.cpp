#include "engine/reading/records.hpp"

#include <algorithm>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace csva::reading {
namespace {

/// A quoted cell longer than this is taken for a quote that never closes.
constexpr std::size_t kQuotedBytesMax = 4 << 20;

}  // namespace

struct Records::State {
    const char* data = nullptr;
    std::size_t size = 0;
    char delimiter = ',', quote = '"', escape = '"';
    bool has_delimiter = true, has_quote = true;
    std::int64_t skipped_lines = 0;
    std::size_t at = 0;
    std::int64_t line = 1;
    table::TextArena arena;

    ~State() {
        if (data != nullptr) ::munmap(const_cast<char*>(data), size);
    }

    bool is_line_end(std::size_t i) const { return data[i] == '\n' || data[i] == '\r'; }

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
        for (; i < last; ++i) {
            if (data[i] == escape && i + 1 < size && data[i + 1] == quote) {
                escapes = true;
                ++i;
            } else if (data[i] == quote) {
                return i;
            }
        }
        return std::string_view::npos;
    }

    std::string_view without_escapes(std::string_view text) {
        char* out = arena.room(text.size());
        std::size_t n = 0;
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] == escape && i + 1 < text.size() && text[i + 1] == quote) ++i;
            out[n++] = text[i];
        }
        return {out, n};
    }

    std::string_view joined(std::string_view a, std::string_view b) {
        char* out = arena.room(a.size() + b.size());
        std::copy(b.begin(), b.end(), std::copy(a.begin(), a.end(), out));
        return {out, a.size() + b.size()};
    }

    /// Reads one cell at `at`; leaves `at` on the delimiter or the line end. False: a quote never
    /// closes.
    bool cell(std::string_view& out) {
        const std::size_t start = at;
        std::string_view quoted;
        if (has_quote && at < size && data[at] == quote) {
            bool escapes = false;
            const std::size_t close = closing_quote(at + 1, escapes);
            if (close == std::string_view::npos) return false;
            quoted = {data + start + 1, close - start - 1};
            line += std::count(quoted.begin(), quoted.end(), '\n');
            if (escapes) quoted = without_escapes(quoted);
            at = close + 1;
        }
        const std::size_t rest = at;
        while (at < size && !is_line_end(at) && !(has_delimiter && data[at] == delimiter)) ++at;
        const std::string_view plain(data + rest, at - rest);
        out = rest == start ? plain : plain.empty() ? quoted : joined(quoted, plain);
        return true;
    }
};

base::Result<Records> Records::open(const std::string& utf8_file, const Dialect& dialect) {
    auto state = std::make_unique<State>();
    const int fd = ::open(utf8_file.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat info{};
    if (fd < 0 || ::fstat(fd, &info) != 0)
        return base::fail(base::ErrorKind::not_found, "reading.file_missing");
    state->size = static_cast<std::size_t>(info.st_size);
    if (state->size > 0) {
        void* mapped = ::mmap(nullptr, state->size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (mapped != MAP_FAILED) {
            state->data = static_cast<const char*>(mapped);
            ::madvise(mapped, state->size, MADV_SEQUENTIAL);
        }
    }
    ::close(fd);
    if (state->size > 0 && state->data == nullptr)
        return base::fail(base::ErrorKind::internal, "base.file_unreadable");
    state->has_delimiter = !dialect.delimiter.empty();
    state->has_quote = !dialect.quote.empty();
    if (state->has_delimiter) state->delimiter = dialect.delimiter.front();
    if (state->has_quote) state->quote = dialect.quote.front();
    state->escape = dialect.escape.empty() ? state->quote : dialect.escape.front();
    state->skipped_lines = dialect.skipped_lines;
    Records records(std::move(state));
    records.rewind();
    return records;
}

Records::Records(std::unique_ptr<State> state) : state_(std::move(state)) {}
Records::~Records() = default;
Records::Records(Records&&) noexcept = default;
Records& Records::operator=(Records&&) noexcept = default;

void Records::rewind() {
    auto& s = *state_;
    s.at = s.size >= 3 && std::string_view(s.data, 3) == "\xEF\xBB\xBF" ? 3 : 0;
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
    record.cells.clear();
    record.line = s.line;
    record.open_quote = false;
    const std::size_t start = s.at;
    for (;;) {
        std::string_view cell;
        if (!s.cell(cell)) {
            record.open_quote = true;
            s.line = record.line;
            s.at = s.line_end_from(start);
            break;
        }
        record.cells.push_back(cell);
        if (s.at >= s.size || s.is_line_end(s.at)) break;
        ++s.at;
    }
    record.raw = {s.data + start, s.at - start};
    record.blank = std::ranges::all_of(record.raw, [](char c) { return c == ' ' || c == '\t'; }) &&
                   record.cells.size() <= 1;
    if (s.at < s.size) s.step_over_line_end();
    return true;
}

double Records::progress() const {
    return state_->size == 0 ? 1.0
                             : static_cast<double>(state_->at) / static_cast<double>(state_->size);
}

}  // namespace csva::reading
