ALTER TABLE login_failures RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE idempotency_keys RESET (fillfactor, autovacuum_vacuum_scale_factor);
ALTER TABLE jobs RESET (fillfactor, autovacuum_vacuum_scale_factor);
