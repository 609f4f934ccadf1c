DELETE FROM unique_values WHERE field < 0;
DELETE FROM record_values WHERE field = 0;
ALTER TABLE deleted_records DROP COLUMN creator;
ALTER TABLE records DROP COLUMN creator;
ALTER TABLE entities DROP COLUMN settings;
