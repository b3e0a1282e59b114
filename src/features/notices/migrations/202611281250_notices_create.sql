CREATE TABLE notices (
    id {{id}},
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    parameters TEXT NOT NULL,
    link TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    read_at BIGINT,
    mail_state TEXT NOT NULL,
    mail_attempts BIGINT NOT NULL,
    mail_next_at BIGINT NOT NULL
);
CREATE INDEX notices_by_user ON notices (user_id, id);
CREATE INDEX notices_to_mail ON notices (mail_next_at) WHERE mail_state = 'waiting';
CREATE TABLE notice_choices (
    user_id BIGINT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    jobs TEXT NOT NULL,
    alerts BIGINT NOT NULL,
    by_mail BIGINT NOT NULL
);
