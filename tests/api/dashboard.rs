//! The dashboard as it is served: its files, their headers, and what it is no part of.

use std::io::Read;

use atalaya_tests::{Client, Reply, TestApp};
use flate2::read::GzDecoder;
use reqwest::Method;

use crate::profiles::PRODUCTION;

/// What browsers send when somebody opens an address.
const NAVIGATION: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8";

fn browser(app: &TestApp) -> Client {
    app.anonymous().with("accept", NAVIGATION)
}

/// The path of a file that the page itself asks for.
fn asset(app: &TestApp, extension: &str) -> String {
    let html = app.anonymous().get("/app/").text();
    let mut named = html.split('"').filter(|text| text.starts_with("/app/assets/") && text.ends_with(extension));
    named.next().unwrap_or_else(|| panic!("the page asks for no {extension}")).to_owned()
}

fn is_the_page(reply: &Reply) -> bool {
    reply.status == 200
        && reply.header("content-type") == "text/html; charset=utf-8"
        && reply.text().contains("id=\"root\"")
}

#[test]
fn a_browser_that_opens_the_server_is_sent_to_the_page() {
    let app = TestApp::start();
    let reply = browser(&app).get("/");
    assert_eq!((reply.status, reply.header("location"), reply.header("vary")), (303, "/app/", "accept"));
    assert!(is_the_page(&browser(&app).get("/app/")));
    let reply = browser(&app).get("/app?lang=es");
    assert_eq!((reply.status, reply.header("location")), (308, "/app/?lang=es"));
    assert_eq!(app.anonymous().get("/app").header("location"), "/app/");
}

#[test]
fn clients_of_the_api_find_at_the_root_what_they_did_before() {
    let app = TestApp::start();
    for accept in ["*/*", "application/json", "application/json, text/html;q=0.5"] {
        let _ = app.anonymous().with("accept", accept).get("/").problem(404, "ROUTE_NOT_FOUND");
    }
}

#[test]
fn the_page_is_asked_for_anew_and_its_files_never_again() {
    let app = TestApp::start();
    let page = app.anonymous().get("/app/");
    assert_eq!(page.header("cache-control"), "no-cache");
    let tag = page.header("etag").to_owned();
    assert!(tag.len() > 5, "{tag}");
    let unchanged = app.anonymous().with("if-none-match", tag.as_str()).get("/app/");
    assert_eq!((unchanged.status, unchanged.bytes.len(), unchanged.header("etag")), (304, 0, tag.as_str()));
    assert_eq!(unchanged.header("cache-control"), "no-cache");
    assert!(is_the_page(&app.anonymous().with("if-none-match", "\"another\"").get("/app/")));
    for (extension, media) in [(".js", "text/javascript; charset=utf-8"), (".css", "text/css; charset=utf-8")] {
        let reply = app.anonymous().get(&asset(&app, extension));
        assert_eq!((reply.status, reply.header("content-type")), (200, media));
        assert_eq!(reply.header("cache-control"), "public, max-age=31536000, immutable");
    }
}

#[test]
fn files_travel_packed_as_the_client_takes_them() {
    let app = TestApp::start();
    let plain = app.anonymous().get("/app/");
    assert_eq!(plain.header("content-encoding"), "");
    assert_eq!(plain.header("vary"), "accept, accept-encoding");
    let asked = |accept: &str| app.anonymous().with("accept-encoding", accept).get("/app/");
    for (accept, encoding) in [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, br;q=0.5", "gzip"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.1", "gzip"),
        ("identity", ""),
        ("zstd", ""),
        ("gzip;q=nonsense", ""),
        ("", ""),
    ] {
        let reply = asked(accept);
        assert_eq!((reply.status, reply.header("content-encoding")), (200, encoding), "{accept}");
        assert_eq!(reply.header("etag"), plain.header("etag"));
        assert_eq!(reply.header("content-length"), reply.bytes.len().to_string(), "{accept}");
        if encoding.is_empty() {
            assert_eq!(reply.bytes, plain.bytes, "{accept}");
        } else {
            assert!(reply.bytes.len() < plain.bytes.len(), "{accept}");
        }
    }
    let mut unpacked = Vec::new();
    GzDecoder::new(asked("gzip").bytes.as_slice()).read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, plain.bytes);
}

#[test]
fn every_view_of_the_page_is_the_page() {
    let app = TestApp::start();
    for path in
        ["/app/accounts/bcp_peru", "/app/accounts/bcp_peru/model?h=30", "/app/me", "/app/index.html", "/app/a/b/c/"]
    {
        assert!(is_the_page(&app.anonymous().get(path)), "{path}");
    }
    // Names of accounts have dots.
    assert!(is_the_page(&browser(&app).get("/app/accounts/bcp.peru")));
    assert!(is_the_page(&app.anonymous().get("/app/accounts/bcp.peru/model")));
}

#[test]
fn a_file_that_is_missing_is_no_page() {
    let app = TestApp::start();
    for path in ["/app/nothing.js", "/app/assets/index-00000001.css", "/app/data.json", "/app/.env"] {
        let _ = app.anonymous().get(path).problem(404, "ROUTE_NOT_FOUND");
    }
    // Nor for whoever would take HTML: an old page may ask for a script of the version before.
    for path in ["/app/assets/old-00000001.js", "/app/assets/", "/app/assets/nothing"] {
        let _ = browser(&app).get(path).problem(404, "ROUTE_NOT_FOUND");
    }
    let _ = browser(&app).get("/application").problem(404, "ROUTE_NOT_FOUND");
}

#[test]
fn no_path_leads_out_of_the_dashboard() {
    let app = TestApp::start();
    for path in [
        "/app/..%2f..%2fetc/passwd",
        "/app/%2e%2e/%2e%2e/etc/passwd",
        "/app/assets/..%2f..%2fCargo.toml",
        "/app/assets/%2e%2e/index.html",
        "/app/%00",
        "/app/C:%5CWindows%5Cwin.ini",
        "/app//etc/passwd",
    ] {
        for client in [app.anonymous(), browser(&app)] {
            let reply = client.get(path);
            assert!(reply.status == 404 || is_the_page(&reply), "{path}: {} {}", reply.status, reply.text());
        }
    }
}

#[test]
fn head_has_the_headers_and_other_methods_are_refused() {
    let app = TestApp::start();
    let get = app.anonymous().get("/app/");
    let head = app.anonymous().ask(Method::HEAD, "/app/");
    assert_eq!((head.status, head.bytes.len()), (200, 0));
    for name in ["content-length", "content-type", "etag", "cache-control", "content-security-policy"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
        let reply = app.anonymous().ask(method, "/app/");
        let _ = reply.problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(reply.header("allow"), "GET, HEAD");
    }
}

#[test]
fn the_page_may_load_its_own_files_only_and_nobody_may_frame_it() {
    let app = TestApp::start();
    for path in ["/app/", "/app/accounts/x", &asset(&app, ".js")] {
        let reply = app.anonymous().get(path);
        for (name, value) in [
            (
                "content-security-policy",
                "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'; form-action 'self'; \
                 require-trusted-types-for 'script'; trusted-types 'none'",
            ),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            let values: Vec<_> = reply.headers.get_all(name).iter().collect();
            assert_eq!(values, [value], "{path} {name}");
        }
        assert!(reply.header("permissions-policy").contains("camera=()"));
        assert_ne!(reply.header("x-request-id"), "");
        assert_eq!(reply.header("set-cookie"), "");
    }
}

#[test]
fn pages_of_others_may_not_read_the_dashboard() {
    let app = TestApp::start();
    for origin in ["https://evil.example", "https://panel.example", "null"] {
        let reply = app.anonymous().with("origin", origin).get("/app/");
        assert!(is_the_page(&reply));
        assert_eq!(reply.header("access-control-allow-origin"), "", "{origin}");
    }
}

#[test]
fn the_dashboard_costs_no_limit_and_what_is_not_there_does() {
    // An address may do ten requests a minute.
    let app = TestApp::configured(&[("RATE_LIMIT_PER_MINUTE", "1")]);
    let script = asset(&app, ".js");
    for _ in 0..30 {
        assert!(is_the_page(&app.anonymous().get("/app/")));
        assert_eq!(app.anonymous().get(&script).status, 200);
    }
    for _ in 0..10 {
        let _ = app.anonymous().get("/app/nothing.js").problem(404, "ROUTE_NOT_FOUND");
    }
    let _ = app.anonymous().get("/app/nothing.js").problem(429, "RATE_LIMITED");
    assert!(is_the_page(&app.anonymous().get("/app/")));
}

#[test]
fn the_counters_know_the_dashboard_as_one_place() {
    let app = TestApp::start();
    let _ = app.anonymous().get(&asset(&app, ".js"));
    let _ = app.anonymous().get("/app/accounts/secreta");
    let counted = app.telemetry.exposition().unwrap();
    assert!(counted.contains(r#"http_requests_total{endpoint="/app/",method="GET",status="200"} 3"#), "{counted}");
    assert!(!counted.contains("secreta"));
}

#[test]
fn an_operator_may_turn_it_off() {
    let app = TestApp::configured(&[("DASHBOARD", "false")]);
    for path in ["/", "/app", "/app/", "/app/accounts/x", "/app/index.html"] {
        let _ = browser(&app).get(path).problem(404, "ROUTE_NOT_FOUND");
    }
    let _ = app.anonymous().ask(Method::POST, "/app/").problem(404, "ROUTE_NOT_FOUND");
    let counted = app.telemetry.exposition().unwrap();
    assert!(!counted.contains("/app"), "{counted}");
}

#[test]
fn production_serves_it_too() {
    let app = TestApp::configured(&PRODUCTION);
    assert!(is_the_page(&app.anonymous().get("/app/")));
}

/// What a page that is served from `origin` hears when it continues a session, behind a proxy that asks for `host`.
fn refreshed(app: &TestApp, origin: &str, host: &str) -> Reply {
    let cookie = "__Secure-atalaya_refresh=of-nobody";
    let client = app.anonymous().with("origin", origin).with("host", host).with("cookie", cookie);
    client.post("/auth/refresh", &serde_json::json!({}))
}

#[test]
fn the_page_may_continue_sessions_at_the_address_that_people_know() {
    let own = "https://atalaya.example:8443";
    let settings = [PRODUCTION.as_slice(), &[("PUBLIC_URL", "https://Atalaya.example:8443/")]].concat();
    let app = TestApp::configured(&settings);
    // The token is nobody's: the origin was let through.
    let _ = refreshed(&app, own, "10.0.0.7:8000").problem(401, "REFRESH_TOKEN_INVALID");
    for other in ["https://atalaya.example", "http://atalaya.example:8443", "https://evil.example:8443", "null"] {
        let _ = refreshed(&app, other, "10.0.0.7:8000").problem(403, "ORIGIN_FORBIDDEN");
    }
    // The proxy of deploy/ hands the name and the port on, and nothing has to be set.
    let app = TestApp::configured(&PRODUCTION);
    let _ = refreshed(&app, own, "atalaya.example:8443").problem(401, "REFRESH_TOKEN_INVALID");
    let _ = refreshed(&app, own, "atalaya.example").problem(403, "ORIGIN_FORBIDDEN");
}
