#include "features/tracking/remote.hpp"

#include <algorithm>

namespace csva::tracking {
namespace {

using base::ErrorKind;
using base::Result;

constexpr std::size_t kTextsAtOnce = 100;
constexpr std::size_t kDigestMax = 36;  // Of the server; the whole stands in the source.

struct Nothing {
    std::map<std::string, base::Json> more;
};
CSVA_DESCRIBE(Nothing, more)
CSVA_NOTES(Nothing, {.field = "more", .catch_all = true})

struct Failure {
    std::string error_code;
    std::string message;
};
CSVA_DESCRIBE(Failure, error_code, message)
CSVA_NOTES(
    Failure, {.field = "error_code", .defaulted = true}, {.field = "message", .defaulted = true}
)

struct ExperimentName {
    std::string name;
};
CSVA_DESCRIBE(ExperimentName, name)
struct ExperimentRef {
    std::string experiment_id;
    std::string lifecycle_stage;
};
CSVA_DESCRIBE(ExperimentRef, experiment_id, lifecycle_stage)
CSVA_NOTES(ExperimentRef, {.field = "lifecycle_stage", .defaulted = true})
struct ExperimentFound {
    ExperimentRef experiment;
};
CSVA_DESCRIBE(ExperimentFound, experiment)

struct RunInfoFound {
    RemoteRun info;
};
CSVA_DESCRIBE(RunInfoFound, info)
struct RunFound {
    RunInfoFound run;
};
CSVA_DESCRIBE(RunFound, run)
struct RunsFound {
    std::vector<RunInfoFound> runs;
};
CSVA_DESCRIBE(RunsFound, runs)
CSVA_NOTES(RunsFound, {.field = "runs", .defaulted = true})

struct RunsWish {
    std::vector<std::string> experiment_ids;
    std::string filter;
    std::string run_view_type = "ALL";
    std::int64_t max_results = 1;
};
CSVA_DESCRIBE(RunsWish, experiment_ids, filter, run_view_type, max_results)
struct RunWish {
    std::string experiment_id;
    std::string user_id;
    std::string run_name;
    std::int64_t start_time = 0;
    std::vector<KeyValue> tags;
};
CSVA_DESCRIBE(RunWish, experiment_id, user_id, run_name, start_time, tags)
struct RunRef {
    std::string run_id;
};
CSVA_DESCRIBE(RunRef, run_id)
struct RunEnd {
    std::string run_id;
    std::string status;
    std::int64_t end_time = 0;
};
CSVA_DESCRIBE(RunEnd, run_id, status, end_time)
struct Batch {
    std::string run_id;
    std::vector<MlflowMetric> metrics;
    std::vector<KeyValue> params;
};
CSVA_DESCRIBE(Batch, run_id, metrics, params)
struct Inputs {
    std::string run_id;
    std::vector<MlflowDatasetInput> datasets;
};
CSVA_DESCRIBE(Inputs, run_id, datasets)

struct RunData {
    std::vector<KeyValue> tags;
};
CSVA_DESCRIBE(RunData, tags)
CSVA_NOTES(RunData, {.field = "tags", .defaulted = true})
struct WholeRun {
    RemoteRun info;
    RunData data;
};
CSVA_DESCRIBE(WholeRun, info, data)
CSVA_NOTES(WholeRun, {.field = "data", .defaulted = true})
struct WholeRunsFound {
    std::vector<WholeRun> runs;
};
CSVA_DESCRIBE(WholeRunsFound, runs)
CSVA_NOTES(WholeRunsFound, {.field = "runs", .defaulted = true})
struct ExperimentsWish {
    std::int64_t max_results = 1000;
    std::string page_token;
    std::string view_type = "ALL";
};
CSVA_DESCRIBE(ExperimentsWish, max_results, page_token, view_type)
struct ExperimentsFound {
    std::vector<ExperimentRef> experiments;
    std::string next_page_token;
};
CSVA_DESCRIBE(ExperimentsFound, experiments, next_page_token)
CSVA_NOTES(
    ExperimentsFound,
    {.field = "experiments", .defaulted = true},
    {.field = "next_page_token", .defaulted = true}
)
struct TagWish {
    std::string run_id;
    std::string key;
    std::string value;
};
CSVA_DESCRIBE(TagWish, run_id, key, value)
struct RunName {
    std::string run_id;
    std::string run_name;
};
CSVA_DESCRIBE(RunName, run_id, run_name)
struct VersionRef {
    std::string name;
    std::string version;
};
CSVA_DESCRIBE(VersionRef, name, version)

struct VersionsFound {
    std::vector<models::Registration> model_versions;
};
CSVA_DESCRIBE(VersionsFound, model_versions)
CSVA_NOTES(VersionsFound, {.field = "model_versions", .defaulted = true})
struct VersionWish {
    std::string name;
    std::string source;
    std::string run_id;
    std::vector<KeyValue> tags;
};
CSVA_DESCRIBE(VersionWish, name, source, run_id, tags)

template <class T>
std::string said(const T& wish) {
    return base::to_json(wish, base::Writing::present_only);
}

/// Path of the run's files below the server's artifacts. Errors: of kind conflict when it keeps
/// them elsewhere.
Result<std::string> served_root(const RemoteRun& run) {
    constexpr std::string_view kScheme = "mlflow-artifacts:";
    std::string_view root = run.artifact_uri;
    if (!root.starts_with(kScheme))
        return std::unexpected(
            base::Error(ErrorKind::conflict, "base.internal")
                .with_internal("its artifacts are not served by it: " + run.artifact_uri)
        );
    root.remove_prefix(kScheme.size());
    if (root.starts_with("//")) root.remove_prefix(std::min(root.find('/', 2), root.size()));
    return std::string(root);
}

}  // namespace

struct Remote::Answer {
    bool good = false;
    std::string code;  ///< MLflow's, when not good.
    std::string body;
};

/// A refusal is an answer; a server that is away, starting or too busy is an error.
Result<Remote::Answer> Remote::ask(const char* method, const std::string& path, std::string json) {
    constexpr long kOk = 200, kMultiple = 300, kTimeout = 408, kBusy = 429, kServer = 500;
    TRY(auto answer,
        client_->send(
            {.method = method, .url = address_ + "/api/2.0/mlflow/" + path, .json = std::move(json)
            },
            stop_
        ));
    if (answer.status >= kOk && answer.status < kMultiple)
        return Answer{true, {}, std::move(answer.body)};
    if (answer.status >= kServer || answer.status == kBusy || answer.status == kTimeout)
        return std::unexpected(base::Error(ErrorKind::unavailable, "base.internal")
                                   .with_internal(path + ": " + std::to_string(answer.status)));
    Failure failure;
    (void)base::decode(answer.body, base::type_of<Failure>(), &failure, base::Reading::lenient);
    if (failure.error_code.empty()) failure.error_code = std::to_string(answer.status);
    return Answer{
        false, failure.error_code, path + ": " + failure.error_code + " " + failure.message
    };
}

template <class Ans>
Result<Ans> Remote::must(const char* method, const std::string& path, std::string json) {
    TRY(const auto answer, ask(method, path, std::move(json)));
    if (!answer.good) return std::unexpected(base::internal_error(answer.body));
    Ans out;
    CHECK_OK(base::decode(answer.body, base::type_of<Ans>(), &out, base::Reading::lenient));
    return out;
}

Result<std::string> Remote::experiment(const std::string& name) {
    const std::string by_name = "experiments/get-by-name?experiment_name=" + client::escaped(name);
    TRY(const auto known, ask("GET", by_name));
    if (!known.good && known.code != "RESOURCE_DOES_NOT_EXIST")
        return std::unexpected(base::internal_error(known.body));
    if (!known.good) {
        TRY(const auto made, ask("POST", "experiments/create", said(ExperimentName{name})));
        if (!made.good && made.code != "RESOURCE_ALREADY_EXISTS")
            return std::unexpected(base::internal_error(made.body));
    }
    TRY(const auto found, must<ExperimentFound>("GET", by_name));
    if (found.experiment.lifecycle_stage == kDeleted)
        CHECK_OK(must<Nothing>(
            "POST", "experiments/restore", said(ExperimentRef{found.experiment.experiment_id, {}})
        ));
    return found.experiment.experiment_id;
}

Result<std::optional<RemoteRun>> Remote::find_run(
    const std::string& experiment_id, const KeyValue& tag
) {
    const RunsWish wish{{experiment_id}, "tags.`" + tag.key + "` = '" + tag.value + "'"};
    TRY(auto found, must<RunsFound>("POST", "runs/search", said(wish)));
    if (found.runs.empty()) return std::optional<RemoteRun>{};
    auto& run = found.runs.front().info;
    if (run.lifecycle_stage == kDeleted)
        CHECK_OK(must<Nothing>("POST", "runs/restore", said(RunRef{run.run_id})));
    return std::optional(std::move(run));
}

Result<RemoteRun> Remote::create_run(
    const std::string& experiment_id, const MlflowRunInfo& info, std::vector<KeyValue> tags
) {
    const RunWish wish{
        experiment_id, info.user_id, info.run_name, info.start_time, std::move(tags)
    };
    TRY(auto made, must<RunFound>("POST", "runs/create", said(wish)));
    return std::move(made.run.info);
}

Result<void> Remote::log_params(const RemoteRun& run, std::vector<KeyValue> params) {
    for (std::size_t at = 0; at < params.size(); at += kTextsAtOnce) {
        const auto begin = params.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = params.begin() +
                         static_cast<std::ptrdiff_t>(std::min(at + kTextsAtOnce, params.size()));
        CHECK_OK(must<Nothing>("POST", "runs/log-batch", said(Batch{run.run_id, {}, {begin, end}}))
        );
    }
    return {};
}

Result<void> Remote::log_metrics(const RemoteRun& run, std::vector<MlflowMetric> metrics) {
    CHECK_OK(
        must<Nothing>("POST", "runs/log-batch", said(Batch{run.run_id, std::move(metrics), {}}))
    );
    return {};
}

Result<void> Remote::log_inputs(const RemoteRun& run, std::vector<MlflowDatasetInput> inputs) {
    for (auto& input : inputs)
        input.dataset.digest.resize(std::min(input.dataset.digest.size(), kDigestMax));
    CHECK_OK(must<Nothing>("POST", "runs/log-inputs", said(Inputs{run.run_id, std::move(inputs)})));
    return {};
}

Result<void> Remote::put_file(
    const RemoteRun& run, std::string_view path, const std::filesystem::path& file
) {
    TRY(const std::string root, served_root(run));
    std::string url = address_ + "/api/2.0/mlflow-artifacts/artifacts" + root;
    while (!path.empty()) {
        const auto slash = path.find('/');
        url += "/" + client::escaped(path.substr(0, slash));
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    constexpr long kRefused = 400, kServer = 500;
    TRY(const auto answer,
        client_->send({.method = "PUT", .url = std::move(url), .file = file}, stop_));
    if (answer.status < kRefused) return {};
    return std::unexpected(
        base::Error(
            answer.status >= kServer ? ErrorKind::unavailable : ErrorKind::internal, "base.internal"
        )
            .with_internal("artifact: " + std::to_string(answer.status) + " " + answer.body)
    );
}

Result<void> Remote::register_version(
    const RemoteRun& run, const std::string& name, std::vector<KeyValue> tags
) {
    const std::string filter = client::escaped("run_id = '" + run.run_id + "'");
    TRY(const auto known, must<VersionsFound>("GET", "model-versions/search?filter=" + filter));
    const auto same = std::ranges::find(known.model_versions, name, &models::Registration::name);
    if (same != known.model_versions.end()) return {};
    TRY(const auto model, ask("POST", "registered-models/create", said(ExperimentName{name})));
    if (!model.good && model.code != "RESOURCE_ALREADY_EXISTS")
        return std::unexpected(base::internal_error(model.body));
    const VersionWish wish{name, run.artifact_uri + "/model", run.run_id, std::move(tags)};
    CHECK_OK(must<Nothing>("POST", "model-versions/create", said(wish)));
    return {};
}

Result<void> Remote::end_run(const RemoteRun& run, const MlflowRunInfo& info) {
    const RunEnd wish{run.run_id, info.status, info.end_time.value_or(info.start_time)};
    CHECK_OK(must<Nothing>("POST", "runs/update", said(wish)));
    return {};
}

Result<std::vector<std::string>> Remote::experiments() {
    std::vector<std::string> ids;
    ExperimentsWish wish;
    do {
        TRY(const auto found, must<ExperimentsFound>("POST", "experiments/search", said(wish)));
        for (const auto& experiment : found.experiments) ids.push_back(experiment.experiment_id);
        wish.page_token = found.next_page_token;
    } while (!wish.page_token.empty());
    return ids;
}

Result<std::vector<Remote::Tagged>> Remote::runs_with(
    const std::vector<std::string>& experiment_ids, const KeyValue& tag
) {
    constexpr std::int64_t kMost = 1000;
    std::vector<Tagged> out;
    for (std::size_t at = 0; at < experiment_ids.size(); at += kTextsAtOnce) {
        const auto begin = experiment_ids.begin() + static_cast<std::ptrdiff_t>(at);
        const auto last = std::min(at + kTextsAtOnce, experiment_ids.size());
        RunsWish wish{
            {begin, experiment_ids.begin() + static_cast<std::ptrdiff_t>(last)},
            "tags.`" + tag.key + "` = '" + tag.value + "'"
        };
        wish.max_results = kMost;
        TRY(auto found, must<WholeRunsFound>("POST", "runs/search", said(wish)));
        for (auto& run : found.runs) out.push_back({std::move(run.info), std::move(run.data.tags)});
    }
    return out;
}

Result<void> Remote::set_tag(const RemoteRun& run, const KeyValue& tag) {
    CHECK_OK(must<Nothing>(
        "POST", "runs/set-tag", base::to_json(TagWish{run.run_id, tag.key, tag.value})
    ));
    return {};
}

/// Files that the server does not serve itself are not ours to reach.
Result<void> Remote::remove_files(const RemoteRun& run) {
    const auto root = served_root(run);
    if (!root) return {};
    constexpr long kRefused = 400, kAbsent = 404;
    const std::string url = address_ + "/api/2.0/mlflow-artifacts/artifacts" + *root;
    TRY(const auto answer, client_->send({.method = "DELETE", .url = url}, stop_));
    if (answer.status < kRefused || answer.status == kAbsent) return {};
    return std::unexpected(base::Error(ErrorKind::unavailable, "base.internal")
                               .with_internal("artifacts: " + std::to_string(answer.status)));
}

Result<void> Remote::forget(const RemoteRun& run) {
    const std::string filter = client::escaped("run_id = '" + run.run_id + "'");
    TRY(const auto known, must<VersionsFound>("GET", "model-versions/search?filter=" + filter));
    for (const auto& version : known.model_versions)
        CHECK_OK(must<Nothing>(
            "DELETE", "model-versions/delete", said(VersionRef{version.name, version.version})
        ));
    CHECK_OK(remove_files(run));
    if (run.lifecycle_stage == kDeleted) return {};
    CHECK_OK(set_tag(run, {"mlflow.user", "erased"}));
    CHECK_OK(must<Nothing>("POST", "runs/update", said(RunName{run.run_id, "erased"})));
    CHECK_OK(must<Nothing>("POST", "runs/delete", said(RunRef{run.run_id})));
    return {};
}

}  // namespace csva::tracking
