-- When an account or a user was deleted. They can be restored for thirty days, and their names stay taken that long.
ALTER TABLE accounts ADD COLUMN deleted_at TEXT;
ALTER TABLE users ADD COLUMN deleted_at TEXT;

-- Versions go with the account that is deleted for good.
DROP TRIGGER model_versions_are_not_removed;
CREATE TRIGGER model_versions_are_not_removed BEFORE DELETE ON model_versions
WHEN NOT EXISTS (
    SELECT 1 FROM accounts
    WHERE company_id = OLD.company_id AND id = OLD.account_id AND deleted_at IS NOT NULL
)
BEGIN
    SELECT RAISE(ABORT, 'a trained version does not change');
END;
