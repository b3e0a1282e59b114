CREATE TABLE shared_links (
    id {{id}},
    project_id BIGINT NOT NULL,
    dataset_id BIGINT NOT NULL,
    training_id BIGINT,
    token_hash TEXT NOT NULL,
    label TEXT NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    views BIGINT NOT NULL,
    last_viewed_at BIGINT
);
CREATE UNIQUE INDEX shared_links_by_hash ON shared_links (token_hash);
CREATE INDEX shared_links_by_dataset ON shared_links (dataset_id, id);
