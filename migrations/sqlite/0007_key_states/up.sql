-- SQLite changes neither a CHECK nor a column to NOT NULL: both tables are built anew.

-- When a key came into its state: what its schedule counts from.
DROP INDEX signing_keys_one_active;
ALTER TABLE signing_keys RENAME TO signing_keys_before;

CREATE TABLE signing_keys (
    kid                   TEXT NOT NULL PRIMARY KEY,
    algorithm             TEXT NOT NULL,
    public_key            BLOB NOT NULL,
    private_key_encrypted BLOB NOT NULL,
    wrapping_key_id       TEXT NOT NULL,
    state                 TEXT NOT NULL CHECK (state IN ('pending', 'active', 'retiring')),
    created_at            TEXT NOT NULL,
    state_since           TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO signing_keys
SELECT kid, algorithm, public_key, private_key_encrypted, wrapping_key_id, state, created_at, created_at
FROM signing_keys_before;

DROP TABLE signing_keys_before;
CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (state) WHERE state = 'active';

-- Processes tell one another of changed keys.
DROP INDEX change_log_by_time;
ALTER TABLE change_log RENAME TO change_log_before;

CREATE TABLE change_log (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    at         TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    kind       TEXT    NOT NULL CHECK (kind IN ('user', 'session', 'company', 'account', 'keys', 'key_gone')),
    company_id INTEGER,
    subject    TEXT    NOT NULL
) STRICT;

INSERT INTO change_log (seq, at, kind, company_id, subject)
SELECT seq, at, kind, company_id, subject FROM change_log_before;

-- Numbers are never given again, also those of entries that were pruned: a reader goes on from the last that it saw.
DELETE FROM sqlite_sequence WHERE name = 'change_log';
INSERT INTO sqlite_sequence (name, seq) SELECT 'change_log', seq FROM sqlite_sequence WHERE name = 'change_log_before';

DROP TABLE change_log_before;
CREATE INDEX change_log_by_time ON change_log (at);
