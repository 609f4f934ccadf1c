//! More logins at once than passwords can be hashed.

use std::thread::{self, ScopedJoinHandle};

use atalaya_tests::{PASSWORD, Reply, TestApp, bank};

/// As many logins as cannot all find a place: half of the cores hash and at most 64 wait.
fn too_many() -> usize {
    2 * (thread::available_parallelism().unwrap().get() + 64)
}

#[test]
fn logins_beyond_what_can_be_hashed_are_told_when_to_come_back_and_the_rest_goes_on() {
    // As costly as in production, so that the places are taken while the others come.
    let costly = [("BCRYPT_ROUNDS", "12"), ("MAX_LOGIN_ATTEMPTS", "1000")];
    let app = TestApp::configured(&costly).with(bank("BCP"));
    let admin = app.login("admin_bcp");
    let replies: Vec<Reply> = thread::scope(|threads| {
        let logins: Vec<ScopedJoinHandle<'_, Reply>> =
            (0..too_many()).map(|_| threads.spawn(|| app.try_login("admin_bcp", PASSWORD))).collect();
        // Whoever is in already notices nothing.
        while logins.iter().any(|login| !login.is_finished()) {
            let _ = admin.get("/auth/me").expect(200);
        }
        logins.into_iter().map(|login| login.join().unwrap()).collect()
    });

    let (taken, refused): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    assert!(!taken.is_empty(), "none of {} logins was taken", replies.len());
    assert!(!refused.is_empty(), "all of {} logins were taken", replies.len());
    for reply in refused {
        let _ = reply.problem(503, "HASHING_OVERLOADED");
        let seconds: u32 = reply.header("retry-after").parse().unwrap();
        assert!(seconds > 0, "{seconds} is no time to wait");
    }
    // Every place was given back.
    let _ = app.try_login("admin_bcp", PASSWORD).expect(200);
}
