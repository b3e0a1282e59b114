CREATE TABLE datasets (
    id {{id}},
    project_id BIGINT NOT NULL REFERENCES projects (id),
    name TEXT NOT NULL,
    file_name TEXT NOT NULL,
    size_bytes BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    upload_key TEXT NOT NULL,
    state TEXT NOT NULL,
    current_version_id BIGINT,
    job_id BIGINT,
    problem_reason TEXT,
    problem_details TEXT,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX datasets_by_project ON datasets (project_id, id);
CREATE INDEX datasets_by_creator ON datasets (created_by);
CREATE TABLE dataset_versions (
    id {{id}},
    dataset_id BIGINT NOT NULL REFERENCES datasets (id) ON DELETE CASCADE,
    parent_id BIGINT,
    ready BIGINT NOT NULL,
    step TEXT NOT NULL,
    row_count BIGINT NOT NULL,
    rows_removed BIGINT NOT NULL,
    cells_changed BIGINT NOT NULL,
    column_count BIGINT NOT NULL,
    created_by BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    parquet_key TEXT,
    rejects_key TEXT,
    table_schema TEXT,
    receipt TEXT,
    profile TEXT
);
CREATE INDEX dataset_versions_by_dataset ON dataset_versions (dataset_id);
