#include "features/training/service.hpp"
#include "features/training/store.hpp"

namespace csva::embedded {
std::span<const base::EmbeddedFile> training_migrations();
}

namespace csva::training {
namespace {

class TrainingLifecycle final : public store::Lifecycle {
public:
    std::string_view feature() const override { return "training"; }
    std::vector<std::string_view> tables() const override { return {"trainings"}; }
    base::Result<std::set<std::string>> blobs(store::Session& session) override {
        return referenced_blobs(session);
    }
    base::Result<void> erase_project(store::Session& session, std::int64_t project_id) override {
        return erase_of_project(session, project_id);
    }
    base::Result<void> erase_user(store::Session& session, const store::Leaver& leaver) override {
        return store::hand_over(session, {"trainings", "created_by"}, leaver);
    }
    base::Result<store::Portion> export_user(store::Session& session, const store::Leaver& leaver)
        override {
        const std::string theirs =
            "(created_by = :user OR project_id IN " + leaver.projects_sql() + ")";
        store::Portion out;
        TRY(out.documents["trainings.json"],
            store::rows_as_json(
                session,
                "SELECT id, project_id, dataset_id, version_id, state, request, report, "
                "created_at, finished_at FROM trainings WHERE " +
                    theirs + " ORDER BY id",
                {leaver.user_id}
            ));
        TRY(const auto rows,
            session.rows(
                "SELECT id, bundle_key FROM trainings WHERE bundle_key <> '' AND " + theirs,
                {leaver.user_id}
            ));
        for (const auto& row : rows)
            out.blobs["models/training-" + std::to_string(row.integer("id"))] =
                row.text("bundle_key");
        return out;
    }
    /// The rows that were held out for the scores.
    base::Result<void> forget_rows(
        store::Session& session, std::int64_t dataset_id, std::set<std::string>& freed
    ) override {
        TRY(const auto rows,
            session.rows(
                "SELECT held_out_key FROM trainings WHERE dataset_id = :id AND held_out_key <> ''",
                {dataset_id}
            ));
        for (const auto& row : rows) freed.insert(row.text("held_out_key"));
        CHECK_OK(session.run(
            "UPDATE trainings SET held_out_key = '' WHERE dataset_id = :id", {dataset_id}
        ));
        return {};
    }
    base::Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(const auto rows,
            session.rows("SELECT id FROM trainings WHERE state = 'succeeded' AND bundle_key = ''"));
        std::vector<std::string> wrong;
        for (const auto& row : rows)
            wrong.push_back("training " + std::to_string(row.integer("id")) + " has no bundle");
        return wrong;
    }
};

}  // namespace

store::Migrations migrations() { return embedded::training_migrations(); }
std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<TrainingLifecycle>(); }

}  // namespace csva::training
