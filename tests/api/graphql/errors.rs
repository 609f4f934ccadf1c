//! What is refused within a query: each field by itself, by the codes of REST, with the same trace in the audit log.

use atalaya_tests::TestApp;
use atalaya_tests::bank;
use atalaya_tests::fixtures::daily_history;
use serde_json::{Value, json};

use super::{app, ask, ask_with, data, refused};

#[test]
fn a_field_that_is_refused_leaves_the_others_their_answers() {
    let app = TestApp::start().with(bank("BCP").trained_account("uno", daily_history(60, 5_000)).account("dos"));
    let admin = app.login("admin_bcp").english();
    let reply =
        ask(&admin, "{ accounts { nodes { handle predict(date: \"2026-08-30\") { prediction } } } me { username } }");
    let body = reply.expect(200);
    let nodes = body["data"]["accounts"]["nodes"].as_array().unwrap();
    let found: Vec<_> =
        nodes.iter().map(|node| (node["handle"].as_str().unwrap(), node["predict"].is_object())).collect();
    assert_eq!(found, [("dos", false), ("uno", true)]);
    assert_eq!(body["data"]["me"]["username"], "admin_bcp");
    assert_eq!(body["errors"].as_array().unwrap().len(), 1);
    let error = &body["errors"][0];
    assert_eq!(error["path"], json!(["accounts", "nodes", 0, "predict"]));
    assert_eq!(
        (error["extensions"]["code"].as_str(), error["extensions"]["status"].as_u64()),
        (Some("MODEL_NOT_TRAINED"), Some(409))
    );
}

/// Field and code of each broken rule of the first error.
fn broken(body: &Value) -> Vec<String> {
    let fields = body["errors"][0]["extensions"]["fields"].as_array().unwrap();
    fields
        .iter()
        .map(|each| format!("{}: {}", each["field"].as_str().unwrap(), each["code"].as_str().unwrap()))
        .collect()
}

#[test]
fn broken_rules_are_named_by_the_arguments_of_the_query() {
    let app = app();
    let admin = app.login("admin_bcp");
    for (query, rules) in [
        ("{ accounts(first: 0) { nodes { handle } } }", vec!["first: too_small"]),
        ("{ accounts(first: 5, after: \"@x y\") { nodes { handle } } }", vec!["after: not_a_cursor"]),
        ("{ accounts(company: \"x\") { nodes { handle } } }", vec!["company: wrong_type"]),
        (
            "{ account(handle: \"BCPComunica\") { predict(date: \"mañana\", level: [0]) { prediction } } }",
            vec!["date: invalid_date", "level[0]: too_small"],
        ),
        ("{ account(handle: \"BCPComunica\") { forecast(h: 0) { model } } }", vec!["h: too_small"]),
        (
            "mutation { createAccount(input: {handle: \"a b\", name: \"\", timeZone: \"Luna\"}) { handle } }",
            vec!["handle: ", "name: ", "timeZone: unknown_zone"],
        ),
        (
            "mutation { trainAccount(handle: \"BCPComunica\", models: [\"bola\"]) { id } }",
            vec!["models[0]: unknown_value"],
        ),
        (
            "mutation { uploadObservations(handle: \"BCPComunica\", observations: [{time: \"ayer\", followers: -1}]) {
                inserted } }",
            vec!["observations[0].time: invalid_time", "observations[0].followers: not_a_count"],
        ),
        (
            "mutation { uploadObservations(handle: \"BCPComunica\", observations: [{time: \"2100-01-01\", followers: 1}]) {
                inserted } }",
            vec!["observations[0].time: "],
        ),
    ] {
        let reply = ask(&admin, query);
        let body = reply.expect(200);
        assert_eq!(refused(&reply), ("VALIDATION_FAILED".to_owned(), 422), "{query}");
        let found = broken(body);
        assert!(
            found.len() == rules.len() && found.iter().zip(&rules).all(|(found, rule)| found.starts_with(rule)),
            "{query}: {found:?}"
        );
    }
}

#[test]
fn what_does_not_fit_the_schema_is_told_where() {
    let app = app();
    let admin = app.login("admin_bcp");
    for query in [
        "{ me { nothing } }",
        "{ broken",
        "",
        "{ account { handle } }",
        "{ account(handle: 5) { handle } }",
        "query A { __typename } query B { __typename }",
        "fragment a on Query { __typename }",
        "{ ...nothing }",
        "query($x: Nothing) { __typename }",
    ] {
        let reply = ask(&admin, query);
        let _ = reply.expect(200);
        assert_eq!(refused(&reply), ("GRAPHQL_INVALID".to_owned(), 400), "{query}");
        assert!(!reply.json["errors"][0]["extensions"]["reason"].as_str().unwrap().is_empty(), "{query}");
        assert!(reply.json.get("data").is_none(), "{}", reply.text());
    }
    let chosen = json!({"query": "query A { __typename } query B { me { username } }", "operationName": "B"});
    assert_eq!(data(&admin.post("/graphql", &chosen))["me"]["username"], "admin_bcp");
    let reply = ask_with(&admin, "query($h: String!) { account(handle: $h) { handle } }", &json!({"h": [5]}));
    assert_eq!(refused(&reply).0, "GRAPHQL_INVALID", "{}", reply.text());
}

#[test]
fn variables_that_are_not_sent_are_missed_before_anything_runs_or_leave_the_default() {
    let app = app();
    let admin = app.login("admin_bcp");
    let missed = "mutation($h: String!) {
        createAccount(input: {handle: \"Parcial\", name: \"P\"}) { handle } trainAccount(handle: $h) { id } }";
    let reply = ask(&admin, missed);
    assert_eq!(refused(&reply), ("GRAPHQL_INVALID".to_owned(), 400));
    assert!(reply.json.get("data").is_none(), "{}", reply.text());
    let _ = admin.get("/accounts/Parcial").problem(403, "ACCOUNT_FORBIDDEN");
    let usual = ask(&admin, "query($f: Int, $a: String) { accounts(first: $f, after: $a) { nodes { handle } } }");
    assert_eq!(data(&usual)["accounts"]["nodes"][0]["handle"], "BCPComunica");
    assert_eq!(usual.json["extensions"]["cost"], 22);
}

#[test]
fn what_is_skipped_by_the_default_of_a_variable_does_not_run() {
    let app = app();
    let admin = app.login("admin_bcp");
    let create = "createAccount(input: {handle: \"Salto\", name: \"S\"})";
    let skipped = ask(&admin, &format!("mutation($s: Boolean = true) {{ {create} @skip(if: $s) {{ handle }} }}"));
    assert!(data(&skipped).get("createAccount").is_none(), "{}", skipped.text());
    let included = ask(&admin, &format!("mutation($s: Boolean! = false) {{ {create} @include(if: $s) {{ handle }} }}"));
    assert!(data(&included).get("createAccount").is_none(), "{}", included.text());
    let _ = admin.get("/accounts/Salto").problem(403, "ACCOUNT_FORBIDDEN");
}

#[test]
fn refusals_and_effects_are_in_the_audit_log_as_those_of_rest() {
    let app = app();
    let admin = app.login("admin_bcp");
    let vera = app.login("vera");
    assert_eq!(
        refused(&ask(&vera, "mutation { sneaky: trainAccount(handle: \"BCPComunica\") { id } }")).0,
        "ROLE_FORBIDDEN"
    );
    let _ = data(&ask(&admin, "mutation { createAccount(input: {handle: \"Otra\", name: \"Otra\"}) { handle } }"));
    app.core.upkeep().run_all();
    let log = |query: &str| admin.get(&format!("/audit?limit=1000{query}")).json["entries"].as_array().unwrap().clone();
    let denied = log("&action=access_denied");
    assert!(
        denied.iter().any(|entry| entry["actor"] == "vera" && entry["target"] == "POST /graphql trainAccount"),
        "{denied:?}"
    );
    assert!(
        log("&action=account_created").iter().any(|entry| entry["actor"] == "admin_bcp" && entry["target"] == "Otra")
    );
}
