#include "engine/reading/dialect.hpp"

#include "engine/reading/records.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace csva::reading {
namespace {

std::string text_of(const duck::Value& value) {
    const auto* text = std::get_if<std::string>(&value);
    if (text == nullptr || *text == "(empty)") return {};
    return *text;
}

constexpr std::size_t kSampleRecords = 200;

/// Share of the first records that have the most frequent number of cells (at least two) under a
/// delimiter.
struct Agreement {
    double share = 0;
    std::size_t cells = 1;
};

base::Result<Agreement> agreement(const std::string& utf8_file, const Dialect& dialect) {
    TRY(auto records, Records::open(utf8_file, dialect));
    std::map<std::size_t, std::size_t> seen;
    std::size_t total = 0;
    Record record;
    while (total < kSampleRecords && records.next(record)) {
        if (record.blank) continue;
        ++total;
        ++seen[record.cells.size()];
    }
    Agreement best;
    for (const auto& [cells, count] : seen) {
        const double share = static_cast<double>(count) / static_cast<double>(total);
        if (cells > 1 && share > best.share) best = {share, cells};
    }
    return best;
}

/// A header holds no number and no empty first cell.
base::Result<bool> looks_like_header(const std::string& utf8_file, const Dialect& dialect) {
    TRY(auto records, Records::open(utf8_file, dialect));
    Record record;
    if (!records.next(record)) return true;
    return std::ranges::none_of(record.cells, [](std::string_view cell) {
        return !cell.empty() &&
               cell.find_first_not_of("0123456789.,+-eE ") == std::string_view::npos;
    });
}

/// For files that disagree with themselves too much for the sniffer: the delimiter under which most
/// records agree.
base::Result<Dialect> by_agreement(const std::string& utf8_file, Dialect dialect) {
    constexpr std::array<std::string_view, 5> kDelimiters{",", ";", "\t", "|", ":"};
    Agreement best;
    std::string delimiter = dialect.delimiter;
    for (const auto candidate : kDelimiters) {
        dialect.delimiter = candidate;
        TRY(const auto found, agreement(utf8_file, dialect));
        if (found.share > best.share || (found.share == best.share && found.cells > best.cells)) {
            best = found;
            delimiter = candidate;
        }
    }
    constexpr double kShareNeeded = 0.5;
    dialect.delimiter = best.share >= kShareNeeded ? delimiter : "";
    TRY(dialect.header, looks_like_header(utf8_file, dialect));
    dialect.header_rows = dialect.header ? 1 : 0;
    return dialect;
}

}  // namespace

base::Result<Dialect> sniff(duck::Session& session, const std::string& utf8_file) {
    Dialect dialect;
    const auto found = session.query(
        "SELECT \"Delimiter\", \"Quote\", \"Escape\", \"SkipRows\"::BIGINT, \"HasHeader\" FROM "
        "sniff_csv(" +
        duck::literal(utf8_file) + ", sample_size = 20480)"
    );
    if (!found && found.error().reason == base::kCancelledReason)
        return std::unexpected(found.error());
    if (!found || found->rows.empty()) return by_agreement(utf8_file, dialect);
    const auto& row = found->rows.front();
    dialect.delimiter = text_of(row[0]);
    if (dialect.delimiter == "\\t") dialect.delimiter = "\t";
    dialect.quote = text_of(row[1]);
    dialect.escape = text_of(row[2]);
    if (dialect.quote.empty()) dialect.quote = "\"";
    if (dialect.escape.empty()) dialect.escape = dialect.quote;
    dialect.skipped_lines = std::get<std::int64_t>(row[3]);
    dialect.header = std::get<bool>(row[4]);
    dialect.header_rows = dialect.header ? 1 : 0;
    TRY(const auto seen, agreement(utf8_file, dialect));
    if (seen.cells == 1) return by_agreement(utf8_file, dialect);
    return dialect;
}

}  // namespace csva::reading
