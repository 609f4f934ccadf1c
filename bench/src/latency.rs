//! Forecasts while ten clients log in without pause.
//!
//! Both phases offer the same load, on a schedule that no answer moves: a latency runs from the moment at which the
//! request was due, so a server that stalls is charged with every request that it kept waiting.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, ScopedJoinHandle, sleep};
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::process::Process;
use crate::report::{Bar, Figure, progress};
use crate::server::{BANKS, credentials, forecast_path, log_in};
use crate::statistics::percentile;
use crate::{Outcome, Plan};

/// Forecasts a second, in all: far below what the server can do, so that waiting comes from the logins.
const FORECASTS_A_SECOND: u32 = 500;
/// Connections that take turns.
const CONNECTIONS: u32 = 4;
/// Clients that log in, each at once again when it is answered, whatever the answer.
const LOGINS: usize = 10;
/// How long the logins run before the forecasts are timed.
const LEAD: Duration = Duration::from_secs(1);

/// How logins were answered.
#[derive(Default, Clone, Copy)]
struct Logins {
    succeeded: u32,
    refused: u32,
}

/// Alternates phases without and with logins.
pub(crate) fn measure(server: &Process, plan: &Plan) -> Outcome<Vec<Figure>> {
    let (username, account) = ("admin_interbank", "Interbank");
    let token = log_in(server, username)?;
    let path = forecast_path(&Client::with_token(server.address(), &token), account)?;
    let paths = [path];
    let forecasts = || offer(server, &token, &paths, plan.latency_phase);
    let (mut unloaded, mut loaded, mut medians) = (Vec::new(), Vec::new(), Vec::new());
    let (mut succeeded, mut refused) = (Vec::new(), Vec::new());
    let seconds = (plan.latency_phase + LEAD).as_secs_f64();
    for round in 0..plan.latency_rounds {
        progress(&format!("latency, round {} of {}", round + 1, plan.latency_rounds));
        unloaded.push(percentile(&mut forecasts()?, 99));
        let (mut latencies, logins) = while_logging_in(server, forecasts)?;
        loaded.push(percentile(&mut latencies, 99));
        medians.push(percentile(&mut latencies, 50));
        succeeded.push(f64::from(logins.succeeded) / seconds);
        refused.push(f64::from(logins.refused) / seconds);
    }
    let ratios = loaded.iter().zip(&unloaded).map(|(loaded, unloaded)| loaded / unloaded).collect();
    let figure = |name, unit, values, bar| Figure { name, unit, values, bar };
    Ok(vec![
        figure("p99 under logins against unloaded", "", ratios, Bar::AtMost(3.0)),
        figure("  p99 unloaded", "ms", unloaded, Bar::None),
        figure("  p99 under logins", "ms", loaded, Bar::None),
        figure("  p50 under logins", "ms", medians, Bar::None),
        figure("  logins that succeeded, a second", "", succeeded, Bar::None),
        figure("  logins answered 503, a second", "", refused, Bar::None),
    ])
}

/// Asks for forecasts on a fixed schedule, for the one path after the other, and gives the latency of each.
pub(crate) fn offer(server: &Process, token: &str, paths: &[String], length: Duration) -> Outcome<Vec<Duration>> {
    // One request on each connection before the schedule begins.
    let clients: Vec<Client> = (0..CONNECTIONS).map(|_| Client::with_token(server.address(), token)).collect();
    for (client, path) in clients.iter().zip(paths.iter().cycle()) {
        client.read(path)?;
    }
    let interval = Duration::from_secs(1) / FORECASTS_A_SECOND;
    let begin = Instant::now() + interval;
    let turns = |(turn, client): (u32, Client)| {
        move || {
            // The timer's usual slack of 50 µs would count as the server's latency.
            rustix::thread::set_current_timer_slack(std::num::NonZeroU64::new(1))?;
            let mut latencies = Vec::new();
            let schedule = (turn..).step_by(CONNECTIONS as usize).map(|number| interval * number);
            for (due, path) in schedule.zip(paths.iter().cycle().skip(turn as usize).step_by(CONNECTIONS as usize)) {
                if due >= length {
                    break;
                }
                sleep(due.saturating_sub(begin.elapsed()));
                client.read(path)?;
                latencies.push(begin.elapsed().saturating_sub(due));
            }
            Ok(latencies)
        }
    };
    thread::scope(|scope| {
        let threads: Vec<ScopedJoinHandle<'_, Outcome<Vec<Duration>>>> =
            (0..).zip(clients).map(|client| scope.spawn(turns(client))).collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(|_| "a thread of the load generator panicked")??);
        }
        Ok(all)
    })
}

/// Runs `work` while ten clients log in.
fn while_logging_in<T>(server: &Process, work: impl FnOnce() -> Outcome<T>) -> Outcome<(T, Logins)> {
    let stop = AtomicBool::new(false);
    let stopped = &stop;
    thread::scope(|scope| {
        let threads: Vec<ScopedJoinHandle<'_, Outcome<Logins>>> = BANKS
            .iter()
            .cycle()
            .take(LOGINS)
            .map(|(username, _)| scope.spawn(move || log_in_until(stopped, server, username)))
            .collect();
        sleep(LEAD);
        let done = work();
        stop.store(true, Ordering::Relaxed);
        let mut logins = Logins::default();
        for thread in threads {
            let one = thread.join().map_err(|_| "a thread of the logins panicked")??;
            logins.succeeded += one.succeeded;
            logins.refused += one.refused;
        }
        Ok((done?, logins))
    })
}

fn log_in_until(stop: &AtomicBool, server: &Process, username: &str) -> Outcome<Logins> {
    let client = Client::new(server.address());
    let credentials = credentials(username);
    let mut logins = Logins::default();
    while !stop.load(Ordering::Relaxed) {
        match client.post("/auth/login", &credentials)? {
            (200, _) => logins.succeeded += 1,
            (503, _) => logins.refused += 1,
            (status, answer) => return Err(format!("a login was answered {status}: {answer}").into()),
        }
    }
    Ok(logins)
}
