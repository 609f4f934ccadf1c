//! An account by days.

use std::fmt::Write as _;

use atalaya_tests::fixtures::{daily_history, upload};
use atalaya_tests::{Client, TestApp, bank};
use chrono::TimeDelta;
use serde_json::{Value, json};

const ACCOUNT: &str = "BCPComunica";
const PATH: &str = "/accounts/BCPComunica/daily";

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account(ACCOUNT).account("ajena").viewer("vera", &[ACCOUNT]))
}

fn observe(client: &Client, rows: &[(&str, u64, Option<u64>)]) {
    let row = |(at, followers, posts): &(&str, u64, Option<u64>)| json!({"hora": at, "seguidores": followers, "tweets": posts});
    let body = json!({"observations": rows.iter().map(row).collect::<Vec<_>>()});
    let _ = client.post(&format!("/accounts/{ACCOUNT}/observations"), &body).expect(200);
}

/// Days as date, followers, posts and whether they are over.
fn days(reply: &Value) -> Vec<(String, u64, Option<u64>, bool)> {
    let text = |day: &Value| day["fecha"].as_str().unwrap().to_owned();
    let day = |day: &Value| {
        let complete = day["complete"].as_bool().unwrap();
        (text(day), day["seguidores"].as_u64().unwrap(), day["tweets"].as_u64(), complete)
    };
    reply["days"].as_array().unwrap().iter().map(day).collect()
}

#[test]
fn a_day_is_its_last_reading_on_the_accounts_clocks() {
    let app = app();
    let admin = app.login("admin_bcp");
    observe(
        &admin,
        &[
            ("2026-08-19T12:00:00Z", 100, Some(10)),
            // 23:30 in Lima.
            ("2026-08-20T04:30:00Z", 104, Some(12)),
            ("2026-08-20T15:00:00Z", 110, Some(17)),
            ("2026-08-22T15:00:00Z", 120, Some(18)),
            ("2026-08-23T15:00:00Z", 125, Some(16)),
        ],
    );
    let body = app.login("vera").get(PATH).expect(200).clone();
    let day = |date: &str, followers, posts, complete| (date.to_owned(), followers, posts, complete);
    assert_eq!(
        days(&body),
        [
            day("2026-08-19", 104, None, true),
            day("2026-08-20", 110, Some(5), true),
            day("2026-08-22", 120, None, true),
            day("2026-08-23", 125, Some(0), false),
        ]
    );
    assert_eq!((&body["cuenta"], &body["zona_horaria"]), (&json!(ACCOUNT), &json!("America/Lima")));
    assert_eq!((&body["to"], &body["data_until"]), (&json!("2026-08-23"), &json!("2026-08-23T15:00:00Z")));

    let part = admin.get(&format!("{PATH}?from=2026-08-20&to=2026-08-21")).expect(200).clone();
    assert_eq!(days(&part), [day("2026-08-20", 110, Some(5), true)], "the day before tells the posts of the first");
    let _ = admin.patch(&format!("/accounts/{ACCOUNT}"), &json!({"zona_horaria": "Europe/Madrid"})).expect(200);
    let elsewhere = admin.get(PATH).expect(200).clone();
    assert_eq!(days(&elsewhere)[..2], [day("2026-08-19", 100, None, true), day("2026-08-20", 110, Some(7), true)]);
}

#[test]
fn the_last_day_is_complete_once_it_is_over_in_its_zone() {
    let app = app();
    observe(&app.login("admin_bcp"), &[("2026-08-23T15:00:00Z", 125, None)]);
    let complete = || days(app.login("vera").get(PATH).expect(200))[0].3;
    assert!(!complete());
    app.clock.advance(TimeDelta::hours(11));
    assert!(!complete(), "it is 23:00 in Lima");
    app.clock.advance(TimeDelta::hours(1));
    assert!(complete());
}

#[test]
fn readings_around_midnight_are_of_the_day_that_training_takes_them_for() {
    let app = app();
    let admin = app.login("admin_bcp");
    let mut csv = "hora,seguidores\n".to_owned();
    for (day, minutes) in [(17, -3), (18, 2), (19, -1), (20, 4), (21, -4)] {
        let midnight: chrono::DateTime<chrono::Utc> = format!("2026-08-{day}T05:00:00Z").parse().unwrap();
        let at = midnight + TimeDelta::minutes(minutes);
        writeln!(csv, "{},{}", at.to_rfc3339(), 1_000 + day).unwrap();
    }
    assert_eq!(admin.post_csv(&format!("/accounts/{ACCOUNT}/observations"), csv).status, 200);
    let body = admin.get(PATH).expect(200).clone();
    let found: Vec<_> = days(&body).into_iter().map(|(date, ..)| date).collect();
    assert_eq!(body["to"], "2026-08-21");
    assert_eq!(found, ["2026-08-17", "2026-08-18", "2026-08-19", "2026-08-20", "2026-08-21"]);
}

#[test]
fn the_days_are_those_that_a_model_was_trained_on() {
    let app = app();
    let admin = app.login("admin_bcp");
    let history = daily_history(60, 396_000);
    let _ = admin.post(&format!("/accounts/{ACCOUNT}/observations"), &upload(&history)).expect(200);
    let body = admin.get(PATH).expect(200).clone();
    let found = days(&body);
    let expected: Vec<u64> = history.iter().map(|row| row.followers.get()).collect();
    assert_eq!(found.iter().map(|day| day.1).collect::<Vec<_>>(), expected);
    let made =
        |pair: &[atalaya_domain::observation::Observation]| pair[1].posts.unwrap().get() - pair[0].posts.unwrap().get();
    let posts: Vec<Option<u64>> = history.windows(2).map(|pair| Some(made(pair))).collect();
    assert_eq!(found.iter().map(|day| day.2).skip(1).collect::<Vec<_>>(), posts);
}

#[test]
fn an_account_without_readings_has_no_days() {
    let app = app();
    let body = app.login("vera").get(PATH).expect(200).clone();
    assert_eq!((&body["days"], &body["data_until"]), (&json!([]), &Value::Null));
    let _ = app.login("vera").get("/accounts/ajena/daily").problem(403, "ACCOUNT_FORBIDDEN");
}

#[test]
fn an_answer_has_four_thousand_days_at_most() {
    let app = app();
    let admin = app.login("admin_bcp");
    let rules = |query: &str| admin.get(&format!("{PATH}?{query}")).broken_rules();
    assert_eq!(rules("from=2015-01-01&to=2025-12-14"), ["from: span_too_long"]);
    assert_eq!(rules("from=2026-01-02&to=2026-01-01"), ["from: after_to"]);
    assert_eq!(rules("from=ayer&to=2026-02-30"), ["from: invalid_date", "to: invalid_date"]);
    let most = admin.get(&format!("{PATH}?from=2015-01-01&to=2025-12-13"));
    assert_eq!(most.expect(200)["from"], "2015-01-01");
    let usual = admin.get(&format!("{PATH}?to=2025-12-13"));
    assert_eq!(usual.expect(200)["from"], "2015-01-01");
}

#[test]
fn days_at_the_ends_of_the_calendar_are_answered() {
    let app = app();
    let admin = app.login("admin_bcp");
    observe(&admin, &[("2026-08-22T15:00:00Z", 125, None)]);
    let found = |query: &str| {
        let body = admin.get(&format!("{PATH}?{query}")).expect(200).clone();
        (body["from"].as_str().unwrap().to_owned(), body["to"].as_str().unwrap().to_owned(), days(&body).len())
    };
    let of = |from: &str, to: &str| (from.to_owned(), to.to_owned(), 0);
    assert_eq!(found("to=0001-01-01"), of("0001-01-01", "0001-01-01"));
    assert_eq!(found("to=0011-12-14"), of("0001-01-01", "0011-12-14"), "the calendar begins 3,999 days before");
    assert_eq!(found("to=0011-12-15"), of("0001-01-02", "0011-12-15"));
    assert_eq!(found("from=9999-12-31"), of("9999-12-31", "9999-12-31"));
    assert_eq!(found("to=9999-12-31"), of("9989-01-18", "9999-12-31"));
    let rules = |query: &str| admin.get(&format!("{PATH}?{query}")).broken_rules();
    assert_eq!(rules("to=0000-12-31"), ["to: invalid_date"], "there was no year 0");
}

#[test]
fn unchanged_days_travel_as_304() {
    let app = app();
    let admin = app.login("admin_bcp");
    observe(&admin, &[("2026-08-22T15:00:00Z", 125, None)]);
    let tag = admin.get(PATH).header("etag").to_owned();
    assert_eq!(admin.clone().with("if-none-match", tag.clone()).get(PATH).status, 304);
    observe(&admin, &[("2026-08-22T16:00:00Z", 126, None)]);
    assert_eq!(admin.with("if-none-match", tag).get(PATH).status, 200);
}
