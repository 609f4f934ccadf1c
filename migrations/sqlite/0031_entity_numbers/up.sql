-- Values of records name their entity type by a number instead of an id: an import spends most of its time on comparing
-- keys of the index, and numbers are compared several times as fast as ids.
ALTER TABLE entities ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE entities SET number = (
    SELECT count(*) FROM entities before WHERE before.company_id = entities.company_id AND before.id <= entities.id
);
CREATE UNIQUE INDEX entities_by_number ON entities (company_id, number);

ALTER TABLE record_values RENAME TO record_values_by_id;
ALTER TABLE unique_values RENAME TO unique_values_by_id;

CREATE TABLE record_values (
    company_id  INTEGER NOT NULL,
    entity      INTEGER NOT NULL,
    field       INTEGER NOT NULL,
    sort_key    BLOB NOT NULL,
    record_id   BLOB NOT NULL,
    exact       BLOB,
    folded      TEXT,
    PRIMARY KEY (company_id, entity, field, sort_key, record_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE unique_values (
    company_id  INTEGER NOT NULL,
    entity      INTEGER NOT NULL,
    field       INTEGER NOT NULL,
    exact_key   BLOB NOT NULL,
    record_id   BLOB NOT NULL,
    PRIMARY KEY (company_id, entity, field, exact_key)
) STRICT, WITHOUT ROWID;

INSERT INTO record_values (company_id, entity, field, sort_key, record_id, exact, folded)
SELECT v.company_id, e.number, v.field, v.sort_key, v.record_id, v.exact, v.folded
FROM entities e JOIN record_values_by_id v ON e.company_id = v.company_id AND e.id = v.entity_id
ORDER BY 1, 2, 3, 4, 5;
INSERT INTO unique_values (company_id, entity, field, exact_key, record_id)
SELECT v.company_id, e.number, v.field, v.exact_key, v.record_id
FROM entities e JOIN unique_values_by_id v ON e.company_id = v.company_id AND e.id = v.entity_id
ORDER BY 1, 2, 3, 4;

DROP TABLE record_values_by_id;
DROP TABLE unique_values_by_id;

-- A record has one value of a field.
CREATE UNIQUE INDEX record_values_by_record ON record_values (company_id, entity, record_id, field);
CREATE INDEX unique_values_by_record ON unique_values (company_id, entity, record_id);
