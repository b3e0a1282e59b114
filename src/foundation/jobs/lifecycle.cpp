#include "foundation/jobs/queue.hpp"

namespace csva::jobs {
namespace {

class JobsLifecycle final : public store::Lifecycle {
public:
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
    base::Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(const auto rows,
            session.rows("SELECT id FROM jobs WHERE state NOT IN ('queued', 'running')"
                         " AND finished_at IS NULL"));
        std::vector<std::string> wrong;
        for (const auto& row : rows)
            wrong.push_back("job " + std::to_string(row.integer("id")) + " ended at no time");
        return wrong;
    }
};

}  // namespace

std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<JobsLifecycle>(); }

}  // namespace csva::jobs
