#pragma once

// DuckDB's C functions as pointers into a library that is opened at the first use. Only .cpp files
// of this folder include this.

#include "foundation/base/result.hpp"

#include <duckdb.h>

// clang-format off
#define CSVA_DUCKDB_FUNCTIONS(X)                                                                 \
    X(open_ext) X(close) X(connect) X(disconnect) X(interrupt) X(free) X(library_version)        \
    X(destroy_result) X(result_error) X(result_error_type)                              \
    X(column_count) X(column_name) X(column_type) X(fetch_chunk)                                 \
    X(prepare) X(prepare_error) X(destroy_prepare)                                               \
    X(pending_prepared) X(pending_prepared_streaming) X(pending_error) X(destroy_pending)        \
    X(pending_execute_task) X(pending_execution_is_finished) X(execute_pending)                  \
    X(destroy_data_chunk) X(data_chunk_get_size) X(data_chunk_get_vector)                        \
    X(vector_get_data) X(vector_get_validity) X(arrow_scan)
// clang-format on

namespace csva::duck {

struct Api {
#define CSVA_DECLARE(name) decltype(&::duckdb_##name) name = nullptr;
    CSVA_DUCKDB_FUNCTIONS(CSVA_DECLARE)
#undef CSVA_DECLARE
};

/// Opens `<folder of the program>/../lib/libduckdb.so` once. Errors: duck.library_missing.
base::Result<const Api*> load_api();
/// After load_api has succeeded.
const Api& api();

}  // namespace csva::duck
