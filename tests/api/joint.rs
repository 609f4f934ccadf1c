//! Goals, sums of periods, and all accounts together.

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{TestApp, bank};
use serde_json::{Value, json};

const ACCOUNT: &str = "BCPComunica";
const SECOND: &str = "BCPNegocios";

/// A bank with two trained accounts and one without a model, of which a user may read the first; and another bank.
fn app() -> TestApp {
    let bcp = bank("BCP")
        .trained_account(ACCOUNT, daily_history(90, 396_000))
        .trained_account(SECOND, daily_history(80, 12_000))
        .account("nueva")
        .user("ursula", &[ACCOUNT]);
    TestApp::start().with(bcp).with(bank("BBVA").trained_account("bbva_peru", daily_history(60, 50_000)))
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap()
}

#[test]
fn a_goal_has_dates_a_chance_and_a_pace() {
    let app = app();
    let admin = app.login("admin_bcp");
    let path = format!("/regression/goal/{ACCOUNT}");
    let last = number(&admin.get(&format!("{path}?seguidores=1")).expect(200)["last_value"]);
    let goal = last + 500;
    let body = admin.get(&format!("{path}?seguidores={goal}&fecha=2026-09-30")).expect(200).clone();
    assert_eq!(
        (&body["seguidores"], &body["is_reached"], &body["model_version"]),
        (&json!(goal), &json!(false), &json!(1))
    );
    let dates = ["p10", "p50", "p90"].map(|share| body["dates"][share].as_str().unwrap_or("9999").to_owned());
    assert!(dates.is_sorted() && dates[0].as_str() > "2026-08-22", "{body}");
    let by = &body["by"];
    assert_eq!(by["fecha"], "2026-09-30");
    assert!((0.0..=1.0).contains(&by["probability"].as_f64().unwrap()), "{body}");
    assert!(by["pace_needed"].as_f64().unwrap() > 0.0);
    assert_eq!(admin.get(&format!("{path}?seguidores={goal}&version=1&fecha=2026-09-30")).expect(200), &body);
    let reached = admin.get(&format!("{path}?seguidores={last}")).expect(200).clone();
    assert_eq!((&reached["is_reached"], &reached["by"]), (&json!(true), &Value::Null));
    assert_eq!(reached["dates"]["p90"], reached["last_date"]);
}

#[test]
fn a_goal_that_makes_no_sense_is_refused_by_name() {
    let app = app();
    let admin = app.login("admin_bcp");
    let rules = |query: &str| admin.get(&format!("/regression/goal/{ACCOUNT}?{query}")).broken_rules();
    assert_eq!(rules(""), ["seguidores: missing"]);
    assert_eq!(rules("seguidores=0"), ["seguidores: not_a_count"]);
    assert_eq!(rules("seguidores=-4&fecha=ayer"), ["seguidores: not_a_count", "fecha: invalid_date"]);
    assert_eq!(rules("seguidores=9&fecha=2026-08-01"), ["fecha: in_history"]);
    assert_eq!(rules("seguidores=9&fecha=2039-08-01"), ["fecha: beyond_horizon"]);
    let _ = admin.get("/regression/goal/nueva?seguidores=9").problem(409, "MODEL_NOT_TRAINED");
}

#[test]
fn a_path_is_put_together_by_week_month_and_in_total() {
    let app = app();
    let admin = app.login("admin_bcp");
    let path = format!("/regression/forecast/{ACCOUNT}");
    let plain = admin.post(&path, &json!({"h": 30})).expect(200).clone();
    assert!(plain.get("aggregates").is_none());
    for word in ["week", "month", "total"] {
        let body = admin.post(&path, &json!({"h": 30, "aggregate": word})).expect(200).clone();
        assert_eq!(body["forecast"], plain["forecast"]);
        let periods = body["aggregates"].as_array().unwrap();
        assert_eq!(periods.iter().map(|period| number(&period["days"])).sum::<i64>(), 30, "{word}");
        let means: i64 = plain["forecast"].as_array().unwrap().iter().map(|row| number(&row["prediction"])).sum();
        let sums: i64 = periods.iter().map(|period| number(&period["sum"]["mean"])).sum();
        assert!((means - sums).abs() <= 30, "{word}: {means}, {sums}");
        for period in periods {
            let levels: Vec<_> = period["net_growth"]["intervals"].as_array().unwrap().iter().collect();
            assert_eq!(levels.iter().map(|interval| &interval["level"]).collect::<Vec<_>>(), [80, 95]);
            assert!(number(&levels[1]["lower"]) <= number(&levels[0]["lower"]), "{period}");
        }
    }
    assert_eq!(admin.post(&path, &json!({"h": 30, "aggregate": "day"})).broken_rules(), ["aggregate: unknown_period"]);
}

#[test]
fn all_accounts_together_are_those_that_the_caller_may_read() {
    let app = app();
    let admin = app.login("admin_bcp");
    let path = "/regression/company-forecast?fecha=2026-09-05";
    let body = admin.get(path).expect(200).clone();
    assert_eq!((&body["accounts"], &body["usernames"]), (&json!(2), &json!([ACCOUNT, SECOND])));
    assert_eq!(body["left_out"], json!([{"username": "nueva", "reason": "MODEL_NOT_TRAINED"}]));
    let mean = |account: &str| {
        let predicted = admin.get(&format!("/regression/predict/{account}?fecha=2026-09-05"));
        number(&predicted.expect(200)["prediction"])
    };
    assert!((number(&body["total"]["mean"]) - mean(ACCOUNT) - mean(SECOND)).abs() <= 1, "{body}");
    let own = app.login("ursula").get(path).expect(200).clone();
    assert_eq!((&own["accounts"], &own["usernames"]), (&json!(1), &json!([ACCOUNT])));
    let other = app.login("admin_bbva").get(path).expect(200).clone();
    assert_eq!(other["usernames"], json!(["bbva_peru"]));
    let past = admin.get("/regression/company-forecast?fecha=2020-01-01").expect(200).clone();
    assert_eq!((&past["accounts"], &past["total"], &past["correlation"]), (&json!(0), &Value::Null, &Value::Null));
    assert_eq!(past["left_out"][0], json!({"username": ACCOUNT, "reason": "OUT_OF_REACH"}));
    assert_eq!(admin.get("/regression/company-forecast").broken_rules(), ["fecha: missing"]);
}

#[test]
fn another_banks_account_has_no_goal_for_anybody_else() {
    let app = app();
    for reader in [app.login("admin_bcp"), app.login("ursula")] {
        for query in ["seguidores=1", "seguidores=x", ""] {
            let _ = reader.get(&format!("/regression/goal/bbva_peru?{query}")).problem(403, "ACCOUNT_FORBIDDEN");
        }
        let body = json!({"h": 3, "aggregate": "week"});
        let _ = reader.post("/regression/forecast/bbva_peru", &body).problem(403, "ACCOUNT_FORBIDDEN");
    }
    let _ =
        app.login("ursula").get(&format!("/regression/goal/{SECOND}?seguidores=1")).problem(403, "ACCOUNT_FORBIDDEN");
}
