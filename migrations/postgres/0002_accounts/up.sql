CREATE TABLE accounts (
    id                    BIGINT    GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    company_id            BIGINT    NOT NULL REFERENCES companies (id),
    -- Byte order, so that pages are cut the same way on every machine.
    handle                TEXT      COLLATE "C" NOT NULL,
    name                  TEXT      NOT NULL,
    platform              TEXT,
    time_zone             TEXT,
    registered_at         TIMESTAMP NOT NULL,
    -- Kept right by every transaction that writes observations, so that lists need not count them.
    observation_count     BIGINT    NOT NULL DEFAULT 0 CHECK (observation_count >= 0),
    newest_observation_at TIMESTAMP,
    UNIQUE (company_id, id),
    UNIQUE (company_id, handle)
);

CREATE TABLE user_accounts (
    company_id BIGINT NOT NULL,
    user_id    BIGINT NOT NULL,
    account_id BIGINT NOT NULL,
    PRIMARY KEY (company_id, user_id, account_id),
    FOREIGN KEY (company_id, user_id) REFERENCES users (company_id, id),
    FOREIGN KEY (company_id, account_id) REFERENCES accounts (company_id, id)
);

CREATE INDEX user_accounts_by_account ON user_accounts (company_id, account_id);

CREATE TABLE observations (
    company_id  BIGINT    NOT NULL,
    account_id  BIGINT    NOT NULL,
    observed_at TIMESTAMP NOT NULL,
    followers   BIGINT    NOT NULL CHECK (followers >= 0),
    posts       BIGINT    CHECK (posts >= 0),
    following   BIGINT    CHECK (following >= 0),
    PRIMARY KEY (company_id, account_id, observed_at),
    FOREIGN KEY (company_id, account_id) REFERENCES accounts (company_id, id)
);
