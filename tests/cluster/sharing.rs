//! What is one for all replicas.

use std::collections::BTreeSet;

use atalaya_tests::picture::{FORM, drawn, form};
use atalaya_tests::{Cluster, Reply};
use reqwest::Method;
use serde_json::json;

use crate::support::{FORECAST, GENEROUS, await_redis, bearing, begin, cluster, log_in, prediction, within};

#[test]
fn what_one_replica_ends_is_refused_by_the_other_with_redis_and_without() {
    let cluster = cluster(&[]);
    await_redis(&cluster, "healthy");
    is_ended_everywhere(&cluster);
    cluster.redis().stop();
    is_ended_everywhere(&cluster);
}

fn is_ended_everywhere(cluster: &Cluster) {
    let grant = begin(&cluster.anonymous_at(0), "vera");
    let [here, there] = [0, 1].map(|number| bearing(cluster.anonymous_at(number), &grant));
    // Both remember the token and the account from here on.
    assert_eq!(prediction(&here.get(FORECAST)), prediction(&there.get(FORECAST)));
    let refresh = json!({"refresh_token": grant.json["refresh_token"]});
    let _ = cluster.anonymous_at(0).post("/auth/logout", &refresh).expect(204);
    let _ = here.get(FORECAST).problem(401, "TOKEN_REVOKED");
    within(GENEROUS, "the other replica refuses the token", || there.get(FORECAST).status == 401);
    let _ = there.get(FORECAST).problem(401, "TOKEN_REVOKED");
    let _ = cluster.anonymous_at(1).post("/auth/refresh", &refresh).problem(401, "REFRESH_TOKEN_INVALID");
}

#[test]
fn a_quota_is_one_quota_however_many_replicas_are_asked() {
    let cluster = cluster(&[("QUOTA_USER", "all:20/hour")]);
    await_redis(&cluster, "healthy");
    let grant = begin(&cluster.anonymous(), "vera");
    let clients = [0, 1].map(|number| bearing(cluster.anonymous_at(number), &grant));
    let statuses: Vec<u16> = (0..30).map(|number| clients[number % 2].get("/auth/me").status).collect();
    assert_eq!(statuses, [vec![200; 20], vec![429; 10]].concat());
}

#[test]
fn a_picture_that_one_replica_read_is_known_to_the_other() {
    let cluster = cluster(&[]);
    await_redis(&cluster, "healthy");
    let grant = begin(&cluster.anonymous(), "vera");
    let cached = [0, 1, 0].map(|number| {
        let client = bearing(cluster.anonymous_at(number), &grant);
        let reply = client.send(Method::POST, "/predict", FORM, form("digits.png", &drawn("7")));
        reply.expect(200)["cached"].clone()
    });
    assert_eq!(cached, [false, true, true].map(|cached| json!(cached)));
}

#[test]
fn a_file_of_two_mib_is_imported_through_nginx() {
    let cluster = cluster(&[]);
    let admin = log_in(&cluster, "admin_banco_uno");
    let entity = admin.post("/api/metadata/entities", &json!({"name": "campaign", "display_name": "c"}));
    let entity = entity.expect(201)["id"].as_str().unwrap().to_owned();
    let field = json!({"name": "nota", "display_name": "n", "field_type": "TEXT"});
    let _ = admin.post(&format!("/api/metadata/entities/{entity}/fields"), &field).expect(201);
    let csv = format!("nota\n{}", format!("{}\n", "x".repeat(200)).repeat(10_500));
    assert!(csv.len() > 2 << 20);
    let done = admin.post_csv(&format!("/api/entities/{entity}/records:import"), csv);
    assert_eq!(done.expect(200)["created"], 10_500);
}

#[test]
fn fifty_refreshes_at_once_over_two_replicas_give_one_child() {
    let cluster = cluster(&[]);
    let refresh = json!({"refresh_token": begin(&cluster.anonymous(), "vera").json["refresh_token"]});
    let nobody = [cluster.anonymous_at(0), cluster.anonymous_at(1)];
    let replies: Vec<Reply> = std::thread::scope(|threads| {
        let ask = |number: usize| nobody[number % 2].post("/auth/refresh", &refresh);
        let running: Vec<_> = (0..50).map(|number| threads.spawn(move || ask(number))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let children: BTreeSet<String> =
        replies.iter().map(|reply| reply.expect(200)["refresh_token"].to_string()).collect();
    assert_eq!(children.len(), 1, "one token has {} children", children.len());
    for (number, reply) in replies.iter().enumerate() {
        let _ = bearing(nobody[number % 2].clone(), reply).get("/auth/me").expect(200);
    }
}
