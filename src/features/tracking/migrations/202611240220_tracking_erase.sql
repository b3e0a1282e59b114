CREATE INDEX tracking_inputs_by_dataset ON tracking_inputs (dataset_id);
CREATE INDEX tracking_run_models_by_model ON tracking_run_models (model_id);
CREATE INDEX tracking_models_by_run ON tracking_models (source_run_id);
CREATE INDEX tracking_artifacts_by_blob ON tracking_artifacts (blob_key);
