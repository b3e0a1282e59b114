#include "foundation/base/files.hpp"
#include "foundation/jobs/queue.hpp"

#include <filesystem>
#include <sstream>

namespace csva::jobs {
namespace {

class JobsLifecycle final : public store::Lifecycle {
public:
    explicit JobsLifecycle(std::filesystem::path staging) : staging_(std::move(staging)) {}
    std::string_view feature() const override { return "jobs"; }
    std::vector<std::string_view> tables() const override {
        return {"jobs", "job_attempts", "schedules"};
    }
    /// What a job is to work on is named by the feature that enqueued it.
    base::Result<std::set<std::string>> blobs(store::Session&) override {
        return std::set<std::string>{};
    }
    base::Result<void> erase_project(store::Session& session, std::int64_t project_id) override {
        CHECK_OK(session.run("DELETE FROM jobs WHERE project_id = :id", {project_id}));
        return {};
    }
    base::Result<void> erase_user(store::Session& session, const store::Leaver& leaver) override {
        return store::hand_over(session, {"jobs", "user_id"}, leaver);
    }
    /// Numbers of the jobs whose folders may have been left by a worker that died.
    base::Result<std::string> outside(store::Session& session, const store::Leaver& leaver)
        override {
        TRY(const auto rows,
            session.rows("SELECT id FROM jobs WHERE project_id IN " + leaver.projects_sql()));
        std::string named;
        for (const auto& row : rows) named += std::to_string(row.integer("id")) + " ";
        return named;
    }
    base::Result<void> erase_outside(const std::string& named) override {
        std::set<std::string> prefixes;
        std::istringstream numbers(named);
        for (std::string number; numbers >> number;) prefixes.insert("job-" + number + "-attempt-");
        std::error_code failed;
        for (const auto& entry : std::filesystem::directory_iterator(staging_, failed)) {
            const auto name = entry.path().filename().string();
            const auto end = name.rfind('-');
            if (end == std::string::npos || !prefixes.contains(name.substr(0, end + 1))) continue;
            std::filesystem::remove_all(entry.path(), failed);
            if (failed) return std::unexpected(base::unwritable(entry.path()));
        }
        return {};
    }
    base::Result<store::Portion> export_user(store::Session& session, const store::Leaver& leaver)
        override {
        store::Portion out;
        TRY(out.documents["jobs.json"],
            store::rows_as_json(
                session,
                "SELECT id, project_id, dataset_id, kind, state, attempt, reason, created_at, "
                "started_at, finished_at FROM jobs WHERE user_id = :user ORDER BY id",
                {leaver.user_id}
            ));
        return out;
    }
    base::Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(const auto rows,
            session.rows("SELECT id FROM jobs WHERE state NOT IN ('queued', 'running')"
                         " AND finished_at IS NULL"));
        std::vector<std::string> wrong;
        for (const auto& row : rows)
            wrong.push_back("job " + std::to_string(row.integer("id")) + " ended at no time");
        return wrong;
    }

private:
    std::filesystem::path staging_;
};

}  // namespace

std::unique_ptr<store::Lifecycle> lifecycle(std::filesystem::path staging) {
    return std::make_unique<JobsLifecycle>(std::move(staging));
}

}  // namespace csva::jobs
