CREATE TABLE jobs (
    id {{id}},
    project_id BIGINT NOT NULL,
    dataset_id BIGINT NOT NULL,
    user_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    input TEXT NOT NULL,
    progress DOUBLE PRECISION NOT NULL,
    stage TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    attempts_max BIGINT NOT NULL,
    reason TEXT NOT NULL,
    details TEXT NOT NULL,
    latest_event TEXT NOT NULL,
    cancel_requested BIGINT NOT NULL,
    smaller_plan BIGINT NOT NULL,
    lease_owner TEXT NOT NULL,
    lease_until BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    started_at BIGINT,
    finished_at BIGINT,
    memory_peak_bytes BIGINT,
    changed_at BIGINT NOT NULL
);
CREATE INDEX jobs_by_state ON jobs (state, id);
CREATE INDEX jobs_by_change ON jobs (changed_at);
CREATE INDEX jobs_by_dataset ON jobs (dataset_id, id);
CREATE TABLE job_attempts (
    job_id BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    attempt BIGINT NOT NULL,
    owner TEXT NOT NULL,
    pid BIGINT NOT NULL,
    reason TEXT NOT NULL,
    started_at BIGINT NOT NULL,
    finished_at BIGINT,
    memory_peak_bytes BIGINT,
    PRIMARY KEY (job_id, attempt)
);
