//! `train-all` of one bank by one replica and by two, each pinned to a core of its own, on a PostgreSQL that both
//! share.

use std::sync::Arc;
use std::thread::{available_parallelism, sleep};
use std::time::{Duration, Instant};

use atalaya_test_servers::Postgres;
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde_json::{Value, json};

use crate::client::Client;
use crate::process::Process;
use crate::report::{Bar, Figure, progress};
use crate::scale::copies;
use crate::server::{Installation, log_in, text};
use crate::{Outcome, Plan};

const ADMINISTRATOR: &str = "admin_interbank";
/// How often it is asked whether the job has ended.
const PAUSE: Duration = Duration::from_millis(50);
/// No job that is measured here takes so long.
const PATIENCE: Duration = Duration::from_mins(10);
/// The least by which a second replica has to help.
const SPEED_UP: f64 = 1.7;

/// Alternates one replica and two. Nothing on a machine with a single core.
pub(crate) fn measure(plan: &Plan) -> Outcome<Vec<Figure>> {
    if available_parallelism()?.get() < 2 {
        progress("training by replicas is left out: it needs two cores");
        return Ok(Vec::new());
    }
    let postgres = Arc::new(Postgres::new());
    let database = postgres.create_database();
    let url = database.url();
    // The first start makes the demonstration.
    drop(Installation::find()?.on(url.clone()).start()?);
    database.execute(&copies(plan.fleet_accounts));
    let (mut ratios, mut alone, mut together) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..plan.fleet_rounds {
        progress(&format!("training by replicas, round {} of {}", round + 1, plan.fleet_rounds));
        let by_one = train_all(&url, &[0])?;
        let by_two = train_all(&url, &[0, 1])?;
        ratios.push(by_one / by_two);
        alone.push(by_one);
        together.push(by_two);
    }
    let figure = |name, unit, values, bar| Figure { name, unit, values, bar };
    Ok(vec![
        figure("train-all by two replicas against one", "", ratios, Bar::AtLeast(SPEED_UP)),
        figure("  by one replica on one core", "s", alone, Bar::None),
        figure("  by two replicas on a core each", "s", together, Bar::None),
    ])
}

/// How long `train-all` takes, from the request to the end of its last part, with a replica on each of these cores.
fn train_all(url: &str, cores: &[usize]) -> Outcome<f64> {
    let installations =
        cores.iter().map(|_| Ok(Installation::find()?.on(url.to_owned()))).collect::<Outcome<Vec<_>>>()?;
    let mut replicas = Vec::new();
    for (installation, core) in installations.iter().zip(cores) {
        replicas.push(pinned(*core, || installation.start())?.0);
    }
    let first: &Process = replicas.first().ok_or("there is no replica")?;
    let client = Client::with_token(first.address(), &log_in(first, ADMINISTRATOR)?);
    let begin = Instant::now();
    let (status, asked) = client.post("/regression/train-all", &json!({}))?;
    if status != 202 {
        return Err(format!("train-all was answered {status}: {asked}").into());
    }
    let job = format!("/jobs/{}", text(&asked, "/id")?);
    loop {
        let told: Value = serde_json::from_str(&client.read(&job)?)?;
        match text(&told, "/state")? {
            "succeeded" => return Ok(begin.elapsed().as_secs_f64()),
            "queued" | "running" if begin.elapsed() < PATIENCE => sleep(PAUSE),
            _ => return Err(format!("train-all did not succeed: {told}").into()),
        }
    }
}

/// Does `start` while this thread is bound to a core: a process that it starts stays there.
fn pinned<T>(core: usize, start: impl FnOnce() -> Outcome<T>) -> Outcome<T> {
    let usual = sched_getaffinity(None)?;
    let allowed = (0..CpuSet::MAX_CPU).filter(|number| usual.is_set(*number));
    let mut one = CpuSet::new();
    one.set(allowed.into_iter().nth(core).ok_or("there are fewer cores")?);
    sched_setaffinity(None, &one)?;
    let started = start();
    sched_setaffinity(None, &usual)?;
    started
}
