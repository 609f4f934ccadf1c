//! GraphiQL as it is served: its page and files, and only where the program is developed.

use atalaya_tests::{Reply, TestApp, bank};
use reqwest::Method;

use crate::profiles::PRODUCTION;

fn page(app: &TestApp) -> Reply {
    app.anonymous().get("/graphiql")
}

/// Every file that the page asks for.
fn files(html: &str) -> Vec<String> {
    let named = html.split('"').filter(|text| text.starts_with("/graphiql/"));
    named.map(ToOwned::to_owned).collect()
}

#[test]
fn graphiql_comes_from_inside_the_program() {
    let app = TestApp::start();
    let page = page(&app);
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-store");
    let html = page.text();
    assert!(html.contains("width=device-width") && !html.contains("://"), "{html}");
    let files = files(&html);
    for extension in [".js", ".css", ".svg"] {
        assert!(files.iter().any(|path| path.ends_with(extension)), "no {extension} in {html}");
    }
    for path in files {
        let file = app.anonymous().get(&path);
        assert_eq!((file.status, file.header("cache-control")), (200, "public, max-age=31536000, immutable"), "{path}");
        let packed = app.anonymous().with("accept-encoding", "br, gzip").get(&path);
        let smaller = packed.header("content-encoding") == "br" && packed.bytes.len() < file.bytes.len();
        assert!(smaller || file.bytes.len() < 1_000, "{path}");
    }
}

#[test]
fn graphiql_may_ask_this_server_alone_and_runs_no_script_of_a_page() {
    let app = TestApp::start();
    let html = page(&app).text();
    let script = files(&html).into_iter().find(|path| path.contains(".js")).unwrap();
    for path in ["/graphiql", &script] {
        let reply = app.anonymous().get(path);
        let policy = reply.header("content-security-policy");
        let directives: Vec<Vec<&str>> = policy.split(';').map(|one| one.split_whitespace().collect()).collect();
        for directive in &directives {
            // Style elements are made by script; `data:` holds pictures of the style sheet.
            let more: &[&str] = match directive[0] {
                "style-src-elem" => &["'unsafe-inline'"],
                "img-src" => &["data:"],
                _ => &[],
            };
            let sources = directive.iter().skip(1);
            let strange: Vec<_> =
                sources.filter(|from| !["'none'", "'self'"].contains(from) && !more.contains(from)).collect();
            assert!(strange.is_empty(), "{policy}");
        }
        for expected in ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"] {
            assert!(policy.split("; ").any(|directive| directive == expected), "{expected} is not in {policy}");
        }
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cross-origin-opener-policy"), "same-origin");
    }
    assert!(!html.contains("<script>") && !html.contains("<style") && !html.contains("style="), "{html}");
}

#[test]
fn graphiql_offers_a_login_where_there_is_demonstration_data_only() {
    let html = page(&TestApp::start()).text();
    assert!(html.contains(r#"data-username="" data-password="""#), "{html}");
    let demonstration = TestApp::try_start(TestApp::start().with(bank("Interbank")).stop(), &[]).unwrap();
    let html = page(&demonstration).text();
    assert!(html.contains(r#"data-username="admin_interbank" data-password="password123""#), "{html}");
}

#[test]
fn production_has_no_graphiql() {
    // Whatever else it shows.
    let app = TestApp::configured(&[PRODUCTION.as_slice(), &[("PUBLIC_DOCS", "true")]].concat());
    let mut paths = files(&page(&TestApp::start()).text());
    // Nor as files of the dashboard.
    paths.push("/app/graphiql/licenses.md".to_owned());
    paths.extend(["/graphiql", "/graphiql/", "/graphiql/index.html", "/graphiql/licenses.md"].map(ToOwned::to_owned));
    for path in paths {
        let _ = app.anonymous().get(&path).problem(404, "ROUTE_NOT_FOUND");
    }
    let _ = app.anonymous().ask(Method::POST, "/graphiql").problem(404, "ROUTE_NOT_FOUND");
    assert!(!app.telemetry.exposition().unwrap().contains("/graphiql"));
}

#[test]
fn graphiql_is_no_operation_and_its_unknown_paths_are_unknown() {
    let app = TestApp::start();
    let document = app.anonymous().get("/api-docs/openapi.json").text();
    assert!(!document.contains("/graphiql"));
    for path in ["/graphiql/index.html", "/graphiql/nothing.js", "/graphiql/..%2findex.html", "/graphiqlx"] {
        let _ = app.anonymous().get(path).problem(404, "ROUTE_NOT_FOUND");
    }
    let reply = app.anonymous().get("/graphiql/?query=x");
    assert_eq!((reply.status, reply.header("location")), (308, "/graphiql?query=x"));
    let refused = app.anonymous().ask(Method::POST, "/graphiql");
    let _ = refused.problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(refused.header("allow"), "GET, HEAD");
    let head = app.anonymous().ask(Method::HEAD, "/graphiql");
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    let counted = app.telemetry.exposition().unwrap();
    assert!(counted.contains(r#"endpoint="/graphiql",method="HEAD",status="200""#), "{counted}");
}

#[test]
fn graphiql_answers_without_the_dashboard() {
    let app = TestApp::configured(&[("DASHBOARD", "false")]);
    assert_eq!(page(&app).status, 200);
    let _ = app.anonymous().get("/app/").problem(404, "ROUTE_NOT_FOUND");
}
