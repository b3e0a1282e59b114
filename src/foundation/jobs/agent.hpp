#pragma once

#include "foundation/base/metrics.hpp"
#include "foundation/base/settings.hpp"
#include "foundation/blob/blob.hpp"
#include "foundation/jobs/kind.hpp"
#include "foundation/store/database.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace csva::jobs {

/// The worker: leases a job, spawns `csva job-child` for it in a folder of its own, beats the
/// lease, watches memory and the cancel flag, publishes under the lease or records why not. `run`
/// blocks until `stop` or until there was nothing to do for `idle`; a job under way is handed back.
class Agent {
public:
    /// Told of a job that has ended for good, inside the transaction that ends it; `user_id` is
    /// whoever asked for it.
    using OnEnded = std::function<
        base::Result<void>(store::Session&, const Job&, std::int64_t user_id, jobs::State)>;
    /// Told of it once that is committed; `reason` says why it failed.
    using OnCommitted =
        std::function<void(const Job&, std::int64_t user_id, jobs::State, std::string_view reason)>;
    struct Parts {
        store::Database& database;
        blob::BlobStore& blobs;
        const Kinds& kinds;
        const base::Settings& settings;
        base::Metrics& metrics;
        std::filesystem::path program;  ///< The csva executable.
        OnEnded on_ended = {};
        OnCommitted on_committed = {};
        std::chrono::seconds idle{0};  ///< `run` ends after this long without a job; 0: never.
    };
    explicit Agent(Parts parts);
    ~Agent();
    Agent(const Agent&) = delete;
    Agent& operator=(const Agent&) = delete;
    void run();
    void stop();

private:
    struct State;
    std::unique_ptr<State> state_;
};

/// The child's main: reads `folder`/job.json, runs the body of its kind, writes outcome.json or
/// error.json, speaks progress on standard output. Returns the exit code.
int run_child(const Kinds& kinds, const std::filesystem::path& folder);

/// Feeds changes of jobs to `publish(topic, event, json)` once a second: topics "user:<id>" and
/// "job:<id>", event "job". One per serving process.
class Poller {
public:
    using Publish =
        std::function<void(std::string_view topic, std::string_view event, std::string_view json)>;
    Poller(store::Database& database, Publish publish);
    ~Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace csva::jobs
