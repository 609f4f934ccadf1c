DROP TRIGGER model_versions_are_not_removed;
CREATE TRIGGER model_versions_are_not_removed BEFORE DELETE ON model_versions
BEGIN
    SELECT RAISE(ABORT, 'a trained version does not change');
END;

-- Whoever was deleted shall not come back able to log in.
UPDATE users SET active = FALSE WHERE deleted_at IS NOT NULL;

ALTER TABLE users DROP COLUMN deleted_at;
ALTER TABLE accounts DROP COLUMN deleted_at;
