-- Sessions and their tokens change at every refresh: as 0016 does for what changes oftener, with less room, because they stay.
ALTER TABLE sessions SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
ALTER TABLE refresh_tokens SET (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.05);
