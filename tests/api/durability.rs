//! The real program, killed and stopped while it works.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use atalaya_tests::app::variables;
use atalaya_tests::client::http;
use atalaya_tests::{Client, PASSWORD, TestApp, TestDatabase, bank};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

const PATH: &str = "/accounts/BCPComunica/observations";
const WRITERS: i64 = 4;
const ROWS_AT_ONCE: i64 = 3;

/// The program in a process of its own.
pub(crate) struct Server {
    child: Child,
    address: SocketAddr,
}

impl Server {
    pub(crate) fn start(database: &TestDatabase) -> Self {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let bind = address.to_string();
        let child = Command::new(env!("CARGO_BIN_EXE_serve_for_tests"))
            .arg("serve")
            .env_clear()
            .envs(variables(database, &[("BIND_ADDRESS", &bind)]))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { child, address };
        let patience = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(patience.elapsed() < Duration::from_mins(1), "the server does not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        server
    }

    pub(crate) fn admin(&self) -> Client {
        let nobody = Client::new(http(), format!("http://{}", self.address));
        let login = nobody.post("/auth/login", &json!({"username": "admin_bcp", "password": PASSWORD}));
        nobody.bearing(login.expect(200)["access_token"].as_str().unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn bank_on_disk() -> TestDatabase {
    TestApp::start().with(bank("BCP").account("BCPComunica")).stop()
}

/// The times of one upload. No two uploads share one.
fn times(cycle: i64, writer: i64, upload: i64) -> Vec<String> {
    let start: DateTime<Utc> = "2020-01-01T00:00:00Z".parse().unwrap();
    let first = ((cycle * WRITERS + writer) * 100_000 + upload) * ROWS_AT_ONCE;
    let time = |row| (start + TimeDelta::seconds(first + row)).to_rfc3339_opts(SecondsFormat::Secs, true);
    (0..ROWS_AT_ONCE).map(time).collect()
}

fn body(times: &[String]) -> Value {
    let rows: Vec<_> = times.iter().map(|time| json!({"hora": time, "seguidores": 7})).collect();
    json!({"observations": rows})
}

/// Uploads until the server is gone. Says which uploads were acknowledged and how many were tried.
fn upload_until_the_end(admin: &Client, cycle: i64, writer: i64) -> (Vec<Vec<String>>, i64) {
    let mut acknowledged = Vec::new();
    for upload in 0.. {
        let times = times(cycle, writer, upload);
        match admin.try_post(PATH, &body(&times)) {
            Ok(reply) => {
                let _ = reply.expect(200);
                acknowledged.push(times);
            }
            Err(_) => return (acknowledged, upload + 1),
        }
    }
    unreachable!("the server never goes")
}

fn stored(admin: &Client) -> BTreeSet<String> {
    let csv = admin.clone().with("accept", "text/csv").get(PATH).text();
    csv.lines().skip(1).map(|line| line.split(',').next().unwrap().to_owned()).collect()
}

#[test]
fn kill_9_loses_no_acknowledged_observation_and_no_half_of_an_upload() {
    let database = bank_on_disk();
    let mut acknowledged = Vec::new();
    let mut tried = Vec::new();
    for cycle in 0..5 {
        let mut server = Server::start(&database);
        let admin = server.admin();
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..WRITERS)
                .map(|writer| {
                    let admin = admin.clone();
                    scope.spawn(move || (writer, upload_until_the_end(&admin, cycle, writer)))
                })
                .collect();
            // A different moment in every cycle.
            std::thread::sleep(Duration::from_millis(130 + 97 * u64::try_from(cycle).unwrap()));
            server.child.kill().unwrap();
            for writer in writers {
                let (writer, (sure, count)) = writer.join().unwrap();
                acknowledged.extend(sure);
                tried.extend((0..count).map(|upload| times(cycle, writer, upload)));
            }
        });
        drop(server);
        assert_eq!(database.integrity(), "ok");
    }
    assert!(acknowledged.len() > 20, "only {} uploads were acknowledged", acknowledged.len());
    let server = Server::start(&database);
    let stored = stored(&server.admin());
    let lost: Vec<_> = acknowledged.iter().flatten().filter(|time| !stored.contains(*time)).collect();
    assert!(lost.is_empty(), "{} acknowledged observations are lost: {lost:?}", lost.len());
    for upload in &tried {
        let there = upload.iter().filter(|time| stored.contains(*time)).count();
        assert!(there == 0 || there == upload.len(), "half of an upload is there: {upload:?}");
    }
}

fn terminate(server: &Server) {
    let pid = Pid::from_child(&server.child);
    kill_process(pid, Signal::TERM).unwrap();
}

#[test]
fn requests_in_flight_at_sigterm_are_finished() {
    let database = bank_on_disk();
    let mut server = Server::start(&database);
    let token = server.admin().token().to_owned();
    let mut halves: Vec<(TcpStream, String)> = (0..8)
        .map(|writer| {
            let body = body(&times(0, writer, 0)).to_string();
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
            let (first, rest) = body.split_at(body.len() / 2);
            write!(
                stream,
                "POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
                 Content-Length: {}\r\n\r\n{first}",
                body.len()
            )
            .unwrap();
            (stream, rest.to_owned())
        })
        .collect();
    std::thread::sleep(Duration::from_millis(200));
    terminate(&server);
    std::thread::sleep(Duration::from_millis(200));
    for (stream, rest) in &mut halves {
        stream.write_all(rest.as_bytes()).unwrap();
    }
    for (mut stream, _) in halves {
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(String::from_utf8_lossy(&answer), "HTTP/1.1 200");
    }
    let patience = Instant::now();
    let status = loop {
        if let Some(status) = server.child.try_wait().unwrap() {
            break status;
        }
        assert!(patience.elapsed() < Duration::from_mins(1), "the server does not stop");
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{status}");
    assert_eq!(database.rows("observations"), 8 * ROWS_AT_ONCE);
    assert_eq!(database.integrity(), "ok");
}
