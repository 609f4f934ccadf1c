DO $$
DECLARE
    policy RECORD;
    name TEXT;
BEGIN
    FOR policy IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = current_schema() LOOP
        EXECUTE format('DROP POLICY %I ON %I', policy.policyname, policy.tablename);
    END LOOP;
    FOR name IN SELECT relname FROM pg_class
        WHERE relnamespace = current_schema()::regnamespace AND relrowsecurity
    LOOP
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', name);
    END LOOP;
END
$$;

DROP FUNCTION is_migrating();
DROP FUNCTION reaches_platform();
DROP FUNCTION reached_company();

-- The program works as atalaya_app all the same, so what the role may do with the program's own tables stays, and so does the
-- role, which other databases of the server may use.
REVOKE SELECT ON __diesel_schema_migrations FROM atalaya_app;
