DROP TRIGGER model_versions_are_not_removed;
CREATE TRIGGER model_versions_are_not_removed BEFORE DELETE ON model_versions
BEGIN
    SELECT RAISE(ABORT, 'a trained version does not change');
END;

ALTER TABLE users DROP COLUMN deleted_at;
ALTER TABLE accounts DROP COLUMN deleted_at;
