-- Values of records name their entity type by a number instead of an id: an import spends most of its time on comparing
-- keys of the index, and numbers are compared several times as fast as ids.
-- Contracts record_values and unique_values as 0024 made them: no release has had tables, and of the program before, which
-- has them, whoever asks for records while replicas are replaced is told of a fault. Everything else it serves on.
ALTER TABLE entities ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE entities SET number = numbered.number
FROM (SELECT company_id, id, row_number() OVER (PARTITION BY company_id ORDER BY id) AS number FROM entities) AS numbered
WHERE entities.company_id = numbered.company_id AND entities.id = numbered.id;
ALTER TABLE entities ALTER COLUMN number DROP DEFAULT;
CREATE UNIQUE INDEX entities_by_number ON entities (company_id, number);

ALTER TABLE record_values RENAME TO record_values_by_id;
ALTER TABLE unique_values RENAME TO unique_values_by_id;

CREATE TABLE record_values (
    company_id  BIGINT NOT NULL,
    entity      INTEGER NOT NULL,
    field       INTEGER NOT NULL,
    sort_key    BYTEA NOT NULL,
    record_id   BYTEA NOT NULL,
    exact       BYTEA,
    folded      TEXT
);

CREATE TABLE unique_values (
    company_id  BIGINT NOT NULL,
    entity      INTEGER NOT NULL,
    field       INTEGER NOT NULL,
    exact_key   BYTEA NOT NULL,
    record_id   BYTEA NOT NULL
);

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

INSERT INTO record_values (company_id, entity, field, sort_key, record_id, exact, folded)
SELECT v.company_id, e.number, v.field, v.sort_key, v.record_id, v.exact, v.folded
FROM record_values_by_id v JOIN entities e ON e.company_id = v.company_id AND e.id = v.entity_id;
INSERT INTO unique_values (company_id, entity, field, exact_key, record_id)
SELECT v.company_id, e.number, v.field, v.exact_key, v.record_id
FROM unique_values_by_id v JOIN entities e ON e.company_id = v.company_id AND e.id = v.entity_id;

DROP TABLE record_values_by_id;
DROP TABLE unique_values_by_id;

ALTER TABLE record_values ADD PRIMARY KEY (company_id, entity, field, sort_key, record_id);
-- A record has one value of a field.
CREATE UNIQUE INDEX record_values_by_record ON record_values (company_id, entity, record_id, field);
ALTER TABLE unique_values ADD PRIMARY KEY (company_id, entity, field, exact_key);
CREATE INDEX unique_values_by_record ON unique_values (company_id, entity, record_id);
ANALYZE record_values, unique_values;
