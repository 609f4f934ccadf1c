//! Forecasts while other clients misuse their connections, and the memory that these cost.
//!
//! A server of its own, because descriptors are needed by the thousand. Whoever misuses runs at the lowest priority
//! here: in earnest it has a machine of its own, and neither the server nor the load generator waits for it.

use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, sleep};
use std::time::Duration;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use rustix::process::{Resource, Rlimit, getrlimit, setpriority_process, setrlimit};
use rustix::thread::gettid;
use serde_json::json;
use socket2::{Domain, Socket, Type};

use crate::client::Client;
use crate::latency::offer;
use crate::process::Process;
use crate::report::{Bar, Figure, progress};
use crate::server::{Administrator, BANKS, FRESH_PASSWORD, Installation, forecast_path, log_in, text};
use crate::statistics::percentile;
use crate::{Outcome, Plan};

/// Users of each bank who export.
const USERS_OF_A_BANK: usize = 5;
/// Exports that each of them asks for and does not read.
const EXPORTS_OF_A_USER: usize = 10;
/// Clients that send without end.
const SENDERS: usize = 4;
/// Connections that send a byte each second.
const TRICKLES: usize = 200;
/// Connections that have had an answer and ask for nothing more.
const IDLE: usize = 2_000;
/// How long the misuse lasts before forecasts are timed.
const LEAD: Duration = Duration::from_secs(1);
/// Where endless bodies are sent: each is answered before it has ended.
const EARLY: [&str; SENDERS] = ["/nowhere", "/auth/me", "/health/live", "/accounts/Interbank/observations"];

/// What misuse is done with.
struct Scene<'s> {
    address: SocketAddr,
    /// A path to export and the token of somebody who may, for each user.
    exports: &'s [(String, String)],
    stop: &'s AtomicBool,
}

impl Scene<'_> {
    fn goes_on(&self) -> bool {
        !self.stop.load(Ordering::Relaxed)
    }
}

/// A kind of misuse.
struct Misuse {
    latency: &'static str,
    memory: &'static str,
    /// Opens connections that are kept open.
    begin: fn(&Scene<'_>) -> Outcome<Vec<TcpStream>>,
    /// What so many threads do meanwhile.
    workers: usize,
    work: fn(&Scene<'_>, usize),
}

const KINDS: [Misuse; 5] = [
    Misuse {
        latency: "p99 beside 200 unread exports against alone",
        memory: "memory that 200 unread exports cost",
        begin: export_unread,
        workers: 0,
        work: |_, _| {},
    },
    Misuse {
        latency: "p99 beside 4 endless bodies against alone",
        memory: "memory that 4 endless bodies cost",
        begin: |_| Ok(Vec::new()),
        workers: SENDERS,
        work: |scene, number| send(scene, number, &chunks(16 * 1024)),
    },
    Misuse {
        latency: "p99 beside 4 bodies of one-byte chunks against alone",
        memory: "memory that 4 bodies of one-byte chunks cost",
        begin: |_| Ok(Vec::new()),
        workers: SENDERS,
        work: |scene, number| send(scene, number, &chunks(1)),
    },
    Misuse {
        latency: "p99 beside 200 trickles against alone",
        memory: "memory that 200 trickles cost",
        begin: |_| Ok(Vec::new()),
        workers: 1,
        work: |scene, _| trickle(scene),
    },
    Misuse {
        latency: "p99 beside 2,000 idle connections against alone",
        memory: "memory that 2,000 idle connections cost",
        begin: |scene| (0..IDLE).map(|_| answered(scene.address)).collect(),
        workers: 0,
        work: |_, _| {},
    },
];

/// Each kind in turn, each in rounds of a phase without and a phase with it.
pub(crate) fn measure(installation: &Installation, plan: &Plan) -> Outcome<Vec<Figure>> {
    allow_descriptors()?;
    let (server, _) = installation.start()?;
    let exports = prepare(&server, plan)?;
    let token = log_in(&server, "admin_interbank")?;
    let paths = [forecast_path(&Client::with_token(server.address(), &token), "Interbank")?];
    let timed = || Ok(percentile(&mut offer(&server, &token, &paths, plan.latency_phase)?, 99));
    let mut figures = Vec::new();
    for kind in KINDS {
        let (mut ratios, mut grown) = (Vec::new(), Vec::new());
        for round in 0..plan.latency_rounds {
            progress(&format!("{}, round {} of {}", kind.latency, round + 1, plan.latency_rounds));
            let alone = timed()?;
            let (beside, cost) = beside(&server, &exports, &kind, timed)?;
            ratios.push(beside / alone);
            grown.push(cost);
        }
        figures.push(Figure { name: kind.latency, unit: "", values: ratios, bar: Bar::AtMost(2.0) });
        figures.push(Figure { name: kind.memory, unit: "MiB", values: grown, bar: Bar::AtMost(64.0) });
    }
    Ok(figures)
}

/// Runs `work` beside a kind of misuse. Gives what it came to, and by how many MiB the server has grown by its end.
fn beside<T>(
    server: &Process,
    exports: &[(String, String)],
    kind: &Misuse,
    work: impl FnOnce() -> Outcome<T>,
) -> Outcome<(T, f64)> {
    let before = server.resident()?;
    let stop = AtomicBool::new(false);
    let scene = Scene { address: server.address(), exports, stop: &stop };
    thread::scope(|scope| {
        let kept = (kind.begin)(&scene)?;
        for number in 0..kind.workers {
            let scene = &scene;
            scope.spawn(move || {
                give_way();
                (kind.work)(scene, number);
            });
        }
        sleep(LEAD);
        let done = work();
        let grown = server.resident()?.saturating_sub(before);
        stop.store(true, Ordering::Relaxed);
        drop(kept);
        Ok((done?, f64::from(u32::try_from(grown / 1024)?) / 1024.0))
    })
}

/// Gives each bank an account with a long history, and users who may export it.
fn prepare(server: &Process, plan: &Plan) -> Outcome<Vec<(String, String)>> {
    let csv = history(plan.export_rows);
    let mut exports = Vec::new();
    for (username, _) in BANKS {
        progress(&format!("a history of {} rows for the bank of {username}", plan.export_rows));
        let administrator = Administrator::log_in(server, username)?;
        let account = format!("long_{username}");
        administrator.client.create("/accounts", &json!({ "cuenta": account, "nombre": account }))?;
        let path = format!("/accounts/{account}/observations");
        administrator.client.upload(&path, &csv)?;
        for number in 0..USERS_OF_A_BANK {
            let name = format!("exporter_{number}_{username}");
            let id = administrator.register(&name)?;
            administrator.client.change("PATCH", &format!("/auth/users/{id}"), &json!({ "rol": "admin" }))?;
            let credentials = json!({ "username": name, "password": FRESH_PASSWORD });
            let answer = Client::new(server.address()).create("/auth/login", &credentials)?;
            exports.push((path.clone(), text(&answer, "/access_token")?.to_owned()));
        }
    }
    Ok(exports)
}

/// So many minutes, in the form that uploads take.
fn history(rows: u32) -> String {
    let begin = DateTime::<Utc>::from_timestamp(1_600_000_000, 0).unwrap_or_default();
    let mut csv = String::from("hora,seguidores\n");
    for row in 0..rows {
        let at = begin + TimeDelta::minutes(i64::from(row));
        let _ = writeln!(csv, "{},7", at.to_rfc3339_opts(SecondsFormat::Secs, true));
    }
    csv
}

/// Exports of every user that nobody reads.
fn export_unread(scene: &Scene<'_>) -> Outcome<Vec<TcpStream>> {
    let mut kept = Vec::new();
    for (path, token) in scene.exports.iter().cycle().take(scene.exports.len() * EXPORTS_OF_A_USER) {
        let socket = Socket::new(Domain::for_address(scene.address), Type::STREAM, None)?;
        // Some kernels let a buffer grow until it holds a whole export, and then none is left unread.
        socket.set_recv_buffer_size(64 * 1024)?;
        socket.connect(&scene.address.into())?;
        let mut stream = TcpStream::from(socket);
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nAccept: text/csv\r\n\r\n")?;
        kept.push(stream);
    }
    Ok(kept)
}

/// A connection that has had an answer.
fn answered(address: SocketAddr) -> Outcome<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")?;
    let _ = stream.read(&mut [0; 4 * 1024])?;
    Ok(stream)
}

/// Chunks of so many bytes, 64 KiB of them.
fn chunks(bytes: usize) -> Vec<u8> {
    let chunk = format!("{bytes:x}\r\n{}\r\n", "x".repeat(bytes));
    chunk.repeat((64 * 1024 / chunk.len()).max(1)).into_bytes()
}

/// Begins a request with a body that does not end.
fn open(scene: &Scene<'_>, number: usize) -> std::io::Result<TcpStream> {
    let mut stream = TcpStream::connect(scene.address)?;
    stream.set_write_timeout(Some(Duration::from_secs(1)))?;
    let path = EARLY.get(number % EARLY.len()).copied().unwrap_or_default();
    write!(stream, "POST {path} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")?;
    Ok(stream)
}

/// Sends a body that does not end, and begins anew whenever it is cut off.
fn send(scene: &Scene<'_>, number: usize, chunks: &[u8]) {
    while scene.goes_on() {
        let Ok(mut stream) = open(scene, number) else { continue };
        while scene.goes_on() && stream.write_all(chunks).is_ok() {}
    }
}

/// Keeps connections that send a byte of their body each second.
fn trickle(scene: &Scene<'_>) {
    let mut streams: Vec<Option<TcpStream>> = (0..TRICKLES).map(|_| None).collect();
    while scene.goes_on() {
        for (number, stream) in streams.iter_mut().enumerate() {
            let alive = stream.as_mut().is_some_and(|stream| stream.write_all(b"1\r\nx\r\n").is_ok());
            if !alive {
                *stream = open(scene, number).ok();
            }
        }
        sleep(Duration::from_secs(1));
    }
}

/// Lets everybody else use the processor first.
fn give_way() {
    // Of the calling thread alone, as Linux has it.
    let _ = setpriority_process(Some(gettid()), 19);
}

/// Lets this process and the server that it starts open as many descriptors as the system allows.
fn allow_descriptors() -> Outcome<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum })?;
    Ok(())
}
