#pragma once

// Shared by the .cpp files of this folder only.

#include "engine/exchange/graph.hpp"
#include "foundation/base/result.hpp"

#include <string>

namespace csva::exchange {

/// What a booster of LightGBM answers (a probability, probabilities by class, or an estimate), from
/// its model text, for a value `features` of shape (rows, features). The outcome has the shape
/// (rows, outputs). Trees are those of the text, thresholds and leaves float64, so that every row
/// falls where LightGBM lets it fall. Errors: internal for a text that no training here writes.
base::Result<Value> add_booster(Graph& graph, const std::string& text, const Value& features);

}  // namespace csva::exchange
