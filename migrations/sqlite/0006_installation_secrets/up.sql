-- Secrets that this installation made for itself, each encrypted as signing keys are.
CREATE TABLE installation_secrets (
    purpose         TEXT NOT NULL PRIMARY KEY,
    sealed          BLOB NOT NULL,
    wrapping_key_id TEXT NOT NULL,
    created_at      TEXT NOT NULL
) STRICT, WITHOUT ROWID;
