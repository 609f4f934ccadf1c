//! Clocks that are wrong: of one replica beside another, and of a machine that is set right afterwards.

use std::sync::Arc;

use atalaya_infrastructure::clock::ProcessClock;
use atalaya_tests::app::TestClock;
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{PASSWORD, Reply, TestApp, TestDatabase, bank};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::refresh::{bearing, child, present};

/// Two replicas on one database whose machines' clocks are `apart`; the first one's is that of the database's server.
struct Replicas {
    server: Arc<TestClock>,
    apps: [TestApp; 2],
    clocks: [Arc<ProcessClock>; 2],
}

impl Replicas {
    fn apart(apart: TimeDelta) -> Self {
        let server = Arc::new(TestClock::default());
        let (first, first_clock) = TestApp::replica(&[], &server, TimeDelta::zero());
        let first = first.with(bank("BCP").account("BCPComunica").viewer("vera", &[]));
        let url = first.database.url();
        let (second, second_clock) = TestApp::replica(&[("DATABASE_URL", &url)], &server, apart);
        Self { server, apps: [first, second], clocks: [first_clock, second_clock] }
    }

    fn advance(&self, by: TimeDelta) {
        self.server.advance(by);
        self.apps.iter().for_each(|app| app.clock.advance(by));
    }
}

fn begin(app: &TestApp, username: &str) -> Reply {
    let body = json!({"username": username, "password": PASSWORD, "refresh": "body"});
    app.anonymous().post("/auth/login", &body)
}

const SKEWS: [TimeDelta; 5] = [
    TimeDelta::seconds(7),
    TimeDelta::seconds(-7),
    TimeDelta::minutes(20),
    TimeDelta::minutes(-20),
    TimeDelta::days(30),
];

#[test]
fn a_fresh_token_is_good_on_a_replica_whose_clock_is_wrong() {
    for apart in SKEWS {
        let Replicas { apps: [here, there], .. } = Replicas::apart(apart);
        for (one, other) in [(&here, &there), (&there, &here)] {
            let grant = begin(one, "vera");
            let _ = bearing(other, &grant).get("/auth/me").expect(200);
            assert_eq!(grant.expect(200)["expires_in"], 1800, "{apart}");
        }
    }
}

#[test]
fn a_refresh_that_two_tabs_repeat_on_replicas_whose_clocks_differ_ends_no_session() {
    for apart in SKEWS {
        let replicas = Replicas::apart(apart);
        let [here, there] = &replicas.apps;
        for (one, other) in [(here, there), (there, here)] {
            let parent = child(&begin(one, "vera"));
            let next = child(&present(one, &parent));
            replicas.advance(TimeDelta::seconds(9));
            let again = present(other, &parent);
            assert_eq!(child(&again), next, "{apart}");
            let _ = bearing(one, &again).get("/auth/me").expect(200);
            replicas.advance(TimeDelta::seconds(1));
            let _ = present(other, &parent).problem(401, "REFRESH_TOKEN_INVALID");
            let _ = bearing(other, &again).get("/auth/me").problem(401, "TOKEN_REVOKED");
        }
    }
}

#[test]
fn a_repeated_request_gets_its_first_answer_from_a_replica_whose_clock_is_wrong() {
    for apart in SKEWS {
        let Replicas { apps: [here, there], .. } = Replicas::apart(apart);
        let admin = here.login("admin_bcp");
        let company = admin.get("/auth/me").expect(200)["empresa_id"].clone();
        for (number, (one, other)) in [(&here, &there), (&there, &here)].into_iter().enumerate() {
            let body = json!({"username": format!("nueva{number}"), "password": PASSWORD, "empresa_id": company});
            let ask = |app: &TestApp| {
                let client = app.anonymous().bearing(admin.token()).with("idempotency-key", format!("key-{number}"));
                client.post("/auth/register", &body)
            };
            let first = ask(one).expect(201).clone();
            let repeat = ask(other);
            assert_eq!((repeat.expect(201), repeat.header("idempotency-replayed")), (&first, "true"), "{apart}");
        }
    }
}

#[test]
fn a_job_is_not_taken_from_a_replica_that_works_on_it() {
    for apart in SKEWS {
        let Replicas { apps: [here, there], .. } = Replicas::apart(apart);
        let admin = here.login("admin_bcp").with("prefer", "respond-async");
        let wish = json!({"username": "BCPComunica", "models": ["linear_regression"]});
        let _ = admin.post("/regression/train", &wish).expect(202);
        // As if this replica worked on it since a moment ago.
        here.database.execute(
            "UPDATE jobs SET state = 'running', attempts = 1, leased_until = '2026-08-23 17:00:20' WHERE kind = 'train'",
        );
        there.run_jobs();
        assert_eq!(here.database.rows("jobs WHERE kind = 'train' AND attempts = 1"), 1, "{apart}");
    }
}

fn clock_of(app: &TestApp) -> Value {
    app.anonymous().get("/health").expect(200)["checks"]["clock"].clone()
}

#[test]
fn a_clock_that_drifts_while_the_replica_runs_is_told_in_health_and_metrics() {
    let replicas = Replicas::apart(TimeDelta::milliseconds(500));
    let [here, there] = &replicas.apps;
    let ahead = |app: &TestApp, seconds: &str| {
        let line = format!("atalaya_clock_ahead_seconds{{of=\"database\"}} {seconds}\n");
        app.telemetry.exposition().unwrap().contains(&line)
    };
    assert_eq!((clock_of(here), clock_of(there)), (json!("healthy"), json!("healthy")));
    assert!(ahead(here, "0") && ahead(there, "0.5"));
    // Both go on, and the second machine's clock is set wrong meanwhile.
    replicas.advance(TimeDelta::minutes(1));
    replicas.server.advance(TimeDelta::seconds(-10));
    for clock in &replicas.clocks {
        clock.measure().unwrap();
    }
    assert_eq!((clock_of(here), clock_of(there)), (json!("warning"), json!("warning")));
    assert!(ahead(here, "10") && ahead(there, "10.5"));
    replicas.server.advance(TimeDelta::seconds(10));
    for clock in &replicas.clocks {
        clock.measure().unwrap();
    }
    assert_eq!((clock_of(here), clock_of(there)), (json!("healthy"), json!("healthy")));
}

/// A database that a first start made thirty days ahead: a session, a locked name and keys are from then.
fn made_ahead() -> (TestDatabase, Value, String) {
    let app = TestApp::configured(&[("MAX_LOGIN_ATTEMPTS", "2")]);
    app.clock.advance(TimeDelta::days(30));
    let bcp =
        bank("BCP").trained_account("BCPComunica", daily_history(60, 5_000)).user("ursula", &[]).viewer("vera", &[]);
    let app = app.with(bcp);
    app.run_jobs();
    let grant = begin(&app, "vera");
    for _ in 0..2 {
        let _ = app.try_login("ursula", "Otra-Clave-2026").problem(401, "BAD_CREDENTIALS");
    }
    let _ = app.try_login("ursula", PASSWORD).problem(429, "LOGIN_LOCKED");
    let (token, access) = (child(&grant), grant.json["access_token"].as_str().unwrap().to_owned());
    (app.stop(), token, access)
}

#[test]
fn what_was_dated_ahead_does_not_outlive_its_rule_once_the_clock_is_right() {
    let (database, refresh, access) = made_ahead();
    let app = TestApp::try_start(database, &[("MAX_LOGIN_ATTEMPTS", "2")]).unwrap();
    assert_eq!(clock_of(&app), "warning");
    let _ = app.login("ursula").get("/auth/me").expect(200);
    let _ = present(&app, &refresh).problem(401, "REFRESH_TOKEN_INVALID");
    let _ = app.anonymous().bearing(&access).get("/auth/me").problem(401, "TOKEN_INVALID");
    let sessions = app.login("vera").get("/auth/sessions");
    assert_eq!(sessions.expect(200)["sessions"].as_array().unwrap().len(), 1, "a session of next month is listed");

    // The recurring jobs were put off to a time that has not come.
    let due = app.database.rows("jobs WHERE company_id IS NULL AND state = 'queued' AND attempts = 0");
    app.run_jobs();
    assert!(due > 0 && app.database.rows("jobs WHERE due_at > '2026-09-01'") == 0, "jobs wait until next month");
    assert_eq!(
        app.database.rows("signing_keys WHERE state_since > '2026-09-01'"),
        0,
        "keys keep next month's schedule"
    );
    app.clock.advance(TimeDelta::days(31));
    assert_eq!(clock_of(&app), "healthy");
}

#[test]
fn a_job_and_a_request_that_were_held_ahead_are_taken_over() {
    let app = TestApp::start().with(bank("BCP").trained_account("BCPComunica", daily_history(60, 5_000)));
    let admin = app.login("admin_bcp");
    let wish = json!({"username": "BCPComunica", "models": ["linear_regression"]});
    let job = admin.clone().with("prefer", "respond-async").post("/regression/train", &wish).expect(202)["id"].clone();
    app.database.execute("UPDATE jobs SET state = 'running', attempts = 1, leased_until = '2026-09-23 17:00:00'");
    app.run_jobs();
    let job = admin.get(&format!("/jobs/{}", job.as_str().unwrap()));
    assert_eq!(job.expect(200)["state"], "succeeded");

    let keyed = admin.with("idempotency-key", "one");
    let account = json!({"cuenta": "nueva", "nombre": "Nueva"});
    let _ = keyed.post("/accounts", &account).expect(201);
    let hold =
        "UPDATE idempotency_keys SET status = NULL, headers = NULL, body = NULL, kept_until = '2026-09-23 17:00:00'";
    app.database.execute(&format!("{hold}; DELETE FROM accounts WHERE handle = 'nueva'"));
    let _ = keyed.post("/accounts", &account).expect(201);
    assert_eq!(keyed.post("/accounts", &account).header("idempotency-replayed"), "true");
}
