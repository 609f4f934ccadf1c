-- While a field gets another type, its converted values are kept under the number of a hidden field, which is in the trash
-- until it takes the place of the one that people see.
ALTER TABLE entity_fields ADD COLUMN retyping INTEGER;
-- Of a hidden field: the job that fills it. A field in the trash that people may restore has none.
ALTER TABLE entity_fields ADD COLUMN hidden_by TEXT;
