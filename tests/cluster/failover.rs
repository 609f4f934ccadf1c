//! The database's address moves to a hot standby that is behind, and the standby is promoted.

use std::time::Duration;

use atalaya_tests::{Client, Cluster, PASSWORD, Reply};
use serde_json::json;

use crate::support::{FORECAST, bearing, begin, cluster_with_standby, log_in, within};

/// Generous: the machine may be busy.
const DEADLINE: Duration = Duration::from_mins(1);

fn is_told_to_come_back(reply: &Reply) -> bool {
    reply.status == 503 && reply.header("retry-after").parse::<u64>().is_ok()
}

/// Whether each replica says so of itself at `/health/ready`.
fn ready(cluster: &Cluster) -> [u16; 2] {
    [0, 1].map(|number| cluster.anonymous_at(number).get("/health/ready").status)
}

#[test]
fn on_a_standby_nothing_is_answered_and_no_ended_session_is_valid_until_it_is_promoted() {
    let (cluster, failover) = cluster_with_standby();
    let grant = begin(&cluster.anonymous(), "vera");
    let live = log_in(&cluster, "vera");
    failover.standby.await_replay(cluster.postgres());
    failover.standby.pause_replay();
    // On the primary the session ends, of which the standby knows nothing yet.
    let at_each = |reply: &Reply| [0, 1].map(|number| bearing(cluster.anonymous_at(number), reply));
    let ended = at_each(&grant);
    let _ = ended[0].get(FORECAST).expect(200);
    let _ = ended[0].post("/auth/logout", &json!({})).expect(204);
    within(DEADLINE, "both replicas hear of the end", || ended.iter().all(|client| client.get(FORECAST).status == 401));

    failover.switch.lead_to(Some(failover.standby.address()));
    within(DEADLINE, "both replicas say that they are not ready", || ready(&cluster) == [503, 503]);
    let said = cluster.anonymous_at(0).english().get("/health/ready");
    let detail = said.json["details"]["database"].as_str().unwrap_or_default();
    assert!(detail.contains("standby") && detail.contains("promote"), "{}", said.text());
    within(DEADLINE, "what is remembered is not believed for ever", || {
        for client in &ended {
            let reply = client.get(FORECAST);
            assert!(reply.status == 401 || is_told_to_come_back(&reply), "{} {}", reply.status, reply.text());
        }
        let asked = [0, 1].map(|number| bearing_at(&cluster, number, &live).get(FORECAST));
        for reply in &asked {
            assert!(reply.status == 200 || is_told_to_come_back(reply), "{} {}", reply.status, reply.text());
        }
        asked.iter().all(is_told_to_come_back)
    });
    let login = json!({"username": "vera", "password": PASSWORD, "refresh": "none"});
    for path in ["/accounts", "/auth/sessions"] {
        let reply = bearing_at(&cluster, 0, &live).get(path);
        assert!(is_told_to_come_back(&reply), "{path}: {} {}", reply.status, reply.text());
    }
    let reply = cluster.anonymous_at(1).post("/auth/login", &login);
    assert!(is_told_to_come_back(&reply), "{} {}", reply.status, reply.text());

    cluster.postgres().kill();
    failover.standby.promote();
    within(DEADLINE, "both replicas are ready", || ready(&cluster) == [200, 200]);
    within(DEADLINE, "both replicas answer", || {
        (0..2).all(|number| {
            let reply = cluster.anonymous_at(number).post("/auth/login", &login);
            assert!(reply.status == 200 || is_told_to_come_back(&reply), "{} {}", reply.status, reply.text());
            reply.status == 200 && bearing_at(&cluster, number, &live).get(FORECAST).status == 200
        })
    });
    for client in &ended {
        assert_eq!(client.get(FORECAST).status, 401, "a promoted standby has done all that it received");
    }
}

/// The same client at one replica.
fn bearing_at(cluster: &Cluster, number: usize, client: &Client) -> Client {
    cluster.anonymous_at(number).bearing(client.token())
}
