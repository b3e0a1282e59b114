#include "foundation/journal/store.hpp"

#include <algorithm>

namespace csva::journal::rows {
namespace {

using base::Result;
using store::Session;
using store::Value;

constexpr std::size_t kRowsAtOnce = 32;

std::string insert_text(std::size_t rows) {
    std::string sql =
        "INSERT INTO journal_entries"
        " (seq, at, action, actor, object_kind, object, outcome, network, details, hash) VALUES ";
    for (std::size_t i = 0; i < rows; ++i)
        sql += i == 0 ? "(:a, :b, :c, :d, :e, :f, :g, :h, :i, :j)"
                      : ", (:a, :b, :c, :d, :e, :f, :g, :h, :i, :j)";
    return sql;
}

Result<void> insert_group(Session& session, std::span<const Record> records) {
    static const std::string kMany = insert_text(kRowsAtOnce);
    static const std::string kOne = insert_text(1);
    std::vector<Value> values;
    values.reserve(records.size() * 10);
    for (const Record& record : records) {
        values.insert(
            values.end(),
            {record.seq,
             record.at,
             record.action,
             record.actor,
             record.object_kind,
             record.object,
             record.outcome,
             record.network,
             record.details.text,
             record.hash}
        );
    }
    CHECK_OK(session.run(records.size() == 1 ? kOne : kMany, std::move(values)));
    return {};
}

std::int64_t integer_of(const Value& value) {
    const auto* integer = std::get_if<std::int64_t>(&value.data);
    return integer == nullptr ? 0 : *integer;
}

std::string text_of(Value& value) {
    auto* text = std::get_if<std::string>(&value.data);
    return text == nullptr ? std::string() : std::move(*text);
}

/// By position, for speed. Whatever stands there: a cell that was tampered with must not stop the
/// search for it.
Record record_of(store::Row& row) {
    auto& cells = row.values;
    Record record;
    record.seq = integer_of(cells[0]);
    record.at = integer_of(cells[1]);
    record.action = text_of(cells[2]);
    record.actor = text_of(cells[3]);
    record.object_kind = text_of(cells[4]);
    record.object = text_of(cells[5]);
    record.outcome = text_of(cells[6]);
    record.network = text_of(cells[7]);
    record.details.text = text_of(cells[8]);
    record.hash = text_of(cells[9]);
    return record;
}

constexpr std::string_view kHead =
    "SELECT entries, link, at, key_id, signature FROM journal_head WHERE id = 1";

Result<Head> read_head(Session& session, std::string_view sql) {
    TRY(auto found, session.record<Head>(sql));
    // Somebody has taken the row away: an unsigned head, which nothing but an empty journal has.
    return found ? std::move(*found) : Head{};
}

}  // namespace

Result<Head> head(Session& session) { return read_head(session, kHead); }

Result<Head> head_to_write(Session& session) {
    static const std::string kLocked = std::string(kHead) + " FOR UPDATE";
    return read_head(
        session, session.backend() == store::Backend::postgres ? std::string_view(kLocked) : kHead
    );
}

Result<void> put_head(Session& session, const Head& head) {
    CHECK_OK(session.run(
        "INSERT INTO journal_head (id, entries, link, at, key_id, signature)"
        " VALUES (1, :entries, :link, :at, :key, :signature) ON CONFLICT (id) DO UPDATE SET"
        " entries = excluded.entries, link = excluded.link, at = excluded.at,"
        " key_id = excluded.key_id, signature = excluded.signature",
        {head.entries, head.link, head.at, head.key_id, head.signature}
    ));
    return {};
}

Result<void> insert(Session& session, std::span<const Record> records) {
    while (!records.empty()) {
        const std::size_t count = records.size() >= kRowsAtOnce ? kRowsAtOnce : 1;
        CHECK_OK(insert_group(session, records.first(count)));
        records = records.subspan(count);
    }
    return {};
}

Result<void> insert_seal(Session& session, const Seal& seal) {
    CHECK_OK(session.run(
        "INSERT INTO journal_seals (seq, key_id, hashes, signature)"
        " VALUES (:seq, :key, :hashes, :signature)",
        {seal.seq, seal.key_id, seal.hashes, seal.signature}
    ));
    return {};
}

Result<std::int64_t> newest_seq(Session& session) {
    TRY(const auto row,
        session.row("SELECT (SELECT MAX(seq) FROM journal_entries) AS entry,"
                    " (SELECT MAX(seq) FROM journal_seals) AS seal"));
    return row ? std::max(row->integer("entry"), row->integer("seal")) : 0;
}

Result<std::vector<Record>> entries_after(
    Session& session, std::int64_t after, std::int64_t limit
) {
    TRY(auto found,
        session.rows(
            "SELECT seq, at, action, actor, object_kind, object, outcome, network, details, hash"
            " FROM journal_entries WHERE seq > :after ORDER BY seq LIMIT :limit",
            {after, limit}
        ));
    std::vector<Record> records;
    records.reserve(found.size());
    for (auto& row : found) records.push_back(record_of(row));
    return records;
}

Result<std::vector<Record>> newest_first(Session& session, const Filter& filter) {
    std::string sql =
        "SELECT seq, at, action, actor, object_kind, object, outcome, network, details, hash"
        " FROM journal_entries WHERE 1 = 1";
    std::vector<Value> values;
    const auto narrow = [&](std::string_view condition, const Value& value) {
        sql += condition;
        values.push_back(value);
    };
    if (filter.before) narrow(" AND seq < :before", *filter.before);
    if (!filter.action.empty()) {
        narrow(" AND action >= :action", filter.action);
        narrow(" AND action < :behind", filter.action + "\x7f");
    }
    if (!filter.outcome.empty()) narrow(" AND outcome = :outcome", filter.outcome);
    if (filter.actor) narrow(" AND actor = :actor", *filter.actor);
    if (!filter.object_kind.empty()) narrow(" AND object_kind = :kind", filter.object_kind);
    if (filter.object) narrow(" AND object = :object", *filter.object);
    if (filter.from) narrow(" AND at >= :from", *filter.from);
    if (filter.until) narrow(" AND at < :until", *filter.until);
    narrow(" ORDER BY seq DESC LIMIT :limit", filter.limit);
    TRY(auto found, session.rows(sql, std::move(values)));
    std::vector<Record> records;
    for (auto& row : found) records.push_back(record_of(row));
    return records;
}

Result<std::vector<Seal>> seals_between(Session& session, std::int64_t after, std::int64_t last) {
    return session.records<Seal>(
        "SELECT seq, key_id, hashes, signature FROM journal_seals WHERE seq > :after AND seq <= "
        ":last"
        " ORDER BY seq",
        {after, last}
    );
}

Result<std::vector<std::string>> rotations(Session& session) {
    TRY(const auto found,
        session.rows("SELECT details FROM journal_entries WHERE action = 'journal.key_rotated'"
                     " ORDER BY seq"));
    std::vector<std::string> details;
    for (const auto& row : found) details.push_back(row.text("details"));
    return details;
}

}  // namespace csva::journal::rows
