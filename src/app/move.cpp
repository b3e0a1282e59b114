#include "app/move.hpp"

#include "app/housekeeping.hpp"
#include "features/erasure/ledger.hpp"
#include "foundation/base/crypto.hpp"
#include "foundation/base/files.hpp"
#include "foundation/journal/keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <future>
#include <map>
#include <semaphore>
#include <set>
#include <thread>

namespace csva::app {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;
using base::Result;
using store::Session;
using Rows = std::vector<store::Row>;

constexpr std::size_t kRowsAtOnce = 200;
constexpr std::string_view kMigrations = "schema_migrations";
constexpr std::string_view kJournalHead = "journal_head";  ///< A migration puts its one row there.
constexpr std::string_view kDoneText = "app.move_done";

/// Keeps everybody else from writing to a store, for as long as it lives.
class WriteLock {
public:
    explicit WriteLock(store::Database& database)
        : thread_([this, &database] {
              taken_ = database.transaction([this](Session&) -> Result<void> {
                  ready_.release();
                  end_.acquire();
                  return base::fail(ErrorKind::internal, kDoneText);
              });
              if (taken_.error().reason != kDoneText) ready_.release();
          }) {
        ready_.acquire();
    }
    ~WriteLock() {
        end_.release();
        thread_.join();
    }
    WriteLock(const WriteLock&) = delete;
    WriteLock& operator=(const WriteLock&) = delete;

private:
    Result<void> taken_;
    std::binary_semaphore ready_{0};
    std::binary_semaphore end_{0};
    std::thread thread_;
};

/// A thread holds one session at most, and this one holds the target's.
Result<Rows> read_elsewhere(store::Database& database, const std::string& sql) {
    return std::async(
               std::launch::async,
               [&] { return database.read([&](Session& session) { return session.rows(sql); }); }
    ).get();
}

Result<std::vector<std::string>> columns_of(Session& session, const std::string& table) {
    TRY(const auto rows,
        session.rows(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = "
            "current_schema() AND table_name = :table ORDER BY column_name",
            {table}
        ));
    std::vector<std::string> names;
    for (const auto& row : rows) names.push_back(row.text("column_name"));
    return names;
}

/// Tables that others refer to come before those.
Result<std::vector<std::string>> tables_in_order(Session& session) {
    TRY(const auto names, store::table_names(session));
    TRY(const auto rows,
        session.rows("SELECT CAST(conrelid::regclass AS TEXT) AS child, CAST(confrelid::regclass "
                     "AS TEXT) AS parent FROM pg_constraint WHERE contype = 'f' AND conrelid <> "
                     "confrelid"));
    std::multimap<std::string, std::string> parents;
    for (const auto& row : rows) parents.emplace(row.text("child"), row.text("parent"));
    std::vector<std::string> order;
    std::set<std::string> placed;
    while (placed.size() < names.size()) {
        const std::size_t before = placed.size();
        for (const auto& name : names) {
            const auto [first, last] = parents.equal_range(name);
            const bool waits = std::any_of(first, last, [&](const auto& one) {
                return !placed.contains(one.second);
            });
            if (waits || !placed.insert(name).second) continue;
            if (name != kMigrations) order.push_back(name);
        }
        if (placed.size() == before)
            return std::unexpected(base::internal_error("tables refer to each other in a circle"));
    }
    return order;
}

std::string list_of(const std::vector<std::string>& columns) {
    std::string text;
    for (const auto& column : columns) text += (text.empty() ? "\"" : ", \"") + column + "\"";
    return text;
}

std::string select_of(const std::string& table, const std::vector<std::string>& columns) {
    const bool has_id = std::ranges::find(columns, "id") != columns.end();
    return fmt::format(
        "SELECT {} FROM {}{}", list_of(columns), table, has_id ? " ORDER BY id" : ""
    );
}

/// The same for the same rows, in whatever order they come.
std::uint64_t fingerprint_of(const Rows& rows) {
    std::uint64_t sum = 0;
    for (const auto& row : rows) {
        std::string text;
        for (const auto& value : row.values) {
            if (const auto* integer = std::get_if<std::int64_t>(&value.data))
                text += fmt::format("{}|", *integer);
            else if (const auto* real = std::get_if<double>(&value.data))
                text += fmt::format("{}|", *real);
            else if (const auto* words = std::get_if<std::string>(&value.data))
                text += fmt::format("{}:{}|", words->size(), *words);
            else
                text += "-|";
        }
        const auto digest = base::hmac_sha256("rows", text);
        std::uint64_t part = 0;
        std::memcpy(&part, digest.data(), sizeof part);
        sum += part;
    }
    return sum;
}

Result<void> insert_rows(
    Session& session,
    const std::string& table,
    const std::vector<std::string>& columns,
    const Rows& rows
) {
    for (std::size_t begin = 0; begin < rows.size(); begin += kRowsAtOnce) {
        const std::size_t end = std::min(begin + kRowsAtOnce, rows.size());
        std::string sql = fmt::format("INSERT INTO {} ({}) VALUES ", table, list_of(columns));
        std::vector<store::Value> values;
        for (std::size_t i = begin; i < end; ++i) {
            sql += i == begin ? "(" : ", (";
            for (std::size_t column = 0; column < columns.size(); ++column) {
                sql += fmt::format("{}:v{}", column == 0 ? "" : ", ", values.size());
                values.push_back(rows[i].values[column]);
            }
            sql += ")";
        }
        CHECK_OK(session.run(sql, std::move(values)));
    }
    return {};
}

/// The next id is one that was never given.
Result<void> count_on(Session& session, const std::string& table) {
    TRY(const auto sequence,
        session.row("SELECT pg_get_serial_sequence(:table, 'id') AS name", {table}));
    if (!sequence || sequence->is_null("name")) return {};
    CHECK_OK(session.rows(fmt::format(
        "SELECT setval('{}', GREATEST((SELECT MAX(id) FROM {}), 1), (SELECT COUNT(*) > 0 FROM {})) "
        "AS next",
        sequence->text("name"),
        table,
        table
    )));
    return {};
}

Result<MovedTable> move_table(store::Database& source, Session& session, const std::string& table) {
    TRY(const auto columns, columns_of(session, table));
    const std::string select = select_of(table, columns);
    TRY(const Rows rows, read_elsewhere(source, select));
    TRY(const auto before, session.row(fmt::format("SELECT COUNT(*) AS n FROM {}", table)));
    if (before->integer("n") > 0)
        return base::fail(ErrorKind::conflict, "app.move_not_empty", {{"table", table}});
    CHECK_OK(insert_rows(session, table, columns, rows));
    if (std::ranges::find(columns, "id") != columns.end()) CHECK_OK(count_on(session, table));
    TRY(const Rows arrived, session.rows(select));
    if (arrived.size() != rows.size() || fingerprint_of(arrived) != fingerprint_of(rows))
        return base::fail(ErrorKind::internal, "app.move_differs", {{"table", table}});
    return MovedTable{table, static_cast<std::int64_t>(rows.size())};
}

/// Ids that were given and deleted again must not be given twice either.
Result<void> keep_counting(store::Database& source, Session& session) {
    TRY(const Rows counted, read_elsewhere(source, "SELECT name, seq FROM sqlite_sequence"));
    for (const auto& row : counted) {
        TRY(const auto sequence,
            session.row("SELECT pg_get_serial_sequence(:table, 'id') AS name", {row.text("name")}));
        if (!sequence || sequence->is_null("name") || row.integer("seq") < 1) continue;
        CHECK_OK(session.rows(fmt::format(
            "SELECT setval('{}', {}) AS next", sequence->text("name"), row.integer("seq")
        )));
    }
    return {};
}

Result<std::set<std::string>> keys_in(store::Database& source, const Composition& parts) {
    return source.read([&](Session& session) -> Result<std::set<std::string>> {
        std::set<std::string> all;
        for (auto* feature : parts.lifecycles()) {
            TRY(auto keys, feature->blobs(session));
            all.merge(keys);
        }
        return all;
    });
}

Result<void> move_rows(store::Database& source, store::Database& target, Moved& moved) {
    const std::size_t before = moved.tables.size();
    return target.transaction([&](Session& session) -> Result<void> {
        moved.tables.resize(before);
        TRY(const auto tables, tables_in_order(session));
        for (const auto& table : tables) {
            if (table == kJournalHead) CHECK_OK(session.run("DELETE FROM journal_head"));
            TRY(moved.tables.emplace_back(), move_table(source, session, table));
        }
        TRY(const Rows counted,
            read_elsewhere(source, "SELECT name FROM sqlite_master WHERE name = 'sqlite_sequence'")
        );
        return counted.empty() ? Result<void>() : keep_counting(source, session);
    });
}

/// Number of entries and the link of the last: the same for the same journal.
Result<std::pair<std::int64_t, std::string>> journal_state(store::Database& journal) {
    TRY(const auto row, journal.read([](Session& session) {
        return session.row("SELECT entries, link FROM journal_head");
    }));
    return std::pair(row->integer("entries"), row->text("link"));
}

/// The journal has a store of its own. One that is there already, from a move that broke off,
/// stays.
Result<void> move_journal(const fs::path& from, Composition& target, Moved& moved) {
    std::error_code code;
    if (!fs::exists(from / "journal", code)) return {};
    TRY(const auto settings,
        base::Settings::load(setting_rows(), "", {}, {{"data.dir", from.string()}}));
    TRY(const auto source, journal::open_store(settings));
    TRY(const auto there, journal::open_store(target.settings()));
    const WriteLock lock(*source);
    TRY(const auto ours, journal_state(*source));
    TRY(const auto theirs, journal_state(*there));
    if (ours == theirs) return {};
    if (theirs.first > 0)
        return base::fail(
            ErrorKind::conflict, "app.move_not_empty", {{"table", std::string("journal_entries")}}
        );
    return move_rows(*source, *there, moved);
}

/// A file that lies beside the store, unless the new one has it or its settings hold it.
Result<void> take_along(const fs::path& from, const fs::path& to) {
    std::error_code code;
    if (!fs::exists(from, code) || fs::exists(to, code)) return {};
    fs::create_directories(to.parent_path(), code);
    if (!fs::copy_file(from, to, code)) return std::unexpected(base::unwritable(to));
    return base::sync_file(to);
}

Result<void> take_keys_along(const fs::path& from, const base::Settings& settings) {
    TRY(const auto former,
        base::Settings::load(setting_rows(), "", {}, {{"data.dir", from.string()}}));
    if (settings.secret("journal.key").empty())
        CHECK_OK(take_along(journal::key_file(former), journal::key_file(settings)));
    return take_along(erasure::ledger_path(former), erasure::ledger_path(settings));
}

Result<void> copy_notes(blob::Notes* from, blob::Notes* to) {
    if (from == nullptr || to == nullptr) return {};
    TRY(const auto notes, from->all());
    TRY(const auto there, to->all());
    for (const auto& [name, text] : notes) {
        if (!there.contains(name)) CHECK_OK(to->put(name, text));
    }
    return {};
}

}  // namespace

Result<Moved> copy_files(
    blob::BlobStore& source, const std::set<std::string>& keys, blob::BlobStore& target
) {
    Moved moved;
    TRY(const auto there, target.keys());
    for (const auto& key : keys) {
        if (there.contains(key)) continue;
        TRY(const auto path, source.local_path(key));
        TRY(const auto bytes, source.size(key));
        const fs::path staged = target.staging() / ("copy-" + base::random_hex(8));
        std::error_code code;
        fs::copy(path, staged, fs::copy_options::recursive, code);
        auto put = code ? Result<void>(std::unexpected(base::unwritable(staged)))
                        : target.put_as(key, staged);
        fs::remove_all(staged, code);
        CHECK_OK(put);
        ++moved.files;
        moved.bytes += bytes;
    }
    CHECK_OK(copy_notes(source.notes(), target.notes()));
    return moved;
}

Result<Moved> move_store(const fs::path& from, Composition& target) {
    std::error_code code;
    if (!fs::exists(from / "csva.sqlite", code))
        return base::fail(ErrorKind::not_found, "app.nothing_to_move", {{"folder", from.string()}});
    if (target.database().backend() != store::Backend::postgres)
        return base::fail(ErrorKind::invalid_argument, "app.move_needs_postgres");
    TRY(const auto source, store::Database::open({.data_folder = from.string()}));
    TRY(const auto pending, source->pending(migrations()));
    if (!pending.empty())
        return base::fail(
            ErrorKind::unavailable,
            "app.migrate_first",
            {{"count", static_cast<std::int64_t>(pending.size())}}
        );
    const WriteLock lock(*source);
    TRY(const auto keys, keys_in(*source, target));
    TRY(const auto blobs, blob::open_folder(from));
    TRY(Moved moved, copy_files(*blobs, keys, target.blobs()));
    CHECK_OK(take_keys_along(from, target.settings()));
    CHECK_OK(move_journal(from, target, moved));
    CHECK_OK(move_rows(*source, target.database(), moved));
    return moved;
}

}  // namespace csva::app
