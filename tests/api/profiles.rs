//! Development and production.

use atalaya_server::compose::StartError;
use atalaya_tests::{PASSWORD, TestApp, TestDatabase, bank};
use serde_json::json;

/// What production needs to be told.
pub(crate) const PRODUCTION: [(&str, &str); 6] = [
    ("ENVIRONMENT", "production"),
    ("BCRYPT_ROUNDS", "12"),
    ("KEY_ENCRYPTION_KEY", "k3q6Yx0mS8r1uQv7c2TzJ9hWbN5eGdLfPaIoKs4RyXU="),
    ("PASSWORD_PEPPER", "h3Wq8ZtKx5RbM2vYcN7jLpSd"),
    ("MAX_LOGIN_ATTEMPTS", "5"),
    ("ALLOWED_ORIGINS", "https://panel.example"),
];

#[test]
fn production_shows_neither_documentation_nor_metrics_unless_asked() {
    let app = TestApp::configured(&PRODUCTION);
    for path in ["/docs", "/docs/swagger-ui.css", "/api-docs/openapi.json", "/metrics"] {
        let _ = app.anonymous().get(path).problem(404, "ROUTE_NOT_FOUND");
    }
    let _ = app.anonymous().get("/health/live").expect(200);
    let asked = [PRODUCTION.as_slice(), &[("PUBLIC_DOCS", "true"), ("PUBLIC_METRICS", "true")]].concat();
    let app = TestApp::configured(&asked);
    assert_eq!(app.anonymous().get("/docs").status, 200);
    assert_eq!(app.anonymous().get("/metrics").expect(200)["environment"], "production");
}

#[test]
fn production_refuses_a_database_with_demonstration_users() {
    let database = TestApp::start().with(bank("Interbank")).stop();
    let refused = TestApp::try_start(database, &PRODUCTION).err().expect("a refusal");
    assert!(matches!(refused, StartError::DemonstrationUser("admin_interbank")), "{refused}");
    // Whoever was deleted can be restored, with a password that everybody knows.
    let app = TestApp::start().with(bank("Interbank")).with_superadmin("root");
    let root = app.login("root");
    let me = app.login("admin_interbank").get("/auth/me").expect(200).clone();
    let second = json!({"username": "otra", "password": PASSWORD, "rol": "admin", "empresa_id": me["empresa_id"]});
    let _ = root.post("/auth/register", &second).expect(201);
    assert_eq!(root.delete(&format!("/auth/users/{}", me["id_usuario"])).status, 204);
    let refused = TestApp::try_start(app.stop(), &PRODUCTION).err().expect("a refusal");
    assert!(matches!(refused, StartError::DemonstrationUser("admin_interbank")), "{refused}");
}

#[test]
fn development_may_be_called_from_anywhere() {
    let app = TestApp::configured(&[("ALLOWED_ORIGINS", "*")]);
    let reply = app.anonymous().with("origin", "http://localhost:1234").get("/health/live");
    let _ = reply.expect(200);
    assert_ne!(reply.header("access-control-allow-origin"), "");
}

#[test]
fn the_demonstration_is_made_and_answers() {
    let app = TestApp::try_start(TestDatabase::default(), &[]).unwrap();
    atalaya_server::demonstration::create(&app.core).unwrap();
    for (admin, account) in [("admin_interbank", "Interbank"), ("admin_scotia", "ScotiabankPE")] {
        let login = app.try_login(admin, atalaya_server::demonstration::PASSWORD);
        let client = app.anonymous().bearing(login.expect(200)["access_token"].as_str().unwrap());
        let _ = client.get(&format!("/regression/predict/{account}?fecha=2026-09-01")).expect(200);
    }
}
