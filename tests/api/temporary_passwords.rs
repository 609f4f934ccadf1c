//! A password that the program makes for a user who lost theirs.

use atalaya_tests::{Client, PASSWORD, Reply, TestApp, bank};
use serde_json::json;

fn app_with(settings: &[(&str, &str)]) -> TestApp {
    TestApp::configured(settings)
        .with(bank("BCP").user("ursula", &[]).viewer("vera", &[]).admin("alba"))
        .with(bank("BBVA"))
        .with_superadmin("root")
}

fn id(client: &Client) -> i64 {
    client.get("/auth/me").expect(200)["id_usuario"].as_i64().unwrap()
}

fn issue(by: &Client, user: i64) -> Reply {
    by.post(&format!("/auth/users/{user}/temporary-password"), &json!({}))
}

fn made(reply: &Reply) -> String {
    reply.expect(200)["temporary_password"].as_str().unwrap().to_owned()
}

#[test]
fn a_temporary_password_opens_nothing_but_the_choice_of_another() {
    let app = app_with(&[]);
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    let refresh = json!({"username": "ursula", "password": PASSWORD, "refresh": "body"});
    let kept = app.anonymous().post("/auth/login", &refresh).expect(200)["refresh_token"].clone();
    let issued = issue(&admin, id(&ursula));
    assert_eq!(issued.keys(), ["temporary_password", "username"]);
    assert_eq!((&issued.json["username"], issued.header("cache-control")), (&json!("ursula"), "no-store"));
    let _ = ursula.get("/auth/me").problem(401, "TOKEN_REVOKED");
    let _ =
        app.anonymous().post("/auth/refresh", &json!({"refresh_token": kept})).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = app.try_login("ursula", PASSWORD).problem(401, "BAD_CREDENTIALS");
    let password = made(&issued);
    let login = app.try_login("ursula", &password);
    assert_eq!(login.expect(200)["must_change_password"], true);
    let ursula = app.anonymous().bearing(login.json["access_token"].as_str().unwrap());
    let _ = ursula.get("/accounts").problem(403, "PASSWORD_CHANGE_REQUIRED");
    let own = json!({"current_password": password, "new_password": "Otra-Clave-2026"});
    let _ = ursula.post("/auth/change-password", &own).expect(204);
    let login = app.try_login("ursula", "Otra-Clave-2026");
    assert_eq!(login.expect(200)["must_change_password"], false);
    let _ = app.try_login("ursula", &password).problem(401, "BAD_CREDENTIALS");
}

#[test]
fn each_is_another_one_and_keeps_the_policy_in_force() {
    for policy in ["classes", "length"] {
        let app = app_with(&[("PASSWORD_POLICY", policy)]);
        let (admin, vera) = (app.login("admin_bcp"), id(&app.login("vera")));
        let (first, second) = (made(&issue(&admin, vera)), made(&issue(&admin, vera)));
        assert_ne!(first, second);
        let _ = app.try_login("vera", &first).problem(401, "BAD_CREDENTIALS");
        let _ = app.try_login("vera", &second).expect(200);
        let user = json!({"username": "nueva", "password": second, "cuentas": []});
        let _ = admin.post("/auth/register", &user).expect(201);
    }
}

#[test]
fn nobody_gets_one_for_oneself_or_for_whom_they_do_not_manage() {
    let app = app_with(&[]);
    let (admin, root) = (app.login("admin_bcp"), app.login("root"));
    let _ = issue(&admin, id(&admin)).problem(409, "OWN_PASSWORD");
    let _ = issue(&admin, id(&app.login("admin_bbva"))).problem(404, "USER_NOT_FOUND");
    let _ = issue(&admin, id(&root)).problem(404, "USER_NOT_FOUND");
    let _ = issue(&root, id(&root)).problem(404, "USER_NOT_FOUND");
    let vera = id(&app.login("vera"));
    let _ = issue(&app.login("ursula"), vera).problem(403, "ROLE_FORBIDDEN");
    let alba = id(&app.login("alba"));
    let _ = made(&issue(&admin, alba));
    let _ = made(&issue(&root, vera));
    for name in ["alba", "vera"] {
        let _ = app.try_login(name, PASSWORD).problem(401, "BAD_CREDENTIALS");
    }
}

#[test]
fn the_log_of_the_bank_tells_who_gave_it_to_whom() {
    let app = app_with(&[]);
    let vera = id(&app.login("vera"));
    let password = made(&issue(&app.login("root"), vera));
    let told = app.login("admin_bcp").get("/audit?action=password_changed");
    let entry = &told.expect(200)["entries"][0];
    assert_eq!((&entry["actor"], &entry["target"]), (&json!("root"), &json!("vera")));
    assert!(!told.text().contains(&password));
}
