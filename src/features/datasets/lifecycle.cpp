#include "features/datasets/service.hpp"
#include "features/datasets/store.hpp"
#include "foundation/jobs/queue.hpp"

namespace csva::embedded {
store::Migrations datasets_migrations();
}

namespace csva::datasets {
namespace {

using base::Result;

class DatasetsLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "datasets"; }

    std::vector<std::string_view> tables() const override {
        return {"datasets", "dataset_versions"};
    }

    base::Result<std::set<std::string>> blobs(store::Session& session) override {
        return referenced_blobs(session);
    }
    Result<void> erase_project(store::Session& session, std::int64_t project_id) override {
        return erase_of_project(session, project_id);
    }

    Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(const auto rows,
            session.rows("SELECT d.id AS id FROM datasets d WHERE d.state IN ('ready', 'cleaning')"
                         " AND NOT EXISTS (SELECT 1 FROM dataset_versions v"
                         " WHERE v.id = d.current_version_id AND v.ready = 1)"));
        std::vector<std::string> wrong;
        for (const auto& row : rows)
            wrong.push_back("data set " + std::to_string(row.integer("id")) + " has no version");
        return wrong;
    }
};

}  // namespace

store::Migrations migrations() { return embedded::datasets_migrations(); }

std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<DatasetsLifecycle>(); }

accounts::ObjectKind object_kind() { return {"dataset", kNotFound, project_of}; }

accounts::ObjectKind job_kind() {
    return {
        "job",
        "jobs.not_found",
        [](store::Session& session, std::int64_t id) -> Result<std::optional<std::int64_t>> {
            const auto job = jobs::get(session, jobs::JobId(id));
            if (job) return std::optional<std::int64_t>(job->project_id);
            if (job.error().kind == base::ErrorKind::not_found)
                return std::optional<std::int64_t>{};
            return std::unexpected(job.error());
        }
    };
}

}  // namespace csva::datasets
