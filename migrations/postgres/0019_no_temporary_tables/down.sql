-- Nothing is given back: no program needs it.
SELECT 1;
