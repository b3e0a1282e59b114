CREATE TABLE prediction_segments (
    id {{id}},
    project_id BIGINT NOT NULL,
    model_id BIGINT NOT NULL,
    code TEXT NOT NULL,
    batch_id BIGINT,
    state TEXT NOT NULL,
    blob_key TEXT NOT NULL,
    rows BIGINT NOT NULL,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    window_id BIGINT
);
CREATE UNIQUE INDEX prediction_segments_by_code ON prediction_segments (code);
CREATE INDEX prediction_segments_by_model ON prediction_segments (model_id, state, from_ms);
CREATE TABLE prediction_labels (
    code TEXT NOT NULL,
    n BIGINT NOT NULL,
    project_id BIGINT NOT NULL,
    model_id BIGINT NOT NULL,
    value TEXT NOT NULL,
    labelled_at BIGINT NOT NULL,
    PRIMARY KEY (code, n)
) {{keyed}};
CREATE INDEX prediction_labels_by_model ON prediction_labels (model_id);
