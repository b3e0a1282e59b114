CREATE TABLE projects (
    id {{id}},
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    personal_of BIGINT REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX projects_by_person ON projects (personal_of) WHERE personal_of IS NOT NULL;
CREATE UNIQUE INDEX projects_inbox ON projects (kind) WHERE kind = 'inbox';
CREATE TABLE project_members (
    project_id BIGINT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_members_by_user ON project_members (user_id);
