//! Exports: answers of any length, which their client may read slowly or not at all.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use atalaya_tests::{Client, PASSWORD, TestApp, TestDatabase, bank};
use atalaya_web::{ExportLimits, Exports};
use serde_json::json;

use crate::program::Program;
use crate::raw::{Raw, wait_until};

const PATH: &str = "/accounts/BCPComunica/observations";
/// Rows that no socket's buffers hold.
pub(crate) const LONG: u32 = 200_000;

/// Gives an account so many observations, one each minute, as many followers in each.
pub(crate) fn fill(database: &TestDatabase, account: &str, rows: u32, followers: u32) {
    let at = if database.is_a_file() {
        "strftime('%Y-%m-%d %H:%M:%S', '2020-01-01', '+' || n || ' minutes')"
    } else {
        "TIMESTAMP '2020-01-01' + n * INTERVAL '1 minute'"
    };
    database.execute(&format!(
        "WITH RECURSIVE n(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < {rows}) \
         INSERT INTO observations (company_id, account_id, observed_at, followers) \
         SELECT company_id, id, {at}, {followers} FROM n, accounts WHERE handle = '{account}'"
    ));
}

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account("BCPComunica").admin("alba")).with(bank("BBVA").account("bbva_peru"))
}

fn csv(client: &Client) -> Client {
    client.clone().with("accept", "text/csv")
}

#[test]
fn a_long_export_is_whole_and_can_be_uploaded_again() {
    let app = app();
    fill(&app.database, "BCPComunica", 5_500, 7);
    let admin = app.login("admin_bcp");
    let down = csv(&admin).get(PATH);
    assert_eq!(down.header("content-type"), "text/csv; charset=utf-8");
    let text = down.text();
    assert_eq!(text.lines().next(), Some("hora,seguidores,tweets,siguiendo"));
    let times: BTreeSet<&str> = text.lines().skip(1).collect();
    assert_eq!((text.lines().count(), times.len()), (5_501, 5_500));
    assert!(text.lines().skip(1).is_sorted());
    let packed = csv(&admin).with("accept-encoding", "gzip").get(PATH);
    assert!(packed.bytes.len() < down.bytes.len() / 2, "{} bytes", packed.bytes.len());
    assert_eq!(admin.post_csv(PATH, down.bytes.clone()).expect(200)["unchanged"], 5_500);
}

#[test]
fn an_export_is_one_state_whatever_is_written_meanwhile() {
    let app = app();
    fill(&app.database, "BCPComunica", 5_000, 1);
    let admin = csv(&app.login("admin_bcp"));
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for followers in 2.. {
                if done.load(Ordering::SeqCst) {
                    break;
                }
                app.database.execute(&format!("UPDATE observations SET followers = {followers}"));
            }
        });
        for _ in 0..15 {
            let text = admin.get(PATH).text();
            let followers: BTreeSet<&str> = text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
            if followers.len() != 1 {
                done.store(true, Ordering::SeqCst);
                panic!("one export tells of several states: {followers:?}");
            }
        }
        done.store(true, Ordering::SeqCst);
    });
}

#[test]
fn who_is_over_the_number_is_told_to_come_back_and_other_work_goes_on() {
    // Of 8 connections two export: one of each bank.
    let app = app().with(bank("Scotiabank").account("ScotiabankPE"));
    for account in ["BCPComunica", "bbva_peru", "ScotiabankPE"] {
        fill(&app.database, account, LONG, 7);
    }
    let (admin, alba) = (app.login("admin_bcp"), app.login("alba"));
    let (bbva, scotia) = (app.login("admin_bbva"), app.login("admin_scotiabank"));
    let mut unread = Raw::ask_for_csv(app.address(), &admin, PATH);
    assert!(unread.head().starts_with("HTTP/1.1 200"));
    for client in [&admin, &alba] {
        let busy = csv(client).get(PATH);
        let _ = busy.problem(503, "EXPORTS_BUSY");
        assert_eq!(busy.header("retry-after"), "2");
    }
    let mut of_bbva = Raw::ask_for_csv(app.address(), &bbva, "/accounts/bbva_peru/observations");
    assert!(of_bbva.head().starts_with("HTTP/1.1 200"));
    let _ = csv(&scotia).get("/accounts/ScotiabankPE/observations").problem(503, "EXPORTS_BUSY");
    let _ = alba.get(&format!("{PATH}?limit=1000")).expect(200);
    assert_eq!(csv(&alba).get(&format!("{PATH}?to=2020-01-01T04:59:00Z")).text().lines().count(), 301);
    drop(unread);
    wait_until("the place is free again", || csv(&alba).get(PATH).status == 200);
}

#[test]
fn an_export_that_nobody_reads_is_broken_off_and_does_not_look_whole() {
    let limits = ExportLimits { next_page: Duration::from_millis(200), ..ExportLimits::of_pool(8) };
    let exports = Arc::new(Exports::new(limits));
    let ours = Arc::clone(&exports);
    let app = TestApp::adjusted(move |services| services.http.exports = ours).with(bank("BCP").account("BCPComunica"));
    fill(&app.database, "BCPComunica", LONG, 7);
    let admin = app.login("admin_bcp");
    let mut unread = Raw::ask_for_csv(app.address(), &admin, PATH);
    assert!(unread.head().contains("transfer-encoding: chunked"));
    wait_until("its connection is given back", || {
        let (open, idle) = app.core.database.connections();
        open == idle
    });
    let text = unread.rest();
    assert!(!text.ends_with(b"0\r\n\r\n"), "it looks whole, with {} bytes", text.len());
    wait_until("its place is free", || exports.count() == 0);
}

#[test]
fn an_export_that_takes_too_long_is_broken_off() {
    let limits = ExportLimits { whole: Duration::from_millis(300), ..ExportLimits::of_pool(8) };
    let exports = Arc::new(Exports::new(limits));
    let ours = Arc::clone(&exports);
    let app = TestApp::adjusted(move |services| services.http.exports = ours).with(bank("BCP").account("BCPComunica"));
    fill(&app.database, "BCPComunica", LONG, 7);
    let admin = app.login("admin_bcp");
    let mut slow = Raw::ask_for_csv(app.address(), &admin, PATH);
    let _ = slow.head();
    std::thread::sleep(Duration::from_millis(400));
    assert!(!slow.rest().ends_with(b"0\r\n\r\n"), "it looks whole");
    wait_until("its place is free", || exports.count() == 0);
}

#[test]
fn a_long_audit_log_takes_a_place_too() {
    let app = app();
    let admin = app.login("admin_bcp");
    let company = admin.get("/auth/me").expect(200)["empresa_id"].clone();
    let no_code = app.database.literal(&[0; 32]);
    app.database.execute(&format!(
        "WITH RECURSIVE n(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM n WHERE n < {LONG}) \
         INSERT INTO audit_log SELECT {company}, n, n, NULL, 'x', 'login', NULL, NULL, NULL, 'success', 1, {no_code} FROM n"
    ));
    let mut unread = Raw::ask_for_csv(app.address(), &admin, "/audit");
    assert!(unread.head().starts_with("HTTP/1.1 200"));
    let _ = csv(&admin).get("/audit").problem(503, "EXPORTS_BUSY");
    drop(unread);
    wait_until("the place is free again", || csv(&admin).get("/audit").status == 200);
}

#[test]
fn two_hundred_unread_exports_of_four_banks_fill_no_memory() {
    let banks = ["BCP", "BBVA", "Interbank", "Scotiabank"];
    let app = banks.iter().fold(TestApp::start(), |app, name| {
        let people = (1..5).map(|number| format!("{}{number}", name.to_lowercase()));
        app.with(people.fold(bank(name).account(&format!("cuenta_{name}")), |bank, person| bank.admin(&person)))
    });
    let database = app.stop();
    for name in banks {
        fill(&database, &format!("cuenta_{name}"), LONG, 7);
    }
    let program = Program::serve(&database, &[]);
    let nobody = program.anonymous();
    let log_in = |username: &str| {
        let login = nobody.post("/auth/login", &json!({"username": username, "password": PASSWORD}));
        nobody.clone().bearing(login.expect(200)["access_token"].as_str().unwrap())
    };
    let mut people: Vec<(String, Client)> = Vec::new();
    for name in banks {
        let path = format!("/accounts/cuenta_{name}/observations");
        let lower = name.to_lowercase();
        people.push((path.clone(), log_in(&format!("admin_{lower}"))));
        people.extend((1..5).map(|number| (path.clone(), log_in(&format!("{lower}{number}")))));
    }
    let before = program.resident();
    let mut unread = Vec::new();
    let (mut taken, mut busy) = (0, 0);
    for _ in 0..10 {
        for (path, client) in &people {
            let mut raw = Raw::ask_for_csv(program.address, client, path);
            match &raw.head()[9..12] {
                "200" => taken += 1,
                "503" => busy += 1,
                other => panic!("an export was answered {other}"),
            }
            unread.push(raw);
        }
    }
    let grown = program.resident().saturating_sub(before);
    assert_eq!(taken + busy, 200);
    assert!(taken >= 2, "{taken} exports were begun");
    assert!(grown < 64 * 1024, "the process grew by {grown} KiB");
    let _ = people[0].1.get("/auth/me").expect(200);
}
