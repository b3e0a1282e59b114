#pragma once

#include "foundation/base/settings.hpp"
#include "foundation/jobs/types.hpp"
#include "foundation/store/database.hpp"
#include "foundation/store/lifecycle.hpp"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace csva::jobs {

store::Migrations migrations();
std::vector<base::SettingRow> setting_rows();
/// `staging`: where folders of jobs are made.
std::unique_ptr<store::Lifecycle> lifecycle(std::filesystem::path staging);

/// What a feature puts in the queue.
struct NewJob {
    std::string kind;
    std::int64_t project_id = 0;
    std::int64_t dataset_id = 0;
    std::int64_t user_id = 0;  ///< Who hears of it.
    std::string input;         ///< JSON.
    std::int64_t attempts_max = 3;
};

/// Inside the caller's transaction, so that the job exists if and only if its subject does.
base::Result<JobId> enqueue(store::Session& session, const NewJob& job);

/// Errors: jobs.not_found.
base::Result<Job> get(store::Session& session, JobId id);
/// What was enqueued with it. Errors: jobs.not_found.
base::Result<std::string> input_of(store::Session& session, JobId id);
/// Newest first.
base::Result<std::vector<Job>> list(
    store::Session& session, std::int64_t project_id, std::int64_t dataset_id, std::int64_t limit
);
/// Number of jobs that wait or run.
base::Result<std::int64_t> count(store::Session& session);
/// Forgets jobs that ended longer than `keep_ms` ago. Returns how many.
base::Result<std::int64_t> forget_ended(store::Session& session, std::int64_t keep_ms);
/// Asks all jobs of these projects to stop; how many still run under a living worker.
base::Result<std::int64_t> stop_all(
    store::Session& session, const std::vector<std::int64_t>& projects
);
/// A queued job ends at once; a running one is asked to stop. Errors: jobs.not_found.
base::Result<Job> cancel(store::Session& session, JobId id);

}  // namespace csva::jobs
