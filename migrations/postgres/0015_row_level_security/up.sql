-- A second wall between companies. The program works as the role atalaya_app, which owns nothing, and every transaction
-- names its reach: one company, or the platform (setting atalaya.reach). Without one there is nothing to see. Row security is
-- forced, so the tables' owner is bound too; only migrations, who say so (setting atalaya.migration), reach all rows.
--
-- A new table needs its grants and policies in the migration that makes it.

-- The role belongs to the whole server. Two databases of one server may come here at the same moment.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'atalaya_app') THEN
        CREATE ROLE atalaya_app NOLOGIN;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;
    WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'the role atalaya_app is missing and % may not create it; a database administrator has to run: CREATE ROLE atalaya_app NOLOGIN; GRANT atalaya_app TO %', quote_ident(current_user), quote_ident(current_user);
END
$$;

-- The company of the transaction, if it reaches one.
CREATE FUNCTION reached_company() RETURNS BIGINT LANGUAGE sql STABLE PARALLEL SAFE
    RETURN CASE WHEN current_setting('atalaya.reach', TRUE) ~ '^[0-9]+$'
                THEN CAST(current_setting('atalaya.reach', TRUE) AS BIGINT) END;

-- Whether the transaction reaches what the platform keeps across companies.
CREATE FUNCTION reaches_platform() RETURNS BOOLEAN LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('atalaya.reach', TRUE) = 'platform', FALSE);

-- Whether a migration is under way.
CREATE FUNCTION is_migrating() RETURNS BOOLEAN LANGUAGE sql STABLE PARALLEL SAFE
    RETURN coalesce(current_setting('atalaya.migration', TRUE) = 'on', FALSE);

-- After the functions, by whose making the server also hears of a role that another database's migration made just now.
-- Whoever migrates also works, unless DATABASE_MIGRATION_URL says otherwise. Becoming the role is the one sure proof that one
-- may, on every version of PostgreSQL.
DO $$
BEGIN
    SET LOCAL ROLE atalaya_app;
    RESET ROLE;
EXCEPTION
    WHEN insufficient_privilege THEN
        BEGIN
            EXECUTE format('GRANT atalaya_app TO %I', session_user);
        EXCEPTION
            WHEN unique_violation THEN
                NULL;
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION '% may not become atalaya_app; a database administrator has to run: GRANT atalaya_app TO %', quote_ident(session_user), quote_ident(session_user);
        END;
END
$$;

-- What the program does with each table, and no more.
GRANT SELECT, INSERT, UPDATE ON companies, users, accounts, model_versions, installation_secrets, audit_heads TO atalaya_app;
GRANT SELECT, INSERT, UPDATE, DELETE
    ON observations, sessions, refresh_tokens, signing_keys, login_failures, jobs, idempotency_keys TO atalaya_app;
GRANT SELECT, INSERT, DELETE ON user_accounts, security_notices, change_log TO atalaya_app;
GRANT SELECT, INSERT ON audit_log TO atalaya_app;
GRANT SELECT ON __diesel_schema_migrations TO atalaya_app;

DO $$
DECLARE
    name TEXT;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'companies', 'users', 'accounts', 'user_accounts', 'observations', 'model_versions', 'sessions', 'refresh_tokens',
        'security_notices', 'signing_keys', 'installation_secrets', 'login_failures', 'change_log', 'audit_log',
        'audit_heads', 'jobs', 'idempotency_keys'
    ] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY migrations ON %I TO CURRENT_USER USING ((SELECT is_migrating()))', name);
    END LOOP;

    -- A company's data: the platform sees none of it.
    FOREACH name IN ARRAY ARRAY['accounts', 'user_accounts', 'observations', 'model_versions'] LOOP
        EXECUTE format('CREATE POLICY of_company ON %I TO atalaya_app USING (company_id = (SELECT reached_company()))', name);
    END LOOP;

    -- What a company and the platform share.
    FOREACH name IN ARRAY ARRAY['users', 'sessions', 'jobs', 'idempotency_keys'] LOOP
        EXECUTE format(
            'CREATE POLICY of_company_or_platform ON %I TO atalaya_app
                USING (company_id = (SELECT reached_company()) OR (SELECT reaches_platform()))', name);
    END LOOP;

    -- A chain of the audit log has its company's number.
    FOREACH name IN ARRAY ARRAY['audit_log', 'audit_heads'] LOOP
        EXECUTE format(
            'CREATE POLICY of_company_or_platform ON %I TO atalaya_app
                USING (chain = (SELECT reached_company()) OR (SELECT reaches_platform()))', name);
    END LOOP;

    -- The platform's own.
    FOREACH name IN ARRAY ARRAY[
        'refresh_tokens', 'security_notices', 'signing_keys', 'installation_secrets', 'login_failures'
    ] LOOP
        EXECUTE format('CREATE POLICY of_platform ON %I TO atalaya_app USING ((SELECT reaches_platform()))', name);
    END LOOP;
END
$$;

-- Its company's name and time zone are all that a company sees of companies; it changes neither.
CREATE POLICY of_platform ON companies TO atalaya_app USING ((SELECT reaches_platform()));
CREATE POLICY own ON companies FOR SELECT TO atalaya_app USING (id = (SELECT reached_company()));

-- Changes of users and sessions name no company.
CREATE POLICY of_platform ON change_log TO atalaya_app USING ((SELECT reaches_platform()));
CREATE POLICY own ON change_log FOR INSERT TO atalaya_app
    WITH CHECK ((SELECT reached_company()) IS NOT NULL AND (company_id IS NULL OR company_id = (SELECT reached_company())));
