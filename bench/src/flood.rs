//! Forecasts while a hundred logins a second are offered, whatever becomes of them. Every other one has a wrong
//! password: that costs the same hash, and then a failure is counted in the database.
//!
//! Logins come on a schedule too, each on a connection of its own where the others still wait: a server that refuses
//! slowly is offered no fewer.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread::{self, ScopedJoinHandle, sleep};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::Client;
use crate::latency::offer;
use crate::process::Process;
use crate::report::{Bar, Figure, progress};
use crate::server::{BANKS, credentials, forecast_path, log_in};
use crate::statistics::percentile;
use crate::{Outcome, Plan};

/// Logins offered a second: a dozen times what one core hashes.
const LOGINS_A_SECOND: u32 = 100;
/// Clients that log in. A hundred a second that each take two seconds are two hundred at once; more would be the
/// server's failure, and then the next is late, which counts as its latency.
const CLIENTS: usize = 256;
/// How long the logins run before the forecasts are timed.
const LEAD: Duration = Duration::from_secs(1);

/// How the logins of a round were answered.
#[derive(Default)]
struct Answered {
    slowest: Duration,
    accepted: u32,
    wrong: u32,
    refused: u32,
}

impl Answered {
    /// The password was compared, whichever way it came out.
    fn done(&self) -> u32 {
        self.accepted + self.wrong
    }

    fn percent(&self, part: u32) -> f64 {
        f64::from(part) / f64::from(self.done() + self.refused) * 100.0
    }
}

/// What one client saw.
type Logins = Vec<(u16, Duration)>;

/// Alternates phases without and with logins.
pub(crate) fn measure(server: &Process, plan: &Plan) -> Outcome<Vec<Figure>> {
    let (username, account) = ("admin_interbank", "Interbank");
    let token = log_in(server, username)?;
    let path = forecast_path(&Client::with_token(server.address(), &token), account)?;
    let paths = [path];
    let forecasts = || offer(server, &token, &paths, plan.latency_phase);
    let (mut ratios, mut answers) = (Vec::new(), Vec::new());
    for round in 0..plan.latency_rounds {
        progress(&format!("flood of logins, round {} of {}", round + 1, plan.latency_rounds));
        let unloaded = percentile(&mut forecasts()?, 99);
        let (mut latencies, answered) = in_flood(server, LEAD + plan.latency_phase, forecasts)?;
        ratios.push(percentile(&mut latencies, 99) / unloaded);
        answers.push(answered);
    }
    let of_answers = |value: fn(&Answered) -> f64| answers.iter().map(value).collect();
    let percent = |name, bar, value| Figure { name, unit: "%", values: of_answers(value), bar };
    let slowest = of_answers(|answered| answered.slowest.as_secs_f64());
    Ok(vec![
        Figure {
            name: "p99 under 100 logins a second against unloaded",
            unit: "",
            values: ratios,
            bar: Bar::AtMost(3.0),
        },
        Figure {
            name: "slowest answer to one of 100 logins a second",
            unit: "s",
            values: slowest,
            bar: Bar::AtMost(2.0),
        },
        percent("of 100 logins a second done", Bar::AtLeast(1.0), |answered| answered.percent(answered.done())),
        percent("  of them answered 200", Bar::None, |answered| answered.percent(answered.accepted)),
        percent("  of them answered 401", Bar::None, |answered| answered.percent(answered.wrong)),
        percent("  of them answered 503", Bar::None, |answered| answered.percent(answered.refused)),
    ])
}

/// Runs `work` while logins are offered for `length`.
fn in_flood<T>(server: &Process, length: Duration, work: impl FnOnce() -> Outcome<T>) -> Outcome<(T, Answered)> {
    let schedule = Schedule::new(length);
    thread::scope(|scope| {
        let clients: Vec<ScopedJoinHandle<'_, Outcome<Logins>>> = BANKS
            .iter()
            .cycle()
            .take(CLIENTS)
            .map(|(username, _)| scope.spawn(|| log_in_as_due(&schedule, server, username)))
            .collect();
        schedule.begin();
        sleep(LEAD);
        let worked = work();
        let mut answered = Answered::default();
        for client in clients {
            for (status, took) in client.join().map_err(|_| "a thread of the logins panicked")?? {
                answered.slowest = answered.slowest.max(took);
                match status {
                    200 => answered.accepted += 1,
                    401 => answered.wrong += 1,
                    _ => answered.refused += 1,
                }
            }
        }
        Ok((worked?, answered))
    })
}

fn log_in_as_due(schedule: &Schedule, server: &Process, username: &str) -> Outcome<Logins> {
    let client = Client::new(server.address());
    let (right, wrong) = (credentials(username), json!({ "username": username, "password": "a wrong one" }));
    let mut logins = Logins::new();
    while let Some((number, due)) = schedule.next() {
        let (body, done) = if number % 2 == 0 { (&right, 200) } else { (&wrong, 401) };
        let (status, answer) = client.post("/auth/login", body)?;
        if status != done && status != 503 {
            return Err(format!("a login that should be {done} was answered {status}: {answer}").into());
        }
        logins.push((status, due.elapsed()));
    }
    Ok(logins)
}

/// Times at which a login is due, each given to whichever client is free.
struct Schedule {
    due: Mutex<VecDeque<(u32, Duration)>>,
    begun: Mutex<Option<Instant>>,
    beginning: Condvar,
}

impl Schedule {
    fn new(length: Duration) -> Self {
        let interval = Duration::from_secs(1) / LOGINS_A_SECOND;
        let due = std::iter::successors(Some(Duration::ZERO), |due| Some(*due + interval).filter(|due| *due < length));
        Self { due: Mutex::new((0..).zip(due).collect()), begun: Mutex::default(), beginning: Condvar::new() }
    }

    fn begin(&self) {
        *self.begun.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        self.beginning.notify_all();
    }

    /// Waits until the next login is due, and gives its number and when it was.
    fn next(&self) -> Option<(u32, Instant)> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        let begun = loop {
            match *begun {
                Some(begun) => break begun,
                None => begun = self.beginning.wait(begun).unwrap_or_else(PoisonError::into_inner),
            }
        };
        let (number, due) = self.due.lock().unwrap_or_else(PoisonError::into_inner).pop_front()?;
        let due = begun + due;
        sleep(due.saturating_duration_since(Instant::now()));
        Some((number, due))
    }
}
