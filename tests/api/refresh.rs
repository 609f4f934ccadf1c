//! Refreshing: the ten seconds in which two tabs may present one token, replay, and what ends a session for good.

use std::collections::BTreeSet;

use atalaya_tests::{Client, PASSWORD, Reply, TestApp, bank};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").user("ursula", &[]).viewer("vera", &[])).with_superadmin("root")
}

fn begin(app: &TestApp, username: &str) -> Reply {
    let body = json!({"username": username, "password": PASSWORD, "refresh": "body", "device_name": "portátil"});
    let client = app.anonymous().with("user-agent", "Panel/1.0 (caja)");
    let reply = client.post("/auth/login", &body);
    assert_eq!(reply.status, 200, "{}", reply.text());
    reply
}

pub(crate) fn present(app: &TestApp, token: &Value) -> Reply {
    app.anonymous().post("/auth/refresh", &json!({"refresh_token": token}))
}

pub(crate) fn bearing(app: &TestApp, grant: &Reply) -> Client {
    app.anonymous().bearing(grant.expect(200)["access_token"].as_str().unwrap())
}

pub(crate) fn child(grant: &Reply) -> Value {
    grant.expect(200)["refresh_token"].clone()
}

#[test]
fn fifty_parallel_refreshes_give_one_child_and_log_nobody_out() {
    let app = app();
    let parent = child(&begin(&app, "vera"));
    let replies: Vec<Reply> = std::thread::scope(|threads| {
        let running: Vec<_> = (0..50).map(|_| threads.spawn(|| present(&app, &parent))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let children: BTreeSet<String> = replies.iter().map(|reply| child(reply).as_str().unwrap().to_owned()).collect();
    assert_eq!(children.len(), 1, "one token has {} children", children.len());
    for reply in &replies {
        let _ = bearing(&app, reply).get("/auth/me").expect(200);
    }
    let next = present(&app, &json!(children.first()));
    let client = bearing(&app, &next);
    let _ = client.get("/auth/me").expect(200);
    let _ = present(&app, &parent).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = client.get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = bearing(&app, &replies[0]).get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = present(&app, &child(&next)).problem(401, "REFRESH_TOKEN_INVALID");
}

#[test]
fn a_token_comes_again_for_ten_seconds_and_not_longer() {
    let app = app();
    let parent = child(&begin(&app, "vera"));
    let first = child(&present(&app, &parent));
    app.clock.advance(TimeDelta::milliseconds(9_999));
    let again = present(&app, &parent);
    assert_eq!(child(&again), first);
    app.clock.advance(TimeDelta::milliseconds(1));
    let _ = present(&app, &parent).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = bearing(&app, &again).get("/auth/me").problem(401, "TOKEN_REVOKED");
}

#[test]
fn a_repeat_works_by_cookie_too() {
    let app = app();
    let login = app.anonymous().post("/auth/login", &json!({"username": "vera", "password": PASSWORD}));
    let cookie = |reply: &Reply| reply.header("set-cookie").split(';').next().unwrap().to_owned();
    let tab = app.anonymous().with("cookie", cookie(&login)).with("origin", "https://panel.example");
    let (one, two) = (tab.post("/auth/refresh", &json!({})), tab.post("/auth/refresh", &json!({})));
    assert_eq!((one.status, two.status), (200, 200));
    assert_eq!(cookie(&one), cookie(&two));
    assert_ne!(cookie(&one), cookie(&login));
}

#[test]
fn a_token_that_was_kept_no_longer_is_not_given_again() {
    let app = app();
    let parent = child(&begin(&app, "vera"));
    let _ = present(&app, &parent).expect(200);
    app.core.upkeep().run_all();
    let _ = present(&app, &parent).expect(200);
    assert_eq!(app.database.rows("refresh_tokens WHERE sealed_child IS NOT NULL"), 1);
    app.clock.advance(TimeDelta::seconds(10));
    app.core.upkeep().run_all();
    assert_eq!(app.database.rows("refresh_tokens WHERE sealed_child IS NOT NULL"), 0);
    let _ = present(&app, &parent).problem(401, "REFRESH_TOKEN_INVALID");
}

#[test]
fn a_repeat_extends_neither_the_idle_nor_the_absolute_limit() {
    let app = TestApp::configured(&[("SESSION_IDLE_MINUTES", "60"), ("SESSION_HOURS", "2")]).with(bank("BCP"));
    let minutes = |minutes| app.clock.advance(TimeDelta::minutes(minutes));
    let parent = child(&begin(&app, "admin_bcp"));
    minutes(50);
    let idle = child(&present(&app, &parent));
    app.clock.advance(TimeDelta::seconds(9));
    assert_eq!(child(&present(&app, &parent)), idle);
    app.clock.advance(TimeDelta::minutes(60) - TimeDelta::seconds(9));
    let _ = present(&app, &idle).problem(401, "REFRESH_TOKEN_INVALID");

    let mut newest = child(&begin(&app, "admin_bcp"));
    for _ in 0..2 {
        minutes(55);
        newest = child(&present(&app, &newest));
    }
    app.clock.advance(TimeDelta::minutes(10) - TimeDelta::seconds(5));
    let last = present(&app, &newest);
    assert_eq!(last.expect(200)["expires_in"], 5);
    app.clock.advance(TimeDelta::seconds(4));
    assert_eq!(present(&app, &newest).expect(200)["expires_in"], 1);
    app.clock.advance(TimeDelta::seconds(1));
    for token in [&newest, &child(&last)] {
        let _ = present(&app, token).problem(401, "REFRESH_TOKEN_INVALID");
    }
}

#[test]
fn a_user_is_told_of_a_replay_once_at_the_next_login() {
    let app = app();
    let first = begin(&app, "vera");
    assert_eq!(first.json["security_notices"], json!([]));
    let second = present(&app, &child(&first));
    assert_eq!(second.json["security_notices"], json!([]));
    app.clock.advance(TimeDelta::minutes(1));
    let _ = present(&app, &child(&first)).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = app.try_login("vera", "wrong").problem(401, "BAD_CREDENTIALS");
    assert_eq!(begin(&app, "ursula").json["security_notices"], json!([]), "somebody else was told");
    let notice = json!({"code": "refresh_replayed", "at": "2026-08-23T17:01:00Z", "device_name": "portátil"});
    assert_eq!(begin(&app, "vera").json["security_notices"], json!([notice]));
    assert_eq!(begin(&app, "vera").json["security_notices"], json!([]), "told twice");
}

#[test]
fn a_session_tells_the_program_that_began_it() {
    let app = app();
    let sessions = bearing(&app, &begin(&app, "vera")).get("/auth/sessions");
    let session = &sessions.expect(200)["sessions"][0];
    assert_eq!((&session["agent"], &session["device_name"]), (&json!("Panel/1.0 (caja)"), &json!("portátil")));
    let long = app.anonymous().with("user-agent", format!("x\ty{}", "z".repeat(300)));
    let grant = long.post("/auth/login", &json!({"username": "ursula", "password": PASSWORD}));
    let sessions = bearing(&app, &grant).get("/auth/sessions");
    assert_eq!(sessions.json["sessions"][0]["agent"], format!("xy{}", "z".repeat(198)));
}

#[test]
fn one_ends_every_other_session_of_ones_own() {
    let app = app();
    let (here, there, other) = (app.login("vera"), begin(&app, "vera"), app.login("ursula"));
    let _ = app.login("vera");
    let reply = here.delete("/auth/sessions");
    assert_eq!(reply.expect(200), &json!({"ended": 2}));
    let _ = bearing(&app, &there).get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = present(&app, &child(&there)).problem(401, "REFRESH_TOKEN_INVALID");
    for client in [&here, &other] {
        let _ = client.get("/auth/me").expect(200);
    }
    assert_eq!(here.delete("/auth/sessions").expect(200), &json!({"ended": 0}));
}

fn id_of(client: &Client) -> String {
    client.get("/auth/me").expect(200)["id_usuario"].to_string()
}

#[test]
fn an_administrator_ends_every_session_of_a_user_of_the_bank() {
    let app = app().with(bank("BBVA"));
    let (vera, admin) = (app.login("vera"), app.login("admin_bcp"));
    let _ = app.login("vera");
    let path = format!("/auth/users/{}/sessions", id_of(&vera));
    let _ = app.login("admin_bbva").delete(&path).problem(404, "USER_NOT_FOUND");
    let _ = vera.get("/auth/me").expect(200);
    assert_eq!(admin.delete(&path).expect(200), &json!({"ended": 2}));
    let _ = vera.get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ = admin.get("/auth/me").expect(200);
}

#[test]
fn a_user_who_is_enabled_again_finds_no_session_alive() {
    let app = app();
    let (grant, admin) = (begin(&app, "vera"), app.login("admin_bcp"));
    let path = format!("/auth/users/{}", id_of(&bearing(&app, &grant)));
    let _ = admin.patch(&path, &json!({"activo": false})).expect(200);
    let _ = present(&app, &child(&grant)).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = admin.patch(&path, &json!({"activo": true})).expect(200);
    let _ = present(&app, &child(&grant)).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = bearing(&app, &grant).get("/auth/me").problem(401, "TOKEN_REVOKED");
    let sessions = admin.get(&format!("{path}/sessions"));
    assert_eq!(sessions.expect(200)["sessions"], json!([]));
    let _ = app.login("vera").get("/auth/me").expect(200);
}

#[test]
fn a_bank_that_is_resumed_finds_no_session_alive() {
    let app = app().with(bank("BBVA"));
    let (grant, other, root) = (begin(&app, "vera"), begin(&app, "admin_bbva"), app.login("root"));
    let path = format!("/companies/{}", grant.json["empresa_id"]);
    let parent = child(&grant);
    // A child that was given a moment ago and may be given again.
    let next = present(&app, &parent);
    let all_refused = || {
        for grant in [&grant, &next] {
            let _ = bearing(&app, grant).get("/auth/me").problem(401, "TOKEN_REVOKED");
            let _ = present(&app, &child(grant)).problem(401, "REFRESH_TOKEN_INVALID");
        }
    };
    let _ = root.patch(&path, &json!({"activo": false})).expect(200);
    all_refused();
    assert_eq!(app.database.rows("sessions WHERE company_id IS NOT NULL AND ended_at IS NULL"), 1, "of BBVA");
    let _ = root.patch(&path, &json!({"activo": true})).expect(200);
    all_refused();
    assert_eq!(app.login("vera").get("/auth/sessions").expect(200)["sessions"].as_array().unwrap().len(), 1);
    let _ = present(&app, &child(&other)).expect(200);
}

#[test]
fn sessions_that_an_older_program_left_to_a_suspended_bank_end_when_it_is_resumed() {
    let app = app();
    let (grant, root) = (begin(&app, "vera"), app.login("root"));
    let path = format!("/companies/{}", grant.json["empresa_id"]);
    let _ = root.patch(&path, &json!({"activo": false})).expect(200);
    app.database.execute("UPDATE sessions SET ended_at = NULL WHERE company_id IS NOT NULL");
    let _ = root.patch(&path, &json!({"activo": true})).expect(200);
    let _ = present(&app, &child(&grant)).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = bearing(&app, &grant).get("/auth/me").problem(401, "TOKEN_REVOKED");
}

#[test]
fn a_late_browser_logs_out_by_its_cookie_with_an_access_token_that_has_expired() {
    let app = app();
    let login = app.anonymous().post("/auth/login", &json!({"username": "vera", "password": PASSWORD}));
    let cookie = login.header("set-cookie").split(';').next().unwrap().to_owned();
    app.clock.advance(TimeDelta::minutes(31));
    let late = bearing(&app, &login);
    let _ = late.ask(Method::POST, "/auth/logout").problem(401, "TOKEN_EXPIRED");
    let browser = late.with("cookie", cookie).with("origin", "https://panel.example");
    assert_eq!(browser.post("/auth/logout", &json!({})).status, 204);
    let _ = browser.post("/auth/refresh", &json!({})).problem(401, "REFRESH_TOKEN_INVALID");
}

#[test]
fn sessions_are_deleted_a_month_after_their_end() {
    let app = app();
    let grant = begin(&app, "vera");
    let _ = present(&app, &child(&grant)).expect(200);
    app.clock.advance(TimeDelta::days(30));
    let _ = begin(&app, "vera");
    app.run_jobs();
    assert_eq!((app.database.rows("sessions"), app.database.rows("refresh_tokens")), (2, 3));
    app.clock.advance(TimeDelta::days(2));
    app.run_jobs();
    assert_eq!((app.database.rows("sessions"), app.database.rows("refresh_tokens")), (1, 1));
    let _ = present(&app, &child(&grant)).problem(401, "REFRESH_TOKEN_INVALID");
}
