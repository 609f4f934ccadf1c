//! Refusals of a program that is in trouble, for the examples of the document.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use atalaya_application::digits::{Digits, DigitsAnswer};
use atalaya_application::error::{AppError, Part};
use atalaya_domain::access::{Operator, Permission};
use atalaya_domain::id::CompanyId;
use atalaya_domain::mandate::{Mandate, ReadDigits};
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::picture::{FORM, drawn, form};
use atalaya_tests::{Client, Reply, TestApp, bank};
use atalaya_web::EventStreams;
use reqwest::Method;
use serde_json::json;

use crate::exports::{LONG, fill};
use crate::job_events::{EVENTS, Stage};
use crate::patience::{self, wait_for};
use crate::raw::Raw;
use crate::versions::outdate;

/// The codes that have no example. Whatever the program does leaves a key that signs, and a start makes one, so
/// `SIGNING_KEY_UNAVAILABLE` is seen in units of the keys only. `HASHING_OVERLOADED` says how long to wait, which
/// follows from how fast the machine compares passwords; `overload.rs` sees it. What is wrong with a query of GraphQL
/// stands in the errors of its answer, and in no body of a problem.
pub(crate) const WITHOUT: [&str; 6] = [
    "GRAPHQL_INVALID",
    "GRAPHQL_TOO_COMPLEX",
    "GRAPHQL_NOT_LISTED",
    "PERSISTED_QUERY_NOT_FOUND",
    "SIGNING_KEY_UNAVAILABLE",
    "HASHING_OVERLOADED",
];

/// An answer with the status and code that it has.
type Refused = (Reply, u16, &'static str);

/// Every one that can be made.
pub(crate) fn refusals() -> Vec<Refused> {
    [models(), vec![method(), running(), away(), jobs(), exports(), pictures()], streams()].concat()
}

/// An account with a model, and one connection for everybody.
fn interbank() -> TestApp {
    TestApp::configured(&[("DATABASE_POOL_SIZE", "1")])
        .with(bank("Interbank").trained_account("Interbank", daily_history(60, 237_000)))
}

fn admin(app: &TestApp) -> Client {
    app.login("admin_interbank").english()
}

fn method() -> Refused {
    let app = TestApp::start();
    (app.anonymous().english().ask(Method::DELETE, "/health"), 405, "METHOD_NOT_ALLOWED")
}

/// An account whose only version cannot be read.
fn models() -> Vec<Refused> {
    let asked = |spoil: &dyn Fn(&TestApp)| {
        let app = interbank();
        spoil(&app);
        admin(&app).get("/regression/predict/Interbank?fecha=2026-09-05")
    };
    let damage = |app: &TestApp| app.database.tamper("UPDATE model_versions SET artifact = substr(artifact, 1, 500)");
    vec![(asked(&damage), 409, "MODEL_DAMAGED"), (asked(&|app| outdate(app, 1)), 409, "MODEL_OUTDATED")]
}

/// Reads as if others took all of its time.
struct Busy;

impl Digits for Busy {
    fn read(&self, _: &Mandate<ReadDigits>, _: &[u8]) -> Result<DigitsAnswer, AppError> {
        Err(AppError::unavailable(Part::Digits))
    }
}

/// A picture while too many are read.
fn pictures() -> Refused {
    let app = TestApp::adjusted(|services| {
        let mut use_cases = services.use_cases.as_ref().clone();
        use_cases.digits = Arc::new(Busy);
        services.use_cases = Arc::new(use_cases);
    });
    let app = app.with(bank("Interbank"));
    let refused = admin(&app).send(Method::POST, "/predict", FORM, form("digits.png", &drawn("7")));
    (refused, 503, "DIGITS_OVERLOADED")
}

/// A request that comes again before the first one of its key has ended.
fn running() -> Refused {
    let (app, state) = patience::app();
    let admin = app.login("admin_bcp").english().with("idempotency-key", "semana-34");
    let train = || admin.post("/regression/train", &patience::command());
    std::thread::scope(|threads| {
        let first = threads.spawn(train);
        wait_for(&state.begun);
        let again = train();
        state.go.store(true, Ordering::SeqCst);
        let _ = first.join().unwrap().expect(200);
        (again, 409, "IDEMPOTENCY_KEY_RUNNING")
    })
}

/// Somebody else holds the only connection.
fn away() -> Refused {
    let app = interbank();
    let admin = admin(&app);
    let company = CompanyId::new(admin.get("/auth/me").expect(200)["empresa_id"].as_i64().unwrap());
    let scope = Operator::at_the_machine().scope(company, Permission::ManageUsers);
    let refused = app.core.database.store().query(&scope, |_| Ok(admin.get("/accounts"))).unwrap();
    (refused, 503, "DATABASE_UNAVAILABLE")
}

/// A company whose people have asked for as many jobs as they may.
fn jobs() -> Refused {
    let accounts = || (0..).map(|number| format!("sucursal_{number}")).take(120);
    let interbank = accounts().fold(bank("Interbank"), |bank, account| bank.account(&account));
    let app = TestApp::configured(&[("QUOTA_COMPANY", "none")]).with(interbank);
    let admin = admin(&app).with("prefer", "respond-async");
    let mut asked = accounts().map(|account| admin.post("/regression/train", &json!({"username": account})));
    (asked.find(|reply| reply.status != 202).unwrap(), 503, "JOBS_OVERLOADED")
}

/// A bank has one export at a time here, and its client does not read it.
fn exports() -> Refused {
    let app = TestApp::start().with(bank("Interbank").account("Interbank"));
    fill(&app.database, "Interbank", LONG, 7);
    let admin = admin(&app);
    let path = "/accounts/Interbank/observations";
    let mut unread = Raw::ask_for_csv(app.address(), &admin, path);
    assert!(unread.head().starts_with("HTTP/1.1 200"));
    (admin.with("accept", "text/csv").get(path), 503, "EXPORTS_BUSY")
}

/// Who follows as many jobs as they may, and a server that is about to end.
fn streams() -> Vec<Refused> {
    let stage = Stage::new();
    let admin = stage.admin().english();
    let followed: Vec<_> = (0..EventStreams::MOST_OF_A_USER).map(|_| admin.follow(EVENTS)).collect();
    let one_more = admin.get(EVENTS);
    drop(followed);
    stage.streams.end();
    // Their places are free once the server has seen that they are gone.
    stage.await_streams(0);
    vec![(one_more, 429, "TOO_MANY_STREAMS"), (admin.get(EVENTS), 503, "SERVER_OVERLOADED")]
}
