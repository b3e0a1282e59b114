CREATE TABLE trainings (
    id {{id}},
    project_id BIGINT NOT NULL,
    dataset_id BIGINT NOT NULL,
    version_id BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    request TEXT NOT NULL,
    report TEXT,
    reason TEXT NOT NULL,
    details TEXT NOT NULL,
    bundle_key TEXT NOT NULL,
    held_out_key TEXT NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX trainings_by_dataset ON trainings (dataset_id, id);
