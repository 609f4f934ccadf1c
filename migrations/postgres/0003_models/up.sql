CREATE TABLE model_versions (
    company_id BIGINT           NOT NULL,
    account_id BIGINT           NOT NULL,
    version    INTEGER          NOT NULL CHECK (version > 0),
    trained_at TIMESTAMP        NOT NULL,
    trained_by TEXT             NOT NULL,
    served     TEXT             NOT NULL,
    grid       TEXT             NOT NULL CHECK (grid IN ('daily', 'hourly')),
    mae        DOUBLE PRECISION NOT NULL,
    rmse       DOUBLE PRECISION NOT NULL,
    mape       DOUBLE PRECISION,
    mase       DOUBLE PRECISION,
    data_from  TIMESTAMP        NOT NULL,
    data_until TIMESTAMP        NOT NULL,
    -- SHA-256 of the artifact, in hexadecimal.
    checksum   TEXT             NOT NULL,
    size_bytes BIGINT           NOT NULL CHECK (size_bytes >= 0),
    active     BOOLEAN          NOT NULL,
    deleted_at TIMESTAMP,
    artifact   BYTEA,
    fitted     BYTEA,
    PRIMARY KEY (company_id, account_id, version),
    FOREIGN KEY (company_id, account_id) REFERENCES accounts (company_id, id),
    -- A deleted version keeps its row and nothing else: its number is never given again.
    CHECK ((deleted_at IS NULL) = (artifact IS NOT NULL)),
    CHECK ((deleted_at IS NULL) = (fitted IS NOT NULL)),
    CHECK (NOT active OR deleted_at IS NULL)
);

CREATE UNIQUE INDEX model_versions_one_active ON model_versions (company_id, account_id) WHERE active;
