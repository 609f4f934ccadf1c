-- Recent failed attempts of one subject: a username as one device tries it, a network, everybody. The subject is a keyed
-- digest, because what was typed as a username may be a password.
CREATE TABLE login_failures (
    subject      BLOB NOT NULL PRIMARY KEY,
    failures     BLOB NOT NULL,
    locked_until TEXT,
    over_at      TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX login_failures_over_at ON login_failures (over_at);
