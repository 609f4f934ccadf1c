//! Parts that are killed or stopped.

use std::time::{Duration, Instant};

use atalaya_test_servers::Redis;
use atalaya_tests::{Client, Cluster, PASSWORD, Reply};
use chrono::DateTime;
use serde_json::{Value, json};

use crate::support::{FORECAST, GENEROUS, await_redis, cluster, log_in, prediction, under_load, within};

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

/// What a client asks for with a key of its own: one of each kind in turn.
fn keyed_request(company: &Value, number: usize) -> (&'static str, Value) {
    let hour = || DateTime::from_timestamp_secs(1_700_000_000 + 3_600 * i64::try_from(number).unwrap()).unwrap();
    match number % 20 {
        0 => ("/regression/train", json!({"username": "BancoUno", "models": ["linear_regression"]})),
        1 => {
            let username = format!("nueva-{number}");
            ("/auth/register", json!({"username": username, "password": PASSWORD, "empresa_id": company}))
        }
        2..=10 => ("/accounts", json!({"cuenta": format!("cuenta_{number}"), "nombre": "Cuenta"})),
        _ => {
            let row = json!({"hora": hour().to_rfc3339(), "seguidores": 1});
            ("/accounts/BancoUno/observations", json!({"observations": [row]}))
        }
    }
}

#[test]
fn whatever_is_repeated_by_its_key_has_one_effect_though_a_replica_is_killed() {
    let cluster = cluster(&[("QUOTA_COMPANY", "train:10000/hour")]);
    let admin = log_in(&cluster, "admin_banco_uno");
    let company = admin.get("/auth/me").expect(200)["empresa_id"].clone();
    let trained = || admin.get("/regression/history/BancoUno?limit=1000").expect(200)["total"].as_u64().unwrap();
    let trained_before = trained();
    // As a client does: what did not reach it, and what was busy or still under way, is asked for again, with the same
    // key.
    let ask = |number: usize| {
        let admin = admin.clone().with("idempotency-key", format!("request-{number}"));
        let (path, body) = keyed_request(&company, number);
        let begun = Instant::now();
        loop {
            match admin.try_post(path, &body) {
                Ok(reply) if is_for_now(&reply) => {}
                Ok(reply) => return (path, reply),
                Err(_) => {}
            }
            assert!(begun.elapsed() < GENEROUS, "{path} is never answered");
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let replies = under_load(8, 600, ask, || {
        cluster.kill(0);
        cluster.restart(0);
    });
    for (path, reply) in &replies {
        assert!(reply.status < 300, "{path}: {} {}", reply.status, reply.text());
    }
    let asked = |path: &str| replies.iter().filter(|(asked, _)| *asked == path).count();
    assert_eq!(usize::try_from(trained() - trained_before).unwrap(), asked("/regression/train"));
    let told = |action: &str| count_told(&admin, action);
    assert_eq!(told("account_created"), asked("/accounts"));
    assert_eq!(told("user_registered"), asked("/auth/register"));
    assert_eq!(told("observations_recorded"), asked("/accounts/BancoUno/observations"));
}

/// Whether the same request may be answered otherwise a moment later.
fn is_for_now(reply: &Reply) -> bool {
    matches!(reply.status, 502..=504) || reply.json["error_code"] == "IDEMPOTENCY_KEY_RUNNING"
}

/// How often administrators of the bank did that, by the audit log.
fn count_told(admin: &Client, action: &str) -> usize {
    let log = admin.clone().with("accept", "text/csv").get(&format!("/audit?action={action}")).text();
    log.lines().filter(|line| line.contains("admin_banco_uno")).count()
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
            let reply = admin.get(FORECAST);
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
        let reply = admins[0].get(path);
        assert!(is_told_to_come_back(&reply), "{path}: {} {}", reply.status, reply.text());
    }
    let logins = needing_the_database(&cluster);
    assert!(logins.iter().all(is_told_to_come_back), "{:?}", logins[0].text());
    within(GENEROUS, "what is remembered is not believed for ever", || right_or_refused() == 2);
    cluster.postgres().start();
    let recovered =
        || right_or_refused() == 0 && needing_the_database(&cluster).iter().all(|reply| reply.status == 200);
    within(GENEROUS, "the cluster recovers by itself", recovered);
}
