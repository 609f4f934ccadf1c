-- Somebody else chose the password, and the user has to change it before anything else.
ALTER TABLE users
    ADD COLUMN must_change_password INTEGER NOT NULL DEFAULT 0 CHECK (must_change_password IN (0, 1));
