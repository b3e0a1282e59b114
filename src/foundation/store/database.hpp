#pragma once

#include "foundation/base/described.hpp"
#include "foundation/base/embedded.hpp"
#include "foundation/base/result.hpp"

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

namespace csva::store {

enum class Backend : std::uint8_t { sqlite, postgres };

/// A parameter or a cell. Times are Unix milliseconds, booleans 0 or 1, JSON and ids text or
/// integers.
struct Value {
    std::variant<std::monostate, std::int64_t, double, std::string> data;
    Value() = default;
    Value(std::nullptr_t) {}
    Value(std::int64_t v) : data(v) {}
    Value(int v) : data(static_cast<std::int64_t>(v)) {}
    Value(bool v) : data(static_cast<std::int64_t>(v ? 1 : 0)) {}
    Value(double v) : data(v) {}
    Value(std::string v) : data(std::move(v)) {}
    Value(std::string_view v) : data(std::string(v)) {}
    Value(const char* v) : data(std::string(v)) {}
    template <class Tag>
    Value(base::Id<Tag> id) : data(id.value) {}
    template <class T>
    Value(const std::optional<T>& v) {
        if (v) *this = Value(*v);
    }
};

/// One row of an answer; columns by name (an unknown one is a programmer error). NULL reads as 0 /
/// 0.0 / "" unless asked.
class Row {
public:
    bool is_null(std::string_view column) const;
    std::int64_t integer(std::string_view column) const;
    double real(std::string_view column) const;
    std::string text(std::string_view column) const;
    bool boolean(std::string_view column) const { return integer(column) != 0; }
    std::optional<std::int64_t> maybe_integer(std::string_view column) const;
    std::optional<std::string> maybe_text(std::string_view column) const;

    std::shared_ptr<const std::vector<std::string>> columns;
    std::vector<Value> values;
};

/// One connection, for the length of one read or transaction. Parameters are `:name`-style in SQL
/// order
/// (`WHERE id = :id AND name = :name`, values given in the order in which they stand). Not
/// thread-safe. Errors: store.unavailable (the database is away or busy for too long),
/// store.conflict (unique or foreign key violated), base.internal.
class Session {
public:
    virtual ~Session() = default;
    virtual Backend backend() const = 0;
    /// Runs a statement; the number of rows it changed.
    virtual base::Result<std::int64_t> run(
        std::string_view sql, std::vector<Value> parameters = {}
    ) = 0;
    virtual base::Result<std::vector<Row>> rows(
        std::string_view sql, std::vector<Value> parameters = {}
    ) = 0;

    /// The only row, or nothing.
    base::Result<std::optional<Row>> row(std::string_view sql, std::vector<Value> parameters = {});
    /// First column of `INSERT ... RETURNING id`.
    base::Result<std::int64_t> insert(std::string_view sql, std::vector<Value> parameters = {});

    /// Rows as described structs: member = column. Members that are records, lists or maps hold
    /// JSON text columns.
    template <class T>
    base::Result<std::vector<T>> records(std::string_view sql, std::vector<Value> parameters = {}) {
        TRY(auto found, rows(sql, std::move(parameters)));
        std::vector<T> out(found.size());
        for (std::size_t i = 0; i < found.size(); ++i)
            CHECK_OK(fill(found[i], base::type_of<T>(), &out[i]));
        return out;
    }
    template <class T>
    base::Result<std::optional<T>> record(
        std::string_view sql, std::vector<Value> parameters = {}
    ) {
        TRY(auto all, records<T>(sql, std::move(parameters)));
        if (all.empty()) return std::optional<T>{};
        return std::optional<T>(std::move(all.front()));
    }

    /// Fills the members that the row has a column for; the others keep their value.
    template <class T>
    static base::Result<void> fill_record(const Row& row, T& object) {
        return fill(row, base::type_of<T>(), &object);
    }

private:
    static base::Result<void> fill(const Row& row, const base::TypeInfo& type, void* object);
};

/// Names of all tables.
base::Result<std::vector<std::string>> table_names(Session& session);

/// Migrations of one feature, as csva_embed gives them: `YYYYMMDDHHMM_<feature>_<verb>.sql`
/// (`.sqlite.sql` / `.postgres.sql` when they differ). Applied in the order of their names over all
/// features.
using Migrations = std::span<const base::EmbeddedFile>;

/// The metadata store: SQLite (WAL, one writer, N readers) or PostgreSQL. Thread-safe. A thread
/// holds at most one session: asking for a second inside the first is a programmer error
/// (assertion).
class Database {
public:
    struct Options {
        std::string url;  ///< "postgresql://..." or "" for SQLite in data_folder/file.
        std::string data_folder;
        std::int64_t pool_size = 8;
        std::int64_t wait_ms = 5000;  ///< For a free connection or a busy database.
        std::string file = "csva.sqlite";
        std::string schema = {};  ///< PostgreSQL: of its own, made by `migrate`; "": the usual one.
    };
    /// Errors: store.unavailable, store.bad_url.
    static base::Result<std::unique_ptr<Database>> open(const Options& options);
    virtual ~Database() = default;
    virtual Backend backend() const = 0;

    /// Brings the schema forward (PostgreSQL under an advisory lock). Returns how many were
    /// applied.
    virtual base::Result<std::int64_t> migrate(std::span<const Migrations> features) = 0;
    /// Names of migrations not applied yet.
    virtual base::Result<std::vector<std::string>> pending(std::span<const Migrations> features
    ) = 0;

    /// Gives the file system back what deleted rows took (SQLite; PostgreSQL's own autovacuum does
    /// it there). Others may read meanwhile.
    virtual base::Result<void> shrink() = 0;
    /// Leaves nothing of deleted rows in the database's files: SQLite is written anew and its log
    /// emptied, PostgreSQL reclaims its dead rows (its own log goes as its archive does). Others
    /// may read meanwhile; takes as long as the whole store is large. Errors: store.unavailable
    /// when somebody reads for too long.
    virtual base::Result<void> scrub() = 0;

    /// A copy as of one moment, into a new SQLite file, while others read and write. SQLite only
    /// (else base.internal). Errors: base.disk_full, store.unavailable.
    virtual base::Result<void> copy_to(const std::string& file) = 0;

    /// A read-only look. `work(Session&) -> Result<T>`.
    template <class Work>
    auto read(Work&& work) -> std::invoke_result_t<Work, Session&> {
        std::optional<std::invoke_result_t<Work, Session&>> out;
        CHECK_OK(with_reader([&](Session& session) { out.emplace(work(session)); }));
        return std::move(*out);
    }
    /// A transaction: committed when `work` returns a value, rolled back when it returns an error.
    /// BEGIN IMMEDIATE on SQLite; serialization failures are tried again a few times, so `work`
    /// must be repeatable and without outside effects.
    template <class Work>
    auto transaction(Work&& work) -> std::invoke_result_t<Work, Session&> {
        std::optional<std::invoke_result_t<Work, Session&>> out;
        auto done = with_writer([&](Session& session) -> base::Result<void> {
            out.emplace(work(session));
            if (!*out) return std::unexpected(out->error());
            return {};
        });
        changes_.fetch_add(1);
        if (!done) return std::unexpected(std::move(done).error());
        return std::move(*out);
    }
    /// Grows with the end of every transaction of this process, before its caller hears of it.
    std::uint64_t changes() const { return changes_.load(); }

protected:
    virtual base::Result<void> with_reader(const std::function<void(Session&)>& work) = 0;
    virtual base::Result<void> with_writer(const std::function<base::Result<void>(Session&)>& work
    ) = 0;

private:
    std::atomic<std::uint64_t> changes_ = 0;
};

}  // namespace csva::store
