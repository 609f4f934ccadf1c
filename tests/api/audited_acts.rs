//! Every act that changes something, or logs somebody in or out, with every way in which it can end: which entry of the
//! audit log tells it.

use std::collections::BTreeSet;

use atalaya_domain::access::Permission;
use atalaya_tests::{Client, PASSWORD, Reply, TestApp, TestDatabase, bank};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::json;

use crate::authorization_matrix::operations;
use crate::command_line::{attempt_with, succeed};
use crate::samples::{SAMPLES, Sample, Target};
use crate::world::{Who, World};

/// How an act ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    Done,
    WithoutToken,
    RefusedByRole,
    RefusedByOwnership,
    RefusedByRule,
    RefusedByLimit,
}

impl Ending {
    const ALL: [Self; 6] = [
        Self::Done,
        Self::WithoutToken,
        Self::RefusedByRole,
        Self::RefusedByOwnership,
        Self::RefusedByRule,
        Self::RefusedByLimit,
    ];
}

/// An act of the table. `<…>` stands for a name, as in `samples.rs`; an empty path stands for that of the sample.
struct Act {
    operation: &'static str,
    /// A path and body with which the act is done, by an administrator or, where those may not, a superadmin.
    done: (&'static str, &'static str),
    /// The actions that tell it.
    tells: &'static [&'static str],
    /// A path and body with which it is refused by a rule or by the present state, and the code. An empty code where no
    /// rule can refuse it.
    broken: (&'static str, &'static str, &'static str),
}

const fn act(
    operation: &'static str,
    done: (&'static str, &'static str),
    tells: &'static [&'static str],
    broken: (&'static str, &'static str, &'static str),
) -> Act {
    Act { operation, done, tells, broken }
}

const SAMPLE: (&str, &str) = ("", "");
const NO_RULE: (&str, &str, &str) = ("", "", "");
const INVALID: &str = "VALIDATION_FAILED";

/// In an order in which each can be done.
const ACTS: &[Act] = &[
    act("POST /auth/login", SAMPLE, &["login"], ("", r#"{"username":"<admin>"}"#, INVALID)),
    // A session that goes on is a line of the log, not an entry: see `logins_and_sessions_are_told_however_they_end`.
    act("POST /auth/refresh", ("", r#"{"refresh_token":"<refresh>"}"#), &[], ("", r#"{"refresh_token":7}"#, INVALID)),
    act("POST /auth/logout", SAMPLE, &["logout"], ("", r#"{"refresh_token":7}"#, INVALID)),
    act(
        "POST /auth/change-password",
        ("", r#"{"current_password":"Una-Clave-2026","new_password":"Otra-Clave-2026"}"#),
        &["password_changed"],
        ("", r#"{"current_password":"Una-Clave-2026","new_password":"corta"}"#, INVALID),
    ),
    act("DELETE /auth/sessions", SAMPLE, &["session_ended"], NO_RULE),
    act("DELETE /auth/sessions/{id}", SAMPLE, &["session_ended"], NO_RULE),
    act(
        "POST /auth/register",
        SAMPLE,
        &["user_registered"],
        ("", r#"{"username":"<admin>","password":"Una-Clave-2026","empresa_id":<company>}"#, "USERNAME_TAKEN"),
    ),
    act(
        "PATCH /auth/users/{id}",
        ("", r#"{"email":"otro@example.com","rol":"viewer"}"#),
        &["role_changed", "user_changed"],
        ("", r#"{"rol":"reina"}"#, INVALID),
    ),
    act("DELETE /auth/users/{id}", SAMPLE, &["user_deleted"], ("/auth/users/<own>", "", "OWN_USER")),
    act("POST /auth/users/{id}/restore", SAMPLE, &["user_restored"], NO_RULE),
    act(
        "PUT /auth/users/{id}/accounts",
        SAMPLE,
        &["accounts_assigned"],
        ("", r#"{"cuentas":["no_such_account"]}"#, INVALID),
    ),
    act(
        "POST /auth/users/{id}/temporary-password",
        SAMPLE,
        &["password_changed"],
        ("/auth/users/<own>/temporary-password", "", "OWN_PASSWORD"),
    ),
    act("DELETE /auth/users/{id}/sessions/{session}", SAMPLE, &["session_ended"], NO_RULE),
    act(
        "DELETE /auth/users/{id}/sessions",
        ("/auth/users/<user_with_session>/sessions", ""),
        &["session_ended"],
        NO_RULE,
    ),
    act("POST /companies", SAMPLE, &["company_created"], ("", r#"{"empresa_nombre":"Canary"}"#, "COMPANY_EXISTS")),
    act(
        "PATCH /companies/{id}",
        ("", r#"{"zona_horaria":"America/Bogota"}"#),
        &["company_changed"],
        ("", r#"{"empresa_nombre":"Vecino"}"#, "COMPANY_EXISTS"),
    ),
    act(
        "POST /accounts",
        SAMPLE,
        &["account_created"],
        ("", r#"{"cuenta":"<account>","nombre":"Otra","empresa_id":<company>}"#, "ACCOUNT_EXISTS"),
    ),
    act("PATCH /accounts/{username}", SAMPLE, &["account_changed"], ("", r#"{"nombre":""}"#, INVALID)),
    act("DELETE /accounts/{username}", SAMPLE, &["account_deleted"], NO_RULE),
    act("POST /accounts/{username}/restore", SAMPLE, &["account_restored"], NO_RULE),
    act(
        "POST /accounts/{username}/observations",
        SAMPLE,
        &["observations_recorded"],
        ("", r#"{"observations":[{"hora":"ayer","seguidores":5}]}"#, INVALID),
    ),
    act(
        "DELETE /accounts/{username}/observations",
        SAMPLE,
        &["observations_deleted"],
        ("/accounts/<account>/observations", "", INVALID),
    ),
    act(
        "POST /regression/train",
        SAMPLE,
        &["model_trained"],
        ("", r#"{"username":"<account>","models":["magia"]}"#, INVALID),
    ),
    act("POST /regression/train-all", SAMPLE, &["job_requested"], ("", r#"{"models":["magia"]}"#, INVALID)),
    act(
        "PUT /regression/covariates",
        SAMPLE,
        &["covariates_set"],
        ("", r#"{"covariates":[{"entity":"nada","date_field":"dia","aggregate":"flag"}]}"#, INVALID),
    ),
    act(
        "POST /regression/model-info/{username}/versions/{version}/activate",
        SAMPLE,
        &["model_activated"],
        ("/regression/model-info/<account>/versions/99/activate", "{}", "MODEL_VERSION_NOT_FOUND"),
    ),
    act(
        "DELETE /regression/model/{username}",
        SAMPLE,
        &["model_deleted"],
        ("/regression/model/<spare>", "", "MODEL_NOT_TRAINED"),
    ),
    act(
        "POST /api/auth/register",
        SAMPLE,
        &["user_registered"],
        ("", r#"{"username":"<admin>","email":"nuevo@example.com","password":"Una-Clave-2026"}"#, "USERNAME_TAKEN"),
    ),
    act("POST /login", SAMPLE, &["login"], ("", r#"{"username":"<admin>"}"#, "CREDENTIALS_MISSING")),
    act("POST /api/auth/login", SAMPLE, &["login"], ("", r#"{"username":"<admin>"}"#, INVALID)),
    act(
        "POST /api/metadata/entities",
        SAMPLE,
        &["entity_defined"],
        ("", r#"{"name":"1","display_name":"x"}"#, INVALID),
    ),
    act("PUT /api/metadata/entities/{entity_id}", SAMPLE, &["entity_changed"], ("", r#"{"display_name":""}"#, INVALID)),
    act(
        "DELETE /api/metadata/entities/{entity_id}",
        SAMPLE,
        &["entity_deleted"],
        ("/api/metadata/entities/x", "", INVALID),
    ),
    act(
        "POST /api/metadata/entities/{entity_id}/fields",
        SAMPLE,
        &["field_defined"],
        ("", r#"{"name":"id","display_name":"x","field_type":"TEXT"}"#, "FIELD_NAME_RESERVED"),
    ),
    act(
        "PATCH /api/metadata/entities/{entity_id}/fields/{field_id}",
        SAMPLE,
        &["field_changed"],
        ("", r#"{"name":""}"#, INVALID),
    ),
    act(
        "POST /api/metadata/entities/{entity_id}/fields/{field_id}/retype",
        SAMPLE,
        &["field_retyped"],
        ("", r#"{"field_type":""}"#, INVALID),
    ),
    act(
        "DELETE /api/metadata/entities/{entity_id}/fields/{field_id}",
        SAMPLE,
        &["field_deleted"],
        ("/api/metadata/entities/<entity>/fields/x", "", INVALID),
    ),
    act(
        "POST /api/metadata/trash/{entity_id}/restore",
        SAMPLE,
        &["entity_restored"],
        ("/api/metadata/trash/x/restore", "", INVALID),
    ),
    act(
        "POST /api/metadata/entities/{entity_id}/trash/{field_id}/restore",
        SAMPLE,
        &["field_restored"],
        ("/api/metadata/entities/<entity>/trash/x/restore", "", INVALID),
    ),
    act(
        "POST /api/entities/{entity_id}/records:bulk",
        SAMPLE,
        &["records_created"],
        ("", r#"{"create":[{"data":{"nada":1}}]}"#, INVALID),
    ),
    act("POST /api/entities/{entity_id}/records:import", SAMPLE, &["records_imported"], ("", "nada\n1\n", INVALID)),
    act(
        "POST /api/entities/{entity_id}/records",
        SAMPLE,
        &["records_created"],
        ("", r#"{"data":{"nada":1}}"#, INVALID),
    ),
    act(
        "PUT /api/entities/{entity_id}/records/{record_id}",
        SAMPLE,
        &["records_changed"],
        ("", r#"{"data":{"nada":1}}"#, INVALID),
    ),
    act(
        "PATCH /api/entities/{entity_id}/records/{record_id}",
        SAMPLE,
        &["records_changed"],
        ("", r#"{"data":{"nada":1}}"#, INVALID),
    ),
    act(
        "DELETE /api/entities/{entity_id}/records/{record_id}",
        SAMPLE,
        &["records_deleted"],
        ("/api/entities/<entity>/records/x", "", INVALID),
    ),
    act(
        "POST /api/entities/{entity_id}/trash/{record_id}/restore",
        SAMPLE,
        &["records_restored"],
        ("/api/entities/<entity>/trash/x/restore", "", INVALID),
    ),
    act(
        "POST /api/entities/{entity_id}/records/{record_id}/revert",
        SAMPLE,
        &["records_changed"],
        ("", r#"{"revision":0}"#, INVALID),
    ),
    act("POST /jobs/{id}/cancel", ("/jobs/<queued_job>/cancel", ""), &["job_cancelled"], NO_RULE),
];

/// Whether an operation changes something, or logs somebody in or out. What GraphQL changes, other operations change
/// too: `graphql/matrix.rs` holds its entries against theirs.
fn changes(operation: &str, permission: Option<Permission>) -> bool {
    let only_reads = operation.starts_with("GET ") || permission.is_some_and(Permission::only_reads);
    !only_reads && operation != "POST /graphql"
}

/// The actions that tell an operation of the table.
pub(crate) fn actions_of(operation: &str) -> &'static [&'static str] {
    ACTS.iter().find(|act| act.operation == operation).unwrap().tells
}

fn sample(operation: &str) -> &'static Sample {
    SAMPLES.iter().find(|sample| sample.operation == operation).unwrap()
}

#[test]
fn every_operation_that_changes_something_is_in_the_table() {
    let changing: BTreeSet<String> = operations()
        .into_iter()
        .filter(|(name, permission)| changes(name, *permission))
        .map(|(name, _)| name)
        .collect();
    let told: BTreeSet<String> = ACTS.iter().map(|act| act.operation.to_owned()).collect();
    let lacking: Vec<_> = changing.symmetric_difference(&told).collect();
    assert!(lacking.is_empty(), "operations without a row in the table of acts, or rows without one: {lacking:?}");
}

/// What the audit log tells of a request: action, outcome and target, the oldest first.
pub(crate) fn told(app: &TestApp, request: &str) -> Vec<String> {
    app.core.upkeep().run_all();
    let entry = "action || ' ' || outcome || ' ' || coalesce(target, '-')";
    app.database.texts(&format!("SELECT {entry} FROM audit_log WHERE request_id = '{request}' ORDER BY seq"))
}

/// A refresh token of a new session.
fn refresh_token(app: &TestApp, username: &str) -> String {
    let login = json!({"username": username, "password": PASSWORD, "refresh": "body"});
    let reply = app.anonymous().post("/auth/login", &login);
    reply.expect(200)["refresh_token"].as_str().unwrap().to_owned()
}

/// One walk over the table.
struct Walk {
    world: World,
    requests: u32,
}

impl Walk {
    fn next_id(&mut self) -> String {
        self.requests += 1;
        format!("act-{}", self.requests)
    }

    /// Names that only this table uses.
    fn fill(&self, text: &str) -> String {
        let app = &self.world.app;
        let mut text = text.to_owned();
        if text.contains("<refresh>") {
            text = text.replace("<refresh>", &refresh_token(app, "admin_canary"));
        }
        if text.contains("<own>") {
            let own = app.login("admin_canary").get("/auth/me").expect(200)["id_usuario"].clone();
            text = text.replace("<own>", &own.to_string());
        }
        if text.contains("<user_with_session>") {
            let _ = app.login("canary_target");
            text = text.replace("<user_with_session>", "<user>");
        }
        if text.contains("<queued_job>") {
            let wish = json!({"username": "canary_account", "models": ["linear_regression"]});
            let admin = app.login("admin_canary").with("prefer", "respond-async");
            let job = admin.post("/regression/train", &wish).expect(202)["id"].clone();
            text = text.replace("<queued_job>", job.as_str().unwrap());
        }
        text
    }

    /// Somebody makes the request of an act, and what the audit log tells of it.
    fn ask(&mut self, who: Who, operation: &'static str, path: &str, body: &str) -> (Reply, Vec<String>) {
        let sample = sample(operation);
        let path = if path.is_empty() { sample.path.to_owned() } else { self.fill(path) };
        let body = if body.is_empty() { sample.body.to_owned() } else { self.fill(body) };
        let id = self.next_id();
        let client = self.world.client(who).with("x-request-id", id.as_str());
        let reply = self.world.ask_by(&client, who, operation, (&path, &body), &self.world.canary);
        let told = told(&self.world.app, &id);
        (reply, told)
    }

    /// What is wrong with an act that ends so.
    fn check(&mut self, act: &Act, ending: Ending, permission: Option<Permission>) -> Option<String> {
        let operation = act.operation;
        let denied = || vec![format!("access_denied denied {operation}")];
        let allowed = |who: Who| permission.is_none_or(|needed| who.role().is_some_and(|role| role.allows(needed)));
        let able = if allowed(Who::Admin) { Who::Admin } else { Who::Superadmin };
        let ((reply, told), wanted) = match ending {
            Ending::Done => {
                let (reply, told) = self.ask(able, operation, act.done.0, act.done.1);
                if reply.status >= 400 {
                    return Some(format!("{operation} is not done: {}", reply.text()));
                }
                let actions = told.iter().map(|entry| entry.split(' ').next().unwrap().to_owned()).collect();
                if operation == "POST /auth/change-password" {
                    self.set_password_back();
                }
                ((reply, actions), act.tells.iter().map(|action| (*action).to_owned()).collect())
            }
            Ending::WithoutToken => {
                permission?;
                (self.ask(Who::Nobody, operation, "", ""), denied())
            }
            Ending::RefusedByRole => {
                permission.filter(|_| !allowed(Who::LooseViewer))?;
                (self.ask(Who::LooseViewer, operation, "", ""), denied())
            }
            Ending::RefusedByOwnership => {
                let owned = !matches!(sample(operation).target, Target::Own | Target::Items);
                permission.filter(|_| owned && allowed(Who::Neighbour))?;
                (self.ask(Who::Neighbour, operation, "", ""), denied())
            }
            Ending::RefusedByRule => {
                let (path, body, code) = act.broken;
                if code.is_empty() {
                    return None;
                }
                let asked = self.ask(able, operation, path, body);
                if asked.0.json["error_code"] != code {
                    return Some(format!("{operation} is not refused by {code}: {}", asked.0.text()));
                }
                (asked, vec![format!("request_refused failure {operation}: {code}")])
            }
            // Refused before it is known who asks: `whoever_asks_too_much_is_told_for_every_act`.
            Ending::RefusedByLimit => return None,
        };
        (told != wanted).then(|| format!("{operation}, {ending:?}: {} tells {told:?}, not {wanted:?}", reply.status))
    }

    fn set_password_back(&self) {
        let login = json!({"username": "admin_canary", "password": "Otra-Clave-2026", "refresh": "none"});
        let reply = self.world.app.anonymous().post("/auth/login", &login);
        let client = self.world.app.anonymous().bearing(reply.expect(200)["access_token"].as_str().unwrap());
        let back = json!({"current_password": "Otra-Clave-2026", "new_password": PASSWORD});
        assert_eq!(client.post("/auth/change-password", &back).status, 204);
    }
}

#[test]
fn each_act_is_told_however_it_ends() {
    let permissions = operations();
    let mut walk = Walk { world: World::new(), requests: 0 };
    let mut wrong = Vec::new();
    for act in ACTS {
        for ending in Ending::ALL {
            wrong.extend(walk.check(act, ending, permissions[act.operation]));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let secret = "target LIKE '%Clave%' OR target LIKE '%corta%'";
    assert_eq!(walk.world.app.database.rows(&format!("audit_log WHERE {secret}")), 0, "a password is told");
}

#[test]
fn whoever_reads_with_a_mistake_is_not_told_of() {
    let app = TestApp::start().with(bank("BCP").account("BCPComunica"));
    let admin = app.login("admin_bcp").with("x-request-id", "reader");
    let _ = admin.get("/regression/predict/BCPComunica?fecha=ayer").problem(422, INVALID);
    let _ = admin.get("/regression/predict/BCPComunica?fecha=2026-09-01").problem(409, "MODEL_NOT_TRAINED");
    let _ = admin.post("/regression/forecast/BCPComunica", &json!({"h": 0})).problem(422, INVALID);
    assert_eq!(told(&app, "reader"), [""; 0]);
}

/// Asks until the limit is met: a slow machine gives the allowance back meanwhile.
fn ask_until_limited(client: &Client, method: &Method, path: &str) {
    while client.ask(method.clone(), path).status != 429 {}
}

#[test]
fn whoever_asks_too_much_is_told_for_every_act() {
    let app = TestApp::configured(&[("RATE_LIMIT_PER_MINUTE", "1")]);
    for (number, act) in ACTS.iter().enumerate() {
        let (method, pattern) = act.operation.split_once(' ').unwrap();
        let (method, path) = (method.parse().unwrap(), pattern.replace(['{', '}'], ""));
        let id = format!("much-{number}");
        ask_until_limited(&app.anonymous().with("x-request-id", id.as_str()), &method, &path);
        let wanted = format!("rate_limited denied {}", act.operation);
        assert!(told(&app, &id).contains(&wanted), "{wanted} is not told");
    }
}

#[test]
fn limits_of_a_user_and_of_logins_are_told_with_who_met_them() {
    let app = TestApp::configured(&[("QUOTA_USER", "write:1/hour")]).with(bank("BCP"));
    let admin = app.login("admin_bcp").with("x-request-id", "quota");
    let body = json!({"cuenta": "nueva", "nombre": "Nueva"});
    let _ = admin.post("/accounts", &body).expect(201);
    let _ = admin.post("/accounts", &body).problem(429, "RATE_LIMITED");
    let entries = told(&app, "quota");
    assert_eq!(entries, ["account_created success nueva", "rate_limited denied POST /accounts"]);
    let ours = app.database.rows("audit_log WHERE action = 'rate_limited' AND actor = 'admin_bcp' AND chain <> 0");
    assert_eq!(ours, 1, "the bank's own log does not tell of it");

    let app = TestApp::configured(&[("LOGIN_RATE_LIMIT_PER_MINUTE", "1")]).with(bank("BCP"));
    let nobody = app.anonymous().with("x-request-id", "logins");
    while nobody.post("/auth/login", &json!({"username": "admin_bcp", "password": "x"})).status != 429 {}
    assert!(told(&app, "logins").contains(&"rate_limited denied POST /auth/login".to_owned()));
}

#[test]
fn logins_and_sessions_are_told_however_they_end() {
    let app =
        TestApp::configured(&[("MAX_LOGIN_ATTEMPTS", "2")]).with(bank("BCP").user("ursula", &[]).viewer("vera", &[]));
    let nobody = |id: &str| app.anonymous().with("x-request-id", id);
    let log_in = |id: &str, password: &str| {
        nobody(id).post("/auth/login", &json!({"username": "ursula", "password": password, "refresh": "body"}))
    };
    let refresh = |id: &str, token: &str| nobody(id).post("/auth/refresh", &json!({"refresh_token": token}));

    // A wrong present password, until guessing it is locked.
    let vera = app.login("vera");
    let change = json!({"current_password": "Otra-Clave-2026", "new_password": "Nueva-Clave-2026"});
    for (id, status) in [("guess-1", 422), ("guess-2", 422), ("guess-3", 429)] {
        let reply = vera.clone().with("x-request-id", id).post("/auth/change-password", &change);
        assert_eq!(reply.status, status, "{}", reply.text());
    }
    assert_eq!(told(&app, "guess-1"), ["password_changed failure vera"]);
    assert!(told(&app, "guess-2").contains(&"password_changed failure vera".to_owned()));
    assert_eq!(told(&app, "guess-3"), ["password_changed denied vera"]);

    // A refresh token of nobody, one that has expired, and one of a user who was disabled.
    let _ = refresh("unknown", "no-such-token").problem(401, "REFRESH_TOKEN_INVALID");
    assert_eq!(told(&app, "unknown"), ["refresh_refused denied -"]);
    let (grant, kept) = (log_in("in", PASSWORD), refresh_token(&app, "vera"));
    assert_eq!(told(&app, "in"), ["login success ursula"]);
    let token = grant.expect(200)["refresh_token"].as_str().unwrap().to_owned();
    let next = refresh("right", &token).expect(200)["refresh_token"].as_str().unwrap().to_owned();
    assert_eq!(told(&app, "right"), [""; 0], "a line of the log tells of it");
    app.clock.advance(TimeDelta::hours(3));
    let _ = refresh("late", &next).problem(401, "REFRESH_TOKEN_INVALID");
    let late = told(&app, "late");
    assert!(late.len() == 1 && late[0].starts_with("refresh_refused denied ursula "), "{late:?}");
    let _ = refresh("late-too", &kept).problem(401, "REFRESH_TOKEN_INVALID");
    assert_eq!(told(&app, "late-too").len(), 1);
    let of_bank = "audit_log WHERE action = 'refresh_refused' AND chain <> 0 AND actor = 'anonymous'";
    assert_eq!(app.database.rows(of_bank), 2);

    for (id, code) in [("wrong-1", "BAD_CREDENTIALS"), ("wrong-2", "BAD_CREDENTIALS"), ("locked", "LOGIN_LOCKED")] {
        assert_eq!(log_in(id, "Otra-Clave-2026").json["error_code"], code);
    }
    assert_eq!(told(&app, "wrong-1"), ["login failure ursula"]);
    assert!(told(&app, "wrong-2").contains(&"login_locked failure username: ursula".to_owned()));
    assert_eq!(told(&app, "locked"), ["login denied -"], "a name that is locked may be nobody's");
}

#[test]
fn an_administrator_finds_refusals_by_their_action() {
    let app = TestApp::start().with(bank("BCP")).with(bank("BBVA"));
    let admin = app.login("admin_bcp");
    let company = admin.get("/auth/me").expect(200)["empresa_id"].clone();
    let taken = json!({"username": "admin_bbva", "password": "Otra-Clave-2026", "empresa_id": company});
    for _ in 0..20 {
        let _ = admin.post("/auth/register", &taken).problem(409, "USERNAME_TAKEN");
    }
    app.core.upkeep().run_all();
    let reply = admin.get("/audit?action=request_refused&outcome=failure&actor=admin_bcp");
    let entries = reply.expect(200)["entries"].as_array().unwrap();
    assert!(entries.len() <= 2, "a flood is {} entries", entries.len());
    assert_eq!(entries.iter().map(|entry| entry["count"].as_i64().unwrap()).sum::<i64>(), 20);
    assert!(entries.iter().all(|entry| entry["target"] == "POST /auth/register: USERNAME_TAKEN"));
    assert_eq!(app.login("admin_bbva").get("/audit?action=request_refused").json["entries"], json!([]));
}

#[test]
fn commands_that_are_refused_are_told_to_the_platform() {
    let database: TestDatabase = TestApp::start().with(bank("BCP")).stop();
    for (arguments, input) in [
        (&["company", "create", "BCP"][..], ""),
        (&["user", "create", "admin_bcp", "--company", "BCP"], PASSWORD),
        (&["user", "password", "nobody.here"], PASSWORD),
        (&["user", "password", "admin_bcp"], "corta"),
        (&["keys", "revoke", "no-such-key"], ""),
        (&["train", "--company", "no such company"], ""),
    ] {
        let output = attempt_with(&database, arguments, input);
        assert!(!output.status.success(), "{arguments:?} is done");
    }
    let _ = succeed(&database, &["user", "password", "admin_bcp"], "Otra-Clave-2026");
    let refused = "SELECT action || ' ' || outcome || ' ' || target FROM audit_log \
                   WHERE chain = 0 AND actor = 'operator' AND outcome <> 'success' ORDER BY seq";
    let wanted = ["company create", "user create", "user password", "user password", "keys revoke", "train"];
    assert_eq!(database.texts(refused), wanted.map(|name| format!("request_refused failure {name}")));
    let done = database.texts("SELECT action || ' ' || target FROM audit_log WHERE chain <> 0 AND actor = 'operator'");
    assert!(done.contains(&"password_changed admin_bcp".to_owned()), "{done:?}");
}
