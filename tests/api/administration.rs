//! Users, companies and accounts on the command line, and where a database is made.

use std::time::{Duration, Instant};

use atalaya_tests::app::variables;
use atalaya_tests::{Client, PASSWORD, Reply, TestApp, TestDatabase, bank};
use serde_json::{Value, json};

use crate::command_line::{attempt, run, succeed};
use crate::profiles::PRODUCTION;
use crate::program::Program;

/// What a command that fails says.
fn refused(database: &TestDatabase, arguments: &[&str]) -> String {
    let output = attempt(database, arguments);
    assert!(!output.status.success(), "{arguments:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    said
}

fn stage() -> TestDatabase {
    let database = TestDatabase::default();
    for arguments in [["migrate", "up"].as_slice(), &["company", "create", "BCP"], &["company", "create", "Interbank"]]
    {
        let _ = succeed(&database, arguments, "");
    }
    for (name, company, role) in [("ana", "BCP", "admin"), ("eva", "BCP", "viewer"), ("luis", "Interbank", "admin")] {
        let _ = succeed(&database, &["user", "create", name, "--company", company, "--role", role], PASSWORD);
    }
    let _ = succeed(&database, &["user", "create", "root", "--superadmin"], PASSWORD);
    database
}

fn try_login(server: &Program, username: &str) -> Reply {
    server.anonymous().post("/auth/login", &json!({"username": username, "password": PASSWORD}))
}

fn login(server: &Program, username: &str) -> Client {
    let reply = try_login(server, username);
    server.anonymous().bearing(reply.expect(200)["access_token"].as_str().unwrap())
}

/// Waits until the server has heard of what a command did to somebody who is logged in.
fn await_out(client: &Client) {
    let patience = Instant::now();
    while client.get("/auth/me").status != 401 {
        assert!(patience.elapsed() < Duration::from_mins(1), "the session never ends");
        std::thread::sleep(Duration::from_millis(20));
    }
    let _ = client.get("/auth/me").problem(401, "TOKEN_REVOKED");
}

/// The rows of a table, in words.
fn rows(table: &str) -> Vec<Vec<&str>> {
    table.lines().skip(1).map(|line| line.split_whitespace().collect()).collect()
}

#[test]
fn users_are_listed_with_their_company_and_state() {
    let database = stage();
    let _ = succeed(&database, &["user", "disable", "eva"], "");
    let _ = succeed(&database, &["company", "suspend", "Interbank"], "");
    let listed = succeed(&database, &["user", "list"], "");
    let of = |name: &str| rows(&listed).into_iter().find(|row| row[0] == name).unwrap();
    assert_eq!(of("root")[..4], ["root", "superadmin", "-", "active"]);
    assert_eq!(of("ana")[..4], ["ana", "admin", "BCP", "active"]);
    assert_eq!(of("eva")[..4], ["eva", "viewer", "BCP", "disabled"]);
    assert_eq!(of("luis")[..5], ["luis", "admin", "Interbank", "company", "suspended"]);
    let of_bank = succeed(&database, &["user", "list", "--company", "BCP"], "");
    assert_eq!(rows(&of_bank).iter().map(|row| row[0]).collect::<Vec<_>>(), ["ana", "eva"]);
    let json = succeed(&database, &["user", "list", "--json"], "");
    let users: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let names: Vec<_> = users.iter().map(|user| user["username"].as_str().unwrap()).collect();
    assert_eq!(names, ["root", "ana", "eva", "luis"]);
    assert!(!json.contains("password_hash") && users.iter().all(|user| user["rol"].is_string()), "{json}");
    assert!(refused(&database, &["user", "list", "--company", "Nobody"]).contains("there is no company Nobody"));
}

#[test]
fn a_user_that_the_operator_disables_is_out_at_once_and_may_come_back() {
    let database = stage();
    let server = Program::serve(&database, &[]);
    let eva = login(&server, "eva");
    let _ = succeed(&database, &["user", "disable", "EVA"], "");
    await_out(&eva);
    let _ = try_login(&server, "eva").problem(401, "BAD_CREDENTIALS");
    assert!(succeed(&database, &["user", "disable", "eva"], "").contains("It was so already"));
    let _ = succeed(&database, &["user", "enable", "eva"], "");
    let _ = try_login(&server, "eva").expect(200);
}

#[test]
fn neither_the_last_administrator_nor_a_superadmin_is_disabled() {
    let database = stage();
    assert!(refused(&database, &["user", "disable", "ana"]).contains("the last active administrator"));
    let _ = succeed(&database, &["user", "create", "otra", "--company", "BCP", "--role", "admin"], PASSWORD);
    let _ = succeed(&database, &["user", "disable", "ana"], "");
    assert!(refused(&database, &["user", "disable", "otra"]).contains("the last active administrator"));
    assert!(refused(&database, &["user", "disable", "root"]).contains("atalaya user password root"));
    assert!(refused(&database, &["user", "disable", "nadie"]).contains("there is no user nadie"));
}

#[test]
fn a_user_that_the_operator_deletes_is_out_at_once_and_may_be_restored() {
    let database = stage();
    let server = Program::serve(&database, &[]);
    let eva = login(&server, "eva");
    let told = succeed(&database, &["user", "delete", "EVA"], "");
    assert!(told.contains("atalaya user restore eva --company"), "{told}");
    await_out(&eva);
    let _ = try_login(&server, "eva").problem(401, "BAD_CREDENTIALS");
    assert!(refused(&database, &["user", "delete", "eva"]).contains("there is no user eva"));
    assert!(refused(&database, &["user", "delete", "ana"]).contains("the last active administrator"));
    assert!(refused(&database, &["user", "restore", "eva", "--company", "Interbank"]).contains("no deleted user eva"));
    let trash = ["user", "trash", "--company", "BCP"];
    let listed = succeed(&database, &trash, "");
    assert_eq!(rows(&listed).iter().map(|row| row[0]).collect::<Vec<_>>(), ["eva"], "{listed}");
    let _ = succeed(&database, &["user", "restore", "eva", "--company", "BCP"], "");
    let _ = try_login(&server, "eva").expect(200);
    assert_eq!(succeed(&database, &trash, ""), "");
}

#[test]
fn an_account_that_the_operator_deletes_may_be_restored() {
    let database = stage();
    let import = ["account", "import", "-", "--company", "BCP", "--account", "BCPComunica", "--create", "BCP"];
    let _ = succeed(&database, &import, "hora,seguidores\n2026-08-01T00:00:00Z,10000\n");
    let named = |verb: &str| ["account", verb, "BCPComunica", "--company", "BCP"].map(str::to_owned);
    let listed = || succeed(&database, &["account", "list", "--company", "BCP"], "");
    let before = listed();
    let words = named("delete");
    let told = succeed(&database, &words.each_ref().map(String::as_str), "");
    assert!(told.contains("atalaya account restore BCPComunica --company BCP"), "{told}");
    assert!(!listed().contains("BCPComunica"));
    let trash = ["account", "trash", "--company", "BCP"];
    assert!(succeed(&database, &trash, "").contains("BCPComunica"));
    assert!(refused(&database, &words.each_ref().map(String::as_str)).contains("no account BCPComunica"));
    let words = named("restore");
    let _ = succeed(&database, &words.each_ref().map(String::as_str), "");
    assert_eq!(listed(), before);
    assert!(refused(&database, &words.each_ref().map(String::as_str)).contains("no deleted account BCPComunica"));
    assert_eq!(succeed(&database, &trash, ""), "");
    let _ = succeed(&database, &["company", "create", "Banco Sur"], "");
    let import = ["account", "import", "-", "--company", "Banco Sur", "--account", "sur", "--create", "Sur"];
    let _ = succeed(&database, &import, "hora,seguidores\n2026-08-01T00:00:00Z,10000\n");
    let told = succeed(&database, &["account", "delete", "sur", "--company", "Banco Sur"], "");
    assert!(told.contains("atalaya account restore sur --company 'Banco Sur'`"), "{told}");
}

#[test]
fn a_company_that_the_operator_suspends_is_out_at_once_and_may_come_back() {
    let database = stage();
    let listed = succeed(&database, &["company", "list"], "");
    let states =
        |listed: &str| -> Vec<String> { rows(listed).iter().map(|row| format!("{} {}", row[1], row[3])).collect() };
    assert_eq!(states(&listed), ["BCP active", "Interbank active"]);
    let server = Program::serve(&database, &[]);
    let ana = login(&server, "ana");
    let _ = succeed(&database, &["company", "suspend", "BCP"], "");
    await_out(&ana);
    let _ = try_login(&server, "ana").problem(401, "BAD_CREDENTIALS");
    let _ = login(&server, "luis").get("/auth/me").expect(200);
    assert_eq!(states(&succeed(&database, &["company", "list"], ""))[0], "BCP suspended");
    let _ = succeed(&database, &["company", "resume", "BCP"], "");
    let _ = try_login(&server, "ana").expect(200);
    let json = succeed(&database, &["company", "list", "--json"], "");
    let first: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!((&first["empresa_nombre"], &first["activo"]), (&Value::from("BCP"), &Value::from(true)));
}

#[test]
fn accounts_are_listed_with_their_data() {
    let database = TestApp::start().with(bank("BCP").account("tenko").account("otra")).stop();
    let listed = succeed(&database, &["account", "list", "--company", "BCP"], "");
    assert_eq!(rows(&listed).iter().map(|row| row[0]).collect::<Vec<_>>(), ["otra", "tenko"]);
    let json = succeed(&database, &["account", "list", "--company", "BCP", "--json"], "");
    let handles: Vec<Value> = json.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(
        handles.iter().map(|account| account["cuenta"].as_str().unwrap()).collect::<Vec<_>>(),
        ["otra", "tenko"]
    );
    assert!(refused(&database, &["account", "list", "--company", "BBVA"]).contains("there is no company BBVA"));
}

#[test]
fn a_database_is_made_by_serve_and_migrate_alone() {
    let database = TestDatabase::default();
    for arguments in [
        ["user", "list"].as_slice(),
        &["company", "list"],
        &["company", "create", "BCP"],
        &["user", "create", "root", "--superadmin"],
        &["account", "list", "--company", "BCP"],
        &["train", "--company", "BCP"],
        &["keys", "list"],
        &["audit", "verify"],
    ] {
        let told = refused(&database, arguments);
        assert!(told.contains("atalaya migrate up"), "{arguments:?}: {told}");
        if database.is_a_file() {
            let file = database.folder().join("atalaya.db");
            assert!(told.contains(file.to_str().unwrap()), "{arguments:?}: {told}");
            assert!(!file.exists(), "{arguments:?}");
        }
    }
    if database.is_a_file() {
        assert!(refused(&database, &["migrate", "status"]).contains("there is no database"));
        let settings = variables(&database, &[("DATABASE_URL", "sqlite://other/place.db"), ("LANG", "es")]);
        let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let told = String::from_utf8(run(&database, &["user", "list"], &settings, "").stderr).unwrap();
        assert!(told.contains("no hay una base de datos en other/place.db"), "{told}");
        assert!(!database.folder().join("other").exists());
    }
}

#[test]
fn an_empty_database_says_what_to_type_next() {
    let database = TestDatabase::default();
    let settings = variables(&database, &PRODUCTION);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let command = |arguments: &[&str], input: &str| {
        let output = run(&database, arguments, &settings, input);
        assert!(output.status.success(), "{output:?}");
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap())
    };
    let _ = command(&["migrate", "up"], "");
    let next = "atalaya user create NAME --superadmin";
    let (listed, remark) = command(&["user", "list"], "");
    assert!(listed.is_empty() && remark.contains(next), "{listed}{remark}");
    // What it printed until it listened, and not what one before it did.
    let served = || {
        let _ = std::fs::remove_file(database.folder().join("printed"));
        let program = Program::serve(&database, &PRODUCTION);
        program.await_start();
        program.printed()
    };
    let told = served();
    assert!(told.contains(next), "{told}");
    for (company, word) in [("BCP", "BCP"), ("Banco de Lima", "\"Banco de Lima\"")] {
        let _ = command(&["company", "create", company], "");
        let next = format!("atalaya user create NAME --company {word} --role admin");
        let remark = command(&["user", "list"], "").1;
        assert!(remark.contains(&next), "{remark}");
        let told = served();
        assert!(told.contains(&next), "{told}");
        let _ = command(&["company", "suspend", company], "");
    }
    let _ = command(&["company", "resume", "BCP"], "");
    let _ = command(&["user", "create", "ana", "--company", "BCP", "--role", "admin"], PASSWORD);
    assert!(command(&["user", "list"], "").1.is_empty());
    assert!(!served().contains("Nobody can log in"));
    let _ = command(&["company", "suspend", "BCP"], "");
    assert!(command(&["user", "list"], "").1.contains(next));
    let _ = command(&["user", "create", "root", "--superadmin"], PASSWORD);
    assert!(command(&["user", "list"], "").1.is_empty());
    assert!(!served().contains("Nobody can log in"));
}
