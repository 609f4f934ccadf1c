//! Answers with texts for people: in the language of their reader, whoever was answered before.

use std::collections::BTreeSet;

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
    assert_eq!(answer["warning_texts"], codes.iter().map(told).collect::<Value>());
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

/// What a bank's employee reads quotes no name of the wire: programs read those in `field` and in the document.
#[test]
fn no_text_quotes_a_name_of_the_wire() {
    fn names(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(object) => {
                if let Some(name) = object.get("name").and_then(Value::as_str) {
                    found.insert(name.to_owned());
                }
                if let Some(properties) = object.get("properties").and_then(Value::as_object) {
                    found.extend(properties.keys().cloned());
                }
                object.values().for_each(|value| names(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| names(value, found)),
            _ => {}
        }
    }
    let mut known = BTreeSet::new();
    names(&serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap(), &mut known);
    assert!(known.contains("next_cursor") && known.contains("formato"), "{known:?}");
    for texts in [include_str!("../../crates/texts/locales/es.yml"), include_str!("../../crates/texts/locales/en.yml")]
    {
        for line in texts.lines() {
            let quoted = line.split('«').skip(1).filter_map(|rest| Some(rest.split_once('»')?.0));
            for word in quoted {
                assert!(!known.contains(word), "{line}");
            }
        }
    }
}

#[test]
fn a_refusal_names_the_header_and_says_what_is_right() {
    let app = app();
    let admin = app.login("admin_bcp");
    let keyed = admin.clone().with("idempotency-key", "x".repeat(201));
    let refused = keyed.post("/regression/predict-batch", &json!({"items": []}));
    let problem = refused.problem(400, "UNREADABLE_HEADER");
    assert_eq!(problem["detail"], "El encabezado «Idempotency-Key» no es válido.");
    let told =
        |reply: &Reply| reply.problem(422, "VALIDATION_FAILED")["errors"][0]["message"].as_str().unwrap().to_owned();
    for (body, message) in [
        (json!({"username": 7}), "El tipo de dato no es el esperado: debe ser un texto."),
        (
            json!({"username": "ana", "password": "x", "cuentas": "a"}),
            "El tipo de dato no es el esperado: debe ser una lista.",
        ),
        (json!([]), "El tipo de dato no es el esperado: debe ser un objeto."),
        (
            json!({"username": "ana", "password": "x", "empresa_id": "1"}),
            "El tipo de dato no es el esperado: debe ser un número entero.",
        ),
        (
            json!({"username": "aña", "password": "Un pasaje 7 largo", "rol": "user"}),
            "Use solo letras sin tilde ni ñ, números y _ . @ -",
        ),
        (
            json!({"username": "ana", "password": "Un pasaje 7 largo", "rol": "jefe"}),
            "Valor no admitido. Use: admin, user, viewer.",
        ),
    ] {
        assert_eq!(told(&admin.post("/auth/register", &body)), message, "{body}");
    }
    let login = json!({"username": "admin_bcp", "password": "x", "refresh": "paloma"});
    assert!(told(&app.anonymous().post("/auth/login", &login)).starts_with("Valor no admitido. Use: "));
    let unknown = json!({"username": "BCPComunica", "models": ["magia"]});
    assert!(told(&admin.post("/regression/train", &unknown)).contains("ridge"));
    assert!(told(&admin.get("/audit?outcome=x")).starts_with("Valor no admitido. Use: "));
}

#[test]
fn an_administrator_registers_in_their_own_company_without_naming_it() {
    let app = app();
    let admin = app.login("admin_bcp");
    let user = json!({"username": "nueva", "password": "Un pasaje 7 largo", "rol": "viewer"});
    let registered = admin.post("/auth/register", &user);
    assert_eq!(registered.expect(201)["empresa_id"], admin.get("/auth/me").expect(200)["empresa_id"]);
}
