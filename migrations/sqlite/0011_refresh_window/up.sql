-- The token that replaced this one, encrypted under a key made of this one, for the seconds in which it may be asked for
-- again.
ALTER TABLE refresh_tokens ADD COLUMN sealed_child BLOB;

CREATE INDEX refresh_tokens_sealed ON refresh_tokens (used_at) WHERE sealed_child IS NOT NULL;

-- The program that logged in.
ALTER TABLE sessions ADD COLUMN agent TEXT;

-- What pruning looks for.
CREATE INDEX sessions_by_end ON sessions (ended_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

-- What users are told at their next login. A row goes when it was told.
CREATE TABLE security_notices (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users (id),
    code        TEXT    NOT NULL,
    at          TEXT    NOT NULL,
    device_name TEXT
) STRICT;

CREATE INDEX security_notices_by_user ON security_notices (user_id);
