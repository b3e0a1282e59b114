CREATE TABLE person_requests (
    id {{id}},
    code TEXT NOT NULL,
    project_id BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    phase TEXT NOT NULL,
    hash_key TEXT NOT NULL,
    sought TEXT NOT NULL,
    value_count BIGINT NOT NULL,
    fingerprint TEXT NOT NULL,
    findings TEXT NOT NULL,
    plan TEXT NOT NULL,
    job_id BIGINT,
    problem TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    requested_at BIGINT NOT NULL,
    ended_at BIGINT,
    certificate TEXT NOT NULL
);
CREATE UNIQUE INDEX person_requests_by_code ON person_requests (code);
CREATE INDEX person_requests_by_project ON person_requests (project_id, id);
CREATE TABLE person_models (
    id {{id}},
    request_id BIGINT NOT NULL REFERENCES person_requests (id) ON DELETE CASCADE,
    model_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    target TEXT NOT NULL,
    dataset_id BIGINT NOT NULL,
    training_id BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    decision TEXT NOT NULL,
    reason TEXT NOT NULL,
    decided_by BIGINT NOT NULL,
    decided_by_name TEXT NOT NULL,
    decided_at BIGINT,
    new_training_id BIGINT
);
CREATE UNIQUE INDEX person_models_by_request ON person_models (request_id, model_id);
