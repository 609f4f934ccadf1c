//! The figures, in the order of docs/performance.md.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::Client;
use crate::process::Process;
use crate::report::{self, Bar, Figure, progress};
use crate::server::{BANKS, Installation, forecast_path, log_in};
use crate::{
    Outcome, Part, Plan, busy, enumeration, fleet, flood, graphql, latency, misuse, outage, pictures, revocation,
    throughput,
};

/// Three years of days.
const THREE_YEARS: u64 = 1_095;
/// How long a server is left alone before its memory is looked at.
const REST: Duration = Duration::from_secs(2);

/// Takes every figure, or those of one part, prints them, and says whether all bars are reached.
pub(crate) fn measure(plan: &Plan, only: Option<Part>) -> Outcome<bool> {
    let installation = Installation::find()?;
    warn_of_company();
    let mut figures = Vec::new();
    for part in [Part::Server, Part::Misuse, Part::Pictures, Part::Graphql, Part::Fleet, Part::Outage, Part::Busy] {
        if only.is_none_or(|only| only == part) {
            figures.extend(match part {
                Part::Server => of_one_server(&installation, plan)?,
                Part::Misuse => misuse::measure(&installation, plan)?,
                Part::Pictures => pictures::measure(&installation, plan)?,
                Part::Graphql => graphql::measure(plan)?,
                Part::Fleet => fleet::measure(plan)?,
                Part::Outage => outage::measure(plan)?,
                Part::Busy => busy::measure(plan)?,
            });
        }
    }
    report::table(&figures)
}

fn of_one_server(installation: &Installation, plan: &Plan) -> Outcome<Vec<Figure>> {
    let mut figures = starts(installation, plan)?;
    figures.push(idle_memory(installation)?);
    let (server, _) = installation.start()?;
    figures.push(training(&server, plan)?);
    figures.extend(throughput::measure(installation, &server, plan)?);
    figures.extend(latency::measure(&server, plan)?);
    figures.extend(flood::measure(&server, plan)?);
    figures.extend(enumeration::measure(&server, plan)?);
    figures.extend(revocation::measure(installation, &server, plan)?);
    figures.push(memory("  memory after all of this", &server, Bar::None)?);
    Ok(figures)
}

/// Says so when the machine is busy before the benchmark begins: a p99 that others disturb is no yardstick for another.
fn warn_of_company() {
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let last_minute = load.split(' ').next().and_then(|text| text.parse::<f64>().ok());
    if let Some(busy) = last_minute.filter(|busy| *busy > 0.5) {
        progress(&format!("the machine is not quiet (load average {busy}): figures will be off, latencies most"));
    }
}

/// From the start of the process to the first 200 of `/health/ready`: on no database once, on an existing one often.
fn starts(installation: &Installation, plan: &Plan) -> Outcome<Vec<Figure>> {
    progress("starts");
    let milliseconds = |took: Duration| took.as_secs_f64() * 1e3;
    let (server, first) = installation.start()?;
    sleep(REST);
    let first_memory = memory("  memory after the first start", &server, Bar::None)?;
    drop(server);
    let mut values = Vec::new();
    for _ in 0..plan.starts {
        values.push(milliseconds(installation.start()?.1));
    }
    let first = vec![first.as_secs_f64()];
    Ok(vec![
        Figure { name: "start to ready, existing database", unit: "ms", values, bar: Bar::AtMost(300.0) },
        Figure { name: "start to ready, making demonstration data", unit: "s", values: first, bar: Bar::AtMost(10.0) },
        first_memory,
    ])
}

/// Resident memory of a server that was started on an existing database, answered a little of everything, and rests.
fn idle_memory(installation: &Installation) -> Outcome<Figure> {
    progress("idle memory");
    let (server, _) = installation.start()?;
    for (username, account) in BANKS {
        let client = Client::with_token(server.address(), &log_in(&server, username)?);
        let forecast = forecast_path(&client, account)?;
        for _ in 0..100 {
            client.read(&forecast)?;
        }
        let details = ["metrics", "model-info", "features", "history", "compare-models"];
        for path in details.map(|detail| format!("/regression/{detail}/{account}")) {
            client.read(&path)?;
        }
        client.read(&format!("/accounts/{account}/observations?limit=1000"))?;
        client.read("/regression/available-accounts")?;
        client.read("/api-docs/openapi.json")?;
    }
    sleep(REST);
    memory("idle memory, existing database", &server, Bar::AtMost(80.0))
}

fn memory(name: &'static str, server: &Process, bar: Bar) -> Outcome<Figure> {
    let kibibytes = u32::try_from(server.resident()? / 1024)?;
    Ok(Figure { name, unit: "MiB", values: vec![f64::from(kibibytes) / 1024.0], bar })
}

/// Training of an account with three years of daily history, all models compared, from the request to its answer.
fn training(server: &Process, plan: &Plan) -> Outcome<Figure> {
    let (username, account) = ("admin_interbank", "Interbank");
    let client = Client::with_token(server.address(), &log_in(server, username)?);
    let accounts: Value = serde_json::from_str(&client.read("/regression/available-accounts")?)?;
    let observations = accounts.pointer("/accounts/0/observations").and_then(Value::as_u64);
    if observations.is_none_or(|count| count < THREE_YEARS) {
        return Err(format!("the demonstration's account has no three years of history: {accounts}").into());
    }
    let mut values = Vec::new();
    for round in 0..plan.trainings {
        progress(&format!("training, round {} of {}", round + 1, plan.trainings));
        let begin = Instant::now();
        client.create("/regression/train", &json!({ "username": account }))?;
        values.push(begin.elapsed().as_secs_f64());
    }
    Ok(Figure { name: "training on three years, all models", unit: "s", values, bar: Bar::AtMost(2.0) })
}
