#pragma once

#include "engine/learn/types.hpp"
#include "features/datasets/types.hpp"
#include "features/models/types.hpp"
#include "features/privacy/types.hpp"
#include "foundation/base/described.hpp"
#include "foundation/jobs/types.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace csva::training {

struct TrainingTag;
using TrainingId = base::Id<TrainingTag>;

inline constexpr std::string_view kNotFound = "training.not_found";
inline constexpr std::string_view kNoHeldOut = "training.no_held_out";
inline constexpr std::string_view kTrainJob = "train";

/// One training: what was asked, how it goes, what came out.
struct Training {
    TrainingId id;
    std::int64_t project_id = 0;
    datasets::DatasetId dataset_id;
    datasets::VersionId version_id;
    jobs::JobId job_id;
    jobs::State state = jobs::State::queued;
    learn::TrainRequest request;
    std::vector<std::string> left_out;
    std::optional<learn::Report> report;
    std::optional<datasets::Problem> problem;
    std::vector<models::Model> models;
    std::int64_t created_by = 0;
    std::int64_t created_at = 0;
    std::optional<std::int64_t> finished_at;
};
CSVA_DESCRIBE(
    Training,
    id,
    project_id,
    dataset_id,
    version_id,
    job_id,
    state,
    request,
    left_out,
    report,
    problem,
    models,
    created_by,
    created_at,
    finished_at
)
CSVA_NOTES(
    Training,
    {.field = "job_id",
     .text = "Job that does the work; its progress and events are at /api/v1/jobs/{job_id}."},
    {.field = "left_out", .text = "Personal columns that it did not learn from."},
    {.field = "report", .text = "Leaderboard, verdict and importance; null before the end."},
    {.field = "problem", .text = "Why it failed; null when it did not."},
    {.field = "models", .text = "Models that can predict, best first."},
    {.field = "created_at", .text = "Unix milliseconds."}
)

struct TrainingList {
    std::vector<Training> trainings;
};
CSVA_DESCRIBE(TrainingList, trainings)

/// GET /api/v1/datasets/{dataset_id}/targets
struct TargetList {
    std::vector<learn::TargetCandidate> targets;
};
CSVA_DESCRIBE(TargetList, targets)
CSVA_NOTES(
    TargetList, {.field = "targets", .text = "Columns worth predicting, the likeliest first."}
)

struct TrainingPath {
    TrainingId training_id;
};
CSVA_DESCRIBE(TrainingPath, training_id)

/// POST /api/v1/datasets/{dataset_id}/trainings
struct NewTraining {
    datasets::DatasetId dataset_id;
    std::optional<datasets::VersionId> version_id;
    std::string target;
    learn::Task task = learn::Task::automatic;
    learn::Preset preset = learn::Preset::quick;
    double budget_s = 0;
    learn::TrainOptions options;
    std::vector<privacy::NewDecision> decisions;
    privacy::Undecided undecided = privacy::Undecided::refuse;
};
CSVA_DESCRIBE(
    NewTraining,
    dataset_id,
    version_id,
    target,
    task,
    preset,
    budget_s,
    options,
    decisions,
    undecided
)
CSVA_NOTES(
    NewTraining,
    {.field = "version_id", .text = "Version to learn from; null: the current one."},
    {.field = "target", .text = "Name of the column to predict.", .minimum = 1, .maximum = 1000},
    {.field = "task",
     .text = "Kind of answer; automatic: deduced from the target.",
     .defaulted = true},
    {.field = "preset", .text = "How much work to put in.", .defaulted = true},
    {.field = "budget_s",
     .text = "Time limit in seconds; 0: the preset's.",
     .minimum = 0,
     .maximum = 86400,
     .defaulted = true},
    {.field = "options", .text = "Advanced options.", .defaulted = true},
    {.field = "decisions",
     .text = "What becomes of personal columns: keep or drop; recorded before the training starts.",
     .maximum = 1000,
     .defaulted = true},
    {.field = "undecided",
     .text =
         "Personal columns without a decision: refuse to train, or leave them out of the model.",
     .defaulted = true}
)

}  // namespace csva::training
