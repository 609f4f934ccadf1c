//! Forecasts a second against a handler that sends the same JSON and does nothing else.

use std::io;
use std::process::Command;

use crate::client::Client;
use crate::process::{Process, free_address};
use crate::report::{Bar, Figure, progress};
use crate::server::{BANKS, Installation, forecast_path, log_in};
use crate::statistics::median;
use crate::{Outcome, Plan};

/// Threads of the load generator, one more than could be the bottleneck alone.
const THREADS: &str = "-t2";
/// Kept connections, enough that no worker waits for the load generator.
const CONNECTIONS: &str = "-c32";

/// What a server did in one round.
struct Round {
    /// Answers a second.
    rate: f64,
    /// Processor time of the server an answer, in microseconds.
    cost: f64,
}

/// Alternates rounds of the server and of the bare handler: whatever else the machine does disturbs both. Each round
/// asks as another bank, because the highest limit that can be set for a user is less than what is asked here in all.
pub(crate) fn measure(installation: &Installation, server: &Process, plan: &Plan) -> Outcome<Vec<Figure>> {
    let (mut ours, mut yardstick) = (Vec::new(), Vec::new());
    for (round, (username, account)) in BANKS.into_iter().cycle().take(plan.throughput_rounds).enumerate() {
        progress(&format!("throughput, round {} of {}", round + 1, plan.throughput_rounds));
        let token = log_in(server, username)?;
        let client = Client::with_token(server.address(), &token);
        let path = forecast_path(&client, account)?;
        let body = client.read(&path)?;
        let bare = start_bare(installation, &path, &body)?;
        if Client::new(bare.address()).read(&path)? != body {
            return Err("the bare handler does not send the forecast".into());
        }
        let load = |process: &Process| run_wrk(process, &path, &token, plan.throughput_seconds);
        // Each goes first in every other round.
        if round % 2 == 0 {
            ours.push(load(server)?);
            yardstick.push(load(&bare)?);
        } else {
            yardstick.push(load(&bare)?);
            ours.push(load(server)?);
        }
    }
    let rates = |rounds: &[Round]| rounds.iter().map(|round| round.rate).collect();
    let costs = |rounds: &[Round]| rounds.iter().map(|round| round.cost).collect();
    let figure = |name, unit, values, bar| Figure { name, unit, values, bar };
    let ratios: Vec<f64> = ours.iter().zip(&yardstick).map(|(server, bare)| server.rate / bare.rate).collect();
    let aim = if median(&ratios) >= 0.8 { "reached" } else { "not reached" };
    progress(&format!("the aim of 0.8 is {aim}"));
    Ok(vec![
        figure("forecasts a second against a bare handler", "", ratios, Bar::AtLeast(0.6)),
        figure("  forecasts a second", "", rates(&ours), Bar::None),
        figure("  of the bare handler", "", rates(&yardstick), Bar::None),
        figure("  processor time a forecast", "µs", costs(&ours), Bar::None),
        figure("  of the bare handler", "µs", costs(&yardstick), Bar::None),
    ])
}

fn start_bare(installation: &Installation, path: &str, body: &str) -> Outcome<Process> {
    let file = installation.directory().join("forecast.json");
    std::fs::write(&file, body)?;
    let address = free_address()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.arg("bare").arg(address.to_string()).arg(file);
    Ok(Process::start(&mut command, address, path)?.0)
}

fn run_wrk(process: &Process, path: &str, token: &str, seconds: u32) -> Outcome<Round> {
    let before = process.processor_seconds()?;
    let mut wrk = Command::new("wrk");
    wrk.args([THREADS, CONNECTIONS, &format!("-d{seconds}s"), "-H", &format!("Authorization: Bearer {token}")]);
    wrk.arg(format!("http://{}{path}", process.address()));
    let output = wrk.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => "wrk is not installed: sudo apt-get install wrk".to_owned(),
        _ => format!("wrk cannot be run: {error}"),
    })?;
    let after = process.processor_seconds()?;
    let text = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() || text.contains("Non-2xx") || text.contains("Socket errors") {
        return Err(format!("wrk met errors: {text}{}", String::from_utf8_lossy(&output.stderr)).into());
    }
    let (requests, rate) = parse_wrk(&text).ok_or("wrk's report has no request count")?;
    Ok(Round { rate, cost: (after - before) / requests * 1e6 })
}

/// The requests of `  123456 requests in 3.00s, 78.9MB read`, and those a second of `Requests/sec:  41152.0`.
fn parse_wrk(report: &str) -> Option<(f64, f64)> {
    let requests = report.lines().find_map(|line| line.split_once(" requests in ")?.0.trim().parse().ok())?;
    let rate = report.lines().find_map(|line| line.strip_prefix("Requests/sec:")?.trim().parse().ok())?;
    Some((requests, rate))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_of_wrk_is_read() {
        let report = "Running 3s test\n  123456 requests in 3.00s, 78.9MB read\nRequests/sec:  41152.25\n";
        assert_eq!(parse_wrk(report), Some((123_456.0, 41_152.25)));
        assert_eq!(parse_wrk("unable to connect"), None);
    }
}
