//! A cluster with a bank in it, and clients who ask it again and again.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use atalaya_server::compose::Core;
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, Cluster, Failover, PASSWORD, Reply, bank};
use serde_json::{Value, json};

/// Longer than anything here takes, however busy the machine is. What takes how long is judged by the benchmark.
pub(crate) const GENEROUS: Duration = Duration::from_mins(4);

/// A forecast that was computed when the model was trained.
pub(crate) const FORECAST: &str = "/regression/predict/BancoUno?fecha=2026-09-30";

/// A cluster with a bank, its administrator and a trained account.
pub(crate) fn cluster(settings: &[(&str, &str)]) -> Cluster {
    Cluster::start(program(), settings, fill)
}

/// [`cluster`] with a hot standby of its database.
pub(crate) fn cluster_with_standby() -> (Cluster, Failover) {
    Cluster::start_with_standby(program(), &[], fill)
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_serve_for_tests"))
}

fn fill(core: &Core) {
    bank("Banco Uno").viewer("vera", &["BancoUno"]).trained_account("BancoUno", daily_history(60, 10_000)).store(core);
}

/// Waits until both replicas say that of Redis.
#[track_caller]
pub(crate) fn await_redis(cluster: &Cluster, state: &str) {
    for number in 0..2 {
        let nobody = cluster.anonymous_at(number);
        let says = || nobody.get("/health/ready").expect(200)["checks"]["redis"] == state;
        within(GENEROUS, "a replica notices what Redis does", says);
    }
}

/// Logs in and keeps both tokens.
pub(crate) fn begin(nobody: &Client, username: &str) -> Reply {
    let grant = nobody.post("/auth/login", &json!({"username": username, "password": PASSWORD, "refresh": "body"}));
    let _ = grant.expect(200);
    grant
}

/// `client` with the access token of a grant.
pub(crate) fn bearing(client: Client, grant: &Reply) -> Client {
    client.bearing(grant.expect(200)["access_token"].as_str().unwrap())
}

/// Somebody who is logged in through nginx.
pub(crate) fn log_in(cluster: &Cluster, username: &str) -> Client {
    bearing(cluster.anonymous(), &begin(&cluster.anonymous(), username))
}

/// The forecast itself, of an answer that has one.
pub(crate) fn prediction(reply: &Reply) -> &Value {
    let prediction = &reply.expect(200)["prediction"];
    assert!(prediction.is_number(), "{}", reply.text());
    prediction
}

/// Waits until `holds`, which it must within `limit`.
#[track_caller]
pub(crate) fn within(limit: Duration, what: &str, holds: impl Fn() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < limit, "not within {limit:?}: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Lets `askers` at once ask again and again while `work` is done, and so often at least. Each hears the number of its
/// question; what all heard is returned.
pub(crate) fn under_load<A: Send>(
    askers: usize,
    least: usize,
    ask: impl Fn(usize) -> A + Sync,
    work: impl FnOnce(),
) -> Vec<A> {
    let (asked, done) = (AtomicUsize::new(0), AtomicBool::new(false));
    let ask_on = || {
        let mut heard = Vec::new();
        while !done.load(Ordering::Relaxed) || asked.load(Ordering::Relaxed) < least {
            heard.push(ask(asked.fetch_add(1, Ordering::Relaxed)));
        }
        heard
    };
    std::thread::scope(|threads| {
        let running: Vec<_> = (0..askers).map(|_| threads.spawn(ask_on)).collect();
        // The work comes in the middle of the load, and ends it even if it fails.
        while asked.load(Ordering::Relaxed) < least / 10 {
            std::thread::yield_now();
        }
        let worked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
        done.store(true, Ordering::Relaxed);
        let heard = running.into_iter().flat_map(|asker| asker.join().unwrap()).collect();
        worked.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        heard
    })
}
