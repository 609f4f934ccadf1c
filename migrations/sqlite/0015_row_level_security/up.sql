-- Nothing to do: a SQLite file has one user, whoever opens it, and no security by row. The foreign keys and the program's own
-- conditions are what separates companies here.
SELECT 1;
