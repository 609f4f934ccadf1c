//! The audit log: what it tells, to whom, and how a change of it is found.

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, PASSWORD, Reply, TestApp, TestDatabase, bank};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::command_line::{attempt, succeed};

fn app() -> TestApp {
    let bcp = bank("BCP")
        .trained_account("BCPComunica", daily_history(60, 5_000))
        .user("ursula", &["BCPComunica"])
        .viewer("vera", &[]);
    TestApp::start().with(bcp).with(bank("BBVA").user("canary_user", &[])).with_superadmin("root")
}

/// The log as its reader sees it once the minute has ended.
fn log(app: &TestApp, reader: &Client, query: &str) -> Vec<Value> {
    app.core.upkeep().run_all();
    let reply = reader.get(&format!("/audit?limit=1000{query}"));
    reply.expect(200)["entries"].as_array().unwrap().clone()
}

/// The same person in a request that the log can be searched for.
fn marked(client: &Client, id: &str) -> Client {
    client.clone().with("x-request-id", id)
}

fn log_in(client: &Client, username: &str, password: &str) -> Reply {
    client.post("/auth/login", &json!({"username": username, "password": password, "refresh": "body"}))
}

fn id(client: &Client) -> Value {
    client.get("/auth/me").expect(200)["id_usuario"].clone()
}

fn company(client: &Client) -> Value {
    client.get("/auth/me").expect(200)["empresa_id"].clone()
}

/// Asserts that the acts of these requests, and no others of theirs, are told: request, action, outcome, actor, target.
#[track_caller]
fn assert_told(log: &[Value], expected: &[(&str, &str, &str, &str, Option<&str>)]) {
    for (request, action, outcome, actor, target) in expected {
        let told: Vec<&Value> = log.iter().filter(|entry| entry["request_id"] == *request).collect();
        let [entry] = told.as_slice() else { panic!("{request} is told {} times: {told:?}", told.len()) };
        let names = ["action", "outcome", "actor", "target", "address", "count", "at"];
        let found: Vec<&Value> = names.iter().map(|name| &entry[name]).collect();
        let wanted = json!([action, outcome, actor, target, "127.0.0.1", 1, "2026-08-23T17:00:00Z"]);
        assert_eq!(json!(found), wanted, "{request}");
        assert_eq!(entry["actor_id"].is_null(), *actor == "anonymous", "{request}");
    }
}

#[test]
fn each_act_of_a_bank_is_told_once_with_who_what_where_and_how() {
    let app = app();
    let (admin, ursula, nobody) = (app.login("admin_bcp"), app.login("ursula"), app.anonymous());
    let company = company(&admin);
    let _ = log_in(&marked(&nobody, "in"), "Ursula", PASSWORD).expect(200);
    let _ = log_in(&marked(&nobody, "wrong"), "ursula", "Otra-Clave-2026").problem(401, "BAD_CREDENTIALS");
    let new = json!({"username": "nueva", "password": "Otra-Clave-2026", "empresa_id": company});
    let registered = marked(&admin, "register").post("/auth/register", &new);
    let path = format!("/auth/users/{}", registered.expect(201)["id_usuario"]);
    let _ = marked(&admin, "role").patch(&path, &json!({"rol": "viewer"})).expect(200);
    let _ = marked(&admin, "mail").patch(&path, &json!({"email": "n@bcp.example"})).expect(200);
    let assigned = json!({"cuentas": ["BCPComunica"]});
    let _ = marked(&admin, "assign").put(&format!("{path}/accounts"), &assigned).expect(200);
    let train = json!({"username": "BCPComunica", "models": ["linear_regression"]});
    let _ = marked(&admin, "train").post("/regression/train", &train).expect(200);
    let later = |request: &str| marked(&admin, request).with("prefer", "respond-async");
    let job = later("job").post("/regression/train", &train).expect(202)["id"].clone();
    let _ = later("job-all").post("/regression/train-all", &json!({})).expect(202);
    for request in ["job-cancel", "job-cancel-again"] {
        let path = format!("/jobs/{}/cancel", job.as_str().unwrap());
        let _ = marked(&admin, request).ask(Method::POST, &path).expect(200);
    }
    let _ = marked(&admin, "untrain").delete("/regression/model/BCPComunica").expect(200);
    let account = json!({"cuenta": "nueva_cuenta", "nombre": "Nueva"});
    let _ = marked(&admin, "account").post("/accounts", &account).expect(201);
    let _ = marked(&admin, "rename").patch("/accounts/nueva_cuenta", &json!({"nombre": "Otra"})).expect(200);
    let row = json!({"observations": [{"hora": "2020-01-01T00:00:00Z", "seguidores": 5}]});
    for request in ["upload", "upload-again"] {
        let _ = marked(&ursula, request).post("/accounts/BCPComunica/observations", &row).expect(200);
    }
    let span = "/accounts/BCPComunica/observations?from=2026-08-01&to=2026-08-02";
    let _ = marked(&admin, "delete").delete(span).expect(200);
    let _ = marked(&ursula, "role-denied").delete(span).problem(403, "ROLE_FORBIDDEN");
    let _ = marked(&ursula, "account-denied").get("/regression/metrics/bbva").problem(403, "ACCOUNT_FORBIDDEN");
    let batch = json!({"items": [{"username": "bbva", "fecha": "2026-09-01"}]});
    let _ = marked(&ursula, "batch-denied").post("/regression/predict-batch", &batch).expect(200);
    let grant = json!({"username": "jefa", "password": "Otra-Clave-2026", "empresa_id": company, "rol": "superadmin"});
    let _ = marked(&admin, "grant-denied").post("/auth/register", &grant).problem(403, "GRANT_FORBIDDEN");
    let change = json!({"current_password": PASSWORD, "new_password": "Otra-Clave-2026"});
    assert_eq!(marked(&ursula, "password").post("/auth/change-password", &change).status, 204);
    let leaving = app.login("vera");
    assert_eq!(marked(&leaving, "out").post("/auth/logout", &json!({})).status, 204);

    let sessions = |client: &Client| client.get("/auth/sessions").json["sessions"].as_array().unwrap().clone();
    let vera = app.login("vera");
    let ended = sessions(&vera)[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/auth/users/{}/sessions/{ended}", id(&vera));
    assert_eq!(marked(&admin, "end").delete(&path).status, 204);

    let log = log(&app, &app.login("admin_bcp"), "");
    let admin = "admin_bcp";
    assert_told(
        &log,
        &[
            ("in", "login", "success", "ursula", Some("ursula")),
            ("wrong", "login", "failure", "anonymous", Some("ursula")),
            ("register", "user_registered", "success", admin, Some("nueva")),
            ("role", "role_changed", "success", admin, Some("nueva: viewer")),
            ("mail", "user_changed", "success", admin, Some("nueva")),
            ("assign", "accounts_assigned", "success", admin, Some("nueva")),
            ("train", "model_trained", "success", admin, Some("BCPComunica")),
            ("job", "job_requested", "success", admin, Some("BCPComunica: train")),
            ("job-all", "job_requested", "success", admin, Some("train_all")),
            ("job-cancel", "job_cancelled", "success", admin, Some("BCPComunica: train")),
            ("untrain", "model_deleted", "success", admin, Some("BCPComunica")),
            ("account", "account_created", "success", admin, Some("nueva_cuenta")),
            ("rename", "account_changed", "success", admin, Some("nueva_cuenta")),
            ("upload", "observations_recorded", "success", "ursula", Some("BCPComunica: 1 inserted, 0 updated")),
            ("delete", "observations_deleted", "success", admin, Some("BCPComunica")),
            ("role-denied", "access_denied", "denied", "ursula", Some("DELETE /accounts/{username}/observations")),
            ("account-denied", "access_denied", "denied", "ursula", Some("GET /regression/metrics/{username}")),
            ("batch-denied", "access_denied", "denied", "ursula", Some("POST /regression/predict-batch")),
            ("grant-denied", "access_denied", "denied", admin, Some("POST /auth/register")),
            ("password", "password_changed", "success", "ursula", Some("ursula")),
            ("end", "session_ended", "success", admin, Some(&ended)),
        ],
    );
    assert!(!log.iter().any(|entry| entry["request_id"] == "job-cancel-again"), "it had ended");
    let out: Vec<_> = log.iter().filter(|entry| entry["request_id"] == "out").collect();
    assert_eq!((out.len(), &out[0]["action"], &out[0]["actor"]), (1, &json!("logout"), &json!("vera")));
    assert!(out[0]["target"].as_str().unwrap().len() == 36, "the session is the target");
}

#[test]
fn each_fact_about_a_user_is_told_by_its_own_name() {
    let app = app();
    let admin = app.login("admin_bcp");
    let path = format!("/auth/users/{}", id(&app.login("vera")));
    let all = json!({"rol": "user", "activo": false, "email": "v@bcp.example", "must_change_password": true});
    for (request, body) in [("all", &all), ("again", &all), ("enabled", &json!({"activo": true}))] {
        let _ = marked(&admin, request).patch(&path, body).expect(200);
    }
    let log = log(&app, &admin, "");
    let told = |request: &str| -> Vec<(Value, Value)> {
        let of_request = log.iter().rev().filter(|entry| entry["request_id"] == request);
        of_request.map(|entry| (entry["action"].clone(), entry["target"].clone())).collect()
    };
    let fact = |action: &str, target: &str| (json!(action), json!(target));
    let facts = [
        fact("user_disabled", "vera"),
        fact("role_changed", "vera: user"),
        fact("password_change_demanded", "vera"),
        fact("user_changed", "vera"),
    ];
    assert_eq!(told("all"), facts);
    assert_eq!(told("again"), [], "what was so before is told as done");
    assert_eq!(told("enabled"), [fact("user_enabled", "vera")]);
}

#[test]
fn what_the_platform_does_to_a_bank_is_told_to_the_bank() {
    let app = app();
    let root = app.login("root");
    let path = format!("/companies/{}", company(&app.login("admin_bcp")));
    for (request, body) in [
        ("suspend", json!({"activo": false})),
        ("both", json!({"activo": true, "empresa_nombre": "BCP Perú"})),
        ("nothing", json!({"empresa_nombre": "BCP Perú"})),
    ] {
        let _ = marked(&root, request).patch(&path, &body).expect(200);
    }
    let bank = log(&app, &app.login("admin_bcp"), "&actor=root");
    let told: Vec<_> =
        bank.iter().rev().map(|entry| json!([entry["request_id"], entry["action"], entry["target"]])).collect();
    let wanted = [
        json!(["suspend", "company_suspended", "BCP"]),
        json!(["both", "company_resumed", "BCP"]),
        json!(["both", "company_changed", "BCP"]),
    ];
    assert_eq!(told, wanted);
    let platform = log(&app, &root, "");
    assert!(!platform.iter().any(|entry| entry["action"] != "company_created" && entry["target"] == "BCP"));
}

#[test]
fn a_flood_of_bad_tokens_leaves_a_failed_login_attributed() {
    let app = app();
    let stranger = app.anonymous().bearing("not.a.token");
    for route in ["/auth/me", "/auth/users", "/auth/sessions", "/accounts", "/audit", "/audit/head", "/companies"] {
        for _ in 0..10 {
            let _ = stranger.get(route).problem(401, "TOKEN_INVALID");
        }
    }
    let _ = log_in(&marked(&app.anonymous(), "guess"), "ursula", "Otra-Clave-2026").problem(401, "BAD_CREDENTIALS");
    let root = app.login("root");
    let denied = log(&app, &root, "&action=access_denied");
    assert_eq!(denied.iter().map(|entry| entry["count"].as_i64().unwrap()).sum::<i64>(), 70);
    assert!(denied.len() <= 9, "{} entries", denied.len());
    assert!(denied.iter().all(|entry| entry["address"] == "127.0.0.1"));
    let guesses = log(&app, &app.login("admin_bcp"), "&action=login&outcome=failure");
    assert_told(&guesses, &[("guess", "login", "failure", "anonymous", Some("ursula"))]);
}

#[test]
fn a_replayed_refresh_token_is_told_as_denied() {
    let app = app();
    let first = log_in(&app.anonymous(), "vera", PASSWORD).expect(200)["refresh_token"].clone();
    let refresh = |id: &str| marked(&app.anonymous(), id).post("/auth/refresh", &json!({"refresh_token": first}));
    let _ = refresh("right").expect(200);
    app.clock.advance(TimeDelta::minutes(1));
    let _ = refresh("replay").problem(401, "REFRESH_TOKEN_INVALID");
    let log = log(&app, &app.login("admin_bcp"), "&action=refresh_replayed");
    let [entry] = log.as_slice() else { panic!("told {} times", log.len()) };
    assert_eq!((&entry["outcome"], &entry["actor"]), (&json!("denied"), &json!("anonymous")));
    let (victim, session) = entry["target"].as_str().unwrap().split_once(' ').unwrap();
    assert_eq!((&entry["request_id"], victim, session.len()), (&json!("replay"), "vera", 36));
}

#[test]
fn what_concerns_no_bank_is_told_to_the_platform() {
    let app = app();
    let (root, nobody) = (app.login("root"), app.anonymous());
    let typed = "Una-Clave-2026-en-el-campo-equivocado";
    let _ = log_in(&marked(&nobody, "unknown"), typed, PASSWORD).problem(401, "BAD_CREDENTIALS");
    let _ = marked(&root, "found").post("/companies", &json!({"empresa_nombre": "=SUMA(A1)"})).expect(201);
    let _ = marked(&nobody, "forged").bearing("not.a.token").get("/auth/users/7").problem(401, "TOKEN_INVALID");
    let _ = marked(&nobody, "missing").get("/auth/me").problem(401, "AUTHENTICATION_REQUIRED");
    let _ = marked(&nobody.bearing("x"), "odd").delete("/no/such/path").problem(404, "ROUTE_NOT_FOUND");
    let expired = app.login("vera");
    let revoked = app.login("vera");
    assert_eq!(revoked.post("/auth/logout", &json!({})).status, 204);
    let _ = marked(&revoked, "revoked").get("/auth/me").problem(401, "TOKEN_REVOKED");
    let log_of = |reader: &Client| log(&app, reader, "");
    let platform = log_of(&root);
    assert_told(
        &platform,
        &[
            ("unknown", "login", "failure", "anonymous", None),
            ("found", "company_created", "success", "root", Some("=SUMA(A1)")),
            ("forged", "access_denied", "denied", "anonymous", Some("GET /auth/users/{id}")),
            ("revoked", "access_denied", "denied", "anonymous", Some("GET /auth/me")),
        ],
    );
    assert!(!platform.iter().any(|entry| entry["request_id"] == "missing" || entry["request_id"] == "odd"));
    assert!(!json!(platform).to_string().contains("Una-Clave"), "what was typed as an unknown username is told");
    app.clock.advance(TimeDelta::minutes(31));
    let _ = marked(&expired, "expired").get("/auth/me").problem(401, "TOKEN_EXPIRED");
    let root = app.login("root");
    assert_eq!(log_of(&root).iter().filter(|entry| entry["request_id"] == "expired").count(), 1);
    let csv = root.with("accept", "text/csv").get("/audit?action=company_created");
    assert!(csv.text().contains(",company_created,'=SUMA(A1),"), "{}", csv.text());
}

#[test]
fn an_act_that_fails_is_told_as_refused_and_not_as_done() {
    let app = app();
    let admin = app.login("admin_bcp");
    let taken = json!({"username": "canary_user", "password": "Otra-Clave-2026", "empresa_id": company(&admin)});
    let _ = marked(&admin, "taken").post("/auth/register", &taken).problem(409, "USERNAME_TAKEN");
    let path = format!("/auth/users/{}", id(&admin));
    let _ = marked(&admin, "last").patch(&path, &json!({"rol": "user"})).problem(409, "LAST_ADMIN");
    let log = log(&app, &admin, "");
    assert_told(
        &log,
        &[
            ("taken", "request_refused", "failure", "admin_bcp", Some("POST /auth/register: USERNAME_TAKEN")),
            ("last", "request_refused", "failure", "admin_bcp", Some("PATCH /auth/users/{id}: LAST_ADMIN")),
        ],
    );
}

#[test]
fn nobody_reads_the_log_of_another_bank() {
    let app = app();
    let (ours, theirs, root) = (app.login("admin_bcp"), app.login("admin_bbva"), app.login("root"));
    let _ = app.login("canary_user").get("/audit").problem(403, "ROLE_FORBIDDEN");
    let _ = theirs.get("/regression/metrics/canary_account").problem(403, "ACCOUNT_FORBIDDEN");
    let bank = company(&theirs);
    for path in ["/audit", "/audit/head"] {
        let named = format!("{path}?empresa_id={bank}");
        let _ = ours.get(&named).problem(403, "COMPANY_FORBIDDEN");
        let _ = root.get(&format!("{path}?empresa_id=999999")).problem(404, "COMPANY_NOT_FOUND");
        assert_eq!(ours.get(&format!("{path}?empresa_id=x")).broken_rules(), ["empresa_id: wrong_type"]);
        let _ = root.get(&named).expect(200);
    }
    app.core.upkeep().run_all();
    for accept in ["application/json", "text/csv"] {
        let ours = ours.clone().with("accept", accept);
        for query in ["", "?actor=canary_user", "?target=canary_user", "?cursor=999", "?limit=1000"] {
            let text = ours.get(&format!("/audit{query}")).text();
            assert!(!text.contains("canary") && !text.contains("bbva"), "{query}: {text}");
        }
    }
    let theirs = log(&app, &theirs, "");
    assert!(json!(theirs).to_string().contains("canary_user"));
    assert_eq!(log(&app, &root, &format!("&empresa_id={bank}")), theirs);
    assert!(!json!(log(&app, &root, "")).to_string().contains("canary_user"), "the platform's log tells of a bank");
}

#[test]
fn the_log_is_filtered_paged_and_exported() {
    let app = app();
    let admin = app.login("admin_bcp");
    for _ in 0..3 {
        app.clock.advance(TimeDelta::minutes(1));
        let _ = app.login("ursula");
    }
    let numbers = |entries: &[Value]| entries.iter().map(|entry| entry["seq"].as_i64().unwrap()).collect::<Vec<_>>();
    let all = numbers(&log(&app, &admin, ""));
    assert!(all.is_sorted_by(|a, b| a == &(b + 1)) && all.last() == Some(&1), "{all:?}");
    let logins = numbers(&log(&app, &admin, "&action=login&actor=ursula&outcome=success&target=ursula"));
    assert_eq!(logins, all[..3]);
    assert_eq!(numbers(&log(&app, &admin, "&from=2026-08-23T17:02:00Z")), logins[..2]);
    assert_eq!(numbers(&log(&app, &admin, "&action=login&actor=ursula&to=2026-08-23%2012:02:00")), logins[1..]);

    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("/audit?limit=2{cursor}"));
        seen.extend(numbers(page.expect(200)["entries"].as_array().unwrap()));
        let Some(next) = page.json["next_cursor"].as_str() else { break };
        cursor = format!("&cursor={next}");
    }
    assert_eq!(seen, all);

    let csv = admin.clone().with("accept", "text/csv").get("/audit");
    assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
    let text = csv.text();
    let (header, lines) = text.split_once('\n').unwrap();
    assert_eq!(header, "seq,at,actor_id,actor,action,target,address,request_id,outcome,count");
    assert_eq!(lines.lines().count(), all.len());
    assert!(lines.lines().next().unwrap().contains(",ursula,login,ursula,127.0.0.1,"), "{lines}");
    let page = admin.clone().with("accept", "text/csv").get("/audit?limit=2");
    assert_eq!(page.text().lines().count(), 3);

    let json = admin.get("/audit?limit=1");
    assert_eq!(json.header("cache-control"), "private, no-cache");
    assert_eq!(admin.get("/audit/head").header("cache-control"), "no-store");
    let unchanged = admin.clone().with("if-none-match", json.header("etag")).get("/audit?limit=1");
    assert_eq!(unchanged.status, 304);
}

#[test]
fn a_long_log_is_exported_whole() {
    let app = app();
    let admin = app.login("admin_bcp");
    let (actor, company) = (id(&admin), company(&admin));
    // Behind the program's back, and therefore without a code that fits: reading does not verify.
    let no_code = app.database.literal(&[0; 32]);
    app.database.execute(&format!(
        "WITH RECURSIVE n(n) AS (SELECT 100 UNION ALL SELECT n + 1 FROM n WHERE n < 3099) \
         INSERT INTO audit_log SELECT {company}, n, n, {actor}, 'x', 'login', NULL, NULL, NULL, 'success', 1, {no_code} FROM n"
    ));
    let csv = admin.clone().with("accept", "text/csv").get("/audit?actor=xxx");
    assert_eq!(csv.text().lines().count(), 1);
    let csv = admin.with("accept", "text/csv").get("/audit");
    let numbers: Vec<i64> =
        csv.text().lines().skip(1).map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(numbers[..3_000], (100..=3_099).rev().collect::<Vec<_>>());
}

#[test]
fn every_wrong_filter_is_named() {
    let app = app();
    let backwards = app.login("admin_bcp").get("/audit?from=2026-08-02&to=2026-08-01");
    assert_eq!(backwards.broken_rules(), ["from: after_to"]);
    let query = "from=ayer&to=2026-02-30&action=dance&actor=%22&outcome=maybe&target=&limit=0&cursor=x";
    let rules = [
        "from: invalid_time",
        "to: invalid_time",
        "action: unknown_value",
        "outcome: unknown_value",
        "actor: invalid_character",
        "target: empty",
        "limit: too_small",
        "cursor: not_a_cursor",
    ];
    assert_eq!(app.login("admin_bcp").get(&format!("/audit?{query}")).broken_rules(), rules);
}

#[test]
fn a_flood_of_refusals_is_two_entries_with_the_whole_count() {
    let app = app();
    let vera = app.login("vera");
    for _ in 0..500 {
        let _ = vera.get("/audit").problem(403, "ROLE_FORBIDDEN");
    }
    let told = log(&app, &app.login("admin_bcp"), "&action=access_denied");
    assert!(told.len() <= 2, "{} entries", told.len());
    assert_eq!(told.iter().map(|entry| entry["count"].as_i64().unwrap()).sum::<i64>(), 500);
}

#[test]
fn the_first_refusal_is_told_without_waiting_for_the_minute() {
    let app = app();
    let admin = app.login("admin_bcp");
    let _ = app.login("vera").get("/audit").problem(403, "ROLE_FORBIDDEN");
    // Written by another thread; the suite's own time-out is the limit.
    let told = || admin.get("/audit?action=access_denied").json["entries"].as_array().unwrap().len();
    while told() == 0 {
        std::thread::yield_now();
    }
    assert_eq!(told(), 1);
}

/// A bank's database at rest, with five logins in its chain.
fn five_logins() -> TestDatabase {
    let app = TestApp::start().with(bank("BCP"));
    (0..5).for_each(|_| drop(app.login("admin_bcp")));
    app.stop()
}

/// The number of the one company's chain, which is the company's id.
fn chain(database: &TestDatabase) -> String {
    database.texts("SELECT CAST(id AS TEXT) FROM companies").remove(0)
}

/// What `audit verify` says of a broken log.
#[track_caller]
fn finding(database: &TestDatabase, arguments: &[&str]) -> String {
    let output = attempt(database, &[&["audit", "verify"], arguments].concat());
    assert!(!output.status.success(), "nothing was found: {}", String::from_utf8_lossy(&output.stdout));
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_log_that_nobody_touched_is_sound() {
    let database = five_logins();
    let said = succeed(&database, &["audit", "verify"], "");
    assert!(said.contains("BCP: 5 entries, sound") && said.contains("platform: 4 entries, sound"), "{said}");
    let one = succeed(&database, &["audit", "verify", "--company", "BCP"], "");
    assert_eq!(one, "BCP: 5 entries, sound\n");
}

#[test]
fn an_edited_a_removed_and_a_reordered_entry_are_found() {
    for (statements, finds) in [
        ("UPDATE audit_log SET outcome = 'failure' WHERE chain = <BCP> AND seq = 3", "BCP: entry 3 was edited"),
        ("UPDATE audit_log SET at = at + 1 WHERE chain = <BCP> AND seq = 5", "BCP: entry 5 was edited"),
        (
            "UPDATE audit_log SET mac = (SELECT mac FROM audit_heads WHERE chain = <BCP>) WHERE chain = <BCP> AND seq = 1",
            "BCP: entry 1 was edited",
        ),
        ("DELETE FROM audit_log WHERE chain = <BCP> AND seq = 2", "BCP: entry 2 is missing"),
        (
            "UPDATE audit_log SET seq = 99 WHERE chain = <BCP> AND seq = 2; \
             UPDATE audit_log SET seq = 2 WHERE chain = <BCP> AND seq = 4; \
             UPDATE audit_log SET seq = 4 WHERE chain = <BCP> AND seq = 99;",
            "BCP: entry 2 was reordered",
        ),
        ("UPDATE audit_log SET chain = <BCP>, seq = 6 WHERE chain = 0 AND seq = 1", "BCP: entry 6 was edited"),
        (
            "DELETE FROM audit_log WHERE chain = <BCP> AND seq > 3",
            "BCP: the log ends before the head that the database remembers: at entry 3, not 5",
        ),
    ] {
        let database = five_logins();
        let chain = chain(&database);
        database.tamper(&statements.replace("<BCP>", &chain));
        let found = finding(&database, &[]);
        assert!(found.contains(finds), "{statements}: {found}");
    }
}

#[test]
fn an_exported_head_shows_that_the_end_was_cut() {
    let database = five_logins();
    let heads = database.folder().join("heads.json");
    let file = heads.to_str().unwrap();
    std::fs::write(&heads, succeed(&database, &["audit", "head"], "")).unwrap();
    let _ = succeed(&database, &["audit", "verify", "--head", file], "");
    // The database's own memory of the end is cut with the end.
    let bcp = chain(&database);
    database.tamper(&format!(
        "DELETE FROM audit_log WHERE chain = {bcp} AND seq > 3; UPDATE audit_heads SET seq = 3, \
         mac = (SELECT mac FROM audit_log WHERE chain = {bcp} AND seq = 3) WHERE chain = {bcp}"
    ));
    let _ = succeed(&database, &["audit", "verify"], "");
    let found = finding(&database, &["--head", file]);
    assert!(found.contains("BCP: the log ends before the exported head: at entry 3, not 5"), "{found}");
    let app = TestApp::try_start(database, &[]).unwrap();
    (0..3).for_each(|_| drop(app.login("admin_bcp")));
    let database = app.stop();
    let found = finding(&database, &["--head", file]);
    assert!(found.contains("BCP: entry 5 is not that of the exported head"), "{found}");
}

#[test]
fn a_bank_whose_every_row_is_gone_is_found_by_the_heads_of_last_night() {
    let database = five_logins();
    let heads = database.folder().join("heads.json");
    let file = heads.to_str().unwrap();
    std::fs::write(&heads, succeed(&database, &["audit", "head"], "")).unwrap();
    let bcp = chain(&database);
    database.tamper(&format!(
        "DELETE FROM audit_log WHERE chain = {bcp}; DELETE FROM companies WHERE id = {bcp}; \
         DELETE FROM users WHERE company_id = {bcp};"
    ));
    let found = finding(&database, &[]);
    let gone = format!("company {bcp}, which is gone: the log ends before the");
    assert!(found.contains(&format!("{gone} head that the database")), "{found}");
    database.tamper(&format!("DELETE FROM audit_heads WHERE chain = {bcp}"));
    let _ = succeed(&database, &["audit", "verify"], "");
    let found = finding(&database, &["--head", file]);
    assert!(found.contains(&format!("{gone} exported head: at entry 0, not 5")), "{found}");
}

#[test]
fn heads_without_one_of_the_company_that_is_verified_are_refused() {
    let app = TestApp::start().with(bank("BCP")).with(bank("BBVA"));
    let head = app.login("admin_bcp").get("/audit/head").text();
    let database = app.stop();
    let file = database.folder().join("head.json");
    std::fs::write(&file, head).unwrap();
    let file = file.to_str().unwrap();
    let _ = succeed(&database, &["audit", "verify", "--company", "BCP", "--head", file], "");
    let found = finding(&database, &["--company", "BBVA", "--head", file]);
    assert!(found.contains("holds no head of that company"), "{found}");
}

#[test]
fn the_head_of_the_api_is_that_of_the_command_line_and_no_forged_one_passes() {
    let app = TestApp::start().with(bank("BCP"));
    let head = app.login("admin_bcp").get("/audit/head");
    assert_eq!(head.keys(), ["at", "chain", "mac", "seq", "signature"]);
    assert_eq!(head.expect(200)["seq"], 1);
    let database = app.stop();
    let file = database.folder().join("head.json");
    let file_name = file.to_str().unwrap().to_owned();
    std::fs::write(&file, head.text()).unwrap();
    let _ = succeed(&database, &["audit", "verify", "--head", &file_name], "");
    std::fs::write(&file, head.text().replace("\"seq\":1", "\"seq\":0")).unwrap();
    assert!(finding(&database, &["--head", &file_name]).contains("was not signed by this installation"));
    std::fs::write(&file, "{}").unwrap();
    assert!(finding(&database, &["--head", &file_name]).contains("holds no heads"));
}
