CREATE TABLE models (
    id {{id}},
    project_id BIGINT NOT NULL,
    dataset_id BIGINT NOT NULL,
    training_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    rank BIGINT NOT NULL,
    target TEXT NOT NULL,
    task TEXT NOT NULL,
    metric TEXT NOT NULL,
    score DOUBLE PRECISION NOT NULL,
    bundle_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX models_by_dataset ON models (dataset_id, name, id);
CREATE INDEX models_by_training ON models (training_id);
