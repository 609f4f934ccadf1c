-- Contracts what no program ever needed: temporary tables and functions, and objects of its own in the schema. A temporary
-- table lives as long as its connection and comes before the real one of its name, so that SQL which got in through one
-- request could stay for the requests of other companies on the same connection.
--
-- Only the database's owner can take it back. Where whoever migrates is not the owner this changes nothing, and the program
-- warns at its start.
DO $$
BEGIN
    EXECUTE format('REVOKE TEMPORARY, CREATE ON DATABASE %I FROM PUBLIC, atalaya_app', current_database());
    EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM PUBLIC, atalaya_app', current_schema());
EXCEPTION
    WHEN insufficient_privilege THEN
        NULL;
END
$$;
