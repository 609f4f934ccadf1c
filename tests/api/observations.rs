//! Observations: JSON and CSV, up and down.

use atalaya_tests::fixtures::{daily_history, days_of_january, upload};
use atalaya_tests::{Client, TestApp, bank};
use reqwest::Method;
use serde_json::{Value, json};

const PATH: &str = "/accounts/BCPComunica/observations";

fn app() -> TestApp {
    let bcp = bank("BCP").account("BCPComunica").user("ursula", &["BCPComunica"]).viewer("vera", &["BCPComunica"]);
    TestApp::start().with(bcp)
}

fn stored(client: &Client) -> Value {
    client.get(PATH).expect(200)["observations"].clone()
}

#[test]
fn a_json_upload_is_told_what_it_did() {
    let app = app();
    let admin = app.login("admin_bcp");
    let outcome = |body: &Value| admin.post(PATH, body).expect(200).clone();
    let did = |inserted, updated, unchanged| json!({"inserted": inserted, "updated": updated, "unchanged": unchanged});
    assert_eq!(outcome(&days_of_january(&[10, 20, 30])), did(3, 0, 0));
    assert_eq!(outcome(&days_of_january(&[10, 25, 30, 40])), did(1, 1, 2));
    assert_eq!(outcome(&json!({"observations": []})), did(0, 0, 0));
    let followers: Vec<_> =
        stored(&admin).as_array().unwrap().iter().map(|row| row["seguidores"].as_u64().unwrap()).collect();
    assert_eq!(followers, [10, 25, 30, 40]);
}

#[test]
fn what_was_uploaded_is_read_back_whole() {
    let app = app();
    let body = upload(&daily_history(50, 396_000));
    let _ = app.login("ursula").post(PATH, &body).expect(200);
    assert_eq!(stored(&app.login("vera")), body["observations"]);
}

#[test]
fn all_rows_are_stored_or_none() {
    let app = app();
    let admin = app.login("admin_bcp");
    let mut body = days_of_january(&[10, 20, 30]);
    body["observations"].as_array_mut().unwrap().push(json!({"hora": "2077-01-01T00:00:00Z", "seguidores": 5}));
    assert_eq!(admin.post(PATH, &body).broken_rules(), ["observations[3].hora: too_far_ahead"]);
    assert_eq!(stored(&admin), json!([]));
}

#[test]
fn a_csv_goes_up_comes_down_and_goes_up_unchanged() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = admin.post(PATH, &upload(&daily_history(1_500, 396_000))).expect(200);
    let down = admin.clone().with("accept", "text/csv").get(PATH);
    assert_eq!(down.header("content-type"), "text/csv; charset=utf-8");
    assert!(down.text().starts_with("hora,seguidores,tweets,siguiendo\n"));
    assert_eq!(down.text().lines().count(), 1_501, "a CSV without limit holds everything");
    let up = admin.post_csv(PATH, down.bytes.clone());
    assert_eq!(up.expect(200)["unchanged"], 1_500);
    let page = admin.clone().with("accept", "text/csv").get(&format!("{PATH}?limit=2"));
    assert_eq!(page.text().lines().count(), 3);
}

#[test]
fn files_with_the_older_headers_are_read() {
    let app = app();
    let admin = app.login("admin_bcp");
    let csv = "Hora,Usuario,Seguidores,Tweets,Following\r\n\
               2026-07-09 07:18:22,@BCPComunica,396205.0,90123,1365\r\n\
               2026-07-09 08:18:22,BCPComunica,396206,,\r\n";
    let _ = admin.post_csv(PATH, csv).expect(200);
    let expected = json!([
        {"hora": "2026-07-09T12:18:22Z", "seguidores": 396_205, "tweets": 90_123, "siguiendo": 1_365},
        {"hora": "2026-07-09T13:18:22Z", "seguidores": 396_206, "tweets": null, "siguiendo": null},
    ]);
    assert_eq!(stored(&admin), expected);
}

#[test]
fn semicolons_and_a_byte_order_mark_are_what_spreadsheets_write() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = admin.post_csv(PATH, "\u{feff}hora;seguidores\n2026-01-01 10:00:00;5\n").expect(200);
    assert_eq!(stored(&admin)[0]["hora"], "2026-01-01T15:00:00Z");
}

#[test]
fn what_a_peruvian_spreadsheet_writes_is_read() {
    let app = app();
    let admin = app.login("admin_bcp");
    let text =
        "sep=;\r\nHora;Seguidores;Tweets\r\n31/01/2026 23:59;1.234.567;5,00\r\n01/02/2026 23:59;12.345;\r\n;;\r\n";
    let utf_16: Vec<u8> = std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let _ = admin.post_csv(PATH, utf_16).expect(200);
    let expected = json!([
        {"hora": "2026-02-01T04:59:00Z", "seguidores": 1_234_567, "tweets": 5, "siguiendo": null},
        {"hora": "2026-02-02T04:59:00Z", "seguidores": 12_345, "tweets": null, "siguiendo": null},
    ]);
    assert_eq!(stored(&admin), expected);
    let doubtful = "hora;seguidores\n01/02/2026;12,000\n";
    let rules = ["hora: ambiguous_date", "seguidores: ambiguous_number"];
    assert_eq!(admin.post_csv(PATH, doubtful).broken_rules(), rules);
    let told = format!("{PATH}?formato=dd/mm/yyyy");
    assert_eq!(admin.post_csv(&told, "hora;seguidores\n01/02/2026;12\n").expect(200)["inserted"], 1);
    let wrong = admin.post_csv(&format!("{PATH}?formato=ddmm&dry_run=yes"), doubtful).broken_rules();
    assert_eq!(wrong, ["formato: unknown_value", "dry_run: unknown_value"]);
}

#[test]
fn a_time_and_a_value_are_an_accounts_followers_whatever_their_names() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = admin.post_csv(PATH, "hora,seguidores\n2026-01-01,5\n2026-01-02,6\n").expect(200);
    for header in ["ds,y", "fecha,valor", "date,value", "FECHA,Seguidores", "\u{feff}D\u{ed}a , Followers"] {
        let up = admin.post_csv(PATH, format!("{header}\n2026-01-01,5\n2026-01-02,6\n"));
        assert_eq!(up.expect(200)["unchanged"], 2, "{header}");
    }
    assert_eq!(admin.post_csv(PATH, "Fecha;Seguidores\n2026-01-01;5\n").expect(200)["unchanged"], 1);
    assert_eq!(admin.post_csv(PATH, "ds\ty\n2026-01-01\t5\n").expect(200)["unchanged"], 1);
    let wrong = admin.post_csv(PATH, "Fecha;Valor\nayer;5\n");
    assert_eq!(wrong.broken_rules(), ["hora: invalid_time"]);
    assert_eq!(wrong.json["errors"][0]["column"], "Fecha", "a person looks for the name that is in the file");
}

#[test]
fn json_and_csv_agree_on_whole_numbers() {
    let app = app();
    let admin = app.login("admin_bcp");
    let json = r#"{"observations":[{"hora":"2026-01-01","seguidores":5.0,"tweets":5.00,"siguiendo":5}]}"#;
    let body: Value = serde_json::from_str(json).unwrap();
    let _ = admin.post(PATH, &body).expect(200);
    let csv = "hora,seguidores,tweets,siguiendo\n2026-01-01,5.0,5.00,5\n";
    assert_eq!(admin.post_csv(PATH, csv).expect(200)["unchanged"], 1);
    let half = json!({"observations": [{"hora": "2026-01-01", "seguidores": 5.5}]});
    assert_eq!(admin.post(PATH, &half).broken_rules(), ["observations[0].seguidores: wrong_type"]);
}

#[test]
fn a_dry_run_tells_what_an_upload_would_do_and_stores_nothing() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = admin.post(PATH, &days_of_january(&[10, 20])).expect(200);
    let (before, trial) = (stored(&admin), format!("{PATH}?dry_run=true"));
    let audited = |client: &Client| {
        let entries = client.get("/audit").expect(200)["entries"].as_array().unwrap().clone();
        entries.iter().filter(|entry| entry["action"] == "observations_recorded").count()
    };
    let entries = audited(&admin);
    let told = admin.post(&trial, &days_of_january(&[10, 25, 30])).expect(200).clone();
    assert_eq!((&told["would_insert"], &told["would_update"], &told["unchanged"]), (&json!(1), &json!(1), &json!(1)));
    assert_eq!((&told["errors"], &told["errors_total"]), (&json!([]), &json!(0)));
    let broken: String = (0..1_200).map(|_| "31/01/2026;x\n").collect();
    let csv = format!("hora;seguidores\n30/01/2026;1.234,00\n30/01/2026;5\n{broken}");
    let told = admin.post_csv(&trial, csv).expect(200).clone();
    assert_eq!((&told["would_insert"], &told["errors_total"]), (&json!(1), &json!(1_201)));
    assert_eq!(told["errors"].as_array().unwrap().len(), 1_000);
    let first = &told["errors"][0];
    assert_eq!(
        (&first["line"], &first["column"], &first["code"]),
        (&json!(3), &json!("hora"), &json!("duplicate_time"))
    );
    assert_eq!((&told["from"], &told["until"]), (&json!("2026-01-30T05:00:00Z"), &json!("2026-01-30T05:00:00Z")));
    assert_eq!(told["columns"], json!(["hora", "seguidores"]));
    let formats = json!([{"column": "hora", "format": "dd/mm/yyyy"}, {"column": "seguidores", "format": "1.234,5"}]);
    assert_eq!(told["formats"], formats);
    assert_eq!((stored(&admin), audited(&admin)), (before, entries));
    let _ = app.login("vera").post(&trial, &days_of_january(&[1])).problem(403, "ROLE_FORBIDDEN");
}

#[test]
fn the_hour_that_comes_twice_is_stored_twice() {
    let app = TestApp::start().with(bank("BCP"));
    let admin = app.login("admin_bcp");
    let santiago = json!({"cuenta": "chile", "nombre": "Chile", "zona_horaria": "America/Santiago"});
    let _ = admin.post("/accounts", &santiago).expect(201);
    let rows = "hora,seguidores\n2026-04-04 22:00,1\n2026-04-04 23:00,2\n2026-04-04 23:00,3\n2026-04-05 00:00,4\n";
    assert_eq!(admin.post_csv("/accounts/chile/observations", rows).expect(200)["inserted"], 4);
}

#[test]
fn a_file_of_another_account_is_refused_by_line() {
    let app = app();
    let admin = app.login("admin_bcp");
    let csv = "Hora,Usuario,Seguidores\n2026-01-01 10:00,@BCPComunica,5\n2026-01-02 10:00,@bbva_peru,5\n";
    let reply = admin.post_csv(PATH, csv);
    assert_eq!(reply.broken_rules(), ["usuario: wrong_account"]);
    assert_eq!((&reply.json["errors"][0]["line"], &reply.json["errors"][0]["column"]), (&json!(3), &json!("usuario")));
    assert_eq!(stored(&admin), json!([]));
}

#[test]
fn headers_that_are_missing_unknown_or_repeated_are_named() {
    let app = app();
    let admin = app.login("admin_bcp");
    for (csv, rules) in [
        ("", vec!["hora: missing_column", "seguidores: missing_column"]),
        ("hora,likes\n", vec!["likes: unknown_column", "seguidores: missing_column"]),
        ("hora,seguidores,Hora\n", vec!["Hora: repeated_column"]),
        ("hora,seguidores\n2026-01-01\n", vec!["file: wrong_field_count"]),
    ] {
        assert_eq!(admin.post_csv(PATH, csv).broken_rules(), rules, "{csv:?}");
    }
    assert_eq!(admin.post_csv(PATH, b"hora,seguidores\n\x81,5\n".as_slice()).broken_rules(), ["file: not_utf8"]);
}

#[test]
fn a_time_without_zone_is_on_the_accounts_clocks() {
    let app = app();
    let admin = app.login("admin_bcp");
    let at = |time: &str| {
        let _ = admin.delete(&format!("{PATH}?from=2000-01-02")).expect(200);
        let body = json!({"observations": [{"hora": time, "seguidores": 5}]});
        let _ = admin.post(PATH, &body).expect(200);
        stored(&admin)[0]["hora"].as_str().unwrap().to_owned()
    };
    assert_eq!(at("2026-01-01 10:00:00"), "2026-01-01T15:00:00Z", "the bank's clocks");
    let _ = admin.patch("/accounts/BCPComunica", &json!({"zona_horaria": "Europe/Madrid"})).expect(200);
    assert_eq!(at("2026-01-01T10:00:00"), "2026-01-01T09:00:00Z", "the account's own clocks");
    assert_eq!(at("2026-01-01T10:00:00.123456789+03:00"), "2026-01-01T07:00:00.123456Z");
    assert_eq!(at("2026-01-01"), "2025-12-31T23:00:00Z");
}

#[test]
fn pages_follow_one_another_by_their_cursor() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = admin.post(PATH, &days_of_january(&[1, 2, 3, 4, 5])).expect(200);
    let mut seen = Vec::new();
    let mut next = format!("{PATH}?limit=2");
    loop {
        let page = admin.get(&next);
        let rows = page.expect(200)["observations"].as_array().unwrap();
        seen.extend(rows.iter().map(|row| row["seguidores"].as_u64().unwrap()));
        let Some(cursor) = page.json["next_cursor"].as_str() else { break };
        next = format!("{PATH}?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, [1, 2, 3, 4, 5]);
}

#[test]
fn bounds_are_dates_or_times_and_include_both_ends() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = admin.post(PATH, &days_of_january(&[1, 2, 3, 4, 5])).expect(200);
    let between = |query: &str| -> Vec<u64> {
        let rows = admin.get(&format!("{PATH}?{query}")).expect(200)["observations"].clone();
        rows.as_array().unwrap().iter().map(|row| row["seguidores"].as_u64().unwrap()).collect()
    };
    assert_eq!(between("from=2026-01-02&to=2026-01-04"), [2, 3, 4]);
    assert_eq!(between("from=2026-01-04T12:00:00Z"), [4, 5]);
    assert_eq!(between("to=2026-01-02T12:00:00Z"), [1, 2]);
    assert_eq!(between("from=2026-01-04&to=2026-01-04"), [4]);
    for backwards in ["from=2026-01-05&to=2026-01-04", "from=2026-01-04T12:00:00Z&to=2026-01-04T11:59:59Z"] {
        let path = format!("{PATH}?{backwards}");
        assert_eq!(admin.get(&path).broken_rules(), ["from: after_to"]);
        assert_eq!(admin.ask(Method::DELETE, &path).broken_rules(), ["from: after_to"]);
    }
    let broken = admin.get(&format!("{PATH}?from=2026-02-30&to=x")).broken_rules();
    assert_eq!(broken, ["from: invalid_time", "to: invalid_time"]);
}

#[test]
fn deleting_needs_a_bound_and_an_administrator() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = admin.post(PATH, &days_of_january(&[1, 2, 3, 4, 5])).expect(200);
    assert_eq!(admin.delete(PATH).broken_rules(), ["from: missing"]);
    let _ = app.login("ursula").delete(&format!("{PATH}?from=2026-01-01")).problem(403, "ROLE_FORBIDDEN");
    assert_eq!(stored(&admin).as_array().unwrap().len(), 5);
    let deleted = admin.delete(&format!("{PATH}?from=2026-01-02&to=2026-01-03"));
    assert_eq!(deleted.expect(200), &json!({"deleted": 2}));
    assert_eq!(stored(&admin).as_array().unwrap().len(), 3);
}

#[test]
fn a_user_uploads_to_what_is_assigned_and_a_viewer_to_nothing() {
    let app = app();
    let body = days_of_january(&[1]);
    let _ = app.login("ursula").post(PATH, &body).expect(200);
    let _ = app.login("vera").post(PATH, &body).problem(403, "ROLE_FORBIDDEN");
}

#[test]
fn uploads_at_once_lose_nothing() {
    let app = app();
    let user = app.login("ursula");
    std::thread::scope(|scope| {
        for writer in 0..8 {
            let user = &user;
            scope.spawn(move || {
                for row in 0..10 {
                    let hora = format!("2026-01-{:02}T{:02}:00:00Z", writer + 1, row);
                    let body = json!({"observations": [{"hora": hora, "seguidores": 5}]});
                    assert_eq!(user.post(PATH, &body).expect(200)["inserted"], 1);
                }
            });
        }
    });
    assert_eq!(stored(&user).as_array().unwrap().len(), 80);
}

#[test]
fn a_day_is_as_long_as_clocks_make_it() {
    let app = TestApp::start().with(bank("BCP"));
    let admin = app.login("admin_bcp");
    let london = json!({"cuenta": "london", "nombre": "London", "zona_horaria": "Europe/London"});
    let _ = admin.post("/accounts", &london).expect(201);
    let path = "/accounts/london/observations";
    let rows = "hora,seguidores\n2025-10-26 23:30:00,7\n2025-03-31 00:30:00,8\n";
    let _ = admin.post_csv(path, rows).expect(200);
    let long = admin.get(&format!("{path}?from=2025-10-26&to=2025-10-26")).expect(200).clone();
    assert_eq!(long["observations"][0]["seguidores"], 7);
    assert_eq!(admin.delete(&format!("{path}?from=2025-03-30&to=2025-03-30")).expect(200)["deleted"], 0);
}
