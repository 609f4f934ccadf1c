//! Whether time tells that a username exists.
//!
//! Both sides are alike but for that: names of one length, each asked for the first time, or each over and over. A name
//! that the server has met before may be cheaper to look up, and that would pass for its being known.

use std::time::Instant;

use serde_json::json;

use crate::client::Client;
use crate::process::Process;
use crate::report::{Bar, Figure, progress};
use crate::server::Administrator;
use crate::statistics::median;
use crate::{Outcome, Plan};

/// Names that are asked over and over, of either side as many.
const REPEATED: usize = 4;

/// The names of a comparison, in the order in which they are asked.
struct Names {
    known: Vec<String>,
    unknown: Vec<String>,
}

/// Compares names that are used once each, and then a few that are used often.
pub(crate) fn measure(server: &Process, plan: &Plan) -> Outcome<Vec<Figure>> {
    progress("logins of known and unknown usernames");
    let administrator = Administrator::log_in(server, "admin_bcp")?;
    let once = Names::of(|number| number, plan.guesses);
    for username in &once.known {
        administrator.register(username)?;
    }
    let often = Names::of(|number| number % REPEATED, plan.guesses);
    let (of_known, of_unknown, differ) = compare(server, &once)?;
    let (again_of_known, again_of_unknown, again_differ) = compare(server, &often)?;
    let figure = |name, unit, values, bar| Figure { name, unit, values, bar };
    Ok(vec![
        figure("known against unknown usernames, medians differ by", "%", vec![differ], Bar::AtMost(5.0)),
        figure("  refusal of a known username, asked once", "ms", of_known, Bar::None),
        figure("  refusal of an unknown one, asked once", "ms", of_unknown, Bar::None),
        figure("the same of usernames asked often", "%", vec![again_differ], Bar::AtMost(5.0)),
        figure("  refusal of a known username, asked often", "ms", again_of_known, Bar::None),
        figure("  refusal of an unknown one, asked often", "ms", again_of_unknown, Bar::None),
    ])
}

impl Names {
    /// As many of either side, each numbered by `number` of its place.
    fn of(number: impl Fn(usize) -> usize, count: usize) -> Self {
        let names = |side: &str| (0..count).map(|place| format!("some_{side}_{:03}", number(place))).collect();
        Self { known: names("body"), unknown: names("none") }
    }
}

/// Wrong passwords for known and unknown usernames in turn, one at a time, so that whatever else the machine does
/// disturbs both alike: the milliseconds of either, and by how many percent their medians differ.
fn compare(server: &Process, names: &Names) -> Outcome<(Vec<f64>, Vec<f64>, f64)> {
    let client = Client::new(server.address());
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for (place, (known_one, unknown_one)) in names.known.iter().zip(&names.unknown).enumerate() {
        // Each goes first in every other pair.
        if place % 2 == 0 {
            known.push(refused(&client, known_one)?);
            unknown.push(refused(&client, unknown_one)?);
        } else {
            unknown.push(refused(&client, unknown_one)?);
            known.push(refused(&client, known_one)?);
        }
    }
    let (of_known, of_unknown) = (median(&known), median(&unknown));
    Ok((known, unknown, (of_known - of_unknown).abs() / of_known * 100.0))
}

/// Milliseconds until a wrong password is refused.
fn refused(client: &Client, username: &str) -> Outcome<f64> {
    let begin = Instant::now();
    match client.post("/auth/login", &json!({ "username": username, "password": "a wrong one" }))? {
        (401, _) => Ok(begin.elapsed().as_secs_f64() * 1e3),
        (status, answer) => Err(format!("a wrong password was answered {status}: {answer}").into()),
    }
}
