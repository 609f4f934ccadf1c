//! Queries that ask for too much, and for nothing but trouble.

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{TestApp, bank};
use serde_json::json;

use super::{app, ask, ask_with, data, limit, refused};

#[test]
fn every_limit_holds_for_typenames_duplicates_aliases_and_fragments() {
    let app = app();
    let admin = app.login("admin_bcp");
    let typenames = |count: usize| format!("{{ {} }}", "__typename ".repeat(count));
    assert_eq!(data(&ask(&admin, &typenames(10)))["__typename"], "Query");
    assert_eq!(limit(&ask(&admin, &typenames(500))), "repeats");
    let spread = format!("{{ {} }}", format!("... {{ {} }} ", "__typename ".repeat(10)).repeat(101));
    assert_eq!(limit(&ask(&admin, &spread)), "size");
    let aliases = |count: usize| (0..count).map(|n| format!("a{n}: __typename ")).collect::<Vec<_>>().concat();
    let _ = data(&ask(&admin, &format!("{{ {} }}", aliases(15))));
    assert_eq!(limit(&ask(&admin, &format!("{{ {} }}", aliases(101)))), "aliases");
    let spread = format!("fragment f0 on Query {{ {0} }} fragment f1 on Query {{ {0} }}", aliases(8));
    assert_eq!(limit(&ask(&admin, &format!("{{ ...f0 ...f1 }} {spread}"))), "aliases");
    let skips = "@skip(if: false) ".repeat(11);
    assert_eq!(limit(&ask(&admin, &format!("{{ __typename {skips} }}"))), "directives");
    assert_eq!(limit(&ask(&admin, "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }")), "depth");
    let bomb = (0..15).map(|n| format!("fragment f{n} on Query {{ ...f{0} ...f{0} }} ", n + 1)).collect::<Vec<_>>();
    let bomb = bomb.concat();
    assert_eq!(limit(&ask(&admin, &format!("{{ ...f0 }} {bomb} fragment f15 on Query {{ __typename }}"))), "size");
}

#[test]
fn a_list_costs_as_much_as_is_asked_of_it() {
    let app = TestApp::start().with(bank("BCP").trained_account("uno", daily_history(60, 5_000)));
    let admin = app.login("admin_bcp");
    let list = |first: &str| {
        format!(
            "{{ accounts(first: {first}) {{ nodes {{ handle observations(first: 100) {{ nodes {{ time }} }} }} }} }}"
        )
    };
    for first in ["100", "1000000", "2147483647"] {
        assert_eq!(limit(&ask(&admin, &list(first))), "cost");
    }
    let _ = data(&ask(&admin, &list("8")));
    let query = "query($n: Int!) { accounts(first: $n) { nodes { handle } } }";
    assert_eq!(limit(&ask_with(&admin, query, &json!({"n": 1_000_000}))), "cost");
    let forecasts = "{ accounts(first: 100) { pageInfo { hasNextPage endCursor } nodes { handle
        predict(date: \"2026-08-30\") { prediction intervals { level lower upper } } } } }";
    let reply = ask(&admin, forecasts);
    assert_eq!(data(&reply)["accounts"]["nodes"][0]["handle"], "uno");
    assert_eq!(reply.json["extensions"]["cost"], 805, "what is told of a page is told once");
}

#[test]
fn brackets_that_are_nested_deep_break_nothing() {
    let app = app();
    let admin = app.login("admin_bcp");
    for (open, close) in [("{a", "}"), ("{a(b:{c:", "}){d}}"), ("{a(b:[", "]){c}}")] {
        assert_eq!(limit(&ask(&admin, &format!("{}{}", open.repeat(5_000), close.repeat(5_000)))), "depth");
        assert_eq!(limit(&ask(&admin, &open.repeat(5_000))), "depth");
    }
    let lists = format!("{{ account(handle: {}\"x\"{}) {{ handle }} }}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(limit(&ask(&admin, &lists)), "depth");
    let deep = format!("query($x: {}Int{}) {{ __typename }}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(limit(&ask(&admin, &deep)), "depth");
    let in_text = format!("{{ account(handle: \"{}\") {{ handle }} }}", "{".repeat(5_000));
    assert_eq!(refused(&ask(&admin, &in_text)), ("ACCOUNT_FORBIDDEN".to_owned(), 403));
    let variables = format!(
        "{{\"query\":\"{{ __typename }}\",\"variables\":{{\"x\":{}{}}}}}",
        "[".repeat(5_000),
        "]".repeat(5_000)
    );
    let reply = super::send(&admin, "application/json", &variables);
    let _ = reply.problem(400, "UNREADABLE_BODY");
    // Three quotes that are not closed are an empty string to the parser, and brackets follow it.
    let quotes =
        format!("{{ account(handle: [\"\"\" \" {}\"x\"{}]) {{ handle }} }}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(limit(&ask(&admin, &quotes)), "depth");
    let _ = data(&ask(&admin, "{ me { username } }"));
}

#[test]
fn operations_and_fragments_that_nobody_asks_for_are_measured_too() {
    let app = app();
    // Whoever has no token sends fewer tokens than these.
    let nobody = app.login("vera");
    let bomb = (0..15).map(|n| format!("fragment f{n} on Query {{ {} }} ", format!("...f{} ", n + 1).repeat(30)));
    let bomb = format!("{} fragment f15 on Query {{ __typename }}", bomb.collect::<Vec<_>>().concat());
    let beside = format!("query A {{ __typename }} query B {{ ...f0 }} {bomb}");
    assert_eq!(limit(&nobody.post("/graphql", &json!({"query": beside, "operationName": "A"}))), "size");
    assert_eq!(limit(&ask(&nobody, &format!("{{ __typename }} {bomb}"))), "size");
    let itself = "query A { __typename } query B { ...a } fragment a on Query { ...a }";
    assert_eq!(limit(&nobody.post("/graphql", &json!({"query": itself, "operationName": "A"}))), "depth");
}

#[test]
fn long_documents_are_refused_before_they_are_parsed() {
    let app = app();
    let (nobody, vera) = (app.anonymous(), app.login("vera"));
    let lists = |count: usize| format!("mutation {{ login(a: [{}$", "[]".repeat(count));
    assert_eq!(limit(&ask(&vera, &lists(45_000))), "size");
    assert_eq!(limit(&ask(&nobody, &lists(250))), "size");
    assert_eq!(refused(&ask(&vera, &lists(250))).0, "GRAPHQL_INVALID");
    assert_eq!(limit(&ask(&vera, &format!("{{ {} }}", "a ".repeat(5_000)))), "size");
}

#[test]
fn long_lists_in_arguments_cost_as_often_as_they_are_read() {
    let app = app();
    let admin = app.login("admin_bcp");
    let query =
        "query($l: [Int!]) { accounts(first: 50) { nodes { predict(date: \"2026-08-30\", level: $l) { date } } } }";
    let levels: Vec<u32> = (0..15_000).map(|_| 9).collect();
    assert_eq!(limit(&ask_with(&admin, query, &json!({"l": levels}))), "cost");
}

#[test]
fn nothing_runs_beside_what_begins_or_ends_a_session() {
    let app = app();
    let admin = app.login("admin_bcp");
    let create = "createAccount(input: {handle: \"Otra\", name: \"Otra\"}) { handle }";
    for query in [format!("mutation {{ logout {create} }}"), format!("mutation {{ {create} logout }}")] {
        assert_eq!(limit(&ask(&admin, &query)), "logins");
    }
    let ends = |count: usize| format!("mutation {{ {} }}", "logout(refreshToken: \"none\") ".repeat(count));
    assert_eq!(limit(&ask(&app.anonymous(), &ends(2))), "logins");
    assert_eq!(limit(&ask(&app.anonymous(), &ends(99))), "size");
    assert_eq!(limit(&ask(&admin, &ends(99))), "repeats");
    let _ = admin.get("/accounts/Otra").problem(403, "ACCOUNT_FORBIDDEN");
}

#[test]
fn of_a_query_that_does_not_fit_at_most_five_errors_are_named() {
    let app = app();
    let nothings = (0..900).map(|n| format!("nothing{n} ")).collect::<Vec<_>>().concat();
    let reply = ask(&app.login("vera"), &format!("{{ {nothings} }}"));
    assert_eq!(reply.expect(200)["errors"].as_array().unwrap().len(), 5);
}

#[test]
fn a_query_that_is_refused_is_paid_for() {
    let app = TestApp::configured(&[("QUOTA_USER", "all:3/hour")]).with(bank("BCP"));
    let admin = app.login("admin_bcp");
    for query in ["{ broken", "{ nothing }", "{ accounts(first: 1000) { nodes { handle name } } }"] {
        let _ = ask(&admin, query).expect(200);
    }
    let _ = ask(&admin, "{ broken").problem(429, "RATE_LIMITED");
}

#[test]
fn a_request_holds_one_login_and_each_counts_for_the_limits() {
    let app = TestApp::configured(&[("MAX_LOGIN_ATTEMPTS", "5")]).with(bank("BCP").viewer("vera", &[]));
    let nobody = app.anonymous();
    let login = |alias: &str, password: &str| {
        format!("{alias}: login(username: \"vera\", password: \"{password}\") {{ accessToken }} ")
    };
    let five: Vec<_> = (0..5).map(|n| login(&format!("a{n}"), "Otra-Clave-2026")).collect();
    assert_eq!(limit(&ask(&nobody, &format!("mutation {{ {} }}", five.concat()))), "logins");
    let many = login("", "Otra-Clave-2026").trim_start_matches(':').repeat(79);
    assert_eq!(limit(&ask(&nobody, &format!("mutation {{ {many} }}"))), "size");
    let twice = "mutation { login(username: \"vera\", password: \"x\") { accessToken } ...a }
        fragment a on Mutation { login(username: \"vera\", password: \"x\") { tokenType } }";
    assert_eq!(limit(&ask(&nobody, twice)), "logins");
    // None of them was a failure.
    let _ = app.login("vera");
    for _ in 0..5 {
        assert_eq!(
            refused(&ask(&nobody, &format!("mutation {{ {} }}", login("a", "Otra-Clave-2026")))),
            ("BAD_CREDENTIALS".to_owned(), 401)
        );
    }
    let locked = ask(&nobody, &format!("mutation {{ {} }}", login("a", "Una-Clave-2026")));
    assert_eq!(refused(&locked), ("LOGIN_LOCKED".to_owned(), 429));
    assert!(locked.json["errors"][0]["extensions"]["retryAfter"].as_u64().unwrap() > 0);
}

#[test]
fn logins_of_an_address_are_limited_as_those_of_rest() {
    let app = TestApp::configured(&[("LOGIN_RATE_LIMIT_PER_MINUTE", "3")]).with(bank("BCP"));
    let login = "mutation { login(username: \"admin_bcp\", password: \"Una-Clave-2026\") { accessToken } }";
    let answered = (0..5).map(|_| ask(&app.anonymous(), login)).filter(|reply| reply.json["errors"].is_null()).count();
    assert!((3..=4).contains(&answered), "{answered}");
    assert_eq!(refused(&ask(&app.anonymous(), login)), ("RATE_LIMITED".to_owned(), 429));
}

#[test]
fn quotas_are_charged_by_what_a_query_costs() {
    let app = TestApp::configured(&[("QUOTA_USER", "all:5/hour")]).with(bank("BCP").account("uno"));
    let admin = app.login("admin_bcp");
    let dear = "{ accounts(first: 100) { nodes { handle name platform timeZone } } }";
    let reply = ask(&admin, dear);
    assert_eq!(reply.expect(200)["extensions"]["cost"], 402);
    assert!(reply.header("ratelimit").contains(";r=0;"), "{}", reply.header("ratelimit"));
    let _ = ask(&admin, dear).problem(429, "RATE_LIMITED");
    let refusal = ask(&admin, "{ me { username } }");
    assert_eq!(refused(&refusal), ("RATE_LIMITED".to_owned(), 429));
    let _ = admin.get("/auth/me").problem(429, "RATE_LIMITED");
}
