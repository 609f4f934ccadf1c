ALTER TABLE record_values RENAME TO record_values_by_number;
ALTER TABLE unique_values RENAME TO unique_values_by_number;

CREATE TABLE record_values (
    company_id  BIGINT NOT NULL,
    entity_id   BYTEA NOT NULL,
    field       INTEGER NOT NULL,
    sort_key    BYTEA NOT NULL,
    record_id   BYTEA NOT NULL,
    exact       BYTEA,
    folded      TEXT
);

CREATE TABLE unique_values (
    company_id  BIGINT NOT NULL,
    entity_id   BYTEA NOT NULL,
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

INSERT INTO record_values (company_id, entity_id, field, sort_key, record_id, exact, folded)
SELECT v.company_id, e.id, v.field, v.sort_key, v.record_id, v.exact, v.folded
FROM record_values_by_number v JOIN entities e ON e.company_id = v.company_id AND e.number = v.entity;
INSERT INTO unique_values (company_id, entity_id, field, exact_key, record_id)
SELECT v.company_id, e.id, v.field, v.exact_key, v.record_id
FROM unique_values_by_number v JOIN entities e ON e.company_id = v.company_id AND e.number = v.entity;

DROP TABLE record_values_by_number;
DROP TABLE unique_values_by_number;

ALTER TABLE record_values ADD PRIMARY KEY (company_id, entity_id, field, sort_key, record_id);
CREATE UNIQUE INDEX record_values_by_record ON record_values (company_id, entity_id, record_id, field);
ALTER TABLE unique_values ADD PRIMARY KEY (company_id, entity_id, field, exact_key);
CREATE INDEX unique_values_by_record ON unique_values (company_id, entity_id, record_id);
DROP INDEX entities_by_number;
ALTER TABLE entities DROP COLUMN number;
