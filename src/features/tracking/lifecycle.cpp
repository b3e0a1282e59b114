#include "features/tracking/service.hpp"

namespace csva::embedded {
store::Migrations tracking_migrations();
}

namespace csva::tracking {
namespace {

using base::Result;

class TrackingLifecycle final : public store::Lifecycle {
public:
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
};

}  // namespace

store::Migrations migrations() { return embedded::tracking_migrations(); }

std::unique_ptr<store::Lifecycle> lifecycle() { return std::make_unique<TrackingLifecycle>(); }

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
