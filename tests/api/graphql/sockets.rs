//! Subscriptions over a socket: who opens one, what it tells, and when it ends.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::accounts::OwnedAccount;
use atalaya_application::jobs::Jobs;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::jobs::JobFilter;
use atalaya_application::receipt::Receipt;
use atalaya_application::train_command::TrainCommand;
use atalaya_domain::id::JobId;
use atalaya_domain::job::Job;
use atalaya_domain::mandate::{Mandate, TrainModels};
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, Socket, TestApp, bank};
use atalaya_web::EventStreams;
use serde_json::json;

fn open(app: &TestApp) -> Socket {
    Socket::open(&app.address().to_string())
}

fn known(app: &TestApp, client: &Client) -> Socket {
    Socket::known(&app.address().to_string(), client.token())
}

fn app() -> TestApp {
    let bcp = bank("BCP").trained_account("uno", daily_history(60, 5_000)).viewer("vera", &["uno"]).viewer("vito", &[]);
    TestApp::start().with(bcp).with(bank("BBVA").account("dos"))
}

#[test]
fn measurements_are_told_as_they_are_stored_and_once() {
    let app = app();
    let (admin, vera) = (app.login("admin_bcp"), app.login("vera"));
    let mut socket = known(&app, &vera);
    socket.subscribe("a", "subscription { observationAdded(handle: \"uno\") { time followers } }");
    let store = |minute: u32, followers: u32| {
        let row = json!({"hora": format!("2026-08-23T02:{minute:02}:00Z"), "seguidores": followers});
        let _ = admin.post("/accounts/uno/observations", &json!({"observations": [row]})).expect(200);
    };
    let mut minutes = 0..50;
    let mut told = socket.hear_after(|| store(minutes.next().unwrap(), 7_000));
    store(58, 7_001);
    store(59, 7_002);
    let mut followers = Vec::new();
    loop {
        assert_eq!((&told["type"], &told["id"]), (&json!("next"), &json!("a")), "{told}");
        let observation = &told["payload"]["data"]["observationAdded"];
        followers.push((observation["time"].clone(), observation["followers"].as_u64().unwrap()));
        if followers.last().unwrap().1 == 7_002 {
            break;
        }
        told = socket.hear();
    }
    let last: Vec<u64> = followers.iter().rev().take(3).rev().map(|(_, followers)| *followers).collect();
    assert_eq!(last, [7_000, 7_001, 7_002]);
    let times: BTreeSet<String> = followers.iter().map(|(time, _)| time.to_string()).collect();
    assert_eq!(times.len(), followers.len(), "each is told once");
    socket.say(&json!({"type": "ping"}));
    assert_eq!(socket.hear(), json!({"type": "pong"}));
}

#[test]
fn a_job_is_followed_to_its_end() {
    let app = app();
    let admin = app.login("admin_bcp");
    let job = admin.clone().with("prefer", "respond-async");
    let job = job.post("/regression/train", &json!({"username": "uno", "models": ["linear_regression"]}));
    let id = job.expect(202)["id"].as_str().unwrap().to_owned();
    let mut socket = known(&app, &admin);
    socket.subscribe("j", &format!("subscription {{ jobProgress(id: \"{id}\") {{ id state account }} }}"));
    let first = socket.hear();
    assert_eq!(first["payload"]["data"]["jobProgress"]["account"], "uno", "{first}");
    let _ = admin.post(&format!("/jobs/{id}/cancel"), &json!({})).expect(200);
    loop {
        let message = socket.hear();
        if message["type"] == "complete" {
            assert_eq!(message["id"], "j");
            break;
        }
        assert_eq!(message["type"], "next", "{message}");
    }
}

#[test]
fn nobody_follows_what_rest_does_not_show_them() {
    let app = app();
    for (who, query, code) in [
        ("vito", "subscription { observationAdded(handle: \"uno\") { followers } }", "ACCOUNT_FORBIDDEN"),
        ("admin_bbva", "subscription { observationAdded(handle: \"uno\") { followers } }", "ACCOUNT_FORBIDDEN"),
        ("vera", "subscription { jobProgress(id: \"0198c0de-0000-7000-8000-000000000000\") { id } }", "ROLE_FORBIDDEN"),
        ("admin_bcp", "subscription { jobProgress(id: \"x\") { id } }", "JOB_NOT_FOUND"),
    ] {
        let mut socket = known(&app, &app.login(who));
        socket.subscribe("a", query);
        let message = socket.hear();
        assert!(message.to_string().contains(code), "{who}: {message}");
        assert!(!message.to_string().contains("followers\":"), "{message}");
    }
    let mut socket = known(&app, &app.login("admin_bcp"));
    for query in ["{ me { username } }", "mutation { logout }", "subscription { nothing }", "{ broken"] {
        socket.subscribe("q", query);
        let message = socket.hear();
        assert_eq!(message["type"], "error", "{query}: {message}");
    }
}

#[test]
fn a_socket_ends_with_its_session() {
    let app = app();
    let vera = app.login("vera");
    let mut socket = known(&app, &vera);
    socket.subscribe("a", "subscription { observationAdded(handle: \"uno\") { followers } }");
    let _ = app.anonymous().bearing(vera.token()).post("/auth/logout", &json!({}));
    let ended = Instant::now();
    assert_eq!(socket.closed_by(), 4401);
    assert!(ended.elapsed() < Duration::from_secs(30), "the socket outlives its session");
}

#[test]
fn a_socket_ends_with_its_token() {
    let app = app();
    let mut socket = known(&app, &app.login("vera"));
    app.clock.advance(chrono::TimeDelta::minutes(31));
    assert_eq!(socket.closed_by(), 4401);
}

#[test]
fn whoever_says_nothing_or_nonsense_is_shown_out() {
    let app = app();
    for (message, code) in [
        (json!({"type": "connection_init"}), 4403),
        (json!({"type": "connection_init", "payload": {"authorization": "Bearer not.a.token"}}), 4403),
        (json!({"type": "subscribe", "id": "a", "payload": {"query": "subscription { x }"}}), 4401),
        (json!({"type": "dance"}), 4400),
        (json!([1, 2]), 4400),
    ] {
        let mut socket = open(&app);
        socket.say(&message);
        assert_eq!(socket.closed_by(), code, "{message}");
    }
    let vera = app.login("vera");
    let mut socket = known(&app, &vera);
    socket.say(&json!({"type": "connection_init", "payload": {"accessToken": vera.token()}}));
    assert_eq!(socket.closed_by(), 4429);
    let mut socket = known(&app, &vera);
    for _ in 0..2 {
        socket.subscribe("same", "subscription { observationAdded(handle: \"uno\") { followers } }");
    }
    assert_eq!(socket.closed_by(), 4409);
    let mut socket = known(&app, &vera);
    for number in 0..11 {
        socket.subscribe(&format!("s{number}"), "subscription { observationAdded(handle: \"uno\") { followers } }");
    }
    assert_eq!(socket.closed_by(), 4430);
}

#[test]
fn a_subscription_is_one_field_and_a_user_has_so_many() {
    let app = app();
    let vera = app.login("vera");
    let one = "observationAdded(handle: \"uno\") { followers }";
    let mut socket = known(&app, &vera);
    for query in [
        format!("subscription {{ {one} {one} }}"),
        format!("subscription {{ ...a }} fragment a on Subscription {{ {one} }}"),
        format!("subscription {{ ... {{ {one} }} }}"),
    ] {
        socket.subscribe("a", &query);
        let message = socket.hear();
        assert!(message["type"] == "error" && message.to_string().contains("GRAPHQL_INVALID"), "{query}: {message}");
    }
    let follow = |count: usize| {
        let mut socket = known(&app, &vera);
        for number in 0..count {
            socket.subscribe(&number.to_string(), &format!("subscription {{ {one} }}"));
        }
        socket.say(&json!({"type": "ping"}));
        assert_eq!(socket.hear(), json!({"type": "pong"}));
        socket
    };
    let full = [follow(10), follow(10)];
    socket.subscribe("b", &format!("subscription {{ {one} }}"));
    let message = socket.hear();
    assert!(message.to_string().contains("TOO_MANY_STREAMS"), "{message}");
    drop(full);
}

#[test]
fn a_client_that_says_too_much_is_shown_out() {
    let app = app();
    let mut socket = known(&app, &app.login("vera"));
    for _ in 0..100 {
        socket.say(&json!({"type": "ping"}));
    }
    assert_eq!(socket.closed_by(), 4432);
}

#[test]
fn a_message_of_more_than_100_kib_ends_the_socket() {
    let app = app();
    let mut socket = known(&app, &app.login("vera"));
    socket.subscribe("a", &" ".repeat(100_000));
    assert_eq!(socket.hear()["type"], "error");
    socket.subscribe("a", &" ".repeat(110_000));
    assert_eq!(socket.closed_by(), 4400);
}

#[test]
fn a_disabled_user_has_no_socket() {
    let app = app();
    let admin = app.login("admin_bcp");
    let mut socket = known(&app, &app.login("vera"));
    let users = admin.get("/auth/users").expect(200)["users"].as_array().unwrap().clone();
    let id = &users.iter().find(|user| user["username"] == "vera").unwrap()["id_usuario"];
    let _ = admin.patch(&format!("/auth/users/{id}"), &json!({"activo": false})).expect(200);
    assert_eq!(socket.closed_by(), 4401);
}

#[test]
fn a_server_that_drains_ends_sockets_and_lets_none_begin() {
    let sockets = Arc::new(EventStreams::of_sockets());
    let places = Arc::clone(&sockets);
    let app = TestApp::adjusted(move |services| services.http.graphql_sockets = places).with(bank("BCP"));
    let admin = app.login("admin_bcp");
    let (mut known, mut unknown) = (known(&app, &admin), open(&app));
    sockets.end();
    assert_eq!((known.closed_by(), unknown.closed_by()), (1001, 1001));
    assert_eq!(open(&app).closed_by(), 1001);
}

/// Jobs that cannot even be looked for.
struct Panicking;

impl Jobs for Panicking {
    fn train(&self, _: &OwnedAccount<TrainModels>, _: &TrainCommand, _: &dyn Receipt<Job>) -> Result<Job, AppError> {
        panic!("planted")
    }

    fn train_all(&self, _: &Mandate<TrainModels>, _: &TrainCommand, _: &dyn Receipt<Job>) -> Result<Job, AppError> {
        panic!("planted")
    }

    fn find(&self, _: &Mandate<TrainModels>, _: JobId) -> Result<Job, AppError> {
        panic!("planted")
    }

    fn page(
        &self,
        _: &Mandate<TrainModels>,
        _: &JobFilter,
        _: &PageRequest<JobId>,
    ) -> Result<Page<Job, JobId>, AppError> {
        panic!("planted")
    }

    fn cancel(&self, _: &Mandate<TrainModels>, _: JobId) -> Result<Job, AppError> {
        panic!("planted")
    }
}

#[test]
fn a_panic_is_a_fault_of_its_field_and_says_nothing_of_itself() {
    let app = TestApp::adjusted(|services| Arc::make_mut(&mut services.use_cases).jobs = Arc::new(Panicking));
    let app = app.with(bank("BCP"));
    let admin = app.login("admin_bcp");
    let id = "0198c0de-0000-7000-8000-000000000001";
    let reply =
        admin.post("/graphql", &json!({"query": format!("{{ job(id: \"{id}\") {{ state }} me {{ username }} }}")}));
    assert_eq!(reply.expect(200)["data"]["me"]["username"], "admin_bcp");
    assert_eq!(reply.json["errors"][0]["extensions"]["code"], "INTERNAL_ERROR");
    let mut socket = known(&app, &admin);
    socket.subscribe("j", &format!("subscription {{ jobProgress(id: \"{id}\") {{ state }} }}"));
    let message = socket.hear();
    assert!(message.to_string().contains("INTERNAL_ERROR"), "{message}");
    assert!(!format!("{message} {}", reply.text()).contains("planted"), "{message}");
    socket.subscribe("k", "subscription { observationAdded(handle: \"nobody\") { followers } }");
    let next = std::iter::repeat_with(|| socket.hear()).find(|message| message["id"] == "k").unwrap();
    assert!(next.to_string().contains("ACCOUNT_FORBIDDEN"), "{next}");
}

#[test]
fn a_user_has_so_many_sockets() {
    let app = app();
    let vera = app.login("vera");
    let full: Vec<Socket> = (0..5).map(|_| known(&app, &vera)).collect();
    let mut one_more = open(&app);
    one_more.say(&json!({"type": "connection_init", "payload": {"accessToken": vera.token()}}));
    assert_eq!(one_more.closed_by(), 4431);
    drop(full);
    let other = app.login("admin_bcp");
    let _ = known(&app, &other);
}

#[test]
fn a_page_of_another_site_opens_no_socket() {
    let app = app();
    for (headers, status) in [
        ("Origin: https://evil.example\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n", "403"),
        ("Origin: https://panel.example\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n", "101"),
        ("Sec-WebSocket-Protocol: graphql-ws\r\n", "400"),
        ("", "400"),
    ] {
        let (_, head) = Socket::handshake(&app.address().to_string(), headers);
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{headers}: {head}");
    }
}
