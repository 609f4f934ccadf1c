//! GraphQL: what a query may ask and what it is told, beside what the resources of the REST API say of the same.

mod errors;
mod generated;
mod graphiql;
mod hostile;
mod matrix;
mod operations;
mod persisted;
mod scanner;
mod shape;
mod sockets;
mod statements;

use atalaya_tests::{Client, Reply, TestApp, bank};
use reqwest::Method;
use serde_json::{Value, json};

pub(super) fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account("BCPComunica").viewer("vera", &["BCPComunica"])).with(bank("BBVA"))
}

pub(super) fn ask(client: &Client, query: &str) -> Reply {
    client.post("/graphql", &json!({"query": query}))
}

pub(super) fn ask_with(client: &Client, query: &str, variables: &Value) -> Reply {
    client.post("/graphql", &json!({"query": query, "variables": variables}))
}

/// What a query is answered by, where nothing of it is refused.
#[track_caller]
pub(super) fn data(reply: &Reply) -> &Value {
    let body = reply.expect(200);
    assert!(body.get("errors").is_none(), "{}", reply.text());
    &body["data"]
}

/// Code and status of the first error.
#[track_caller]
pub(super) fn refused(reply: &Reply) -> (String, u64) {
    let extensions = &reply.json["errors"][0]["extensions"];
    let code = extensions["code"].as_str().unwrap_or_else(|| panic!("no error: {}", reply.text()));
    (code.to_owned(), extensions["status"].as_u64().unwrap())
}

/// The limit that a query went beyond.
#[track_caller]
pub(super) fn limit(reply: &Reply) -> String {
    let _ = reply.expect(200);
    assert_eq!(refused(reply), ("GRAPHQL_TOO_COMPLEX".to_owned(), 400));
    let extensions = &reply.json["errors"][0]["extensions"];
    // A number that the limit allows, or what to do instead.
    assert!(extensions["maximum"].is_u64() || extensions["reason"].is_string(), "{extensions}");
    extensions["limit"].as_str().unwrap().to_owned()
}

/// A query as any body of any media type.
pub(super) fn send(client: &Client, media: &str, body: &str) -> Reply {
    client.send(Method::POST, "/graphql", media, body)
}
