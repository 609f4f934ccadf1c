-- A SQLite file has no roles.
SELECT 1;
