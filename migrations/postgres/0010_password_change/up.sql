-- Somebody else chose the password, and the user has to change it before anything else.
ALTER TABLE users
    ADD COLUMN must_change_password BOOLEAN NOT NULL DEFAULT FALSE;
