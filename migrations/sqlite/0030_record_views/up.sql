-- What people ask for of an entity type again and again. `query` is JSON that names fields by their ids.
CREATE TABLE record_views (
    company_id  INTEGER NOT NULL,
    entity_id   BLOB NOT NULL,
    -- A UUIDv7.
    id          BLOB NOT NULL,
    owner_id    INTEGER NOT NULL,
    name        TEXT NOT NULL,
    shared      INTEGER NOT NULL,
    query       TEXT NOT NULL,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL,
    PRIMARY KEY (company_id, entity_id, id),
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id),
    FOREIGN KEY (company_id, owner_id) REFERENCES users (company_id, id) ON DELETE CASCADE
) STRICT;

CREATE INDEX record_views_by_owner ON record_views (company_id, owner_id);
