CREATE TABLE journal_entries (
    seq BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    action TEXT NOT NULL,
    actor TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object TEXT NOT NULL,
    outcome TEXT NOT NULL,
    network TEXT NOT NULL,
    details TEXT NOT NULL,
    hash TEXT NOT NULL
) {{keyed}};
CREATE INDEX journal_entries_by_actor ON journal_entries (actor, seq);
CREATE INDEX journal_entries_by_object ON journal_entries (object, seq);
CREATE TABLE journal_seals (
    seq BIGINT PRIMARY KEY,
    key_id TEXT NOT NULL,
    hashes TEXT NOT NULL,
    signature TEXT NOT NULL
) {{keyed}};
CREATE TABLE journal_head (
    id BIGINT PRIMARY KEY,
    entries BIGINT NOT NULL,
    link TEXT NOT NULL,
    at BIGINT NOT NULL,
    key_id TEXT NOT NULL,
    signature TEXT NOT NULL
);
INSERT INTO journal_head (id, entries, link, at, key_id, signature)
VALUES (1, 0, '0000000000000000000000000000000000000000000000000000000000000000', 0, '', '');
CREATE TABLE journal_archives (
    last_seq BIGINT PRIMARY KEY,
    first_seq BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    link TEXT NOT NULL,
    archived_at BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    content TEXT NOT NULL
);
