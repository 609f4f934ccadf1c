ALTER TABLE record_values RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
ALTER TABLE records RESET (autovacuum_vacuum_insert_scale_factor, autovacuum_analyze_scale_factor);
DROP TRIGGER records_count_down ON records;
DROP TRIGGER records_count_up ON records;
DROP FUNCTION count_records;
DROP TABLE record_counts;
