ALTER TABLE entity_fields DROP COLUMN hidden_by;
ALTER TABLE entity_fields DROP COLUMN retyping;
