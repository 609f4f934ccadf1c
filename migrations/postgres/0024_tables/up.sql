-- Tables that companies define for themselves. Names of theirs are values here: no statement is made of them.
CREATE TABLE entities (
    company_id    BIGINT NOT NULL REFERENCES companies (id),
    -- A UUIDv7.
    id            BYTEA NOT NULL,
    name          TEXT NOT NULL,
    -- The name in small letters.
    name_key      TEXT NOT NULL,
    display_name  TEXT NOT NULL,
    description   TEXT,
    -- The number of the next field: none is given twice.
    next_field    INTEGER NOT NULL,
    created_at    TIMESTAMP NOT NULL,
    -- Since when it is in the trash.
    deleted_at    TIMESTAMP,
    PRIMARY KEY (company_id, id)
);

-- A name is free again as soon as its entity type goes into the trash.
CREATE UNIQUE INDEX entities_by_name ON entities (company_id, name_key) WHERE deleted_at IS NULL;

CREATE TABLE entity_fields (
    company_id     BIGINT NOT NULL,
    entity_id      BYTEA NOT NULL,
    -- By which values name their field.
    number         INTEGER NOT NULL,
    -- A UUIDv7.
    id             BYTEA NOT NULL,
    name           TEXT NOT NULL,
    column_name    TEXT NOT NULL,
    display_name   TEXT NOT NULL,
    kind           TEXT NOT NULL,
    required       BOOLEAN NOT NULL,
    max_length     INTEGER,
    display_order  INTEGER NOT NULL,
    -- What a relation points to: entity type, the number of the field that people choose by, and what a deletion does.
    target_id      BYTEA,
    target_display INTEGER,
    on_delete      TEXT,
    -- What else a value has to be, as JSON; nothing where nothing.
    rules          TEXT,
    created_at     TIMESTAMP NOT NULL,
    deleted_at     TIMESTAMP,
    PRIMARY KEY (company_id, entity_id, number),
    UNIQUE (company_id, id),
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id),
    FOREIGN KEY (company_id, target_id) REFERENCES entities (company_id, id)
);

CREATE UNIQUE INDEX entity_fields_by_name ON entity_fields (company_id, entity_id, column_name)
    WHERE deleted_at IS NULL;
CREATE INDEX entity_fields_by_target ON entity_fields (company_id, target_id) WHERE target_id IS NOT NULL;

CREATE TABLE records (
    company_id  BIGINT NOT NULL,
    entity_id   BYTEA NOT NULL,
    -- A UUIDv7: records are listed by it, the newest first.
    id          BYTEA NOT NULL,
    revision    INTEGER NOT NULL,
    -- How the revision came about, and who did it.
    kind        TEXT NOT NULL,
    author      TEXT NOT NULL,
    request_id  TEXT,
    created_at  TIMESTAMP NOT NULL,
    updated_at  TIMESTAMP NOT NULL,
    -- A JSON object by numbers of fields.
    content     TEXT NOT NULL,
    PRIMARY KEY (company_id, entity_id, id),
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id)
);

-- What is in the trash stands apart, so that no statement about records has to leave it out.
CREATE TABLE deleted_records (
    company_id  BIGINT NOT NULL,
    entity_id   BYTEA NOT NULL,
    id          BYTEA NOT NULL,
    revision    INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    author      TEXT NOT NULL,
    request_id  TEXT,
    created_at  TIMESTAMP NOT NULL,
    updated_at  TIMESTAMP NOT NULL,
    content     TEXT NOT NULL,
    PRIMARY KEY (company_id, entity_id, id),
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id)
);

CREATE INDEX deleted_records_by_time ON deleted_records (company_id, entity_id, updated_at, id);

-- What a record was before. The present state is in `records` or `deleted_records`.
CREATE TABLE record_revisions (
    company_id  BIGINT NOT NULL,
    entity_id   BYTEA NOT NULL,
    record_id   BYTEA NOT NULL,
    revision    INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    author      TEXT NOT NULL,
    request_id  TEXT,
    written_at  TIMESTAMP NOT NULL,
    content     TEXT NOT NULL,
    PRIMARY KEY (company_id, entity_id, record_id, revision),
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id)
);

-- Values of records for filters and sorting. A key is bytes that compare as the value does, the same on both databases.
-- A text has its folded form besides, and 16 bytes of the SHA-256 of every letter, because texts that sort alike need
-- not be equal. Written with its record by one repository, and made anew from it: so no key points at records, which
-- would be looked up for each value of an import.
CREATE TABLE record_values (
    company_id  BIGINT NOT NULL,
    entity_id   BYTEA NOT NULL,
    field       INTEGER NOT NULL,
    sort_key    BYTEA NOT NULL,
    record_id   BYTEA NOT NULL,
    exact       BYTEA,
    folded      TEXT,
    PRIMARY KEY (company_id, entity_id, field, sort_key, record_id)
);

-- A record has one value of a field.
CREATE UNIQUE INDEX record_values_by_record ON record_values (company_id, entity_id, record_id, field);

-- Values of unique fields, each once: the key of sorting with the rest of what is exact. No key points at records here
-- either.
CREATE TABLE unique_values (
    company_id  BIGINT NOT NULL,
    entity_id   BYTEA NOT NULL,
    field       INTEGER NOT NULL,
    exact_key   BYTEA NOT NULL,
    record_id   BYTEA NOT NULL,
    PRIMARY KEY (company_id, entity_id, field, exact_key)
);

CREATE INDEX unique_values_by_record ON unique_values (company_id, entity_id, record_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON entities TO atalaya_app;
ALTER TABLE entities ENABLE ROW LEVEL SECURITY;
ALTER TABLE entities FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON entities TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON entities TO atalaya_app USING (company_id = (SELECT reached_company()));

GRANT SELECT, INSERT, UPDATE, DELETE ON entity_fields TO atalaya_app;
ALTER TABLE entity_fields ENABLE ROW LEVEL SECURITY;
ALTER TABLE entity_fields FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON entity_fields TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON entity_fields TO atalaya_app USING (company_id = (SELECT reached_company()));

GRANT SELECT, INSERT, UPDATE, DELETE ON records TO atalaya_app;
ALTER TABLE records ENABLE ROW LEVEL SECURITY;
ALTER TABLE records FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON records TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON records TO atalaya_app USING (company_id = (SELECT reached_company()));

-- Of what was, only values of fields that are deleted for good are taken out.
GRANT SELECT, INSERT, UPDATE (content), DELETE ON deleted_records TO atalaya_app;
ALTER TABLE deleted_records ENABLE ROW LEVEL SECURITY;
ALTER TABLE deleted_records FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON deleted_records TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON deleted_records TO atalaya_app USING (company_id = (SELECT reached_company()));

GRANT SELECT, INSERT, UPDATE (content), DELETE ON record_revisions TO atalaya_app;
ALTER TABLE record_revisions ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_revisions FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON record_revisions TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON record_revisions TO atalaya_app USING (company_id = (SELECT reached_company()));

GRANT SELECT, INSERT, DELETE ON record_values TO atalaya_app;
ALTER TABLE record_values ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_values FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON record_values TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON record_values TO atalaya_app USING (company_id = (SELECT reached_company()));

GRANT SELECT, INSERT, DELETE ON unique_values TO atalaya_app;
ALTER TABLE unique_values ENABLE ROW LEVEL SECURITY;
ALTER TABLE unique_values FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON unique_values TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON unique_values TO atalaya_app USING (company_id = (SELECT reached_company()));
