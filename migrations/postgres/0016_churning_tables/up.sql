-- Rows of these tables change several times and then go. Room on a page lets the new version of a row lie beside the old one,
-- and what is left of them is swept long before a fifth of a table is dead.
ALTER TABLE jobs SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE idempotency_keys SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
ALTER TABLE login_failures SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
