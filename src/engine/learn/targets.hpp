#pragma once

#include "engine/learn/types.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace csva::learn {

/// What a profile knows of a column.
struct ColumnFacts {
    std::string name;
    table::ColumnType type = table::ColumnType::text;
    std::int64_t count = 0;  ///< Cells with a value.
    std::int64_t missing = 0;
    std::int64_t distinct = 0;
};

/// Columns that could be predicted, most likely first, by what they are called, where they stand
/// and how many values they have. Leaves out what no training would take: dates, texts with many
/// values, columns with one value or mostly without.
std::vector<TargetCandidate> propose_targets(std::span<const ColumnFacts> columns);

}  // namespace csva::learn
