-- Tables that companies define for themselves. Names of theirs are values here: no statement is made of them.
CREATE TABLE entities (
    company_id    INTEGER NOT NULL REFERENCES companies (id),
    -- A UUIDv7.
    id            BLOB NOT NULL,
    name          TEXT NOT NULL,
    -- The name in small letters.
    name_key      TEXT NOT NULL,
    display_name  TEXT NOT NULL,
    description   TEXT,
    -- The number of the next field: none is given twice.
    next_field    INTEGER NOT NULL,
    created_at    TEXT NOT NULL,
    -- Since when it is in the trash.
    deleted_at    TEXT,
    PRIMARY KEY (company_id, id)
) STRICT;

-- A name is free again as soon as its entity type goes into the trash.
CREATE UNIQUE INDEX entities_by_name ON entities (company_id, name_key) WHERE deleted_at IS NULL;

CREATE TABLE entity_fields (
    company_id     INTEGER NOT NULL,
    entity_id      BLOB NOT NULL,
    -- By which values name their field.
    number         INTEGER NOT NULL,
    -- A UUIDv7.
    id             BLOB NOT NULL,
    name           TEXT NOT NULL,
    column_name    TEXT NOT NULL,
    display_name   TEXT NOT NULL,
    kind           TEXT NOT NULL,
    required       INTEGER NOT NULL,
    max_length     INTEGER,
    display_order  INTEGER NOT NULL,
    -- What a relation points to: entity type, the number of the field that people choose by, and what a deletion does.
    target_id      BLOB,
    target_display INTEGER,
    on_delete      TEXT,
    -- What else a value has to be, as JSON; nothing where nothing.
    rules          TEXT,
    created_at     TEXT NOT NULL,
    deleted_at     TEXT,
    PRIMARY KEY (company_id, entity_id, number),
    UNIQUE (company_id, id),
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id),
    FOREIGN KEY (company_id, target_id) REFERENCES entities (company_id, id)
) STRICT;

CREATE UNIQUE INDEX entity_fields_by_name ON entity_fields (company_id, entity_id, column_name)
    WHERE deleted_at IS NULL;
CREATE INDEX entity_fields_by_target ON entity_fields (company_id, target_id) WHERE target_id IS NOT NULL;

CREATE TABLE records (
    company_id  INTEGER NOT NULL,
    entity_id   BLOB NOT NULL,
    -- A UUIDv7: records are listed by it, the newest first.
    id          BLOB NOT NULL,
    revision    INTEGER NOT NULL,
    -- How the revision came about, and who did it.
    kind        TEXT NOT NULL,
    author      TEXT NOT NULL,
    request_id  TEXT,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    -- A JSON object by numbers of fields.
    content     TEXT NOT NULL,
    PRIMARY KEY (company_id, entity_id, id),
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id)
) STRICT;

-- What is in the trash stands apart, so that no statement about records has to leave it out.
CREATE TABLE deleted_records (
    company_id  INTEGER NOT NULL,
    entity_id   BLOB NOT NULL,
    id          BLOB NOT NULL,
    revision    INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    author      TEXT NOT NULL,
    request_id  TEXT,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    content     TEXT NOT NULL,
    PRIMARY KEY (company_id, entity_id, id),
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id)
) STRICT;

CREATE INDEX deleted_records_by_time ON deleted_records (company_id, entity_id, updated_at, id);

-- What a record was before. The present state is in `records` or `deleted_records`.
CREATE TABLE record_revisions (
    company_id  INTEGER NOT NULL,
    entity_id   BLOB NOT NULL,
    record_id   BLOB NOT NULL,
    revision    INTEGER NOT NULL,
    kind        TEXT NOT NULL,
    author      TEXT NOT NULL,
    request_id  TEXT,
    written_at  TEXT NOT NULL,
    content     TEXT NOT NULL,
    PRIMARY KEY (company_id, entity_id, record_id, revision),
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id)
) STRICT;

-- Values of records for filters and sorting. A key is bytes that compare as the value does, the same on both databases.
-- A text has its folded form besides, and 16 bytes of the SHA-256 of every letter, because texts that sort alike need
-- not be equal. Written with its record by one repository, and made anew from it: so no key points at records, which
-- would be looked up for each value of an import.
CREATE TABLE record_values (
    company_id  INTEGER NOT NULL,
    entity_id   BLOB NOT NULL,
    field       INTEGER NOT NULL,
    sort_key    BLOB NOT NULL,
    record_id   BLOB NOT NULL,
    exact       BLOB,
    folded      TEXT,
    PRIMARY KEY (company_id, entity_id, field, sort_key, record_id)
) STRICT, WITHOUT ROWID;

-- A record has one value of a field.
CREATE UNIQUE INDEX record_values_by_record ON record_values (company_id, entity_id, record_id, field);

-- Values of unique fields, each once: the key of sorting with the rest of what is exact. No key points at records here
-- either.
CREATE TABLE unique_values (
    company_id  INTEGER NOT NULL,
    entity_id   BLOB NOT NULL,
    field       INTEGER NOT NULL,
    exact_key   BLOB NOT NULL,
    record_id   BLOB NOT NULL,
    PRIMARY KEY (company_id, entity_id, field, exact_key)
) STRICT, WITHOUT ROWID;

CREATE INDEX unique_values_by_record ON unique_values (company_id, entity_id, record_id);

-- What SQLite has to know to find its way, as ANALYZE would tell of a million records with five values each: without
-- it, a field counts for ten rows, and the whole of it is gone through for the value of one record. No program runs
-- ANALYZE.
ANALYZE record_values;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('records', 'sqlite_autoindex_records_1', '1000000 1000000 1000000 1'),
    ('record_values', 'record_values', '5000000 5000000 5000000 1000000 10 1'),
    ('record_values', 'record_values_by_record', '5000000 5000000 5000000 5 1');
ANALYZE sqlite_schema;
