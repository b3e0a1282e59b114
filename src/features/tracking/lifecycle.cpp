#include "features/tracking/mirrored.hpp"
#include "features/tracking/service.hpp"

namespace csva::embedded {
store::Migrations tracking_migrations();
}

namespace csva::tracking {
namespace {

using base::Result;

class TrackingLifecycle final : public store::Lifecycle {
public:
    explicit TrackingLifecycle(const base::Settings& settings) : settings_(settings) {}
    std::string_view feature() const override { return "tracking"; }

    std::vector<std::string_view> tables() const override {
        return {
            "tracking_experiments",
            "tracking_experiment_tags",
            "tracking_runs",
            "tracking_params",
            "tracking_tags",
            "tracking_series",
            "tracking_points",
            "tracking_datasets",
            "tracking_inputs",
            "tracking_run_models",
            "tracking_models",
            "tracking_model_params",
            "tracking_model_tags",
            "tracking_model_metrics",
            "tracking_artifacts",
            "tracking_outbox"
        };
    }

    Result<std::set<std::string>> blobs(store::Session& session) override {
        TRY(const auto rows, session.rows("SELECT DISTINCT blob_key FROM tracking_artifacts"));
        std::set<std::string> keys;
        for (const auto& row : rows) keys.insert(row.text("blob_key"));
        return keys;
    }

    /// What hangs on a run, a model or an experiment goes with it, but for the points.
    Result<void> erase_project(store::Session& session, std::int64_t project_id) override {
        CHECK_OK(session.run(
            "DELETE FROM tracking_points WHERE series_id IN (SELECT s.id FROM tracking_series s "
            "JOIN tracking_runs r ON r.id = s.run_number WHERE r.project_id = :id)",
            {project_id}
        ));
        for (const auto* table :
             {"tracking_artifacts", "tracking_models", "tracking_runs", "tracking_experiments"})
            CHECK_OK(session.run(
                "DELETE FROM " + std::string(table) + " WHERE project_id = :id", {project_id}
            ));
        return {};
    }

    Result<void> erase_user(store::Session& session, const store::Leaver& leaver) override {
        CHECK_OK(
            store::hand_over(session, {"tracking_runs", "user_name", "project_id", true}, leaver)
        );
        CHECK_OK(store::hand_over(
            session,
            {"tracking_tags",
             "value",
             "(SELECT r.project_id FROM tracking_runs r WHERE r.id = tracking_tags.run_number)",
             true},
            leaver
        ));
        return store::hand_over(
            session,
            {"tracking_model_tags",
             "value",
             "(SELECT m.project_id FROM tracking_models m WHERE m.id = "
             "tracking_model_tags.model_number)",
             true},
            leaver
        );
    }

    Result<std::string> outside(store::Session& session, const store::Leaver& leaver) override {
        if (settings_.text("mlflow.tracking_uri").empty()) return std::string();
        return mirrored_of(session, leaver);
    }
    Result<void> erase_outside(const std::string& named) override {
        return forget_mirrored(settings_, named);
    }

    Result<store::Portion> export_user(store::Session& session, const store::Leaver& leaver)
        override {
        store::Portion out;
        TRY(out.documents["runs.json"],
            store::rows_as_json(
                session,
                "SELECT run_id, project_id, name, user_name, status, started_at, ended_at FROM "
                "tracking_runs WHERE project_id IN " +
                    leaver.projects_sql() + " ORDER BY id",
                {}
            ));
        for (const std::string_view what : {"params", "tags", "series"}) {
            TRY(out.documents["run-" + std::string(what) + ".json"],
                store::rows_as_json(
                    session,
                    "SELECT r.run_id AS run_id, x.key AS key, x.value AS value FROM tracking_" +
                        std::string(what) + " x JOIN tracking_runs r ON r.id = x.run_number " +
                        "WHERE r.project_id IN " + leaver.projects_sql() + " ORDER BY r.id",
                    {}
                ));
        }
        return out;
    }

    /// The record of each training but for its model: the receipt may quote lines of the file.
    Result<void> forget_rows(
        store::Session& session, std::int64_t dataset_id, std::set<std::string>& freed
    ) override {
        const std::string records =
            "path NOT LIKE 'model/%' AND owner IN (SELECT r.run_id FROM tracking_runs r JOIN "
            "trainings t ON t.id = r.training_id WHERE t.dataset_id = :id)";
        TRY(const auto rows,
            session.rows(
                "SELECT DISTINCT blob_key FROM tracking_artifacts WHERE " + records, {dataset_id}
            ));
        CHECK_OK(session.run("DELETE FROM tracking_artifacts WHERE " + records, {dataset_id}));
        for (const auto& row : rows) {
            TRY(const auto other,
                session.row(
                    "SELECT id FROM tracking_artifacts WHERE blob_key = :key LIMIT 1",
                    {row.text("blob_key")}
                ));
            if (!other) freed.insert(row.text("blob_key"));
        }
        CHECK_OK(session.run(
            "DELETE FROM tracking_inputs WHERE run_number IN (SELECT r.id FROM tracking_runs r "
            "JOIN trainings t ON t.id = r.training_id WHERE t.dataset_id = :id)",
            {dataset_id}
        ));
        CHECK_OK(session.run(
            "DELETE FROM tracking_datasets WHERE NOT EXISTS (SELECT 1 FROM tracking_inputs i "
            "WHERE i.dataset_id = tracking_datasets.id)"
        ));
        return {};
    }

    Result<std::vector<std::string>> verify(store::Session& session) override {
        TRY(const auto rows,
            session.rows("SELECT DISTINCT p.series_id AS id FROM tracking_points p LEFT JOIN "
                         "tracking_series s ON s.id = p.series_id WHERE s.id IS NULL"));
        std::vector<std::string> wrong;
        for (const auto& row : rows)
            wrong.push_back(
                "points of metric " + std::to_string(row.integer("id")) + " hang on no run"
            );
        return wrong;
    }

private:
    const base::Settings& settings_;
};

}  // namespace

store::Migrations migrations() { return embedded::tracking_migrations(); }

std::unique_ptr<store::Lifecycle> lifecycle(const base::Settings& settings) {
    return std::make_unique<TrackingLifecycle>(settings);
}

std::vector<base::SettingRow> setting_rows() {
    return {
        {"tracking.artifact_bytes",
         base::SettingType::integer,
         "1073741824",
         "bytes",
         "Largest file that a run or a logged model takes."},
        {"mlflow.tracking_uri",
         base::SettingType::text,
         "",
         "",
         "Address of another MLflow server (http://... or https://...) that every training is "
         "logged to as well; empty: none."},
        {"mlflow.tracking_username", base::SettingType::text, "", "", "Name to sign in there with."
        },
        {"mlflow.tracking_password", base::SettingType::secret, "", "", "Password of that name."},
        {"mlflow.tracking_token",
         base::SettingType::secret,
         "",
         "",
         "Token to sign in there with, in place of name and password."},
    };
}

}  // namespace csva::tracking
