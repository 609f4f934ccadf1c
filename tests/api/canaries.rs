//! Secrets are planted in the real program, which logs all that it can, and then searched for wherever it wrote: log,
//! answers, metrics, messages of the command line, files of the database.

use std::fmt::Write as _;
use std::sync::Mutex;

use atalaya_tests::app::variables;
use atalaya_tests::client::http;
use atalaya_tests::{Client, Reply, TestDatabase};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use reqwest::Method;
use serde_json::{Value, json};

use crate::command_line;
use crate::planted::{Canary, latin1, percent_encoded};
use crate::program::{Program, free_address};

const KEY_ENCRYPTION_KEY: &str = "k3q6Yx0mS8r1uQv7c2TzJ9hWbN5eGdLfPaIoKs4RyXU=";
const PEPPER: &str = "Pimienta/Plantada+8173=de.la.prueba";
const SHARED_SECRET: &str = "Secreto/Compartido+4412=de.la.prueba";
/// The password that works, until it is changed to [`NEXT`].
const RIGHT: &str = "Correcta/Plantada+2291=Ñandú";
const NEXT: &str = "Siguiente/Plantada+5530=Ñandú";
const WRONG: &str = "Equivocada/Plantada+7706=Ñandú";
/// What somebody typed into the wrong field.
const AS_USERNAME: &str = "Confundida/Plantada+1187=Ñandú";
/// A secret where none belongs: in fields that nobody reads, in queries, headers and paths.
const STRAY: &str = "Extraviada/Plantada+6648=Quimsa";
/// A password that the policy refuses: it holds the name of the user.
const WEAK: &str = "Debil/Plantada+3309=USUARIA_7";

const USER: &str = "usuaria_7";
/// What must be found, or the search is blind.
const VISIBLE: &str = "Equipo-Visible-9924";

/// The secrets of a run, and what was answered to it.
struct Stage {
    database: TestDatabase,
    settings: Vec<(&'static str, &'static str)>,
    canaries: Mutex<Vec<Canary>>,
    answers: Mutex<String>,
}

impl Stage {
    fn new(settings: &[(&'static str, &'static str)]) -> Self {
        let common = [
            ("KEY_ENCRYPTION_KEY", KEY_ENCRYPTION_KEY),
            ("PASSWORD_PEPPER", PEPPER),
            ("LOG_LEVEL", "trace"),
            ("MAX_LOGIN_ATTEMPTS", "100"),
        ];
        let stage = Self {
            database: TestDatabase::default(),
            settings: [common.as_slice(), settings].concat(),
            canaries: Mutex::default(),
            answers: Mutex::default(),
        };
        for (what, secret) in [
            ("KEY_ENCRYPTION_KEY", KEY_ENCRYPTION_KEY),
            ("PASSWORD_PEPPER", PEPPER),
            ("JWT_SECRET_KEY", SHARED_SECRET),
            ("the right password", RIGHT),
            ("the next password", NEXT),
            ("a wrong password", WRONG),
            ("a password typed as a username", AS_USERNAME),
            ("a stray secret", STRAY),
            ("a password that is refused", WEAK),
        ] {
            stage.plant(Canary::new(what, secret.as_bytes()));
        }
        stage.plant(Canary::new("the bytes of KEY_ENCRYPTION_KEY", &STANDARD.decode(KEY_ENCRYPTION_KEY).unwrap()));
        let ed25519 = [0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        stage.plant(Canary::private_key("a private key of Ed25519", &ed25519));
        let p256 =
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x04, 0x6d, 0x30, 0x6b, 0x02, 0x01, 0x01, 0x04, 0x20];
        stage.plant(Canary::private_key("a private key of P-256", &p256));
        stage
    }

    fn plant(&self, canary: Canary) {
        self.canaries.lock().unwrap().push(canary);
    }

    /// Keeps the secrets of an answer that may carry them: tokens in fields and in cookies, and a made password.
    fn receive(&self, reply: Reply) -> Reply {
        for (field, value) in reply.json.as_object().into_iter().flatten() {
            let is_secret = field.ends_with("_token") || field == "temporary_password";
            let Some(token) = value.as_str().filter(|_| is_secret) else { continue };
            // The other parts of an access token are no secret, and hold words that are everywhere.
            self.plant(Canary::new(field, token.rsplit('.').next().unwrap().as_bytes()));
        }
        for cookie in reply.headers.get_all("set-cookie") {
            let (name, rest) = cookie.to_str().unwrap().split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if !value.is_empty() {
                self.plant(Canary::new(name, value.as_bytes()));
            }
        }
        reply
    }

    /// Keeps an answer that may carry no secret. An error names the path that was asked for, without its query, and
    /// that is no leak.
    fn hear(&self, path: &str, reply: &Reply) {
        let mut answers = self.answers.lock().unwrap();
        for (name, value) in &reply.headers {
            writeln!(answers, "{name}: {}", latin1(value.as_bytes())).unwrap();
        }
        let path = path.split('?').next().unwrap();
        answers.push_str(&latin1(&reply.bytes).replace(&format!(r#""instance":"{path}""#), ""));
        answers.push('\n');
    }

    fn command(&self, arguments: &[&str], input: &str, changes: &[(&str, &str)]) {
        let mut settings = variables(&self.database, &self.settings);
        settings.extend(changes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let output = command_line::run(&self.database, arguments, &settings, input);
        let mut answers = self.answers.lock().unwrap();
        writeln!(answers, "{} {}", latin1(&output.stdout), latin1(&output.stderr)).unwrap();
    }

    /// Everything that was written, by where it is.
    fn written(&self, program: &Program) -> Vec<(&'static str, String)> {
        vec![
            ("the answers", self.answers.lock().unwrap().clone()),
            ("the log", latin1(program.printed().as_bytes())),
            ("the files of the database", latin1(&self.database.bytes())),
            ("the tables", latin1(self.database.dump().as_bytes())),
        ]
    }

    fn assert_nothing_leaked(&self, program: &Program) {
        let canaries = self.canaries.lock().unwrap();
        let mut leaks = Vec::new();
        for (place, text) in self.written(program) {
            leaks.extend(canaries.iter().filter(|each| each.found_in(&text)).map(|each| (each.what.clone(), place)));
        }
        assert!(leaks.is_empty(), "leaked: {leaks:#?}");
    }
}

/// Somebody who talks to the program. What they hear is searched later.
struct Visitor<'s> {
    stage: &'s Stage,
    client: Client,
}

impl Visitor<'_> {
    fn with(&self, name: &str, value: &str) -> Self {
        Self { stage: self.stage, client: self.client.clone().with(name, value) }
    }

    fn bearing(&self, token: &Value) -> Self {
        Self { stage: self.stage, client: self.client.clone().bearing(token.as_str().unwrap()) }
    }

    fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, "application/json", "")
    }

    fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, "application/json", &body.to_string())
    }

    fn send(&self, method: Method, path: &str, content_type: &str, body: &str) -> Reply {
        let reply = self.client.send(method, path, content_type, body);
        self.stage.hear(path, &reply);
        reply
    }

    /// A request whose answer may carry tokens.
    fn granted(&self, path: &str, body: &Value) -> Reply {
        let reply = self.stage.receive(self.client.post(path, body));
        let _ = reply.expect(200);
        reply
    }
}

fn logins(nobody: &Visitor<'_>) {
    let login = |username: &str, password: &str| {
        nobody.post("/auth/login", &json!({"username": username, "password": password}))
    };
    let _ = login(USER, WRONG).problem(401, "BAD_CREDENTIALS");
    let _ = login("nobody_7", WRONG).problem(401, "BAD_CREDENTIALS");
    let _ = login(AS_USERNAME, WRONG).problem(401, "BAD_CREDENTIALS");
    for body in [
        json!({"username": USER, "password": {"secret": STRAY}}),
        json!({"username": USER, "password": [STRAY]}),
        json!({"username": {"secret": STRAY}, "password": WRONG}),
        json!({"username": USER, "password": WRONG, "refresh": STRAY}),
        json!({"username": USER, "password": WRONG, "device_name": STRAY.repeat(9)}),
        json!({"username": USER, "password": WRONG, "device_token": STRAY, "unknown": STRAY}),
        json!({"username": USER, "password": WRONG, (STRAY): 1}),
        json!([USER, STRAY]),
        json!(STRAY),
    ] {
        let reply = nobody.post("/auth/login", &body);
        assert!(matches!(reply.status, 401 | 422), "{}", reply.text());
    }
    let truncated = json!({"username": USER, "password": WRONG}).to_string();
    let truncated = truncated.trim_end_matches('}');
    for (content_type, body) in [
        ("application/json", truncated.to_owned()),
        ("application/json", format!("{truncated},}}{STRAY}")),
        ("application/json", format!("\u{feff}{STRAY}")),
        (
            "application/x-www-form-urlencoded",
            format!("username={USER}&password={}", percent_encoded(STRAY.as_bytes())),
        ),
        ("text/plain", STRAY.to_owned()),
    ] {
        let reply = nobody.send(Method::POST, "/auth/login", content_type, &body);
        assert!(matches!(reply.status, 400 | 415), "{}", reply.text());
    }
}

/// Secrets in every place of a request where none belongs.
fn strays(nobody: &Visitor<'_>, somebody: &Visitor<'_>) {
    let encoded = percent_encoded(STRAY.as_bytes());
    let basic = format!("Basic {}", STANDARD.encode(format!("{USER}:{STRAY}")));
    for visitor in [nobody, somebody] {
        for path in [
            format!("/auth/me?password={encoded}&access_token={encoded}"),
            format!("/auth/users?limit={encoded}"),
            format!("/auth/users?cursor={encoded}&empresa_id={encoded}"),
            format!("/auth/users/{encoded}"),
            format!("/auth/sessions/{encoded}"),
            format!("/regression/predict/{encoded}?fecha={encoded}"),
            format!("/accounts/{encoded}/observations?from={encoded}"),
            format!("/jobs?parent={encoded}&state={encoded}"),
            format!("/jobs/{encoded}/events?access_token={encoded}"),
            format!("/{encoded}"),
            format!("/?{encoded}"),
        ] {
            let _ = visitor.get(&path);
            let _ = visitor.post(&path, &json!({}));
        }
        for name in [
            "x-api-key",
            "cookie",
            "idempotency-key",
            "prefer",
            "last-event-id",
            "if-match",
            "if-none-match",
            "traceparent",
            "origin",
            "x-forwarded-for",
            "accept-language",
        ] {
            let _ = visitor.with(name, STRAY).get("/auth/me");
            let _ = visitor.with(name, STRAY).post("/auth/register", &json!({}));
        }
    }
    for header in
        [basic, format!("Bearer {STRAY}"), STRAY.to_owned(), format!("Bearer {}", URL_SAFE_NO_PAD.encode(STRAY))]
    {
        let _ = nobody.with("authorization", &header).get("/auth/me").problem(401, "TOKEN_INVALID");
    }
    let _ = nobody.send(Method::from_bytes(b"Extraviada-Plantada").unwrap(), "/auth/me", "text/plain", STRAY);
    let csv = format!("hora,seguidores\n{STRAY},{STRAY}\n");
    let _ = somebody.send(Method::POST, "/accounts/cuenta/observations", "text/csv", &csv);
}

fn registrations(admin: &Visitor<'_>, company: &Value) {
    let register = |changes: Value| {
        let mut body = json!({"username": "otra_7", "password": NEXT, "empresa_id": company});
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        admin.post("/auth/register", &body)
    };
    let id = register(json!({})).expect(201)["id_usuario"].clone();
    let _ = register(json!({})).problem(409, "USERNAME_TAKEN");
    let issued = admin.granted(&format!("/auth/users/{id}/temporary-password"), &json!({}));
    let login = json!({"username": "otra_7", "password": issued.json["temporary_password"]});
    let _ = admin.granted("/auth/login", &login);
    for changes in [
        json!({"password": WEAK, "username": USER}),
        json!({"username": AS_USERNAME}),
        json!({"rol": STRAY}),
        json!({"email": STRAY}),
        json!({"cuentas": [STRAY]}),
        json!({"password": [STRAY]}),
        json!({"unknown": STRAY, "username": "a"}),
    ] {
        let reply = register(changes);
        assert!(matches!(reply.status, 403 | 422), "{}", reply.text());
    }
}

fn refreshes(nobody: &Visitor<'_>) {
    let begin = || nobody.granted("/auth/login", &json!({"username": USER, "password": NEXT, "refresh": "body"}));
    let refresh = |token: &Value| nobody.post("/auth/refresh", &json!({"refresh_token": token}));
    let first = begin();
    let second = nobody.granted("/auth/refresh", &json!({"refresh_token": first.json["refresh_token"]}));
    let third = nobody.granted("/auth/refresh", &json!({"refresh_token": second.json["refresh_token"]}));
    let _ = refresh(&first.json["refresh_token"]).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = refresh(&third.json["refresh_token"]).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = refresh(&json!(STRAY)).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = refresh(&json!({"secret": STRAY}));
    let last = begin();
    let _ = nobody.bearing(&last.json["refresh_token"]).get("/auth/me").problem(401, "TOKEN_INVALID");
    let out = nobody.post("/auth/logout", &json!({"refresh_token": last.json["refresh_token"]}));
    let _ = out.expect(204);
    let _ = nobody.bearing(&last.json["access_token"]).get("/auth/me").problem(401, "TOKEN_REVOKED");
    let cookie = nobody.granted("/auth/login", &json!({"username": USER, "password": NEXT}));
    let mut cookies = cookie.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap());
    let cookie = cookies.find(|cookie| cookie.contains("refresh")).unwrap().split(';').next().unwrap().to_owned();
    let browser = nobody.with("cookie", &cookie);
    let _ = browser.post("/auth/refresh", &json!({})).problem(403, "ORIGIN_FORBIDDEN");
    let _ = browser.with("origin", "https://panel.example").granted("/auth/refresh", &json!({}));
}

/// Drives the program through everything that a secret is typed into.
fn drive(stage: &Stage, program: &Program) {
    let nobody = Visitor { stage, client: program.anonymous().with("x-request-id", VISIBLE) };
    logins(&nobody);
    let login = json!({"username": USER, "password": RIGHT, "device_name": VISIBLE});
    let grant = nobody.granted("/auth/login", &login);
    let somebody = nobody.bearing(&grant.json["access_token"]);
    let change = |current: &str, new: &str| {
        somebody.post("/auth/change-password", &json!({"current_password": current, "new_password": new}))
    };
    assert_eq!(change(WRONG, NEXT).broken_rules(), ["current_password: wrong_password"]);
    assert_eq!(change(RIGHT, WEAK).status, 422);
    let _ = somebody.post("/auth/change-password", &json!({"current_password": [STRAY], "new_password": RIGHT}));
    let _ = change(RIGHT, NEXT).expect(204);
    let grant = nobody.granted("/auth/login", &json!({"username": USER, "password": NEXT}));
    let admin = nobody.bearing(&grant.json["access_token"]);
    strays(&nobody, &admin);
    registrations(&admin, &grant.json["empresa_id"]);
    refreshes(&nobody);
    stage.database.execute("UPDATE users SET password_hash = 'damaged' WHERE username = 'otra_7'");
    let fault = nobody.post("/auth/login", &json!({"username": "otra_7", "password": NEXT}));
    let _ = fault.problem(500, "INTERNAL_ERROR");
    let out =
        admin.with("cookie", &format!("atalaya_refresh={STRAY}")).send(Method::POST, "/auth/logout", "text/plain", "");
    let _ = out.status;
}

fn no_planted_secret_is_written(settings: &[(&'static str, &'static str)]) {
    let metrics = free_address();
    let stage = Stage::new(settings);
    stage.command(&["config", "check"], "", &[("KEY_ENCRYPTION_KEY", STRAY), ("BIND_ADDRESS", STRAY)]);
    stage.command(&["migrate", "up"], "", &[]);
    stage.command(&["company", "create", "Banco Uno"], "", &[]);
    let create = ["user", "create", USER, "--company", "Banco Uno", "--role", "admin"];
    stage.command(&create, WEAK, &[]);
    stage.command(&create, RIGHT, &[]);
    stage.command(&create, RIGHT, &[]);
    for arguments in [
        ["keys", "list"].as_slice(),
        &["keys", "rotate", "--at-once"],
        &["keys", "rewrap"],
        &["audit", "verify"],
        &["audit", "head"],
    ] {
        stage.command(arguments, "", &[]);
    }
    stage.command(&["user", "password", "nadie"], RIGHT, &[]);
    let address = metrics.to_string();
    let changes: Vec<_> = stage.settings.iter().copied().chain([("METRICS_ADDRESS", address.as_str())]).collect();
    let mut program = Program::serve(&stage.database, &changes);
    drive(&stage, &program);
    let prometheus = Client::new(http(), format!("http://{metrics}")).get("/metrics");
    assert_eq!(prometheus.status, 200);
    stage.hear("", &prometheus);
    stage.assert_nothing_leaked(&program);
    // What is written at the very end is searched too; and the search itself must not be blind.
    program.terminate();
    assert!(program.wait().success());
    stage.assert_nothing_leaked(&program);
    for (place, text) in stage.written(&program) {
        assert!(text.contains(VISIBLE), "the search is blind in {place}");
    }
    for event in ["login_failed", "refresh_replayed", "password_changed", "temporary_password_issued", "internal_error"]
    {
        assert!(program.printed().contains(event), "the log does not tell of {event}");
    }
}

#[test]
fn no_planted_secret_leaks_in_production_with_json_logs() {
    no_planted_secret_is_written(&[("ENVIRONMENT", "production"), ("BCRYPT_ROUNDS", "12"), ("LOG_FORMAT", "json")]);
}

#[test]
fn no_planted_secret_leaks_in_development_with_text_logs_and_a_shared_secret() {
    let shared = [("JWT_ALGORITHM", "HS256"), ("JWT_SECRET_KEY", SHARED_SECRET)];
    no_planted_secret_is_written(&[[("LOG_FORMAT", "text")].as_slice(), &shared].concat());
}
