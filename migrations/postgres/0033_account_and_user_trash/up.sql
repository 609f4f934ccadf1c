-- When an account or a user was deleted. They can be restored for thirty days, and their names stay taken that long.
ALTER TABLE accounts ADD COLUMN deleted_at TIMESTAMP;
ALTER TABLE users ADD COLUMN deleted_at TIMESTAMP;

-- What the job that empties the trash deletes for good.
GRANT DELETE ON accounts, users, model_versions, account_summaries TO atalaya_app;

-- Versions go with the account that is deleted for good.
CREATE OR REPLACE FUNCTION model_versions_stay_as_trained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (
        SELECT FROM accounts
        WHERE company_id = OLD.company_id AND id = OLD.account_id AND deleted_at IS NOT NULL
    ) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'a trained version does not change';
END
$$;
