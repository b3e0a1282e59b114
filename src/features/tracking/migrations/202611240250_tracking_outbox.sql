CREATE TABLE tracking_outbox (
    run_number BIGINT NOT NULL REFERENCES tracking_runs (id) ON DELETE CASCADE,
    server TEXT NOT NULL,
    state TEXT NOT NULL,
    remote_run_id TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    problem TEXT NOT NULL,
    PRIMARY KEY (run_number, server)
) {{keyed}};
CREATE INDEX tracking_outbox_due ON tracking_outbox (server, state, next_at);
