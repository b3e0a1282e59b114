#include "engine/duck/session.hpp"

#include "engine/duck/reader.hpp"
#include "engine/duck/state.hpp"

#include <fmt/format.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace csva::duck {
namespace {

/// Interrupts the connection once the work is cancelled. Lives as long as the session.
class Watcher {
public:
    Watcher(base::Control& control, StateBase& state)
        : thread_([this, &control, &state] { watch(control, state); }) {}
    ~Watcher() {
        {
            const std::scoped_lock lock(mutex_);
            done_ = true;
        }
        wake_.notify_all();
        thread_.join();
    }
    Watcher(const Watcher&) = delete;
    Watcher& operator=(const Watcher&) = delete;

private:
    void watch(base::Control& control, StateBase& state) {
        std::unique_lock lock(mutex_);
        while (!wake_.wait_for(lock, std::chrono::milliseconds(50), [this] { return done_; })) {
            if (control.cancelled()) state.interrupt_all();
        }
    }
    std::mutex mutex_;
    std::condition_variable wake_;
    bool done_ = false;
    std::thread thread_;
};

/// The room is closed in this order: no extensions, the allowed places, nothing outside, nothing
/// can be changed.
std::vector<std::string> closing_statements(const SessionOptions& options) {
    std::vector<std::string> out;
    const auto list = [](const std::vector<std::string>& items) {
        std::string text = "[";
        for (const auto& item : items) text += (text.size() > 1 ? "," : "") + literal(item);
        return text + "]";
    };
    if (options.threads > 0) out.push_back(fmt::format("SET threads = {}", options.threads));
    if (options.memory_limit_bytes > 0) {
        out.push_back(fmt::format("SET memory_limit = '{}KiB'", options.memory_limit_bytes / 1024));
    }
    out.push_back("SET temp_directory = " + literal(options.temporary_folder));
    if (!options.keep_order) out.emplace_back("SET preserve_insertion_order = false");
    out.emplace_back("SET autoinstall_known_extensions = false");
    out.emplace_back("SET autoload_known_extensions = false");
    std::vector<std::string> folders = options.allowed_folders;
    if (!options.temporary_folder.empty()) folders.push_back(options.temporary_folder);
    out.push_back("SET allowed_directories = " + list(folders));
    out.push_back("SET allowed_paths = " + list(options.allowed_files));
    out.emplace_back("SET enable_external_access = false");
    out.emplace_back("SET lock_configuration = true");
    return out;
}

base::Error error_of(duckdb_error_type type, const char* text) {
    const std::string internal = text == nullptr ? "" : text;
    // What fails before it runs says its type only in its text.
    if (type == DUCKDB_ERROR_INTERRUPT || internal.starts_with("INTERRUPT Error"))
        return base::Error(base::ErrorKind::conflict, base::kCancelledReason);
    if (type == DUCKDB_ERROR_OUT_OF_MEMORY || internal.starts_with("Out of Memory Error")) {
        return base::Error(base::ErrorKind::unavailable, "duck.out_of_memory")
            .with_internal(internal);
    }
    if (internal.find("No space left") != std::string::npos) {
        return base::Error(base::ErrorKind::unavailable, "duck.disk_full").with_internal(internal);
    }
    return base::Error(base::ErrorKind::internal, "duck.failed").with_internal(internal);
}

}  // namespace

base::Error result_error(duckdb_result& result) {
    return error_of(api().result_error_type(&result), api().result_error(&result));
}

base::Error plain_error(const char* text) { return error_of(DUCKDB_ERROR_INVALID, text); }

struct Session::State : StateBase {
    std::unique_ptr<Watcher> watcher;
    ~State() {
        watcher.reset();
        if (connection != nullptr) api().disconnect(&connection);
        if (database != nullptr) api().close(&database);
    }
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;

StateBase& state_of(Session& session) { return session.state(); }

base::Result<Session> Session::open(const SessionOptions& options, base::Control* control) {
    TRY([[maybe_unused]] const Api* ready, load_api());
    auto state = std::make_unique<State>();
    char* problem = nullptr;
    if (api().open_ext(":memory:", &state->database, nullptr, &problem) != DuckDBSuccess) {
        auto error = plain_error(problem);
        api().free(problem);
        return std::unexpected(std::move(error));
    }
    if (api().connect(state->database, &state->connection) != DuckDBSuccess)
        return std::unexpected(plain_error("connect"));
    Session session(std::move(state));
    for (const auto& sql : closing_statements(options)) CHECK_OK(session.execute(sql));
    if (control != nullptr)
        session.state_->watcher = std::make_unique<Watcher>(*control, *session.state_);
    return session;
}

namespace {

/// Runs a statement to its end. The engine's own way of waiting for its threads keeps a core busy;
/// ours sleeps while there is nothing to help with.
base::Result<void> run(duckdb_connection connection, const std::string& sql, Result& result) {
    constexpr auto kRest = std::chrono::microseconds(200);
    struct Owned {
        duckdb_prepared_statement statement = nullptr;
        duckdb_pending_result pending = nullptr;
        ~Owned() {
            if (pending != nullptr) api().destroy_pending(&pending);
            if (statement != nullptr) api().destroy_prepare(&statement);
        }
    } owned;
    if (api().prepare(connection, sql.c_str(), &owned.statement) != DuckDBSuccess)
        return std::unexpected(plain_error(api().prepare_error(owned.statement)));
    if (api().pending_prepared(owned.statement, &owned.pending) != DuckDBSuccess)
        return std::unexpected(plain_error(api().pending_error(owned.pending)));
    for (;;) {
        const auto state = api().pending_execute_task(owned.pending);
        if (state == DUCKDB_PENDING_ERROR)
            return std::unexpected(plain_error(api().pending_error(owned.pending)));
        if (state == DUCKDB_PENDING_NO_TASKS_AVAILABLE) std::this_thread::sleep_for(kRest);
        if (api().pending_execution_is_finished(state)) break;
    }
    if (api().execute_pending(owned.pending, &result.value) != DuckDBSuccess)
        return std::unexpected(result_error(result.value));
    return {};
}

}  // namespace

base::Result<void> Session::execute(const std::string& sql) {
    TRY([[maybe_unused]] const auto rows, query(sql, 0));
    return {};
}

base::Result<Rows> Session::query(const std::string& sql, std::size_t max_rows) {
    Result result;
    CHECK_OK(run(state_->connection, sql, result));
    Rows out;
    const idx_t columns = api().column_count(&result.value);
    for (idx_t i = 0; i < columns; ++i) out.names.emplace_back(api().column_name(&result.value, i));
    table::Batch batch;
    while (out.rows.size() < max_rows) {
        TRY(const bool more, next_chunk(result.value, batch));
        if (!more) break;
        append_rows(batch, max_rows, out);
    }
    return out;
}

base::Result<Value> Session::scalar(const std::string& sql) {
    TRY(const auto rows, query(sql, 1));
    if (rows.rows.empty() || rows.rows.front().empty()) return Value{};
    return rows.rows.front().front();
}

base::Result<std::unique_ptr<table::TableReader>> Session::read(
    const std::string& sql, const table::Schema& schema
) {
    return make_reader(*state_, sql, schema, true);
}

base::Result<std::unique_ptr<table::TableReader>> Session::read_any(const std::string& sql) {
    return make_reader(*state_, sql, {}, false);
}

void Session::interrupt() { state_->interrupt_all(); }

std::string literal(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        out += c;
        if (c == '\'') out += c;
    }
    return out + "'";
}

std::string identifier(std::string_view name) {
    std::string out = "\"";
    for (const char c : name) {
        out += c;
        if (c == '"') out += c;
    }
    return out + "\"";
}

std::string_view sql_type(table::ColumnType type) {
    switch (type) {
        case table::ColumnType::integer:
            return "BIGINT";
        case table::ColumnType::real:
            return "DOUBLE";
        case table::ColumnType::boolean:
            return "BOOLEAN";
        case table::ColumnType::text:
            return "VARCHAR";
        case table::ColumnType::date:
            return "DATE";
        case table::ColumnType::timestamp:
            return "TIMESTAMP";
        case table::ColumnType::time:
            return "TIME";
    }
    return "VARCHAR";
}

base::Result<std::string> library_version() {
    TRY(const Api* functions, load_api());
    return std::string(functions->library_version());
}

}  // namespace csva::duck
