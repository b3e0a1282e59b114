#pragma once

#include "foundation/base/described.hpp"
#include "foundation/base/id.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace csva::models {

struct ModelTag;
using ModelId = base::Id<ModelTag>;

inline constexpr std::string_view kNotFound = "models.not_found";
inline constexpr std::string_view kWithdrawn = "models.withdrawn";

/// One trained model: a line of a training's leaderboard that can predict. Models of one training
/// share a bundle, which holds them by name. Immutable.
struct Model {
    ModelId id;
    std::int64_t project_id = 0;
    std::int64_t dataset_id = 0;
    std::int64_t training_id = 0;
    std::string name;       ///< The leaderboard's name: RandomForestClassifier.
    std::int64_t rank = 0;  ///< 1 is the model chosen.
    std::string target;
    std::string task;             ///< binary, multiclass, regression.
    std::string metric;           ///< The metric that ranks.
    double score = 0;             ///< Its value on held-out rows.
    std::int64_t created_at = 0;  ///< Unix ms.
};
CSVA_DESCRIBE(
    Model,
    id,
    project_id,
    dataset_id,
    training_id,
    name,
    rank,
    target,
    task,
    metric,
    score,
    created_at
)
CSVA_NOTES(
    Model,
    {.field = "name", .text = "Name on the leaderboard; used in /test-model/{pk}/{model_name}/."},
    {.field = "rank", .text = "Place on the leaderboard; 1 is the model chosen."},
    {.field = "metric", .text = "Metric that ranks the models."},
    {.field = "score", .text = "Value of that metric on rows the model never saw."}
)

}  // namespace csva::models
