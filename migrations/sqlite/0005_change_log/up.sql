-- What other processes have to forget. Sequence numbers are in commit order and never reused.
CREATE TABLE change_log (
    seq        INTEGER PRIMARY KEY AUTOINCREMENT,
    at         TEXT    NOT NULL DEFAULT CURRENT_TIMESTAMP,
    kind       TEXT    NOT NULL CHECK (kind IN ('user', 'session', 'company', 'account')),
    company_id INTEGER,
    subject    TEXT    NOT NULL
) STRICT;

CREATE INDEX change_log_by_time ON change_log (at);
