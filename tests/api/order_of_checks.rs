//! 401, then the role's 403, then 400, then ownership's 403, then 422: nobody learns from a later check what an earlier
//! one would have kept from them.

use atalaya_tests::{Client, TestApp, bank};
use reqwest::Method;
use serde_json::json;

const BROKEN: &str = r#"{"username": "#;

fn app() -> TestApp {
    let bcp = bank("BCP").account("BCPComunica").user("ursula", &["BCPComunica"]).viewer("vera", &["BCPComunica"]);
    TestApp::start().with(bcp).with(bank("BBVA").account("bbva_peru"))
}

fn post_broken(client: &Client, path: &str) -> atalaya_tests::Reply {
    client.send(Method::POST, path, "application/json", BROKEN)
}

#[test]
fn an_unreadable_body_without_a_token_is_401() {
    let app = app();
    let _ = post_broken(&app.anonymous(), "/regression/train").problem(401, "AUTHENTICATION_REQUIRED");
    let _ = app.anonymous().get("/auth/users?limit=1&limit=2").problem(401, "AUTHENTICATION_REQUIRED");
}

#[test]
fn an_unreadable_body_with_a_garbage_token_is_401() {
    let app = app();
    let garbage = app.anonymous().bearing("not.a.token");
    let _ = post_broken(&garbage, "/regression/train").problem(401, "TOKEN_INVALID");
    let _ = garbage.get("/auth/users?limit=1&limit=2").problem(401, "TOKEN_INVALID");
}

/// Each time with a token that was never used: the server has to look it up, and must not look at the body meanwhile.
#[test]
fn an_unreadable_request_of_a_role_that_may_not_is_403() {
    let app = app();
    for _ in 0..10 {
        let _ = post_broken(&app.login("vera"), "/regression/train").problem(403, "ROLE_FORBIDDEN");
        let _ = app.login("vera").get("/auth/users?limit=1&limit=2").problem(403, "ROLE_FORBIDDEN");
        let media = app.login("vera").send(Method::POST, "/regression/train", "text/plain", "{");
        let _ = media.problem(403, "ROLE_FORBIDDEN");
    }
}

#[test]
fn an_unreadable_body_about_another_banks_account_is_400() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = post_broken(&admin, "/accounts/bbva_peru/observations").problem(400, "UNREADABLE_BODY");
    let _ = post_broken(&admin, "/regression/predict/bbva_peru").problem(400, "UNREADABLE_BODY");
}

#[test]
fn broken_rules_about_another_banks_account_are_403() {
    let app = app();
    let admin = app.login("admin_bcp");
    for reply in [
        admin.post("/accounts/bbva_peru/observations", &json!({"observations": "none"})),
        admin.post_csv("/accounts/bbva_peru/observations", "hora,likes\n"),
        admin.get("/accounts/bbva_peru/observations?limit=0"),
        admin.delete("/accounts/bbva_peru/observations"),
        admin.patch("/accounts/bbva_peru", &json!({"zona_horaria": "Luna/Mar"})),
        admin.get("/regression/predict/bbva_peru"),
        admin.get("/regression/predict/bbva_peru?fecha=2026-02-30"),
        admin.post("/regression/predict/bbva_peru", &json!({"fecha": 7})),
        admin.post("/regression/forecast/bbva_peru", &json!({"h": 0})),
        admin.get("/regression/goal/bbva_peru?seguidores=x"),
        admin.post("/regression/train", &json!({"username": "bbva_peru", "models": ["magic"]})),
        app.login("ursula").post("/accounts/bbva_peru/observations", &json!({})),
    ] {
        let _ = reply.problem(403, "ACCOUNT_FORBIDDEN");
    }
}

#[test]
fn broken_rules_about_another_bank_are_403() {
    let app = app();
    let bbva = app.login("admin_bbva").get("/auth/me").json["empresa_id"].clone();
    let admin = app.login("admin_bcp");
    for reply in [
        admin.post("/auth/register", &json!({"username": "x", "password": "x", "empresa_id": bbva})),
        admin.post("/accounts", &json!({"cuenta": "", "empresa_id": bbva})),
        admin.get(&format!("/auth/users?empresa_id={bbva}&limit=0")),
        admin.get(&format!("/accounts?empresa_id={bbva}&limit=0")),
    ] {
        let _ = reply.problem(403, "COMPANY_FORBIDDEN");
    }
}

#[test]
fn broken_rules_about_another_banks_user_are_404() {
    let app = app();
    let stranger = app.login("admin_bbva").get("/auth/me").json["id_usuario"].clone();
    let admin = app.login("admin_bcp");
    for reply in [
        admin.patch(&format!("/auth/users/{stranger}"), &json!({"rol": "emperor"})),
        admin.put(&format!("/auth/users/{stranger}/accounts"), &json!({"cuentas": 7})),
    ] {
        let _ = reply.problem(404, "USER_NOT_FOUND");
    }
}

#[test]
fn a_role_that_may_not_is_told_so_before_anything_about_the_account() {
    let app = app();
    let viewer = app.login("vera");
    for account in ["BCPComunica", "bbva_peru", "nobody"] {
        let upload = viewer.post(&format!("/accounts/{account}/observations"), &json!({"observations": 7}));
        let _ = upload.problem(403, "ROLE_FORBIDDEN");
        let _ = viewer.delete(&format!("/regression/model/{account}")).problem(403, "ROLE_FORBIDDEN");
    }
}
