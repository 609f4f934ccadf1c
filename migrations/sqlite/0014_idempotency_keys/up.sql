-- Requests that may come again. The answer is written in the transaction of the effect; until then the request is one
-- process' (attempt) for a while (held_until), which that process renews.
CREATE TABLE idempotency_keys (
    user_id     INTEGER   NOT NULL REFERENCES users (id),
    company_id  INTEGER   REFERENCES companies (id),
    operation   TEXT      NOT NULL,
    key         TEXT      NOT NULL,
    -- 128 bits of the request's path and body.
    fingerprint BLOB      NOT NULL CHECK (length(fingerprint) = 16),
    -- A UUID in its text form.
    attempt     TEXT      NOT NULL,
    begun_at    TEXT      NOT NULL,
    held_until  TEXT      NOT NULL,
    status      INTEGER,
    body        BLOB,
    PRIMARY KEY (user_id, operation, key),
    CHECK ((status IS NULL) = (body IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (begun_at);
