//! Whether time tells that a username exists.

use std::time::Instant;

use serde_json::json;

use crate::client::Client;
use crate::process::Process;
use crate::report::{Bar, Figure, progress};
use crate::server::BANKS;
use crate::statistics::median;
use crate::{Outcome, Plan};

/// Wrong passwords for known and unknown usernames in turn, one at a time, so that whatever else the machine does disturbs
/// both alike.
pub(crate) fn measure(server: &Process, plan: &Plan) -> Outcome<Vec<Figure>> {
    progress("logins of known and unknown usernames");
    let client = Client::new(server.address());
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for (number, (username, _)) in BANKS.into_iter().cycle().take(plan.guesses).enumerate() {
        // Each goes first in every other pair.
        if number % 2 == 0 {
            known.push(refused(&client, username)?);
            unknown.push(refused(&client, &format!("nobody_{number}"))?);
        } else {
            unknown.push(refused(&client, &format!("nobody_{number}"))?);
            known.push(refused(&client, username)?);
        }
    }
    let (of_known, of_unknown) = (median(&known), median(&unknown));
    let difference = (of_known - of_unknown).abs() / of_known * 100.0;
    let figure = |name, unit, values, bar| Figure { name, unit, values, bar };
    Ok(vec![
        figure("known against unknown usernames, medians differ by", "%", vec![difference], Bar::AtMost(5.0)),
        figure("  refusal of a known username", "ms", known, Bar::None),
        figure("  refusal of an unknown one", "ms", unknown, Bar::None),
    ])
}

/// Milliseconds until a wrong password is refused.
fn refused(client: &Client, username: &str) -> Outcome<f64> {
    let begin = Instant::now();
    match client.post("/auth/login", &json!({ "username": username, "password": "a wrong one" }))? {
        (401, _) => Ok(begin.elapsed().as_secs_f64() * 1e3),
        (status, answer) => Err(format!("a wrong password was answered {status}: {answer}").into()),
    }
}
