ALTER TABLE dataset_versions ADD COLUMN personal TEXT;
