CREATE OR REPLACE FUNCTION model_versions_stay_as_trained() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a trained version does not change';
END
$$;

REVOKE DELETE ON accounts, users, model_versions, account_summaries FROM atalaya_app;

-- Whoever was deleted shall not come back able to log in.
UPDATE users SET active = FALSE WHERE deleted_at IS NOT NULL;

ALTER TABLE users DROP COLUMN deleted_at;
ALTER TABLE accounts DROP COLUMN deleted_at;
