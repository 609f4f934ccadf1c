//! Parts that are killed or stopped.

use std::time::{Duration, Instant};

use atalaya_test_servers::Redis;
use atalaya_tests::{Cluster, PASSWORD, Reply};
use serde_json::json;

use crate::support::{FORECAST, await_redis, cluster, log_in, prediction, under_load, within};

#[test]
fn no_read_fails_when_a_replica_is_killed_under_load() {
    let cluster = cluster(&[]);
    let admin = log_in(&cluster, "admin_banco_uno");
    let expected = prediction(&admin.get(FORECAST)).clone();
    let ask = |number: usize| admin.get(if number.is_multiple_of(10) { "/accounts" } else { FORECAST });
    let replies = under_load(8, 2_000, ask, || {
        cluster.kill(0);
        // For a while there is only the other one.
        std::thread::sleep(Duration::from_millis(500));
        cluster.restart(0);
    });
    for reply in &replies {
        let found = reply.expect(200).get("prediction");
        assert!(found.is_none_or(|found| *found == expected), "{}", reply.text());
    }
}

#[test]
fn whatever_is_repeated_by_its_key_has_one_effect_though_a_replica_is_killed() {
    let cluster = cluster(&[]);
    let admin = log_in(&cluster, "admin_banco_uno");
    // As a client does: whatever did not reach it is asked for again, with the same key.
    let ask = |number: usize| {
        let admin = admin.clone().with("idempotency-key", format!("account-{number}"));
        let body = json!({"cuenta": format!("cuenta_{number}"), "nombre": "Cuenta"});
        let mut tries = 1;
        loop {
            match admin.try_post("/accounts", &body) {
                Ok(reply) if !matches!(reply.status, 502..=504) => return (tries, reply),
                _ => tries += 1,
            }
        }
    };
    let replies = under_load(8, 300, ask, || {
        cluster.kill(0);
        cluster.restart(0);
    });
    for (tries, reply) in &replies {
        assert_eq!(reply.status, 201, "after {tries} tries: {}", reply.text());
    }
    let log = admin.with("accept", "text/csv").get("/audit?action=account_created").text();
    assert_eq!(log.lines().filter(|line| line.contains("cuenta_")).count(), replies.len());
}

#[test]
fn no_request_fails_while_redis_goes_and_comes_back() {
    let cluster = cluster(&[]);
    await_redis(&cluster, "healthy");
    let admin = log_in(&cluster, "admin_banco_uno");
    let expected = prediction(&admin.get(FORECAST)).clone();
    let upload = json!({"observations": [{"hora": "2026-08-23T01:00:00Z", "seguidores": 10_000}]});
    let ask = |number: usize| match number % 20 {
        0 => admin.post("/accounts/BancoUno/observations", &upload),
        1 => admin.get("/accounts"),
        _ => admin.get(FORECAST),
    };
    let replies = under_load(4, 1_000, ask, || {
        for end in [Redis::stop, Redis::kill] {
            end(cluster.redis());
            await_redis(&cluster, "warning");
            cluster.redis().start();
            await_redis(&cluster, "healthy");
        }
        cluster.redis().pause();
        await_redis(&cluster, "warning");
        cluster.redis().resume();
        await_redis(&cluster, "healthy");
    });
    for reply in &replies {
        let found = reply.expect(200).get("prediction");
        assert!(found.is_none_or(|found| *found == expected), "{}", reply.text());
    }
    // Apart from the load, under which passwords have to wait.
    for change in [Redis::stop, Redis::start] {
        change(cluster.redis());
        assert!(needing_the_database(&cluster).iter().all(|reply| reply.status == 200));
    }
}

/// What needs the database, whatever is remembered.
fn needing_the_database(cluster: &Cluster) -> Vec<Reply> {
    let admin = |number: usize| cluster.anonymous_at(number);
    let body = json!({"username": "vera", "password": PASSWORD, "refresh": "none"});
    (0..2).map(|number| admin(number).post("/auth/login", &body)).collect()
}

fn is_told_to_come_back(reply: &Reply) -> bool {
    reply.status == 503 && reply.header("retry-after").parse::<u64>().is_ok()
}

#[test]
fn while_postgresql_is_away_what_is_remembered_answers_for_a_while_and_nothing_answers_wrongly() {
    let cluster = cluster(&[]);
    let admins = {
        let admin = log_in(&cluster, "admin_banco_uno");
        [0, 1].map(|number| cluster.anonymous_at(number).bearing(admin.token()))
    };
    let expected = admins.each_ref().map(|admin| prediction(&admin.get(FORECAST)).clone());
    let right_or_refused = || {
        let mut refused = 0;
        for (admin, expected) in admins.iter().zip(&expected) {
            let asked = Instant::now();
            let reply = admin.get(FORECAST);
            assert!(asked.elapsed() < Duration::from_secs(2), "{:?} for {}", asked.elapsed(), reply.text());
            if is_told_to_come_back(&reply) {
                refused += 1;
            } else {
                assert_eq!(prediction(&reply), expected);
            }
        }
        refused
    };
    cluster.postgres().stop();
    assert_eq!(right_or_refused(), 0, "what is remembered answers while revocation is fresh");
    for path in ["/accounts", "/auth/sessions", "/regression/history/BancoUno"] {
        let asked = Instant::now();
        let reply = admins[0].get(path);
        assert!(is_told_to_come_back(&reply), "{path}: {} {}", reply.status, reply.text());
        assert!(asked.elapsed() < Duration::from_secs(2), "{path} took {:?}", asked.elapsed());
    }
    let asked = Instant::now();
    let logins = needing_the_database(&cluster);
    assert!(asked.elapsed() < Duration::from_secs(4), "two logins took {:?}", asked.elapsed());
    assert!(logins.iter().all(is_told_to_come_back), "{:?}", logins[0].text());
    within(Duration::from_secs(10), "what is remembered is not believed for ever", || right_or_refused() == 2);
    cluster.postgres().start();
    let recovered =
        || right_or_refused() == 0 && needing_the_database(&cluster).iter().all(|reply| reply.status == 200);
    within(Duration::from_secs(5), "the cluster recovers by itself", recovered);
}
