-- Which records of a company's own tables are covariates of its trainings, unless a training names others. The ids
-- are those of an entity type and of its fields; no key points at them, as what is deleted may be restored, and is
-- purged one day.
CREATE TABLE covariate_sources (
    company_id        INTEGER NOT NULL REFERENCES companies (id),
    -- In which order they are tried.
    place             INTEGER NOT NULL,
    entity_id         BLOB NOT NULL,
    date_field        BLOB NOT NULL,
    value_field       BLOB,
    aggregate         TEXT NOT NULL,
    account_field     BLOB,
    lag_days          INTEGER NOT NULL,
    known_since_field BLOB,
    PRIMARY KEY (company_id, place)
) STRICT;
