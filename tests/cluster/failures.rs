//! Parts that are killed or stopped.

use std::time::Duration;

use crate::support::{FORECAST, cluster, log_in, prediction, under_load};

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
