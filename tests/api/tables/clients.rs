//! Registering and logging in as clients of tables do.

use atalaya_tests::{PASSWORD, TestApp};
use serde_json::json;

use super::app;

#[test]
fn clients_of_tables_log_in_with_their_own_words() {
    let app = app();
    let session = app.anonymous().post("/api/auth/login", &json!({"username": "admin_bcp", "password": PASSWORD}));
    let answer = session.expect(200).clone();
    assert_eq!(session.keys(), ["access_token", "token_type", "user"]);
    assert_eq!((&answer["token_type"], &answer["user"]["role"]), (&json!("bearer"), &json!("Admin")));
    assert!(answer["user"]["id"].is_string());
    let admin = app.anonymous().bearing(answer["access_token"].as_str().unwrap());
    let _ = admin.get("/api/metadata/entities").expect(200);
    for username in ["admin_bcp", "nobody"] {
        let wrong = json!({"username": username, "password": "wrong"});
        let _ = app.anonymous().post("/api/auth/login", &wrong).problem(401, "BAD_CREDENTIALS");
    }
    let missing = app.anonymous().post("/api/auth/login", &json!({"username": "x"}));
    let _ = missing.problem(422, "VALIDATION_FAILED");
}

#[test]
fn strangers_register_only_where_the_operator_opened_a_company() {
    let app = app();
    let asked = |role: &str, name: &str| {
        let (email, password) = ("ana@example.com", "Una-Clave-2026");
        json!({"username": name, "email": email, "password": password, "role": role})
    };
    let register = "/api/auth/register";
    let _ = app.anonymous().post(register, &asked("User", "ana")).problem(403, "REGISTRATION_CLOSED");
    let _ = app.anonymous().post(register, &asked("Admin", "ana")).problem(403, "GRANT_FORBIDDEN");
    let made = app.login("admin_bcp").post(register, &asked("Admin", "ana"));
    assert_eq!(made.expect(201)["role"], "Admin");
    assert_eq!(made.keys(), ["email", "id", "role", "username"]);
    let _ = app.login("admin_bcp").post(register, &asked("User", "ANA")).problem(409, "USERNAME_TAKEN");
    let _ = app.login("ursula").post(register, &asked("User", "otra")).problem(403, "ROLE_FORBIDDEN");
    let company = app.login("ursula").get("/auth/me").expect(200)["empresa_id"].to_string();
    let database = app.stop();
    let open = TestApp::try_start(database, &[("OPEN_REGISTRATION_COMPANY", &company)]).unwrap();
    let _ = open.anonymous().post(register, &asked("Admin", "luis")).problem(403, "GRANT_FORBIDDEN");
    let made = open.anonymous().post(
        register,
        &json!({
            "username": "luis", "email": "luis@example.com", "password": "Una-Clave-2026"
        }),
    );
    assert_eq!(made.expect(201)["role"], "User");
    let _ = open.anonymous().post(register, &asked("Boss", "eva")).problem(422, "VALIDATION_FAILED");
    let _ = open.anonymous().bearing("nonsense").post(register, &asked("User", "eva")).problem(401, "TOKEN_INVALID");
    let luis = open.anonymous().post("/api/auth/login", &json!({"username": "luis", "password": "Una-Clave-2026"}));
    assert_eq!(luis.expect(200)["user"]["role"], "User");
}
