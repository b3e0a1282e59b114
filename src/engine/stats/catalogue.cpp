#include "engine/stats/catalogue.hpp"

namespace csva::stats {
namespace {

constexpr ScoreInfo kScores[] = {
    {"roc_auc",
     true,
     ScoreTask::binary,
     [](const ScoreInput& in, Counts c) {
         return roc_auc_sorted(in.order, in.truth, in.positive, c);
     },
     "How often a row of the second class gets a higher probability than one of the first."},
    {"log_loss",
     false,
     ScoreTask::classification,
     [](const ScoreInput& in, Counts c) { return log_loss(in.truth, in.probabilities, c); },
     "Mean surprise at the true class; low when probabilities are honest."},
    {"accuracy",
     true,
     ScoreTask::classification,
     [](const ScoreInput& in, Counts c) { return accuracy(in.truth, in.predicted, c); },
     "Share of rows whose class is predicted right."},
    {"macro_f1",
     true,
     ScoreTask::classification,
     [](const ScoreInput& in, Counts c) {
         return macro_f1(in.truth, in.predicted, in.class_count, c);
     },
     "Mean over the classes of the balance between rows found and rows rightly named."},
    {"r2",
     true,
     ScoreTask::regression,
     [](const ScoreInput& in, Counts c) { return r2(in.values, in.estimates, c); },
     "Share of the target's variation that is predicted."},
    {"rmse",
     false,
     ScoreTask::regression,
     [](const ScoreInput& in, Counts c) { return rmse(in.values, in.estimates, c); },
     "Typical error, large errors counted more, in the target's unit."},
    {"mae",
     false,
     ScoreTask::regression,
     [](const ScoreInput& in, Counts c) { return mean_absolute_error(in.values, in.estimates, c); },
     "Mean size of the error, in the target's unit."},
};

}  // namespace

std::span<const ScoreInfo> scores() { return kScores; }

const ScoreInfo* find_score(std::string_view name) {
    for (const auto& row : kScores)
        if (row.name == name) return &row;
    return nullptr;
}

}  // namespace csva::stats
