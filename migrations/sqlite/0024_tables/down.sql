DROP TABLE unique_values;
DROP TABLE record_values;
DROP TABLE record_revisions;
DROP TABLE deleted_records;
DROP TABLE records;
DROP TABLE entity_fields;
DROP TABLE entities;
DELETE FROM sqlite_stat1 WHERE tbl IN ('records', 'record_values');
