//! A list with what lies within its items asks the database as often as one item does.

use std::collections::HashMap;
use std::sync::{Mutex, Once, PoisonError};

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, TestApp, TestDatabase, bank};
use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use serde_json::json;

use super::{ask, data};

/// Statements by the URL of their database: tests run beside one another, each on its own.
static STATEMENTS: Mutex<Option<HashMap<String, usize>>> = Mutex::new(None);

/// Counts the statements of one connection.
#[derive(Default)]
struct Counting {
    url: String,
}

impl Instrumentation for Counting {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => self.url = url.to_owned(),
            InstrumentationEvent::StartQuery { .. } => {
                let mut counts = STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner);
                *counts.get_or_insert_default().entry(self.url.clone()).or_default() += 1;
            }
            _ => {}
        }
    }
}

fn counted_app() -> TestApp {
    static COUNTS: Once = Once::new();
    COUNTS.call_once(|| set_default_instrumentation(|| Some(Box::new(Counting::default()))).unwrap());
    let many =
        (0..6).fold(bank("BCP"), |bank, n| bank.trained_account(&format!("cuenta{n}"), daily_history(60 + n, 5_000)));
    TestApp::start().with(many).with(bank("BBVA").trained_account("una", daily_history(60, 9_000)))
}

/// The statements that are sent while something is done.
fn statements(database: &TestDatabase, work: impl FnOnce()) -> usize {
    let url = database.url();
    // Of a file the URL is told without its scheme.
    let name = url.rsplit("//").next().unwrap();
    let name = if database.is_a_file() { name } else { name.rsplit('/').next().unwrap() };
    let count = || {
        let counts = STATEMENTS.lock().unwrap_or_else(PoisonError::into_inner);
        let all = counts.iter().flatten();
        all.filter(|(url, _)| url.contains(name)).map(|(_, count)| count).sum::<usize>()
    };
    let before = count();
    work();
    count() - before
}

#[test]
fn a_list_of_accounts_with_forecasts_takes_as_many_statements_as_one_account() {
    let app = counted_app();
    let (of_many, of_one) = (app.login("admin_bcp"), app.login("admin_bbva"));
    let query = "{ accounts { nodes { handle
        predict(date: \"2026-08-30\") { prediction } forecast(h: 7) { days { prediction } } comparison { version } } } }";
    let listed = |client: &Client| data(&ask(client, query))["accounts"]["nodes"].as_array().unwrap().len();
    // What a first request of a client costs is not the list's.
    for client in [&of_many, &of_one] {
        let _ = ask(client, "{ accounts(first: 1) { nodes { handle } } }").expect(200);
    }
    let one = statements(&app.database, || assert_eq!(listed(&of_one), 1));
    let many = statements(&app.database, || assert_eq!(listed(&of_many), 6));
    assert!(one > 0, "statements are counted");
    assert_eq!(many, one);
    let again = statements(&app.database, || assert_eq!(listed(&of_many), 6));
    assert!(again < many, "what was read once is remembered");
}

#[test]
fn a_remembered_list_is_of_whom_it_was_read_for_and_ends_with_any_change() {
    let ours = bank("BCP").account("uno").account("dos").viewer("vera", &["uno"]);
    let app = TestApp::start().with(ours).with(bank("BBVA").account("una"));
    let [admin, viewer, stranger] = ["admin_bcp", "vera", "admin_bbva"].map(|username| app.login(username));
    let listed = |client: &Client| -> Vec<String> {
        let reply = ask(client, "{ accounts { nodes { handle } } }");
        let nodes = data(&reply)["accounts"]["nodes"].as_array().unwrap();
        nodes.iter().map(|account| account["handle"].as_str().unwrap().to_owned()).collect()
    };
    for _ in 0..2 {
        assert_eq!(listed(&admin), ["dos", "uno"]);
        assert_eq!(listed(&viewer), ["uno"]);
        assert_eq!(listed(&stranger), ["una"]);
    }
    let _ = admin.post("/accounts", &json!({"cuenta": "tres", "nombre": "Tres"})).expect(201);
    assert_eq!(listed(&admin), ["dos", "tres", "uno"]);
    let vera = viewer.get("/auth/me").expect(200)["id_usuario"].clone();
    let _ = admin.put(&format!("/auth/users/{vera}/accounts"), &json!({"cuentas": ["dos"]})).expect(200);
    assert_eq!(listed(&app.login("vera")), ["dos"]);
    assert_eq!(listed(&stranger), ["una"]);
}
