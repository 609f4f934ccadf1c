CREATE TABLE companies (
    id         BIGINT    GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name       TEXT      NOT NULL UNIQUE,
    time_zone  TEXT      NOT NULL,
    active     BOOLEAN   NOT NULL,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE users (
    id            BIGINT    GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id    BIGINT    REFERENCES companies (id),
    username      TEXT      NOT NULL,
    -- The form that decides whether two names are the same.
    username_key  TEXT      NOT NULL UNIQUE,
    password_hash TEXT      NOT NULL,
    pepper_id     TEXT      NOT NULL,
    role          TEXT      NOT NULL CHECK (role IN ('superadmin', 'admin', 'user', 'viewer')),
    email         TEXT,
    active        BOOLEAN   NOT NULL,
    -- Counts every change that makes older access tokens void.
    version       BIGINT    NOT NULL CHECK (version > 0),
    created_at    TIMESTAMP NOT NULL,
    last_login_at TIMESTAMP,
    -- What other tables refer to, so that a reference cannot leave the company.
    UNIQUE (company_id, id),
    CHECK ((role = 'superadmin') = (company_id IS NULL))
);
