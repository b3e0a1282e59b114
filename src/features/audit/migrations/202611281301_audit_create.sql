CREATE TABLE journal_heads (
    id BIGINT PRIMARY KEY,
    entries BIGINT NOT NULL,
    link TEXT NOT NULL,
    at BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    signature TEXT NOT NULL
);
