-- What people ask for of an entity type again and again. `query` is JSON that names fields by their ids.
CREATE TABLE record_views (
    company_id  BIGINT NOT NULL,
    entity_id   BYTEA NOT NULL,
    -- A UUIDv7.
    id          BYTEA NOT NULL,
    owner_id    BIGINT NOT NULL,
    name        TEXT NOT NULL,
    shared      BOOLEAN NOT NULL,
    query       TEXT NOT NULL,
    created_at  TIMESTAMP NOT NULL,
    updated_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (company_id, entity_id, id),
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id),
    FOREIGN KEY (company_id, owner_id) REFERENCES users (company_id, id) ON DELETE CASCADE
);

CREATE INDEX record_views_by_owner ON record_views (company_id, owner_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON record_views TO atalaya_app;
ALTER TABLE record_views ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_views FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON record_views TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON record_views TO atalaya_app USING (company_id = (SELECT reached_company()));
