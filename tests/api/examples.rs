//! The examples of the OpenAPI document: the program is asked, and what it answers is compared with what the document
//! shows. `make examples` writes the answers into the document instead.

mod tables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use atalaya_server::compose::VERSION;
use atalaya_test_architecture::root;
use atalaya_tests::fixtures::{PASSWORD, daily_history};
use atalaya_tests::picture::{FORM, claimed, drawn, form, part};
use atalaya_tests::{Client, Reply, TestApp, TestDatabase, bank};
use atalaya_web::{Kind, documentation};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::checks::PRODUCTION;
use crate::healthcheck::without_database;
use crate::planted::percent_encoded;
use crate::raw::Raw;
use crate::trouble;

/// Set by `make examples`.
const WRITE: &str = "ATALAYA_WRITE_EXAMPLES";

/// Items of a list that an example shows.
const MOST_ITEMS: usize = 2;

/// Lists that always have as many items.
const OF_ONE_LENGTH: [&str; 2] = ["alternativas", "caja"];

/// The id of every request.
const REQUEST_ID: &str = "acc51c20083cd60d6dcb1a47621f20fc";

/// Lines of a text that an example shows.
const MOST_LINES: usize = 4;

fn file() -> PathBuf {
    root().join("crates/web/src/api/openapi/examples.json")
}

/// What the program was asked and answered.
#[derive(Default)]
struct Recorder {
    operations: BTreeMap<String, Map<String, Value>>,
    problems: BTreeMap<String, Value>,
    tidy: Tidy,
}

impl Recorder {
    /// Records what an operation answered to a request.
    fn answer(&mut self, operation: &str, request: Option<&Value>, reply: &Reply) {
        let media = reply.header("content-type").split(';').next().unwrap_or_default().to_owned();
        let body = if media == "application/jsonl" {
            json!(self.tidy.lines(&reply.text()))
        } else if media == "text/event-stream" {
            self.tidy.event(&reply.text())
        } else if reply.json.is_null() {
            json!(self.tidy.table(&reply.text()))
        } else {
            self.tidy.body(reply.json.clone())
        };
        let entry = self.operations.entry(operation.to_owned()).or_default();
        if let Some(request) = request {
            let media = if request.is_string() { "text/csv" } else { "application/json" };
            let requests = entry.entry("request").or_insert_with(|| json!({}));
            let request = self.tidy.body(request.clone());
            let known = requests.as_object_mut().unwrap().entry(media).or_insert(request);
            assert!(!known.is_null());
        }
        if !media.is_empty() {
            let answers = entry.entry("answers").or_insert_with(|| json!({}));
            let status = answers.as_object_mut().unwrap().entry(reply.status.to_string()).or_insert_with(|| json!({}));
            status.as_object_mut().unwrap().entry(media).or_insert(body);
        }
    }

    /// Records a refusal by its code.
    fn problem(&mut self, status: u16, code: &str, body: &Value) {
        assert_eq!((&body["status"], &body["error_code"]), (&json!(status), &json!(code)), "{body}");
        self.problems.insert(code.to_owned(), self.tidy.body(body.clone()));
    }

    fn into_json(self) -> Value {
        json!({"operations": self.operations, "problems": self.problems})
    }
}

/// Puts what differs from run to run into one form, and shortens what is long.
#[derive(Default)]
struct Tidy {
    uuids: Vec<String>,
    ids: Vec<u64>,
}

impl Tidy {
    fn body(&mut self, mut body: Value) -> Value {
        self.tidy("", &mut body);
        body
    }

    /// The first lines of a text, cell by cell.
    fn table(&mut self, text: &str) -> String {
        let lines = text.split_inclusive('\n').take(MOST_LINES);
        lines.map(|line| self.words(line, ",")).collect()
    }

    /// The first lines of JSON of a text.
    fn lines(&mut self, text: &str) -> String {
        let line = |line: &str| format!("{}\n", self.body(serde_json::from_str(line).unwrap()));
        text.lines().take(MOST_LINES).map(line).collect()
    }

    /// The lines of an event as members, its data in one form.
    fn event(&mut self, text: &str) -> Value {
        let mut member = |line: &str| {
            let (name, told) = line.split_once(':')?;
            let told = match (name, told.trim_start()) {
                ("retry", millis) => json!(millis.parse::<u64>().unwrap()),
                // A digest of the data.
                ("id", _) => json!("W/\"c7ac852aebf805b6\""),
                ("data", data) if !data.is_empty() => json!(self.body(serde_json::from_str(data).unwrap()).to_string()),
                (_, text) => json!(text),
            };
            Some((name.to_owned(), told))
        };
        text.lines().filter_map(&mut member).collect::<Map<_, _>>().into()
    }

    /// Words between separators, each id in one form.
    fn words(&mut self, text: &str, separator: &str) -> String {
        let word = |word: &str| match word.parse() {
            Ok(id @ 1_000_000_000_u64..) => self.id(id).to_string(),
            _ if is_uuid(word) => self.uuid(word),
            _ if is_request_id(word) => REQUEST_ID.to_owned(),
            _ => word.to_owned(),
        };
        text.split(separator).map(word).collect::<Vec<_>>().join(separator)
    }

    fn tidy(&mut self, field: &str, value: &mut Value) {
        match value {
            Value::Object(object) => {
                for (field, inner) in object {
                    self.tidy(field, inner);
                }
            }
            Value::Array(items) => {
                if !OF_ONE_LENGTH.contains(&field) {
                    items.truncate(MOST_ITEMS);
                }
                for item in items {
                    self.tidy(field, item);
                }
            }
            Value::String(text) => {
                if let Some(tidied) = self.text(field, text) {
                    *text = tidied;
                }
            }
            Value::Number(number) if field == "probabilidad" => {
                // The last digits differ between processors.
                *value = json!((number.as_f64().unwrap() * 1e3).round() / 1e3);
            }
            Value::Number(number) => {
                if let Some(tidied) = self.number(field, number.as_u64()) {
                    *value = tidied;
                }
            }
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn text(&mut self, field: &str, text: &str) -> Option<String> {
        let fixed = match field {
            "access_token" => "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiI3In0.c2lnbmVk",
            "refresh_token" => "cmVmcmVzaC10b2tlbg",
            "device_token" => "ZGV2aWNlLXRva2Vu",
            "temporary_password" => "k7mq-x2pd-9hvn-w4tc",
            "request_id" => REQUEST_ID,
            "checksum" => "bf272ee204d41c31eaf05b4c0486e3f856ee99948486b85f9a4827c4df6319ba",
            "instance" => return Some(self.words(text, "/")),
            "kid" => "k3q6Yx0mS8r1uQv7",
            "x" => "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "mac" | "signature" => "h3Wq8ZtKx5RbM2vYcN7jLpSdk3q6Yx0mS8r1uQv7c2Q=",
            "next_cursor" => "MjAyNi0wOC0yMg",
            "model_version" => "digits-1-0a1b2c3d",
            "table_name" => "entity_019905d26f0070008000000000000017",
            // A user's, which clients of tables know as a text.
            "id" if text.parse::<u64>().is_ok() => return Some(self.words(text, ",")),
            "field" => return Some(self.words(text, ".")),
            _ if is_uuid(text) => return Some(self.uuid(text)),
            _ => return None,
        };
        Some(fixed.to_owned())
    }

    /// The first id that is seen is the first one of the examples.
    fn uuid(&mut self, text: &str) -> String {
        let place = place(&mut self.uuids, text.to_owned());
        format!("019905d2-6f00-7000-8000-{:012}", place + 1)
    }

    fn number(&mut self, field: &str, number: Option<u64>) -> Option<Value> {
        match (field, number) {
            ("empresa_id" | "id_usuario" | "actor_id" | "chain", Some(id)) => Some(json!(self.id(id))),
            ("fit_seconds", _) => Some(json!(0.017)),
            ("millis", _) => Some(json!(12)),
            ("size_bytes", _) => Some(json!(18_730)),
            // Grows with the program.
            ("applied", _) => Some(json!(20)),
            _ => None,
        }
    }

    fn id(&mut self, id: u64) -> u64 {
        4_099_017_290_887_020 + u64::try_from(place(&mut self.ids, id)).unwrap()
    }
}

fn place<T: PartialEq>(known: &mut Vec<T>, value: T) -> usize {
    known.iter().position(|other| *other == value).unwrap_or_else(|| {
        known.push(value);
        known.len() - 1
    })
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && uuid::Uuid::parse_str(text).is_ok()
}

fn is_request_id(text: &str) -> bool {
    text.len() == REQUEST_ID.len() && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether two values are the same but for the last digits of numbers, which differ between processors.
fn alike(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().zip(other).all(|((name, one), (same, other))| name == same && alike(one, other))
        }
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| alike(one, other))
        }
        (Value::Number(one), Value::Number(other)) => {
            let (one, other) = (one.as_f64().unwrap(), other.as_f64().unwrap());
            (one - other).abs() <= 1e-6 * one.abs().max(other.abs())
        }
        _ => one == other,
    }
}

/// Somebody who asks, and what is recorded of it.
struct Story {
    app: TestApp,
    admin: Client,
    root: Client,
    recorder: Recorder,
}

const HISTORY: &str = "hora,seguidores,tweets,siguiendo\n2026-08-21T23:59:00Z,237431,1204,71\n";

impl Story {
    fn new() -> Self {
        let interbank = bank("Interbank")
            .trained_account("Interbank", daily_history(120, 237_000))
            .trained_account("InterbankEmpresas", daily_history(60, 41_000))
            .account("interbank_pyme");
        let app = TestApp::configured(&[("MAX_LOGIN_ATTEMPTS", "3")]).with(interbank).with_superadmin("plataforma");
        // Lists go by the time of creation, and only then by ids, which are drawn.
        app.clock.advance(TimeDelta::minutes(1));
        let app = app.with(bank("BCP").account("BCPComunica"));
        let (admin, root) = (app.login("admin_interbank").english(), app.login("plataforma").english());
        let company = admin.get("/auth/me").expect(200)["empresa_id"].clone();
        for (username, role) in [("ana_torres", "user"), ("luis_rojas", "viewer")] {
            app.clock.advance(TimeDelta::minutes(1));
            let user = json!({
                "empresa_id": company, "username": username, "password": PASSWORD, "rol": role,
                "cuentas": ["Interbank"],
            });
            let _ = admin.post("/auth/register", &user).expect(201);
        }
        app.clock.advance(TimeDelta::minutes(1));
        Self { app, admin, root, recorder: Recorder::default() }
    }

    /// The administrator asks without a body.
    fn ask(&mut self, operation: &str, path: &str) -> Value {
        self.ask_as(&self.admin.clone(), operation, path)
    }

    fn ask_as(&mut self, client: &Client, operation: &str, path: &str) -> Value {
        let (method, _) = operation.split_once(' ').unwrap();
        let reply = client.ask(method.parse().unwrap(), path);
        assert!(reply.status < 300, "{operation}: {}", reply.text());
        self.recorder.answer(operation, None, &reply);
        reply.json
    }

    /// The administrator sends JSON.
    fn send(&mut self, operation: &str, path: &str, body: &Value) -> Value {
        self.send_as(&self.admin.clone(), operation, path, body)
    }

    fn send_as(&mut self, client: &Client, operation: &str, path: &str, body: &Value) -> Value {
        let (method, _) = operation.split_once(' ').unwrap();
        let reply = client.send(method.parse().unwrap(), path, "application/json", body.to_string());
        assert!(reply.status < 300, "{operation}: {}", reply.text());
        self.recorder.answer(operation, Some(body), &reply);
        reply.json
    }

    fn refused(&mut self, reply: &Reply, status: u16, code: &str) {
        self.recorder.problem(status, code, reply.problem(status, code));
        // Refusals are written by a thread of their own: else their places in the log would be by chance.
        self.app.core.upkeep().run_all();
    }

    fn identity(&mut self) {
        let visitor = self.app.anonymous().english();
        let login = json!({"username": "ana_torres", "password": PASSWORD, "refresh": "body"});
        let granted = self.send_as(&visitor, "POST /auth/login", "/auth/login", &login);
        let token = json!({"refresh_token": granted["refresh_token"]});
        let granted = self.send_as(&visitor, "POST /auth/refresh", "/auth/refresh", &token);
        let token = json!({"refresh_token": granted["refresh_token"]});
        let _ = self.send_as(&visitor, "POST /auth/logout", "/auth/logout", &token);
        let ana = self.app.login("ana_torres").english();
        let _ = self.ask_as(&ana, "GET /auth/me", "/auth/me");
        let _ = self.ask_as(&ana, "GET /auth/my-accounts", "/auth/my-accounts");
        let others = self.app.login("ana_torres").english().get("/auth/sessions");
        let other = |session: &&Value| session["current"] == false;
        let other = others.json["sessions"].as_array().unwrap().iter().find(other).unwrap();
        let _ = self.ask_as(&ana, "GET /auth/sessions", "/auth/sessions");
        let _ = self.ask_as(&ana, "GET /auth/session/events", "/auth/session/events");
        let path = format!("/auth/sessions/{}", other["id"].as_str().unwrap());
        let _ = self.ask_as(&self.app.login("ana_torres"), "DELETE /auth/sessions/{id}", &path);
        let _ = self.ask_as(&self.app.login("ana_torres"), "DELETE /auth/sessions", "/auth/sessions");
        let change = json!({"current_password": PASSWORD, "new_password": "Otra-Clave-2026"});
        let luis = self.app.login("luis_rojas");
        let _ = self.send_as(&luis, "POST /auth/change-password", "/auth/change-password", &change);
    }

    fn users(&mut self) {
        let company = self.admin.get("/auth/me").expect(200)["empresa_id"].clone();
        let newcomer = json!({
            "empresa_id": company, "username": "rosa_quispe", "password": PASSWORD,
            "email": "rosa.quispe@interbank.example",
            "rol": "user", "cuentas": ["Interbank"],
        });
        let registered = self.send("POST /auth/register", "/auth/register", &newcomer);
        let path = format!("/auth/users/{}", registered["id_usuario"]);
        let _ = self.ask("GET /auth/users", "/auth/users");
        let _ = self.ask("GET /auth/users/{id}", &path);
        let _ = self.send("PATCH /auth/users/{id}", &path, &json!({"rol": "viewer"}));
        let accounts = json!({"cuentas": ["Interbank", "InterbankEmpresas"]});
        let _ = self.send("PUT /auth/users/{id}/accounts", &format!("{path}/accounts"), &accounts);
        let lost = format!("{path}/temporary-password");
        let issued = self.ask("POST /auth/users/{id}/temporary-password", &lost);
        let _ = self.app.try_login("rosa_quispe", issued["temporary_password"].as_str().unwrap()).expect(200);
        let own = format!("/auth/users/{}/temporary-password", self.admin.get("/auth/me").expect(200)["id_usuario"]);
        let own = self.admin.post(&own, &json!({}));
        self.refused(&own, 409, "OWN_PASSWORD");
        let sessions = self.ask("GET /auth/users/{id}/sessions", &format!("{path}/sessions"));
        let session = sessions["sessions"][0]["id"].as_str().unwrap();
        let _ = self.ask("DELETE /auth/users/{id}/sessions/{session}", &format!("{path}/sessions/{session}"));
        let _ = self.ask("DELETE /auth/users/{id}/sessions", &format!("{path}/sessions"));
        let _ = self.ask("DELETE /auth/users/{id}", &path);
        let _ = self.ask("GET /auth/users/trash", "/auth/users/trash");
        let _ = self.ask("POST /auth/users/{id}/restore", &format!("{path}/restore"));
        let own = format!("/auth/users/{}", self.admin.get("/auth/me").expect(200)["id_usuario"]);
        let own = self.admin.ask(Method::DELETE, &own);
        self.refused(&own, 409, "OWN_USER");
    }

    fn companies_and_audit(&mut self) {
        let root = self.root.clone();
        let created = json!({"empresa_nombre": "Banco Pichincha", "zona_horaria": "America/Lima"});
        let created = self.send_as(&root, "POST /companies", "/companies", &created);
        let path = format!("/companies/{}", created["empresa_id"]);
        let _ = self.ask_as(&root, "GET /installation", "/installation");
        let hash = "d491d97d3264c7086fd33adeaa6fa8392b7ac824aa667f66586b353ccef47d89";
        let extensions = format!(r#"{{"persistedQuery":{{"version":1,"sha256Hash":"{hash}"}}}}"#);
        let query = json!({
            "query": "{ me { username role company { name } } }",
            "extensions": serde_json::from_str::<Value>(&extensions).unwrap(),
        });
        let _ = self.send("POST /graphql", "/graphql", &query);
        let encoded = percent_encoded(extensions.as_bytes());
        let _ = self.ask("GET /graphql", &format!("/graphql?extensions={encoded}"));
        let _ = self.ask_as(&root, "GET /companies", "/companies");
        let _ = self.ask_as(&root, "GET /companies/{id}", &path);
        let _ = self.send_as(&root, "PATCH /companies/{id}", &path, &json!({"activo": false}));
        let _ = self.ask("GET /audit", "/audit");
        let csv = self.admin.clone().with("accept", "text/csv");
        let _ = self.ask_as(&csv, "GET /audit", "/audit?limit=3");
        let _ = self.ask("GET /audit/head", "/audit/head");
        let _ = self.ask("GET /audit/verification", "/audit/verification");
    }

    fn accounts_and_observations(&mut self) {
        let account = json!({"cuenta": "interbank_ayuda", "nombre": "Interbank Ayuda", "plataforma": "twitter"});
        let _ = self.send("POST /accounts", "/accounts", &account);
        let _ = self.ask("GET /accounts", "/accounts");
        let _ = self.ask("GET /accounts/{username}", "/accounts/interbank_ayuda");
        let change = json!({"nombre": "Interbank te ayuda"});
        let _ = self.send("PATCH /accounts/{username}", "/accounts/interbank_ayuda", &change);
        let _ = self.ask("DELETE /accounts/{username}", "/accounts/interbank_ayuda");
        let _ = self.ask("GET /accounts/trash", "/accounts/trash");
        let _ = self.ask("POST /accounts/{username}/restore", "/accounts/interbank_ayuda/restore");
        let path = "/accounts/interbank_ayuda/observations";
        let upload = json!({"observations": [
            {"hora": "2026-08-20T23:59:00Z", "seguidores": 12_034, "tweets": 310, "siguiendo": 71},
            {"hora": "2026-08-21T23:59:00Z", "seguidores": 12_101, "tweets": 312, "siguiendo": 71},
        ]});
        let operation = "POST /accounts/{username}/observations";
        let _ = self.send(operation, path, &upload);
        let reply = self.admin.post_csv(path, HISTORY);
        assert_eq!(reply.status, 200, "{}", reply.text());
        self.recorder.answer(operation, Some(&json!(HISTORY)), &reply);
        let _ = self.ask("GET /accounts/{username}/observations", path);
        let csv = self.admin.clone().with("accept", "text/csv");
        let _ = self.ask_as(&csv, "GET /accounts/{username}/observations", path);
        let _ = self.ask("GET /accounts/{username}/daily", "/accounts/interbank_ayuda/daily?from=2026-08-01");
        let span = format!("{path}?from=2026-08-20&to=2026-08-20");
        let _ = self.ask("DELETE /accounts/{username}/observations", &span);
    }

    fn forecasts(&mut self) {
        let date = "2026-09-05";
        let operation = "GET /regression/predict/{username}";
        let _ = self.ask(operation, &format!("/regression/predict/Interbank?fecha={date}"));
        let assuming = json!({"fecha": date, "datos": {"tweets": 12.5}});
        let _ = self.send("POST /regression/predict/{username}", "/regression/predict/Interbank", &assuming);
        let items = json!({"items": [
            {"username": "Interbank", "fecha": date}, {"username": "BCPComunica", "fecha": date},
        ]});
        let _ = self.send("POST /regression/predict-batch", "/regression/predict-batch", &items);
        let horizon = json!({"h": 7, "level": [80, 95], "aggregate": "week"});
        let _ = self.send("POST /regression/forecast/{username}", "/regression/forecast/Interbank", &horizon);
        let csv = self.admin.clone().with("accept", "text/csv");
        let path = "/regression/forecast/Interbank?h=7&level=80,95";
        let operation = "GET /regression/forecast/{username}";
        let _ = self.ask(operation, path);
        let _ = self.ask_as(&csv, operation, path);
        let _ = self.ask_as(&csv, operation, &format!("{path}&aggregate=week"));
        let goal = format!("/regression/goal/Interbank?seguidores=250000&fecha={date}");
        let _ = self.ask("GET /regression/goal/{username}", &goal);
        let together = format!("/regression/company-forecast?fecha={date}");
        let _ = self.ask("GET /regression/company-forecast", &together);
    }

    fn models(&mut self) {
        let train = json!({"username": "Interbank", "models": ["linear_regression", "theta"]});
        let job = self.admin.clone().with("prefer", "respond-async");
        let _ = self.send_as(&job, "POST /regression/train", "/regression/train", &train);
        self.app.run_jobs();
        let train = json!({"username": "Interbank"});
        let _ = self.send("POST /regression/train", "/regression/train", &train);
        for (operation, path) in [
            ("GET /regression/users", "/regression/users"),
            ("GET /regression/available-accounts", "/regression/available-accounts"),
            ("GET /regression/metrics/{username}", "/regression/metrics/Interbank"),
            ("GET /regression/model-info/{username}", "/regression/model-info/Interbank"),
            ("GET /regression/model-info/{username}/versions", "/regression/model-info/Interbank/versions"),
            ("GET /regression/features/{username}", "/regression/features/Interbank"),
            ("GET /regression/history/{username}", "/regression/history/Interbank"),
            ("GET /regression/compare-models/{username}", "/regression/compare-models/Interbank"),
            ("GET /regression/anomalies/{username}", "/regression/anomalies/Interbank"),
        ] {
            let _ = self.ask(operation, path);
        }
        let operation = "POST /regression/model-info/{username}/versions/{version}/activate";
        let _ = self.ask(operation, "/regression/model-info/Interbank/versions/2/activate");
        // A week later some of what was forecast has happened.
        let later = json!({"observations": [
            {"hora": "2026-08-23T12:00:00Z", "seguidores": 241_250},
            {"hora": "2026-08-23T16:00:00Z", "seguidores": 241_310},
        ]});
        let _ = self.admin.post("/accounts/Interbank/observations", &later).expect(200);
        let _ = self.ask("GET /regression/accuracy/{username}", "/regression/accuracy/Interbank");
        let _ = self.ask("GET /accounts/overview", "/accounts/overview?sort=attention&limit=2");
        let _ = self.ask("DELETE /regression/model/{username}", "/regression/model/InterbankEmpresas");
    }

    fn jobs(&mut self) {
        let holidays = "/calendar/holidays?from=2026-07-01&to=2026-08-31";
        let _ = self.ask("GET /calendar/holidays", holidays);
        let all = json!({"models": ["linear_regression"]});
        let job = self.send("POST /regression/train-all", "/regression/train-all", &all);
        let path = format!("/jobs/{}", job["id"].as_str().unwrap());
        let _ = self.ask("GET /jobs", "/jobs");
        let _ = self.ask("GET /jobs/{id}", &path);
        let _ = self.ask("GET /jobs/{id}/events", &format!("{path}/events"));
        let _ = self.ask("POST /jobs/{id}/cancel", &format!("{path}/cancel"));
    }

    fn digits(&mut self) {
        let visitor = self.app.anonymous().english();
        let login = json!({"username": "ana_torres", "password": PASSWORD});
        let _ = self.send_as(&visitor, "POST /login", "/login", &login);
        let admin = self.admin.clone();
        let send = |body: Vec<u8>| admin.send(Method::POST, "/predict", FORM, body);
        let reply = send(form("digits.png", &drawn("472")));
        let _ = reply.expect(200);
        self.recorder.answer("POST /predict", None, &reply);
        let replies = [
            (visitor.post("/login", &json!({"username": "ana_torres"})), 400, "CREDENTIALS_MISSING"),
            (send(part("form-data; name=\"text\"", b"472")), 400, "IMAGE_MISSING"),
            (send(form("", b"")), 400, "IMAGE_UNNAMED"),
            (send(form("digits.pdf", b"%PDF-1.7")), 400, "IMAGE_TYPE"),
            (send(form("digits.png", &claimed(6_000, 5_000, &[]))), 413, "IMAGE_TOO_LARGE"),
            (send(form("digits.png", &drawn("472")[..100])), 422, "UNREADABLE_IMAGE"),
        ];
        for (reply, status, code) in replies {
            self.refused(&reply, status, code);
        }
    }

    fn operation(&mut self) {
        let visitor = self.app.anonymous().english();
        for path in ["/health", "/health/live", "/health/ready", "/metrics", "/.well-known/jwks.json"] {
            let _ = self.ask_as(&visitor, &format!("GET {path}"), path);
        }
        let text = visitor.with("accept", "text/plain").get("/metrics");
        self.recorder.answer("GET /metrics", None, &text);
        let ill = without_database();
        for path in ["/health", "/health/ready"] {
            let reply = ill.anonymous().english().get(path);
            assert_eq!(reply.status, 503, "{}", reply.text());
            self.recorder.answer(&format!("GET {path}"), None, &reply);
        }
    }

    fn refusals_of_identity(&mut self) {
        let visitor = self.app.anonymous().english();
        let login = |username: &str, password: &str| {
            visitor.post("/auth/login", &json!({"username": username, "password": password}))
        };
        let replies = [
            (visitor.send(Method::POST, "/auth/login", "application/json", "{\"username\": }"), 400, "UNREADABLE_BODY"),
            (self.admin.get("/accounts?limit=1&limit=2"), 400, "UNREADABLE_QUERY"),
            (visitor.get("/auth/me"), 401, "AUTHENTICATION_REQUIRED"),
            (visitor.clone().bearing("not.a.token").get("/auth/me"), 401, "TOKEN_INVALID"),
            (login("nadie", "wrong"), 401, "BAD_CREDENTIALS"),
            (visitor.post("/auth/refresh", &json!({"refresh_token": "unknown"})), 401, "REFRESH_TOKEN_INVALID"),
        ];
        for (reply, status, code) in replies {
            self.refused(&reply, status, code);
        }
        let ended = self.app.login("ana_torres").english();
        let _ = ended.post("/auth/logout", &json!({}));
        self.refused(&ended.get("/auth/me"), 401, "TOKEN_REVOKED");
        for _ in 0..3 {
            let _ = login("ana_torres", "wrong");
        }
        self.refused(&login("ana_torres", "wrong"), 429, "LOGIN_LOCKED");
        let browser = visitor.with("cookie", "atalaya_refresh=cmVmcmVzaA").with("origin", "https://other.example");
        self.refused(&browser.post("/auth/refresh", &json!({})), 403, "ORIGIN_FORBIDDEN");
    }

    fn refusals_of_management(&mut self) {
        let admin = self.admin.clone();
        let company = admin.get("/auth/me").expect(200)["empresa_id"].clone();
        let user = |changes: Value| {
            let mut body =
                json!({"empresa_id": company, "username": "rosa_quispe", "password": PASSWORD, "rol": "user"});
            body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
            admin.post("/auth/register", &body)
        };
        let me = admin.get("/auth/me").expect(200)["id_usuario"].clone();
        let temporary = user(json!({"username": "temporal", "must_change_password": true}));
        let _ = temporary.expect(201);
        let unknown = "019905d2-6f00-7000-8000-000000000099";
        let etag = admin.clone().with("if-match", "\"other\"");
        let replies = [
            (admin.get("/companies"), 403, "ROLE_FORBIDDEN"),
            (admin.get("/accounts/BCPComunica"), 403, "ACCOUNT_FORBIDDEN"),
            (admin.get("/accounts?empresa_id=1"), 403, "COMPANY_FORBIDDEN"),
            (user(json!({"username": "otra", "rol": "superadmin"})), 403, "GRANT_FORBIDDEN"),
            (self.app.login("temporal").english().get("/accounts"), 403, "PASSWORD_CHANGE_REQUIRED"),
            (admin.get("/auth/users/999999"), 404, "USER_NOT_FOUND"),
            (self.root.get("/companies/999999"), 404, "COMPANY_NOT_FOUND"),
            (admin.delete(&format!("/auth/sessions/{unknown}")), 404, "SESSION_NOT_FOUND"),
            (admin.get(&format!("/jobs/{unknown}")), 404, "JOB_NOT_FOUND"),
            (admin.get("/docs/unknown.js"), 404, "ROUTE_NOT_FOUND"),
            (user(json!({})), 409, "USERNAME_TAKEN"),
            (admin.post("/accounts", &json!({"cuenta": "Interbank", "nombre": "Interbank"})), 409, "ACCOUNT_EXISTS"),
            (self.root.post("/companies", &json!({"empresa_nombre": "BCP"})), 409, "COMPANY_EXISTS"),
            (admin.patch(&format!("/auth/users/{me}"), &json!({"activo": false})), 409, "LAST_ADMIN"),
            (etag.patch("/accounts/Interbank", &json!({"nombre": "X"})), 412, "PRECONDITION_FAILED"),
            (user(json!({"username": "otra", "password": "corta"})), 422, "VALIDATION_FAILED"),
        ];
        for (reply, status, code) in replies {
            self.refused(&reply, status, code);
        }
    }

    fn refusals_of_data(&mut self) {
        let admin = self.admin.clone();
        let upload = "/accounts/interbank_pyme/observations";
        let train = |account: &str| admin.post("/regression/train", &json!({"username": account}));
        let predict = |rest: &str| admin.get(&format!("/regression/predict/{rest}"));
        let deleted = json!({"username": "InterbankEmpresas", "models": ["linear_regression"]});
        let keyed = admin.clone().with("idempotency-key", "alta-1");
        let account = |name: &str| json!({"cuenta": "interbank_alta", "nombre": name});
        let _ = keyed.post("/accounts", &account("Alta")).expect(201);
        let _ = admin.post("/regression/train", &deleted).expect(200);
        let large = vec![b' '; (16 << 20) + 1];
        let replies = [
            (predict("interbank_pyme?fecha=2026-09-05"), 409, "MODEL_NOT_TRAINED"),
            (predict("Interbank?fecha=2026-09-05&version=99"), 404, "MODEL_VERSION_NOT_FOUND"),
            (predict("InterbankEmpresas?fecha=2026-09-05&version=1"), 409, "MODEL_VERSION_DELETED"),
            (train("interbank_pyme"), 422, "INSUFFICIENT_DATA"),
            (keyed.post("/accounts", &account("Otra")), 422, "IDEMPOTENCY_KEY_REUSED"),
            (admin.clone().with("accept-encoding", "identity;q=0").get("/accounts"), 406, "NOT_ACCEPTABLE"),
            (admin.send(Method::POST, upload, "text/csv", large), 413, "BODY_TOO_LARGE"),
            (admin.send(Method::POST, upload, "application/xml", "<a/>"), 415, "UNSUPPORTED_MEDIA_TYPE"),
        ];
        for (reply, status, code) in replies {
            self.refused(&reply, status, code);
        }
    }

    /// Refusals of a program that is in trouble, or of a connection.
    fn refusals_of_operation(&mut self) {
        for (sent, status, code) in [
            ("nonsense\r\n\r\n".to_owned(), 400, "UNREADABLE_HEADER"),
            (format!("GET / HTTP/1.1\r\n{}\r\n", "X-A: 1\r\n".repeat(97)), 431, "HEADERS_TOO_LARGE"),
            ("GET / HTT".to_owned(), 408, "REQUEST_TIMEOUT"),
        ] {
            let mut raw = Raw::connect(self.app.address());
            raw.send(&sent);
            let answer = String::from_utf8(raw.rest()).unwrap();
            let (_, body) = answer.split_once("\r\n\r\n").unwrap();
            self.recorder.problem(status, code, &serde_json::from_str(body).unwrap());
        }
        let limited = TestApp::configured(&[("LOGIN_RATE_LIMIT_PER_MINUTE", "1")]).with(bank("BCP"));
        let login = || {
            let body = json!({"username": "admin_bcp", "password": PASSWORD});
            limited.anonymous().english().post("/auth/login", &body)
        };
        let _ = login().expect(200);
        self.refused(&login(), 429, "RATE_LIMITED");
        self.app.core.use_cases.training.stop();
        let train = self.admin.post("/regression/train", &json!({"username": "Interbank"}));
        self.refused(&train, 503, "TRAINING_OVERLOADED");
        for (reply, status, code) in trouble::refusals() {
            self.refused(&reply, status, code);
        }
        // In development the answer names the cause besides.
        let broken = TestApp::configured(&PRODUCTION).with(bank("BCP"));
        broken.database.execute("UPDATE users SET password_hash = 'damaged'");
        let body = json!({"username": "admin_bcp", "password": PASSWORD});
        let reply = broken.anonymous().english().post("/auth/login", &body);
        self.refused(&reply, 500, "INTERNAL_ERROR");
    }

    /// The last refusal: the tokens of before are of no use after it.
    fn refusal_of_a_late_token(&mut self) {
        self.app.clock.advance(TimeDelta::hours(2));
        self.refused(&self.admin.get("/auth/me"), 401, "TOKEN_EXPIRED");
    }

    fn told() -> Value {
        let mut story = Self::new();
        story.identity();
        story.users();
        story.companies_and_audit();
        story.accounts_and_observations();
        story.forecasts();
        story.models();
        story.jobs();
        story.tables();
        story.digits();
        story.operation();
        story.refusals_of_identity();
        story.refusals_of_management();
        story.refusals_of_data();
        story.refusals_of_operation();
        story.refusal_of_a_late_token();
        story.recorder.into_json()
    }
}

#[test]
fn the_document_shows_what_the_program_answers() {
    let told = Story::told();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(file(), format!("{told:#}\n")).unwrap();
        return;
    }
    let shown: Value = serde_json::from_str(&std::fs::read_to_string(file()).unwrap()).unwrap();
    for part in ["operations", "problems"] {
        let names = |value: &Value| value[part].as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(names(&shown), names(&told), "run make examples");
        // The examples are of SQLite; which parts a server has and checks follows from its database.
        let tells_parts = |name: &str| name.starts_with("GET /health") || name == "GET /installation";
        let of_this_database = |name: &str| !tells_parts(name) || TestDatabase::default().is_a_file();
        for (name, shown) in shown[part].as_object().unwrap().iter().filter(|(name, _)| of_this_database(name)) {
            let told = &told[part][name];
            assert!(alike(shown, told), "{name} is shown as {shown:#} and is {told:#}: run make examples");
        }
    }
}

#[test]
fn every_code_has_an_example_but_those_that_differ_each_time() {
    let shown: Value = serde_json::from_str(&std::fs::read_to_string(file()).unwrap()).unwrap();
    let shown = shown["problems"].as_object().unwrap();
    let lacking: Vec<_> = Kind::ALL.iter().map(|kind| kind.code).filter(|code| !shown.contains_key(*code)).collect();
    assert_eq!(lacking, trouble::WITHOUT);
}

/// What has no example: pages, scripts and pictures, and the document itself.
const WITHOUT: [&str; 3] = ["GET /docs", "GET /docs/{file}", "GET /api-docs/openapi.json"];

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

#[test]
fn every_request_answer_and_refusal_of_the_document_has_an_example() {
    let document: Value = serde_json::from_slice(documentation(VERSION).unwrap().json().unwrap()).unwrap();
    let mut lacking = Vec::new();
    let mut look = |place: String, content: &Value| {
        for (media, content) in content.as_object().into_iter().flatten() {
            // JSON cannot hold the bytes of a workbook, nor those of a picture.
            if [WORKBOOK, "multipart/form-data"].contains(&media.as_str()) {
                continue;
            }
            if content.get("example").is_none() && content.get("examples").is_none() {
                lacking.push(format!("{place} {media}"));
            }
        }
    };
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{} {path}", method.to_uppercase());
            if WITHOUT.contains(&name.as_str()) {
                continue;
            }
            look(format!("{name} request"), &operation["requestBody"]["content"]);
            for (status, response) in operation["responses"].as_object().unwrap() {
                look(format!("{name} {status}"), &response["content"]);
            }
        }
    }
    for (name, response) in document["components"]["responses"].as_object().unwrap() {
        look(name.clone(), &response["content"]);
    }
    assert!(lacking.is_empty(), "{lacking:#?}");
}
