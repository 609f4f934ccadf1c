-- Who did what: a chain for each company (its id) and one for the platform (0). The code `mac` of an entry covers its fields
-- and the code of the entry before. Times are microseconds since 1970: a number has one spelling, which the code covers.
CREATE TABLE audit_log (
    chain      BIGINT NOT NULL CHECK (chain >= 0),
    seq        BIGINT NOT NULL CHECK (seq >= 1),
    at         BIGINT NOT NULL,
    actor_id   BIGINT,
    actor      TEXT   NOT NULL,
    action     TEXT   NOT NULL,
    target     TEXT,
    address    TEXT,
    request_id TEXT,
    outcome    TEXT   NOT NULL CHECK (outcome IN ('success', 'failure', 'denied')),
    count      BIGINT NOT NULL CHECK (count >= 1),
    mac        BYTEA  NOT NULL CHECK (length(mac) = 32),
    PRIMARY KEY (chain, seq)
);

-- Where each chain ends. Entries are numbered from here, so that writers of one chain collide and those of two do not.
CREATE TABLE audit_heads (
    chain BIGINT NOT NULL PRIMARY KEY,
    seq   BIGINT NOT NULL,
    mac   BYTEA  NOT NULL CHECK (length(mac) = 32)
) WITH (fillfactor = 50);

CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is append-only';
END
$$;

CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE OR DELETE ON audit_log
    FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only();

CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log
    FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only();
