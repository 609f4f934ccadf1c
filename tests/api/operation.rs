//! What operators, browsers and tools ask for.

use std::path::Path;

use atalaya_server::compose::VERSION;
use atalaya_tests::{PASSWORD, Reply, TestApp, bank};
use atalaya_web::documentation;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::checks::PRODUCTION;
use crate::program::Program;

#[test]
fn health_reports_every_part() {
    let app = TestApp::start();
    let reply = app.anonymous().get("/health");
    assert_eq!(reply.keys(), ["checks", "status", "timestamp"]);
    assert_eq!(
        (&reply.json["checks"]["database"], &reply.json["checks"]["jwt"]),
        (&json!("healthy"), &json!("healthy"))
    );
    // How full the disk is, is the machine's affair, and a server's disk is the server's; the status follows from it.
    let disk = reply.json["checks"]["disk_space"].as_str();
    assert_eq!(disk.is_some(), app.database.is_a_file());
    assert!(["healthy", "warning", "unhealthy"].contains(&disk.unwrap_or("healthy")));
    assert_eq!(reply.status == 503, disk == Some("unhealthy"));
    assert_eq!(reply.json["status"] == "healthy", reply.status == 200);
}

#[test]
fn a_process_that_lives_says_so() {
    let app = TestApp::start();
    assert_eq!(app.anonymous().get("/health/live").expect(200)["status"], "healthy");
    assert!(app.anonymous().get("/health/ready").json["checks"]["database"].is_string());
}

#[test]
fn metrics_tell_uptime_version_and_environment() {
    let app = TestApp::start();
    app.clock.advance(TimeDelta::seconds(90));
    let reply = app.anonymous().get("/metrics");
    assert_eq!(reply.expect(200), &json!({"uptime": 90, "version": VERSION, "environment": "development"}));
    let text = app.anonymous().with("accept", "text/plain").get("/metrics");
    assert!(text.header("content-type").starts_with("text/plain"));
    assert!(text.text().contains("atalaya_uptime_seconds 90"));
    assert!(!text.text().contains("development"), "private");
}

#[test]
fn counters_count_logins_and_requests_by_route_and_never_by_name() {
    let app = TestApp::start().with(bank("BCP"));
    let _ = app.try_login("admin_bcp", "wrong");
    let admin = app.login("admin_bcp");
    for path in ["/regression/predict/secreta?fecha=2026-09-01", "/no/such/path", "/docs/swagger-ui.css"] {
        let _ = admin.get(path);
    }
    let text = app.telemetry.exposition().unwrap();
    for line in [
        r#"login_attempts_total{status="failed"} 1"#,
        r#"login_attempts_total{status="success"} 1"#,
        r#"http_requests_total{endpoint="/auth/login",method="POST",status="401"} 1"#,
        r#"http_requests_total{endpoint="/regression/predict/{username}",method="GET",status="403"} 1"#,
        r#"http_requests_total{endpoint="unmatched",method="GET",status="404"} 1"#,
        r#"http_request_duration_seconds_count{endpoint="/docs/{file}",method="GET"} 1"#,
        "process_resident_memory_bytes",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    assert!(!text.contains("secreta") && !text.contains("/no/such"), "{text}");
}

#[test]
fn the_documentation_comes_from_inside_the_program() {
    let app = TestApp::start();
    let page = app.anonymous().get("/docs");
    assert!(page.header("content-type").starts_with("text/html"));
    let html = page.text();
    let referred = html.split(['"', '\'']).filter(|part| part.starts_with("./"));
    let assets: Vec<_> = referred.map(|part| part.trim_start_matches("./")).collect();
    assert!(assets.len() >= 3, "{html}");
    assert!(!html.contains("https://"), "the page loads something from elsewhere");
    for asset in assets {
        let reply = app.anonymous().get(&format!("/docs/{asset}"));
        assert_eq!(reply.status, 200, "{asset}");
    }
    let script = app.anonymous().get("/docs/page.js");
    assert!(script.text().contains("/api-docs/openapi.json"));
    assert!(html.contains("data-username=\"\"") && html.contains("width=device-width"), "{html}");
    let demonstration = TestApp::try_start(TestApp::start().with(bank("Interbank")).stop(), &[]).unwrap();
    let html = demonstration.anonymous().get("/docs").text();
    assert!(html.contains("data-username=\"admin_interbank\""), "{html}");
    assert_eq!((page.header("content-language"), page.header("vary").contains("Accept-Language")), ("es", true));
    let english = app.anonymous().english().get("/docs");
    assert!(english.text().contains("<title>Atalaya: the API</title>"), "{}", english.text());
    let production = TestApp::configured(&[PRODUCTION.as_slice(), &[("PUBLIC_DOCS", "true")]].concat());
    let html = production.anonymous().get("/docs").text();
    assert!(html.contains("data-username=\"\"") && !html.contains("password123"), "{html}");
    let _ = app.anonymous().get("/docs/no-such-file").problem(404, "ROUTE_NOT_FOUND");
}

#[test]
fn the_committed_document_is_the_one_that_is_served() {
    let served = TestApp::start().anonymous().get("/api-docs/openapi.json");
    assert!(served.expect(200)["openapi"].as_str().unwrap().starts_with("3.1"));
    let made = documentation(VERSION).unwrap();
    assert_eq!(served.bytes, made.json().unwrap().as_ref());
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/openapi.json");
    let committed = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    assert!(
        committed == made.json().unwrap().as_ref(),
        "docs/openapi.json is not what the code makes; run: atalaya openapi > docs/openapi.json"
    );
}

#[test]
fn a_wrong_method_is_405_on_every_known_path() {
    let app = TestApp::start();
    let document: Value = serde_json::from_slice(documentation(VERSION).unwrap().json().unwrap()).unwrap();
    for (path, item) in document["paths"].as_object().unwrap() {
        let mut expected: Vec<_> = item.as_object().unwrap().keys().map(|method| method.to_uppercase()).collect();
        if expected.contains(&"GET".to_owned()) {
            expected.push("HEAD".to_owned());
        }
        expected.sort();
        let part = |part: &str| if part.starts_with('{') { "7".to_owned() } else { part.to_owned() };
        let path = path.split('/').map(part).collect::<Vec<_>>().join("/");
        for method in ["TRACE", "BREW"] {
            let reply = app.anonymous().ask(Method::from_bytes(method.as_bytes()).unwrap(), &path);
            let _ = reply.problem(405, "METHOD_NOT_ALLOWED");
            let mut allowed: Vec<_> = reply.header("allow").split(", ").collect();
            allowed.sort_unstable();
            assert_eq!(allowed, expected, "{method} {path}");
        }
    }
}

#[test]
fn an_unknown_path_is_404() {
    let app = TestApp::start();
    for path in ["/", "/regression", "/auth/nothing", "/docs/a/b", "/..%2f..%2fetc/passwd", "//"] {
        let _ = app.anonymous().get(path).problem(404, "ROUTE_NOT_FOUND");
    }
}

#[test]
fn every_answer_carries_the_security_headers() {
    let app = TestApp::start().with(bank("BCP"));
    let (admin, nobody) = (app.login("admin_bcp"), app.anonymous());
    let preflight = nobody.clone().with("origin", "https://panel.example").with("access-control-request-method", "GET");
    for reply in [
        admin.get("/auth/me"),
        admin.clone().with("if-none-match", "*").get("/auth/my-accounts"),
        nobody.get("/health/live"),
        nobody.get("/docs"),
        nobody.get("/auth/me"),
        nobody.get("/no/such/path"),
        nobody.delete("/health"),
        admin.post("/auth/register", &json!({})),
        admin.send(Method::POST, "/auth/register", "application/json", "{"),
        preflight.ask(Method::OPTIONS, "/auth/me"),
    ] {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("x-xss-protection", "0"),
            ("referrer-policy", "no-referrer"),
        ] {
            assert_eq!(reply.header(name), value, "{name} of {reply:?}");
        }
        assert!(reply.header("content-security-policy").contains("default-src 'none'"), "{reply:?}");
        assert!(!reply.header("x-request-id").is_empty() && !reply.header("cache-control").is_empty(), "{reply:?}");
        assert_eq!(reply.header("strict-transport-security"), "", "HSTS without TLS");
    }
    let scanner = TestApp::configured(&[("XSS_PROTECTION_HEADER", "1; mode=block")]);
    assert_eq!(scanner.anonymous().get("/health/live").header("x-xss-protection"), "1; mode=block");
}

#[test]
fn a_request_id_is_echoed_where_it_is_one() {
    let app = TestApp::start();
    let with = |id: &str| app.anonymous().with("x-request-id", id).get("/auth/me");
    assert_eq!(with("mine-1.a_b").header("x-request-id"), "mine-1.a_b");
    for forged in ["a b", "x] - ERROR", &"a".repeat(65), "ñ"] {
        let reply = with(forged);
        let _ = reply.problem(401, "AUTHENTICATION_REQUIRED");
        assert_ne!(reply.header("x-request-id"), forged);
    }
    assert_ne!(with(" ").header("x-request-id"), with(" ").header("x-request-id"));
}

#[test]
fn only_listed_origins_may_call_from_a_browser() {
    let app = TestApp::start();
    let from = |origin: &str| app.anonymous().with("origin", origin).get("/health/live");
    let allowed = from("https://panel.example");
    assert_eq!(allowed.header("access-control-allow-origin"), "https://panel.example");
    assert_eq!(allowed.header("access-control-allow-credentials"), "true");
    for origin in ["https://evil.example", "null", "http://panel.example", "https://panel.example.evil"] {
        assert_eq!(from(origin).header("access-control-allow-origin"), "", "{origin}");
    }
    let preflight = |headers: &str| {
        app.anonymous()
            .with("origin", "https://panel.example")
            .with("access-control-request-method", "POST")
            .with("access-control-request-headers", headers)
            .ask(Method::OPTIONS, "/regression/train")
    };
    let passed = preflight("authorization,content-type,idempotency-key");
    assert_eq!(passed.status, 200, "{}", passed.text());
    assert!(passed.header("access-control-allow-methods").contains("POST"));
    assert_eq!(preflight("x-evil").header("access-control-allow-origin"), "");
}

#[test]
fn a_refused_preflight_says_what_allows_the_page() {
    let app = TestApp::start();
    let ask = |origin: &str, method: &str, headers: &str| {
        app.anonymous()
            .with("origin", origin)
            .with("access-control-request-method", method)
            .with("access-control-request-headers", headers)
            .ask(Method::OPTIONS, "/regression/train")
    };
    let (listed, stranger) = ("https://panel.example", "https://evil.example");
    for refused in [ask(stranger, "POST", "authorization"), ask("null", "GET", ""), ask(listed, "POST", "x-evil")] {
        let problem = refused.problem(403, "ORIGIN_FORBIDDEN");
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains("no están permitidos") && detail.contains("agregue el origen"), "{detail}");
        assert_eq!(refused.header("access-control-allow-origin"), "");
    }
    let _ = ask(listed, "TRACE", "").problem(403, "ORIGIN_FORBIDDEN");
    // What cannot be read at all is no question about a page.
    let _ = ask(listed, "POST", "(").problem(400, "UNREADABLE_HEADER");
    // The request itself is answered as ever: it is the browser that keeps the answer from the page.
    let _ = app.anonymous().with("origin", stranger).get("/health/live").expect(200);
    let _ =
        app.anonymous().with("origin", stranger).ask(Method::OPTIONS, "/auth/me").problem(405, "METHOD_NOT_ALLOWED");
}

#[test]
fn in_development_pages_of_this_machine_may_call_from_any_port() {
    let app = TestApp::start();
    for origin in ["http://localhost:4321", "http://127.0.0.1:4321", "http://[::1]:4321"] {
        let page = app.anonymous().with("origin", origin);
        let preflight = page.clone().with("access-control-request-method", "POST").ask(Method::OPTIONS, "/auth/login");
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (200, origin));
        assert_eq!(page.get("/health/live").header("access-control-allow-origin"), origin);
    }
    let app = TestApp::configured(&crate::profiles::PRODUCTION);
    let page = app.anonymous().with("origin", "http://localhost:4321").with("access-control-request-method", "GET");
    let _ = page.ask(Method::OPTIONS, "/auth/me").problem(403, "ORIGIN_FORBIDDEN");
}

#[test]
fn large_answers_are_compressed_and_small_ones_are_not() {
    let app = TestApp::start();
    let encoding = |accept: &str, path: &str| {
        app.anonymous().with("accept-encoding", accept).get(path).header("content-encoding").to_owned()
    };
    assert_eq!(encoding("gzip", "/api-docs/openapi.json"), "gzip");
    assert_eq!(encoding("br", "/api-docs/openapi.json"), "br");
    assert_eq!(encoding("identity", "/api-docs/openapi.json"), "");
    assert_eq!(encoding("gzip", "/health/live"), "");
    assert_eq!(encoding("gzip", "/auth/me"), "");
    let whole = app.anonymous().with("accept-encoding", "identity").get("/api-docs/openapi.json");
    let packed = app.anonymous().with("accept-encoding", "gzip").get("/api-docs/openapi.json");
    assert!(packed.bytes.starts_with(&[0x1f, 0x8b]) && packed.bytes.len() < whole.bytes.len() / 6);
}

#[test]
fn whoever_accepts_no_encoding_is_told_so() {
    let app = TestApp::start();
    for accept in ["identity;q=0", "*;q=0", "deflate-nonsense, identity;q=0"] {
        let reply = app.anonymous().with("accept-encoding", accept).get("/api-docs/openapi.json");
        let _ = reply.problem(406, "NOT_ACCEPTABLE");
    }
    let _ = app.anonymous().with("accept-encoding", "gzip, *;q=0").get("/api-docs/openapi.json").expect(200);
}

#[test]
fn what_came_as_head_is_counted_as_head() {
    let app = TestApp::start().with(bank("BCP").viewer("vera", &[]));
    let vera = app.login("vera");
    assert_eq!(app.anonymous().ask(Method::HEAD, "/health/live").status, 200);
    assert_eq!(vera.ask(Method::HEAD, "/auth/users").status, 403);
    let text = app.telemetry.exposition().unwrap();
    for line in [
        r#"http_requests_total{endpoint="/health/live",method="HEAD",status="200"} 1"#,
        r#"http_requests_total{endpoint="/auth/users",method="HEAD",status="403"} 1"#,
        r#"http_request_duration_seconds_count{endpoint="/health/live",method="HEAD"} 1"#,
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    app.core.upkeep().run_all();
    let denied = app.login("admin_bcp").get("/audit?action=access_denied");
    assert_eq!(denied.expect(200)["entries"][0]["target"], "HEAD /auth/users");
}

#[test]
fn a_user_who_asks_too_often_is_told_when_to_come_back() {
    let app = TestApp::configured(&[("RATE_LIMIT_PER_MINUTE", "3")]).with(bank("BCP").user("ursula", &[]));
    let (admin, ursula) = (app.login("admin_bcp"), app.login("ursula"));
    for _ in 0..3 {
        let _ = admin.get("/auth/me").expect(200);
    }
    let limited = admin.get("/auth/me");
    let _ = limited.problem(429, "RATE_LIMITED");
    let wait: u64 = limited.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(limited.header("ratelimit-policy"), r#""user";q=3;w=60"#);
    assert_eq!(limited.header("ratelimit"), format!(r#""user";r=0;t={wait}"#));
    let _ = ursula.get("/auth/me").expect(200);
}

#[test]
fn an_address_that_asks_too_often_is_refused_whoever_it_is() {
    let app = TestApp::configured(&[("RATE_LIMIT_PER_MINUTE", "1")]);
    let statuses: Vec<u16> = (0..11).map(|_| app.anonymous().get("/health/live").status).collect();
    assert_eq!(statuses, [[200; 10].as_slice(), &[429]].concat());
    let limited = app.anonymous().with("x-forwarded-for", "203.0.113.9").get("/health/live");
    let _ = limited.problem(429, "RATE_LIMITED");
    assert_eq!(limited.header("ratelimit-policy"), r#""address";q=10;w=60"#);
    assert_eq!(limited.header("x-frame-options"), "DENY");
}

#[test]
fn logins_of_an_address_are_limited() {
    let app = TestApp::configured(&[("LOGIN_RATE_LIMIT_PER_MINUTE", "2")]).with(bank("BCP"));
    for _ in 0..2 {
        let _ = app.try_login("admin_bcp", PASSWORD).expect(200);
    }
    let limited = app.try_login("admin_bcp", PASSWORD);
    let _ = limited.problem(429, "RATE_LIMITED");
    assert_eq!(limited.header("ratelimit-policy"), r#""login";q=2;w=60"#);
}

#[test]
fn forwarded_addresses_are_believed_of_trusted_proxies_only() {
    let seen = |settings: &[(&str, &str)]| {
        let app = TestApp::configured(settings).with(bank("BCP"));
        let body = json!({"username": "admin_bcp", "password": PASSWORD});
        let login = app.anonymous().with("x-forwarded-for", "1.2.3.4, 203.0.113.9").post("/auth/login", &body);
        let client = app.anonymous().bearing(login.json["access_token"].as_str().unwrap());
        client.get("/auth/sessions").json["sessions"][0]["address"].as_str().unwrap().to_owned()
    };
    assert_eq!(seen(&[]), "127.0.0.1");
    assert_eq!(seen(&[("TRUSTED_PROXIES", "127.0.0.0/8")]), "203.0.113.9");
}

#[test]
fn behind_a_proxy_each_client_has_limits_of_its_own_however_its_address_is_written() {
    let app = TestApp::configured(&[("TRUSTED_PROXIES", "127.0.0.0/8"), ("LOGIN_RATE_LIMIT_PER_MINUTE", "1")]);
    let app = app.with(bank("BCP"));
    let body = json!({"username": "admin_bcp", "password": PASSWORD});
    let from = |name: &str, value: &str| app.anonymous().with(name, value).post("/auth/login", &body);
    let address = |login: &Reply| {
        let client = app.anonymous().bearing(login.expect(200)["access_token"].as_str().unwrap());
        let sessions = client.get("/auth/sessions").expect(200)["sessions"].clone();
        let current = |session: &&Value| session["current"] == true;
        sessions.as_array().unwrap().iter().find(current).unwrap()["address"].clone()
    };
    assert_eq!(address(&from("x-forwarded-for", "203.0.113.2:51008")), "203.0.113.2");
    let _ = from("x-forwarded-for", "203.0.113.2:51009").problem(429, "RATE_LIMITED");
    let _ = from("forwarded", "for=203.0.113.2;proto=https").problem(429, "RATE_LIMITED");
    assert_eq!(address(&from("x-forwarded-for", "[2001:db8::1]:47011")), "2001:db8::1");
    assert_eq!(address(&from("forwarded", "for=\"[2001:db8:1::1]:47011\";proto=https")), "2001:db8:1::1");
    // Where the proxy does not say, they share its limits, and nobody else does.
    assert_eq!(address(&from("x-forwarded-for", "unknown")), Value::Null);
    let _ = from("x-forwarded-for", "203.0.113.7, unknown").problem(429, "RATE_LIMITED");
    assert_eq!(address(&from("x-forwarded-for", "203.0.113.7")), "203.0.113.7");
}

#[test]
fn a_proxy_that_does_not_say_for_whom_it_asks_is_told_of_once() {
    let database = TestApp::start().stop();
    let program = Program::serve(&database, &[("TRUSTED_PROXIES", "127.0.0.0/8")]);
    for hop in ["unknown", "_hidden", "203.0.113.2", "unknown"] {
        let _ = program.anonymous().with("x-forwarded-for", hop).get("/health/live").expect(200);
    }
    let printed = program.printed();
    assert_eq!(printed.matches("does not say for whom it asks").count(), 1, "{printed}");
}

#[test]
fn errors_carry_the_apps_time() {
    let app = TestApp::start();
    let reply = app.anonymous().get("/auth/me");
    assert_eq!(reply.json["timestamp"], "2026-08-23T17:00:00Z");
}

#[test]
fn a_known_path_with_a_slash_at_its_end_is_sent_to_itself_without() {
    let app = TestApp::start();
    let reply = app.anonymous().get("/auth/me/?x=1");
    assert_eq!((reply.status, reply.header("location")), (308, "/auth/me?x=1"));
    let _ = app.anonymous().get("//example.org/").problem(404, "ROUTE_NOT_FOUND");
}

#[test]
fn no_client_invents_a_label() {
    let app = TestApp::configured(&[("RATE_LIMIT_PER_MINUTE", "2")]);
    let stranger = app.anonymous();
    let _ = stranger.delete("/auth/users/a/sessions/inventeda");
    let _ = stranger.get("/accounts/observations/observations");
    for index in 0..30 {
        let _ = stranger.get(&format!("/invented/{index}"));
    }
    let text = app.telemetry.exposition().unwrap();
    assert!(!text.contains("invented"), "{text}");
    assert!(text.contains(r#"endpoint="/auth/users/{id}/sessions/{session}""#), "{text}");
    assert!(text.contains(r#"endpoint="/accounts/{username}/observations""#), "{text}");
}
