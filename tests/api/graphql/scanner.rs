//! What scanners of GraphQL look for, in production: nothing of it is found. The checks are those that graphql-cop
//! lists.

use atalaya_tests::{Client, Reply, TestApp, bank};
use reqwest::Method;
use serde_json::json;

use super::{ask, send};
use crate::checks::PRODUCTION;

/// Whether a scanner would say that something was answered.
fn is_answered(reply: &Reply) -> bool {
    reply.status == 200 && reply.json["data"].is_object()
}

#[test]
fn a_scanner_finds_nothing_in_production() {
    let app = TestApp::configured(&PRODUCTION).with(bank("BCP"));
    for client in [&app.anonymous(), &app.login("admin_bcp")] {
        let found: Vec<&str> = checks(client).into_iter().filter_map(|(check, found)| found.then_some(check)).collect();
        assert!(found.is_empty(), "{found:?}");
    }
}

fn checks(client: &Client) -> [(&'static str, bool); 14] {
    let get = |query: &str| client.send(Method::GET, &format!("/graphql?query={query}"), "application/json", "");
    let aliases = (0..101).map(|n| format!("alias{n}: __typename ")).collect::<Vec<_>>().concat();
    let circular = format!("{{ __schema {{ types {{ {}name{} }} }} }}", "fields { type { ".repeat(4), " } }".repeat(4));
    let batch = json!(vec![json!({"query": "query { __typename }"}); 10]).to_string();
    let traced = ask(client, "query { __typename }");
    let broken = ask(client, "queryy { __typename }");
    [
        ("introspection", is_answered(&ask(client, "query { __schema { types { name fields { name } } } }"))),
        ("introspection by GET", is_answered(&get("%7B__schema%7Btypes%7Bname%7D%7D%7D"))),
        ("circular introspection", is_answered(&ask(client, &circular))),
        ("GraphiQL", ["/graphiql", "/playground", "/console"].iter().any(|path| client.get(path).status == 200)),
        (
            "suggestions of fields",
            ask(client, "query { acounts { nodes { handle } } }").text().contains("Did you mean"),
        ),
        ("a query by GET", is_answered(&get("%7B__typename%7D"))),
        ("a mutation by GET", is_answered(&get("mutation%7B__typename%7D"))),
        (
            "a query as a form",
            is_answered(&send(client, "application/x-www-form-urlencoded", "query=query+%7B__typename%7D")),
        ),
        ("aliases without a bound", is_answered(&ask(client, &format!("query {{ {aliases} }}")))),
        ("batches of an array", send(client, "application/json", &batch).status == 200),
        ("directives without a bound", {
            let many = ask(client, &format!("query {{ __typename {} }}", "@aa".repeat(10)));
            many.json["errors"].as_array().is_some_and(|errors| errors.len() >= 10)
        }),
        (
            "duplicates without a bound",
            is_answered(&ask(client, &format!("query {{ {} }}", "__typename ".repeat(500)))),
        ),
        ("a trace", traced.json["extensions"].get("tracing").is_some()),
        ("a fault's own words", broken.text().contains("exception") || broken.status >= 500),
    ]
}
