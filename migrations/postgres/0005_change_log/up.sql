-- What other processes have to forget. Sequence numbers are in commit order and never reused.
CREATE TABLE change_log (
    seq        BIGINT    GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at         TIMESTAMP NOT NULL DEFAULT (now() AT TIME ZONE 'utc'),
    kind       TEXT      NOT NULL CHECK (kind IN ('user', 'session', 'company', 'account')),
    company_id BIGINT,
    subject    TEXT      NOT NULL
);

CREATE INDEX change_log_by_time ON change_log (at);
