#include "foundation/base/described.hpp"
#include "foundation/store/pool.hpp"
#include "foundation/store/statement.hpp"

#include <charconv>
#include <cmath>
#include <libpq-fe.h>
#include <map>
#include <random>
#include <thread>

namespace csva::store {
namespace {

// Object ids of PostgreSQL's own types (pg_type.dat), fixed for ever.
constexpr Oid kBool = 16, kInt8 = 20, kInt2 = 21, kInt4 = 23, kFloat4 = 700, kFloat8 = 701,
              kNumeric = 1700;
constexpr int kTries = 8;
constexpr std::string_view kTryAgain = "store.try_again";
constexpr std::int64_t kMigrationLock = 0x63737661;  // "csva"

struct Answer {
    PGresult* result;
    explicit Answer(PGresult* r) : result(r) {}
    ~Answer() { PQclear(result); }
    Answer(const Answer&) = delete;
    Answer& operator=(const Answer&) = delete;
    bool good() const {
        const auto status = PQresultStatus(result);
        return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    }
};

/// PostgreSQL reads NaN, Infinity and -Infinity by their names.
std::string text_of(double real) {
    std::string text;
    if (std::isfinite(real))
        base::encode_number(text, real);
    else
        text = std::isnan(real) ? "NaN" : real > 0 ? "Infinity" : "-Infinity";
    return text;
}

Value value_of(const PGresult* result, int row, int column) {
    if (PQgetisnull(result, row, column) != 0) return {};
    const std::string_view text(
        PQgetvalue(result, row, column), static_cast<std::size_t>(PQgetlength(result, row, column))
    );
    const Oid type = PQftype(result, column);
    std::int64_t integer = 0;
    double real = 0;
    switch (type) {
        case kBool:
            return text == "t";
        case kInt2:
        case kInt4:
        case kInt8:
            std::from_chars(text.data(), text.data() + text.size(), integer);
            return integer;
        case kNumeric:
            if (text.find('.') == std::string_view::npos) {
                std::from_chars(text.data(), text.data() + text.size(), integer);
                return integer;
            }
            [[fallthrough]];
        case kFloat4:
        case kFloat8:
            std::from_chars(text.data(), text.data() + text.size(), real);
            return real;
        default:
            return text;
    }
}

class Connection : public Session {
public:
    Connection(std::string url, std::string schema)
        : url_(std::move(url)), schema_(std::move(schema)) {}
    ~Connection() override { PQfinish(handle_); }

    /// Connects at the first use and again after a loss.
    base::Result<void> ready() {
        if (handle_ != nullptr && PQstatus(handle_) == CONNECTION_OK) return {};
        PQfinish(handle_);
        prepared_.clear();
        handle_ = connect();
        if (PQstatus(handle_) != CONNECTION_OK)
            return std::unexpected(unavailable(PQerrorMessage(handle_)));
        CHECK_OK(execute("SET client_min_messages = warning"));
        return schema_.empty() ? base::Result<void>() : execute("SET search_path = " + schema_);
    }

    Backend backend() const override { return Backend::postgres; }

    base::Result<std::int64_t> run(std::string_view sql, std::vector<Value> parameters) override {
        CHECK_OK(check_texts(parameters));
        const Answer answer(send(sql, parameters));
        if (!answer.good()) return std::unexpected(error_of(answer));
        std::int64_t changed = 0;
        const std::string_view text = PQcmdTuples(answer.result);
        std::from_chars(text.data(), text.data() + text.size(), changed);
        return changed;
    }

    base::Result<std::vector<Row>> rows(std::string_view sql, std::vector<Value> parameters)
        override {
        CHECK_OK(check_texts(parameters));
        const Answer answer(send(sql, parameters));
        if (!answer.good()) return std::unexpected(error_of(answer));
        auto columns = std::make_shared<std::vector<std::string>>();
        for (int i = 0; i < PQnfields(answer.result); ++i)
            columns->emplace_back(PQfname(answer.result, i));
        std::vector<Row> out(static_cast<std::size_t>(PQntuples(answer.result)));
        for (std::size_t row = 0; row < out.size(); ++row) {
            out[row].columns = columns;
            for (int i = 0; i < PQnfields(answer.result); ++i)
                out[row].values.push_back(value_of(answer.result, static_cast<int>(row), i));
        }
        return out;
    }

    /// Whether the connection was lost; the next `ready` makes a new one.
    bool lost() const { return PQstatus(handle_) != CONNECTION_OK; }

    base::Result<void> execute(const std::string& sql) {
        const Answer answer(PQexec(handle_, sql.c_str()));
        if (!answer.good()) return std::unexpected(error_of(answer));
        return {};
    }

private:
    PGresult* send(std::string_view sql, const std::vector<Value>& parameters) {
        std::vector<std::string> texts(parameters.size());
        std::vector<const char*> pointers(parameters.size(), nullptr);
        for (std::size_t i = 0; i < parameters.size(); ++i) {
            const auto& data = parameters[i].data;
            if (std::holds_alternative<std::monostate>(data)) continue;
            if (const auto* integer = std::get_if<std::int64_t>(&data))
                texts[i] = std::to_string(*integer);
            else if (const auto* real = std::get_if<double>(&data))
                texts[i] = text_of(*real);
            else
                texts[i] = std::get<std::string>(data);
            pointers[i] = texts[i].c_str();
        }
        auto known = prepared_.find(sql);
        if (known == prepared_.end()) {
            if (prepared_.size() >= kStatementsMax) {
                PQclear(PQexec(handle_, "DEALLOCATE ALL"));
                prepared_.clear();
            }
            const std::string name = "s" + std::to_string(prepared_.size());
            const std::string text = numbered(sql, Backend::postgres);
            PGresult* made = PQprepare(handle_, name.c_str(), text.c_str(), 0, nullptr);
            if (PQresultStatus(made) != PGRES_COMMAND_OK) return made;
            PQclear(made);
            known = prepared_.emplace(sql, name).first;
        }
        return PQexecPrepared(
            handle_,
            known->second.c_str(),
            static_cast<int>(pointers.size()),
            pointers.data(),
            nullptr,
            nullptr,
            0
        );
    }

    /// With a time-out, unless the address names one: a host that swallows packets must not hold
    /// a request for minutes.
    PGconn* connect() const {
        const char* const names[] = {
            "connect_timeout", "fallback_application_name", "client_encoding", "dbname", nullptr
        };
        const char* const values[] = {"5", "csva", "UTF8", url_.c_str(), nullptr};
        return PQconnectdbParams(names, values, 1);
    }

    base::Error error_of(const Answer& answer) {
        const char* state = PQresultErrorField(answer.result, PG_DIAG_SQLSTATE);
        const std::string_view code = state == nullptr ? "" : state;
        const std::string text = PQerrorMessage(handle_);
        if (PQstatus(handle_) != CONNECTION_OK || code.starts_with("57") ||
            code.starts_with("08") || code.starts_with("53"))
            return unavailable(text);
        if (code == "40001" || code == "40P01")
            return base::Error(base::ErrorKind::unavailable, kTryAgain).with_internal(text);
        if (code.starts_with("23")) return conflict(text);
        return base::internal_error("postgres: " + text);
    }

    std::string url_;
    std::string schema_;  ///< A word of ours, never a caller's.
    PGconn* handle_ = nullptr;
    std::map<std::string, std::string, std::less<>> prepared_;  ///< SQL -> name on the server.
};

struct Borrowed {
    Pool<Connection>& pool;
    std::unique_ptr<Connection> connection;
    ~Borrowed() {
        if (connection) pool.add(std::move(connection));
    }
};

class Postgres : public Database {
public:
    explicit Postgres(const Options& options) : wait_(options.wait_ms), schema_(options.schema) {
        for (std::int64_t i = 0; i < std::max<std::int64_t>(1, options.pool_size); ++i)
            pool_.add(std::make_unique<Connection>(options.url, options.schema));
    }

    Backend backend() const override { return Backend::postgres; }

    base::Result<std::int64_t> migrate(std::span<const Migrations> features) override {
        return in_transaction<std::int64_t>(
            [&](Connection& connection) -> base::Result<std::int64_t> {
                CHECK_OK(connection.rows("SELECT pg_advisory_xact_lock(:key)", {kMigrationLock}));
                TRY(const bool there, has_schema(connection));
                if (!there) CHECK_OK(connection.execute("CREATE SCHEMA " + schema_));
                return apply_migrations(connection, features, [&](const std::string& sql) {
                    return connection.execute(sql);
                });
            }
        );
    }

    base::Result<std::vector<std::string>> pending(std::span<const Migrations> features) override {
        return in_transaction<std::vector<std::string>>(
            [&](Connection& connection) -> base::Result<std::vector<std::string>> {
                TRY(const bool there, has_schema(connection));
                if (!there) return std::vector<std::string>{"schema " + schema_};
                TRY(const auto missing, pending_migrations(connection, features));
                std::vector<std::string> names;
                for (const auto& migration : missing) names.push_back(migration.name);
                return names;
            }
        );
    }

    base::Result<void> shrink() override { return {}; }

    base::Result<void> copy_to(const std::string&) override {
        return std::unexpected(base::internal_error("PostgreSQL is copied by its own tools"));
    }

    base::Result<void> scrub() override {
        const OneSession one;
        Borrowed borrowed{pool_, pool_.take(wait_)};
        if (!borrowed.connection) return std::unexpected(unavailable("no connection was free"));
        auto& connection = *borrowed.connection;
        CHECK_OK(connection.ready());
        // The server's own tables are not ours to clean, and it says so for each.
        CHECK_OK(connection.execute("SET client_min_messages = error"));
        const auto cleaned = connection.execute("VACUUM");
        CHECK_OK(connection.execute("SET client_min_messages = warning"));
        return cleaned;
    }

    /// Errors: store.unavailable when the server cannot be reached.
    base::Result<void> check() {
        return with_reader([](Session&) {});
    }

protected:
    base::Result<void> with_reader(const std::function<void(Session&)>& work) override {
        const OneSession one;
        Borrowed borrowed{pool_, pool_.take(wait_)};
        if (!borrowed.connection) return std::unexpected(unavailable("no connection was free"));
        auto& connection = *borrowed.connection;
        CHECK_OK(begin(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"));
        work(connection);
        return connection.execute("COMMIT");
    }

    base::Result<void> with_writer(const std::function<base::Result<void>(Session&)>& work
    ) override {
        return in_transaction<void>([&](Connection& connection) { return work(connection); });
    }

private:
    template <class T>
    base::Result<T> in_transaction(const std::function<base::Result<T>(Connection&)>& work) {
        const OneSession one;
        Borrowed borrowed{pool_, pool_.take(wait_)};
        if (!borrowed.connection) return std::unexpected(unavailable("no connection was free"));
        for (int tries = 1;; ++tries) {
            auto outcome = once(*borrowed.connection, work);
            if (outcome || outcome.error().reason != kTryAgain) return outcome;
            if (tries == kTries) return std::unexpected(unavailable(outcome.error().internal));
            back_off(tries);
        }
    }

    /// An account that may not make schemas must still be able to use one that is there.
    static base::Result<bool> has_schema(Connection& connection) {
        TRY(const auto row, connection.row("SELECT current_schema() AS name"));
        return !row->is_null("name");
    }

    /// A connection that died while it lay idle says so only now: nothing was done on it yet, so a
    /// new one takes its place.
    static base::Result<void> begin(Connection& connection, const std::string& sql) {
        CHECK_OK(connection.ready());
        auto begun = connection.execute(sql);
        if (begun || !connection.lost()) return begun;
        CHECK_OK(connection.ready());
        return connection.execute(sql);
    }

    /// Waits a random time that doubles with each try, so that the losers do not meet again.
    static void back_off(int tries) {
        static thread_local std::minstd_rand random(std::random_device{}());
        std::uniform_int_distribution<int> wait_ms(1, 2 << tries);
        std::this_thread::sleep_for(std::chrono::milliseconds(wait_ms(random)));
    }

    template <class T>
    static base::Result<T> once(
        Connection& connection, const std::function<base::Result<T>(Connection&)>& work
    ) {
        CHECK_OK(begin(connection, "BEGIN"));
        return ended(connection, work(connection));
    }

    std::chrono::milliseconds wait_;
    std::string schema_;
    Pool<Connection> pool_;
};

}  // namespace

base::Result<std::unique_ptr<Database>> open_postgres(const Database::Options& options) {
    auto made = std::make_unique<Postgres>(options);
    CHECK_OK(made->check());
    return made;
}

}  // namespace csva::store
