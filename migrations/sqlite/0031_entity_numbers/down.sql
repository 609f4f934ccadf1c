ALTER TABLE record_values RENAME TO record_values_by_number;
ALTER TABLE unique_values RENAME TO unique_values_by_number;

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

CREATE TABLE unique_values (
    company_id  INTEGER NOT NULL,
    entity_id   BLOB NOT NULL,
    field       INTEGER NOT NULL,
    exact_key   BLOB NOT NULL,
    record_id   BLOB NOT NULL,
    PRIMARY KEY (company_id, entity_id, field, exact_key)
) STRICT, WITHOUT ROWID;

INSERT INTO record_values (company_id, entity_id, field, sort_key, record_id, exact, folded)
SELECT v.company_id, e.id, v.field, v.sort_key, v.record_id, v.exact, v.folded
FROM entities e JOIN record_values_by_number v ON e.company_id = v.company_id AND e.number = v.entity
ORDER BY 1, 2, 3, 4, 5;
INSERT INTO unique_values (company_id, entity_id, field, exact_key, record_id)
SELECT v.company_id, e.id, v.field, v.exact_key, v.record_id
FROM entities e JOIN unique_values_by_number v ON e.company_id = v.company_id AND e.number = v.entity
ORDER BY 1, 2, 3, 4;

DROP TABLE record_values_by_number;
DROP TABLE unique_values_by_number;

CREATE UNIQUE INDEX record_values_by_record ON record_values (company_id, entity_id, record_id, field);
CREATE INDEX unique_values_by_record ON unique_values (company_id, entity_id, record_id);
DROP INDEX entities_by_number;
ALTER TABLE entities DROP COLUMN number;
