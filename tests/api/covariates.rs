//! Covariates: campaigns that a bank keeps in a table of its own, what they brought, and forecasts that reckon with
//! them.

use atalaya_domain::observation::{Followers, Observation};
use atalaya_tests::{Client, TestApp, bank};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde_json::{Value, json};

const ACCOUNT: &str = "BCPComunica";
const DAYS: u64 = 300;
/// Days of the history with a campaign, counted from its first one; the last of them are still to come.
const CAMPAIGNS: [u64; 15] = [20, 41, 63, 80, 104, 127, 145, 166, 190, 211, 229, 252, 270, 288, 310];
/// What a campaign brings.
const EFFECT: u64 = 120;

/// 300 days until 2026-08-22 that gain 40 to 70 followers, and more where there is a campaign.
fn history() -> Vec<Observation> {
    let last: DateTime<Utc> = "2026-08-23T01:00:00Z".parse().unwrap();
    let mut followers = 100_000;
    (0..DAYS)
        .map(|day| {
            // A multiplicative hash (Knuth).
            let noise = (day.wrapping_add(1_000).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) % 31;
            followers += 40 + noise + if CAMPAIGNS.contains(&day) { EFFECT } else { 0 };
            let at = last - TimeDelta::days(i64::try_from(DAYS - 1 - day).unwrap());
            Observation { at, followers: Followers::new(followers).unwrap(), posts: None, following: None }
        })
        .collect()
}

fn date(day: u64) -> NaiveDate {
    NaiveDate::from_ymd_opt(2025, 10, 27).unwrap() + Days::new(day)
}

fn app() -> TestApp {
    let bcp = bank("BCP").account_with(ACCOUNT, history()).user("ursula", &[ACCOUNT]).viewer("vera", &[ACCOUNT]);
    TestApp::start().with(bcp).with(bank("BBVA"))
}

fn made(client: &Client, path: &str, body: &Value) -> String {
    client.post(path, body).expect(201)["id"].as_str().unwrap().to_owned()
}

/// A table of campaigns with these days; one of another account beside each.
fn campaigns(admin: &Client) -> String {
    let entity = made(admin, "/api/metadata/entities", &json!({"name": "campaign", "display_name": "Campañas"}));
    for (name, kind) in [("dia", "DATE"), ("gasto", "NUMBER"), ("cuenta", "TEXT"), ("activa", "BOOLEAN")] {
        let field = json!({"name": name, "display_name": name, "field_type": kind});
        made(admin, &format!("/api/metadata/entities/{entity}/fields"), &field);
    }
    let record = |day: u64, account: &str| {
        let day = date(day).to_string();
        json!({"dia": day, "gasto": 10.5, "cuenta": account, "activa": true})
    };
    for day in CAMPAIGNS {
        for data in [record(day, ACCOUNT), record(day + 9, "otra")] {
            made(admin, &format!("/api/entities/{entity}/records"), &json!({"data": data}));
        }
    }
    entity
}

/// As if the records had been kept all the time, each before its day.
fn kept_in_time(app: &TestApp) {
    app.database.execute("UPDATE records SET updated_at = '2025-01-01 00:00:00.000000'");
}

fn flag() -> Value {
    json!({"entity": "campaign", "date_field": "dia", "aggregate": "flag", "account_field": "cuenta"})
}

fn train(admin: &Client, covariates: &Value) -> Value {
    let body = json!({"username": ACCOUNT, "models": ["theta", "ridge"], "covariates": covariates});
    admin.post("/regression/train", &body).expect(200).clone()
}

fn compared(client: &Client) -> Value {
    client.get(&format!("/regression/compare-models/{ACCOUNT}")).expect(200).clone()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

#[test]
fn campaigns_that_were_kept_in_time_enter_forecasts_and_show_in_comparison_and_explanation() {
    let app = app();
    let admin = app.login("admin_bcp");
    campaigns(&admin);
    kept_in_time(&app);
    train(&admin, &json!([flag()]));
    let vera = app.login("vera");
    let comparison = compared(&vera);
    let outcome = &comparison["covariates"][0];
    assert_eq!((&outcome["name"], &outcome["verdict"]), (&json!("campaign.flag"), &json!("KEPT")), "{comparison}");
    assert!((number(&outcome["effect"]) - 120.0).abs() < 15.0 && outcome["kept"] == true, "{outcome}");
    assert!(number(&outcome["mae_with"]) < number(&outcome["mae_without"]));
    assert!(number(&comparison["best_model"]["mae"]) < number(&comparison["without_covariates"]["mae"]));
    // The campaign to come is on the 2026-09-02.
    let before = date(309);
    let coming = date(310);
    let path = format!("/regression/features/{ACCOUNT}");
    let explained = |day: NaiveDate| vera.get(&format!("{path}?fecha={day}")).expect(200).clone();
    assert_eq!(explained(before)["covariates"][0]["events"], json!([]));
    let explained = explained(coming);
    let share = &explained["covariates"][0];
    assert_eq!((&share["events"][0]["fecha"], &share["assumed_from"]), (&json!(coming.to_string()), &Value::Null));
    assert_eq!(
        (&share["effect"], &share["effect"]),
        (&share["events"][0]["effect"], &explained["explanation"]["covariates"])
    );
    assert!(number(&share["margin"]) > 0.0 && number(&share["margin"]) < 40.0, "{share}");
    let predict = |day: NaiveDate| vera.get(&format!("/regression/predict/{ACCOUNT}?fecha={day}")).expect(200).clone();
    assert!(number(&predict(coming)["prediction"]) - number(&predict(before)["prediction"]) > 120.0);
    let has = |answer: &Value| answer["warnings"].as_array().unwrap().contains(&json!("COVARIATE_ASSUMED"));
    assert!(!has(&predict(coming)) && has(&predict(date(340))));
}

#[test]
fn what_past_campaigns_brought_is_measured_even_if_nobody_wrote_them_down_in_time() {
    let app = app();
    let admin = app.login("admin_bcp");
    campaigns(&admin);
    train(&admin, &json!([flag()]));
    let comparison = compared(&admin);
    assert_eq!(
        (&comparison["covariates"][0]["verdict"], &comparison["without_covariates"]),
        (&json!("FEW_DAYS"), &Value::Null)
    );
    let events = app.login("vera").get(&format!("/regression/events/{ACCOUNT}")).expect(200).clone();
    let events = events["events"].as_array().unwrap();
    assert_eq!(events[0]["covariate"], "campaign.flag");
    let found = events.iter().filter(|event| event["found"] == true && number(&event["lower"]) > 0.0).count();
    assert!(events.len() >= 12 && found == events.len(), "{events:?}");
    assert!(
        events.iter().all(|event| number(&event["lower"]) < 120.0 && number(&event["upper"]) > 120.0),
        "{events:?}"
    );
    // A training without any is as it was.
    train(&admin, &json!([]));
    assert_eq!((&compared(&admin)["covariates"], &compared(&admin)["without_covariates"]), (&json!([]), &Value::Null));
}

#[test]
fn campaigns_that_are_imported_today_prove_something_where_their_table_declares_when_they_were_decided() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let field = json!({"name": "decidida", "display_name": "Decidida", "field_type": "DATE"});
    made(&admin, &format!("/api/metadata/entities/{entity}/fields"), &field);
    let records = admin.get(&format!("/api/entities/{entity}/records?page_size=100")).expect(200).clone();
    for record in records["items"].as_array().unwrap() {
        let day: NaiveDate = record["data"]["dia"].as_str().unwrap().parse().unwrap();
        let data = json!({"data": {"decidida": (day - Days::new(20)).to_string()}});
        let path = format!("/api/entities/{entity}/records/{}", record["id"].as_str().unwrap());
        let _ = admin.patch(&path, &data).expect(200);
    }
    let trained = |covariate: &Value| {
        train(&admin, &json!([covariate]));
        let outcome = compared(&admin)["covariates"][0].clone();
        (outcome["verdict"].clone(), outcome["basis"].clone())
    };
    let mut declared = flag();
    assert_eq!(trained(&declared), (json!("FEW_DAYS"), json!("recorded")));
    declared["known_since_field"] = json!("decidida");
    assert_eq!(trained(&declared), (json!("KEPT"), json!("declared")));
    // What says that it was decided after it was written is not believed.
    for record in records["items"].as_array().unwrap() {
        let path = format!("/api/entities/{entity}/records/{}", record["id"].as_str().unwrap());
        let _ = admin.patch(&path, &json!({"data": {"decidida": "2030-01-01"}})).expect(200);
    }
    assert_eq!(trained(&declared), (json!("FEW_DAYS"), json!("recorded")));
}

#[test]
fn covariates_that_would_be_called_the_same_are_numbered() {
    let app = app();
    let admin = app.login("admin_bcp");
    campaigns(&admin);
    let every = json!({"entity": "campaign", "date_field": "dia", "aggregate": "flag"});
    let set = admin.put("/regression/covariates", &json!({"covariates": [flag(), every]})).expect(200).clone();
    assert_eq!(
        (&set["covariates"][0]["name"], &set["covariates"][1]["name"]),
        (&json!("campaign.flag"), &json!("campaign.flag#2"))
    );
    let names =
        |compared: &Value| [compared["covariates"][0]["name"].clone(), compared["covariates"][1]["name"].clone()];
    train(&admin, &json!([flag(), every]));
    assert_eq!(names(&compared(&admin)), names(&set));
}

#[test]
fn the_default_of_the_company_is_what_trainings_use_that_name_none() {
    let app = app();
    let admin = app.login("admin_bcp");
    campaigns(&admin);
    kept_in_time(&app);
    assert_eq!(admin.get("/regression/covariates").expect(200), &json!({"covariates": []}));
    let spent =
        json!({"entity": "CAMPAIGN", "date_field": "dia", "aggregate": "sum", "value_field": "gasto", "lag_days": 2});
    let body = json!({"covariates": [flag(), spent]});
    let set = admin.put("/regression/covariates", &body).expect(200).clone();
    let names: Vec<&Value> = set["covariates"].as_array().unwrap().iter().map(|covariate| &covariate["name"]).collect();
    assert_eq!(names, ["campaign.flag", "campaign.gasto.sum+2"]);
    assert_eq!(app.login("vera").get("/regression/covariates").expect(200), &set);
    let _ = app.login("ursula").put("/regression/covariates", &body).problem(403, "ROLE_FORBIDDEN");
    assert_eq!(app.login("admin_bbva").get("/regression/covariates").expect(200), &json!({"covariates": []}));
    let wish = json!({"username": ACCOUNT, "models": ["theta"]});
    let _ = admin.clone().with("prefer", "respond-async").post("/regression/train", &wish).expect(202);
    app.run_jobs();
    assert_eq!(compared(&admin)["covariates"][0]["verdict"], "KEPT");
    assert_eq!(compared(&admin)["covariates"][1]["name"], "campaign.gasto.sum+2");
    // What is in the trash is nobody's covariate.
    let fields = admin.get("/api/metadata/entities").expect(200)[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(admin.delete(&format!("/api/metadata/entities/{fields}")).status, 204);
    assert_eq!(admin.get("/regression/covariates").expect(200), &json!({"covariates": []}));
    let _ = admin.post("/regression/train", &wish).expect(200);
    assert_eq!(compared(&admin)["covariates"], json!([]));
}

#[test]
fn what_lies_in_the_trash_while_others_are_set_counts_again_once_it_is_restored() {
    let app = app();
    let admin = app.login("admin_bcp");
    let campaign = campaigns(&admin);
    let other = made(&admin, "/api/metadata/entities", &json!({"name": "feria", "display_name": "Ferias"}));
    let day = json!({"name": "dia", "display_name": "Día", "field_type": "DATE"});
    made(&admin, &format!("/api/metadata/entities/{other}/fields"), &day);
    let fair = json!({"entity": "feria", "date_field": "dia", "aggregate": "flag"});
    let named = |answer: &Value| -> Vec<String> {
        let all = answer["covariates"].as_array().unwrap();
        all.iter().map(|covariate| covariate["name"].as_str().unwrap().to_owned()).collect()
    };
    let set = |covariates: Value| {
        named(admin.put("/regression/covariates", &json!({ "covariates": covariates })).expect(200))
    };
    assert_eq!(set(json!([flag()])), ["campaign.flag"]);
    assert_eq!(admin.delete(&format!("/api/metadata/entities/{campaign}")).status, 204);
    assert_eq!(set(json!([fair])), ["feria.flag"]);
    let _ = admin.post(&format!("/api/metadata/trash/{campaign}/restore"), &json!({})).expect(200);
    assert_eq!(named(admin.get("/regression/covariates").expect(200)), ["feria.flag", "campaign.flag"]);
    // What is shown is taken away by whoever leaves it out.
    assert_eq!(set(json!([fair])), ["feria.flag"]);
    assert_eq!(named(admin.get("/regression/covariates").expect(200)), ["feria.flag"]);
}

#[test]
fn a_caller_may_suppose_a_campaign_where_none_is_known() {
    let app = app();
    let admin = app.login("admin_bcp");
    campaigns(&admin);
    kept_in_time(&app);
    train(&admin, &json!([flag()]));
    let ask = |datos: &Value| {
        let body = json!({"fecha": date(330).to_string(), "datos": datos});
        admin.post(&format!("/regression/predict/{ACCOUNT}"), &body).expect(200).clone()
    };
    let none = ask(&json!({"covariates": {"campaign.flag": 0}}));
    assert_eq!(none["covariates_used"], json!({"campaign.flag": 0.0}));
    assert!(number(&none["assumption_effect"]) < 0.0, "{none}");
    let every_day = ask(&json!({"covariates": {"campaign.flag": 1}}));
    let moved = number(&every_day["prediction"]) - number(&none["prediction"]);
    assert!((moved - 20.0 * 120.0).abs() < 20.0 * 15.0, "{moved}");
    let two = ask(&json!({"covariates": {"campaign.flag": 2, "otra": 1}}));
    assert_eq!(
        (&two["covariates_used"], &two["prediction"]),
        (&json!({"campaign.flag": 1.0}), &every_day["prediction"])
    );
    let warnings = two["warnings"].as_array().unwrap();
    for warning in ["ASSUMPTION_OUT_OF_RANGE", "ASSUMPTIONS_UNUSED"] {
        assert!(warnings.contains(&json!(warning)), "{two}");
    }
}

#[test]
fn what_names_no_table_or_no_fitting_field_is_named() {
    let app = app();
    let admin = app.login("admin_bcp");
    let entity = campaigns(&admin);
    let wrong = json!([
        {"entity": "nada", "date_field": "dia", "aggregate": "flag"},
        {"entity": entity, "date_field": "gasto", "aggregate": "sum"},
        {"entity": "campaign", "date_field": "fecha", "aggregate": "max", "value_field": "cuenta",
         "account_field": "dia"},
        {"entity": "campaign", "date_field": "dia", "aggregate": "flag", "value_field": "gasto", "lag_days": 31},
        {"entity": "campaign", "date_field": "dia", "aggregate": "count", "value_field": "cuenta"},
        {"entity": entity, "date_field": "dia", "aggregate": "count", "value_field": "cuenta"},
        {"entity": "campaign", "date_field": "dia", "aggregate": "flag", "known_since_field": "gasto"},
    ]);
    let named = [
        "covariates[0].entity: no_such_entity",
        "covariates[1].date_field: not_for_type",
        "covariates[1].value_field: missing",
        "covariates[2].date_field: no_such_field",
        "covariates[2].value_field: not_for_type",
        "covariates[2].account_field: not_for_type",
        "covariates[3].value_field: not_for_type",
        "covariates[3].lag_days: too_large",
        "covariates[5]: repeated",
        "covariates[6].known_since_field: not_for_type",
    ];
    assert_eq!(admin.put("/regression/covariates", &json!({"covariates": wrong})).broken_rules(), named);
    let training = json!({"username": ACCOUNT, "covariates": wrong});
    assert_eq!(admin.post("/regression/train", &training).broken_rules(), named);
    let deferred = admin.clone().with("prefer", "respond-async");
    assert_eq!(deferred.post("/regression/train", &training).broken_rules(), named);
    assert_eq!(admin.post("/regression/train-all", &json!({"covariates": wrong})).broken_rules(), named);
    let median = json!({"covariates": [{"entity": "campaign", "date_field": "dia", "aggregate": "median"}]});
    assert_eq!(admin.put("/regression/covariates", &median).broken_rules(), ["covariates[0].aggregate: unknown_value"]);
    let many = json!({"covariates": vec![flag(); 9]});
    assert!(admin.put("/regression/covariates", &many).broken_rules().contains(&"covariates: too_many".to_owned()));
    // Another bank's table is none.
    let foreign = json!({"covariates": [{"entity": entity, "date_field": "dia", "aggregate": "flag"}]});
    let bbva = app.login("admin_bbva");
    assert_eq!(bbva.put("/regression/covariates", &foreign).broken_rules(), ["covariates[0].entity: no_such_entity"]);
}
