//! The second wall between companies on PostgreSQL: what is within reach of a transaction, whatever it asks for.
#![cfg(test)]

#[cfg(test)]
mod common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use atalaya_infrastructure::persistence::Database;
use atalaya_test_servers::{PgDatabase, Postgres};
use common::company_count;
use diesel::connection::SimpleConnection;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::result::Error;
use diesel::sql_types::{BigInt, Text};

/// Two companies, numbered 1 and 2, as are their users, accounts and all else, with rows in every table.
const TWO_COMPANIES: &str = "
    INSERT INTO companies (name, time_zone, active, created_at) VALUES ('one', 'UTC', TRUE, now()), ('two', 'UTC', TRUE, now());
    INSERT INTO users (company_id, username, username_key, password_hash, pepper_id, role, active, version, created_at)
        SELECT id, name, name, 'h', 'p', 'admin', TRUE, 1, now() FROM companies ORDER BY id;
    INSERT INTO accounts (company_id, handle, name, registered_at) SELECT id, name, name, now() FROM companies ORDER BY id;
    INSERT INTO user_accounts SELECT id, id, id FROM companies;
    INSERT INTO observations SELECT id, id, now(), 1, NULL, NULL FROM companies;
    INSERT INTO model_versions SELECT id, id, 1, now(), 't', 's', 'daily', 0, 0, 0, 0, now(), now(), 'c', 0, TRUE, NULL, '', '', NULL
        FROM companies;
    INSERT INTO sessions (id, user_id, company_id, created_at, last_used_at, expires_at)
        SELECT id, id, id, now(), now(), now() FROM companies;
    INSERT INTO refresh_tokens SELECT sha256(CAST(name AS BYTEA)), id, 1, now(), NULL, NULL FROM companies;
    INSERT INTO security_notices (user_id, code, at) SELECT id, 'c', now() FROM companies;
    INSERT INTO change_log (kind, company_id, subject) SELECT 'account', id, name FROM companies;
    INSERT INTO audit_log SELECT id, 1, 0, NULL, 'a', 'a', NULL, NULL, NULL, 'success', 1, sha256('') FROM companies;
    INSERT INTO audit_heads SELECT id, 1, sha256('') FROM companies;
    INSERT INTO login_failures VALUES ('s', 'f', NULL, now());
    INSERT INTO signing_keys VALUES ('k', 'EdDSA', '', '', '1', 'active', now(), now());
    INSERT INTO installation_secrets VALUES ('p', '', '1', now());
    INSERT INTO jobs (id, company_id, lane, kind, actor, priority, turn, state, due_at, attempts, done, total, created_at)
        SELECT id, id, 'training', 'train', 'a', 0, 0, 'queued', now(), 0, 0, 0, now() FROM companies;
    INSERT INTO jobs (id, lane, kind, actor, priority, turn, state, due_at, attempts, done, total, created_at)
        VALUES ('0', 'housekeeping', 'prune', 'a', 0, 0, 'queued', now(), 0, 0, 0, now());
    INSERT INTO idempotency_keys SELECT id, id, 'o', sha256('k'), CAST('0123456789abcdef' AS BYTEA), id, now(), NULL, NULL, NULL
        FROM companies;
    INSERT INTO entities SELECT id, 'e', name, name, name, NULL, 2, now(), NULL, NULL, 1 FROM companies;
    INSERT INTO entity_fields SELECT id, 'e', 1, 'f', 'f', 'f', 'f', 'TEXT', FALSE, NULL, 1, NULL, NULL, NULL, NULL, now(), NULL
        FROM companies;
    INSERT INTO records SELECT id, 'e', 'r', 1, 'created', 'a', NULL, now(), now(), '{}' FROM companies;
    INSERT INTO deleted_records SELECT id, 'e', 'd', 1, 'deleted', 'a', NULL, now(), now(), '{}' FROM companies;
    INSERT INTO record_revisions SELECT id, 'e', 'r', 1, 'created', 'a', NULL, now(), '{}' FROM companies;
    INSERT INTO record_values SELECT id, 1, 1, 'k', 'r', 'x', 'k' FROM companies;
    INSERT INTO unique_values SELECT id, 1, 1, 'k', 'r' FROM companies;
    INSERT INTO record_views SELECT id, 'e', 'v', id, 'v', FALSE, '{}', now(), now() FROM companies;
    INSERT INTO covariate_sources SELECT id, 1, 'e', 'f', NULL, 'flag', NULL, 0, NULL FROM companies;
    INSERT INTO account_summaries (company_id, account_id) SELECT id, id FROM companies;
    INSERT INTO company_name_forms SELECT name, id FROM companies;";

/// The data of companies, which the platform does not see.
const BUSINESS: [&str; 15] = [
    "accounts",
    "account_summaries",
    "user_accounts",
    "observations",
    "model_versions",
    "entities",
    "entity_fields",
    "records",
    "deleted_records",
    "record_counts",
    "record_revisions",
    "record_values",
    "record_views",
    "unique_values",
    "covariate_sources",
];
/// What companies and the platform share, with the column that says whose a row is.
const SHARED: [(&str, &str); 6] = [
    ("users", "company_id"),
    ("sessions", "company_id"),
    ("jobs", "company_id"),
    ("idempotency_keys", "company_id"),
    ("audit_log", "chain"),
    ("audit_heads", "chain"),
];
/// The platform's own.
const PLATFORM: [&str; 7] = [
    "refresh_tokens",
    "security_notices",
    "signing_keys",
    "installation_secrets",
    "login_failures",
    "change_log",
    "company_name_forms",
];

fn filled() -> PgDatabase {
    let database = Postgres::shared().create_database();
    Database::open(&database.url(), 1, Vec::new()).unwrap().setup().migrate_up().unwrap();
    PgConnection::establish(&database.superuser_url()).unwrap().batch_execute(TWO_COMPANIES).unwrap();
    database
}

/// A connection set up as the program's are, in a transaction of that reach.
fn reaching(database: &PgDatabase, reach: Option<&str>) -> PgConnection {
    let mut conn = PgConnection::establish(&database.url()).unwrap();
    conn.batch_execute("SET ROLE atalaya_app").unwrap();
    conn.begin_test_transaction().unwrap();
    if let Some(reach) = reach {
        conn.batch_execute(&format!("SET LOCAL atalaya.reach = '{reach}'")).unwrap();
    }
    conn
}

fn number(conn: &mut PgConnection, query: &str) -> i64 {
    diesel::select(sql::<BigInt>(&format!("({query})")))
        .get_result(conn)
        .unwrap_or_else(|error| panic!("{query}: {error}"))
}

fn rows(conn: &mut PgConnection, table: &str) -> i64 {
    number(conn, &format!("SELECT count(*) FROM {table}"))
}

/// How many rows a statement changes, or why it may not; what it did is undone.
fn outcome(conn: &mut PgConnection, statement: &str) -> Result<usize, String> {
    let mut done = Ok(0);
    let _: Result<(), Error> = conn.transaction(|conn| {
        done = diesel::sql_query(statement).execute(conn).map_err(|error| error.to_string());
        Err(Error::RollbackTransaction)
    });
    done
}

fn refused(outcome: &Result<usize, String>) -> bool {
    outcome.as_ref().is_err_and(|error| error.contains("row-level security") || error.contains("permission denied"))
}

#[test]
fn without_a_filter_a_company_sees_its_own_rows_and_no_others() {
    let database = filled();
    let conn = &mut reaching(&database, Some("1"));
    let shared = SHARED.into_iter().chain(BUSINESS.map(|table| (table, "company_id")));
    for (table, column) in shared.chain([("companies", "id")]) {
        assert_eq!(rows(conn, table), 1, "{table}");
        assert_eq!(number(conn, &format!("SELECT count(*) FROM {table} WHERE {column} = 1")), 1, "{table}");
        assert_eq!(number(conn, &format!("SELECT count(*) FROM {table} WHERE {column} = 2")), 0, "{table}");
    }
    for table in PLATFORM {
        assert_eq!(rows(conn, table), 0, "{table}");
    }
}

#[test]
fn a_company_changes_no_row_of_another() {
    let database = filled();
    let conn = &mut reaching(&database, Some("1"));
    for (table, column) in SHARED.into_iter().chain(BUSINESS.map(|table| (table, "company_id"))) {
        // With the condition that the program would write, and with none at all.
        for condition in [format!("{column} = 2"), format!("{column} <> 1")] {
            for statement in [
                format!("UPDATE {table} SET {column} = {column} WHERE {condition}"),
                format!("DELETE FROM {table} WHERE {condition}"),
            ] {
                let outcome = outcome(conn, &statement);
                assert!(outcome == Ok(0) || refused(&outcome), "{statement}: {outcome:?}");
            }
        }
        let given_away = outcome(conn, &format!("UPDATE {table} SET {column} = 2"));
        // Where a trigger comes first, it may refuse too.
        let unchangeable = given_away.as_ref().is_err_and(|error| error.contains("a trained version does not change"));
        assert!(refused(&given_away) || unchangeable, "{table}: {given_away:?}");
    }
}

#[test]
fn a_company_writes_no_row_for_another() {
    let database = filled();
    let conn = &mut reaching(&database, Some("1"));
    let insert = |company: i64| {
        [
            format!(
                "INSERT INTO accounts (company_id, handle, name, registered_at) VALUES ({company}, 'new', 'new', now())"
            ),
            format!("INSERT INTO user_accounts VALUES ({company}, 9, 9)"),
            format!("INSERT INTO observations VALUES ({company}, {company}, '2020-01-01', 1, NULL, NULL)"),
            format!(
                "INSERT INTO observations SELECT {company}, {company}, observed_at, 2 FROM observations \
                 ON CONFLICT (company_id, account_id, observed_at) DO UPDATE SET followers = excluded.followers"
            ),
            format!(
                "INSERT INTO model_versions SELECT {company}, {company}, 2, now(), 't', 's', 'daily', 0, 0, 0, 0, now(), \
                 now(), 'c', 0, FALSE, NULL, '', '', NULL"
            ),
            format!(
                "INSERT INTO users (company_id, username, username_key, password_hash, pepper_id, role, active, version, \
                 created_at) VALUES ({company}, 'new', 'new', 'h', 'p', 'admin', TRUE, 1, now())"
            ),
            format!("INSERT INTO change_log (kind, company_id, subject) VALUES ('account', {company}, 'new')"),
            format!(
                "INSERT INTO audit_log SELECT {company}, 2, 0, NULL, 'a', 'a', NULL, NULL, NULL, 'success', 1, sha256('')"
            ),
            format!(
                "INSERT INTO jobs (id, company_id, lane, kind, actor, priority, turn, state, due_at, attempts, done, total, \
                 created_at) VALUES ('new', {company}, 'training', 'train', 'a', 0, 0, 'queued', now(), 0, 0, 0, now())"
            ),
            format!(
                "INSERT INTO idempotency_keys SELECT {company}, {company}, 'o', sha256('new'), CAST('0123456789abcdef' AS BYTEA), \
                 'new', now(), NULL, NULL, NULL"
            ),
            format!(
                "INSERT INTO entities VALUES ({company}, 'new', 'new', 'new', 'new', NULL, 1, now(), NULL, NULL, 2)"
            ),
            format!(
                "INSERT INTO entity_fields SELECT {company}, 'e', 2, 'new', 'new', 'new', 'new', 'TEXT', FALSE, NULL, 1, NULL, \
                 NULL, NULL, NULL, now(), NULL"
            ),
            format!(
                "INSERT INTO records VALUES ({company}, 'e', 'new', 1, 'created', 'a', NULL, now(), now(), '{{}}')"
            ),
            format!(
                "INSERT INTO deleted_records VALUES ({company}, 'e', 'new', 1, 'deleted', 'a', NULL, now(), now(), '{{}}')"
            ),
            format!(
                "INSERT INTO record_revisions VALUES ({company}, 'e', 'r', 2, 'changed', 'a', NULL, now(), '{{}}')"
            ),
            format!("INSERT INTO record_counts (company_id, entity_id, number) VALUES ({company}, 'e', 1)"),
            format!("INSERT INTO record_values VALUES ({company}, 1, 1, 'k', 'new', 'x', 'k')"),
            format!("INSERT INTO unique_values VALUES ({company}, 1, 1, 'new', 'r')"),
            format!(
                "INSERT INTO record_views VALUES ({company}, 'e', 'new', {company}, 'new', FALSE, '{{}}', now(), now())"
            ),
            format!("INSERT INTO covariate_sources VALUES ({company}, 2, 'e', 'f', NULL, 'flag', NULL, 0, NULL)"),
            format!(
                "INSERT INTO account_summaries (company_id, account_id) VALUES ({company}, {company}) \
                 ON CONFLICT (company_id, account_id) DO UPDATE SET recent = NULL"
            ),
        ]
    };
    for (own, foreign) in insert(1).iter().zip(&insert(2)) {
        let own_row = outcome(conn, own);
        let dangling =
            own.contains("user_accounts") && own_row.as_ref().is_err_and(|error| error.contains("foreign key"));
        assert!(own_row == Ok(1) || dangling, "{own}: {own_row:?}");
        let foreign_row = outcome(conn, foreign);
        assert!(refused(&foreign_row), "{foreign}: {foreign_row:?}");
    }
    assert!(refused(&outcome(
        conn,
        "INSERT INTO companies (name, time_zone, active, created_at) VALUES ('three', 'UTC', TRUE, now())"
    )));
    assert_eq!(outcome(conn, "UPDATE companies SET name = 'mine'"), Ok(0), "a company is changed by the platform only");
}

#[test]
fn the_platform_sees_no_data_of_companies() {
    let database = filled();
    let conn = &mut reaching(&database, Some("platform"));
    for table in BUSINESS {
        assert_eq!(rows(conn, table), 0, "{table}");
        assert!(
            refused(&outcome(conn, &format!("DELETE FROM {table}")))
                || outcome(conn, &format!("DELETE FROM {table}")) == Ok(0)
        );
    }
    assert!(refused(&outcome(conn, "INSERT INTO observations VALUES (1, 1, '2020-01-01', 1, NULL, NULL)")));
    for table in SHARED.map(|(table, _)| table).into_iter().chain(PLATFORM).chain(["companies"]) {
        assert!(rows(conn, table) > 0, "{table}");
    }
}

#[test]
fn a_connection_that_names_no_reach_sees_nothing() {
    let database = filled();
    let tables = || BUSINESS.into_iter().chain(SHARED.map(|(table, _)| table)).chain(PLATFORM).chain(["companies"]);
    for reach in [None, Some(""), Some("1 OR TRUE"), Some("PLATFORM"), Some("-1"), Some("on")] {
        let conn = &mut reaching(&database, reach);
        for table in tables() {
            assert_eq!(rows(conn, table), 0, "{table} as {reach:?}");
        }
    }
    // As its owner, whom security by row does not bind unless it is forced; and as a role that only migrations may use.
    let mut owner = PgConnection::establish(&database.url()).unwrap();
    let app = &mut reaching(&database, None);
    app.batch_execute("SET LOCAL atalaya.migration = 'on'").unwrap();
    for table in tables() {
        assert_eq!(rows(&mut owner, table), 0, "{table} as its owner");
        assert_eq!(rows(app, table), 0, "{table} as a migration that is none");
    }
    owner.batch_execute("SET atalaya.migration = 'on'").unwrap();
    assert!(tables().all(|table| rows(&mut owner, table) > 0), "migrations must reach every row");
}

#[test]
fn the_reach_of_a_transaction_ends_with_it() {
    let database = filled();
    let mut conn = PgConnection::establish(&database.url()).unwrap();
    conn.batch_execute("SET ROLE atalaya_app").unwrap();
    for end in ["COMMIT", "ROLLBACK"] {
        conn.batch_execute("BEGIN; SET LOCAL atalaya.reach = '1'").unwrap();
        assert_eq!(rows(&mut conn, "accounts"), 1);
        conn.batch_execute(end).unwrap();
        assert_eq!(rows(&mut conn, "accounts"), 0, "after {end}");
    }
}

#[test]
fn every_table_is_tried_here() {
    let database = filled();
    let mut conn = PgConnection::establish(&database.url()).unwrap();
    let there: Vec<String> = sql::<Text>(
        "SELECT tablename::text FROM pg_tables
            WHERE schemaname = 'public' AND tablename <> '__diesel_schema_migrations'",
    )
    .load(&mut conn)
    .unwrap();
    let shared = SHARED.into_iter().map(|(table, _)| table);
    let tried: BTreeSet<&str> = shared.chain(BUSINESS).chain(PLATFORM).chain(["companies"]).collect();
    assert_eq!(there.iter().map(String::as_str).collect::<BTreeSet<_>>(), tried);
}

#[test]
fn every_table_is_walled_off_and_none_is_the_programs_own() {
    let database = filled();
    let mut conn = PgConnection::establish(&database.url()).unwrap();
    let open: Vec<String> = sql::<Text>(
        "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace
            AND relname <> '__diesel_schema_migrations'
            AND NOT (relrowsecurity AND relforcerowsecurity
                AND EXISTS (SELECT FROM pg_policies WHERE tablename = relname AND roles = '{atalaya_app}')
                AND EXISTS (SELECT FROM pg_policies WHERE tablename = relname AND policyname = 'migrations'))",
    )
    .load(&mut conn)
    .unwrap();
    assert!(open.is_empty(), "tables without forced row-level security or without policies: {open:?}");
    let everybodys: Vec<String> =
        sql::<Text>("SELECT tablename || '.' || policyname FROM pg_policies WHERE 'public' = ANY (roles)")
            .load(&mut conn)
            .unwrap();
    assert!(everybodys.is_empty(), "policies that open a table to everybody: {everybodys:?}");
    // A join with pg_shdepend also finds schemas, functions and databases.
    let owned = "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'atalaya_app'::regrole AND deptype = 'o'";
    assert_eq!(number(&mut conn, owned), 0);
    let above = "SELECT count(*) FROM pg_roles WHERE rolname = 'atalaya_app' \
                 AND (rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolcanlogin)";
    assert_eq!(number(&mut conn, above), 0);
    let more = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace \
                AND has_table_privilege('atalaya_app', oid, 'TRUNCATE, REFERENCES, TRIGGER')";
    assert_eq!(number(&mut conn, more), 0);
}

/// What `migrations/new` writes: of each database the way up and the way down.
fn generated(arguments: &[&str]) -> [[String; 2]; 2] {
    let folder = tempfile::tempdir().unwrap();
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    for database in ["sqlite", "postgres"] {
        fs::create_dir_all(folder.path().join(database).join("0041_before")).unwrap();
    }
    let mut generator = Command::new(ours.join("new"));
    let made = generator.args(arguments).env("MIGRATIONS", folder.path()).output().unwrap();
    assert!(made.status.success(), "{made:?}");
    ["sqlite", "postgres"].map(|database| {
        let migration = folder.path().join(database).join(format!("0042_{}", arguments[0].replace('.', "_")));
        ["up.sql", "down.sql"].map(|name| fs::read_to_string(migration.join(name)).unwrap())
    })
}

#[test]
fn a_table_of_a_generated_migration_is_walled_off_by_its_reach() {
    let database = filled();
    let mut owner = PgConnection::establish(&database.superuser_url()).unwrap();
    for (reach, company, platform) in [("company", 1, 0), ("shared", 1, 2), ("platform", 0, 2)] {
        let [sqlite, postgres] = generated(&["mottos", reach, "SELECT, INSERT"]);
        let mut file = SqliteConnection::establish(":memory:").unwrap();
        for step in sqlite {
            file.batch_execute(&step).unwrap();
        }
        let [up, down] = postgres;
        owner.batch_execute(&up).unwrap();
        owner.batch_execute("INSERT INTO mottos VALUES (1), (2)").unwrap();
        for (seen_from, seen) in [(Some("1"), company), (Some("platform"), platform), (None, 0)] {
            assert_eq!(rows(&mut reaching(&database, seen_from), "mottos"), seen, "{reach} from {seen_from:?}");
        }
        let delete = outcome(&mut reaching(&database, Some("platform")), "DELETE FROM mottos");
        assert!(refused(&delete), "a right that was not asked for: {delete:?}");
        owner.batch_execute(&down).unwrap();
    }
}

#[test]
fn a_column_of_a_generated_migration_comes_and_goes() {
    let database = filled();
    let mut owner = PgConnection::establish(&database.superuser_url()).unwrap();
    let mut file = SqliteConnection::establish(":memory:").unwrap();
    file.batch_execute("CREATE TABLE accounts (id INTEGER NOT NULL PRIMARY KEY) STRICT").unwrap();
    for kind in ["TEXT", "BIGINT", "INTEGER", "BOOLEAN", "TIMESTAMP", "BYTEA"] {
        let [sqlite, [up, down]] = generated(&["accounts.motto", kind]);
        for step in sqlite {
            file.batch_execute(&step).unwrap();
        }
        owner.batch_execute(&up).unwrap();
        assert_eq!(rows(&mut reaching(&database, Some("1")), "accounts WHERE motto IS NULL"), 1, "{kind}");
        owner.batch_execute(&down).unwrap();
    }
}

#[test]
fn the_programs_role_makes_nothing_that_stays_on_its_connection() {
    let database = filled();
    let conn = &mut reaching(&database, Some("platform"));
    for statement in [
        "CREATE TEMPORARY TABLE users AS SELECT * FROM public.users",
        "SELECT * INTO TEMPORARY companies FROM public.companies",
        "CREATE TEMPORARY VIEW accounts AS SELECT * FROM public.accounts",
        "CREATE FUNCTION pg_temp.reached_company() RETURNS BIGINT LANGUAGE sql RETURN 2",
        "CREATE TABLE mine (id BIGINT)",
        "CREATE FUNCTION mine() RETURNS BIGINT LANGUAGE sql RETURN 2",
        "CREATE SCHEMA mine",
        "CREATE OR REPLACE FUNCTION reached_company() RETURNS BIGINT LANGUAGE sql RETURN 2",
        "ALTER TABLE observations DISABLE ROW LEVEL SECURITY",
        "DROP POLICY of_company ON observations",
    ] {
        let made = outcome(conn, statement);
        let may_not = made.as_ref().is_err_and(|error| {
            ["permission denied", "cannot create temporary", "must be owner"].iter().any(|words| error.contains(words))
        });
        assert!(may_not, "{statement}: {made:?}");
    }
    // Also where somebody granted it before the migration, as deploy/postgresql/roles.sh did.
    let granted = Postgres::shared().create_database();
    let name: String = sql::<Text>("SELECT CAST(current_database() AS TEXT)")
        .get_result(&mut PgConnection::establish(&granted.url()).unwrap())
        .unwrap();
    let mut superuser = PgConnection::establish(&granted.superuser_url()).unwrap();
    let grant = format!("GRANT TEMPORARY ON DATABASE {name} TO atalaya_app");
    superuser.batch_execute(&grant).unwrap();
    let program = Database::open(&granted.url(), 1, Vec::new()).unwrap();
    program.setup().migrate_up().unwrap();
    assert_eq!(program.setup().excess_privileges().unwrap(), Vec::<String>::new());
    superuser.batch_execute(&grant).unwrap();
    let cure = program.setup().excess_privileges().unwrap();
    assert_eq!(cure, [format!("REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC, atalaya_app")]);
    superuser.batch_execute(&cure.join(";")).unwrap();
    assert_eq!(program.setup().excess_privileges().unwrap(), Vec::<String>::new());
}

/// What docs/security.md says that this wall does not do: whoever brings a statement of their own in names their own
/// reach.
#[test]
fn row_security_stops_missing_filters_and_no_sql_that_names_another_reach() {
    let database = filled();
    let conn = &mut reaching(&database, Some("1"));
    assert_eq!(number(conn, "SELECT count(*) FROM accounts WHERE company_id = 2"), 0);
    conn.batch_execute("SET LOCAL atalaya.reach = '2'").unwrap();
    assert_eq!(number(conn, "SELECT count(*) FROM accounts WHERE company_id = 2"), 1);
}

#[test]
fn indexes_are_used_behind_the_wall() {
    let database = filled();
    let conn = &mut reaching(&database, Some("1"));
    conn.batch_execute("SET LOCAL enable_seqscan = off").unwrap();
    for (query, index) in [
        (
            "SELECT followers FROM observations WHERE company_id = 1 AND account_id = 1 AND observed_at >= '2020-01-01'",
            "observations_pkey",
        ),
        (
            "SELECT name FROM accounts WHERE company_id = 1 AND handle > 'a' ORDER BY handle LIMIT 9",
            "accounts_company_id_handle_key",
        ),
        ("SELECT id FROM users WHERE username_key = 'a'", "users_username_key_key"),
        (
            "SELECT version FROM model_versions WHERE company_id = 1 AND account_id = 1 AND active",
            "model_versions_one_active",
        ),
        ("SELECT seq FROM audit_log WHERE chain = 1 AND seq < 9 ORDER BY seq DESC LIMIT 5", "audit_log_pkey"),
    ] {
        let plan: Vec<String> = sql::<Text>(&format!("EXPLAIN {query}")).load(conn).unwrap();
        let plan = plan.join("\n");
        assert!(plan.contains(index) && plan.contains("Index Cond"), "{query}\n{plan}");
    }
}

/// What a login needs that is the program's and not the owner's.
const PLAIN_LOGIN: &str = "DO $$ BEGIN CREATE ROLE plain_login LOGIN IN ROLE atalaya_app; \
                           EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$";

#[test]
fn a_login_that_cannot_become_the_owner_works_and_does_not_migrate() {
    let database = Postgres::shared().create_database();
    let owner = database.url();
    PgConnection::establish(&database.superuser_url()).unwrap().batch_execute(PLAIN_LOGIN).unwrap();
    let plain = owner.replace("atalaya_owner@", "plain_login@");
    let alone = Database::open(&plain, 2, Vec::new()).unwrap();
    alone.setup().migrate_up().unwrap_err();
    let both: Arc<Database> = Database::open_migrated_by(&owner, &plain, 2, Vec::new()).unwrap();
    assert!(!both.setup().migrate_up().unwrap().is_empty());
    assert_eq!(company_count(&both).unwrap(), 0);
    assert!(alone.setup().migrate_up().unwrap().is_empty(), "where nothing is to do, nobody has to be the owner");
    assert!(alone.setup().migrations().unwrap().iter().all(|migration| migration.applied));
    assert_eq!(company_count(&alone).unwrap(), 0);
}

#[test]
fn without_the_role_there_is_no_connection() {
    let database = filled();
    let mut superuser = PgConnection::establish(&database.superuser_url()).unwrap();
    superuser
        .batch_execute(
            "DO $$ BEGIN CREATE ROLE stranger LOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$",
        )
        .unwrap();
    let stranger = database.url().replace("atalaya_owner@", "stranger@");
    let refused = company_count(&Database::open(&stranger, 1, Vec::new()).unwrap());
    assert!(matches!(refused, Err(atalaya_application::AppError::Unavailable { .. })), "{refused:?}");
}

#[test]
fn the_program_does_not_work_as_the_owner() {
    let database = filled();
    let program = Database::open(&database.url(), 1, Vec::new()).unwrap();
    company_count(&program).unwrap();
    let mut superuser = PgConnection::establish(&database.superuser_url()).unwrap();
    superuser
        .batch_execute("ALTER TABLE companies RENAME TO hidden; CREATE VIEW companies AS SELECT * FROM hidden")
        .unwrap();
    superuser
        .batch_execute("REVOKE ALL ON companies FROM PUBLIC; ALTER VIEW companies OWNER TO atalaya_owner")
        .unwrap();
    let refused = company_count(&program).unwrap_err();
    let told = format!("{refused:?}");
    assert!(told.contains("permission denied"), "as the owner it would have been let in: {told}");
}

#[test]
fn of_databases_that_need_the_role_at_once_one_makes_it() {
    let server = Arc::new(Postgres::new());
    let databases: Vec<PgDatabase> = (0..4).map(|_| server.create_database()).collect();
    PgConnection::establish(&databases[0].superuser_url()).unwrap().batch_execute("DROP ROLE atalaya_app").unwrap();
    std::thread::scope(|scope| {
        for database in &databases {
            scope.spawn(|| {
                let program = Database::open(&database.url(), 1, Vec::new()).unwrap();
                program.setup().migrate_up().unwrap();
                assert_eq!(company_count(&program).unwrap(), 0);
            });
        }
    });
}

#[test]
fn an_owner_who_may_not_make_the_role_is_told_what_to_do() {
    let server = Arc::new(Postgres::new());
    let database = server.create_database();
    let mut superuser = PgConnection::establish(&database.superuser_url()).unwrap();
    superuser.batch_execute("DROP ROLE atalaya_app; ALTER ROLE atalaya_owner NOCREATEROLE").unwrap();
    let program = Database::open(&database.url(), 1, Vec::new()).unwrap();
    let told = program.setup().migrate_up().unwrap_err().to_string();
    assert!(told.contains("CREATE ROLE atalaya_app NOLOGIN; GRANT atalaya_app TO atalaya_owner"), "{told}");
    superuser.batch_execute("CREATE ROLE atalaya_app NOLOGIN").unwrap();
    let told = program.setup().migrate_up().unwrap_err().to_string();
    assert!(told.contains("has to run: GRANT atalaya_app TO atalaya_owner"), "{told}");
    superuser.batch_execute("GRANT atalaya_app TO atalaya_owner").unwrap();
    program.setup().migrate_up().unwrap();
    assert_eq!(company_count(&program).unwrap(), 0);
}
