//! Subscriptions over a socket: who opens one, what it tells, and when it ends.

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, TestApp, bank};
use serde_json::{Value, json};

use crate::raw::Raw;

/// A client of the protocol over a bare connection (RFC 6455).
struct Socket(Raw);

impl Socket {
    fn handshake(app: &TestApp, headers: &str) -> (Raw, String) {
        let mut raw = Raw::connect(app.address());
        raw.send(format!(
            "GET /graphql HTTP/1.1\r\nHost: {}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n",
            app.address()
        ));
        let head = raw.head();
        (raw, head)
    }

    fn open(app: &TestApp) -> Self {
        let (raw, head) =
            Self::handshake(app, "Sec-WebSocket-Protocol: graphql-transport-ws\r\nAccept-Encoding: gzip, br\r\n");
        assert!(head.starts_with("HTTP/1.1 101"), "{head}");
        assert!(head.to_lowercase().contains("sec-websocket-protocol: graphql-transport-ws"), "{head}");
        Self(raw)
    }

    /// A socket whose client said who it is.
    fn known(app: &TestApp, client: &Client) -> Self {
        let mut socket = Self::open(app);
        let authorization = format!("Bearer {}", client.token());
        socket.say(&json!({"type": "connection_init", "payload": {"authorization": authorization}}));
        assert_eq!(socket.hear(), json!({"type": "connection_ack"}));
        socket
    }

    fn frame(&mut self, opcode: u8, payload: &[u8]) {
        let mut frame = vec![0x80 | opcode];
        match u16::try_from(payload.len()).unwrap() {
            short @ 0..126 => frame.push(0x80 | u8::try_from(short).unwrap()),
            long => {
                frame.push(0x80 | 0x7e);
                frame.extend(long.to_be_bytes());
            }
        }
        frame.extend([0; 4]);
        frame.extend(payload);
        self.0.0.write_all(&frame).unwrap();
    }

    fn say(&mut self, message: &Value) {
        self.frame(1, message.to_string().as_bytes());
    }

    fn subscribe(&mut self, id: &str, query: &str) {
        self.say(&json!({"id": id, "type": "subscribe", "payload": {"query": query}}));
    }

    fn bytes(&mut self, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        self.0.0.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// The next frame: its kind, and what it holds.
    fn next(&mut self) -> (u8, Vec<u8>) {
        let head = self.bytes(2);
        let length = match head[1] & 0x7f {
            126 => usize::from(u16::from_be_bytes(self.bytes(2).try_into().unwrap())),
            127 => panic!("a frame is too long"),
            short => usize::from(short),
        };
        (head[0] & 0x0f, self.bytes(length))
    }

    fn hear(&mut self) -> Value {
        loop {
            match self.next() {
                (1, text) => return serde_json::from_slice(&text).unwrap(),
                (9, payload) => self.frame(10, &payload),
                (8, reason) => panic!("closed: {reason:?}"),
                _ => {}
            }
        }
    }

    /// The code that the socket is closed by; messages before it are passed over.
    fn closed_by(&mut self) -> u16 {
        loop {
            if let (8, reason) = self.next() {
                return u16::from_be_bytes([reason[0], reason[1]]);
            }
        }
    }
}

fn app() -> TestApp {
    let bcp = bank("BCP").trained_account("uno", daily_history(60, 5_000)).viewer("vera", &["uno"]).viewer("vito", &[]);
    TestApp::start().with(bcp).with(bank("BBVA").account("dos"))
}

#[test]
fn measurements_are_told_as_they_are_stored_and_once() {
    let app = app();
    let (admin, vera) = (app.login("admin_bcp"), app.login("vera"));
    let mut socket = Socket::known(&app, &vera);
    socket.subscribe("a", "subscription { observationAdded(handle: \"uno\") { time followers } }");
    // Until it follows.
    std::thread::sleep(Duration::from_secs(1));
    let last = admin.get("/accounts/uno/observations?limit=1000").json["observations"].as_array().unwrap().len();
    assert_eq!(last, 60);
    let rows = json!({"observations": [
        {"hora": "2026-08-23T02:00:00Z", "seguidores": 7001}, {"hora": "2026-08-23T03:00:00Z", "seguidores": 7002}
    ]});
    let stored = admin.post("/accounts/uno/observations", &rows);
    let _ = stored.expect(200);
    let told: Vec<Value> = (0..2).map(|_| socket.hear()).collect();
    for (message, followers) in told.iter().zip([7001, 7002]) {
        assert_eq!((&message["type"], &message["id"]), (&json!("next"), &json!("a")), "{message}");
        assert_eq!(message["payload"]["data"]["observationAdded"]["followers"], followers, "{message}");
    }
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
    let mut socket = Socket::known(&app, &admin);
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
        let mut socket = Socket::known(&app, &app.login(who));
        socket.subscribe("a", query);
        let message = socket.hear();
        assert!(message.to_string().contains(code), "{who}: {message}");
        assert!(!message.to_string().contains("followers\":"), "{message}");
    }
    let mut socket = Socket::known(&app, &app.login("admin_bcp"));
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
    let mut socket = Socket::known(&app, &vera);
    socket.subscribe("a", "subscription { observationAdded(handle: \"uno\") { followers } }");
    let _ = app.anonymous().bearing(vera.token()).post("/auth/logout", &json!({}));
    let ended = Instant::now();
    assert_eq!(socket.closed_by(), 4401);
    assert!(ended.elapsed() < Duration::from_secs(30), "the socket outlives its session");
}

#[test]
fn a_socket_ends_with_its_token() {
    let app = app();
    let mut socket = Socket::known(&app, &app.login("vera"));
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
        let mut socket = Socket::open(&app);
        socket.say(&message);
        assert_eq!(socket.closed_by(), code, "{message}");
    }
    let vera = app.login("vera");
    let mut socket = Socket::known(&app, &vera);
    socket.say(&json!({"type": "connection_init", "payload": {"accessToken": vera.token()}}));
    assert_eq!(socket.closed_by(), 4429);
    let mut socket = Socket::known(&app, &vera);
    for _ in 0..2 {
        socket.subscribe("same", "subscription { observationAdded(handle: \"uno\") { followers } }");
    }
    assert_eq!(socket.closed_by(), 4409);
    let mut socket = Socket::known(&app, &vera);
    for number in 0..11 {
        socket.subscribe(&format!("s{number}"), "subscription { observationAdded(handle: \"uno\") { followers } }");
    }
    assert_eq!(socket.closed_by(), 4430);
}

#[test]
fn a_user_has_so_many_sockets() {
    let app = app();
    let vera = app.login("vera");
    let open: Vec<Socket> = (0..5).map(|_| Socket::known(&app, &vera)).collect();
    let mut one_more = Socket::open(&app);
    one_more.say(&json!({"type": "connection_init", "payload": {"accessToken": vera.token()}}));
    assert_eq!(one_more.closed_by(), 4431);
    drop(open);
    let other = app.login("admin_bcp");
    let _ = Socket::known(&app, &other);
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
        let (_, head) = Socket::handshake(&app, headers);
        assert!(head.starts_with(&format!("HTTP/1.1 {status}")), "{headers}: {head}");
    }
}
