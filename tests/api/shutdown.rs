//! The end of the program, as its clients' connections see it.

use std::collections::VecDeque;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use atalaya_tests::{PASSWORD, TestApp, TestDatabase, bank};
use rcgen::generate_simple_self_signed;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;

use crate::program::Program;

/// How long something may take that happens within a second. Shorter than the 30 s that requests in flight are given.
const PATIENCE: Duration = Duration::from_secs(25);

/// Types of frames of HTTP/2 (RFC 9113, 6), and the flags of those that end a stream and that need no continuation.
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// The greatest number of a stream.
const EVERY_STREAM: u32 = u32::MAX >> 1;

type Tls = StreamOwned<ClientConnection, TcpStream>;

/// A program that ends TLS itself, and what a client needs to trust it.
struct Stage {
    program: Program,
    roots: RootCertStore,
    /// Where the program keeps its files.
    _database: TestDatabase,
}

impl Stage {
    fn start(grace: &str) -> Self {
        let database: TestDatabase = TestApp::start().with(bank("BCP")).stop();
        let certified = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let file = |name: &str, text: &str| -> PathBuf {
            let path = database.folder().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let (certificate, key) =
            (file("certificate.pem", &certified.cert.pem()), file("key.pem", &certified.signing_key.serialize_pem()));
        let settings = [
            ("SHUTDOWN_GRACE_SECONDS", grace),
            ("TLS_CERT_FILE", certificate.to_str().unwrap()),
            ("TLS_KEY_FILE", key.to_str().unwrap()),
        ];
        let mut roots = RootCertStore::empty();
        roots.add(certified.cert.der().clone()).unwrap();
        let program = Program::serve(&database, &settings);
        program.await_start();
        Self { program, roots, _database: database }
    }

    fn tcp(&self) -> TcpStream {
        let stream = TcpStream::connect(self.program.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    fn tls(&self, protocol: &str) -> Tls {
        let mut config = ClientConfig::builder().with_root_certificates(self.roots.clone()).with_no_client_auth();
        config.alpn_protocols = vec![protocol.as_bytes().to_vec()];
        let name = ServerName::try_from("localhost").unwrap();
        StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), self.tcp())
    }

    /// A connection of HTTP/2 whose settings were exchanged.
    fn http2(&self) -> Http2 {
        let mut http2 = Http2 { tls: self.tls("h2"), told: VecDeque::new() };
        http2.tls.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
        http2.send(SETTINGS, 0, 0, &[]);
        let _ = http2.until(SETTINGS, 0);
        http2
    }

    /// Waits until nobody may connect any more.
    fn await_refusal(&self) {
        let begun = Instant::now();
        let refused =
            || TcpStream::connect(self.program.address).is_err_and(|e| e.kind() == ErrorKind::ConnectionRefused);
        while !refused() {
            assert!(begun.elapsed() < PATIENCE, "connections are still taken");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

/// A connection of HTTP/2 by hand, which sees every frame.
struct Http2 {
    tls: Tls,
    /// The last streams that `GOAWAY`s named and no test has asked for yet.
    told: VecDeque<u32>,
}

impl Http2 {
    fn send(&mut self, kind: u8, flags: u8, stream: u32, payload: &[u8]) {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let frame = [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat();
        self.tls.write_all(&frame).unwrap();
        self.tls.flush().unwrap();
    }

    /// Begins a request; the fields are literals without an index (RFC 7541, 6.2.2).
    fn ask(&mut self, stream: u32, flags: u8, fields: &[(&str, &str)]) {
        let mut block = Vec::new();
        for (name, value) in fields {
            block.push(0);
            for text in [name, value] {
                block.push(u8::try_from(text.len()).unwrap());
                block.extend(text.as_bytes());
            }
        }
        self.send(HEADERS, flags | END_HEADERS, stream, &block);
    }

    fn ask_health(&mut self, stream: u32) {
        let fields = [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/health/live")];
        self.ask(stream, END_STREAM, &fields);
    }

    /// The next frame: its type, its stream and its payload.
    fn next(&mut self) -> (u8, u32, Vec<u8>) {
        let mut head = [0; 9];
        self.tls.read_exact(&mut head).unwrap();
        let [a, b, c, kind, _, stream @ ..] = head;
        let mut payload = vec![0; u32::from_be_bytes([0, a, b, c]) as usize];
        self.tls.read_exact(&mut payload).unwrap();
        if kind == GOAWAY {
            assert_eq!(payload[4..8], [0; 4], "an error");
            self.told.push_back(u32::from_be_bytes(payload[..4].try_into().unwrap()));
        }
        (kind, u32::from_be_bytes(stream), payload)
    }

    /// The payload of the next frame of that type and stream.
    fn until(&mut self, kind: u8, stream: u32) -> Vec<u8> {
        loop {
            let (found, of, payload) = self.next();
            if (found, of) == (kind, stream) {
                return payload;
            }
        }
    }

    /// The last stream that the next `GOAWAY` names.
    fn told_to_go(&mut self) -> u32 {
        while self.told.is_empty() {
            let _ = self.next();
        }
        self.told.pop_front().unwrap()
    }

    /// Waits for an answer with status 200 (RFC 7541, appendix A: 8) to its end.
    fn until_answered(&mut self, stream: u32) {
        let fields = self.until(HEADERS, stream);
        assert_eq!(fields.first(), Some(&0x88), "another status: {fields:?}");
        while !self.until(DATA, stream).is_empty() {}
    }
}

/// Reads until the other side closes the connection.
fn read_to_end(stream: &mut impl Read) -> String {
    let mut heard = Vec::new();
    match stream.read_to_end(&mut heard) {
        Ok(_) => {}
        // A handshake that is given up has no orderly end.
        Err(error) => assert!(!matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "it stays open"),
    }
    String::from_utf8_lossy(&heard).into_owned()
}

const KEPT: &str = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

/// The head of one answer with its body, whose length it tells.
fn read_answer(stream: &mut impl Read) -> String {
    let mut heard = String::new();
    while !heard.ends_with("\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).unwrap();
        heard.push(char::from(byte[0]));
    }
    let lower = heard.to_lowercase();
    let length: usize = lower.split("content-length: ").nth(1).unwrap().split("\r\n").next().unwrap().parse().unwrap();
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    heard
}

#[test]
fn connections_without_a_request_end_while_one_with_a_request_is_waited_for() {
    let mut stage = Stage::start("1");
    let body = json!({"username": "admin_bcp", "password": PASSWORD, "refresh": "none"}).to_string();
    let login = [
        (":method", "POST"),
        (":scheme", "https"),
        (":authority", "localhost"),
        (":path", "/auth/login"),
        ("content-type", "application/json"),
    ];
    let (mut asking, mut used, mut unused) = (stage.http2(), stage.http2(), stage.http2());
    asking.ask(1, 0, &login);
    used.ask_health(1);
    used.until_answered(1);
    let mut kept = stage.tls("http/1.1");
    kept.write_all(KEPT.as_bytes()).unwrap();
    let _ = read_answer(&mut kept);
    let mut half = stage.tls("http/1.1");
    half.write_all(b"GET /health/live HTTP/1.1\r\nHos").unwrap();
    let mut silent = stage.tcp();
    let mut shaking = stage.tcp();
    // A record of TLS that is to hold a client hello of 256 bytes, without them.
    shaking.write_all(&[0x16, 3, 1, 1, 0, 1]).unwrap();

    stage.program.terminate();
    // At once, and with a number that leaves room for streams on their way.
    for http2 in [&mut asking, &mut used, &mut unused] {
        assert_eq!(http2.told_to_go(), EVERY_STREAM);
    }
    // One that crosses it is answered.
    used.ask_health(3);
    used.until_answered(3);
    // Those who come now are answered, too, and told after their first request.
    let mut late = stage.http2();
    late.ask_health(1);
    late.until_answered(1);

    stage.await_refusal();
    for (http2, last) in [(&mut used, 3), (&mut unused, 0)] {
        assert_eq!(http2.told_to_go(), last);
        assert_eq!(read_to_end(&mut http2.tls), "");
    }
    assert_eq!([late.told_to_go(), late.told_to_go()], [EVERY_STREAM, 1]);
    assert_eq!(read_to_end(&mut kept), "");
    let _ = read_to_end(&mut half);
    assert_eq!(read_to_end(&mut silent), "");
    let _ = read_to_end(&mut shaking);

    asking.send(DATA, END_STREAM, 1, body.as_bytes());
    asking.until_answered(1);
    assert_eq!(asking.told_to_go(), 1);
    assert!(stage.program.wait().success());
    assert!(!stage.program.printed().contains(" ERROR "), "{}", stage.program.printed());
    assert!(!stage.program.printed().contains("drain_over"), "{}", stage.program.printed());
}

#[test]
fn a_kept_connection_is_answered_during_the_grace_and_told_to_close() {
    let stage = Stage::start("300");
    let mut kept = stage.tls("http/1.1");
    for answer in ["", "connection: close\r\n"] {
        kept.write_all(KEPT.as_bytes()).unwrap();
        let heard = read_answer(&mut kept).to_lowercase();
        assert!(heard.starts_with("http/1.1 200") && heard.contains(answer), "{heard}");
        assert_eq!(heard.contains("connection: close"), !answer.is_empty(), "{heard}");
        if answer.is_empty() {
            let mut witness = stage.http2();
            stage.program.terminate();
            assert_eq!(witness.told_to_go(), EVERY_STREAM);
        }
    }
    assert_eq!(read_to_end(&mut kept), "");
}
