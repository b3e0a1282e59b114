#pragma once

// Shared by the .cpp files of this folder only.

#include "engine/exchange/graph.hpp"
#include "engine/learn/preparation.hpp"

#include <map>
#include <string>

namespace csva::exchange {

/// What a preparation makes of typed columns (by physical name: numbers as float64 with NaN for
/// missing, texts with an empty one for missing): a value of shape (rows, features), float64 of
/// float32 numbers.
Value add_features(
    Graph& graph, const learn::Preparation& preparation, const std::map<std::string, Value>& columns
);

}  // namespace csva::exchange
