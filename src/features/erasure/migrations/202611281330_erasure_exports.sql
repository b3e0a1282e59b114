CREATE TABLE user_exports (
    id {{id}},
    user_id BIGINT NOT NULL,
    project_id BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    state TEXT NOT NULL,
    blob_key TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX user_exports_by_user ON user_exports (user_id, id);
