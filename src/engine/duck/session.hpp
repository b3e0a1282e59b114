#pragma once

#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace csva::duck {

struct SessionOptions {
    int threads = 0;                           ///< 0: as many as the machine has.
    std::int64_t memory_limit_bytes = 0;       ///< 0: DuckDB's own (80 % of the machine).
    std::string temporary_folder;              ///< Where it may spill; empty: nowhere.
    std::vector<std::string> allowed_folders;  ///< It may read and write below these...
    std::vector<std::string> allowed_files;    ///< ...and exactly these.
    bool keep_order = true;                    ///< Results in the order of the input.
};

/// A value of a small result.
using Value = std::variant<std::monostate, bool, std::int64_t, double, std::string>;

/// A small result, whole in memory. Dates and other types come as their text.
struct Rows {
    std::vector<std::string> names;
    std::vector<std::vector<Value>> rows;
};

/// One in-memory DuckDB with one connection, in a closed room: extensions are not loaded, only the
/// allowed files exist, the configuration is locked. The library is opened with dlopen at the first
/// session of the process, so a process without a session never maps it. Use from one thread at a
/// time (`interrupt` from any). SQL is ours: the only words of a user that may stand in it are
/// quoted by `literal`. Errors of all calls: duck.library_missing, duck.failed, duck.out_of_memory,
/// duck.disk_full, jobs.cancelled.
class Session {
public:
    static base::Result<Session> open(
        const SessionOptions& options, base::Control* control = nullptr
    );
    ~Session();
    Session(Session&&) noexcept;
    Session& operator=(Session&&) noexcept;

    base::Result<void> execute(const std::string& sql);
    /// At most `max_rows` rows are kept.
    base::Result<Rows> query(const std::string& sql, std::size_t max_rows = 100'000);
    /// First value of the first row; monostate when there is none.
    base::Result<Value> scalar(const std::string& sql);
    /// Streams the result. The statement's columns must be exactly: row_id BIGINT, then one for
    /// each column of `schema`, of its type (BIGINT, DOUBLE, BOOLEAN, VARCHAR, DATE, TIMESTAMP,
    /// TIME). The session must outlive the reader.
    base::Result<std::unique_ptr<table::TableReader>> read(
        const std::string& sql, const table::Schema& schema
    );
    /// Streams any statement: one column for each of the statement's, named as it names them, types
    /// mapped to the seven (anything else as text), row_ids counted from 1. For the grid and for
    /// SQL written by people.
    base::Result<std::unique_ptr<table::TableReader>> read_any(const std::string& sql);
    /// Stops the running statement. Thread-safe.
    void interrupt();

    struct State;
    State& state() { return *state_; }

private:
    explicit Session(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

/// SQL text literal, quotes doubled.
std::string literal(std::string_view text);
/// SQL identifier in double quotes, quotes doubled. Only for physical names.
std::string identifier(std::string_view name);
/// DuckDB's name of a column type.
std::string_view sql_type(table::ColumnType type);
/// Version of the loaded library ("v1.5.6").
base::Result<std::string> library_version();

}  // namespace csva::duck
