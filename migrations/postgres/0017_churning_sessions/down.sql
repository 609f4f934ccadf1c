ALTER TABLE refresh_tokens RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE sessions RESET (fillfactor, autovacuum_vacuum_scale_factor);
