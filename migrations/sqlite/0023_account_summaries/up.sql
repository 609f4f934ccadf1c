-- What an overview needs of each account, kept by whoever writes what it is made of. A row whose half is missing, or was made
-- of something else than is there, is made anew by whoever reads it: so accounts from before have no row yet.
CREATE TABLE account_summaries (
    company_id            INTEGER NOT NULL,
    account_id            INTEGER NOT NULL,
    -- What the latest days were made of: the zone, how many observations, and the newest one.
    time_zone             TEXT,
    observation_count     INTEGER,
    newest_observation_at TEXT,
    recent                BLOB,
    -- Of which version the outlook is.
    model_version         INTEGER,
    outlook               BLOB,
    PRIMARY KEY (company_id, account_id),
    FOREIGN KEY (company_id, account_id) REFERENCES accounts (company_id, id)
) STRICT;

-- A program from before knows no summaries, and may write beside this one during an upgrade. Corrected values leave the number
-- and the newest observation as they were, so whoever writes observations outdates the summary; who knows it makes it anew.
CREATE TRIGGER observations_outdate_summaries AFTER UPDATE OF observation_count ON accounts
BEGIN
    UPDATE account_summaries SET observation_count = NULL WHERE company_id = NEW.company_id AND account_id = NEW.id;
END;
