#pragma once

#include "features/tracking/types.hpp"
#include "foundation/client/client.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace csva::tracking {

/// A run as another server keeps it.
struct RemoteRun {
    std::string run_id;
    std::string experiment_id;
    std::string artifact_uri;
    std::string lifecycle_stage;
};
CSVA_DESCRIBE(RemoteRun, run_id, experiment_id, artifact_uri, lifecycle_stage)
CSVA_NOTES(RemoteRun, {.field = "lifecycle_stage", .defaulted = true})

/// The calls of MLflow's protocol that a mirror needs, as its clients make them. Each may be made
/// twice. Errors of all: of kind unavailable when the server is away or too busy, else
/// base.internal with what it said.
class Remote {
public:
    Remote(std::string address, std::unique_ptr<client::Client> client, std::stop_token stop)
        : address_(std::move(address)), client_(std::move(client)), stop_(std::move(stop)) {}

    /// Made when there is none, taken out of its bin when it is there.
    base::Result<std::string> experiment(const std::string& name);
    /// Taken out of its bin when it is there.
    base::Result<std::optional<RemoteRun>> find_run(
        const std::string& experiment_id, const KeyValue& tag
    );
    base::Result<RemoteRun> create_run(
        const std::string& experiment_id, const MlflowRunInfo& info, std::vector<KeyValue> tags
    );
    base::Result<void> log_params(const RemoteRun& run, std::vector<KeyValue> params);
    /// At most 1,000.
    base::Result<void> log_metrics(const RemoteRun& run, std::vector<MlflowMetric> metrics);
    base::Result<void> log_inputs(const RemoteRun& run, std::vector<MlflowDatasetInput> inputs);
    /// Into the server's own files. Errors: of kind conflict when it keeps them elsewhere.
    base::Result<void> put_file(
        const RemoteRun& run, std::string_view path, const std::filesystem::path& file
    );
    /// A version of the registered model, from the run's folder `model`, unless it is there.
    base::Result<void> register_version(
        const RemoteRun& run, const std::string& name, std::vector<KeyValue> tags
    );
    base::Result<void> end_run(const RemoteRun& run, const MlflowRunInfo& info);

    /// Experiments of all kinds, those in the bin too.
    base::Result<std::vector<std::string>> experiments();
    /// Runs with that tag in these experiments, those in the bin too, with their own tags.
    struct Tagged {
        RemoteRun run;
        std::vector<KeyValue> tags;
    };
    base::Result<std::vector<Tagged>> runs_with(
        const std::vector<std::string>& experiment_ids, const KeyValue& tag
    );
    base::Result<void> set_tag(const RemoteRun& run, const KeyValue& tag);
    /// Its files and registered versions go, its name and user are blanked, and it is put in the
    /// bin, which only the server's owner can empty (`mlflow gc`).
    base::Result<void> forget(const RemoteRun& run);

private:
    base::Result<void> remove_files(const RemoteRun& run);
    struct Answer;
    base::Result<Answer> ask(const char* method, const std::string& path, std::string json = {});
    template <class Ans>
    base::Result<Ans> must(const char* method, const std::string& path, std::string json = {});

    std::string address_;
    std::unique_ptr<client::Client> client_;
    std::stop_token stop_;
};

}  // namespace csva::tracking
