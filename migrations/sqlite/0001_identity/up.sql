CREATE TABLE companies (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    name       TEXT    NOT NULL UNIQUE,
    time_zone  TEXT    NOT NULL,
    active     INTEGER NOT NULL CHECK (active IN (0, 1)),
    created_at TEXT    NOT NULL
) STRICT;

CREATE TABLE users (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id    INTEGER REFERENCES companies (id),
    username      TEXT    NOT NULL,
    -- The form that decides whether two names are the same.
    username_key  TEXT    NOT NULL UNIQUE,
    password_hash TEXT    NOT NULL,
    pepper_id     TEXT    NOT NULL,
    role          TEXT    NOT NULL CHECK (role IN ('superadmin', 'admin', 'user', 'viewer')),
    email         TEXT,
    active        INTEGER NOT NULL CHECK (active IN (0, 1)),
    -- Counts every change that makes older access tokens void.
    version       INTEGER NOT NULL CHECK (version > 0),
    created_at    TEXT    NOT NULL,
    last_login_at TEXT,
    -- What other tables refer to, so that a reference cannot leave the company.
    UNIQUE (company_id, id),
    CHECK ((role = 'superadmin') = (company_id IS NULL))
) STRICT;
