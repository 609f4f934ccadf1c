//! Past forecasts against what happened since: accuracy and anomalies, and what views tell besides.

use atalaya_domain::observation::{Followers, Observation};
use atalaya_tests::fixtures::{daily_history, upload};
use atalaya_tests::{Client, TestApp, bank};
use chrono::TimeDelta;
use serde_json::{Value, json};

const ACCOUNT: &str = "BCPComunica";
const DAYS: u32 = 90;

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").trained_account(ACCOUNT, daily_history(DAYS, 396_000)).account("nueva"))
}

/// A path as it was forecast: dates with whole followers and the baseline's.
fn path(admin: &Client, days: u32) -> Vec<Value> {
    let reply = admin.post(&format!("/regression/forecast/{ACCOUNT}"), &json!({"h": days}));
    reply.expect(200)["forecast"].as_array().unwrap().clone()
}

/// Days after the history, at noon in Lima, at so many followers. Gives somebody who is logged in at their end.
fn observe(app: &TestApp, followers: &[u64]) -> Client {
    app.clock.advance(TimeDelta::days(i64::try_from(followers.len()).unwrap()));
    let last = daily_history(DAYS, 396_000).last().unwrap().at - TimeDelta::hours(8);
    let row = |(day, count): (usize, &u64)| Observation {
        at: last + TimeDelta::days(i64::try_from(day + 1).unwrap()),
        followers: Followers::new(*count).unwrap(),
        posts: None,
        following: None,
    };
    let rows: Vec<_> = followers.iter().enumerate().map(row).collect();
    let admin = app.login("admin_bcp");
    let _ = admin.post(&format!("/accounts/{ACCOUNT}/observations"), &upload(&rows)).expect(200);
    admin
}

fn whole(row: &Value, field: &str) -> u64 {
    row[field].as_u64().unwrap()
}

fn close(value: &Value, expected: f64) -> bool {
    (value.as_f64().unwrap() - expected).abs() < 1.0
}

#[test]
fn accuracy_measures_what_was_forecast_against_what_came() {
    let app = app();
    let path = path(&app.login("admin_bcp"), 20);
    // Every day 40 above the forecast, but the fifth, which is far below every interval.
    let mut followers: Vec<u64> = path.iter().map(|row| whole(row, "prediction") + 40).collect();
    followers[4] = 1_000;
    let admin = observe(&app, &followers);
    let reply = admin.get(&format!("/regression/accuracy/{ACCOUNT}"));
    let body = reply.expect(200);
    assert_eq!((&body["account_name"], &body["versions"]), (&json!(ACCOUNT), &json!([1])));
    assert_eq!(body["observations_until"], "2026-09-11T17:00:00Z");
    assert!(body.get("note").is_none());
    let rows = body["rows"].as_array().unwrap();
    let ranges: Vec<_> =
        rows.iter().map(|row| (row["horizon_days"]["from"].clone(), row["forecasts"].clone())).collect();
    let expected: Vec<_> = (1..=14).map(|day| (json!(day), json!(1))).chain([(json!(15), json!(6))]).collect();
    assert_eq!(ranges, expected);
    assert_eq!(rows[14]["horizon_days"], json!({"from": 15, "until": 30}));
    // Forecasts are rounded on the way to the test.
    assert!(close(&rows[0]["mae"], 40.0) && close(&rows[0]["bias"], 40.0), "{}", rows[0]);
    let baseline = |row: usize| followers[row].abs_diff(whole(&path[row], "baseline"));
    #[expect(clippy::cast_precision_loss, reason = "small numbers")]
    let (far, baseline) = (whole(&path[4], "prediction") as f64 - 1_000.0, baseline(0) as f64);
    assert!(close(&rows[0]["baseline_mae"], baseline), "{}", rows[0]);
    assert!(close(&rows[4]["mae"], far) && close(&rows[4]["bias"], -far), "{}", rows[4]);
    assert_eq!((&rows[4]["coverage_80"], &rows[4]["coverage_95"]), (&json!(0.0), &json!(0.0)));
    let total = &body["total"];
    assert_eq!(total["forecasts"], 20);
    assert!(close(&total["mae"], (19.0 * 40.0 + far) / 20.0), "{total}");
    assert!(close(&total["bias"], (19.0 * 40.0 - far) / 20.0), "{total}");
}

#[test]
fn accuracy_of_one_version_and_of_all() {
    let app = app();
    let first: Vec<u64> = path(&app.login("admin_bcp"), 4).iter().map(|row| whole(row, "prediction")).collect();
    let admin = observe(&app, &first[..2]);
    let _ = admin.post("/regression/train", &json!({"username": ACCOUNT, "models": ["ridge"]})).expect(200);
    let admin = observe(&app, &first);
    let accuracy = |query: &str| admin.get(&format!("/regression/accuracy/{ACCOUNT}{query}")).expect(200).clone();
    let (all, one, two) = (accuracy(""), accuracy("?version=1"), accuracy("?version=2"));
    assert_eq!(all["versions"], json!([2, 1]));
    assert_eq!((&one["versions"], &two["versions"]), (&json!([1]), &json!([2])));
    let count = |body: &Value| body["total"]["forecasts"].as_u64().unwrap();
    assert_eq!((count(&all), count(&one), count(&two)), (6, 4, 2));
    assert!(close(&one["total"]["mae"], 0.0), "what came as forecast has no error: {one}");
    let get = |query: &str| admin.get(&format!("/regression/accuracy/{ACCOUNT}?version={query}"));
    let _ = get("9").problem(404, "MODEL_VERSION_NOT_FOUND");
    assert_eq!(get("x").broken_rules(), ["version: wrong_type"]);
}

#[test]
fn where_nothing_came_since_accuracy_says_so() {
    let app = app();
    let admin = app.login("admin_bcp");
    for account in [ACCOUNT, "nueva"] {
        let path = format!("/regression/accuracy/{account}");
        let body = admin.get(&path).expect(200).clone();
        assert_eq!((&body["rows"], &body["total"], &body["versions"]), (&json!([]), &Value::Null, &json!([])));
        let english = admin.clone().english().get(&path);
        assert_ne!(body["note"], english.expect(200)["note"]);
        assert!(body["note"].is_string() && english.json["note"].is_string());
    }
}

#[test]
fn a_planted_spike_is_an_anomaly_and_nothing_else_is() {
    let app = app();
    let path = path(&app.login("admin_bcp"), 5);
    let mut followers: Vec<u64> = path.iter().map(|row| whole(row, "prediction")).collect();
    let upper = whole(&path[2]["intervals"][1], "upper");
    followers[2] = upper + 500;
    let admin = observe(&app, &followers);
    let reply = admin.get(&format!("/regression/anomalies/{ACCOUNT}?from=2026-08-23&to=2026-08-27"));
    let body = reply.expect(200);
    assert_eq!((&body["checked"], &body["from"], &body["to"]), (&json!(5), &json!("2026-08-23"), &json!("2026-08-27")));
    let found = body["anomalies"].as_array().unwrap();
    assert_eq!(found.len(), 1, "{body}");
    let expected = json!({
        "fecha": "2026-08-25", "actual": upper + 500, "prediction": path[2]["prediction"],
        "lower": path[2]["intervals"][1]["lower"], "upper": upper, "level": 95, "horizon_days": 3, "model_version": 1,
        "basis": "forecast", "deviation": 500
    });
    assert_eq!(found[0], expected);
    assert!(body["level_shifts"].is_array() && body["outliers"].is_array());
    let before = admin.get(&format!("/regression/anomalies/{ACCOUNT}?to=2026-08-22&level=1"));
    let backtests = before.expect(200)["anomalies"].as_array().unwrap();
    assert!(before.json["checked"].as_u64() > Some(0), "the backtest covers the last days of the history");
    assert!(backtests.iter().all(|found| found["basis"] == "backtest" && found["level"] == 1));
    assert!(!backtests.is_empty(), "hardly anything lies inside an interval of one percent");
    let usual = admin.get(&format!("/regression/anomalies/{ACCOUNT}"));
    assert_eq!((&usual.expect(200)["from"], &usual.json["to"]), (&json!("2026-05-30"), &json!("2026-08-27")));
}

/// Trains on all that was observed.
fn retrain(admin: &Client) {
    let _ = admin.post("/regression/train", &json!({"username": ACCOUNT, "models": ["ridge"]})).expect(200);
}

/// Keeps copies of a version, up to so many versions in all.
fn copy(app: &TestApp, version: u32, until: u32) {
    let same = "company_id, account_id, trained_at, trained_by, served, grid, mae, rmse, data_from, data_until, \
                checksum, size_bytes, artifact, fitted";
    app.database.execute(&format!(
        "WITH RECURSIVE copies (number) AS (SELECT {version} + 1 UNION ALL SELECT number + 1 FROM copies WHERE number < {until}) \
         INSERT INTO model_versions ({same}, version, active) \
         SELECT {same}, number, FALSE FROM model_versions, copies WHERE version = {version}"
    ));
}

/// Stores other bytes as the artifacts of some versions.
fn damage(app: &TestApp, versions: &str) {
    let bytes = app.database.literal(&[0]);
    app.database.tamper(&format!("UPDATE model_versions SET artifact = {bytes} WHERE {versions}"));
}

/// Of each anomaly the date, the version that forecast it, and how far ahead.
fn anomalies(admin: &Client, query: &str) -> Vec<(String, i64, i64)> {
    let reply = admin.get(&format!("/regression/anomalies/{ACCOUNT}?{query}"));
    let found = |row: &Value| {
        assert_eq!(row["basis"], "forecast", "{row}");
        let days = row["horizon_days"].as_i64().unwrap();
        (row["fecha"].as_str().unwrap().to_owned(), row["model_version"].as_i64().unwrap(), days)
    };
    reply.expect(200)["anomalies"].as_array().unwrap().iter().map(found).collect()
}

#[test]
fn each_date_is_held_against_the_version_of_its_time() {
    let app = app();
    let mut followers: Vec<u64> = path(&app.login("admin_bcp"), 5).iter().map(|row| whole(row, "prediction")).collect();
    followers[1] = 1_000;
    followers[4] = 1_000;
    let admin = observe(&app, &followers[..3]);
    retrain(&admin);
    let admin = observe(&app, &followers);
    let of = |date: &str, version, days| (date.to_owned(), version, days);
    let span = "from=2026-08-23&to=2026-08-27";
    assert_eq!(anomalies(&admin, span), [of("2026-08-24", 1, 2), of("2026-08-27", 2, 2)]);
    damage(&app, "version = 2");
    let repaired = anomalies(&app.login("admin_bcp"), span);
    assert_eq!(repaired, [of("2026-08-24", 1, 2), of("2026-08-27", 1, 5)], "a damaged version is passed over");
}

#[test]
fn what_was_forecast_before_sixty_trainings_is_reviewed() {
    let app = app();
    let mut followers: Vec<u64> = path(&app.login("admin_bcp"), 5).iter().map(|row| whole(row, "prediction")).collect();
    followers[1] = 1_000;
    followers[4] = 1_000;
    let admin = observe(&app, &followers[..3]);
    retrain(&admin);
    copy(&app, 2, 61);
    let admin = observe(&app, &followers);
    let span = "from=2026-08-23&to=2026-08-25";
    assert_eq!(anomalies(&admin, span), [("2026-08-24".to_owned(), 1, 2)]);
    let accuracy = admin.get(&format!("/regression/accuracy/{ACCOUNT}"));
    let body = accuracy.expect(200);
    assert_eq!(body["versions"].as_array().unwrap().len(), 61);
    assert_eq!(body["total"]["forecasts"], 5 + 60 * 2);
    assert!(body.get("note").is_none(), "every version is in it");
    let days: Vec<_> = body["rows"].as_array().unwrap().iter().map(|row| &row["horizon_days"]["from"]).collect();
    assert_eq!(days, [1, 2, 3, 4, 5], "the oldest version's far horizons too");
    damage(&app, "version > 1");
    let fallen = anomalies(&admin, "from=2026-08-23&to=2026-08-27");
    assert_eq!(fallen, [("2026-08-24".to_owned(), 1, 2), ("2026-08-27".to_owned(), 1, 5)], "past sixty damaged ones");
}

#[test]
fn of_very_many_versions_an_even_selection_is_reviewed() {
    let app = app();
    let first: Vec<u64> = path(&app.login("admin_bcp"), 2).iter().map(|row| whole(row, "prediction")).collect();
    copy(&app, 1, 410);
    let admin = observe(&app, &first);
    let body = admin.get(&format!("/regression/accuracy/{ACCOUNT}")).expect(200).clone();
    let versions = body["versions"].as_array().unwrap();
    assert_eq!((versions.len(), &versions[0], &versions[399]), (400, &json!(410), &json!(1)));
    assert_eq!(body["total"]["forecasts"], 800);
    let note = body["note"].as_str().unwrap();
    assert!(note.contains("410") && note.contains("400"), "{note}");
}

#[test]
fn the_span_of_anomalies_is_checked() {
    let app = app();
    let admin = app.login("admin_bcp");
    let rules = |query: &str| admin.get(&format!("/regression/anomalies/{ACCOUNT}?{query}")).broken_rules();
    assert_eq!(rules("from=2026-08-22&to=2026-08-21"), ["from: after_to"]);
    assert_eq!(rules("from=2025-01-01&to=2026-02-05"), ["from: span_too_long"]);
    assert_eq!(
        rules("from=ayer&to=2026-8-1&level=100"),
        ["from: invalid_date", "to: invalid_date", "level: too_large"]
    );
    assert_eq!(rules("level=0"), ["level: too_small"]);
    assert_eq!(rules("level=x"), ["level: wrong_type"]);
    let _ = admin.get("/regression/anomalies/nueva").problem(409, "MODEL_NOT_TRAINED");
    let quiet = admin.get(&format!("/regression/anomalies/{ACCOUNT}?from=2020-01-01&to=2020-02-01"));
    assert_eq!(quiet.expect(200)["checked"], 0);
    let first = admin.get(&format!("/regression/anomalies/{ACCOUNT}?to=0001-01-02")).expect(200).clone();
    assert_eq!((&first["from"], &first["to"]), (&json!("0001-01-01"), &json!("0001-01-02")));
    let last = admin.get(&format!("/regression/anomalies/{ACCOUNT}?from=9999-12-31")).expect(200).clone();
    assert_eq!((&last["from"], &last["to"]), (&json!("9999-12-31"), &json!("9999-12-31")));
}

#[test]
fn views_tell_what_serves_and_how_well() {
    let app = app();
    let admin = app.login("admin_bcp");
    let about = |what: &str| admin.get(&format!("/regression/{what}/{ACCOUNT}")).expect(200).clone();
    let (metrics, info, features) = (about("metrics"), about("model-info"), about("features"));
    let rows = metrics["all_results"].as_array().unwrap();
    let naive = rows.iter().find(|row| row["model_id"] == "naive").unwrap();
    assert!((naive["owa"].as_f64().unwrap() - 1.0).abs() < 1e-12, "{naive}");
    assert!(rows.iter().all(|row| row["weight"].is_number() && row.get("msis_95").is_some()), "{metrics}");
    let shares: f64 = rows.iter().map(|row| row["weight"].as_f64().unwrap()).sum();
    assert!((shares - 1.0).abs() < 1e-9, "shares add up to {shares}");
    let members = info["members"].as_array().unwrap();
    assert_eq!(info["model_id"], members[0]["model_id"]);
    assert_eq!(info["model_id"], metrics["best_model"]["model_id"]);
    assert_eq!(metrics["best_model"]["weight"], members[0]["weight"]);
    assert!(info["level_shifts"].is_array() && info["outliers"].is_array());
    let parts = &features["explanation"];
    let part = |name: &str| parts[name].as_f64().unwrap();
    let sum: f64 = ["last_value", "trend", "weekday", "activity", "correction"].into_iter().map(part).sum();
    assert!((sum - part("prediction")).abs() < 1e-6, "{parts}");
    assert_eq!(parts["fecha"], "2026-08-23");
    let coverage =
        admin.get(&format!("/regression/predict/{ACCOUNT}?fecha=2026-09-01")).expect(200)["coverage"].clone();
    assert_eq!((&coverage[0]["level"], &coverage[1]["level"]), (&json!(80), &json!(95)));
    assert_eq!(coverage[0]["backtest"], metrics["best_model"]["coverage_80"]);
    let path = admin.post(&format!("/regression/forecast/{ACCOUNT}"), &json!({"h": 1}));
    assert_eq!(path.expect(200)["coverage"], coverage);
}

#[test]
fn an_answer_says_what_it_assumes_and_what_that_changed() {
    let app = app();
    let admin = app.login("admin_bcp");
    let assuming = |body: Value| admin.post(&format!("/regression/predict/{ACCOUNT}"), &body).expect(200).clone();
    let plain = assuming(json!({"fecha": "2026-09-15"}));
    assert!(matches!(plain["assumptions"]["source"].as_str(), Some("recent_mean" | "none")), "{plain}");
    assert_eq!(plain["assumptions"]["tweets"].is_null(), plain["assumptions"]["source"] == "none");
    assert_eq!(plain["assumption_effect"], 0);
    let busy = assuming(json!({"fecha": "2026-09-15", "datos": {"tweets": 40}}));
    assert_eq!(busy["assumptions"], json!({"tweets": 40.0, "source": "caller"}));
    let whole = |body: &Value| body["prediction"].as_i64().unwrap();
    assert_eq!(busy["assumption_effect"], whole(&busy) - whole(&plain));
}
