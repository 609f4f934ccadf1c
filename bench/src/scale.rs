//! Ten thousand accounts with three years of days each, on PostgreSQL, against ten: forecasts, lists, and imports.
//!
//! Both servers run at once on databases of one PostgreSQL that syncs its commits. Every account is a copy of the
//! demonstration's first one, with its observations and its model: what is measured is how much there is, not what it
//! says.

use std::fmt::Write;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use atalaya_test_servers::{PgDatabase, Postgres};
use chrono::{DateTime, TimeDelta};
use serde_json::json;

use crate::Outcome;
use crate::client::Client;
use crate::latency::offer;
use crate::process::Process;
use crate::report::{self, Bar, Figure, progress};
use crate::server::{Installation, forecast_path, log_in};
use crate::statistics::percentile;

const ADMINISTRATOR: &str = "admin_interbank";
const SEED: &str = "Interbank";
/// Rows of one large upload.
const UPLOADED: usize = 100_000;
/// Rows of an account's three years.
const THREE_YEARS: usize = 1_095;
/// Clients that upload at once.
const UPLOADERS: usize = 4;

const OVERVIEW: &str = "a page of 50 accounts of the overview";
const SORTED: &str = "the same, sorted by a change";

/// How much and how often.
struct Plan {
    accounts: usize,
    rounds: usize,
    phase: Duration,
    asked: usize,
    uploads: usize,
}

impl Plan {
    const FULL: Self = Self { accounts: 10_000, rounds: 5, phase: Duration::from_secs(8), asked: 50, uploads: 3 };
    const QUICK: Self = Self { accounts: 200, rounds: 1, phase: Duration::from_secs(1), asked: 3, uploads: 1 };
}

/// A server with so many copies of an account.
struct Bank {
    server: Process,
    token: String,
    /// A forecast of every copy, 30 days ahead.
    forecasts: Vec<String>,
    // The database goes last.
    _installation: Installation,
    _database: PgDatabase,
}

/// Takes every figure, prints them, and says whether all bars are reached.
pub(crate) fn measure(quick: bool) -> Outcome<bool> {
    let plan = if quick { Plan::QUICK } else { Plan::FULL };
    let postgres = Arc::new(Postgres::durable());
    let few = Bank::open(&postgres, 10)?;
    let begin = Instant::now();
    let many = Bank::open(&postgres, plan.accounts)?;
    progress(&format!("{} accounts were made in {:.0} s", plan.accounts, begin.elapsed().as_secs_f64()));
    let mut figures = first_answers(&few, &many)?;
    figures.extend(latencies(&few, &many, &plan)?);
    figures.extend(lists(&many, &plan)?);
    figures.extend(imports(&many, &plan)?);
    report::table(&figures)
}

impl Bank {
    fn open(postgres: &Arc<Postgres>, accounts: usize) -> Outcome<Self> {
        progress(&format!("making {accounts} accounts"));
        let database = postgres.create_database();
        let installation = Installation::find()?.on(database.url());
        // The first start makes the demonstration.
        drop(installation.start()?);
        database.execute(&copies(accounts));
        let (server, _) = installation.start()?;
        let token = log_in(&server, ADMINISTRATOR)?;
        let seed = forecast_path(&Client::with_token(server.address(), &token), SEED)?;
        let forecasts = (1..=accounts).map(|number| seed.replace(SEED, &handle(number))).collect();
        Ok(Self { server, token, forecasts, _installation: installation, _database: database })
    }

    fn client(&self) -> Client {
        Client::with_token(self.server.address(), &self.token)
    }
}

fn handle(number: usize) -> String {
    format!("cuenta_{number:05}")
}

/// Copies the demonstration's first account so often, with all that belongs to it.
pub(crate) fn copies(accounts: usize) -> String {
    format!(
        "INSERT INTO accounts (company_id, handle, name, registered_at, observation_count, newest_observation_at)
         SELECT company_id, 'cuenta_' || lpad(number::text, 5, '0'), 'Cuenta ' || number, registered_at,
                observation_count, newest_observation_at
         FROM accounts, generate_series(1, {accounts}) AS number WHERE handle = '{SEED}';
         INSERT INTO observations (company_id, account_id, observed_at, followers, posts, following)
         SELECT seed.company_id, copy.id, observed_at, followers, posts, following
         FROM accounts AS copy, accounts AS seed JOIN observations ON account_id = seed.id
         WHERE seed.handle = '{SEED}' AND copy.handle LIKE 'cuenta_%';
         INSERT INTO model_versions (company_id, account_id, version, trained_at, trained_by, served, grid, mae, rmse, mape,
                mase, data_from, data_until, checksum, size_bytes, active, artifact, fitted)
         SELECT seed.company_id, copy.id, version, trained_at, trained_by, served, grid, mae, rmse, mape, mase, data_from,
                data_until, checksum, size_bytes, model_versions.active, artifact, fitted
         FROM accounts AS copy, accounts AS seed JOIN model_versions ON account_id = seed.id
         WHERE seed.handle = '{SEED}' AND copy.handle LIKE 'cuenta_%';
         INSERT INTO account_summaries (company_id, account_id, time_zone, observation_count, newest_observation_at, recent,
                model_version, outlook)
         SELECT seed.company_id, copy.id, kept.time_zone, kept.observation_count, kept.newest_observation_at, recent,
                model_version, outlook
         FROM accounts AS copy, accounts AS seed JOIN account_summaries AS kept ON account_id = seed.id
         WHERE seed.handle = '{SEED}' AND copy.handle LIKE 'cuenta_%';
         ANALYZE"
    )
}

fn milliseconds(took: Duration) -> f64 {
    took.as_secs_f64() * 1e3
}

/// The first forecast of every account, which nothing remembers yet, one after the other; and what remembering them
/// takes.
fn first_answers(few: &Bank, many: &Bank) -> Outcome<Vec<Figure>> {
    progress("first answers");
    let first = |bank: &Bank| -> Outcome<Vec<Duration>> {
        let client = bank.client();
        let ask = |path: &String| {
            let begin = Instant::now();
            client.read(path).map(|_| begin.elapsed())
        };
        bank.forecasts.iter().map(ask).collect()
    };
    let before = many.server.resident()?;
    let (mut of_few, mut of_many) = (first(few)?, first(many)?);
    let grown = u32::try_from((many.server.resident()?.saturating_sub(before)) / 1024)?;
    let figure = |name, unit, value| Figure { name, unit, values: vec![value], bar: Bar::None };
    Ok(vec![
        figure("first forecast of each of ten accounts, median", "ms", percentile(&mut of_few, 50)),
        figure("first forecast of each of all accounts, median", "ms", percentile(&mut of_many, 50)),
        figure("  p99", "ms", percentile(&mut of_many, 99)),
        figure("  memory that remembering them takes", "MiB", f64::from(grown) / 1024.0),
    ])
}

/// Forecasts at a steady 500 a second, for all accounts in turn, of the one server and of the other.
fn latencies(few: &Bank, many: &Bank, plan: &Plan) -> Outcome<Vec<Figure>> {
    let mut taken: [Vec<f64>; 4] = Default::default();
    for round in 0..plan.rounds {
        progress(&format!("latency, round {} of {}", round + 1, plan.rounds));
        let banks = if round % 2 == 0 { [few, many] } else { [many, few] };
        for bank in banks {
            let mut latencies = offer(&bank.server, &bank.token, &bank.forecasts, plan.phase)?;
            let place = if std::ptr::eq(bank, few) { 0 } else { 2 };
            for (slot, percent) in [(place, 50), (place + 1, 99)] {
                if let Some(values) = taken.get_mut(slot) {
                    values.push(percentile(&mut latencies, percent));
                }
            }
        }
    }
    let [few_p50, few_p99, many_p50, many_p99] = taken;
    let ratios = |many: &[f64], few: &[f64]| many.iter().zip(few).map(|(many, few)| many / few).collect();
    let figure = |name, unit, values, bar| Figure { name, unit, values, bar };
    Ok(vec![
        figure("forecasts of all accounts against ten, p50", "", ratios(&many_p50, &few_p50), Bar::AtMost(1.2)),
        figure("forecasts of all accounts against ten, p99", "", ratios(&many_p99, &few_p99), Bar::AtMost(1.2)),
        figure("  p50 of ten", "ms", few_p50, Bar::None),
        figure("  p50 of all", "ms", many_p50, Bar::None),
        figure("  p99 of ten", "ms", few_p99, Bar::None),
        figure("  p99 of all", "ms", many_p99, Bar::None),
    ])
}

/// Lists, from the request to the whole answer.
fn lists(many: &Bank, plan: &Plan) -> Outcome<Vec<Figure>> {
    progress("lists");
    let client = many.client();
    let observations = format!("/accounts/{}/observations?limit=1000", handle(plan.accounts / 2));
    let middle = handle(plan.accounts / 2);
    let lists: [(&'static str, String); 10] = [
        ("a page of 100 accounts", format!("/accounts?cursor={middle}")),
        ("a page of 1,000 accounts", format!("/accounts?limit=1000&cursor={middle}")),
        ("a page of 100 available accounts", format!("/regression/available-accounts?limit=100&cursor={middle}")),
        ("every available account", "/regression/available-accounts".to_owned()),
        ("every account of one's own", "/auth/my-accounts".to_owned()),
        ("every name with a model", "/regression/users".to_owned()),
        ("a page of 1,000 observations", observations),
        ("a page of the audit log", "/audit?limit=100".to_owned()),
        (OVERVIEW, "/accounts/overview?limit=50".to_owned()),
        (SORTED, "/accounts/overview?sort=change_28&limit=50".to_owned()),
    ];
    let take = |(name, path): (&'static str, String)| {
        let ask = |_| {
            let begin = Instant::now();
            client.read(&path).map(|_| milliseconds(begin.elapsed()))
        };
        client.read(&path)?;
        let values = (0..plan.asked).map(ask).collect::<Outcome<Vec<f64>>>()?;
        // An overview reads something of every account, whatever its page holds.
        let most = if [OVERVIEW, SORTED].contains(&name) { 500.0 } else { 50.0 };
        Ok(Figure { name, unit: "ms", values, bar: Bar::AtMost(most) })
    };
    lists.into_iter().map(take).collect()
}

/// So many observations, a minute apart, as a file.
fn file(rows: usize) -> String {
    let start = DateTime::UNIX_EPOCH + TimeDelta::days(14_610);
    let mut text = "hora,seguidores,tweets,siguiendo\n".to_owned();
    for (minute, followers) in (0_i64..).zip(100_000..).take(rows) {
        let at = start + TimeDelta::minutes(minute);
        // A string takes whatever is written.
        let _ = writeln!(text, "{},{followers},{minute},{}", at.format("%Y-%m-%dT%H:%M:%SZ"), minute % 977);
    }
    text
}

/// Rows a second over HTTP, from the request to the answer: large files one by one, and the years of many accounts.
fn imports(many: &Bank, plan: &Plan) -> Outcome<Vec<Figure>> {
    let client = many.client();
    let account = |number: usize| format!("importada_{number:05}");
    let create = |number: usize| {
        let handle = account(number);
        client.create("/accounts", &json!({ "cuenta": handle, "nombre": handle })).map(drop)
    };
    let large = file(UPLOADED);
    let mut at_once = Vec::new();
    for number in 0..plan.uploads {
        progress(&format!("import, round {} of {}", number + 1, plan.uploads));
        create(number)?;
        let begin = Instant::now();
        client.upload(&format!("/accounts/{}/observations", account(number)), &large)?;
        at_once.push(rate(UPLOADED, begin.elapsed()));
    }
    let small = file(THREE_YEARS);
    let several = plan.uploads * 40;
    (100..100 + several).try_for_each(create)?;
    let begin = Instant::now();
    thread::scope(|scope| -> Outcome<()> {
        let upload = |turn: usize| {
            let small = &small;
            move || -> Outcome<()> {
                let client = many.client();
                let mut numbers = (100 + turn..100 + several).step_by(UPLOADERS);
                numbers
                    .try_for_each(|number| client.upload(&format!("/accounts/{}/observations", account(number)), small))
            }
        };
        let threads: Vec<_> = (0..UPLOADERS).map(|turn| scope.spawn(upload(turn))).collect();
        for thread in threads {
            thread.join().map_err(|_| "a thread of the uploads panicked")??;
        }
        Ok(())
    })?;
    let many_files = rate(several * THREE_YEARS, begin.elapsed());
    let figure = |name, values, bar| Figure { name, unit: "", values, bar };
    Ok(vec![
        figure("rows a second of a file of 100,000", at_once, Bar::AtLeast(100_000.0)),
        figure("rows a second of files of 1,095, four at once", vec![many_files], Bar::None),
    ])
}

#[expect(clippy::cast_precision_loss, reason = "rows of a benchmark stay far below 2^53")]
fn rate(rows: usize, took: Duration) -> f64 {
    rows as f64 / took.as_secs_f64()
}
