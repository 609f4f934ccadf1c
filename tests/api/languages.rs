//! Answers with texts for people: in the language of their reader, whoever was answered before.

use atalaya_domain::forecast::Warning;
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, Reply, TestApp, bank};
use atalaya_texts::{Language, warning};
use serde_json::{Value, json};

const FORECAST: &str = "/regression/predict/BCPComunica?fecha=2026-09-01";

/// A bank whose answers carry the warning that there is little history.
fn app() -> TestApp {
    TestApp::start().with(bank("BCP").trained_account("BCPComunica", daily_history(38, 396_000)))
}

/// The answer's warnings have their texts in that language, and its head says so.
fn assert_told_in(reply: &Reply, language: Language) {
    let answer = reply.json.get("results").map_or(&reply.json, |results| &results[0]);
    let codes = answer["warnings"].as_array().unwrap_or_else(|| panic!("{answer}"));
    let told = |code: &Value| {
        let known = Warning::ALL.iter().find(|known| code == known.code()).unwrap();
        json!({"code": code, "message": warning(language, *known)})
    };
    assert!(codes.contains(&json!("SHORT_HISTORY")), "{answer}");
    assert_eq!(answer["warning_texts"], Value::from_iter(codes.iter().map(told)));
    assert_eq!(reply.header("content-language"), language.tag());
    assert!(varies_by_language(reply));
}

fn varies_by_language(reply: &Reply) -> bool {
    reply.headers.get_all("vary").iter().any(|names| names.to_str().unwrap().contains("accept-language"))
}

#[test]
fn warnings_come_with_texts_in_the_language_of_each_reader() {
    let app = app();
    let spanish = app.login("admin_bcp");
    let ask = |client: &Client| {
        let (asked, items) =
            (json!({"fecha": "2026-09-01"}), json!([{"username": "BCPComunica", "fecha": "2026-09-01"}]));
        vec![
            client.get(FORECAST),
            client.get(&format!("{FORECAST}&version=1")),
            client.post("/regression/predict/BCPComunica", &asked),
            client.post("/regression/predict-batch", &json!({"items": items})),
            client.post("/regression/forecast/BCPComunica", &json!({"h": 3})),
            client.get("/regression/goal/BCPComunica?seguidores=500000"),
            client.get("/regression/company-forecast?fecha=2026-09-01"),
            client.get("/regression/metrics/BCPComunica"),
            client.get("/regression/model-info/BCPComunica"),
            client.post("/regression/train", &json!({"username": "BCPComunica", "models": ["ridge"]})),
        ]
    };
    for reply in ask(&spanish) {
        assert_told_in(&reply, Language::Spanish);
    }
    for reply in ask(&spanish.clone().english()) {
        assert_told_in(&reply, Language::English);
    }
}

#[test]
fn a_remembered_answer_is_of_the_language_that_it_is_asked_in() {
    let app = app();
    let spanish = app.login("admin_bcp");
    let english = spanish.clone().english();
    for _ in 0..2 {
        let (first, second) = (spanish.get(FORECAST), english.get(FORECAST));
        assert_told_in(&first, Language::Spanish);
        assert_told_in(&second, Language::English);
        assert_ne!(first.header("etag"), second.header("etag"));
        let stale = english.clone().with("if-none-match", first.header("etag"));
        assert_told_in(&stale.get(FORECAST), Language::English);
        let current = english.clone().with("if-none-match", second.header("etag")).get(FORECAST);
        assert_eq!(current.status, 304, "the client has it in its language");
        assert!(varies_by_language(&current));
    }
}

#[test]
fn a_repeat_is_told_in_which_language_its_first_answer_was() {
    let app = app();
    let spanish = app.login("admin_bcp").with("idempotency-key", "k-1");
    let train = |client: &Client| client.post("/regression/train", &json!({"username": "BCPComunica", "models": []}));
    let first = train(&spanish);
    assert_told_in(&first, Language::Spanish);
    let repeat = train(&spanish.english());
    assert_eq!((repeat.header("idempotency-replayed"), &repeat.json), ("true", &first.json));
    assert_told_in(&repeat, Language::Spanish);
}

#[test]
fn answers_with_other_texts_name_their_language() {
    let app = app();
    let english = app.login("admin_bcp").english();
    let trial = "/accounts/BCPComunica/observations?dry_run=true";
    let sound = json!({"observations": [{"hora": "2026-08-01", "seguidores": 5}]});
    for reply in [
        english.get("/regression/accuracy/BCPComunica"),
        english.get("/jobs"),
        english.get("/health"),
        english.post(trial, &sound),
        english.delete("/regression/model/BCPComunica"),
    ] {
        let _ = reply.expect(200);
        assert_eq!(reply.header("content-language"), "en");
        assert!(varies_by_language(&reply));
    }
    let numbers = english.get("/regression/available-accounts");
    let _ = numbers.expect(200);
    assert_eq!(numbers.header("content-language"), "", "no texts for people in it");
}

/// No answer has codes of warnings and no words for them.
#[test]
fn every_answer_with_warnings_has_their_texts() {
    let document: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    let warning = |name: &&String| schemas[*name]["properties"].get("warnings").is_some();
    let with_warnings: Vec<_> = schemas.keys().filter(warning).collect();
    assert!(with_warnings.len() >= 7, "{with_warnings:?}");
    for name in with_warnings {
        assert!(schemas[name]["properties"].get("warning_texts").is_some(), "{name}");
    }
}
