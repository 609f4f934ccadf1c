-- How many records an entity type has: of a million, counting them takes longer than all else of a page. The database keeps
-- it, so that no statement about records, and no program from before, can forget to.
-- It is the sum of parts. Whoever writes adds a part and reads none, so that writers of one entity type neither wait for nor
-- cross each other. Of fifty transactions that have just begun one also puts parts together, those that nobody else is
-- putting together. A long one does not: it would meet what others put together meanwhile, and would have to begin anew.
CREATE TABLE record_counts (
    company_id  BIGINT NOT NULL,
    entity_id   BYTEA NOT NULL,
    part        BIGINT GENERATED ALWAYS AS IDENTITY,
    -- Below zero where more were deleted than created.
    number      INTEGER NOT NULL,
    PRIMARY KEY (company_id, entity_id, part),
    -- The program from before deletes entity types too.
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id) ON DELETE CASCADE
) WITH (autovacuum_vacuum_scale_factor = 0.02);

GRANT SELECT, INSERT, UPDATE, DELETE ON record_counts TO atalaya_app;
ALTER TABLE record_counts ENABLE ROW LEVEL SECURITY;
ALTER TABLE record_counts FORCE ROW LEVEL SECURITY;
CREATE POLICY migrations ON record_counts TO CURRENT_USER USING ((SELECT is_migrating()));
CREATE POLICY of_company ON record_counts TO atalaya_app USING (company_id = (SELECT reached_company()));

CREATE FUNCTION count_records() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    written RECORD;
BEGIN
    FOR written IN
        SELECT company_id, entity_id, CAST(count(*) AS INTEGER) AS number FROM written_records GROUP BY company_id, entity_id
    LOOP
        INSERT INTO record_counts (company_id, entity_id, number)
        VALUES (
            written.company_id, written.entity_id,
            CASE TG_OP WHEN 'INSERT' THEN written.number ELSE -written.number END
        );
        IF random() < 0.02 AND clock_timestamp() - transaction_timestamp() < INTERVAL '1 second' THEN
            WITH free AS (
                SELECT part FROM record_counts
                WHERE company_id = written.company_id AND entity_id = written.entity_id
                ORDER BY part DESC LIMIT 10000
                FOR UPDATE SKIP LOCKED
            ), taken AS (
                DELETE FROM record_counts
                WHERE company_id = written.company_id AND entity_id = written.entity_id AND part IN (SELECT part FROM free)
                RETURNING number
            )
            INSERT INTO record_counts (company_id, entity_id, number)
            SELECT written.company_id, written.entity_id, sum(number) FROM taken;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- Writers that are under way are waited for here, and none begins before this migration has ended.
CREATE TRIGGER records_count_up AFTER INSERT ON records
    REFERENCING NEW TABLE AS written_records FOR EACH STATEMENT EXECUTE FUNCTION count_records();
CREATE TRIGGER records_count_down AFTER DELETE ON records
    REFERENCING OLD TABLE AS written_records FOR EACH STATEMENT EXECUTE FUNCTION count_records();

INSERT INTO record_counts (company_id, entity_id, number)
SELECT company_id, entity_id, count(*) FROM records GROUP BY company_id, entity_id;

-- After an import an index answers by itself only once the table was vacuumed: that comes when a fiftieth is new, not a fifth.
ALTER TABLE records SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE record_values SET (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
