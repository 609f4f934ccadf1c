-- Secrets that this installation made for itself, each encrypted as signing keys are.
CREATE TABLE installation_secrets (
    purpose         TEXT NOT NULL PRIMARY KEY,
    sealed          BYTEA NOT NULL,
    wrapping_key_id TEXT NOT NULL,
    created_at      TIMESTAMP NOT NULL
);
