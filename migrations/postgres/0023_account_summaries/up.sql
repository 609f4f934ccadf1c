-- What an overview needs of each account, kept by whoever writes what it is made of. A row whose half is missing, or was made
-- of something else than is there, is made anew by whoever reads it: so accounts from before have no row yet.
CREATE TABLE account_summaries (
    company_id            BIGINT NOT NULL,
    account_id            BIGINT NOT NULL,
    -- What the latest days were made of: the zone, how many observations, and the newest one.
    time_zone             TEXT,
    observation_count     BIGINT,
    newest_observation_at TIMESTAMP,
    recent                BYTEA,
    -- Of which version the outlook is.
    model_version         INTEGER,
    outlook               BYTEA,
    PRIMARY KEY (company_id, account_id),
    FOREIGN KEY (company_id, account_id) REFERENCES accounts (company_id, id)
);

GRANT SELECT, INSERT, UPDATE ON account_summaries TO atalaya_app;
ALTER TABLE account_summaries ENABLE ROW LEVEL SECURITY;
ALTER TABLE account_summaries FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON account_summaries TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON account_summaries TO atalaya_app USING (company_id = (SELECT reached_company()));

-- A program from before knows no summaries, and may write beside this one during an upgrade. Corrected values leave the number
-- and the newest observation as they were, so whoever writes observations outdates the summary; who knows it makes it anew.
CREATE FUNCTION outdate_summary() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE account_summaries SET observation_count = NULL WHERE company_id = NEW.company_id AND account_id = NEW.id;
    RETURN NULL;
END
$$;

CREATE TRIGGER observations_outdate_summaries AFTER UPDATE OF observation_count ON accounts
    FOR EACH ROW EXECUTE FUNCTION outdate_summary();
