//! `make bench`: the release server, measured over HTTP on loopback as ratios within one run.
//!
//! docs/performance.md says how each figure is taken and what was seen. Linux only: processes are looked at in `/proc`.

mod bare;
mod busy;
mod client;
mod enumeration;
mod figures;
mod fleet;
mod flood;
mod graphql;
mod latency;
mod misuse;
mod outage;
mod pictures;
mod process;
mod report;
mod revocation;
mod scale;
mod server;
mod statistics;
mod tables;
mod throughput;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

/// What a part of the benchmark ends with: the reason is for a reader, nobody matches on it.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// Measures the release server against the bars of docs/performance.md; fails when one is missed.
#[derive(Parser)]
struct Arguments {
    /// A short run that shows that everything works; its figures mean little.
    #[arg(long)]
    quick: bool,
    /// Only these figures.
    #[arg(long, value_enum)]
    only: Option<Part>,
    #[command(subcommand)]
    role: Option<Role>,
}

/// Figures that are taken together.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Starts, memory, training, forecasts, logins, revocation: what one server does.
    Server,
    /// Forecasts beside clients that misuse their connections.
    Misuse,
    /// Forecasts beside clients that have pictures read.
    Pictures,
    /// A list by GraphQL beside a batch by REST.
    Graphql,
    /// Training by two replicas.
    Fleet,
    /// PostgreSQL away and back.
    Outage,
    /// A start and logins beside busy processes.
    Busy,
}

#[derive(Subcommand)]
enum Role {
    /// Ten thousand accounts on PostgreSQL against ten.
    Scale,
    /// A table of a million records on SQLite and on PostgreSQL.
    Tables,
    /// Uses a core until standard input closes.
    #[command(hide = true)]
    Spin,
    /// Serves the content of a file from a handler that does no work, to compare the server with.
    #[command(hide = true)]
    Bare {
        /// Where.
        address: SocketAddr,
        /// What.
        body: PathBuf,
    },
}

/// How long and how often each figure is taken.
struct Plan {
    throughput_rounds: usize,
    throughput_seconds: u32,
    latency_rounds: usize,
    latency_phase: Duration,
    /// Logins of known and of unknown usernames, each as many.
    guesses: usize,
    /// Tokens that are made void, by each event as many.
    revocations: usize,
    trainings: usize,
    starts: usize,
    /// Rows of the history of which exports are not read.
    export_rows: u32,
    /// Accounts that `train-all` trains, by one replica and by two.
    fleet_accounts: usize,
    fleet_rounds: usize,
    outages: usize,
    /// Logins of one client on a busy machine.
    busy_logins: usize,
}

impl Plan {
    const FULL: Self = Self {
        throughput_rounds: 7,
        throughput_seconds: 3,
        latency_rounds: 3,
        latency_phase: Duration::from_secs(10),
        guesses: 100,
        revocations: 5,
        trainings: 5,
        starts: 10,
        export_rows: 500_000,
        fleet_accounts: 40,
        fleet_rounds: 3,
        outages: 3,
        busy_logins: 40,
    };
    const QUICK: Self = Self {
        throughput_rounds: 1,
        throughput_seconds: 1,
        latency_rounds: 1,
        latency_phase: Duration::from_secs(2),
        guesses: 5,
        revocations: 1,
        trainings: 1,
        starts: 2,
        export_rows: 200_000,
        fleet_accounts: 6,
        fleet_rounds: 1,
        outages: 1,
        busy_logins: 4,
    };
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match arguments.role {
        Some(Role::Scale) => scale::measure(arguments.quick),
        Some(Role::Tables) => tables::measure(arguments.quick),
        Some(Role::Spin) => busy::spin().map(|()| true),
        Some(Role::Bare { address, body }) => bare::serve(address, &body).map(|()| true),
        None => figures::measure(if arguments.quick { &Plan::QUICK } else { &Plan::FULL }, arguments.only),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            report::progress(&format!("the benchmark could not be run: {error}"));
            ExitCode::FAILURE
        }
    }
}
