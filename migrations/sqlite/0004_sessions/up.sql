CREATE TABLE sessions (
    -- A UUIDv7 in its text form.
    id           TEXT    NOT NULL PRIMARY KEY,
    user_id      INTEGER NOT NULL REFERENCES users (id),
    company_id   INTEGER REFERENCES companies (id),
    device_name  TEXT,
    created_at   TEXT    NOT NULL,
    last_used_at TEXT    NOT NULL,
    expires_at   TEXT    NOT NULL,
    address      TEXT,
    ended_at     TEXT,
    -- Without a company the pair is not checked; superadmins have none.
    FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user_id, created_at);

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token.
    hash       BLOB    NOT NULL PRIMARY KEY,
    session_id TEXT    NOT NULL REFERENCES sessions (id),
    generation INTEGER NOT NULL CHECK (generation > 0),
    created_at TEXT    NOT NULL,
    used_at    TEXT,
    UNIQUE (session_id, generation)
) STRICT, WITHOUT ROWID;

CREATE TABLE signing_keys (
    kid                   TEXT NOT NULL PRIMARY KEY,
    algorithm             TEXT NOT NULL,
    public_key            BLOB NOT NULL,
    private_key_encrypted BLOB NOT NULL,
    wrapping_key_id       TEXT NOT NULL,
    state                 TEXT NOT NULL CHECK (state IN ('pending', 'active', 'retiring')),
    created_at            TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (state) WHERE state = 'active';
