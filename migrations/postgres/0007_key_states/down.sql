DELETE FROM change_log WHERE kind IN ('keys', 'key_gone');
ALTER TABLE change_log DROP CONSTRAINT change_log_kind_check;
ALTER TABLE change_log ADD CONSTRAINT change_log_kind_check
    CHECK (kind IN ('user', 'session', 'company', 'account'));

ALTER TABLE signing_keys DROP COLUMN state_since;
