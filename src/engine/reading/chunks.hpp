#pragma once

#include "engine/reading/rows.hpp"
#include "engine/reading/typing.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace csva::reading {

/// What happened to one record, counted from the start of its chunk.
struct Incident {
    std::int64_t line = 0;
    std::string_view reason;  ///< Of the reject, or what was repaired.
    std::string text;         ///< The bytes of a rejected record.
};

/// A stretch of the file, read from the start of a record to the start of another.
struct Chunk {
    std::size_t begin = 0, end = 0;
    std::int64_t lines = 0, rows_in = 0, rows_kept = 0, blank_lines = 0, remarks = 0;
    std::vector<Incident> rejects, repairs;
    std::vector<ColumnEvidence> evidence;
    std::vector<table::Batch> batches;  ///< row_ids counted from the chunk's first record.
};

struct ChunkOptions {
    std::size_t threads = 0;      ///< 0: as many as the machine has.
    std::size_t bytes = 2 << 20;  ///< Of a chunk.
    bool gather = true;           ///< Evidence, rejects and repairs are wanted.
    bool batches = true;          ///< Typed rows are wanted.
};

/// Rows of a file in order, read by several threads. Every chunk after the first starts at a guess,
/// a line end after which some records are what they should be; it counts only if the chunk before
/// it ended exactly there, and is read again otherwise, so that the outcome never depends on the
/// guess. At most a few chunks are in memory. `on_chunk` hears of each in order, before its rows
/// come, `line_before` and `rows_before` being what precedes it.
std::unique_ptr<table::TableReader> read_chunks(
    const Plan& plan,
    const table::Schema& schema,
    const ChunkOptions& options,
    std::function<void(Chunk& chunk, std::int64_t line_before)> on_chunk,
    base::Control& control
);

}  // namespace csva::reading
