#include "engine/reading/dialect.hpp"

#include "engine/reading/cell_kind.hpp"
#include "engine/reading/records.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

namespace csva::reading {
namespace {

constexpr std::size_t kSampleRecords = 400;
/// Records are judged up to so many cells together, so that wide files take no longer than long
/// ones.
constexpr std::size_t kSampleCells = 40'000;
/// Weight of a row of one cell: the paper's alpha, eq. 6.
constexpr double kOneCell = 1e-3;

struct Candidate {
    std::string delimiter;
    std::string quote;
    double handicap = 1;  ///< Factor of the score.
    std::string escape = {};
};

struct Judged {
    double score = 0;
    std::int64_t rows = 0;
    std::int64_t rows_of_mode = 0;  ///< Rows with the most frequent number of cells.
    std::size_t mode = 1;           ///< That number.
};

bool is_mark(char c) {
    constexpr std::string_view kNever = "\"'`._-()[]{}\\/ \n\r\t$%@+<>?!";
    const auto byte = static_cast<unsigned char>(c);
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return byte < 0x80 && !alphanumeric && kNever.find(c) == std::string_view::npos;
}

double handicap_of(char c) {
    constexpr std::string_view kUsual = ",;\t|";
    if (kUsual.find(c) != std::string_view::npos) return 1;
    switch (c) {
        case ' ':
        case '=':
            return 0.6;
        case ':':
            return 0.5;
        default:
            return 0.85;
    }
}

/// A mark inside a delimiter of several characters may be one that never is a delimiter alone.
bool is_mark_in_run(char c) { return is_mark(c) || std::string_view("!@<>").contains(c); }

bool repeats(std::string_view run, std::string_view part) {
    for (; run.starts_with(part); run.remove_prefix(part.size())) {
    }
    return run.empty();
}

struct LongDelimiter {
    std::string text;
    std::string
        always;  ///< Those of its marks that stand nowhere else: they delimit nothing alone.
};

/// Marks of two to four bytes that stand together more often than each of their lines: "||", "::",
/// "|~|".
std::vector<LongDelimiter> long_delimiters(std::string_view sample) {
    std::map<std::string, std::size_t, std::less<>> runs;
    std::size_t lines = 0;
    for (std::size_t i = 0; i < sample.size();) {
        lines += sample[i] == '\n' ? 1 : 0;
        std::size_t end = i;
        while (end < sample.size() && is_mark_in_run(sample[end])) ++end;
        if (end > i) ++runs[std::string(sample.substr(i, end - i))];
        i = std::max(end, i + 1);
    }
    std::vector<LongDelimiter> out;
    for (const auto& [run, count] : runs) {
        if (run.size() < 2 || run.size() > 4 || count < lines || count < 2) continue;
        // Empty cells make runs of a single mark: then the mark stands alone as well.
        const auto alone = runs.find(std::string(1, run.front()));
        if (alone != runs.end() && alone->second * 4 >= count) continue;
        LongDelimiter found{run, ""};
        for (const char c : std::set<char>(run.begin(), run.end())) {
            const auto elsewhere = [&](const auto& other) {
                return other.first.contains(c) && !repeats(other.first, run);
            };
            if (std::ranges::none_of(runs, elsewhere)) found.always += c;
        }
        out.push_back(std::move(found));
    }
    return out;
}

/// ", " and the like: every such mark has a space behind it, and a quote behind that somewhere.
bool is_spaced(std::string_view sample, char mark, char quote) {
    std::size_t spaced = 0, quoted = 0;
    bool inside = false;
    for (std::size_t i = 0; i + 2 < sample.size(); ++i) {
        if (sample[i] == quote) inside = !inside;
        if (inside || sample[i] != mark) continue;
        if (sample[i + 1] != ' ') return false;
        ++spaced;
        quoted += sample[i + 2] == quote ? 1 : 0;
    }
    return spaced > 1 && quoted > 0;
}

/// Quotes that stand at the edge of a cell under this delimiter.
bool opens_cells(std::string_view sample, const std::string& delimiter, char quote) {
    const auto at_edge = [&](std::size_t i) {
        if (i == 0 || sample[i - 1] == '\n' || sample[i - 1] == '\r') return true;
        return !delimiter.empty() && sample.substr(0, i).ends_with(delimiter);
    };
    for (std::size_t i = sample.find(quote); i != std::string_view::npos;
         i = sample.find(quote, i + 1)) {
        if (at_edge(i)) return true;
    }
    return false;
}

std::vector<Candidate> candidates(std::string_view sample) {
    std::vector<std::pair<std::string, double>> delimiters{{"", 1}};
    std::set<char> marks;
    for (const char c : sample) {
        if (is_mark(c) || c == '\t' || c == ' ') marks.insert(c);
    }
    const auto runs = long_delimiters(sample);
    for (const auto& run : runs) {
        delimiters.emplace_back(run.text, 1);
        for (const char c : run.always) marks.erase(c);
    }
    for (const char c : std::string_view(",;\t|")) {
        if (marks.erase(c) > 0) delimiters.emplace_back(std::string(1, c), 1);
    }
    for (const char c : marks) delimiters.emplace_back(std::string(1, c), handicap_of(c));
    for (const char c : std::string_view(",;|")) {
        if (is_spaced(sample, c, '"')) delimiters.emplace_back(std::string{c, ' '}, 1.05);
    }
    std::vector<Candidate> out;
    for (const auto& [delimiter, handicap] : delimiters) {
        out.push_back({delimiter, "\"", handicap});
        for (const char quote : {'\'', '`', '~'}) {
            if (delimiter.find(quote) == std::string::npos && opens_cells(sample, delimiter, quote))
                out.push_back({delimiter, std::string(1, quote), handicap});
        }
    }
    return out;
}

/// Values joined by one mark, without spaces: 1;2;3 or a|b. As likely a list within a cell as cells
/// that the delimiter missed.
bool is_list(std::string_view cell) {
    const std::size_t first = cell.find_first_of(",;|");
    if (first == std::string_view::npos || cell.find(' ') != std::string_view::npos) return false;
    const char mark = cell[first];
    for (;;) {
        const std::size_t end = std::min(cell.find(mark), cell.size());
        const CellKind kind = kind_of(cell.substr(0, end));
        if (kind == CellKind::blank || kind == CellKind::odd || kind == CellKind::text)
            return false;
        if (end == cell.size()) return true;
        cell.remove_prefix(end + 1);
    }
}

/// Share of known types of a record's cells: eq. 7. Words with marks in them are unknown.
double known_share(const Record& record) {
    double known = 0;
    for (const auto cell : record.cells) {
        const CellKind kind = kind_of(cell);
        const bool quoted = !cell.empty() && cell.data() > record.raw.data() &&
                            cell.data() < record.raw.data() + record.raw.size() &&
                            (cell.data()[-1] == '"' || cell.data()[-1] == '\'') &&
                            record.stray_quotes == 0;
        if (kind != CellKind::odd || quoted)
            known += record.stray_quotes > 0 ? 0.5 : 1;
        else if (record.cells.size() > 1 && is_list(cell))
            known += 0.5;
    }
    return known / static_cast<double>(record.cells.size());
}

/// A line that says something as a whole: a number, a date, a time, an address. With a usual
/// delimiter in it, it is two numbers rather than one.
bool is_whole(std::string_view line) {
    if (line.find_first_of(",;|\t") != std::string_view::npos) return false;
    const CellKind kind = kind_of(line);
    return is_value_kind(kind) || kind == CellKind::url || kind == CellKind::email;
}

/// `remarks`: lines that begin with # are none of the table.
Judged judge(std::string_view sample, const Candidate& candidate, bool remarks) {
    Dialect dialect;
    dialect.delimiter = candidate.delimiter;
    dialect.quote = candidate.quote;
    dialect.escape = candidate.escape;
    Records records(sample, dialect);
    Record record;
    std::map<std::size_t, std::int64_t> counts;
    Judged out;
    double known = 0;
    std::int64_t whole = 0;
    std::int64_t ended = 0;
    std::int64_t strays = 0;
    std::int64_t quoted = 0;
    std::size_t cells = 0;
    while (static_cast<std::size_t>(out.rows) < kSampleRecords && cells < kSampleCells &&
           records.next(record)) {
        if (record.blank || (remarks && record.raw.starts_with('#'))) continue;
        ++out.rows;
        cells += record.cells.size();
        ++counts[record.cells.size()];
        if (!record.cells.empty() && kind_of(record.cells.back()) == CellKind::blank) ++ended;
        known += record.open_quote ? 0 : known_share(record);
        strays += record.open_quote || record.stray_quotes > 0 ? 1 : 0;
        for (const auto cell : record.cells)
            quoted +=
                cell.data() > sample.data() && cell.data()[-1] == candidate.quote.front() ? 1 : 0;
        if (out.rows > 1 && record.cells.size() == 1 && is_whole(record.raw)) ++whole;
    }
    if (out.rows == 0) return out;
    const auto rows = static_cast<double>(out.rows);
    double pattern = 0;
    double entropy = 0;
    for (const auto& [count, n] : counts) {
        const double share = static_cast<double>(n) / rows;
        // A mark at the end of every row separates one cell less.
        const std::size_t apart = count > 1 && ended == out.rows ? count - 1 : count;
        const double weight = apart <= 1 ? kOneCell : 1 - 1 / static_cast<double>(apart);
        pattern += share * weight;
        entropy -= share * std::log(share);
        if (n >= out.rows_of_mode) {
            out.rows_of_mode = n;
            out.mode = count;
        }
    }
    pattern /= std::exp(entropy);
    // A rare delimiter in a single line is a mark.
    if (out.rows_of_mode < 2 && out.rows > 1 && candidate.handicap < 1) pattern *= kOneCell;
    // Quotes at both ends of cells, and never elsewhere, are quotes.
    const double quotes = quoted > 0 && strays == 0 ? 1.02 : 1;
    // One column of numbers or times is a table as well: the paper's alpha would hide it.
    if (counts.size() == 1 && out.mode == 1 && out.rows > 1) {
        const double share = static_cast<double>(whole) / (rows - 1);
        pattern = std::max(pattern, 0.7 * share);
        known = std::max(known, rows * share);
    }
    // Most rows have one cell: the delimiter is a mark in sentences.
    if (out.mode == 1)
        pattern = std::min(pattern, static_cast<double>(whole) > 0 ? pattern : kOneCell);
    out.score = pattern * std::max(known / rows, 1e-3) * candidate.handicap * quotes;
    return out;
}

struct Escape {
    std::string mark;         ///< Empty: quotes are doubled, or none stands inside a cell.
    std::size_t certain = 0;  ///< Quotes after it that cannot be the end of a cell.
};

/// The character before quotes that end no cell, when it is the same before all: \", ^".
Escape escape_of(std::string_view sample, const Dialect& dialect) {
    if (dialect.quote.empty()) return {};
    const char quote = dialect.quote.front();
    std::map<char, std::size_t> before;
    std::size_t inner = 0;
    std::size_t certain = 0;
    bool inside = false;
    const auto ends_cell = [&](std::size_t i) {
        return i >= sample.size() || sample[i] == '\n' || sample[i] == '\r' ||
               (!dialect.delimiter.empty() && sample.substr(i).starts_with(dialect.delimiter));
    };
    for (std::size_t i = 0; i < sample.size(); ++i) {
        if (sample[i] != quote) continue;
        if (!inside) {
            inside = i == 0 || ends_cell(i - 1);
            if (!inside && i >= dialect.delimiter.size() && !dialect.delimiter.empty())
                inside = sample.substr(0, i).ends_with(dialect.delimiter);
            continue;
        }
        const char mark = sample[i - 1];
        const bool doubled = i + 1 < sample.size() && sample[i + 1] == quote;
        // \"" before the end of a cell: a quote with its mark, then the one that closes.
        if (doubled && !(mark == '\\' && ends_cell(i + 2))) return {};
        if (doubled || !ends_cell(i + 1) || mark == '\\') {
            ++inner;
            ++before[mark];
            certain += ends_cell(i + 1) ? 0 : 1;
        } else {
            inside = false;
        }
    }
    for (const auto& [mark, count] : before) {
        if (count == inner && (is_mark(mark) || mark == '\\') &&
            !std::string_view(dialect.delimiter).contains(mark))
            return {{mark}, certain};
    }
    return {};
}

/// At least two lines do not begin with #: those that do may be remarks.
bool may_have_remarks(std::string_view sample) {
    std::size_t others = 0;
    for (std::size_t at = 0; at < sample.size() && others < 2;) {
        const std::size_t end = std::min(sample.find_first_of("\n\r", at), sample.size());
        const auto line = sample.substr(at, end - at);
        const bool blank = line.find_first_not_of(" \t") == std::string_view::npos;
        if (!blank && !line.starts_with('#')) ++others;
        at = end + 1;
    }
    return others > 1;
}

}  // namespace

std::string_view sample_of(std::string_view text) {
    if (text.size() <= kSampleBytes) return text;
    const auto start = text.substr(0, kSampleBytes);
    const std::size_t end = start.find_last_of("\n\r");
    return end == std::string_view::npos ? start : start.substr(0, end + 1);
}

Dialect sniff(std::string_view sample, std::vector<Evidence>& evidence) {
    Dialect dialect;
    Judged best;
    best.score = -1;
    Candidate chosen;
    const bool remarks = may_have_remarks(sample);
    for (const auto& candidate : candidates(sample)) {
        const Judged judged = judge(sample, candidate, remarks);
        if (judged.score <= best.score) continue;
        best = judged;
        chosen = candidate;
    }
    dialect.delimiter = chosen.delimiter;
    dialect.quote = chosen.quote;
    dialect.escape = dialect.quote;
    const Escape escape = escape_of(sample, dialect);
    if (!escape.mark.empty()) {
        chosen.escape = escape.mark;
        const double with = judge(sample, chosen, remarks).score;
        if (with > best.score || (with == best.score && escape.certain > 0))
            dialect.escape = escape.mark;
    }
    const auto against = best.rows - best.rows_of_mode;
    evidence.push_back({"delimiter", "", dialect.delimiter, best.rows_of_mode, against});
    evidence.push_back({"quote", "", dialect.quote, best.rows, 0});
    if (dialect.escape != dialect.quote)
        evidence.push_back({"escape", "", dialect.escape, best.rows, 0});
    return dialect;
}

}  // namespace csva::reading
