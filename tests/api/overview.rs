//! All accounts at a glance.

use atalaya_domain::observation::{Followers, Observation};
use atalaya_tests::fixtures::{daily_history, hourly_history, upload};
use atalaya_tests::{Client, TestApp, bank};
use chrono::TimeDelta;
use serde_json::{Value, json};

const PATH: &str = "/accounts/overview";
const TRAINED: &str = "BCPComunica";

fn app() -> TestApp {
    let bcp = bank("BCP")
        .trained_account(TRAINED, daily_history(90, 396_000))
        .account_with("bcp_joven", daily_history(20, 1_000))
        .account_with("bcp_nueva", daily_history(5, 100))
        .account("bcp_vacia")
        .viewer("vera", &["bcp_joven", "bcp_vacia"]);
    TestApp::start().with(bcp)
}

fn overview(client: &Client, query: &str) -> Value {
    client.get(&format!("{PATH}{query}")).expect(200).clone()
}

fn account(body: &Value, handle: &str) -> Value {
    let accounts = body["accounts"].as_array().unwrap();
    accounts.iter().find(|account| account["cuenta"] == handle).unwrap().clone()
}

fn handles(body: &Value) -> Vec<String> {
    body["accounts"].as_array().unwrap().iter().map(|row| row["cuenta"].as_str().unwrap().to_owned()).collect()
}

fn codes(account: &Value) -> Vec<&str> {
    account["attention"].as_array().unwrap().iter().map(|found| found["code"].as_str().unwrap()).collect()
}

/// A reading of the day after the history, at its usual hour.
fn observe(app: &TestApp, followers: u64) {
    let at = daily_history(1, 0)[0].at + TimeDelta::days(1);
    let row = Observation { at, followers: Followers::new(followers).unwrap(), posts: None, following: None };
    let path = format!("/accounts/{TRAINED}/observations");
    let _ = app.login("admin_bcp").post(&path, &upload(&[row])).expect(200);
}

#[test]
fn an_account_is_told_at_a_glance() {
    let app = app();
    let admin = app.login("admin_bcp");
    let body = overview(&admin, "");
    let found = account(&body, TRAINED);
    let history: Vec<i64> =
        daily_history(90, 396_000).iter().map(|row| i64::try_from(row.followers.get()).unwrap()).collect();
    let change = |until: usize, days: usize| history[until] - history[until - days];
    assert_eq!((&found["seguidores"], &found["data_until"]), (&json!(history[89]), &json!("2026-08-23T01:00:00Z")));
    assert_eq!(found["complete_until"], "2026-08-22");
    assert_eq!(found["change_7"], json!({"change": change(89, 7), "previous": change(82, 7)}));
    assert_eq!(found["change_28"], json!({"change": change(89, 28), "previous": change(61, 28)}));
    let sparkline = found["sparkline"].as_array().unwrap();
    assert_eq!((sparkline.len(), &sparkline[89]), (90, &json!({"fecha": "2026-08-22", "seguidores": history[89]})));
    let forecast = admin.get(&format!("/regression/predict/{TRAINED}?fecha=2026-09-21")).expect(200).clone();
    let ahead = &found["forecast_30"];
    assert_eq!((&ahead["fecha"], &ahead["level"]), (&json!("2026-09-21"), &json!(80)));
    assert_eq!(ahead["prediction"], forecast["prediction"]);
    let interval = &forecast["intervals"][0];
    assert_eq!((&ahead["lower"], &ahead["upper"]), (&interval["lower"], &interval["upper"]));
    assert_eq!(ahead["expected_change"], forecast["prediction"].as_i64().unwrap() - history[89]);
    assert_eq!((&found["model"]["version"], &found["days_needed"]), (&json!(1), &Value::Null));
    assert_eq!(found["observations_days"], 90);

    let nueva = account(&body, "bcp_nueva");
    assert_eq!((&nueva["change_7"], &nueva["forecast_30"]), (&Value::Null, &Value::Null));
    assert_eq!(nueva["model"], json!({"state": "untrained", "version": null, "trained_at": null}));
    assert_eq!((&nueva["days_needed"], &nueva["observations_days"]), (&json!(3), &json!(5)));
    assert_eq!((codes(&nueva), codes(&account(&body, "bcp_joven"))), (vec![], vec!["MODEL_UNTRAINED"]));
    let vacia = account(&body, "bcp_vacia");
    assert_eq!(
        (&vacia["seguidores"], &vacia["sparkline"], &vacia["days_needed"]),
        (&Value::Null, &json!([]), &json!(8))
    );

    let totals = &body["totals"];
    assert_eq!((&totals["accounts"], &totals["with_data"], &body["matching"]), (&json!(4), &json!(3), &json!(4)));
    assert_eq!((&totals["change_28"], &totals["previous_28"]), (&json!(change(89, 28)), &json!(change(61, 28))));
    assert_eq!((&totals["change_28_accounts"], &totals["attention"]), (&json!(1), &json!(1)));
    assert_eq!(totals["forecast_30"], json!({"expected_change": ahead["expected_change"], "accounts": 1}));
}

#[test]
fn everybody_sees_the_accounts_that_are_theirs() {
    let app = app();
    let body = overview(&app.login("vera"), "");
    assert_eq!(handles(&body), ["bcp_joven", "bcp_vacia"]);
    assert_eq!((&body["totals"]["accounts"], &body["totals"]["with_data"]), (&json!(2), &json!(1)));
}

#[test]
fn a_day_outside_of_its_interval_needs_attention_once_it_is_over() {
    let app = app();
    app.clock.advance(TimeDelta::hours(9));
    observe(&app, 100_000);
    let admin = app.login("admin_bcp");
    let before = account(&overview(&admin, ""), TRAINED);
    assert_eq!((codes(&before), &before["seguidores"]), (vec![], &json!(100_000)), "the day is not over");
    app.clock.advance(TimeDelta::hours(3));
    let admin = app.login("admin_bcp");
    let found = account(&overview(&admin, ""), TRAINED);
    assert_eq!(codes(&found), ["OUTSIDE_INTERVAL"]);
    let told = &found["attention"][0];
    let forecast = admin.post(&format!("/regression/forecast/{TRAINED}"), &json!({"h": 1})).expect(200).clone();
    let interval = &forecast["forecast"][0]["intervals"][1];
    assert_eq!((&told["fecha"], &told["actual"]), (&json!("2026-08-23"), &json!(100_000)));
    assert_eq!((&told["lower"], &told["upper"]), (&interval["lower"], &interval["upper"]));
    assert!(told["message"].as_str().unwrap().contains("100000"), "{told}");
    assert_eq!(found["model"]["state"], "stale");
    let english = overview(&admin.clone().english(), "");
    let message = account(&english, TRAINED)["attention"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.contains("outside of its 95 % interval"), "{message}");

    // A version that was trained on the day does not take it for expected.
    let train = json!({"username": TRAINED, "models": ["linear_regression"]});
    let _ = admin.post("/regression/train", &train).expect(200);
    let trained = account(&overview(&admin, ""), TRAINED);
    assert_eq!((codes(&trained)[0], &trained["model"]["version"]), ("OUTSIDE_INTERVAL", &json!(2)));
}

#[test]
fn data_that_nobody_brings_any_more_need_attention() {
    let app = app();
    app.clock.advance(TimeDelta::days(3));
    let admin = app.login("admin_bcp");
    let found = account(&overview(&admin, "?attention=DATA_STALE"), TRAINED);
    assert_eq!(codes(&found), ["DATA_STALE"]);
    assert_eq!((&found["attention"][0]["fecha"], &found["attention"][0]["days"]), (&json!("2026-08-22"), &json!(3)));
    let warnings =
        admin.get(&format!("/regression/predict/{TRAINED}?fecha=2026-09-21")).expect(200)["warnings"].clone();
    assert!(warnings.as_array().unwrap().contains(&json!("STALE_DATA")), "{warnings}");
}

#[test]
fn accounts_are_sorted_searched_and_chosen() {
    let app = app();
    let admin = app.login("admin_bcp");
    let order = |query: &str| handles(&overview(&admin, query));
    assert_eq!(order("?sort=followers"), [TRAINED, "bcp_joven", "bcp_nueva", "bcp_vacia"]);
    assert_eq!(order("?sort=followers&order=asc"), ["bcp_nueva", "bcp_joven", TRAINED, "bcp_vacia"]);
    assert_eq!(order("?sort=change_28"), [TRAINED, "bcp_joven", "bcp_nueva", "bcp_vacia"]);
    assert_eq!(order("?sort=attention"), ["bcp_joven", TRAINED, "bcp_nueva", "bcp_vacia"]);
    assert_eq!(order(""), ["bcp_joven", "bcp_nueva", "bcp_vacia", TRAINED], "a capital is no place before all others");
    assert_eq!(order("?order=desc"), [TRAINED, "bcp_vacia", "bcp_nueva", "bcp_joven"]);
    assert_eq!(order("?attention=any"), ["bcp_joven"]);
    let _ = admin.patch("/accounts/bcp_nueva", &json!({"nombre": "Crédito Fácil Perú"})).expect(200);
    assert_eq!(order("?q=credito%20FACIL"), ["bcp_nueva"]);
    assert_eq!(order("?q=JOVEN"), ["bcp_joven"]);
    let found = overview(&admin, "?q=nada");
    assert_eq!((&found["matching"], &found["totals"]["accounts"]), (&json!(0), &json!(4)));
    let rules = |query: &str| admin.get(&format!("{PATH}?{query}")).broken_rules();
    let wrong = ["sort: unknown_value", "order: unknown_value", "attention: unknown_value", "limit: too_small"];
    assert_eq!(rules("sort=x&order=x&attention=x&limit=0"), wrong);
    let next = overview(&admin, "?sort=change_7&limit=1")["next_cursor"].as_str().unwrap().to_owned();
    for other in ["sort=followers", "sort=change_28", "sort=change_7&order=asc", "sort=name&order=desc"] {
        assert_eq!(rules(&format!("{other}&cursor={next}")), ["cursor: not_a_cursor"], "{other}");
    }
    let _ = overview(&admin, &format!("?sort=change_7&order=desc&cursor={next}"));
    assert_eq!(rules(&format!("q={}", "x".repeat(101))), ["q: too_long"]);
}

#[test]
fn pages_hold_every_account_once_in_every_order() {
    let mut bcp = bank("BCP");
    for number in 0..7_u32 {
        // Some have as many followers as others, and some none at all.
        let history = if number == 3 { Vec::new() } else { daily_history(1 + number % 3, 100) };
        bcp = bcp.account_with(&format!("cuenta.{number}"), history);
    }
    let app = TestApp::start().with(bcp);
    let admin = app.login("admin_bcp");
    for sort in ["name", "followers", "change_7", "change_28", "forecast", "data", "attention"] {
        for order in ["asc", "desc"] {
            let whole = handles(&overview(&admin, &format!("?sort={sort}&order={order}")));
            let (mut seen, mut cursor) = (Vec::new(), None::<String>);
            loop {
                let after = cursor.map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
                let page = overview(&admin, &format!("?sort={sort}&order={order}&limit=2{after}"));
                assert_eq!(page["matching"], 7);
                seen.extend(handles(&page));
                cursor = page["next_cursor"].as_str().map(str::to_owned);
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!((seen.len(), &seen), (7, &whole), "{sort} {order}");
        }
    }
}

#[test]
fn summaries_that_nobody_kept_are_made_when_they_are_asked_for() {
    let app = app();
    let admin = app.login("admin_bcp");
    let before = overview(&admin, "");
    app.database.execute("DELETE FROM account_summaries");
    assert_eq!(overview(&admin, ""), before);
    assert_eq!(before["totals"]["pending"], 0);
}

#[test]
fn one_answer_makes_some_of_many_summaries_and_says_how_many_are_left() {
    let app = TestApp::start().with(bank("BCP").account_with("seed", daily_history(3, 100)));
    app.database.execute(
        "INSERT INTO accounts (company_id, handle, name, registered_at, observation_count, newest_observation_at)
         WITH RECURSIVE copies (number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM copies WHERE number < 250)
         SELECT company_id, 'copy' || number, name, registered_at, observation_count, newest_observation_at
         FROM accounts CROSS JOIN copies;
         INSERT INTO observations (company_id, account_id, observed_at, followers)
         SELECT copy.company_id, copy.id, observed_at, followers
         FROM accounts AS copy JOIN accounts AS seed ON seed.handle = 'seed'
         JOIN observations ON account_id = seed.id WHERE copy.handle LIKE 'copy%'",
    );
    let admin = app.login("admin_bcp");
    let told = || {
        let totals = overview(&admin, "?limit=1")["totals"].clone();
        (totals["accounts"].clone(), totals["with_data"].clone(), totals["pending"].clone())
    };
    assert_eq!(told(), (json!(251), json!(251), json!(50)));
    assert_eq!(told(), (json!(251), json!(251), json!(0)));
}

#[test]
fn where_nothing_can_be_written_an_overview_tells_what_there_is() {
    let app = app();
    let admin = app.login("admin_bcp");
    let refusal = if app.database.is_a_file() {
        "CREATE TRIGGER refusal BEFORE INSERT ON account_summaries
         BEGIN SELECT RAISE(ABORT, 'attempt to write a readonly database'); END"
    } else {
        "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'cannot write in a read-only transaction'; END $$;
         CREATE TRIGGER refusal BEFORE INSERT ON account_summaries FOR EACH ROW EXECUTE FUNCTION refuse()"
    };
    app.database.execute(&format!("DELETE FROM account_summaries; {refusal}"));
    let body = overview(&admin, "");
    assert_eq!((&body["totals"]["pending"], &body["totals"]["with_data"]), (&json!(3), &json!(3)));
    let nueva = account(&body, "bcp_nueva");
    assert_eq!((&nueva["observations_days"], &nueva["days_needed"]), (&Value::Null, &Value::Null));
    assert_eq!((&nueva["seguidores"], codes(&nueva)), (&Value::Null, vec![]));
    assert_ne!(nueva["data_until"], Value::Null);
}

#[test]
fn an_overview_tells_of_the_version_that_answers_where_the_active_one_is_damaged() {
    let app = app();
    app.clock.advance(TimeDelta::hours(9));
    observe(&app, 396_500);
    let admin = app.login("admin_bcp");
    let train = json!({"username": TRAINED, "models": ["linear_regression"]});
    let _ = admin.post("/regression/train", &train).expect(200);
    let damage = |versions: &str| {
        let bytes = app.database.literal(&[0]);
        app.database.tamper(&format!("UPDATE model_versions SET artifact = {bytes} WHERE {versions}"));
        app.database.execute("DELETE FROM account_summaries");
    };
    damage("version = 2");
    let told = || {
        let body = overview(&admin, "");
        assert_eq!(body["totals"]["pending"], 0, "{body}");
        account(&body, TRAINED)
    };
    let found = told();
    assert_eq!(found["model"]["version"], 1);
    let date = found["forecast_30"]["fecha"].as_str().unwrap();
    let forecast = admin.get(&format!("/regression/predict/{TRAINED}?fecha={date}")).expect(200).clone();
    assert!(forecast["warnings"].as_array().unwrap().contains(&json!("FALLBACK_VERSION")), "{forecast}");
    assert_eq!(found["forecast_30"]["prediction"], forecast["prediction"]);
    assert_eq!(told(), found);
}

#[test]
fn an_account_whose_versions_are_all_damaged_is_told_as_untrained() {
    let app = app();
    let bytes = app.database.literal(&[0]);
    app.database.tamper(&format!("UPDATE model_versions SET artifact = {bytes}"));
    app.database.execute("DELETE FROM account_summaries");
    let body = overview(&app.login("admin_bcp"), "");
    let found = account(&body, TRAINED);
    assert_eq!(found["model"], json!({"state": "untrained", "version": null, "trained_at": null}));
    assert_eq!((&found["forecast_30"], codes(&found)), (&Value::Null, vec!["MODEL_UNTRAINED"]));
    assert_eq!(body["totals"]["pending"], 0);
}

#[test]
fn hours_are_days_at_a_glance() {
    let bcp = bank("BCP").trained_account("horas", hourly_history(24 * 12, 5_000));
    let app = TestApp::start().with(bcp);
    let body = overview(&app.login("admin_bcp"), "");
    let found = account(&body, "horas");
    assert!(found["sparkline"].as_array().unwrap().len() >= 12);
    assert!(found["change_7"]["change"].as_i64().unwrap() > 0, "{found}");
    assert_eq!(found["forecast_30"], Value::Null, "hours are forecast for two weeks");
}

#[test]
fn an_unchanged_overview_travels_as_304_and_a_change_does_not() {
    let app = app();
    let admin = app.login("admin_bcp");
    let tag = admin.get(PATH).header("etag").to_owned();
    let again = || admin.clone().with("if-none-match", tag.clone()).get(PATH).status;
    assert_eq!(again(), 304);
    let _ = admin.delete(&format!("/accounts/{TRAINED}/observations?from=2026-08-22")).expect(200);
    assert_eq!(again(), 200);
    assert_eq!(account(&overview(&admin, ""), TRAINED)["data_until"], "2026-08-22T01:00:00Z");
}

#[test]
fn an_account_of_that_name_is_still_reached() {
    let app = TestApp::start().with(bank("BCP").account("overview"));
    let admin = app.login("admin_bcp");
    assert_eq!(admin.get("/accounts/@overview").expect(200)["cuenta"], "overview");
    let _ = admin.patch("/accounts/overview", &json!({"nombre": "Otra"})).expect(200);
}
