//! Two replicas on one database, with Redis and without.

use std::time::{Duration, Instant};

use atalaya_test_servers::Redis;
use atalaya_tests::picture::{FORM, drawn, form};
use atalaya_tests::{Client, TestApp, bank};
use reqwest::Method;
use serde_json::json;

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_mins(2);

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn replicas(redis: &Redis, changes: &[(&str, &str)]) -> [TestApp; 2] {
    let redis_url = redis.url();
    let mut changes = changes.to_vec();
    changes.push(("REDIS_URL", &redis_url));
    let first = TestApp::configured(&changes).with(bank("BCP").user("ursula", &[]));
    let database_url = first.database.url();
    changes.push(("DATABASE_URL", &database_url));
    let replicas = [first, TestApp::configured(&changes)];
    for app in &replicas {
        await_redis(app, "healthy");
    }
    replicas
}

fn await_redis(app: &TestApp, state: &str) {
    eventually("Redis is not seen", || app.anonymous().get("/health/ready").expect(200)["checks"]["redis"] == state);
}

/// The same token on both.
fn login(replicas: &[TestApp; 2], username: &str) -> [Client; 2] {
    let here = replicas[0].login(username);
    let there = replicas[1].anonymous().bearing(here.token());
    [here, there]
}

#[test]
fn a_quota_is_one_quota_and_without_redis_one_of_each_replica() {
    let redis = Redis::new();
    let apps = replicas(&redis, &[("QUOTA_USER", "all:6/day")]);
    let clients = login(&apps, "ursula");
    let allowed = || clients.iter().cycle().take(20).filter(|client| client.get("/auth/me").status == 200).count();
    assert_eq!(allowed(), 6);
    let refused = clients[1].get("/auth/me");
    let _ = refused.problem(429, "RATE_LIMITED");
    assert_eq!(refused.header("ratelimit-policy"), r#""user-day";q=6;w=86400"#);

    redis.kill();
    assert_eq!(allowed(), 12);
}

#[test]
fn what_was_read_on_a_picture_is_remembered_by_all_and_without_redis_read_again() {
    let redis = Redis::new();
    let apps = replicas(&redis, &[]);
    let [here, there] = login(&apps, "ursula");
    let cached = |client: &Client, picture: &[u8]| {
        let reply = client.send(Method::POST, "/predict", FORM, form("digits.png", picture));
        (reply.expect(200)["cached"] == true, reply.json["digitos"].clone())
    };
    let (before, first) = cached(&here, &drawn("7"));
    assert!(!before && first[0]["caja"].is_array(), "{first}");
    assert_eq!(cached(&there, &drawn("7")), (true, first.clone()));
    assert_eq!(cached(&here, &drawn("7")), (true, first.clone()));

    redis.kill();
    for client in [&here, &there, &here] {
        assert_eq!(cached(client, &drawn("7")), (false, first.clone()));
    }
}

#[test]
fn without_redis_a_replica_is_degraded_and_ready() {
    let redis = Redis::new();
    let [app, _] = replicas(&redis, &[]);
    let up = |number: u8| {
        app.telemetry.exposition().unwrap().contains(&format!("atalaya_part_up{{part=\"redis\"}} {number}\n"))
    };
    assert!(up(1));
    let client = app.login("ursula");
    redis.kill();
    for _ in 0..10 {
        let _ = client.get("/auth/me").expect(200);
    }
    await_redis(&app, "warning");
    assert_eq!(app.anonymous().get("/health").expect(200)["status"], "healthy");
    assert!(up(0));
    let _ = app.login("ursula").get("/auth/me").expect(200);

    redis.start();
    await_redis(&app, "healthy");
    let _ = app.login("ursula").get("/auth/me").expect(200);
    assert!(TestApp::start().anonymous().get("/health").expect(200)["checks"]["redis"].is_null());
}

#[test]
fn a_session_ended_on_one_replica_is_refused_on_the_other_with_redis_and_without() {
    let redis = Redis::new();
    let apps = replicas(&redis, &[]);
    let _watches = apps.each_ref().map(|app| app.core.watch().unwrap());
    let is_refused = || {
        let [here, there] = login(&apps, "ursula");
        let _ = there.get("/auth/me").expect(200);
        let _ = here.post("/auth/logout", &json!({})).expect(204);
        eventually("the token opens the other replica", || there.get("/auth/me").status == 401);
    };
    is_refused();
    redis.pause();
    is_refused();
    redis.kill();
    is_refused();
}
