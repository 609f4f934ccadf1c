-- How many records an entity type has: of a million, counting them takes longer than all else of a page. The database keeps
-- it, so that no statement about records, and no program from before, can forget to.
CREATE TABLE record_counts (
    company_id  INTEGER NOT NULL,
    entity_id   BLOB NOT NULL,
    number      INTEGER NOT NULL,
    PRIMARY KEY (company_id, entity_id),
    -- The program from before deletes entity types too.
    FOREIGN KEY (company_id, entity_id) REFERENCES entities (company_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TRIGGER records_count_up AFTER INSERT ON records
BEGIN
    INSERT INTO record_counts (company_id, entity_id, number) VALUES (NEW.company_id, NEW.entity_id, 1)
    ON CONFLICT (company_id, entity_id) DO UPDATE SET number = number + 1;
END;

CREATE TRIGGER records_count_down AFTER DELETE ON records
BEGIN
    UPDATE record_counts SET number = number - 1 WHERE company_id = OLD.company_id AND entity_id = OLD.entity_id;
END;

INSERT INTO record_counts (company_id, entity_id, number)
SELECT company_id, entity_id, count(*) FROM records GROUP BY company_id, entity_id;
