DROP TRIGGER model_versions_are_not_replaced;
DROP TRIGGER model_versions_are_not_removed;
DROP TRIGGER model_versions_are_not_changed;
DROP INDEX model_versions_one_active;
ALTER TABLE model_versions RENAME TO model_versions_after;

CREATE TABLE model_versions (
    company_id INTEGER NOT NULL,
    account_id INTEGER NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    trained_at TEXT    NOT NULL,
    trained_by TEXT    NOT NULL,
    served     TEXT    NOT NULL,
    grid       TEXT    NOT NULL CHECK (grid IN ('daily', 'hourly')),
    mae        REAL    NOT NULL,
    rmse       REAL    NOT NULL,
    mape       REAL,
    mase       REAL,
    data_from  TEXT    NOT NULL,
    data_until TEXT    NOT NULL,
    -- SHA-256 of the artifact, in hexadecimal.
    checksum   TEXT    NOT NULL,
    size_bytes INTEGER NOT NULL CHECK (size_bytes >= 0),
    active     INTEGER NOT NULL CHECK (active IN (0, 1)),
    deleted_at TEXT,
    -- The bytes come last, so that reading a run does not walk over them.
    artifact   BLOB,
    fitted     BLOB,
    PRIMARY KEY (company_id, account_id, version),
    FOREIGN KEY (company_id, account_id) REFERENCES accounts (company_id, id),
    -- A deleted version keeps its row and nothing else: its number is never given again.
    CHECK ((deleted_at IS NULL) = (artifact IS NOT NULL)),
    CHECK ((deleted_at IS NULL) = (fitted IS NOT NULL)),
    CHECK (NOT active OR deleted_at IS NULL)
) STRICT;

-- A version without its fitted model answers on, and refuses assumptions.
INSERT INTO model_versions (
    company_id, account_id, version, trained_at, trained_by, served, grid, mae, rmse, mape, mase, data_from, data_until,
    checksum, size_bytes, active, deleted_at, artifact, fitted
)
SELECT
    company_id, account_id, version, trained_at, trained_by, served, grid, mae, rmse, mape, mase, data_from, data_until,
    checksum, size_bytes, active, deleted_at, artifact,
    CASE WHEN deleted_at IS NULL THEN coalesce(fitted, X'') END
FROM model_versions_after;

DROP TABLE model_versions_after;
CREATE UNIQUE INDEX model_versions_one_active ON model_versions (company_id, account_id) WHERE active;
