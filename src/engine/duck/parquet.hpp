#pragma once

#include "engine/duck/session.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace csva::duck {

/// Streams a Parquet version (row_id, c0001...) in row_id order. `columns`: positions in `schema`
/// to read; empty: all. The reader's schema then has those columns only, in that order. The session
/// must outlive the reader.
base::Result<std::unique_ptr<table::TableReader>> open_table(
    Session& session,
    const std::string& parquet,
    const table::Schema& schema,
    const std::vector<std::size_t>& columns = {}
);

/// The same with a session of its own (allowed to read that file only), for callers that need
/// nothing else of DuckDB.
base::Result<std::unique_ptr<table::TableReader>> open_table(
    const std::string& parquet,
    const table::Schema& schema,
    const std::vector<std::size_t>& columns = {},
    const SessionOptions& options = {},
    base::Control* control = nullptr
);

/// The rows of one version that another, made from it, still has; sorted by row_id in a session of
/// its own.
base::Result<std::unique_ptr<table::TableReader>> open_kept_rows(
    const std::string& parquet,
    const table::Schema& schema,
    const std::string& kept_parquet,
    const SessionOptions& options,
    base::Control* control
);

/// Writes all rows of `reader` to a Parquet file (row_id, then the physical names), in their order,
/// as they come: a few row groups are in memory, and all of the session's threads write. Returns
/// the number of rows. The session must be allowed to write there.
base::Result<std::int64_t> write_table(
    Session& session, table::TableReader& reader, const std::string& parquet
);

/// Copies all rows but those with these row_ids, in their order; the number of rows left. The
/// session must be allowed to write there.
base::Result<std::int64_t> copy_without(
    Session& session,
    const std::string& parquet,
    std::span<const std::int64_t> row_ids,
    const std::string& out
);
/// How many rows have one of these row_ids.
base::Result<std::int64_t> count_of(
    Session& session, const std::string& parquet, std::span<const std::int64_t> row_ids
);
/// A Parquet file whose schema stands nowhere else, row_id being its first column.
base::Result<std::unique_ptr<table::TableReader>> open_any(
    Session& session, const std::string& parquet
);

/// Number of rows of a Parquet file, from its footer.
base::Result<std::int64_t> count_rows(Session& session, const std::string& parquet);

/// `read_parquet('...')`, for statements of our own.
std::string from_parquet(const std::string& parquet);

}  // namespace csva::duck
