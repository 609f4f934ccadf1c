//! Signing keys that a command revokes while people log in.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use atalaya_tests::{Cluster, PASSWORD, Reply};
use serde_json::json;

use crate::support::{await_redis, cluster, under_load, within};

/// Generous: the machine may be busy.
const DEADLINE: Duration = Duration::from_mins(1);
/// How often a key is revoked.
const ROUNDS: usize = 10;

/// Runs a command beside the replicas, and gives what it said.
fn command(cluster: &Cluster, arguments: &[&str]) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_serve_for_tests"));
    let output = Command::new(program).args(arguments).env_clear().envs(cluster.environment()).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The key that signs, as the command line lists it.
fn active(cluster: &Cluster) -> String {
    let listed = command(cluster, &["keys", "list"]);
    let line = listed.lines().find(|line| line.contains(" active ")).unwrap_or_else(|| panic!("{listed}"));
    line.split_whitespace().next().unwrap().to_owned()
}

#[test]
fn whoever_logs_in_while_the_key_that_signs_is_revoked_gets_a_token_or_is_told_to_come_back() {
    let cluster = cluster(&[]);
    await_redis(&cluster, "healthy");
    let nobody = [0, 1].map(|number| cluster.anonymous_at(number));
    let login = json!({"username": "vera", "password": PASSWORD, "refresh": "none"});
    let replies = under_load(
        4,
        40,
        |number| nobody[number % 2].post("/auth/login", &login),
        || {
            for _ in 0..ROUNDS {
                let revoked = active(&cluster);
                assert!(command(&cluster, &["keys", "revoke", &revoked]).contains("revoked"));
                for client in &nobody {
                    let published = || client.get("/.well-known/jwks.json").text();
                    within(DEADLINE, "the revoked key is published no more", || !published().contains(&revoked));
                }
            }
        },
    );
    for reply in &replies {
        let told = |reply: &Reply| reply.status == 503 && reply.header("retry-after").parse::<u64>().is_ok();
        assert!(reply.status == 200 || told(reply), "{} {}", reply.status, reply.text());
    }
    let _ = nobody[0].post("/auth/login", &login).expect(200);
}
