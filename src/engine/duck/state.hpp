#pragma once

// Shared by the .cpp files of this folder only.

#include "engine/duck/api.hpp"
#include "engine/duck/session.hpp"

#include <algorithm>
#include <mutex>
#include <vector>

namespace csva::duck {

/// A running statement belongs to one connection, so every open reader has its own; all of them
/// hear an interrupt.
struct StateBase {
    duckdb_database database = nullptr;
    duckdb_connection connection = nullptr;
    std::mutex mutex;
    std::vector<duckdb_connection> readers;

    void interrupt_all() {
        const std::scoped_lock lock(mutex);
        api().interrupt(connection);
        for (const auto& reader : readers) api().interrupt(reader);
    }
};

/// Owns a result.
struct Result {
    duckdb_result value{};
    Result() = default;
    Result(const Result&) = delete;
    Result& operator=(const Result&) = delete;
    ~Result() { api().destroy_result(&value); }
};

base::Error result_error(duckdb_result& result);
base::Error plain_error(const char* text);
StateBase& state_of(Session& session);

}  // namespace csva::duck
