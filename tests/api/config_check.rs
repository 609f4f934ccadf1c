//! `atalaya config check`, and what a start says of what cannot be used.

use std::net::TcpListener;
use std::path::Path;

use atalaya_tests::app::variables;
use atalaya_tests::{TestApp, TestDatabase, bank};
use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use crate::command_line::{run, succeed};
use crate::profiles::PRODUCTION;
use crate::program::{Program, free_address};

/// Runs a command under the suite's settings and these: whether it succeeds, and all that it says.
fn said(database: &TestDatabase, arguments: &[&str], changes: &[(&str, &str)]) -> (bool, String) {
    let settings = variables(database, changes);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let output = run(database, arguments, &settings, "");
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8(text).unwrap())
}

fn checked(database: &TestDatabase, changes: &[(&str, &str)]) -> (bool, String) {
    let (bind, metrics) = (free_address().to_string(), free_address().to_string());
    let addresses = [("BIND_ADDRESS", bind.as_str()), ("METRICS_ADDRESS", metrics.as_str())];
    said(database, &["config", "check"], &[&addresses[..], changes].concat())
}

fn migrated() -> TestDatabase {
    let database = TestDatabase::default();
    let _ = succeed(&database, &["migrate", "up"], "");
    database
}

/// The line of the table about a variable, in words.
fn row<'t>(text: &'t str, variable: &str) -> Vec<&'t str> {
    let line = text.lines().find(|line| line.split_whitespace().next() == Some(variable));
    line.unwrap_or_else(|| panic!("{variable} is not in {text}")).split_whitespace().collect()
}

#[test]
fn what_is_in_force_is_shown_with_where_it_is_from_and_without_secrets() {
    let database = migrated();
    std::fs::write(database.folder().join("pepper"), "h3Wq8ZtKx5RbM2vYcN7jLpSd\n").unwrap();
    let changes = [&PRODUCTION[..3], &[("PASSWORD_PEPPER", ""), ("PASSWORD_PEPPER_FILE", "pepper")]].concat();
    let (good, text) = checked(&database, &changes);
    assert!(good && text.contains("the configuration is good (production)"), "{text}");
    assert_eq!(row(&text, "ENVIRONMENT"), ["ENVIRONMENT", "production", "environment"]);
    assert_eq!(row(&text, "KEY_ROTATION_DAYS"), ["KEY_ROTATION_DAYS", "30", "default"]);
    assert_eq!(row(&text, "PASSWORD_PEPPER")[1..], ["(not", "shown)", "PASSWORD_PEPPER_FILE"]);
    assert_eq!(row(&text, "RETRAIN_AFTER_DAYS"), ["RETRAIN_AFTER_DAYS", "-", "-"]);
    let secrets = PRODUCTION.iter().filter(|(name, _)| ["KEY_ENCRYPTION_KEY", "PASSWORD_PEPPER"].contains(name));
    for (name, secret) in secrets {
        assert!(!text.contains(secret), "{name} is shown: {text}");
    }
}

/// Secrets whose text happens to look like an address.
#[test]
fn no_secret_is_shown_whatever_it_looks_like() {
    let database = migrated();
    let pepper = "k1://h3Wq8ZtKx5RbM2vYcN7jLpSd";
    let list = format!("k2:aNw8fLz2Gk0Qx9Rv,{pepper}");
    let (jwt, key) = ("ldap://ana:h3Wq8ZtKx5RbM2vYcN7jLpSd@x", "k1://8AECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    for (name, value) in [("PASSWORD_PEPPER", pepper), ("PASSWORD_PEPPER", &list), ("JWT_SECRET_KEY", jwt)] {
        let (_, text) = checked(&database, &[(name, value)]);
        assert_eq!(row(&text, name)[1..3], ["(not", "shown)"], "{text}");
        assert!(!text.contains("h3Wq8Zt"), "{text}");
    }
    let (_, text) = checked(&database, &[("KEY_ENCRYPTION_KEY", key)]);
    assert!(!text.contains("8AECAwQ"), "{text}");
}

#[test]
fn what_is_in_force_is_shown_though_something_is_wrong_and_what_is_wrong_is_not() {
    let database = migrated();
    let (good, text) = checked(&database, &[("DATABASE_POOL_SIZE", "hunter2"), ("KEY_ROTATION_DAYS", "7")]);
    assert!(!good && text.contains("DATABASE_POOL_SIZE is not a whole number"), "{text}");
    assert_eq!(row(&text, "KEY_ROTATION_DAYS"), ["KEY_ROTATION_DAYS", "7", "environment"]);
    assert_eq!(row(&text, "DATABASE_POOL_SIZE")[1..], ["(not", "shown)", "environment"]);
    assert!(!text.contains("hunter2"), "{text}");
}

#[test]
fn what_is_set_and_not_read_is_noted() {
    let database = migrated();
    let secret = ("JWT_SECRET_KEY", "h3Wq8ZtKx5RbM2vYcN7jLpSdA4eF6gH9");
    let (good, text) = checked(&database, &[secret]);
    assert!(
        good && text.contains("note   JWT_SECRET_KEY: is set and not read, because JWT_ALGORITHM is EdDSA"),
        "{text}"
    );
    let (good, text) = checked(&database, &[secret, ("JWT_ALGORITHM", "HS256")]);
    assert!(good && !text.contains("is set and not read"), "{text}");
}

#[test]
fn pages_of_this_machine_are_said_to_be_allowed_in_development() {
    let database = migrated();
    let from = |changes: &[(&str, &str)]| row(&checked(&database, changes).1, "ALLOWED_ORIGINS").join(" ");
    let panel = ("ALLOWED_ORIGINS", "https://panel.example");
    assert!(from(&[("ALLOWED_ORIGINS", "")]).ends_with("default; any port of localhost besides"));
    assert!(from(&[panel]).ends_with("environment; any port of localhost besides"));
    let production = [&PRODUCTION[..3], &[panel]].concat();
    assert!(from(&production).ends_with("environment"));
}

#[test]
fn a_slip_of_the_fingers_is_told_by_the_check_and_by_a_start_that_fails() {
    let database = migrated();
    let (good, text) = checked(&database, &[("DATABSE_URL", "x"), ("RATE_LIMIT", "9"), ("REDIS_PORT", "tcp://x")]);
    assert!(good && text.contains("note   DATABSE_URL: is not read; did you mean DATABASE_URL?"), "{text}");
    assert!(text.contains("note   RATE_LIMIT: is not read; here it is called RATE_LIMIT_PER_MINUTE."), "{text}");
    assert!(!text.contains("REDIS_PORT"), "{text}");
    let output = run(&database, &["serve"], &[("LANG", "es"), ("KEY_ENCRYPTON_KEY", "x")], "");
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("KEY_ENCRYPTON_KEY no se lee; ¿quiso decir KEY_ENCRYPTION_KEY?"), "{told}");
}

#[test]
fn files_that_cannot_be_used_are_told_with_their_cause() {
    let database = migrated();
    let folder = database.folder().to_str().unwrap().to_owned();
    std::fs::write(database.folder().join("text"), "no list, but a text that is longer than a header").unwrap();
    for (changes, words) in [
        ([("LOG_FILE", folder.as_str())].as_slice(), "it is a folder"),
        (&[("LOG_FILE", "nowhere/x.log")], "its folder cannot take it: there is no such file"),
        (&[("BREACHED_PASSWORDS_FILE", "text")], "it is not a list that"),
        (&[("BREACHED_PASSWORDS_FILE", "nowhere")], "there is no such file"),
        (&[("TLS_CERT_FILE", "nowhere"), ("TLS_KEY_FILE", "text")], "it holds no private key"),
        (&[("TLS_CERT_FILE", "text"), ("TLS_KEY_FILE", "nowhere")], "it holds no certificate"),
        (&[("DATABASE_URL", "sqlite://text")], "it is not a SQLite database"),
        (&[("DATABASE_URL", "sqlite://.")], "it is a folder"),
        (&[("DATABASE_URL", "sqlite://text/x.db")], "a part of the path is a file"),
    ] {
        let (good, text) = checked(&database, changes);
        assert!(!good && text.contains(words), "{changes:?}: {text}");
        for (variable, _) in changes {
            let wrong = format!("WRONG  {variable}: ");
            let told = text.lines().find(|line| line.starts_with(&wrong)).unwrap_or_else(|| panic!("{wrong}: {text}"));
            assert_eq!(told.matches(variable).count(), 1, "{told}");
        }
        assert!(text.contains(&format!("does not work in {} place", changes.len())), "{text}");
        let (served, told) = said(&database, &["serve"], changes);
        assert!(!served && told.contains(changes[0].0), "{changes:?}: {told}");
    }
    let (good, text) = checked(&database, &[("LOG_FILE", "new.log")]);
    assert!(good && text.contains("new.log will be made"), "{text}");
    assert!(!database.folder().join("new.log").exists());
}

fn write_certificate(folder: &Path, name: &str, years: (i32, i32)) -> KeyPair {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(["localhost".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(years.0, 1, 1), date_time_ymd(years.1, 1, 1));
    std::fs::write(folder.join(format!("{name}.pem")), params.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(folder.join(format!("{name}.key")), key.serialize_pem()).unwrap();
    key
}

#[test]
fn certificates_are_compared_with_their_key_and_with_the_calendar() {
    let database = migrated();
    for (name, years) in [("good", (2020, 2090)), ("old", (2019, 2020)), ("early", (2089, 2090))] {
        let _ = write_certificate(database.folder(), name, years);
    }
    for (certificate, key, good, words) in [
        ("good.pem", "good.key", true, "valid until 2090-01-01"),
        ("old.pem", "old.key", false, "the certificate ended on 2020-01-01"),
        ("early.pem", "early.key", false, "the certificate is not valid before 2089-01-01"),
        ("good.pem", "old.key", false, "the certificate does not belong to the key of TLS_KEY_FILE"),
        ("good.key", "good.key", false, "it holds no certificate"),
    ] {
        let (was_good, text) = checked(&database, &[("TLS_CERT_FILE", certificate), ("TLS_KEY_FILE", key)]);
        assert!(was_good == good && text.contains(words), "{certificate} {key}: {text}");
    }
}

#[test]
fn servers_that_cannot_be_reached_are_told_with_their_cause() {
    let database = migrated();
    let closed = free_address();
    let (postgres, redis) = (format!("postgres://ana@{closed}/x"), format!("redis://{closed}"));
    for (changes, words) in [
        ([("DATABASE_URL", postgres.as_str())], "nothing listens at that address"),
        ([("DATABASE_URL", "postgres://ana@no-such-host.invalid/x")], "does not lead to an address"),
        ([("REDIS_URL", redis.as_str())], "nothing listens at that address"),
        ([("REDIS_URL", "redis://no-such-host.invalid")], "does not lead to an address"),
    ] {
        let (good, text) = checked(&database, &changes);
        assert!(!good && text.contains(words), "{changes:?}: {text}");
    }
}

#[test]
fn addresses_that_cannot_be_listened_on_are_told_by_their_variable() {
    let database = migrated();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (variable, address, good, words) in [
        ("BIND_ADDRESS", taken.as_str(), false, "another program listens there already"),
        ("METRICS_ADDRESS", taken.as_str(), true, "another program listens there already"),
        ("BIND_ADDRESS", "203.0.113.9:8000", false, "this machine does not have that address"),
        ("METRICS_ADDRESS", "203.0.113.9:9000", false, "this machine does not have that address"),
    ] {
        let (was_good, text) = checked(&database, &[(variable, address)]);
        assert!(was_good == good, "{variable}={address}: {text}");
        assert!(text.contains(&format!("{variable}: cannot listen on {address}: {words}")), "{text}");
    }
    let free = free_address();
    for (bind, metrics) in [
        (free.to_string(), free.to_string()),
        (format!("0.0.0.0:{}", free.port()), free.to_string()),
        (free.to_string(), format!("[::1]:{}", free.port())),
    ] {
        let (good, text) = checked(&database, &[("BIND_ADDRESS", &bind), ("METRICS_ADDRESS", &metrics)]);
        let words = format!("WRONG  METRICS_ADDRESS: {metrics} overlaps with BIND_ADDRESS ({bind})");
        assert!(!good && text.contains(&words), "{text}");
    }
    let (served, told) = said(&database, &["serve"], &[("BIND_ADDRESS", taken.as_str())]);
    assert!(!served && told.contains(&format!("BIND_ADDRESS: cannot listen on {taken}: another program")), "{told}");
}

#[test]
fn the_check_runs_beside_a_server_and_changes_nothing() {
    let database = TestDatabase::default();
    let metrics = free_address().to_string();
    let (good, text) = checked(&database, &[]);
    assert!(good && !database.folder().join("atalaya.db").exists(), "{text}");
    let before = if database.is_a_file() { "there is no" } else { "has no tables yet" };
    assert!(text.contains(before), "{text}");
    let program = Program::serve(&database, &[("METRICS_ADDRESS", metrics.as_str())]);
    program.await_start();
    let bind = program.address.to_string();
    let beside = [("BIND_ADDRESS", bind.as_str()), ("METRICS_ADDRESS", metrics.as_str())];
    let (good, text) = said(&database, &["config", "check"], &beside);
    assert!(good && text.contains(&format!("a server of this program listens on {bind} already")), "{text}");
    assert!(text.contains(&format!("a server of this program listens on {metrics} already")), "{text}");
    assert!(text.contains("migrations have run"), "{text}");
}

#[test]
fn a_schema_that_is_behind_or_ahead_is_noted() {
    let database = migrated();
    let _ = succeed(&database, &["migrate", "down"], "");
    let (good, text) = checked(&database, &[]);
    assert!(good && text.contains("1 migration is pending"), "{text}");
    let database = TestApp::start().stop();
    database.execute("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    let (good, text) = checked(&database, &[]);
    assert!(good && text.contains("1 migration is of a newer version"), "{text}");
}

#[test]
fn a_database_that_a_start_would_refuse_is_told_with_all_that_is_wrong_with_it() {
    let database = TestApp::start().with(bank("Interbank")).stop();
    let (good, text) = checked(&database, &PRODUCTION[..4]);
    assert!(
        !good && text.contains("WRONG  DATABASE_URL: the database holds the demonstration user admin_interbank"),
        "{text}"
    );
    assert!(text.contains("WRONG  KEY_ENCRYPTION_KEY: has another key under the id"), "{text}");
    assert!(text.contains("does not work in 2 places"), "{text}");
    let (good, text) = checked(&database, &[]);
    assert!(good && !text.contains("demonstration user"), "{text}");
}

#[test]
fn who_did_not_choose_production_is_told_that_it_was_assumed() {
    let database = TestDatabase::default();
    let hint = "ENVIRONMENT no está puesta, así que rige producción";
    for command in [&["serve"][..], &["config", "check"]] {
        for (changes, is_told) in [
            (&[("ENVIRONMENT", "")][..], true),
            (&[("ENVIRONMENT", "production")], false),
            // As wrong in development.
            (&[("ENVIRONMENT", ""), PRODUCTION[1], PRODUCTION[2], PRODUCTION[3], ("LOG_LEVEL", "loud")], false),
        ] {
            let (good, text) = said(&database, command, &[changes, &[("LANG", "es_PE.UTF-8")]].concat());
            assert!(!good && text.contains(hint) == is_told, "{changes:?}: {text}");
        }
    }
}
