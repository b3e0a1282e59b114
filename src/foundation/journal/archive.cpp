#include "foundation/journal/archive.hpp"

#include "foundation/base/clock.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/journal/chain.hpp"
#include "foundation/journal/lines.hpp"
#include "foundation/journal/store.hpp"
#include "foundation/journal/writer.hpp"

#include <zlib.h>

#include <algorithm>

namespace csva::journal {
namespace {

using base::Result;
using store::Session;

constexpr std::int64_t kBlockEntries = 20'000;
constexpr std::int64_t kPage = 5000;
constexpr std::size_t kBlockBytesMax = 256U << 20U;
constexpr int kGzip = 15 + 16;

std::string compressed(std::string_view text) {
    z_stream stream{};
    if (deflateInit2(&stream, 9, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) return {};
    std::string out(deflateBound(&stream, text.size()), '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
    stream.avail_in = static_cast<uInt>(text.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    stream.avail_out = static_cast<uInt>(out.size());
    const int code = deflate(&stream, Z_FINISH);
    out.resize(stream.total_out);
    deflateEnd(&stream);
    return code == Z_STREAM_END ? out : std::string();
}

std::optional<std::string> decompressed(std::string_view bytes) {
    z_stream stream{};
    if (inflateInit2(&stream, kGzip) != Z_OK) return std::nullopt;
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    std::string out;
    int code = Z_OK;
    while (code == Z_OK && out.size() < kBlockBytesMax) {
        const std::size_t before = out.size();
        out.resize(before + (1U << 20U));
        stream.next_out = reinterpret_cast<Bytef*>(out.data() + before);
        stream.avail_out = 1U << 20U;
        code = inflate(&stream, Z_NO_FLUSH);
        out.resize(out.size() - stream.avail_out);
    }
    inflateEnd(&stream);
    if (code != Z_STREAM_END) return std::nullopt;
    return out;
}

std::vector<std::string> split(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return lines;
}

struct Block {
    Archive archive;
    std::string text;
};

/// Numbers of the first entry, and of the last sealed one that may go; 0 for none.
Result<std::pair<std::int64_t, std::int64_t>> range_to_archive(
    Session& session, std::int64_t entries, std::int64_t before_ms
) {
    constexpr auto kNone = std::pair<std::int64_t, std::int64_t>{0, 0};
    TRY(const auto first, session.row("SELECT MIN(seq) AS seq FROM journal_entries"));
    if (first->is_null("seq")) return kNone;
    const std::int64_t from = first->integer("seq");
    TRY(const auto young,
        session.row(
            "SELECT seq FROM journal_entries WHERE at >= :at ORDER BY seq LIMIT 1", {before_ms}
        ));
    const std::int64_t bound = std::min(
        {young ? young->integer("seq") - 1 : entries - 1, entries - 1, from + kBlockEntries}
    );
    TRY(const auto sealed,
        session.row("SELECT MAX(seq) AS seq FROM journal_seals WHERE seq <= :last", {bound}));
    const std::int64_t last = sealed->integer("seq");
    return last < from ? kNone : std::pair{from, last};
}

Result<std::string> link_before(Session& session, std::int64_t first) {
    TRY(const auto row,
        session.row("SELECT link FROM journal_archives WHERE last_seq = :last", {first - 1}));
    return row ? row->text("link") : std::string(kGenesis);
}

/// The lines as they stand: what was tampered with before stays so, and is found later.
Result<Block> block_of(Session& session, std::int64_t first, std::int64_t last) {
    Block block;
    TRY(std::string link, link_before(session, first));
    block.text = start_line(first, link) + "\n";
    auto& archive = block.archive;
    archive = {.first_seq = first, .last_seq = last, .archived_at = base::Clock::wall_ms()};
    for (std::int64_t after = first - 1; after < last;) {
        TRY(auto records, rows::entries_after(session, after, kPage));
        std::erase_if(records, [&](const JournalEntry& record) { return record.seq > last; });
        if (records.empty()) break;
        TRY(const auto seals, rows::seals_between(session, after, records.back().seq));
        auto seal = seals.begin();
        for (const JournalEntry& record : records) {
            if (archive.first_at == 0) archive.first_at = record.at;
            archive.last_at = record.at;
            block.text += entry_line(record) + "\n";
            link = record.hash;
            for (; seal != seals.end() && seal->seq <= record.seq; ++seal) {
                block.text += seal_line(*seal) + "\n";
                link = link_after(link, *seal);
            }
        }
        after = records.back().seq;
    }
    archive.link = link;
    return block;
}

Result<void> keep_block(Session& session, Block& block) {
    auto& archive = block.archive;
    const std::string content = base::to_base64(compressed(block.text));
    archive.sha256 = base::sha256_hex(content);
    CHECK_OK(session.run(
        "INSERT INTO journal_archives"
        " (first_seq, last_seq, first_at, last_at, link, archived_at, sha256, content)"
        " VALUES (:first, :last, :first_at, :last_at, :link, :at, :sha256, :content)",
        {archive.first_seq,
         archive.last_seq,
         archive.first_at,
         archive.last_at,
         archive.link,
         archive.archived_at,
         archive.sha256,
         content}
    ));
    for (const auto* sql :
         {"DELETE FROM journal_entries WHERE seq <= :last",
          "DELETE FROM journal_seals WHERE seq <= :last"})
        CHECK_OK(session.run(sql, {archive.last_seq}));
    return {};
}

Entry entry_of_archive(const char* action, const Archive& archive) {
    return {
        .action = action,
        .details = R"({"first":)" + std::to_string(archive.first_seq) + R"(,"last":)" +
                   std::to_string(archive.last_seq) + R"(,"sha256":")" + archive.sha256 + "\"}"
    };
}

/// One block, or none. How many entries it holds.
Result<std::int64_t> archive_block(Session& session, const Keys& keys, std::int64_t before_ms) {
    TRY(const Head head, rows::head_to_write(session));
    TRY(const auto range, range_to_archive(session, head.entries, before_ms));
    if (range.second == 0) return 0;
    TRY(Block block, block_of(session, range.first, range.second));
    CHECK_OK(keep_block(session, block));
    const Timed note{base::Clock::wall_ms(), entry_of_archive("journal.archived", block.archive)};
    CHECK_OK(write_group(session, keys, Head{}, std::span(&note, 1)));
    return range.second - range.first + 1;
}

Result<void> delete_old(Session& session, const Keys& keys, std::int64_t before_ms) {
    TRY(const Head head, rows::head_to_write(session));
    TRY(const auto archives, archives_of(session));
    for (const Archive& one : archives) {
        if (one.deleted) continue;
        if (one.last_at >= before_ms) break;  // a chain is shortened from its beginning only
        CHECK_OK(session.run(
            "UPDATE journal_archives SET content = '' WHERE last_seq = :last", {one.last_seq}
        ));
        const Timed note{base::Clock::wall_ms(), entry_of_archive("journal.archive_deleted", one)};
        CHECK_OK(write_group(session, keys, Head{}, std::span(&note, 1)));
    }
    return {};
}

/// The lines of the table, in pages.
Result<void> export_live(Session& session, std::ostream& out) {
    for (std::int64_t after = 0;;) {
        TRY(const auto records, rows::entries_after(session, after, kPage));
        if (records.empty()) return {};
        TRY(const auto seals, rows::seals_between(session, after, records.back().seq));
        auto seal = seals.begin();
        for (const JournalEntry& record : records) {
            out << entry_line(record) << '\n';
            for (; seal != seals.end() && seal->seq <= record.seq; ++seal)
                out << seal_line(*seal) << '\n';
        }
        after = records.back().seq;
    }
}

Result<void> export_all(Session& session, std::ostream& out) {
    TRY(const auto archives, archives_of(session));
    std::string start = start_line(1, kGenesis);
    for (const Archive& one : archives)
        if (one.deleted) start = start_line(one.last_seq + 1, one.link);
    out << start << '\n';
    for (const Archive& one : archives) {
        if (one.deleted) continue;
        TRY(const auto lines, lines_of(session, one));
        if (!lines)
            return base::fail(
                base::ErrorKind::conflict, "journal.archive_wrong", {{"entry", one.first_seq}}
            );
        for (std::size_t i = 1; i < lines->size(); ++i) out << (*lines)[i] << '\n';
    }
    CHECK_OK(export_live(session, out));
    TRY(const Head head, rows::head(session));
    out << head_line(head) << std::endl;
    return {};
}

}  // namespace

Result<std::vector<Archive>> archives_of(Session& session) {
    return session.records<Archive>(
        "SELECT first_seq, last_seq, first_at, last_at, link, archived_at, sha256,"
        " CASE WHEN content = '' THEN 1 ELSE 0 END AS deleted"
        " FROM journal_archives ORDER BY last_seq"
    );
}

Result<std::optional<std::vector<std::string>>> lines_of(Session& session, const Archive& archive) {
    std::optional<std::vector<std::string>> none;
    TRY(const auto row,
        session.row(
            "SELECT content FROM journal_archives WHERE last_seq = :last", {archive.last_seq}
        ));
    if (!row || base::sha256_hex(row->text("content")) != archive.sha256) return none;
    const auto bytes = base::from_base64(row->text("content"));
    const auto text = bytes ? decompressed(*bytes) : std::nullopt;
    if (!text) return none;
    auto lines = split(*text);
    if (lines.empty()) return none;
    return std::optional(std::move(lines));
}

Result<std::int64_t> archive(store::Database& database, const Keys& keys, const Ages& ages) {
    const std::int64_t now = base::Clock::wall_ms();
    std::int64_t archived = 0;
    for (;;) {
        TRY(const std::int64_t count, database.transaction([&](Session& session) {
            return archive_block(session, keys, now - ages.keep_ms);
        }));
        if (count == 0) break;
        archived += count;
    }
    if (ages.archive_ms > 0)
        CHECK_OK(database.transaction([&](Session& session) {
            return delete_old(session, keys, now - ages.archive_ms);
        }));
    return archived;
}

Result<void> export_to(store::Database& database, std::ostream& out) {
    return database.read([&](Session& session) -> Result<void> {
        CHECK_OK(export_all(session, out));
        if (!out) return base::fail(base::ErrorKind::unavailable, "base.disk_full");
        return {};
    });
}

}  // namespace csva::journal
