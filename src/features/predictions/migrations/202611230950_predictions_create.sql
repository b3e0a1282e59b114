CREATE TABLE prediction_batches (
    id {{id}},
    project_id BIGINT NOT NULL,
    model_id BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    file_name TEXT NOT NULL,
    state TEXT NOT NULL,
    rows BIGINT NOT NULL,
    rows_rejected BIGINT NOT NULL,
    reason TEXT NOT NULL,
    details TEXT NOT NULL,
    upload_key TEXT NOT NULL,
    result_key TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX prediction_batches_by_model ON prediction_batches (model_id, id);
