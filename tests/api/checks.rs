//! Properties that an auditor asks for and that belong to no single route.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use atalaya_server::compose::VERSION;
use atalaya_tests::{Client, PASSWORD, Reply, TestApp, TestDatabase, bank};
use atalaya_web::documentation;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use serde_json::{Value, json};

use crate::program::Program;
use crate::samples::{SAMPLES, Sample};
use crate::world::{Who, World};

/// What production needs to be told.
pub(crate) const PRODUCTION: [(&str, &str); 4] = [
    ("ENVIRONMENT", "production"),
    ("BCRYPT_ROUNDS", "12"),
    ("KEY_ENCRYPTION_KEY", "k3q6Yx0mS8r1uQv7c2TzJ9hWbN5eGdLfPaIoKs4RyXU="),
    ("PASSWORD_PEPPER", "h3Wq8ZtKx5RbM2vYcN7jLpSd"),
];

fn document() -> Value {
    serde_json::from_slice(documentation(VERSION).unwrap().json().unwrap()).unwrap()
}

/// Calls `see` with every field of a value, however deep, and what is in it.
fn walk<'v>(value: &'v Value, see: &mut impl FnMut(&'v str, &'v Value)) {
    match value {
        Value::Object(object) => {
            for (field, inner) in object {
                see(field, inner);
                walk(inner, see);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, see)),
        _ => {}
    }
}

fn fields(value: &Value) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    walk(value, &mut |field, _| {
        fields.insert(field.to_owned());
    });
    fields
}

fn begin(app: &TestApp, username: &str) -> Value {
    let body = json!({"username": username, "password": PASSWORD, "refresh": "body"});
    app.anonymous().post("/auth/login", &body).expect(200).clone()
}

fn refresh(app: &TestApp, grant: &Value) -> Reply {
    app.anonymous().post("/auth/refresh", &json!({"refresh_token": grant["refresh_token"]}))
}

fn bearing(app: &TestApp, grant: &Value) -> Client {
    app.anonymous().bearing(grant["access_token"].as_str().unwrap())
}

#[test]
fn a_role_shows_no_field_that_a_higher_one_does_not_and_no_personal_data_of_others() {
    let world = World::new();
    for sample in SAMPLES.iter().filter(|sample| sample.operation.starts_with("GET /")) {
        let all = fields(&world.ask(Who::Admin, sample, &world.canary).json);
        for who in [Who::Viewer, Who::User] {
            let reply = world.ask(who, sample, &world.canary);
            if reply.status != 200 {
                continue;
            }
            let shown = fields(&reply.json);
            assert!(shown.is_subset(&all), "{} shows {who:?} more than an administrator", sample.operation);
            let own = ["GET /auth/me", "GET /auth/sessions", "GET /api-docs/openapi.json"].contains(&sample.operation);
            let personal = ["email", "ultimo_acceso", "address", "device_name"];
            let told: Vec<_> = personal.iter().filter(|field| shown.contains(**field)).collect();
            assert!(own || told.is_empty(), "{} tells {who:?} {told:?}", sample.operation);
        }
    }
}

#[test]
fn a_new_role_counts_at_once_and_in_the_tokens_that_follow() {
    let app = TestApp::start().with(bank("BCP").admin("adela"));
    let before = begin(&app, "adela");
    let adela = bearing(&app, &before);
    let id = adela.get("/auth/me").expect(200)["id_usuario"].clone();
    let path = format!("/auth/users/{id}");
    let _ = app.login("admin_bcp").patch(&path, &json!({"rol": "viewer"})).expect(200);
    let _ = adela.get("/auth/users").problem(401, "TOKEN_REVOKED");
    let after = refresh(&app, &before);
    assert_eq!(after.expect(200)["rol"], "viewer");
    let _ = bearing(&app, &after.json).get("/auth/users").problem(403, "ROLE_FORBIDDEN");
}

#[test]
fn no_answer_carries_a_hash_a_key_or_an_internal_id() {
    let world = World::new();
    for sample in SAMPLES {
        for who in [Who::Admin, Who::Superadmin] {
            let reply = world.ask(who, sample, &world.canary);
            if sample.operation.contains("/api-docs/") || sample.operation.contains("/docs") {
                continue;
            }
            walk(&reply.json, &mut |field, value| {
                let inner = ["password", "hash", "pepper", "secret", "private", "wrapping", "artifact"];
                let internal = ["company_id", "account_id", "user_id", "session_id", "refresh_id", "user_version"];
                // What an operation is for: it is told once, to who made it.
                if field == "temporary_password" && sample.operation.ends_with("/temporary-password") {
                    return;
                }
                // Whether a password has to be changed is no password.
                let wrong = inner.iter().any(|word| field.contains(word)) && !value.is_boolean();
                assert!(!wrong && !internal.contains(&field), "{} as {who:?} answers {field}", sample.operation);
            });
            let text = reply.text();
            for hash in ["$2a$", "$2b$", "$2y$"] {
                assert!(!text.contains(hash), "{} as {who:?} answers a hash", sample.operation);
            }
        }
    }
}

/// The names of the fields that an operation reads from its body.
fn documented_fields(document: &Value, operation: &str) -> BTreeSet<String> {
    let (method, path) = operation.split_once(' ').unwrap();
    let body = &document["paths"][path][method.to_lowercase()]["requestBody"]["content"]["application/json"]["schema"];
    let mut names = BTreeSet::new();
    let mut schemas = vec![body.clone()];
    while let Some(schema) = schemas.pop() {
        if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
            schemas.push(document["components"]["schemas"][name].clone());
        }
        for several in ["oneOf", "anyOf", "allOf"] {
            schemas.extend(schema[several].as_array().cloned().unwrap_or_default());
        }
        names.extend(schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.clone()));
    }
    names
}

/// The sample with every field in its body that somebody may wish to set and the operation does not read, but for some.
fn with_wishes(document: &Value, sample: &Sample, company: &Value, but: &[String]) -> Sample {
    let known = documented_fields(document, sample.operation);
    let wishes = json!({
        "rol": "admin", "role": "superadmin", "empresa_id": company, "company_id": company, "activo": false, "active": false,
        "id_usuario": 1, "id": 1, "username": "root", "version": 9, "password_hash": "none", "email": "x@x.example",
        "fecha_creacion": "2000-01-01T00:00:00Z", "is_admin": true, "actor": {"role": "superadmin"}
    });
    let mut wishes = wishes.as_object().unwrap().clone();
    wishes.retain(|name, _| !known.contains(name) && !but.contains(name));
    let wishes = Value::Object(wishes).to_string();
    let body = format!("{},{}", sample.body.strip_suffix('}').unwrap(), wishes.strip_prefix('{').unwrap());
    Sample { body: Box::leak(body.into_boxed_str()), ..*sample }
}

/// The fields that were refused because they look like others.
fn misspelt_fields(reply: &Reply) -> Vec<String> {
    let errors = reply.json["errors"].as_array().into_iter().flatten();
    let unknown = errors.filter(|error| error["code"] == "unknown_field");
    unknown.map(|error| error["field"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn fields_that_an_operation_does_not_read_change_nothing() {
    let (world, document) = (World::new(), document());
    let people = || {
        world.app.database.texts(
            "SELECT id || ' ' || coalesce(company_id, 0) || ' ' || username || ' ' || role \
             || CASE WHEN active THEN ' active' ELSE ' locked' END FROM users ORDER BY id",
        )
    };
    let companies = || {
        world.app.database.texts(
            "SELECT id || ' ' || name || CASE WHEN active THEN ' active' ELSE ' suspended' END FROM companies ORDER BY id",
        )
    };
    let company = world.client(Who::Admin).get("/auth/me").json["empresa_id"].clone();
    let (people_before, companies_before) = (people(), companies());
    for sample in SAMPLES.iter().filter(|sample| sample.body.ends_with('}')) {
        let who = if sample.operation.contains("/companies") { Who::Superadmin } else { Who::Admin };
        let mut misspelt = Vec::new();
        let reply = loop {
            let reply = world.ask(who, &with_wishes(&document, sample, &company, &misspelt), &world.canary);
            let found = misspelt_fields(&reply);
            if found.is_empty() {
                break reply;
            }
            misspelt.extend(found);
        };
        assert_eq!(reply.status, sample.allowed, "{}: {}", sample.operation, reply.text());
    }
    let (people_after, companies_after) = (people(), companies());
    assert!(people_before.iter().all(|person| people_after.contains(person)), "{people_after:?}");
    for registered in people_after.iter().filter(|person| !people_before.contains(person)) {
        assert!(registered.contains(&format!(" {company} ")) && registered.ends_with(" user active"), "{registered}");
    }
    assert!(companies_before.iter().all(|company| companies_after.contains(company)), "{companies_after:?}");
    assert!(companies_after.iter().all(|company| company.ends_with(" active")), "{companies_after:?}");
}

#[test]
fn nobody_is_asked_for_the_key_that_a_token_points_to() {
    let app = TestApp::start().with(bank("BCP"));
    let token = app.login("admin_bcp").token().to_owned();
    let claims = token.split('.').nth(1).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}/keys", listener.local_addr().unwrap());
    let pair = Ed25519KeyPair::generate().unwrap();
    let own =
        json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()), "kid": "own"});
    for pointer in
        [json!({"jku": url}), json!({"x5u": url}), json!({"jwk": own}), json!({"x5c": [url]}), json!({"kid": url})]
    {
        let mut header = json!({"typ": "at+jwt", "alg": "EdDSA", "kid": "own"});
        header.as_object_mut().unwrap().extend(pointer.as_object().unwrap().clone());
        let signed = format!("{}.{claims}", URL_SAFE_NO_PAD.encode(header.to_string()));
        let forged = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(pair.sign(signed.as_bytes())));
        let _ = app.anonymous().bearing(&forged).get("/auth/me").problem(401, "TOKEN_INVALID");
    }
    assert_eq!(listener.accept().map(drop).map_err(|error| error.kind()), Err(ErrorKind::WouldBlock));
}

#[test]
fn headers_that_only_a_proxy_may_set_change_nothing() {
    let app = TestApp::start().with(bank("BCP").viewer("vera", &[]));
    let vera = app.login("vera");
    let (me, address) = (vera.get("/auth/me").json, "203.0.113.9");
    for (name, value) in [
        ("x-real-ip", address),
        ("x-client-ip", address),
        ("x-forwarded-for", address),
        ("forwarded", "for=203.0.113.9;proto=https;host=evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "https"),
        ("x-forwarded-user", "admin_bcp"),
        ("x-remote-user", "admin_bcp"),
        ("x-user-id", "1"),
        ("x-rol", "superadmin"),
        ("x-empresa-id", "1"),
        ("x-original-url", "/auth/users"),
        ("x-rewrite-url", "/auth/users"),
        ("x-http-method-override", "DELETE"),
    ] {
        let reply = vera.clone().with(name, value).get("/auth/me");
        assert_eq!(reply.expect(200), &me, "{name}");
        let stranger = app.anonymous().with(name, value);
        let login = stranger.post("/auth/login", &json!({"username": "vera", "password": PASSWORD}));
        let sessions = bearing(&app, login.expect(200)).get("/auth/sessions");
        let told = |session: &Value| session["address"] == "127.0.0.1";
        assert!(sessions.expect(200)["sessions"].as_array().unwrap().iter().all(told), "{name}");
    }
}

/// Sends bytes and reads whatever comes until the server has nothing more to say.
fn converse(app: &TestApp, bytes: &str) -> String {
    let mut stream = TcpStream::connect(app.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_mins(2))).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = Vec::new();
    // A server that resets the connection of a forger has said enough.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn a_request_cannot_be_hidden_in_another_ones_body() {
    let app = TestApp::start();
    let hidden = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
    let plain = converse(&app, hidden);
    assert!(plain.starts_with("HTTP/1.1 200"), "{plain}");
    let length = hidden.len();
    let body = format!("0\r\n\r\n{hidden}");
    for head in [
        format!("Content-Length: {}\r\nTransfer-Encoding: chunked\r\n", body.len()),
        format!("Transfer-Encoding: chunked\r\nContent-Length: {}\r\n", body.len()),
        format!("Content-Length: {}\r\nContent-Length: 0\r\n", body.len()),
        format!("Content-Length: 0\r\nContent-Length: {}\r\n", body.len()),
        format!("Content-Length: {length}, 0\r\n"),
        "Content-Length: +5\r\n".to_owned(),
        "Content-Length: -5\r\n".to_owned(),
        "Transfer-Encoding: chunked, identity\r\n".to_owned(),
        "Transfer-Encoding: xchunked\r\n".to_owned(),
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n".to_owned(),
        "Transfer-Encoding : chunked\r\n".to_owned(),
        " Transfer-Encoding: chunked\r\n".to_owned(),
    ] {
        let request =
            format!("POST /auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{head}\r\n{body}");
        let answer = converse(&app, &request);
        assert!(!answer.contains("HTTP/1.1 200"), "{head:?}: {answer}");
        assert!(answer.matches("HTTP/1.1 ").count() <= 1, "{head:?}: {answer}");
    }
}

#[test]
fn a_token_in_a_url_is_no_token() {
    let app = TestApp::start().with(bank("BCP"));
    let token = app.login("admin_bcp").token().to_owned();
    for name in ["access_token", "token", "bearer", "authorization", "Authorization", "jwt", "api_key"] {
        let _ = app.anonymous().get(&format!("/auth/me?{name}={token}")).problem(401, "AUTHENTICATION_REQUIRED");
    }
    walk(&document()["paths"], &mut |field, value| {
        for parameter in value.as_array().into_iter().flatten().filter(|_| field == "parameters") {
            let name = parameter["name"].as_str().unwrap().to_lowercase();
            let secret = ["token", "password", "secret", "api"].iter().any(|word| name.contains(word));
            assert!(parameter["in"] == "header" || !secret, "{name} travels in the URL");
        }
    });
}

#[test]
fn a_parameter_that_comes_twice_is_refused() {
    let app = TestApp::start().with(bank("BCP").account("BCPComunica"));
    let admin = app.login("admin_bcp");
    for path in [
        "/auth/users?limit=1&limit=1000",
        "/accounts?cursor=a&cursor=b",
        "/regression/predict/BCPComunica?fecha=2026-09-01&fecha=2026-09-02",
    ] {
        let _ = admin.get(path).problem(400, "UNREADABLE_QUERY");
    }
}

#[test]
fn a_fault_tells_its_cause_to_the_log_and_in_production_to_nobody_else() {
    let fault = |settings: &[(&str, &str)]| {
        let app = TestApp::configured(settings).with(bank("BCP"));
        app.database.execute("UPDATE users SET password_hash = 'damaged'");
        let reply = app.try_login("admin_bcp", PASSWORD);
        let _ = reply.problem(500, "INTERNAL_ERROR");
        reply
    };
    let (open, generic) = (fault(&[]), fault(&PRODUCTION));
    assert!(open.json["detail"].as_str().unwrap().contains('['), "{}", open.text());
    let told = generic.text().to_lowercase();
    for word in ["[", "bcrypt", "hash", "sql", "panic", ".rs", "damaged"] {
        assert!(!told.contains(word), "{word} is in {told}");
    }
}

#[test]
fn a_database_that_fails_grants_nothing() {
    let app = TestApp::start().with(bank("BCP").viewer("vera", &[]));
    let (unseen, grant) = (app.login("vera"), begin(&app, "vera"));
    for table in ["sessions", "users", "companies"] {
        app.database.execute(&format!("ALTER TABLE {table} RENAME TO lost"));
        for reply in [unseen.get("/auth/me"), app.try_login("vera", PASSWORD), refresh(&app, &grant)] {
            assert!(matches!(reply.status, 500 | 503), "without {table}: {}", reply.text());
            assert!(reply.json.get("access_token").is_none());
        }
        app.database.execute(&format!("ALTER TABLE lost RENAME TO {table}"));
    }
    let _ = unseen.get("/auth/me").expect(200);
    let _ = refresh(&app, &grant).expect(200);
}

#[test]
fn answers_about_identity_are_stored_by_nobody() {
    let world = World::new();
    for sample in SAMPLES.iter().filter(|sample| sample.operation.contains("/auth/")) {
        for who in [Who::Nobody, Who::Admin] {
            let reply = world.ask(who, sample, &world.canary);
            let polled = reply.header("cache-control") == "private, no-cache" && !reply.header("etag").is_empty();
            let kept = reply.header("cache-control") == "no-store" || polled;
            assert!(kept, "{} as {who:?}: {:?}", sample.operation, reply.headers);
        }
    }
}

#[test]
fn an_answer_may_do_nothing_in_a_browser() {
    let app = TestApp::start();
    let policy = app.anonymous().get("/health/live").header("content-security-policy").to_owned();
    for directive in ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(directive), "{directive} is not in {policy}");
    }
    let policy = app.anonymous().get("/docs").header("content-security-policy").to_owned();
    assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self';"), "{policy}");
}

#[test]
fn a_cookie_of_production_is_for_secure_pages_only() {
    let app = TestApp::configured(&PRODUCTION).with(bank("BCP"));
    let login = app.anonymous().post("/auth/login", &json!({"username": "admin_bcp", "password": PASSWORD}));
    let _ = login.expect(200);
    let cookies: Vec<_> = login.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    assert!(!cookies.is_empty());
    for cookie in cookies {
        assert!(cookie.starts_with("__Secure-") || cookie.starts_with("__Host-"), "{cookie}");
        for attribute in ["Secure", "HttpOnly", "SameSite=Strict"] {
            assert!(cookie.split("; ").any(|part| part == attribute), "{attribute} is missing in {cookie}");
        }
    }
}

#[test]
fn trace_and_methods_that_do_not_exist_are_405() {
    let app = TestApp::start();
    for method in ["TRACE", "TRACK", "CONNECTED", "DEBUG"] {
        let reply = app.anonymous().ask(Method::from_bytes(method.as_bytes()).unwrap(), "/auth/me");
        let _ = reply.problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(reply.header("allow"), "GET, HEAD", "{method}");
    }
}

#[test]
fn the_log_tells_of_every_login_and_every_refusal() {
    let database: TestDatabase = TestApp::start().with(bank("BCP").viewer("vera", &[])).stop();
    let file = database.folder().join("log");
    let settings = [("LOG_FORMAT", "json"), ("LOG_FILE", file.to_str().unwrap())];
    let mut program = Program::serve(&database, &settings);
    let asked = |id: &str| program.anonymous().with("x-request-id", id);
    let forged = "a\r\n{\"level\":\"INFO\",\"event\":\"forged\"}";
    let login = |id: &str, body: Value| asked(id).post("/auth/login", &body);
    let _ = login("refused-login", json!({"username": forged, "password": "wrong"})).problem(401, "BAD_CREDENTIALS");
    let named = json!({"username": "vera", "password": PASSWORD, "device_name": forged});
    let _ = login("refused-name", named).problem(422, "VALIDATION_FAILED");
    let grant = login("accepted-login", json!({"username": "vera", "password": PASSWORD}));
    let token = grant.expect(200)["access_token"].as_str().unwrap();
    let _ = asked("refused-role").bearing(token).get("/auth/users").problem(403, "ROLE_FORBIDDEN");
    let _ = asked("refused-account").bearing(token).get("/accounts/nobody%0d%0a").problem(403, "ACCOUNT_FORBIDDEN");
    let _ = asked("refused-token").bearing("a.b.c").get("/auth/me").problem(401, "TOKEN_INVALID");
    program.terminate();
    assert!(program.wait().success());
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "others may read the log");
    let log = std::fs::read_to_string(&file).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &lines {
        let time = line["timestamp"].as_str().unwrap();
        assert!(time.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(time).is_ok(), "{line}");
        assert!(line["level"].is_string() && line["target"].is_string() && line["message"].is_string(), "{line}");
        assert_ne!(line["event"], "forged");
    }
    let told = |id: &str, event: &str| {
        let line = lines.iter().find(|line| line["span"]["request.id"] == id && line["event"] == event);
        line.unwrap_or_else(|| panic!("{event} of {id} is not in\n{log}"))
    };
    assert!(told("accepted-login", "login")["user.id"].is_i64());
    let _ = told("refused-login", "login_failed");
    for (id, status) in [("refused-role", 403), ("refused-account", 403), ("refused-token", 401)] {
        let line = told(id, "request");
        assert_eq!(line["status"], status);
        assert!(line["endpoint"].is_string() && line["method"] == "GET", "{line}");
    }
    assert!(told("refused-role", "request")["span"]["user.id"].is_i64());
}
