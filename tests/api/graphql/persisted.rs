//! Queries that are known by their SHA-256, by GET too, and a list of the only ones that are answered.

use atalaya_tests::{Client, Reply, TestApp, bank};
use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Value, json};

use super::{app, ask, data, refused};
use crate::planted::{hexadecimal, percent_encoded};

const QUERY: &str = "query($h: String!) { account(handle: $h) { handle } }";

fn hash(query: &str) -> String {
    hexadecimal(digest(&SHA256, query.as_bytes()).as_ref())
}

fn extensions(hash: &str) -> Value {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hash}})
}

fn get(client: &Client, hash: &str, variables: &str) -> Reply {
    let extensions = percent_encoded(extensions(hash).to_string().as_bytes());
    client.get(&format!("/graphql?extensions={extensions}&variables={}", percent_encoded(variables.as_bytes())))
}

#[test]
fn a_query_that_was_sent_once_is_asked_by_its_hash() {
    let app = app();
    let vera = app.login("vera");
    let by_hash = json!({"extensions": extensions(&hash(QUERY)), "variables": {"h": "BCPComunica"}});
    let unknown = vera.post("/graphql", &by_hash);
    let _ = unknown.expect(200);
    assert_eq!(refused(&unknown), ("PERSISTED_QUERY_NOT_FOUND".to_owned(), 404));
    assert_eq!(refused(&get(&vera, &hash(QUERY), "{}")).0, "PERSISTED_QUERY_NOT_FOUND");
    let mut whole = by_hash.clone();
    whole["query"] = json!(QUERY);
    assert_eq!(data(&vera.post("/graphql", &whole))["account"]["handle"], "BCPComunica");
    assert_eq!(data(&vera.post("/graphql", &by_hash))["account"]["handle"], "BCPComunica");
    assert_eq!(data(&get(&vera, &hash(QUERY), r#"{"h": "BCPComunica"}"#))["account"]["handle"], "BCPComunica");
    // It gives nobody more than they may.
    let other = app.login("admin_bbva");
    assert_eq!(refused(&get(&other, &hash(QUERY), r#"{"h": "BCPComunica"}"#)).0, "ACCOUNT_FORBIDDEN");
    let _ = get(&app.anonymous(), &hash(QUERY), r#"{"h": "BCPComunica"}"#).problem(401, "AUTHENTICATION_REQUIRED");
    let _ = get(&app.anonymous().bearing("x"), &hash(QUERY), "{}").problem(401, "TOKEN_INVALID");
}

#[test]
fn a_hash_of_another_query_teaches_nothing() {
    let app = app();
    let vera = app.login("vera");
    let wrong = json!({"query": QUERY, "extensions": extensions(&hash("{ __typename }"))});
    let reply = vera.post("/graphql", &wrong);
    let _ = reply.expect(200);
    assert_eq!(refused(&reply).0, "GRAPHQL_INVALID");
    assert_eq!(refused(&get(&vera, &hash("{ __typename }"), "{}")).0, "PERSISTED_QUERY_NOT_FOUND");
    let broken = "{ broken";
    let _ = vera.post("/graphql", &json!({"query": broken, "extensions": extensions(&hash(broken))})).expect(200);
    assert_eq!(refused(&get(&vera, &hash(broken), "{}")).0, "PERSISTED_QUERY_NOT_FOUND");
}

#[test]
fn nothing_is_learned_from_strangers_and_nothing_that_holds_a_password() {
    let app = app();
    let nobody = app.anonymous();
    let open = "{ __typename }";
    let login = "mutation { login(username: \"vera\", password: \"Una-Clave-2026\") { accessToken } }";
    let vera = app.login("vera");
    let beside = format!("{} query B {{ me {{ username }} }}", login.replace("mutation", "mutation A"));
    let sent = json!({"query": beside, "operationName": "B", "extensions": extensions(&hash(&beside))});
    let _ = data(&vera.post("/graphql", &sent));
    let by_hash = nobody.post("/graphql", &json!({"operationName": "A", "extensions": extensions(&hash(&beside))}));
    assert_eq!(refused(&by_hash).0, "PERSISTED_QUERY_NOT_FOUND");
    for (client, query) in [(&nobody, open), (&nobody, login), (&vera, login)] {
        let _ = data(&client.post("/graphql", &json!({"query": query, "extensions": extensions(&hash(query))})));
        let by_hash = client.post("/graphql", &json!({"extensions": extensions(&hash(query))}));
        assert_eq!(refused(&by_hash).0, "PERSISTED_QUERY_NOT_FOUND", "{query}");
    }
}

#[test]
fn get_takes_a_hash_alone_and_changes_nothing() {
    let app = app();
    let vera = app.login("vera");
    for path in ["/graphql", "/graphql?query=%7B__typename%7D", "/graphql?extensions=%7B%7D", "/graphql?extensions=x"] {
        let reply = vera.get(path);
        let _ = reply.expect(200);
        assert_eq!(refused(&reply).0, "GRAPHQL_INVALID", "{path}");
    }
    let admin = app.login("admin_bcp");
    let creates = "mutation { createAccount(input: {handle: \"Nueva\", name: \"Nueva\"}) { handle } }";
    let _ = data(&admin.post("/graphql", &json!({"query": creates, "extensions": extensions(&hash(creates))})));
    assert_eq!(refused(&get(&admin, &hash(creates), "{}")).0, "GRAPHQL_INVALID");
    let stranger = app.anonymous().bearing("x").get("/graphql?variables=%7B&variables=%7B");
    let _ = stranger.problem(401, "TOKEN_INVALID");
    let page = vera.with("sec-fetch-site", "cross-site");
    let _ = get(&page, &hash(QUERY), "{}").problem(403, "ORIGIN_FORBIDDEN");
}

#[test]
fn where_queries_are_listed_no_other_is_answered() {
    let listed = "{ me { username } }";
    let app = TestApp::configured(&[("GRAPHQL_QUERIES", &hash(listed))]).with(bank("BCP"));
    let admin = app.login("admin_bcp");
    assert_eq!(data(&ask(&admin, listed))["me"]["username"], "admin_bcp");
    for other in ["{ me { role } }", "{ me  { username } }", "{ __typename }", "{ __schema { types { name } } }"] {
        let reply = ask(&admin, other);
        let _ = reply.expect(200);
        assert_eq!(refused(&reply), ("GRAPHQL_NOT_LISTED".to_owned(), 403), "{other}");
    }
}
