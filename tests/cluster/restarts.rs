//! Replicas that end in peace.

use atalaya_tests::{Reply, Socket};
use reqwest::Method;
use serde_json::json;

use crate::support::{FORECAST, GENEROUS, cluster, log_in, prediction, under_load, within};

#[test]
fn a_replica_that_is_about_to_end_says_so_and_answers_on() {
    let cluster = cluster(&[("SHUTDOWN_GRACE_SECONDS", "300")]);
    let nobody = cluster.anonymous_at(0);
    assert_eq!(nobody.get("/health/ready").expect(200)["status"], "healthy");
    assert!(nobody.get("/health/live").header("connection").is_empty());
    cluster.signal(0, "TERM");
    within(GENEROUS, "it is not ready any more", || nobody.get("/health/ready").status == 503);
    assert_eq!(nobody.get("/health/ready").json["checks"], json!({"draining": "unhealthy"}));
    let alive = nobody.get("/health/live");
    assert_eq!((alive.status, alive.header("connection")), (200, "close"));
    let _ = nobody.ask(Method::GET, "/auth/me").problem(401, "AUTHENTICATION_REQUIRED");
    assert_eq!(cluster.anonymous_at(1).get("/health/ready").expect(200)["status"], "healthy");
}

#[test]
fn no_request_fails_while_replicas_are_restarted_one_after_the_other() {
    let cluster = cluster(&[]);
    let admin = log_in(&cluster, "admin_banco_uno");
    let expected = prediction(&admin.get(FORECAST)).clone();
    let upload = json!({"observations": [{"hora": "2026-08-23T01:00:00Z", "seguidores": 10_000}]});
    let ask = |number: usize| -> Option<Reply> {
        let reply = match number % 20 {
            0 => admin.post("/accounts/BancoUno/observations", &upload),
            1 => admin.get("/auth/me"),
            2 => admin.get("/accounts"),
            _ => admin.get(FORECAST),
        };
        let right = reply.status == 200 && reply.json.get("prediction").is_none_or(|found| *found == expected);
        (!right).then_some(reply)
    };
    let replies = under_load(8, 10_000, ask, || {
        for number in 0..2 {
            cluster.terminate(number);
            cluster.restart(number);
        }
    });
    let failed: Vec<&Reply> = replies.iter().flatten().collect();
    let first = failed.first().map(|reply| (reply.status, reply.text()));
    assert!(failed.is_empty(), "{} of {} failed: {first:?}\n{}", failed.len(), replies.len(), cluster.nginx().errors());
}

#[test]
fn what_was_followed_is_followed_again_after_its_replica_has_ended() {
    let cluster = cluster(&[]);
    let admin = log_in(&cluster, "admin_banco_uno");
    let url = cluster.url();
    let address = url.trim_start_matches("http://");
    let follow = || {
        let mut socket = Socket::known(address, admin.token());
        socket.subscribe("a", "subscription { observationAdded(handle: \"BancoUno\") { followers } }");
        socket
    };
    let mut minutes = 0..60;
    let mut store = || {
        let time = format!("2026-08-23T02:{:02}:00Z", minutes.next().unwrap());
        let upload = json!({"observations": [{"hora": time, "seguidores": 10_500}]});
        let _ = admin.post("/accounts/BancoUno/observations", &upload).expect(200);
    };
    let mut socket = follow();
    assert_eq!(socket.hear_after(&mut store)["payload"]["data"]["observationAdded"]["followers"], 10_500);
    for number in 0..2 {
        cluster.terminate(number);
        cluster.restart(number);
    }
    assert_eq!(socket.closed_by(), 1001);
    let mut socket = follow();
    assert_eq!(socket.hear_after(&mut store)["payload"]["data"]["observationAdded"]["followers"], 10_500);
}
