#pragma once

// Shared by the .cpp files of this folder only.

#include "engine/duck/state.hpp"

namespace csva::duck {

/// Copies the next chunk of a result into columns of `batch`, types as the result has them; false
/// at the end.
base::Result<bool> next_chunk(duckdb_result& result, table::Batch& batch);

void append_rows(const table::Batch& batch, std::size_t max_rows, Rows& out);

/// `with_row_id`: the first column is row_id and the others are those of `schema`.
base::Result<std::unique_ptr<table::TableReader>> make_reader(
    StateBase& session, std::string sql, table::Schema schema, bool with_row_id
);

}  // namespace csva::duck
