-- Who did what: a chain for each company (its id) and one for the platform (0). The code `mac` of an entry covers its fields
-- and the code of the entry before. Times are microseconds since 1970: a number has one spelling, which the code covers.
CREATE TABLE audit_log (
    chain      INTEGER NOT NULL CHECK (chain >= 0),
    seq        INTEGER NOT NULL CHECK (seq >= 1),
    at         INTEGER NOT NULL,
    actor_id   INTEGER,
    actor      TEXT    NOT NULL,
    action     TEXT    NOT NULL,
    target     TEXT,
    address    TEXT,
    request_id TEXT,
    outcome    TEXT    NOT NULL CHECK (outcome IN ('success', 'failure', 'denied')),
    count      INTEGER NOT NULL CHECK (count >= 1),
    mac        BLOB    NOT NULL CHECK (length(mac) = 32),
    PRIMARY KEY (chain, seq)
) STRICT, WITHOUT ROWID;

-- Where each chain ends. Entries are numbered from here, so that writers of one chain collide and those of two do not.
CREATE TABLE audit_heads (
    chain INTEGER NOT NULL PRIMARY KEY,
    seq   INTEGER NOT NULL,
    mac   BLOB    NOT NULL CHECK (length(mac) = 32)
) STRICT;

CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

CREATE TRIGGER audit_log_is_not_deleted BEFORE DELETE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;

-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER audit_log_is_not_replaced BEFORE INSERT ON audit_log
WHEN EXISTS (SELECT 1 FROM audit_log WHERE chain = NEW.chain AND seq = NEW.seq)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is append-only');
END;
