ALTER TABLE datasets ADD COLUMN expires_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE datasets ADD COLUMN expiry_notices BIGINT NOT NULL DEFAULT 0;
CREATE INDEX datasets_by_expiry ON datasets (expires_at);
