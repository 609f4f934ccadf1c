//! The holidays of the calendar.

use atalaya_application::ports::runtime::Clock as _;
use atalaya_tests::{TestApp, bank};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

fn dates(body: &Value) -> Vec<&str> {
    body["holidays"].as_array().unwrap().iter().map(|holiday| holiday["fecha"].as_str().unwrap()).collect()
}

#[test]
fn holidays_are_those_of_peru_in_the_readers_language() {
    let app = TestApp::start().with(bank("BCP").viewer("vera", &[]));
    let vera = app.login("vera");
    let path = "/calendar/holidays?from=2026-07-01&to=2026-08-06";
    let body = vera.get(path).expect(200).clone();
    assert_eq!(
        (&body["country"], &body["from"], &body["to"]),
        (&json!("PE"), &json!("2026-07-01"), &json!("2026-08-06"))
    );
    assert_eq!(dates(&body), ["2026-07-23", "2026-07-28", "2026-07-29", "2026-08-06"]);
    let independence = json!({"fecha": "2026-07-28", "code": "independence", "name": "Fiestas Patrias"});
    assert_eq!(body["holidays"][1], independence);
    let english = vera.english().get(path);
    assert_eq!(english.expect(200)["holidays"][1]["name"], "Independence Days");
    assert_eq!(english.header("content-language"), "en");
}

#[test]
fn holidays_are_for_everybody_who_is_signed_in() {
    let app = TestApp::start().with_superadmin("root");
    let _ = app.login("root").get("/calendar/holidays").expect(200);
    let _ = app.anonymous().get("/calendar/holidays").problem(401, "AUTHENTICATION_REQUIRED");
}

#[test]
fn this_year_is_that_of_perus_clocks() {
    let app = TestApp::start().with(bank("BCP"));
    let this_year = || {
        let body = app.login("admin_bcp").get("/calendar/holidays").expect(200).clone();
        (body["from"].as_str().unwrap().to_owned(), body["to"].as_str().unwrap().to_owned())
    };
    let midnight: DateTime<Utc> = "2027-01-01T05:00:00Z".parse().unwrap();
    app.clock.advance(midnight - app.clock.now() - TimeDelta::minutes(1));
    assert_eq!(this_year(), ("2026-01-01".to_owned(), "2026-12-31".to_owned()));
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(this_year(), ("2027-01-01".to_owned(), "2027-12-31".to_owned()));
}

#[test]
fn a_bound_that_is_not_named_is_the_end_of_the_year() {
    let app = TestApp::start().with(bank("BCP"));
    let admin = app.login("admin_bcp");
    let span = |query: &str| {
        let body = admin.get(&format!("/calendar/holidays{query}")).expect(200).clone();
        (body["from"].as_str().unwrap().to_owned(), body["to"].as_str().unwrap().to_owned(), dates(&body).len())
    };
    let of = |from: &str, to: &str, count| (from.to_owned(), to.to_owned(), count);
    assert_eq!(span(""), of("2026-01-01", "2026-12-31", 16));
    assert_eq!(span("?from=2024-12-08"), of("2024-12-08", "2024-12-31", 3));
    assert_eq!(span("?to=2024-01-01"), of("2024-01-01", "2024-01-01", 1));
    assert_eq!(span("?to=0001-12-31"), of("0001-01-01", "0001-12-31", 0));
    assert_eq!(span("?from=9999-01-01"), of("9999-01-01", "9999-12-31", 16));
    let rules = |query: &str| admin.get(&format!("/calendar/holidays?{query}")).broken_rules();
    assert_eq!(rules("from=0000-01-01"), ["from: invalid_date"]);
    assert_eq!(rules("from=2015-01-01&to=2025-12-14"), ["from: span_too_long"]);
    assert_eq!(rules("from=2026-01-02&to=2026-01-01"), ["from: after_to"]);
}
