#pragma once

// Shared by the .cpp files of this folder only.

#include "engine/exchange/graph.hpp"
#include "engine/learn/predictor.hpp"
#include "foundation/base/result.hpp"

namespace csva::exchange {

/// The answers of a model for features of shape (rows, features): shape (rows, outputs), as
/// learn::Predictor gives them. Errors: those of add_booster.
base::Result<Value> add_model(Graph& graph, const learn::StoredModel& model, const Value& features);

}  // namespace csva::exchange
