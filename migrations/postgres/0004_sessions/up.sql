CREATE TABLE sessions (
    -- A UUIDv7 in its text form.
    id           TEXT      NOT NULL PRIMARY KEY,
    user_id      BIGINT    NOT NULL REFERENCES users (id),
    company_id   BIGINT    REFERENCES companies (id),
    device_name  TEXT,
    created_at   TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    expires_at   TIMESTAMP NOT NULL,
    address      TEXT,
    ended_at     TIMESTAMP,
    -- Without a company the pair is not checked; superadmins have none.
    FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id)
);

CREATE INDEX sessions_by_user ON sessions (user_id, created_at);

CREATE TABLE refresh_tokens (
    -- SHA-256 of the token.
    hash       BYTEA     NOT NULL PRIMARY KEY,
    session_id TEXT      NOT NULL REFERENCES sessions (id),
    generation INTEGER   NOT NULL CHECK (generation > 0),
    created_at TIMESTAMP NOT NULL,
    used_at    TIMESTAMP,
    UNIQUE (session_id, generation)
);

CREATE TABLE signing_keys (
    kid                   TEXT      NOT NULL PRIMARY KEY,
    algorithm             TEXT      NOT NULL,
    public_key            BYTEA     NOT NULL,
    private_key_encrypted BYTEA     NOT NULL,
    wrapping_key_id       TEXT      NOT NULL,
    state                 TEXT      NOT NULL CHECK (state IN ('pending', 'active', 'retiring')),
    created_at            TIMESTAMP NOT NULL
);

CREATE UNIQUE INDEX signing_keys_one_active ON signing_keys (state) WHERE state = 'active';
