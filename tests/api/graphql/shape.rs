//! How a query travels: media type, size, origin, language, and what is refused before it is read.

use atalaya_tests::{TestApp, bank};
use reqwest::Method;
use serde_json::json;

use super::{app, ask, data, refused, send};
use crate::checks::PRODUCTION;

#[test]
fn the_committed_schema_is_the_one_that_answers() {
    let made = atalaya_web::GraphqlSchema::new(true).unwrap().sdl();
    let file = atalaya_test_architecture::root().join("docs/schema.graphql");
    let committed = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(committed == made, "docs/schema.graphql is not what the types make; run: make schema");
}

#[test]
fn whoever_logged_in_reads_who_they_are_and_the_greeting() {
    let app = app();
    let login = r#"mutation { login(username: "vera", password: "Una-Clave-2026") { accessToken tokenType } }"#;
    let reply = ask(&app.anonymous(), login);
    let session = &data(&reply)["login"];
    assert_eq!(session["tokenType"], "bearer");
    let vera = app.anonymous().bearing(session["accessToken"].as_str().unwrap());
    let reply = ask(&vera, "{ me { username role company { name } } secureData }");
    let found = data(&reply);
    assert_eq!(found["me"], json!({"username": "vera", "role": "VIEWER", "company": {"name": "BCP"}}));
    assert!(found["secureData"].as_str().unwrap().contains("vera"));
    assert_eq!(reply.json["extensions"]["cost"], 6);
    assert_eq!(reply.header("cache-control"), "no-store");
}

#[test]
fn only_json_of_an_object_is_a_query() {
    let app = app();
    let vera = app.login("vera");
    let query = r#"{"query":"mutation { logout }"}"#;
    for media in
        ["text/plain", "application/x-www-form-urlencoded", "application/graphql", "multipart/form-data; boundary=x"]
    {
        let _ = send(&vera, media, query).problem(415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let _ = vera
        .clone()
        .with("content-encoding", "gzip")
        .post("/graphql", &json!({}))
        .problem(415, "UNSUPPORTED_MEDIA_TYPE");
    let many = format!("[{}]", vec![r#"{"query":"{ __typename }"}"#; 500].join(","));
    assert_eq!(send(&vera, "application/json", &many).broken_rules(), ["body: wrong_type"]);
    for body in ["", "{", "null", "5", r#""{ me }""#] {
        let reply = send(&vera, "application/json", body);
        assert!(matches!(reply.status, 400 | 422), "{body}: {}", reply.text());
    }
    for method in [Method::PUT, Method::DELETE] {
        let _ = vera.ask(method, "/graphql?query=%7Bme%7Busername%7D%7D").problem(405, "METHOD_NOT_ALLOWED");
    }
    let _ = ask(&vera, "{ me { username } }").expect(200);
}

#[test]
fn a_request_of_more_than_100_kib_is_refused_unread() {
    let app = app();
    let padded = |bytes: usize| {
        let query = r#"{"query":"{ __typename }"}"#;
        format!("{query}{}", " ".repeat(bytes - query.len()))
    };
    let vera = app.login("vera");
    let _ = send(&vera, "application/json", &padded(100 * 1024)).expect(200);
    let _ = send(&vera, "application/json", &padded(100 * 1024 + 1)).problem(413, "BODY_TOO_LARGE");
}

#[test]
fn a_token_that_is_none_is_refused_before_the_query_is_read() {
    let app = app();
    for token in ["not.a.token", "x"] {
        let stranger = app.anonymous().bearing(token);
        let _ = ask(&stranger, "{ broken").problem(401, "TOKEN_INVALID");
        let _ = send(&stranger, "text/plain", &"x".repeat(200_000)).problem(401, "TOKEN_INVALID");
        let login = r#"mutation { login(username: "vera", password: "Una-Clave-2026") { accessToken } }"#;
        let _ = ask(&stranger, login).problem(401, "TOKEN_INVALID");
    }
    let ended = app.login("vera");
    assert_eq!(data(&ask(&ended, "mutation { logout }"))["logout"], true);
    let _ = ask(&ended, "{ me { username } }").problem(401, "TOKEN_REVOKED");
}

#[test]
fn without_a_token_only_what_is_open_may_be_asked_for() {
    let app = app();
    let nobody = app.anonymous();
    for query in [
        "{ me { username } }",
        "{ __typename me { username } }",
        "{ secureData }",
        "{ accounts { nodes { handle } } }",
        "{ ...a } fragment a on Query { me { username } }",
        "mutation { trainAccount(handle: \"BCPComunica\") { id } }",
        "mutation { ... { createAccount(input: {handle: \"x\", name: \"x\"}) { handle } } }",
        "{ __schema { types { name } } }",
    ] {
        let _ = ask(&nobody, query).problem(401, "AUTHENTICATION_REQUIRED");
    }
    assert_eq!(data(&ask(&nobody, "{ __typename }"))["__typename"], "Query");
    let reply = ask(&nobody, "mutation { refresh(refreshToken: \"none\") { accessToken } }");
    assert_eq!(refused(&reply), ("REFRESH_TOKEN_INVALID".to_owned(), 401));
    assert_eq!(refused(&ask(&nobody, "mutation { logout }")), ("AUTHENTICATION_REQUIRED".to_owned(), 401));
}

#[test]
fn a_page_of_another_site_asks_nothing() {
    let app = app();
    let vera = app.login("vera");
    let query = "{ me { username } }";
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "null"),
    ] {
        let _ = ask(&vera.clone().with(name, value), query).problem(403, "ORIGIN_FORBIDDEN");
        let _ = ask(&app.anonymous().with(name, value), "mutation { logout }").problem(403, "ORIGIN_FORBIDDEN");
    }
    for (name, value) in [
        ("origin", "https://panel.example".to_owned()),
        ("origin", vera.own_origin()),
        ("sec-fetch-site", "same-origin".to_owned()),
        ("sec-fetch-site", "none".to_owned()),
    ] {
        let _ = data(&ask(&vera.clone().with(name, value), query));
    }
}

#[test]
fn messages_are_in_the_readers_language_and_name_the_request() {
    let app = app();
    let vera = app.login("vera").with("x-request-id", "mine-7");
    let query = "{ account(handle: \"nobody\") { handle } }";
    let told = |client| ask(client, query).expect(200)["errors"][0].clone();
    let spanish = told(&vera);
    let english = told(&vera.clone().english());
    assert_ne!(spanish["message"], english["message"]);
    assert_eq!(spanish["extensions"], json!({"code": "ACCOUNT_FORBIDDEN", "status": 403, "requestId": "mine-7"}));
    assert_eq!((&spanish["path"], &spanish["extensions"]), (&json!(["account"]), &english["extensions"]));
    assert_eq!(ask(&vera.english(), query).header("content-language"), "en");
}

#[test]
fn production_tells_neither_its_schema_nor_what_may_have_been_meant() {
    let app = TestApp::configured(&PRODUCTION).with(bank("BCP"));
    let admin = app.login("admin_bcp");
    for query in [
        "{ __schema { types { name } } }",
        "{ __type(name: \"Query\") { name } }",
        "{ ...a } fragment a on Query { __schema { types { name } } }",
    ] {
        let reply = ask(&admin, query);
        let _ = reply.expect(200);
        assert_eq!(refused(&reply), ("GRAPHQL_INVALID".to_owned(), 400));
        assert!(!reply.text().contains("Mutation"), "{}", reply.text());
    }
    let near = ask(&admin, "{ account { handle } acounts { nodes { handle } } accounts { nodes { handl } } }");
    let _ = near.expect(200);
    assert!(!near.text().to_lowercase().contains("did you mean"), "{}", near.text());
    assert!(!near.text().contains("\\\"accounts\\\""), "{}", near.text());
    let open = super::app();
    let meant = ask(&open.login("vera"), "{ acounts { nodes { handle } } }");
    assert!(meant.text().contains("\\\"accounts\\\""), "{}", meant.text());
    let reply = ask(&open.login("vera"), "{ __schema { queryType { name } } }");
    assert_eq!(data(&reply)["__schema"]["queryType"]["name"], "Query");
}
