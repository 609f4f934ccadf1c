ALTER TABLE jobs DROP COLUMN watched_attempt;
ALTER TABLE jobs DROP COLUMN process;
