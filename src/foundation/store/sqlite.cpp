#include "foundation/store/pool.hpp"
#include "foundation/store/statement.hpp"

#include <filesystem>
#include <map>
#include <sqlite3.h>

namespace csva::store {
namespace {

base::Error error_of(sqlite3* connection) {
    const int code = sqlite3_errcode(connection);
    const std::string text = sqlite3_errmsg(connection);
    switch (code & 0xFF) {
        case SQLITE_CONSTRAINT: {
            const int extended = sqlite3_extended_errcode(connection);
            if (extended == SQLITE_CONSTRAINT_NOTNULL || extended == SQLITE_CONSTRAINT_CHECK)
                return base::internal_error("sqlite: " + text);
            return conflict(text);
        }
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_CANTOPEN:
        case SQLITE_IOERR:
            return unavailable(text);
        case SQLITE_FULL:
            return base::Error(base::ErrorKind::unavailable, "base.disk_full").with_internal(text);
        default:
            return base::internal_error("sqlite: " + text);
    }
}

/// One connection with its prepared statements.
class Connection : public Session {
public:
    static base::Result<std::unique_ptr<Connection>> open(
        const std::string& path, std::int64_t wait_ms
    ) {
        auto made = std::unique_ptr<Connection>(new Connection());
        constexpr int kFlags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
        if (sqlite3_open_v2(path.c_str(), &made->handle_, kFlags, nullptr) != SQLITE_OK)
            return std::unexpected(error_of(made->handle_));
        sqlite3_busy_timeout(made->handle_, static_cast<int>(wait_ms));
        // The first is for a new file, and must come before its first page.
        CHECK_OK(
            made->execute("PRAGMA auto_vacuum=INCREMENTAL; PRAGMA journal_mode=WAL; PRAGMA "
                          "foreign_keys=ON; PRAGMA "
                          "synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY;")
        );
        return made;
    }
    ~Connection() override {
        forget_statements();
        sqlite3_close(handle_);
    }

    Backend backend() const override { return Backend::sqlite; }

    base::Result<std::int64_t> run(std::string_view sql, std::vector<Value> parameters) override {
        TRY([[maybe_unused]] const auto nothing, rows(sql, std::move(parameters)));
        return sqlite3_changes64(handle_);
    }

    base::Result<std::vector<Row>> rows(std::string_view sql, std::vector<Value> parameters)
        override {
        CHECK_OK(check_texts(parameters));
        TRY(sqlite3_stmt* const statement, prepared(sql));
        const Reset reset{statement};
        for (std::size_t i = 0; i < parameters.size(); ++i)
            bind(statement, static_cast<int>(i) + 1, parameters[i]);
        std::vector<Row> out;
        const auto columns = names(statement);
        for (;;) {
            const int code = sqlite3_step(statement);
            if (code == SQLITE_DONE) return out;
            if (code != SQLITE_ROW) return std::unexpected(error_of(handle_));
            auto& row = out.emplace_back();
            row.columns = columns;
            for (std::size_t i = 0; i < columns->size(); ++i)
                row.values.push_back(value(statement, static_cast<int>(i)));
        }
    }

    base::Result<void> execute(const std::string& sql) {
        if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
            return std::unexpected(error_of(handle_));
        return {};
    }

    /// All pages in one go: in WAL mode that is one snapshot, and nobody waits.
    base::Result<void> copy_to(const std::string& file) {
        sqlite3* target = nullptr;
        const auto closed = [](sqlite3* handle) { sqlite3_close(handle); };
        int code = sqlite3_open_v2(
            file.c_str(), &target, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr
        );
        const std::unique_ptr<sqlite3, decltype(closed)> owner(target, closed);
        if (code != SQLITE_OK) return std::unexpected(error_of(target));
        sqlite3_backup* copying = sqlite3_backup_init(target, "main", handle_, "main");
        if (copying == nullptr) return std::unexpected(error_of(target));
        sqlite3_backup_step(copying, -1);
        code = sqlite3_backup_finish(copying);
        if (code != SQLITE_OK) return std::unexpected(error_of(target));
        return {};
    }

private:
    void forget_statements() {
        for (auto& [sql, statement] : statements_) sqlite3_finalize(statement);
        statements_.clear();
    }

    struct Reset {
        sqlite3_stmt* statement;
        ~Reset() {
            sqlite3_reset(statement);
            sqlite3_clear_bindings(statement);
        }
    };

    base::Result<sqlite3_stmt*> prepared(std::string_view sql) {
        if (const auto known = statements_.find(sql); known != statements_.end())
            return known->second;
        if (statements_.size() >= kStatementsMax) forget_statements();
        const std::string text = numbered(sql, Backend::sqlite);
        sqlite3_stmt* statement = nullptr;
        if (sqlite3_prepare_v2(
                handle_, text.c_str(), static_cast<int>(text.size()), &statement, nullptr
            ) != SQLITE_OK) {
            return std::unexpected(error_of(handle_));
        }
        statements_.emplace(sql, statement);
        return statement;
    }

    static void bind(sqlite3_stmt* statement, int index, const Value& value) {
        if (const auto* integer = std::get_if<std::int64_t>(&value.data))
            sqlite3_bind_int64(statement, index, *integer);
        else if (const auto* real = std::get_if<double>(&value.data))
            sqlite3_bind_double(statement, index, *real);
        else if (const auto* text = std::get_if<std::string>(&value.data)) {
            sqlite3_bind_text64(
                statement, index, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8
            );
        } else {
            sqlite3_bind_null(statement, index);
        }
    }

    static std::shared_ptr<const std::vector<std::string>> names(sqlite3_stmt* statement) {
        auto out = std::make_shared<std::vector<std::string>>();
        for (int i = 0; i < sqlite3_column_count(statement); ++i)
            out->emplace_back(sqlite3_column_name(statement, i));
        return out;
    }

    static Value value(sqlite3_stmt* statement, int i) {
        switch (sqlite3_column_type(statement, i)) {
            case SQLITE_INTEGER:
                return static_cast<std::int64_t>(sqlite3_column_int64(statement, i));
            case SQLITE_FLOAT:
                return sqlite3_column_double(statement, i);
            case SQLITE_NULL:
                return {};
            default: {
                const auto* text = static_cast<const char*>(sqlite3_column_blob(statement, i));
                return std::string(
                    text == nullptr ? "" : text,
                    static_cast<std::size_t>(sqlite3_column_bytes(statement, i))
                );
            }
        }
    }

    sqlite3* handle_ = nullptr;
    std::map<std::string, sqlite3_stmt*, std::less<>> statements_;
};

/// Gives a connection back to its pool.
struct Borrowed {
    Pool<Connection>& pool;
    std::unique_ptr<Connection> connection;
    ~Borrowed() {
        if (connection) pool.add(std::move(connection));
    }
};

class Sqlite : public Database {
public:
    static base::Result<std::unique_ptr<Database>> open(const Options& options) {
        std::error_code code;
        std::filesystem::create_directories(options.data_folder, code);
        if (code) return std::unexpected(unavailable(options.data_folder + ": " + code.message()));
        const std::string path = options.data_folder + "/" + options.file;
        auto made = std::unique_ptr<Sqlite>(new Sqlite(options.wait_ms));
        TRY(auto writer, Connection::open(path, options.wait_ms));
        made->writers_.add(std::move(writer));
        for (std::int64_t i = 0; i < std::max<std::int64_t>(1, options.pool_size); ++i) {
            TRY(auto reader, Connection::open(path, options.wait_ms));
            CHECK_OK(reader->execute("PRAGMA query_only=ON"));
            made->readers_.add(std::move(reader));
        }
        return made;
    }

    Backend backend() const override { return Backend::sqlite; }

    base::Result<std::int64_t> migrate(std::span<const Migrations> features) override {
        const OneSession one;
        Borrowed borrowed{writers_, writers_.take(wait_)};
        if (!borrowed.connection) return std::unexpected(unavailable("no connection was free"));
        auto& connection = *borrowed.connection;
        CHECK_OK(connection.execute("BEGIN IMMEDIATE"));
        auto applied = apply_migrations(connection, features, [&](const std::string& sql) {
            return connection.execute(sql);
        });
        return ended(connection, std::move(applied));
    }

    base::Result<std::vector<std::string>> pending(std::span<const Migrations> features) override {
        const OneSession one;
        Borrowed borrowed{writers_, writers_.take(wait_)};
        if (!borrowed.connection) return std::unexpected(unavailable("no connection was free"));
        TRY(const auto missing, pending_migrations(*borrowed.connection, features));
        std::vector<std::string> names;
        for (const auto& migration : missing) names.push_back(migration.name);
        return names;
    }

    base::Result<void> shrink() override {
        const OneSession one;
        Borrowed borrowed{writers_, writers_.take(wait_)};
        if (!borrowed.connection) return std::unexpected(unavailable("no connection was free"));
        auto& connection = *borrowed.connection;
        TRY(const auto pages, connection.row("PRAGMA freelist_count"));
        TRY(const auto mode, connection.row("PRAGMA auto_vacuum"));
        if (std::get<std::int64_t>(pages->values[0].data) > 0) {
            const bool kept = std::get<std::int64_t>(mode->values[0].data) != 0;
            // A file from before pages were given back is written anew, once.
            CHECK_OK(connection.execute(
                kept ? "PRAGMA incremental_vacuum" : "PRAGMA auto_vacuum=INCREMENTAL; VACUUM"
            ));
        }
        return connection.execute("PRAGMA wal_checkpoint(TRUNCATE)");
    }

    base::Result<void> copy_to(const std::string& file) override {
        const OneSession one;
        Borrowed borrowed{readers_, readers_.take(wait_)};
        if (!borrowed.connection) return std::unexpected(unavailable("no connection was free"));
        return borrowed.connection->copy_to(file);
    }

    base::Result<void> scrub() override {
        const OneSession one;
        Borrowed borrowed{writers_, writers_.take(wait_)};
        if (!borrowed.connection) return std::unexpected(unavailable("no connection was free"));
        auto& connection = *borrowed.connection;
        // Deleted cells are overwritten (secure_delete), but pages keep copies of cells that were
        // moved within them.
        CHECK_OK(write_anew(connection));
        TRY(const auto done, connection.row("PRAGMA wal_checkpoint(TRUNCATE)"));
        if (std::get<std::int64_t>(done->values[0].data) != 0)
            return std::unexpected(unavailable("the log is being read"));
        return {};
    }

protected:
    base::Result<void> with_reader(const std::function<void(Session&)>& work) override {
        const OneSession one;
        Borrowed borrowed{readers_, readers_.take(wait_)};
        if (!borrowed.connection) return std::unexpected(unavailable("no connection was free"));
        // One snapshot for all that the reader looks at.
        CHECK_OK(borrowed.connection->execute("BEGIN"));
        work(*borrowed.connection);
        return borrowed.connection->execute("COMMIT");
    }

    base::Result<void> with_writer(const std::function<base::Result<void>(Session&)>& work
    ) override {
        const OneSession one;
        Borrowed borrowed{writers_, writers_.take(wait_)};
        if (!borrowed.connection) return std::unexpected(unavailable("no connection was free"));
        CHECK_OK(borrowed.connection->execute("BEGIN IMMEDIATE"));
        return ended(*borrowed.connection, work(*borrowed.connection));
    }

private:
    /// The copy is made in memory, of a large store in a file of the system's temporary folder.
    static base::Result<void> write_anew(Connection& connection) {
        constexpr std::int64_t kInMemory = 512LL << 20;
        TRY(const auto pages, connection.row("PRAGMA page_count"));
        TRY(const auto size, connection.row("PRAGMA page_size"));
        const auto number = [](const auto& row) {
            return std::get<std::int64_t>(row->values[0].data);
        };
        if (number(pages) * number(size) <= kInMemory) return connection.execute("VACUUM");
        CHECK_OK(connection.execute("PRAGMA temp_store=FILE"));
        auto done = connection.execute("VACUUM");
        CHECK_OK(connection.execute("PRAGMA temp_store=MEMORY"));
        return done;
    }

    explicit Sqlite(std::int64_t wait_ms) : wait_(wait_ms) {}

    std::chrono::milliseconds wait_;
    Pool<Connection> writers_;
    Pool<Connection> readers_;
};

}  // namespace

base::Result<std::unique_ptr<Database>> open_sqlite(const Database::Options& options) {
    return Sqlite::open(options);
}

}  // namespace csva::store
