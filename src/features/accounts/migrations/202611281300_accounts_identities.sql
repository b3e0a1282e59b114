CREATE TABLE user_identities (
    id {{id}},
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX user_identities_by_subject ON user_identities (issuer, subject);
CREATE INDEX user_identities_by_user ON user_identities (user_id);
CREATE TABLE oidc_flows (
    id {{id}},
    state_hash TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    nonce TEXT NOT NULL,
    verifier TEXT NOT NULL,
    next TEXT NOT NULL,
    redirect_uri TEXT NOT NULL,
    user_id BIGINT REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX oidc_flows_by_state ON oidc_flows (state_hash);
