CREATE TABLE tracking_experiments (
    id {{id}},
    project_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    lifecycle_stage TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX tracking_experiments_by_name ON tracking_experiments (project_id, name);
CREATE INDEX tracking_experiments_named ON tracking_experiments (name);
CREATE TABLE tracking_experiment_tags (
    experiment_id BIGINT NOT NULL REFERENCES tracking_experiments (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (experiment_id, key)
) {{keyed}};
CREATE TABLE tracking_runs (
    id {{id}},
    run_id TEXT NOT NULL,
    project_id BIGINT NOT NULL,
    experiment_id BIGINT NOT NULL REFERENCES tracking_experiments (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    user_name TEXT NOT NULL,
    status TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    ended_at BIGINT,
    lifecycle_stage TEXT NOT NULL,
    training_id BIGINT
);
CREATE UNIQUE INDEX tracking_runs_by_run_id ON tracking_runs (run_id);
CREATE INDEX tracking_runs_by_experiment ON tracking_runs (experiment_id, started_at);
CREATE INDEX tracking_runs_by_project ON tracking_runs (project_id);
CREATE INDEX tracking_runs_by_training ON tracking_runs (training_id);
CREATE TABLE tracking_params (
    run_number BIGINT NOT NULL REFERENCES tracking_runs (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run_number, key)
) {{keyed}};
CREATE TABLE tracking_tags (
    run_number BIGINT NOT NULL REFERENCES tracking_runs (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (run_number, key)
) {{keyed}};
CREATE TABLE tracking_series (
    id {{id}},
    run_number BIGINT NOT NULL REFERENCES tracking_runs (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    is_nan BIGINT NOT NULL,
    timestamp BIGINT NOT NULL,
    step BIGINT NOT NULL
);
CREATE UNIQUE INDEX tracking_series_by_run ON tracking_series (run_number, key);
CREATE TABLE tracking_points (
    series_id BIGINT NOT NULL,
    timestamp BIGINT NOT NULL,
    step BIGINT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    is_nan BIGINT NOT NULL,
    PRIMARY KEY (series_id, timestamp, step, value, is_nan)
) {{keyed}};
CREATE TABLE tracking_datasets (
    id {{id}},
    experiment_id BIGINT NOT NULL REFERENCES tracking_experiments (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    source_type TEXT NOT NULL,
    source TEXT NOT NULL,
    "schema" TEXT NOT NULL,
    profile TEXT NOT NULL
);
CREATE UNIQUE INDEX tracking_datasets_by_digest ON tracking_datasets (experiment_id, name, digest);
CREATE TABLE tracking_inputs (
    run_number BIGINT NOT NULL REFERENCES tracking_runs (id) ON DELETE CASCADE,
    dataset_id BIGINT NOT NULL REFERENCES tracking_datasets (id) ON DELETE CASCADE,
    context TEXT NOT NULL,
    tags TEXT NOT NULL,
    PRIMARY KEY (run_number, dataset_id)
) {{keyed}};
CREATE TABLE tracking_run_models (
    run_number BIGINT NOT NULL REFERENCES tracking_runs (id) ON DELETE CASCADE,
    direction TEXT NOT NULL,
    model_id TEXT NOT NULL,
    step BIGINT NOT NULL,
    PRIMARY KEY (run_number, direction, model_id)
) {{keyed}};
CREATE TABLE tracking_models (
    id {{id}},
    model_id TEXT NOT NULL,
    project_id BIGINT NOT NULL,
    experiment_id BIGINT NOT NULL REFERENCES tracking_experiments (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    model_type TEXT NOT NULL,
    source_run_id TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    lifecycle_stage TEXT NOT NULL
);
CREATE UNIQUE INDEX tracking_models_by_model_id ON tracking_models (model_id);
CREATE INDEX tracking_models_by_experiment ON tracking_models (experiment_id, created_at);
CREATE TABLE tracking_model_params (
    model_number BIGINT NOT NULL REFERENCES tracking_models (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model_number, key)
) {{keyed}};
CREATE TABLE tracking_model_tags (
    model_number BIGINT NOT NULL REFERENCES tracking_models (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (model_number, key)
) {{keyed}};
CREATE TABLE tracking_model_metrics (
    model_number BIGINT NOT NULL REFERENCES tracking_models (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    dataset_name TEXT NOT NULL,
    dataset_digest TEXT NOT NULL,
    run_id TEXT NOT NULL,
    timestamp BIGINT NOT NULL,
    step BIGINT NOT NULL,
    value DOUBLE PRECISION NOT NULL,
    is_nan BIGINT NOT NULL,
    PRIMARY KEY (model_number, key, dataset_name, dataset_digest, run_id, timestamp, step)
) {{keyed}};
CREATE TABLE tracking_artifacts (
    id {{id}},
    project_id BIGINT NOT NULL,
    owner TEXT NOT NULL,
    path TEXT NOT NULL,
    blob_key TEXT NOT NULL,
    part TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX tracking_artifacts_by_path ON tracking_artifacts (owner, path);
CREATE INDEX tracking_artifacts_by_project ON tracking_artifacts (project_id);
