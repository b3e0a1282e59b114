#include "features/training/run_record.hpp"

#include "features/accounts/service.hpp"
#include "features/datasets/service.hpp"
#include "features/training/store.hpp"
#include "foundation/base/clock.hpp"

#include <cmath>
#include <map>

namespace csva::training {
namespace {

using base::Result;
using tracking::KeyValue;
using tracking::MlflowMetric;

std::string text_of(double number) {
    std::string out;
    base::encode_number(out, number);
    return out;
}

template <class Enum>
std::string word(Enum value) {
    return std::string(base::type_of<Enum>().enumerators[static_cast<std::size_t>(value)]);
}

std::vector<KeyValue> asked_of(const Training& training) {
    const auto& request = training.request;
    return {
        {"target", request.target},
        {"preset", word(request.preset)},
        {"budget_s", text_of(request.budget_s)},
        {"seed", std::to_string(request.options.seed)},
        {"version_id", std::to_string(training.version_id.value)}
    };
}

std::vector<KeyValue> params_of(const Training& training, const learn::Report& report) {
    auto params = asked_of(training);
    params.insert(
        params.end(),
        {{"task", word(report.task)},
         {"model", report.best},
         {"split", report.split},
         {"rows", std::to_string(report.rows)},
         {"held_out_rows", std::to_string(report.held_out_rows)}}
    );
    return params;
}

MlflowMetric metric(std::string key, double value, std::int64_t now, std::int64_t step = 0) {
    MlflowMetric out;
    out.key = std::move(key);
    out.value = {base::Cell::Kind::number, {}, value};
    out.timestamp = now;
    out.step = step;
    return out;
}

/// Scores of the model chosen by their names, those of the others below their model's; and each
/// round of boosting as a step.
std::vector<MlflowMetric> metrics_of(
    const learn::Report& report, const std::vector<learn::LearningCurve>& curves
) {
    const std::int64_t now = base::Clock::wall_ms();
    const auto key = [&](const std::string& model, const std::string& name) {
        return model == report.best ? name : model + "." + name;
    };
    std::vector<MlflowMetric> out;
    for (const auto& line : report.leaderboard)
        for (const auto& score : line.scores)
            if (std::isfinite(score.value))
                out.push_back(metric(key(line.name, score.name), score.value, now));
    for (const auto& curve : curves)
        for (std::size_t i = 0; i < curve.values.size(); ++i)
            if (std::isfinite(curve.values[i]))
                out.push_back(metric(
                    key(curve.model, "validation_" + curve.loss),
                    curve.values[i],
                    now,
                    static_cast<std::int64_t>(i + 1)
                ));
    return out;
}

tracking::MlflowDatasetInput data_of(const datasets::Dataset& dataset, const Training& training) {
    const std::map<std::string, std::string> source = {
        {"dataset_id", std::to_string(dataset.id.value)},
        {"version_id", std::to_string(training.version_id.value)},
        {"file_name", dataset.file_name},
        {"sha256", dataset.sha256}
    };
    return {
        {{"mlflow.data.context", "training"}},
        {dataset.name, dataset.sha256, "csva", base::to_json(source), {}, {}}
    };
}

/// What all runs of trainings have; nothing when the data set is gone.
Result<std::optional<tracking::RecordedTraining>> begin(
    store::Session& session, const Training& training
) {
    TRY(const auto dataset, datasets::find(session, training.dataset_id, i18n::Language::en));
    if (!dataset) return std::optional<tracking::RecordedTraining>{};
    tracking::RecordedTraining run;
    run.project_id = training.project_id;
    run.training_id = training.id.value;
    run.dataset_id = dataset->id.value;
    run.dataset_name = dataset->name;
    TRY(run.user_name, accounts::name_of(session, accounts::UserId(training.created_by)));
    run.started_at = training.created_at;
    run.params = asked_of(training);
    run.tags = {
        {"mlflow.user", run.user_name},
        {"mlflow.source.name", "csva"},
        {"csva:training_id", std::to_string(training.id.value)}
    };
    run.data = data_of(*dataset, training);
    return std::optional(std::move(run));
}

Result<Training> training_of(store::Session& session, TrainingId id) {
    TRY(auto training, find(session, id, i18n::Language::en));
    if (!training) return base::fail(base::ErrorKind::not_found, kNotFound);
    return std::move(*training);
}

}  // namespace

Result<void> record_success(
    store::Session& session,
    TrainingId id,
    const learn::Report& report,
    const Stored& stored,
    models::ModelId chosen
) {
    TRY(const auto training, training_of(session, id));
    TRY(auto run, begin(session, training));
    if (!run) return {};
    run->status = "FINISHED";
    run->model_name = datasets::without_ending(run->dataset_name) + "-" + report.target;
    run->params = params_of(training, report);
    run->metrics = metrics_of(report, stored.curves);
    run->tags.push_back({"csva:verdict", report.verdict.kind});
    run->folders = {stored.model, stored.record};
    run->model_id = chosen;
    return tracking::record(session, *run);
}

Result<void> record_failure(store::Session& session, TrainingId id, const base::Error& error) {
    TRY(const auto training, training_of(session, id));
    TRY(auto run, begin(session, training));
    if (!run) return {};
    run->status = error.reason == base::kCancelledReason ? "KILLED" : "FAILED";
    run->tags.push_back({"csva:problem", error.reason});
    return tracking::record(session, *run);
}

}  // namespace csva::training
