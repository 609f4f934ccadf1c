-- Which records of a company's own tables are covariates of its trainings, unless a training names others. The ids
-- are those of an entity type and of its fields; no key points at them, as what is deleted may be restored, and is
-- purged one day.
CREATE TABLE covariate_sources (
    company_id        BIGINT NOT NULL REFERENCES companies (id),
    -- In which order they are tried.
    place             INTEGER NOT NULL,
    entity_id         BYTEA NOT NULL,
    date_field        BYTEA NOT NULL,
    value_field       BYTEA,
    aggregate         TEXT NOT NULL,
    account_field     BYTEA,
    lag_days          INTEGER NOT NULL,
    known_since_field BYTEA,
    PRIMARY KEY (company_id, place)
);

GRANT SELECT, INSERT, DELETE ON covariate_sources TO atalaya_app;
ALTER TABLE covariate_sources ENABLE ROW LEVEL SECURITY;
ALTER TABLE covariate_sources FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON covariate_sources TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON covariate_sources TO atalaya_app USING (company_id = (SELECT reached_company()));
