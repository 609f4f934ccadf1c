-- What an entity type says of its records, as JSON: who may do what with them, and more. Nothing where nothing.
ALTER TABLE entities ADD COLUMN settings TEXT;
-- The user who created a record. Nobody where a program did, or before this column was there.
ALTER TABLE records ADD COLUMN creator BIGINT;
ALTER TABLE deleted_records ADD COLUMN creator BIGINT;
