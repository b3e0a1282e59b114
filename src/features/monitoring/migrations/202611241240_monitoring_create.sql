CREATE TABLE monitoring_models (
    model_id BIGINT NOT NULL PRIMARY KEY,
    project_id BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    job_id BIGINT NOT NULL,
    quality_when_trained TEXT NOT NULL
) {{keyed}};
CREATE TABLE monitoring_windows (
    id {{id}},
    project_id BIGINT NOT NULL,
    model_id BIGINT NOT NULL,
    kind TEXT NOT NULL,
    batch_id BIGINT,
    from_ms BIGINT NOT NULL,
    to_ms BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    state TEXT NOT NULL,
    verdict TEXT NOT NULL,
    quality TEXT NOT NULL,
    distributions TEXT NOT NULL,
    rows_key TEXT NOT NULL,
    sketch_key TEXT NOT NULL
);
CREATE INDEX monitoring_windows_by_model ON monitoring_windows (model_id, from_ms, id);
