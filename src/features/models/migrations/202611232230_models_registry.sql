CREATE TABLE registered_models (
    id {{id}},
    project_id BIGINT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    last_version BIGINT NOT NULL
);
CREATE UNIQUE INDEX registered_models_by_name ON registered_models (project_id, name);
CREATE INDEX registered_models_named ON registered_models (name);
CREATE TABLE registered_model_tags (
    registered_model_id BIGINT NOT NULL REFERENCES registered_models (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (registered_model_id, key)
) {{keyed}};
CREATE TABLE registered_model_aliases (
    registered_model_id BIGINT NOT NULL REFERENCES registered_models (id) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (registered_model_id, alias)
) {{keyed}};
CREATE TABLE registered_model_versions (
    id {{id}},
    registered_model_id BIGINT NOT NULL REFERENCES registered_models (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    user_name TEXT NOT NULL,
    stage TEXT NOT NULL,
    description TEXT NOT NULL,
    source TEXT NOT NULL,
    run_id TEXT NOT NULL,
    logged_model_id TEXT NOT NULL,
    run_link TEXT NOT NULL,
    model_id BIGINT
);
CREATE UNIQUE INDEX registered_model_versions_by_number ON registered_model_versions (registered_model_id, version);
CREATE INDEX registered_model_versions_by_model ON registered_model_versions (model_id);
CREATE TABLE registered_model_version_tags (
    version_id BIGINT NOT NULL REFERENCES registered_model_versions (id) ON DELETE CASCADE,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (version_id, key)
) {{keyed}};
CREATE TABLE registered_model_promotions (
    id {{id}},
    registered_model_id BIGINT NOT NULL REFERENCES registered_models (id) ON DELETE CASCADE,
    alias TEXT NOT NULL,
    stage TEXT NOT NULL,
    version BIGINT,
    former_version BIGINT,
    user_id BIGINT NOT NULL,
    user_name TEXT NOT NULL,
    reason TEXT NOT NULL,
    promoted_at BIGINT NOT NULL
);
CREATE INDEX registered_model_promotions_by_model ON registered_model_promotions (registered_model_id, id);
