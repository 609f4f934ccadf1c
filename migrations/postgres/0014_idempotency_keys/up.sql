-- Requests that may come again, each for as long as it counts (kept_until). While it is under way that is a hold of one
-- process' attempt, which the process renews; then it is the life of the answer, which is written in the transaction of the
-- effect. A row whose time is over counts as none.
CREATE TABLE idempotency_keys (
    user_id     BIGINT    NOT NULL REFERENCES users (id),
    -- Whose data the effect is in. Not a reference: the request may name a company that there is none of.
    company_id  BIGINT,
    operation   TEXT      NOT NULL,
    key         TEXT      NOT NULL,
    -- 128 bits of the request's path and body.
    fingerprint BYTEA     NOT NULL CHECK (length(fingerprint) = 16),
    -- A UUID in its text form.
    attempt     TEXT      NOT NULL,
    kept_until  TIMESTAMP NOT NULL,
    status      INTEGER,
    -- A line `name: value` each.
    headers     TEXT,
    body        BYTEA,
    PRIMARY KEY (user_id, operation, key),
    CHECK ((status IS NULL) = (body IS NULL) AND (status IS NULL) = (headers IS NULL))
);

CREATE INDEX idempotency_keys_by_time ON idempotency_keys (kept_until);
CREATE UNIQUE INDEX idempotency_keys_under_way ON idempotency_keys (attempt) WHERE status IS NULL;
