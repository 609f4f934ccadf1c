//! Forgiving uploads: what a dry run tells beside the counts, and rows that are left out.

use atalaya_tests::fixtures::days_of_january;
use atalaya_tests::{Client, Reply, TestApp, bank};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Value, json};

const PATH: &str = "/accounts/BCPComunica/observations";
const TRIAL: &str = "/accounts/BCPComunica/observations?dry_run=true";
const SKIP: &str = "/accounts/BCPComunica/observations?skip_invalid=true";
const SKIP_TRIAL: &str = "/accounts/BCPComunica/observations?skip_invalid=true&dry_run=true";

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account("BCPComunica"))
}

fn stored(client: &Client) -> Vec<Value> {
    client.get(&format!("{PATH}?limit=1000")).expect(200)["observations"].as_array().unwrap().clone()
}

fn fields(value: &Value, names: &[&str]) -> Vec<Value> {
    names.iter().map(|name| value[*name].clone()).collect()
}

const MIXED: &str = "Fecha,Seguidores,Posts,Nota\n\
                     2026-01-01,100,1,a\n\
                     2026-01-02,15O112,2,b\n\
                     2026-31-03,102,3,c\n\
                     2026-01-04,-4,4,d\n\
                     2026-01-05,105,5,e\n\
                     2026-01-05,106,6,f\n";

#[test]
fn a_dry_run_tells_what_each_column_is_read_as() {
    let app = app();
    let admin = app.login("admin_bcp");
    let told = admin.post_csv(SKIP_TRIAL, MIXED).expect(200).clone();
    let mapping = json!([
        {"header": "Fecha", "field": "hora"},
        {"header": "Seguidores", "field": "seguidores"},
        {"header": "Posts", "field": "tweets"},
        {"header": "Nota", "field": null},
    ]);
    assert_eq!(told["mapping"], mapping);
    assert_eq!(told["columns"], json!(["Fecha", "Seguidores", "Posts", "Nota"]));
    let refused = admin.post_csv(TRIAL, MIXED).expect(200).clone();
    assert_eq!((&refused["mapping"], &refused["accepted"]), (&mapping, &json!(false)));
    assert_eq!(
        fields(&refused["errors"][0], &["code", "line", "field"]),
        [json!("unknown_column"), json!(1), json!("Nota")]
    );
    let of_json = admin.post(TRIAL, &days_of_january(&[1])).expect(200)["mapping"].clone();
    assert_eq!(of_json[1], json!({"header": "seguidores", "field": "seguidores"}));
}

#[test]
fn a_dry_run_shows_the_lines_in_which_rules_are_broken() {
    let app = app();
    let admin = app.login("admin_bcp");
    let told = admin.post_csv(SKIP_TRIAL, MIXED).expect(200).clone();
    assert_eq!(
        fields(&told, &["accepted", "rows", "skipped", "errors_total"]),
        [json!(true), json!(6), json!(4), json!(4)]
    );
    let shown: Vec<_> =
        told["errors"].as_array().unwrap().iter().map(|e| fields(e, &["line", "code", "text"])).collect();
    let expected = [
        [json!(3), json!("not_a_count"), json!("2026-01-02,15O112,2,b")],
        [json!(4), json!("invalid_time"), json!("2026-31-03,102,3,c")],
        [json!(5), json!("not_a_count"), json!("2026-01-04,-4,4,d")],
        [json!(7), json!("duplicate_time"), json!("2026-01-05,106,6,f")],
    ];
    assert_eq!(shown, expected);
    let long = format!("hora,seguidores\n2026-01-01,{}\n", "ñ".repeat(300));
    let cut = admin.post_csv(TRIAL, long).expect(200)["errors"][0]["text"].as_str().unwrap().to_owned();
    assert_eq!(cut.chars().count(), 200);
    let of_json = admin.post(TRIAL, &json!({"observations": [{"hora": "ayer", "seguidores": 5}]})).expect(200).clone();
    assert_eq!(fields(&of_json["errors"][0], &["line", "text"]), [Value::Null, Value::Null]);
}

#[test]
fn a_dry_run_shows_the_closes_that_would_be_others() {
    let app = app();
    let admin = app.login("admin_bcp");
    // Days end at midnight in Lima, five hours after UTC.
    let known = "hora,seguidores\n2026-01-01 10:00,10\n2026-01-01 20:00,20\n2026-01-02 20:00,30\n2026-01-03 20:00,40\n";
    let _ = admin.post_csv(PATH, known).expect(200);
    let file = "hora,seguidores\n2026-01-01 10:00,11\n2026-01-02 23:30,36\n2026-01-03 20:00,35\n2026-01-04 20:00,50\n";
    let told = admin.post_csv(TRIAL, file).expect(200).clone();
    let preview = json!([
        {"fecha": "2026-01-02", "seguidores": 36, "stored": 30, "outcome": "changed"},
        {"fecha": "2026-01-03", "seguidores": 35, "stored": 40, "outcome": "changed"},
        {"fecha": "2026-01-04", "seguidores": 50, "stored": null, "outcome": "new"},
    ]);
    assert_eq!(told["preview"], preview);
    assert_eq!(told["largest_change"], -5, "of rows at known times");
    assert_eq!(fields(&told, &["would_insert", "would_update", "unchanged"]), [json!(2), json!(2), json!(0)]);
    let same = admin.post_csv(TRIAL, known).expect(200).clone();
    assert_eq!(fields(&same, &["preview", "largest_change"]), [json!([]), Value::Null]);
}

#[test]
fn the_closes_of_readings_around_midnight_are_of_the_days_that_the_account_shows() {
    let app = app();
    let admin = app.login("admin_bcp");
    // Scheduled at midnight in Lima, and some minutes early or late.
    let known = "hora,seguidores\n2025-12-31 23:57,10\n2026-01-02 00:02,20\n2026-01-02 23:59,30\n";
    let _ = admin.post_csv(PATH, known).expect(200);
    let file = "hora,seguidores\n2026-01-02 23:59,31\n2026-01-03 23:56,40\n";
    let told = admin.post_csv(TRIAL, file).expect(200).clone();
    let preview = json!([
        {"fecha": "2026-01-03", "seguidores": 31, "stored": 30, "outcome": "changed"},
        {"fecha": "2026-01-04", "seguidores": 40, "stored": null, "outcome": "new"},
    ]);
    assert_eq!(told["preview"], preview);
    let _ = admin.post_csv(PATH, file).expect(200);
    let days = admin.get("/accounts/BCPComunica/daily").expect(200)["days"].as_array().unwrap().clone();
    let shown: Vec<_> = days.iter().map(|day| fields(day, &["fecha", "seguidores"])).collect();
    assert_eq!(shown[2..], [[json!("2026-01-03"), json!(31)], [json!("2026-01-04"), json!(40)]]);
}

#[test]
fn of_very_many_days_the_newest_are_shown() {
    let app = app();
    let first = chrono::NaiveDate::from_ymd_opt(2010, 1, 1).unwrap();
    let rows: Vec<_> = (0..4_100).map(|day| format!("{},5\n", first + chrono::Days::new(day))).collect();
    let rows = rows.concat();
    let told = app.login("admin_bcp").post_csv(TRIAL, format!("fecha,valor\n{rows}")).expect(200).clone();
    let preview = told["preview"].as_array().unwrap();
    assert_eq!((preview.len(), &told["would_insert"]), (4_000, &json!(4_100)));
    assert_eq!(preview[0]["fecha"], (first + chrono::Days::new(100)).to_string());
}

#[test]
fn rows_that_break_a_rule_are_left_out_and_told_where_that_is_asked() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = admin.post_csv(PATH, MIXED).problem(422, "VALIDATION_FAILED");
    assert!(stored(&admin).is_empty(), "all or nothing, unless it is asked for");
    let did = admin.post_csv(SKIP, MIXED).expect(200).clone();
    assert_eq!(fields(&did, &["inserted", "updated", "unchanged", "skipped"]), [2, 0, 0, 4].map(|n| json!(n)));
    assert_eq!((did["errors"].as_array().unwrap().len(), &did["errors_total"]), (4, &json!(4)));
    assert_eq!(did["errors"][0]["text"], "2026-01-02,15O112,2,b");
    let followers: Vec<_> = stored(&admin).iter().map(|row| row["seguidores"].clone()).collect();
    assert_eq!(followers, [json!(100), json!(105)], "of two rows of one time the first is stored");
    let entries = admin.get("/audit?action=observations_recorded").expect(200)["entries"].clone();
    assert_eq!(entries[0]["target"], "BCPComunica: 2 inserted, 0 updated, 4 skipped");
    let sound = admin.post(SKIP, &days_of_january(&[1])).expect(200).clone();
    assert_eq!(fields(&sound, &["skipped", "errors", "errors_total"]), [json!(0), json!([]), json!(0)]);
    let mixed =
        json!({"observations": [{"hora": "2026-02-01", "seguidores": -1}, {"hora": "2026-02-02", "seguidores": 5}]});
    let did = admin.post(SKIP, &mixed).expect(200).clone();
    assert_eq!(fields(&did, &["inserted", "skipped"]), [json!(1), json!(1)]);
    assert_eq!(did["errors"][0]["field"], "observations[0].seguidores");
}

#[test]
fn a_file_without_a_sound_row_or_end_is_refused_also_where_rows_are_left_out() {
    let app = app();
    let admin = app.login("admin_bcp");
    let refused = |file: &str| {
        assert_eq!(admin.post_csv(SKIP_TRIAL, file.to_owned()).expect(200)["accepted"], false);
        admin.post_csv(SKIP, file.to_owned()).broken_rules()
    };
    assert_eq!(refused("hora,seguidores\n2026-01-01,x\n"), ["seguidores: not_a_count"]);
    assert_eq!(refused("nota,seguidores\na,5\n"), ["hora: missing_column"]);
    assert_eq!(refused("fecha,hora,seguidores\n2026-01-01,10:00,5\n"), ["hora: repeated_column"]);
    let endless = format!("hora,seguidores\n2026-01-01,5\n{}\n", "x".repeat(1 << 20 | 1));
    assert_eq!(refused(&endless), ["file: malformed"]);
    assert!(stored(&admin).is_empty());
    let wrong = admin.post_csv(&format!("{PATH}?skip_invalid=si"), MIXED).broken_rules();
    assert_eq!(wrong, ["skip_invalid: unknown_value"]);
}

#[test]
fn a_key_of_one_upload_is_none_of_the_same_bytes_under_other_rules() {
    let app = app();
    let admin = app.login("admin_bcp").with("idempotency-key", "k-1").english();
    let first = admin.post_csv(SKIP, MIXED);
    let _ = first.expect(200);
    assert_eq!(first.header("content-language"), "en");
    let repeat = admin.post_csv(SKIP, MIXED);
    assert_eq!((repeat.header("idempotency-replayed"), &repeat.json), ("true", &first.json));
    let _ = admin.post_csv(PATH, MIXED).problem(422, "IDEMPOTENCY_KEY_REUSED");
}

/// A line of a file: mostly sound, at few different times, so that rows change what others stored.
fn line() -> impl Strategy<Value = String> {
    let day = prop_oneof![
        8 => (1..12_u32).prop_map(|day| format!("2026-01-{day:02}")),
        1 => prop::sample::select(&["2026-01-32", "2027-05-01", "1999-12-31"]).prop_map(str::to_owned),
    ];
    let hour = prop::sample::select(&["", " 08:00", " 23:30"]);
    let count = prop_oneof![
        8 => (0..5_u32).prop_map(|count| count.to_string()),
        1 => prop::sample::select(&["x", ""]).prop_map(str::to_owned),
    ];
    let posts = prop::sample::select(&["", "", "", "", "7", "many"]);
    (day, hour, count, posts).prop_map(|(day, hour, count, posts)| format!("{day}{hour},{count},{posts}\n"))
}

fn counts(reply: &Reply, names: [&str; 5]) -> Vec<Value> {
    fields(&reply.json, &names)
}

/// The last followers of each day of Lima, as they are stored.
fn closes(client: &Client) -> Vec<(String, Value)> {
    let mut closes: Vec<(String, Value)> = Vec::new();
    for row in stored(client) {
        let at: chrono::DateTime<chrono::Utc> = row["hora"].as_str().unwrap().parse().unwrap();
        let day = (at - chrono::TimeDelta::hours(5)).date_naive().to_string();
        match closes.last_mut() {
            Some((last, followers)) if *last == day => *followers = row["seguidores"].clone(),
            _ => closes.push((day, row["seguidores"].clone())),
        }
    }
    closes
}

#[test]
fn what_a_dry_run_accepts_an_upload_stores_with_the_same_counts() {
    let app = app();
    let admin = app.login("admin_bcp");
    let files = (prop::collection::vec(line(), 0..12), any::<bool>());
    let mut runner = TestRunner::new(Config { cases: 64, failure_persistence: None, ..Config::default() });
    let judged = runner.run(&files, |(lines, skips)| {
        let file = format!("fecha,seguidores,tweets\n{}", lines.concat());
        let (trial, path) = if skips { (SKIP_TRIAL, SKIP) } else { (TRIAL, PATH) };
        let before = closes(&admin);
        let tried = admin.post_csv(trial, file.clone());
        let _ = tried.expect(200);
        let did = admin.post_csv(path, file.clone());
        if tried.json["accepted"] == false {
            let _ = did.problem(422, "VALIDATION_FAILED");
            prop_assert_eq!(closes(&admin), before);
            return Ok(());
        }
        let _ = did.expect(200);
        let told = counts(&tried, ["would_insert", "would_update", "unchanged", "skipped", "errors_total"]);
        let mut done = counts(&did, ["inserted", "updated", "unchanged", "skipped", "errors_total"]);
        if !skips {
            done[3..].fill(json!(0));
        }
        prop_assert_eq!(&told, &done);
        if skips {
            prop_assert_eq!(&tried.json["errors"], &did.json["errors"]);
        }
        let after = closes(&admin);
        let differ: Vec<_> = after.iter().filter(|close| !before.contains(close)).cloned().collect();
        let preview = tried.json["preview"].as_array().unwrap();
        let shown: Vec<_> =
            preview.iter().map(|day| (day["fecha"].as_str().unwrap().to_owned(), day["seguidores"].clone())).collect();
        prop_assert_eq!(shown, differ);
        let again = admin.post_csv(trial, file);
        prop_assert_eq!(
            fields(&again.json, &["would_insert", "would_update", "preview"]),
            [json!(0), json!(0), json!([])]
        );
        Ok(())
    });
    judged.unwrap();
}
