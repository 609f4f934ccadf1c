//! Connections whose clients send without end, too slowly, or do not read. docs/security.md, "Limits of a connection".

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use atalaya_tests::{Client, PASSWORD, TestApp, TestDatabase, bank};
use atalaya_web::{ExportLimits, Exports};
use rcgen::generate_simple_self_signed;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::{Value, json};

use crate::program::Program;
use crate::raw::{PATIENCE, Raw, wait_until};

/// More than is read after an answer, and what the buffers of two sockets hold besides.
const MUCH: usize = 32 * 1024 * 1024;

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account("BCPComunica"))
}

fn authorization(client: &Client) -> String {
    format!("Authorization: Bearer {}\r\n", client.token())
}

/// Sends `piece` again and again until the connection is cut off. Gives the bytes that were sent.
fn send_until_cut_off(raw: &mut Raw, piece: &[u8], pause: Duration) -> usize {
    raw.0.set_write_timeout(Some(PATIENCE)).unwrap();
    let (begun, mut sent) = (Instant::now(), 0);
    while raw.0.write_all(piece).is_ok() {
        sent += piece.len();
        assert!(sent < MUCH, "{sent} bytes were taken");
        assert!(begun.elapsed() < PATIENCE, "the connection lives on");
        std::thread::sleep(pause);
    }
    sent
}

/// Requests that are answered before their bodies have ended, and how.
fn early_answers(admin: &Client) -> Vec<(String, u16)> {
    let upload = format!(
        "POST /accounts/BCPComunica/observations HTTP/1.1\r\nContent-Type: text/csv\r\n{}",
        authorization(admin)
    );
    vec![
        ("POST /nowhere HTTP/1.1\r\n".to_owned(), 404),
        ("GET /auth/me HTTP/1.1\r\n".to_owned(), 401),
        ("GET /health/live HTTP/1.1\r\n".to_owned(), 200),
        ("POST /accounts/BCPComunica/observations HTTP/1.1\r\n".to_owned(), 401),
        (upload, 413),
    ]
}

#[test]
fn a_body_that_goes_on_after_its_answer_is_cut_off() {
    let app = app();
    let admin = app.login("admin_bcp");
    let chunk = format!("4000\r\n{}\r\n", "x".repeat(0x4000));
    for (request, status) in early_answers(&admin) {
        let mut raw = Raw::connect(app.address());
        raw.send(format!("{request}Host: x\r\nTransfer-Encoding: chunked\r\n\r\n"));
        if status == 413 {
            // One chunk more than a CSV may have.
            (0..=1024).for_each(|_| raw.send(&chunk));
        }
        let head = raw.head();
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{request}: {head}");
        assert!(head.contains("connection: close"), "{request}: {head}");
        send_until_cut_off(&mut raw, chunk.as_bytes(), Duration::ZERO);
    }
}

#[test]
fn a_body_that_trickles_on_after_its_answer_is_cut_off() {
    let app = app();
    for piece in ["1\r\nx\r\n", "x"] {
        let mut raw = Raw::connect(app.address());
        raw.send("POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
        // A size of a chunk that goes on, or the extension of one, is no body either.
        raw.send(if piece == "x" { "1;" } else { "" });
        assert!(raw.head().starts_with("HTTP/1.1 404"));
        send_until_cut_off(&mut raw, piece.as_bytes(), Duration::from_millis(100));
    }
}

#[test]
fn a_head_that_trickles_on_a_kept_connection_is_cut_off() {
    let app = app();
    let mut raw = Raw::connect(app.address());
    raw.send("GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: keep-alive\r\n\r\n");
    assert!(raw.head().starts_with("HTTP/1.1 404"));
    raw.send("GET /nowhere HTTP/1.1\r\nX-Slow: ");
    send_until_cut_off(&mut raw, b"x", Duration::from_millis(250));
}

#[test]
fn a_body_that_came_whole_and_was_not_read_costs_no_connection() {
    let app = app();
    let mut raw = Raw::connect(app.address());
    for _ in 0..3 {
        raw.send("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
        let head = raw.head();
        assert!(head.starts_with("HTTP/1.1 404") && !head.contains("connection: close"), "{head}");
        skip_body(&mut raw, &head);
        raw.send("POST /nowhere HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        let head = raw.head();
        assert!(head.starts_with("HTTP/1.1 404") && !head.contains("connection: close"), "{head}");
        skip_body(&mut raw, &head);
    }
}

fn skip_body(raw: &mut Raw, head: &str) {
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
    raw.skip(length.parse().unwrap());
}

fn new_account(admin: &Client, handle: &str, headers: &str) -> String {
    let body = json!({"cuenta": handle, "nombre": handle}).to_string();
    let length = body.len();
    let authorization = authorization(admin);
    format!(
        "POST /accounts HTTP/1.1\r\nHost: x\r\n{authorization}Content-Type: application/json\r\n{headers}Content-Length: {length}\r\n\r\n{body}"
    )
}

fn exists(admin: &Client, handle: &str) -> bool {
    admin.get("/accounts").expect(200).to_string().contains(&format!("\"{handle}\""))
}

/// Sends these bytes at once, and gives the statuses of what is answered until the connection ends.
fn statuses(address: SocketAddr, bytes: &str) -> Vec<String> {
    let mut raw = Raw::connect(address);
    raw.send(bytes);
    let answered = String::from_utf8_lossy(&raw.rest()).into_owned();
    answered.match_indices("HTTP/1.").filter_map(|(at, _)| answered.get(at + 9..at + 12)).map(str::to_owned).collect()
}

#[test]
fn nothing_is_executed_after_the_answer_that_says_close() {
    let app = app();
    let admin = app.login("admin_bcp");
    let last = new_account(&admin, "primera", "Connection: close\r\n");
    let after = new_account(&admin, "segunda", "");
    assert_eq!(statuses(app.address(), &format!("{last}{after}{after}")), ["201"]);
    assert!(exists(&admin, "primera") && !exists(&admin, "segunda"));

    let old = new_account(&admin, "tercera", "").replacen("HTTP/1.1", "HTTP/1.0", 1);
    assert_eq!(statuses(app.address(), &format!("{old}{after}")), ["201"]);
    let nowhere = "GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    assert_eq!(statuses(app.address(), &format!("{nowhere}{after}")), ["404"]);
    let unfinished = "POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n";
    assert_eq!(statuses(app.address(), &format!("{unfinished}{after}")), ["404"]);
    assert!(exists(&admin, "tercera") && !exists(&admin, "segunda"));
    // The same without a word of closing is executed.
    let mut raw = Raw::connect(app.address());
    raw.send(format!("{}{after}", new_account(&admin, "cuarta", "")));
    wait_until("both are executed", || exists(&admin, "cuarta") && exists(&admin, "segunda"));
}

#[test]
fn a_client_that_reads_late_hears_the_last_answer_whole() {
    let app = app();
    let mut raw = Raw::connect(app.address());
    let body = "x".repeat(200_000);
    raw.send(format!("POST /nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", body.len()));
    std::thread::sleep(Duration::from_millis(200));
    raw.send(&body);
    let head = raw.head();
    assert!(head.starts_with("HTTP/1.1 404"), "{head}");
    skip_body(&mut raw, &head);
    raw.0.shutdown(Shutdown::Write).unwrap();
    assert_eq!(raw.rest(), b"");
}

#[test]
fn a_client_that_takes_nothing_is_cut_off() {
    // The export itself would be patient.
    let limits = ExportLimits { next_page: Duration::from_mins(5), ..ExportLimits::of_pool(8) };
    let exports = Arc::new(Exports::new(limits));
    let ours = Arc::clone(&exports);
    let app = TestApp::adjusted(move |services| services.http.exports = ours).with(bank("BCP").account("BCPComunica"));
    crate::exports::fill(&app.database, "BCPComunica", crate::exports::LONG, 7);
    let admin = app.login("admin_bcp");
    let mut unread = Raw::ask_for_csv(app.address(), &admin, "/accounts/BCPComunica/observations");
    assert!(unread.head().starts_with("HTTP/1.1 200"));
    assert_eq!(exports.count(), 1);
    wait_until("the client is cut off", || exports.count() == 0);
    assert!(!unread.rest().ends_with(b"0\r\n\r\n"), "it looks whole");
}

/// Types of frames of HTTP/2 (RFC 9113, 6) and their flags.
#[test]
fn what_is_no_request_gets_a_problem_document() {
    let app = app();
    let (long, many) = ("a".repeat(200_000), "X-A: 1\r\n".repeat(97));
    for (sent, status, code) in [
        ("nonsense\r\n\r\n".to_owned(), 400, "UNREADABLE_HEADER"),
        ("GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n".to_owned(), 400, "UNREADABLE_HEADER"),
        ("GET / HTTP/1.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n".to_owned(), 400, "UNREADABLE_HEADER"),
        ("POST / HTTP/1.1\r\nTransfer-Encoding: cow\r\n\r\n".to_owned(), 400, "UNREADABLE_HEADER"),
        (format!("GET / HTTP/1.1\r\nX-Long: {long}\r\n\r\n"), 431, "HEADERS_TOO_LARGE"),
        (format!("GET / HTTP/1.1\r\n{many}\r\n"), 431, "HEADERS_TOO_LARGE"),
        ("GET / HTT".to_owned(), 408, "REQUEST_TIMEOUT"),
    ] {
        let mut raw = Raw::connect(app.address());
        raw.send(&sent);
        let answer = String::from_utf8(raw.rest()).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let head = head.to_ascii_lowercase();
        assert!(head.starts_with(&format!("http/1.1 {status} ")), "{head}");
        assert!(head.contains("\r\ncontent-type: application/problem+json\r\n"), "{head}");
        assert!(head.contains("\r\nx-content-type-options: nosniff"), "{head}");
        let length = format!("\r\ncontent-length: {}\r\n", body.len());
        assert!(head.contains(&length), "{head}");
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!((&body["status"], &body["error_code"]), (&status.into(), &code.into()), "{body}");
        assert!(head.contains(&format!("\r\nx-request-id: {}", body["request_id"].as_str().unwrap())), "{head}");
    }
}

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const SETTINGS: u8 = 4;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// A request with these fields, as literals without an index (RFC 7541, 6.2.2) whose lengths need one or two bytes.
fn request(stream: u32, flags: u8, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for text in fields.iter().flat_map(|(name, value)| [("name", name), ("value", value)]) {
        if text.0 == "name" {
            block.push(0);
        }
        let length = text.1.len();
        if length < 127 {
            block.push(u8::try_from(length).unwrap());
        } else {
            block.push(127);
            let (low, high) = ((length - 127) % 128, (length - 127) / 128);
            block.extend([u8::try_from(low).unwrap() | 128, u8::try_from(high).unwrap()]);
        }
        block.extend(text.1.as_bytes());
    }
    frame(HEADERS, flags | END_HEADERS, stream, &block)
}

/// A program that ends TLS itself, and a connection of HTTP/2 to it.
fn over_http2(database: &TestDatabase) -> (Program, StreamOwned<ClientConnection, TcpStream>) {
    let certified = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = |name: &str, text: &str| {
        let path = database.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let certificate = file("certificate.pem", &certified.cert.pem());
    let key = file("key.pem", &certified.signing_key.serialize_pem());
    let program = Program::serve(database, &[("TLS_CERT_FILE", certificate.as_str()), ("TLS_KEY_FILE", key.as_str())]);
    let mut roots = RootCertStore::empty();
    roots.add(certified.cert.der().clone()).unwrap();
    let mut config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let name = ServerName::try_from("localhost").unwrap();
    let socket = TcpStream::connect(program.address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.set_write_timeout(Some(PATIENCE)).unwrap();
    let mut stream = StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), socket);
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").unwrap();
    stream.write_all(&frame(SETTINGS, 0, 0, &[])).unwrap();
    stream.flush().unwrap();
    (program, stream)
}

/// Reads until a frame of that type comes, and gives its payload.
fn await_frame(stream: &mut impl Read, kind: u8) -> Vec<u8> {
    loop {
        let mut head = [0; 9];
        stream.read_exact(&mut head).unwrap();
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; length as usize];
        stream.read_exact(&mut payload).unwrap();
        if head[3] == kind {
            return payload;
        }
    }
}

/// The fields of a request, and what it has besides.
fn fields<'f>(method: &'f str, path: &'f str, more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let usual = [(":method", method), (":scheme", "https"), (":authority", "localhost"), (":path", path)];
    usual.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn a_stream_of_http2_that_goes_on_after_its_answer_is_cut_off() {
    let database = app().stop();
    let (_program, mut stream) = over_http2(&database);
    stream.write_all(&request(1, 0, &fields("POST", "/nowhere", &[]))).unwrap();
    stream.flush().unwrap();
    let _ = await_frame(&mut stream, HEADERS);
    let data = frame(DATA, 0, 1, &[0; 8 * 1024]);
    let mut sent = 0;
    while stream.write_all(&data).and_then(|()| stream.flush()).is_ok() {
        sent += data.len();
        assert!(sent < MUCH, "{sent} bytes were taken");
    }
}

#[test]
fn a_client_of_http2_that_grants_no_window_is_cut_off() {
    let app = app();
    crate::exports::fill(&app.database, "BCPComunica", 20_000, 7);
    let database = app.stop();
    let (_program, mut stream) = over_http2(&database);
    let credentials = json!({"username": "admin_bcp", "password": PASSWORD, "refresh": "none"}).to_string();
    stream.write_all(&request(1, 0, &fields("POST", "/auth/login", &[("content-type", "application/json")]))).unwrap();
    stream.write_all(&frame(DATA, END_STREAM, 1, credentials.as_bytes())).unwrap();
    stream.flush().unwrap();
    let answer: Value = serde_json::from_slice(&await_frame(&mut stream, DATA)).unwrap();
    let bearer = format!("Bearer {}", answer["access_token"].as_str().unwrap());
    let more = [("accept", "text/csv"), ("authorization", bearer.as_str())];
    let export = fields("GET", "/accounts/BCPComunica/observations", &more);
    stream.write_all(&request(3, END_STREAM, &export)).unwrap();
    stream.flush().unwrap();
    // As much as the first window holds, and then the end of the connection.
    let mut heard = Vec::new();
    if let Err(error) = stream.read_to_end(&mut heard) {
        assert!(!matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut), "it stays open");
    }
    assert!(heard.len() > 60_000, "{} bytes were heard", heard.len());
}
