//! Which grid an account is trained on, and that what was asked for is kept.

use atalaya_tests::fixtures::{daily_history, hourly_history};
use atalaya_tests::{Client, Reply, TestApp, bank};
use serde_json::{Value, json};

use crate::command_line::succeed;

/// Five weeks of hours: by days unless told.
const HOURS: &str = "BCPComunica";
const DAYS: &str = "BCPNegocios";

fn app() -> TestApp {
    TestApp::start()
        .with(bank("BCP").account_with(HOURS, hourly_history(840, 5_000)).account_with(DAYS, daily_history(60, 7_000)))
}

fn train(client: &Client, account: &str, grid: Option<&str>) -> Reply {
    let mut body = json!({"username": account, "models": ["linear_regression"]});
    if let Some(grid) = grid {
        body["grid"] = json!(grid);
    }
    client.post("/regression/train", &body)
}

/// What was asked for, and the grid of the version.
fn grids(answer: &Value) -> (&str, &str) {
    (answer["grid_asked"].as_str().unwrap(), answer["grid"].as_str().unwrap())
}

#[test]
fn a_grid_that_is_asked_for_is_taken_and_kept_until_another_is() {
    let app = app();
    let admin = app.login("admin_bcp");
    for (asked, told) in [
        (None, ("auto", "daily")),
        (Some("hour"), ("hour", "hourly")),
        (None, ("hour", "hourly")),
        (Some("day"), ("day", "daily")),
        (None, ("day", "daily")),
        (Some("auto"), ("auto", "daily")),
    ] {
        let trained = train(&admin, HOURS, asked);
        assert_eq!(grids(trained.expect(200)), told, "{asked:?}");
        let info = admin.get(&format!("/regression/model-info/{HOURS}"));
        assert_eq!(grids(info.expect(200)), told, "{asked:?}");
    }
}

#[test]
fn a_job_trains_on_the_grid_that_was_asked_for_and_keeps_it() {
    let app = app();
    let admin = app.login("admin_bcp");
    let deferred = admin.clone().with("prefer", "respond-async");
    let _ = train(&deferred, HOURS, Some("hour")).expect(202);
    app.run_jobs();
    let info = || admin.get(&format!("/regression/model-info/{HOURS}")).expect(200).clone();
    assert_eq!(grids(&info()), ("hour", "hourly"));
    let _ = admin.post("/regression/train-all", &json!({"models": ["linear_regression"]})).expect(202);
    app.run_jobs();
    assert_eq!((grids(&info()), &info()["model_version"]), (("hour", "hourly"), &json!(2)));
    let days = admin.get(&format!("/regression/model-info/{DAYS}"));
    assert_eq!(grids(days.expect(200)), ("auto", "daily"));
}

#[test]
fn hours_that_are_not_there_are_refused_with_what_is_lacking() {
    let app = app();
    let admin = app.login("admin_bcp");
    let refused = train(&admin, DAYS, Some("hour"));
    let detail = refused.problem(422, "INSUFFICIENT_DATA")["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("Horas con lecturas en los últimos 60 días: 60; se necesitan 48"), "{detail}");
    let english = train(&admin.clone().english(), DAYS, Some("hour"));
    let detail = english.problem(422, "INSUFFICIENT_DATA")["detail"].as_str().unwrap().to_owned();
    assert!(detail.starts_with("Hours with readings in the last 60 days: 60; needed: 48"), "{detail}");
    let deferred = admin.clone().with("prefer", "respond-async");
    let job = train(&deferred, DAYS, Some("hour")).expect(202)["id"].as_str().unwrap().to_owned();
    app.run_jobs();
    let ended = admin.get(&format!("/jobs/{job}"));
    assert_eq!(ended.expect(200)["error"]["error_code"], "INSUFFICIENT_DATA");
    assert_eq!(train(&admin, DAYS, Some("week")).broken_rules(), ["grid: unknown_value"]);
    assert_eq!(admin.post("/regression/train-all", &json!({"grid": "H"})).broken_rules(), ["grid: unknown_value"]);
}

#[test]
fn the_command_line_takes_the_same_words() {
    let database = app().stop();
    let told = succeed(
        &database,
        &["train", "--company", "BCP", "--account", HOURS, "--grid", "hour", "--models", "ridge"],
        "",
    );
    assert!(told.contains("by hour"), "{told}");
    let kept = succeed(&database, &["train", "--company", "BCP", "--account", HOURS, "--models", "ridge"], "");
    assert!(kept.contains("by hour"), "{kept}");
}
