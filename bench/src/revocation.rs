//! How long a token that was made void is still believed.
//!
//! Its bearer asks as fast as one connection allows, so that the server remembers the token and has every chance to
//! believe it once too often. A time runs from the moment at which the change was answered to the first refusal; a
//! refusal that comes before that answer counts as none at all.

use std::sync::mpsc::{self, Sender};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::Client;
use crate::process::Process;
use crate::report::{Bar, Figure, progress};
use crate::server::{Administrator, FRESH_PASSWORD, Installation, log_in, text};
use crate::{Outcome, Plan};

/// A token that is believed for so long after the poll began will be for ever.
const PATIENCE: Duration = Duration::from_secs(20);

/// Somebody who has just logged in.
struct Victim {
    id: u64,
    client: Client,
    token: String,
    refresh_token: String,
}

/// What makes the tokens of a victim void. Ends when it is answered.
type Event = fn(&Administrator, &Victim) -> Outcome<()>;

const EVENTS: [(&str, Event); 6] = [
    ("  after a logout", log_out),
    ("  after the user was disabled", disable),
    ("  after a change of the role", change_role),
    ("  after a change of the password", change_password),
    ("  after an administrator ended the session", end_session),
    ("  after a refresh token came again", replay),
];

/// Every event in turn, several rounds; then keys that are revoked from the command line. That comes last: it makes
/// every token void.
pub(crate) fn measure(installation: &Installation, server: &Process, plan: &Plan) -> Outcome<Vec<Figure>> {
    let administrator = Administrator::log_in(server, "admin_bbva")?;
    let mut of_events = EVENTS.map(|_| Vec::new());
    for round in 0..plan.revocations {
        progress(&format!("revocations, round {} of {}", round + 1, plan.revocations));
        for (number, ((_, event), times)) in EVENTS.iter().zip(&mut of_events).enumerate() {
            let victim = Victim::log_in(server, &administrator, &format!("victim_{round}_{number}"))?;
            times.push(until_refused(server, &victim.token, || event(&administrator, &victim))?);
        }
    }
    progress("revocations of keys");
    let of_keys = (0..plan.revocations).map(|_| revoke_key(installation, server)).collect::<Outcome<Vec<f64>>>()?;
    let figure = |name, unit, values, bar| Figure { name, unit, values, bar };
    let of_all = vec![slowest(of_events.iter().flatten())];
    let mut figures = vec![figure("slowest refusal of a token that was made void", "ms", of_all, Bar::AtMost(100.0))];
    figures.extend(EVENTS.iter().zip(of_events).map(|((name, _), times)| figure(name, "ms", times, Bar::None)));
    let of_all = vec![slowest(&of_keys) / 1e3];
    figures.push(figure("slowest after `keys revoke` in another process", "s", of_all, Bar::AtMost(2.0)));
    figures.push(figure("  after `keys revoke`", "ms", of_keys, Bar::None));
    Ok(figures)
}

fn slowest<'times>(times: impl IntoIterator<Item = &'times f64>) -> f64 {
    times.into_iter().copied().fold(0.0, f64::max)
}

/// Milliseconds from the end of `change` to the first refusal of `token`, which is believed before.
fn until_refused(server: &Process, token: &str, change: impl FnOnce() -> Outcome<()>) -> Outcome<f64> {
    let (believed, is_believed) = mpsc::channel();
    thread::scope(|scope| {
        let bearer = scope.spawn(move || first_refusal(server, token, &believed));
        // Where the bearer failed before, nobody answers, and joining it says why.
        let answered = is_believed.recv().ok().map(|()| change().map(|()| Instant::now())).transpose();
        let refused = bearer.join().map_err(|_| "the thread of a token's bearer panicked")?;
        let (answered, refused) = (answered?, refused?);
        let late = answered.map(|answered| refused.saturating_duration_since(answered));
        Ok(late.ok_or("a token was never believed")?.as_secs_f64() * 1e3)
    })
}

/// Asks without pause on a connection of its own, tells when the token is believed, and gives when it is no more.
fn first_refusal(server: &Process, token: &str, believed: &Sender<()>) -> Outcome<Instant> {
    let client = Client::with_token(server.address(), token);
    client.read("/auth/me")?;
    believed.send(())?;
    let begin = Instant::now();
    while begin.elapsed() < PATIENCE {
        match client.get("/auth/me")? {
            (200, _) => {}
            (401, _) => return Ok(Instant::now()),
            (status, answer) => return Err(format!("a token was answered {status}: {answer}").into()),
        }
    }
    Err("a token that was made void is still believed".into())
}

impl Victim {
    /// Registers somebody and logs them in.
    fn log_in(server: &Process, administrator: &Administrator, username: &str) -> Outcome<Self> {
        let id = administrator.register(username)?;
        let credentials = json!({ "username": username, "password": FRESH_PASSWORD, "refresh": "body" });
        let answer = Client::new(server.address()).create("/auth/login", &credentials)?;
        let (token, refresh_token) = (text(&answer, "/access_token")?, text(&answer, "/refresh_token")?);
        let client = Client::with_token(server.address(), token);
        Ok(Self { id, client, token: token.to_owned(), refresh_token: refresh_token.to_owned() })
    }

    /// Presents a refresh token and gives the next one.
    fn refresh(&self, refresh_token: &str) -> Outcome<String> {
        let answer = self.client.create("/auth/refresh", &json!({ "refresh_token": refresh_token }))?;
        Ok(text(&answer, "/refresh_token")?.to_owned())
    }
}

fn log_out(_: &Administrator, victim: &Victim) -> Outcome<()> {
    victim.client.create("/auth/logout", &json!({})).map(drop)
}

fn disable(administrator: &Administrator, victim: &Victim) -> Outcome<()> {
    change_user(administrator, victim, &json!({ "activo": false }))
}

fn change_role(administrator: &Administrator, victim: &Victim) -> Outcome<()> {
    change_user(administrator, victim, &json!({ "rol": "viewer" }))
}

fn change_user(administrator: &Administrator, victim: &Victim, change: &Value) -> Outcome<()> {
    administrator.client.change("PATCH", &format!("/auth/users/{}", victim.id), change).map(drop)
}

fn change_password(_: &Administrator, victim: &Victim) -> Outcome<()> {
    let change = json!({ "current_password": FRESH_PASSWORD, "new_password": "Otra-Medida-2026" });
    victim.client.create("/auth/change-password", &change).map(drop)
}

fn end_session(administrator: &Administrator, victim: &Victim) -> Outcome<()> {
    let sessions = format!("/auth/users/{}/sessions", victim.id);
    let answer: Value = serde_json::from_str(&administrator.client.read(&sessions)?)?;
    let session = text(&answer, "/sessions/0/id")?;
    administrator.client.change("DELETE", &format!("{sessions}/{session}"), &json!({})).map(drop)
}

/// The thief's copy of a token whose successor was used already.
fn replay(_: &Administrator, victim: &Victim) -> Outcome<()> {
    let child = victim.refresh(&victim.refresh_token)?;
    victim.refresh(&child)?;
    match victim.client.post("/auth/refresh", &json!({ "refresh_token": victim.refresh_token }))? {
        (401, _) => Ok(()),
        (status, answer) => Err(format!("a refresh token that came again was answered {status}: {answer}").into()),
    }
}

/// Milliseconds from the end of the command to the first refusal of a token that the key signed. The command has
/// written before it ends, so its own start costs nothing here.
fn revoke_key(installation: &Installation, server: &Process) -> Outcome<f64> {
    let token = log_in(server, "admin_bbva")?;
    let keys = installation.run(&["keys", "list"])?;
    let active = keys.lines().map(str::split_whitespace).find_map(|mut words| {
        let key = words.next()?;
        (words.nth(1) == Some("active")).then_some(key)
    });
    let key = active.ok_or("no key signs")?;
    until_refused(server, &token, || installation.run(&["keys", "revoke", key]).map(drop))
}
