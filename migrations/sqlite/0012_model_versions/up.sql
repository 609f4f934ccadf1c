-- SQLite changes no CHECK: the table is built anew.
DROP INDEX model_versions_one_active;
ALTER TABLE model_versions RENAME TO model_versions_before;

CREATE TABLE model_versions (
    company_id  INTEGER NOT NULL,
    account_id  INTEGER NOT NULL,
    version     INTEGER NOT NULL CHECK (version > 0),
    trained_at  TEXT    NOT NULL,
    trained_by  TEXT    NOT NULL,
    served      TEXT    NOT NULL,
    grid        TEXT    NOT NULL CHECK (grid IN ('daily', 'hourly')),
    mae         REAL    NOT NULL,
    rmse        REAL    NOT NULL,
    mape        REAL,
    mase        REAL,
    data_from   TEXT    NOT NULL,
    data_until  TEXT    NOT NULL,
    -- SHA-256 of the artifact, in hexadecimal.
    checksum    TEXT    NOT NULL,
    size_bytes  INTEGER NOT NULL CHECK (size_bytes >= 0),
    active      INTEGER NOT NULL CHECK (active IN (0, 1)),
    deleted_at  TEXT,
    -- The last day, on the account's own clocks, on which the version answered somebody.
    answered_at TEXT,
    -- The bytes come last, so that reading a run does not walk over them.
    artifact    BLOB,
    fitted      BLOB,
    PRIMARY KEY (company_id, account_id, version),
    FOREIGN KEY (company_id, account_id) REFERENCES accounts (company_id, id),
    -- A deleted version keeps its row and nothing else: its number is never given again.
    CHECK ((deleted_at IS NULL) = (artifact IS NOT NULL)),
    -- An old one may lose its fitted model and keep what answers.
    CHECK (deleted_at IS NULL OR fitted IS NULL),
    CHECK (NOT active OR deleted_at IS NULL)
) STRICT;

-- Nobody noted so far which versions answered: each counts as one that did on the day of its training, for else the next
-- training would drop all of them but ten.
INSERT INTO model_versions (
    company_id, account_id, version, trained_at, trained_by, served, grid, mae, rmse, mape, mase, data_from, data_until,
    checksum, size_bytes, active, deleted_at, answered_at, artifact, fitted
)
SELECT
    company_id, account_id, version, trained_at, trained_by, served, grid, mae, rmse, mape, mase, data_from, data_until,
    checksum, size_bytes, active, deleted_at, CASE WHEN artifact IS NOT NULL THEN date(trained_at) END, artifact, fitted
FROM model_versions_before;

DROP TABLE model_versions_before;
CREATE UNIQUE INDEX model_versions_one_active ON model_versions (company_id, account_id) WHERE active;

-- What was trained stays as it was: bytes may go, and nothing else changes but which version answers and when one did.
CREATE TRIGGER model_versions_are_not_changed BEFORE UPDATE ON model_versions
WHEN NEW.company_id IS NOT OLD.company_id
    OR NEW.account_id IS NOT OLD.account_id
    OR NEW.version IS NOT OLD.version
    OR NEW.trained_at IS NOT OLD.trained_at
    OR NEW.trained_by IS NOT OLD.trained_by
    OR NEW.served IS NOT OLD.served
    OR NEW.grid IS NOT OLD.grid
    OR NEW.mae IS NOT OLD.mae
    OR NEW.rmse IS NOT OLD.rmse
    OR NEW.mape IS NOT OLD.mape
    OR NEW.mase IS NOT OLD.mase
    OR NEW.data_from IS NOT OLD.data_from
    OR NEW.data_until IS NOT OLD.data_until
    OR NEW.checksum IS NOT OLD.checksum
    OR NEW.size_bytes IS NOT OLD.size_bytes
    OR (NEW.artifact IS NOT NULL AND NEW.artifact IS NOT OLD.artifact)
    OR (NEW.fitted IS NOT NULL AND NEW.fitted IS NOT OLD.fitted)
    OR (OLD.deleted_at IS NOT NULL AND NEW.deleted_at IS NOT OLD.deleted_at)
BEGIN
    SELECT RAISE(ABORT, 'a trained version does not change');
END;

CREATE TRIGGER model_versions_are_not_removed BEFORE DELETE ON model_versions
BEGIN
    SELECT RAISE(ABORT, 'a trained version does not change');
END;

-- INSERT OR REPLACE would delete without asking the trigger above.
CREATE TRIGGER model_versions_are_not_replaced BEFORE INSERT ON model_versions
WHEN EXISTS (
    SELECT 1 FROM model_versions
    WHERE company_id = NEW.company_id AND account_id = NEW.account_id AND version = NEW.version
)
BEGIN
    SELECT RAISE(ABORT, 'a trained version does not change');
END;
