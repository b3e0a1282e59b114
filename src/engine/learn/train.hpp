#pragma once

#include "engine/learn/predictor.hpp"
#include "engine/learn/preparation.hpp"
#include "engine/learn/raw_table.hpp"
#include "engine/learn/types.hpp"
#include "engine/table/source.hpp"
#include "foundation/base/control.hpp"
#include "foundation/base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace csva::learn {

/// The best model's answers to the rows held out: what watching compares later answers with.
struct HeldOut {
    std::vector<double> truth;    ///< Position of the class, or the value.
    std::vector<double> answers;  ///< Row by row: a probability for each class, or the estimate.
};

/// How a model of the leaderboard learnt: its loss on rows that it did not learn from, after each
/// round of boosting.
struct LearningCurve {
    std::string model;
    std::string loss;  ///< log_loss, mse, or mse_of_log.
    std::vector<double> values;
};
CSVA_DESCRIBE(LearningCurve, model, loss, values)

struct TrainOutcome {
    Report report;
    Preparation preparation;
    std::vector<StoredModel> models;  ///< One for each leaderboard line.
    std::vector<LearningCurve> curves;
    std::string held_out_csv;  ///< See held_out_csv() in evaluate.hpp: what the scores
                               ///< are computed from.
    HeldOut held_out;
};

/// Learns what cleaning has to learn (a mean that fills) again from the rows with these ids
/// (ascending) alone; the table then starts again with the values that follow from them.
using Refit = std::function<base::Result<void>(std::span<const std::int64_t> row_ids)>;

/// Reads the table once (twice with `refit`, which is told the rows that are not held out: these
/// lend nothing to what cleaning learns) and leaves a model whatever the budget, whose clock runs
/// from `begun_s` (see steady_now_s; 0: from now): the baseline is there before anything is fitted.
/// A cancel or the end of the budget keeps the best so far. Each
/// leaderboard line is told to `control.event` as JSON. Errors: learn.unknown_target,
/// learn.one_class, learn.target_missing, learn.too_few_rows, learn.too_many_classes,
/// learn.target_not_numeric, learn.not_two_classes, learn.no_column_left, learn.unknown_family,
/// learn.library_missing, those of the reader.
base::Result<TrainOutcome> train(
    table::TableReader& rows,
    const TrainRequest& request,
    base::Control& control,
    const Refit& refit = {},
    double begun_s = 0
);

/// The same for a table that is in memory already.
base::Result<TrainOutcome> train(
    RawTable table, const TrainRequest& request, base::Control& control
);

/// For a command that has the machine to itself: when no other program runs just now, the threads
/// of LightGBM wait for one another awake for some 100 us. Waking one costs more than that on a
/// virtual machine; beside another training the waiting itself would slow both down. Before the
/// first training of the process; takes 10 ms.
void wait_awake_if_alone();

}  // namespace csva::learn
