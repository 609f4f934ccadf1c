//! The program on the command line.

use std::io::Write;
use std::process::{Command, Output, Stdio};

use atalaya_server::compose::VERSION;
use atalaya_tests::app::{TestApp, variables};
use atalaya_tests::fixtures::REAL_CHANNEL;
use atalaya_tests::{Client, PASSWORD, TestDatabase};
use atalaya_web::documentation;

/// Runs the program with nothing in its environment but these settings.
pub(crate) fn run(database: &TestDatabase, arguments: &[&str], settings: &[(&str, &str)], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_serve_for_tests"))
        .args(arguments)
        .current_dir(database.folder())
        .env_clear()
        .envs(settings.iter().copied())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Whoever needs no input may be gone already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

/// Runs the program with the settings of the suite, however it ends.
pub(crate) fn attempt_with(database: &TestDatabase, arguments: &[&str], input: &str) -> Output {
    let settings = variables(database, &[]);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    run(database, arguments, &settings, input)
}

/// Runs the program with the settings of the suite and no input, however it ends.
pub(crate) fn attempt(database: &TestDatabase, arguments: &[&str]) -> Output {
    attempt_with(database, arguments, "")
}

/// Runs the program with the settings of the suite, and demands success.
pub(crate) fn succeed(database: &TestDatabase, arguments: &[&str], input: &str) -> String {
    let output = attempt_with(database, arguments, input);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_bank_is_made_filled_and_trained_without_the_api() {
    let database = TestDatabase::default();
    let file = database.folder().join("history.csv");
    std::fs::write(&file, REAL_CHANNEL).unwrap();
    let file = file.to_str().unwrap();
    let _ = succeed(&database, &["migrate", "up"], "");
    let _ = succeed(&database, &["company", "create", "BCP"], "");
    let _ = succeed(&database, &["user", "create", "ana", "--company", "BCP", "--role", "admin"], PASSWORD);
    let _ = succeed(&database, &["user", "create", "root", "--superadmin"], PASSWORD);
    let import = ["account", "import", file, "--company", "BCP", "--account", "tenko", "--create", "Tenko"];
    let _ = succeed(&database, &import, "");
    let _ = succeed(&database, &["train", "--company", "BCP", "--models", "ridge"], "");
    let app = TestApp::try_start(database, &[]).unwrap();
    let ana = app.login("ana");
    let _ = ana.get("/regression/predict/tenko?fecha=2026-09-01").expect(200);
    assert_eq!(app.login("root").get("/auth/me").expect(200)["rol"], "superadmin");
}

#[test]
fn rules_that_an_imported_file_breaks_are_told_by_their_causes_with_counts() {
    let database = TestDatabase::default();
    let file = database.folder().join("history.csv");
    // Every day comes twice, and two days lie far ahead.
    let day = |number: usize| format!("20{:02}-{:02}-{:02}", 10 + number / 336, number / 28 % 12 + 1, number % 28 + 1);
    let rows = (0..600).flat_map(|number| [number, number]).map(|number| format!("{},{number}\n", day(number)));
    let rows = rows.chain(["2999-01-01,5\n".to_owned(), "2999-01-02,5\n".to_owned()]);
    std::fs::write(&file, format!("fecha,seguidores\n{}", rows.collect::<String>())).unwrap();
    let _ = succeed(&database, &["migrate", "up"], "");
    let _ = succeed(&database, &["company", "create", "BCP"], "");
    let import = ["account", "import", "history.csv", "--company", "BCP", "--account", "tenko", "--create", "Tenko"];
    let output = attempt_with(&database, &import, "");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success());
    let lines: Vec<&str> = errors.lines().collect();
    assert_eq!(lines.len(), 2, "{errors}");
    assert!(lines[0].contains("line 3: ") && lines[0].contains("on 600 lines"), "{errors}");
    assert!(lines[1].contains("line 1202: ") && lines[1].contains("on 2 lines"), "{errors}");
}

#[test]
fn a_password_that_the_operator_sets_ends_every_session_and_may_be_temporary() {
    let database = TestDatabase::default();
    let _ = succeed(&database, &["migrate", "up"], "");
    let _ = succeed(&database, &["company", "create", "BCP"], "");
    let create = ["user", "create", "ana", "--company", "BCP", "--role", "admin", "--must-change-password"];
    let _ = succeed(&database, &create, PASSWORD);
    let app = TestApp::try_start(database, &[]).unwrap();
    assert_eq!(app.try_login("ana", PASSWORD).expect(200)["must_change_password"], true);
    let ana = app.login("ana");
    let _ = ana.get("/auth/users").problem(403, "PASSWORD_CHANGE_REQUIRED");
    let database = app.stop();

    let said = succeed(&database, &["user", "password", "ANA"], "Otra-Clave-2026\n");
    assert!(said.contains("ana") && !said.contains("Otra"), "{said}");
    let app = TestApp::try_start(database, &[]).unwrap();
    let _ = app.try_login("ana", PASSWORD).problem(401, "BAD_CREDENTIALS");
    let _ = app.anonymous().bearing(ana.token()).get("/auth/me").problem(401, "TOKEN_REVOKED");
    assert_eq!(app.try_login("ana", "Otra-Clave-2026").expect(200)["must_change_password"], false);
    let database = app.stop();

    let _ = succeed(&database, &["user", "password", "ana", "--must-change-password"], "vaca lenta trece lunas");
    let app = TestApp::try_start(database, &[]).unwrap();
    assert_eq!(app.try_login("ana", "vaca lenta trece lunas").expect(200)["must_change_password"], true);
}

#[test]
fn a_list_of_breached_passwords_is_imported_and_asked() {
    let database = TestDatabase::default();
    let list = database.folder().join("list.txt");
    // The second line is the SHA-1 of `Una-Clave-2026` as public lists write it.
    std::fs::write(&list, "vaca lenta trece lunas\r\nFB8709BE595D36AED74BC49A2F910C2A1078BD4C:12\n\n").unwrap();
    let said = succeed(&database, &["passwords", "import", "list.txt", "--output", "breached.bin"], "");
    assert!(said.starts_with("passwords: 2"), "{said}");
    assert!(!database.folder().join("atalaya.db").exists());

    let _ = succeed(&database, &["migrate", "up"], "");
    let settings = variables(&database, &[("BREACHED_PASSWORDS_FILE", "breached.bin")]);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let create = |password: &str| run(&database, &["user", "create", "root", "--superadmin"], &settings, password);
    for known in ["vaca lenta trece lunas", PASSWORD, "Password1!"] {
        let errors = String::from_utf8(create(known).stderr).unwrap();
        assert!(errors.contains("password: It is a common password, or appeared in a leak."), "{errors}");
        assert_eq!(errors.trim_end().lines().count(), 1, "{errors}");
    }
    assert!(create("vaca lenta trece soles").status.success());
}

#[test]
fn a_file_is_forecast_without_a_database() {
    let folder = TestDatabase::default();
    std::fs::write(folder.folder().join("history.csv"), REAL_CHANNEL).unwrap();
    let printed = succeed(&folder, &["forecast", "history.csv", "--horizon", "7", "--level", "80"], "");
    assert_eq!(printed.lines().count(), 8, "{printed}");
    assert!(!folder.folder().join("atalaya.db").exists());
}

#[test]
fn the_document_is_written_to_standard_output() {
    let printed = succeed(&TestDatabase::default(), &["openapi"], "");
    assert_eq!(printed.as_bytes(), documentation(VERSION).unwrap().json().unwrap().as_ref());
}

#[test]
fn migrations_are_listed_run_and_taken_back() {
    let database = TestDatabase::default();
    let _ = succeed(&database, &["migrate", "up"], "");
    let up = succeed(&database, &["migrate", "status"], "");
    let _ = succeed(&database, &["migrate", "down"], "");
    let down = succeed(&database, &["migrate", "status"], "");
    assert_ne!(up, down);
    let _ = succeed(&database, &["migrate", "up"], "");
    assert_eq!(succeed(&database, &["migrate", "status"], ""), up);
}

#[test]
fn without_a_word_the_program_is_in_production_and_says_all_that_it_lacks() {
    let folder = TestDatabase::default();
    let settings = [("BIND_ADDRESS", "nowhere"), ("ALLOWED_ORIGINS", "*"), ("JWT_SECRET_KEY", "planted-secret")];
    for arguments in [["serve"].as_slice(), &["config", "check"]] {
        let output = run(&folder, arguments, &settings, "");
        assert!(!output.status.success());
        let errors = String::from_utf8(output.stderr).unwrap();
        for variable in ["BIND_ADDRESS", "ALLOWED_ORIGINS", "KEY_ENCRYPTION_KEY", "PASSWORD_PEPPER"] {
            assert!(errors.contains(variable), "{variable} is not in {errors}");
        }
        assert!(errors.contains("openssl rand"), "no word of how to make a secret: {errors}");
        assert!(!errors.contains("planted-secret") && !errors.contains("nowhere"), "a value is printed: {errors}");
    }
}

#[test]
fn mistakes_end_in_one_clear_line() {
    let database = TestDatabase::default();
    let _ = succeed(&database, &["migrate", "up"], "");
    let settings = variables(&database, &[]);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    for (arguments, words) in [
        (["train", "--company", "Nobody"].as_slice(), "there is no company"),
        (&["forecast", "no-such-file.csv", "--horizon", "7"], "no-such-file.csv"),
        (&["company", "create", "BCP", "--time-zone", "Luna/Mar"], "time zone"),
        (&["healthcheck"], "127.0.0.1"),
        (&["user", "password", "nobody"], "there is no user"),
        (&["passwords", "import", "no-such-list.txt", "--output", "x.bin"], "no-such-list.txt"),
    ] {
        let output = run(&database, arguments, &settings, "");
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{arguments:?}");
        assert!(errors.to_lowercase().contains(words), "{arguments:?}: {errors}");
        assert_eq!(errors.trim_end().lines().count(), 1, "{arguments:?}: {errors}");
    }
}

#[test]
fn what_is_done_at_the_machine_is_told_as_the_operators() {
    let database = TestDatabase::default();
    let _ = succeed(&database, &["migrate", "up"], "");
    let _ = succeed(&database, &["company", "create", "BCP"], "");
    let _ = succeed(&database, &["user", "create", "ana", "--company", "BCP", "--role", "admin"], PASSWORD);
    let _ = succeed(&database, &["user", "create", "root", "--superadmin"], PASSWORD);
    let _ = succeed(&database, &["user", "password", "ana"], "Otra-Clave-2026");
    let app = TestApp::try_start(database, &[]).unwrap();
    let _ = succeed(&app.database, &["keys", "rotate", "--at-once"], "");
    let of_operator = |reader: &Client| -> Vec<String> {
        let log = reader.get("/audit?actor=operator&limit=1000");
        let entries = log.expect(200)["entries"].as_array().unwrap().clone();
        entries.iter().map(|entry| format!("{} {}", entry["action"], entry["target"]).replace('"', "")).collect()
    };
    let ana = app.try_login("ana", "Otra-Clave-2026");
    let ana = app.anonymous().bearing(ana.expect(200)["access_token"].as_str().unwrap());
    assert_eq!(of_operator(&ana), ["password_changed ana", "user_registered ana"]);
    let platform = of_operator(&app.login("root"));
    assert!(platform.contains(&"company_created BCP".to_owned()), "{platform:?}");
    assert!(platform.contains(&"user_registered root".to_owned()), "{platform:?}");
    assert!(platform.iter().any(|told| told.starts_with("key_activated ")), "{platform:?}");
}
