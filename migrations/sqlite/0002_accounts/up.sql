CREATE TABLE accounts (
    id                    INTEGER PRIMARY KEY AUTOINCREMENT,
    company_id            INTEGER NOT NULL REFERENCES companies (id),
    handle                TEXT    NOT NULL,
    name                  TEXT    NOT NULL,
    platform              TEXT,
    time_zone             TEXT,
    registered_at         TEXT    NOT NULL,
    -- Kept right by every transaction that writes observations, so that lists need not count them.
    observation_count     INTEGER NOT NULL DEFAULT 0 CHECK (observation_count >= 0),
    newest_observation_at TEXT,
    UNIQUE (company_id, id),
    UNIQUE (company_id, handle)
) STRICT;

CREATE TABLE user_accounts (
    company_id INTEGER NOT NULL,
    user_id    INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    PRIMARY KEY (company_id, user_id, account_id),
    FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id),
    FOREIGN KEY (company_id, account_id) REFERENCES accounts (company_id, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX user_accounts_by_account ON user_accounts (company_id, account_id);

CREATE TABLE observations (
    company_id  INTEGER NOT NULL,
    account_id  INTEGER NOT NULL,
    observed_at TEXT    NOT NULL,
    followers   INTEGER NOT NULL CHECK (followers >= 0),
    posts       INTEGER CHECK (posts >= 0),
    following   INTEGER CHECK (following >= 0),
    PRIMARY KEY (company_id, account_id, observed_at),
    FOREIGN KEY (company_id, account_id) REFERENCES accounts (company_id, id)
) STRICT, WITHOUT ROWID;
