CREATE TABLE erasures (
    id {{id}},
    code TEXT NOT NULL,
    user_id BIGINT,
    subject TEXT NOT NULL,
    pseudonym TEXT NOT NULL,
    asked_by TEXT NOT NULL,
    phase TEXT NOT NULL,
    plan TEXT NOT NULL,
    problem TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    requested_at BIGINT NOT NULL,
    ended_at BIGINT,
    certificate TEXT NOT NULL
);
CREATE UNIQUE INDEX erasures_by_code ON erasures (code);
CREATE UNIQUE INDEX erasures_by_user ON erasures (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX erasures_due ON erasures (phase, next_at);
