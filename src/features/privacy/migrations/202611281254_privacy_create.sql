CREATE TABLE privacy_decisions (
    id {{id}},
    project_id BIGINT NOT NULL,
    dataset_id BIGINT NOT NULL,
    version_id BIGINT NOT NULL,
    physical TEXT NOT NULL,
    column_name TEXT NOT NULL,
    kinds TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT NOT NULL,
    step TEXT NOT NULL,
    decided_by BIGINT NOT NULL,
    decided_at BIGINT NOT NULL
);
CREATE INDEX privacy_decisions_by_dataset ON privacy_decisions (dataset_id, id);
CREATE INDEX privacy_decisions_by_project ON privacy_decisions (project_id);
CREATE TABLE privacy_keys (
    project_id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_at BIGINT NOT NULL
) {{keyed}};
