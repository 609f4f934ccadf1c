//! How the installation is, for operators of the platform.

use atalaya_server::compose::VERSION;
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{TestApp, bank};
use chrono::TimeDelta;
use serde_json::json;

fn app() -> TestApp {
    let bcp = bank("BCP").trained_account("BCPComunica", daily_history(60, 396_000));
    TestApp::start().with(bcp).with_superadmin("root")
}

#[test]
fn an_operator_sees_how_the_installation_is() {
    let app = app();
    app.clock.advance(TimeDelta::seconds(90));
    let root = app.login("root");
    let told = root.get("/installation");
    assert_eq!(told.keys(), ["database", "environment", "health", "jobs", "migrations", "uptime", "version"]);
    let body = told.expect(200);
    assert_eq!(
        (&body["version"], &body["environment"], &body["uptime"]),
        (&json!(VERSION), &json!("development"), &json!(90))
    );
    let kind = if app.database.is_a_file() { "sqlite" } else { "postgresql" };
    assert_eq!(body["database"], kind);
    assert!(body["migrations"]["applied"].as_u64().unwrap() > 0);
    assert_eq!((&body["migrations"]["pending"], &body["migrations"]["unknown"]), (&json!([]), &json!(0)));
    let health = app.anonymous().get("/health");
    assert_eq!(
        (&body["health"]["checks"], &body["health"]["status"]),
        (&health.json["checks"], &health.json["status"])
    );
    assert_eq!(told.header("content-language"), "es");
}

#[test]
fn jobs_are_counted_by_state_over_all_companies_and_no_company_is_named() {
    let app = app().with(bank("BBVA").trained_account("bbva_peru", daily_history(60, 5_000)));
    let train = |admin: &str, account: &str| {
        let wish = json!({"username": account, "models": ["linear_regression"]});
        let client = app.login(admin).with("prefer", "respond-async");
        client.post("/regression/train", &wish).expect(202)["id"].as_str().unwrap().to_owned()
    };
    let first = train("admin_bcp", "BCPComunica");
    let _ = app.login("admin_bcp").post(&format!("/jobs/{first}/cancel"), &json!({})).expect(200);
    let _ = train("admin_bcp", "BCPComunica");
    app.run_jobs();
    let _ = train("admin_bbva", "bbva_peru");
    let told = app.login("root").get("/installation");
    let expected = json!({"queued": 1, "running": 0, "succeeded": 1, "failed": 0, "cancelled": 1});
    assert_eq!(told.expect(200)["jobs"], expected);
    for name in ["BCP", "BBVA", "bbva_peru", "BCPComunica"] {
        assert!(!told.text().contains(name), "{name}");
    }
}

#[test]
fn nobody_of_a_bank_sees_it() {
    let app = app();
    let _ = app.login("admin_bcp").get("/installation").problem(403, "ROLE_FORBIDDEN");
    let _ = app.anonymous().get("/installation").problem(401, "AUTHENTICATION_REQUIRED");
}
