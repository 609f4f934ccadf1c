//! How soon a client is told that PostgreSQL went away, and how soon after its return it is answered again.

use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use atalaya_test_servers::Postgres;

use crate::client::Client;
use crate::report::{Bar, Figure, progress};
use crate::server::{Installation, log_in};
use crate::{Outcome, Plan};

const ADMINISTRATOR: &str = "admin_interbank";
/// What always needs the database.
const NEEDS_THE_DATABASE: &str = "/accounts";
/// How long the server stays away.
const AWAY: Duration = Duration::from_secs(5);
/// After that the database was not found again.
const PATIENCE: Duration = Duration::from_mins(1);
/// Between two questions while the database comes back.
const PAUSE: Duration = Duration::from_millis(5);

/// On a PostgreSQL of its own, which is stopped and started again.
pub(crate) fn measure(plan: &Plan) -> Outcome<Vec<Figure>> {
    let postgres = Arc::new(Postgres::new());
    let database = postgres.create_database();
    let installation = Installation::find()?.on(database.url());
    let (server, _) = installation.start()?;
    let client = Client::with_token(server.address(), &log_in(&server, ADMINISTRATOR)?);
    let (mut told, mut back) = (Vec::new(), Vec::new());
    for round in 0..plan.outages {
        progress(&format!("outages, round {} of {}", round + 1, plan.outages));
        postgres.stop();
        told.push(slowest_refusal(&client)?);
        postgres.start();
        back.push(until_answered(&client)?);
    }
    let figure = |name, values| Figure { name, unit: "s", values, bar: Bar::AtMost(2.0) };
    Ok(vec![
        figure("slowest answer while PostgreSQL is away", told),
        figure("first answer after PostgreSQL came back", back),
    ])
}

/// Asks while the database is away; the slowest refusal, in seconds.
fn slowest_refusal(client: &Client) -> Outcome<f64> {
    let (begin, mut slowest) = (Instant::now(), Duration::ZERO);
    while begin.elapsed() < AWAY {
        let asked = Instant::now();
        match client.get(NEEDS_THE_DATABASE)? {
            (503, _) => slowest = slowest.max(asked.elapsed()),
            (status, text) => return Err(format!("without its database the server answered {status}: {text}").into()),
        }
    }
    Ok(slowest.as_secs_f64())
}

/// How long it takes to the first answer that is none of those refusals, in seconds.
fn until_answered(client: &Client) -> Outcome<f64> {
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        match client.get(NEEDS_THE_DATABASE)? {
            (200, _) => return Ok(begin.elapsed().as_secs_f64()),
            (503, _) => sleep(PAUSE),
            (status, text) => return Err(format!("after an outage the server answered {status}: {text}").into()),
        }
    }
    Err("the server does not find its database again".into())
}
