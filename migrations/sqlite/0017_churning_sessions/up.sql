-- SQLite writes pages anew and has nothing to sweep.
SELECT 1;
