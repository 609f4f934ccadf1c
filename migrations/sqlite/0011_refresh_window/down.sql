DROP TABLE security_notices;
DROP INDEX sessions_by_expiry;
DROP INDEX sessions_by_end;
ALTER TABLE sessions DROP COLUMN agent;
DROP INDEX refresh_tokens_sealed;
ALTER TABLE refresh_tokens DROP COLUMN sealed_child;
