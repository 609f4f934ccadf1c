DROP TRIGGER model_versions_are_not_removed ON model_versions;
DROP TRIGGER model_versions_are_not_changed ON model_versions;
DROP FUNCTION model_versions_stay_as_trained();

-- A version without its fitted model answers on, and refuses assumptions.
UPDATE model_versions SET fitted = '' WHERE deleted_at IS NULL AND fitted IS NULL;
ALTER TABLE model_versions DROP CONSTRAINT model_versions_deleted_is_unfitted;
ALTER TABLE model_versions ADD CONSTRAINT model_versions_check1
    CHECK ((deleted_at IS NULL) = (fitted IS NOT NULL));
ALTER TABLE model_versions DROP COLUMN answered_at;
