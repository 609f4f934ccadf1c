//! A list of accounts with their forecasts by GraphQL, against a batch of the same forecasts by REST, and against what
//! a client of REST asks for that has no names yet: the list, and then the batch.

use std::sync::Arc;
use std::time::{Duration, Instant};

use atalaya_test_servers::Postgres;
use serde_json::{Value, json};

use crate::client::Client;
use crate::report::{Bar, Figure, progress};
use crate::scale::copies;
use crate::server::{Installation, forecast_path, log_in};
use crate::statistics::percentile;
use crate::{Outcome, Plan};

/// Accounts of the list, and items of the batch.
const ACCOUNTS: usize = 100;
/// Requests of each kind in a round, by turns.
const REQUESTS: usize = 100;

/// Alternates the requests on one server: what was asked for once is remembered, as for a dashboard that is open.
pub(crate) fn measure(plan: &Plan) -> Outcome<Vec<Figure>> {
    let postgres = Arc::new(Postgres::new());
    let database = postgres.create_database();
    let installation = Installation::find()?.on(database.url());
    // The first start makes the demonstration.
    drop(installation.start()?);
    database.execute(&copies(ACCOUNTS));
    let (server, _) = installation.start()?;
    let client = Client::with_token(server.address(), &log_in(&server, "admin_interbank")?);
    let path = forecast_path(&client, "Interbank")?;
    let day = path.rsplit('=').next().ok_or("the path of a forecast names no day")?;
    let items: Vec<Value> =
        (1..=ACCOUNTS).map(|number| json!({"username": format!("cuenta_{number:05}"), "fecha": day})).collect();
    let batch = json!({"items": items});
    let query = format!(
        "{{ accounts(first: {ACCOUNTS}) {{ nodes {{ handle predict(date: \"{day}\") {{
            prediction model intervals {{ level lower upper }} }} }} }} }}"
    );
    let query = json!({"query": query});
    let ask_batch = || timed(&client, "/regression/predict-batch", &batch, "/results");
    let ask_list = || timed(&client, "/graphql", &query, "/data/accounts/nodes");
    let ask_names = || -> Outcome<Duration> {
        let begin = Instant::now();
        client.read(&format!("/accounts?limit={ACCOUNTS}"))?;
        Ok(begin.elapsed())
    };
    let (mut ratios, mut both, mut batches, mut names, mut lists) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let _ = (ask_batch()?, ask_names()?, ask_list()?);
    for round in 0..plan.latency_rounds {
        progress(&format!("lists by GraphQL, round {} of {}", round + 1, plan.latency_rounds));
        let (mut by_batch, mut by_list, mut by_graphql) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..REQUESTS {
            by_batch.push(ask_batch()?);
            by_list.push(ask_names()?);
            by_graphql.push(ask_list()?);
        }
        let (rest, list, graphql) =
            (percentile(&mut by_batch, 50), percentile(&mut by_list, 50), percentile(&mut by_graphql, 50));
        ratios.push(graphql / rest);
        both.push(graphql / (rest + list));
        batches.push(rest);
        names.push(list);
        lists.push(graphql);
    }
    let figure = |name, unit, values, bar| Figure { name, unit, values, bar };
    Ok(vec![
        figure("a hundred forecasts by GraphQL against a batch by REST", "", ratios, Bar::AtMost(1.3)),
        figure("  against the list of accounts and the batch by REST", "", both, Bar::None),
        figure("  p50 of the batch by REST", "ms", batches, Bar::None),
        figure("  p50 of the list of accounts by REST", "ms", names, Bar::None),
        figure("  p50 of the list with forecasts by GraphQL", "ms", lists, Bar::None),
    ])
}

/// How long an answer with a forecast for every account takes.
fn timed(client: &Client, path: &str, body: &Value, place: &str) -> Outcome<Duration> {
    let begin = Instant::now();
    let (status, answer) = client.post(path, body)?;
    let took = begin.elapsed();
    let found = answer.pointer(place).and_then(Value::as_array).map(Vec::len);
    if status != 200 || found != Some(ACCOUNTS) || answer.get("errors").is_some() {
        return Err(format!("{path} answered {status}: {answer}").into());
    }
    Ok(took)
}
