-- When a key came into its state: what its schedule counts from.
ALTER TABLE signing_keys ADD COLUMN state_since TIMESTAMP;
UPDATE signing_keys SET state_since = created_at;
ALTER TABLE signing_keys ALTER COLUMN state_since SET NOT NULL;

-- Processes tell one another of changed keys.
ALTER TABLE change_log DROP CONSTRAINT change_log_kind_check;
ALTER TABLE change_log ADD CONSTRAINT change_log_kind_check
    CHECK (kind IN ('user', 'session', 'company', 'account', 'keys', 'key_gone'));
