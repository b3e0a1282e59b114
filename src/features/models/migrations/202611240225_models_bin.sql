ALTER TABLE registered_models ADD COLUMN lifecycle_stage TEXT NOT NULL DEFAULT 'active';
DROP INDEX registered_models_by_name;
CREATE UNIQUE INDEX registered_models_by_name ON registered_models (project_id, name) WHERE lifecycle_stage = 'active';
CREATE INDEX registered_model_versions_by_logged_model ON registered_model_versions (logged_model_id);
CREATE INDEX registered_model_versions_by_run ON registered_model_versions (run_id);
