//! Training by several replicas: what is trained at once, and what becomes of the work of one that was killed.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, Cluster, bank};
use serde_json::json;

use crate::support::{GENEROUS, bearing, begin, log_in, within};

/// Accounts of the bank.
const ACCOUNTS: usize = 24;
/// The processes that work on an account now.
const AT_WORK: &str = "SELECT DISTINCT process::text FROM jobs WHERE kind = 'train' AND leased_until IS NOT NULL";

fn cluster() -> Cluster {
    let program = Path::new(env!("CARGO_BIN_EXE_serve_for_tests"));
    Cluster::start(program, &[("QUOTA_COMPANY", "train:10000/hour")], |core| {
        let mut bank = bank("Banco Uno");
        for number in 0..ACCOUNTS {
            bank = bank.account_with(&format!("cuenta{number}"), daily_history(200, 10_000));
        }
        bank.store(core);
    })
}

/// Asks for the training of all accounts, and gives the job's path. While one goes on, that is the one.
fn train_all(admin: &Client) -> String {
    let asked = admin.post("/regression/train-all", &json!({}));
    format!("/jobs/{}", asked.expect(202)["id"].as_str().unwrap())
}

fn until_all_are_trained(admin: &Client, job: &str) {
    within(GENEROUS, "every account is trained", || {
        let reply = admin.get(job);
        let job = reply.expect(200);
        job["state"] == "succeeded" && job["parts"]["succeeded"] == ACCOUNTS
    });
}

fn at_work(cluster: &Cluster) -> Vec<String> {
    cluster.database().texts(AT_WORK)
}

#[test]
fn the_accounts_of_one_bank_are_trained_by_both_replicas_at_once() {
    let cluster = cluster();
    let admin = log_in(&cluster, "admin_banco_uno");
    // A machine may be so fast that all is done before the second replica looks; then there is more to do.
    within(GENEROUS, "both replicas are seen at work on accounts of the bank", || {
        train_all(&admin);
        at_work(&cluster).len() == 2
    });
    let job = train_all(&admin);
    until_all_are_trained(&admin, &job);
}

#[test]
fn the_accounts_of_a_killed_replica_are_trained_by_another_before_its_lease_is_over() {
    let cluster = cluster();
    cluster.terminate(1);
    let admin = log_in(&cluster, "admin_banco_uno");
    let job = train_all(&admin);
    within(GENEROUS, "the first replica stands still in the middle of its work", || {
        cluster.signal(0, "STOP");
        if at_work(&cluster).len() == 1 {
            return true;
        }
        cluster.signal(0, "CONT");
        false
    });
    let frozen = at_work(&cluster);
    // Its lease is never over, so nobody could wait for that.
    let renew = || {
        cluster.database().execute(&format!(
            "UPDATE jobs SET leased_until = clock_timestamp() AT TIME ZONE 'UTC' + interval '20 seconds'
             WHERE leased_until IS NOT NULL AND process = {}",
            frozen[0]
        ));
    };
    let gone = AtomicBool::new(false);
    thread::scope(|threads| {
        threads.spawn(|| {
            while !gone.load(Ordering::Relaxed) {
                renew();
                thread::sleep(Duration::from_millis(100));
            }
        });
        let worked = catch_unwind(AssertUnwindSafe(|| {
            cluster.restart(1);
            within(GENEROUS, "the second replica does what is left", || at_work(&cluster).len() == 2);
            assert!(at_work(&cluster).contains(&frozen[0]), "what only stands still was taken for gone");
            cluster.kill(0);
            let is_gone = || !at_work(&cluster).contains(&frozen[0]);
            within(GENEROUS, "the account of the killed replica is another's", is_gone);
        }));
        gone.store(true, Ordering::Relaxed);
        worked.unwrap_or_else(|panic| resume_unwind(panic));
    });
    let admin = bearing(cluster.anonymous_at(1), &begin(&cluster.anonymous_at(1), "admin_banco_uno"));
    until_all_are_trained(&admin, &job);
}
