#pragma once

#include "engine/bundle/model.hpp"

#include <string>
#include <vector>

namespace csva::exchange {

/// What makes a model folder one of MLflow's: MLmodel with the flavours onnx and python_function, a
/// signature, a made-up input example, requirements, and model.onnx, the best model together with
/// the recipe and the preparation. The graph takes the columns as typed by the reading: numbers,
/// whole numbers and booleans where training had none missing, texts (empty: missing), dates as
/// days and times as microseconds since 1970-01-01 or midnight. It starts after the last step of
/// the recipe that ONNX cannot say (see recipe::StepInfo::onnx), which MLmodel then names. Empty
/// when the model looks at no column. Errors: internal.
base::Result<std::vector<bundle::File>> mlflow_files(
    const learn::TrainOutcome& outcome,
    const recipe::Replay& replay,
    const drift::Reference& reference
);

/// bundle::save with these files.
base::Result<void> save(
    const std::string& folder,
    const learn::TrainOutcome& outcome,
    const recipe::Replay& replay,
    const drift::Reference& reference
);

}  // namespace csva::exchange
