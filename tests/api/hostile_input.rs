//! Values at the ends of what types hold: a clear refusal, never a fault.

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{TestApp, bank};
use reqwest::Method;
use serde_json::json;

use crate::odd::{ENCODED, NUMBERS, TIMES, encoded};

const UPLOAD: &str = "/accounts/BCPComunica/observations";

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").trained_account("BCPComunica", daily_history(60, 396_000)))
}

#[test]
fn times_at_the_ends_of_time_are_no_fault() {
    let app = app();
    let admin = app.login("admin_bcp");
    for time in TIMES {
        let encoded = encoded(time);
        for path in [
            format!("{UPLOAD}?from={encoded}"),
            format!("{UPLOAD}?to={encoded}"),
            format!("{UPLOAD}?cursor={encoded}"),
            format!("/regression/predict/BCPComunica?fecha={encoded}"),
        ] {
            let reply = admin.get(&path);
            assert!(reply.status < 500, "{path}: {}", reply.text());
        }
        let reply = admin.post(UPLOAD, &json!({"observations": [{"hora": time, "seguidores": 5}]}));
        assert!(reply.status < 500, "{time}: {}", reply.text());
        let reply = admin.post_csv(UPLOAD, format!("hora,seguidores\n{time},5\n"));
        assert!(reply.status < 500, "{time}: {}", reply.text());
    }
}

#[test]
fn numbers_at_the_ends_of_their_types_are_no_fault() {
    let app = app().with_superadmin("root");
    let (admin, root) = (app.login("admin_bcp"), app.login("root"));
    for number in NUMBERS.map(encoded) {
        for path in [
            format!("/auth/users/{number}"),
            format!("/auth/users?cursor={number}"),
            format!("/auth/users?limit={number}"),
            format!("/auth/users?empresa_id={number}"),
            format!("{UPLOAD}?cursor={number}"),
            format!("/accounts?cursor={number}&empresa_id={number}"),
        ] {
            for client in [&admin, &root] {
                let reply = client.get(&path);
                assert!(reply.status < 500, "{path}: {}", reply.text());
            }
        }
        let _ = root.get(&format!("/companies/{number}")).problem(404, "COMPANY_NOT_FOUND");
        let reply =
            root.post("/accounts", &json!({"cuenta": "a", "nombre": "a", "empresa_id": number.parse::<i64>().ok()}));
        assert!((400..500).contains(&reply.status), "{number}: {}", reply.text());
    }
}

#[test]
fn a_superadmin_who_names_a_bank_that_does_not_exist_makes_nothing() {
    let app = app().with_superadmin("root");
    let root = app.login("root");
    let user = json!({"username": "nueva", "password": "Otra-Clave-2026", "empresa_id": 999_999});
    for reply in [
        root.post("/auth/register", &user),
        root.post("/accounts", &json!({"cuenta": "a", "nombre": "a", "empresa_id": 999_999})),
    ] {
        assert!((400..500).contains(&reply.status), "{}", reply.text());
    }
}

#[test]
fn paths_that_are_no_text_are_no_fault() {
    let app = app();
    let admin = app.login("admin_bcp");
    for handle in ENCODED.into_iter().chain(["%F0%9F%92%A9", "@", "@@a"]) {
        for path in [
            format!("/accounts/{handle}"),
            format!("/regression/predict/{handle}?fecha=2026-09-01"),
            format!("/auth/users/{handle}"),
            format!("/docs/{handle}"),
        ] {
            let reply = admin.get(&path);
            assert!((400..500).contains(&reply.status), "{path}: {} {}", reply.status, reply.text());
            assert_eq!(reply.header("content-type"), "application/problem+json", "{path}");
        }
    }
}

#[test]
fn json_that_is_deep_wide_or_repeated_is_no_fault() {
    let app = app();
    let admin = app.login("admin_bcp");
    let deep = "[".repeat(100_000);
    let _ = admin.send(Method::POST, UPLOAD, "application/json", deep).problem(400, "UNREADABLE_BODY");
    let huge = r#"{"observations":[{"hora":"2026-01-01T00:00:00Z","seguidores":1e400}]}"#;
    let _ = admin.send(Method::POST, UPLOAD, "application/json", huge).problem(400, "UNREADABLE_BODY");
    let surrogate = r#"{"username":"\ud800"}"#;
    let _ =
        admin.send(Method::POST, "/regression/train", "application/json", surrogate).problem(400, "UNREADABLE_BODY");
    let weights = (0..5_000).map(|index| format!("\"m{index}\":1")).collect::<Vec<_>>().join(",");
    let many = format!(r#"{{"username":"BCPComunica","metric_weights":{{{weights}}}}}"#);
    assert_eq!(admin.send(Method::POST, "/regression/train", "application/json", many).status, 422);
}

#[test]
fn a_csv_of_nothing_but_quotes_is_no_fault() {
    let app = app();
    let admin = app.login("admin_bcp");
    for csv in ["\"", "\"\"\"\"\n\"", "\r\n\r\n", "hora,seguidores\n\"2026-01-01"] {
        let reply = admin.post_csv(UPLOAD, csv.to_owned());
        assert_eq!(reply.status, 422, "{}", reply.text());
    }
    // Spreadsheets leave rows of empty cells at the end.
    let blank = admin.post_csv(UPLOAD, "hora,seguidores\n,\n".to_owned());
    assert_eq!(blank.expect(200)["inserted"], 0);
}

#[test]
fn an_answer_to_a_body_full_of_mistakes_stays_small() {
    let app = app();
    let admin = app.login("admin_bcp");
    let columns = format!("hora,seguidores{}\n", ",x".repeat(100_000));
    let rows = format!(r#"{{"observations":[{}]}}"#, vec![r#"{"hora":"","seguidores":-1}"#; 36_000].join(","));
    let names = (0..60_000).map(|index| format!("\"m{index}\":1")).collect::<Vec<_>>().join(",");
    let weights = format!(r#"{{"username":"BCPComunica","metric_weights":{{{names}}}}}"#);
    for reply in [
        admin.post_csv(UPLOAD, columns),
        admin.send(Method::POST, UPLOAD, "application/json", rows),
        admin.send(Method::POST, "/regression/train", "application/json", weights),
    ] {
        assert_eq!(reply.status, 422);
        assert!(reply.bytes.len() < 200_000, "an answer of {} bytes", reply.bytes.len());
    }
}
