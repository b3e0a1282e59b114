-- Ranges of paths go by bytes, as on SQLite.
ALTER TABLE tracking_artifacts ALTER COLUMN path TYPE TEXT COLLATE "C";
