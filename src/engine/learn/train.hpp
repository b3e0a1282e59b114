#pragma once

#include "engine/learn/predictor.hpp"
#include "engine/learn/preparation.hpp"
#include "engine/learn/types.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/result.hpp"

#include <memory>
#include <string>
#include <vector>

namespace csva::learn {

struct TrainOutcome {
    Report report;
    Preparation preparation;
    std::vector<StoredModel> models;  ///< One for each leaderboard line.
    std::string held_out_csv;  ///< row_id, truth, prediction, probability_<class>: what the scores
                               ///< are computed from.
};

/// Reads the table once and leaves a model whatever the budget: the baseline is there before
/// anything is fitted. A cancel or the end of the budget keeps the best so far. Each leaderboard
/// line is told to `control.event` as JSON. Errors: learn.unknown_target, learn.one_class,
/// learn.target_missing, learn.too_few_rows, learn.too_many_classes, learn.target_not_numeric,
/// learn.not_two_classes, learn.no_column_left, learn.unknown_family, learn.library_missing, those
/// of the reader.
base::Result<TrainOutcome> train(
    table::TableReader& rows, const TrainRequest& request, base::Control& control
);

/// Columns that could be predicted, most likely first; looks at no more than 10,000 rows.
base::Result<std::vector<TargetCandidate>> propose_targets(table::TableReader& rows);

}  // namespace csva::learn
