-- Recent failed attempts of one subject: a username as one device tries it, a network, everybody. The subject is a keyed
-- digest, because what was typed as a username may be a password.
CREATE TABLE login_failures (
    subject      BYTEA NOT NULL PRIMARY KEY,
    failures     BYTEA NOT NULL,
    locked_until TIMESTAMP,
    over_at      TIMESTAMP NOT NULL
);

CREATE INDEX login_failures_over_at ON login_failures (over_at);
