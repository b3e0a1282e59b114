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

    Result<void> erase_user(store::Session& session, const store::Leaver& leaver) override {
        CHECK_OK(store::hand_over(session, {"datasets", "created_by"}, leaver));
        return store::hand_over(
            session,
            {"dataset_versions",
             "created_by",
             "(SELECT d.project_id FROM datasets d WHERE d.id = dataset_versions.dataset_id)"},
            leaver
        );
    }

    /// The files as they were sent, and the tables made of them (Parquet).
    Result<store::Portion> export_user(store::Session& session, const store::Leaver& leaver)
        override {
        const std::string theirs =
            "(d.created_by = :user OR d.project_id IN " + leaver.projects_sql() + ")";
        store::Portion out;
        TRY(out.documents["datasets.json"],
            store::rows_as_json(
                session,
                "SELECT id, project_id, name, file_name, size_bytes, sha256, state, created_at "
                "FROM datasets d WHERE " +
                    theirs + " ORDER BY id",
                {leaver.user_id}
            ));
        TRY(const auto uploads,
            session.rows(
                "SELECT id, file_name, upload_key FROM datasets d WHERE " + theirs, {leaver.user_id}
            ));
        for (const auto& row : uploads)
            out.blobs
                ["datasets/" + std::to_string(row.integer("id")) + "/" + row.text("file_name")] =
                row.text("upload_key");
        TRY(const auto versions,
            session.rows(
                "SELECT v.id AS id, v.dataset_id AS dataset_id, v.parquet_key AS parquet_key FROM "
                "dataset_versions v JOIN datasets d ON d.id = v.dataset_id WHERE v.parquet_key IS "
                "NOT NULL AND " +
                    theirs,
                {leaver.user_id}
            ));
        for (const auto& row : versions)
            out.blobs
                ["datasets/" + std::to_string(row.integer("dataset_id")) + "/version-" +
                 std::to_string(row.integer("id")) + ".parquet"] = row.text("parquet_key");
        return out;
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
