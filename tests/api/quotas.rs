//! Quotas of users and companies.

use atalaya_tests::{Client, Reply, TestApp, bank};
use serde_json::json;

/// Two banks, one of them with two users beside its administrator.
fn app(settings: &[(&str, &str)]) -> TestApp {
    let bcp = bank("BCP").account("BCPComunica").user("ursula", &["BCPComunica"]).viewer("vera", &["BCPComunica"]);
    TestApp::configured(settings).with(bcp).with(bank("BBVA")).with_superadmin("root")
}

/// How much is left of what, as the answer tells it.
fn left(reply: &Reply) -> (String, u32) {
    let state = reply.header("ratelimit");
    let (name, rest) = state.split_once(";r=").unwrap_or_else(|| panic!("{state:?} is no state of a limit"));
    (name.trim_matches('"').to_owned(), rest.split(';').next().unwrap().parse().unwrap())
}

fn train(client: &Client) -> Reply {
    client.post("/regression/train", &json!({"username": "BCPComunica", "models": ["linear_regression"]}))
}

#[test]
fn a_company_at_its_quota_is_refused_while_another_is_not() {
    let app = app(&[("QUOTA_COMPANY", "all:4/hour")]);
    let (admin, ursula, other) = (app.login("admin_bcp"), app.login("ursula"), app.login("admin_bbva"));
    for client in [&admin, &ursula, &admin, &ursula] {
        let _ = client.get("/auth/me").expect(200);
    }
    for client in [&admin, &ursula] {
        let refused = client.get("/auth/me");
        let problem = refused.problem(429, "RATE_LIMITED");
        assert!(problem["detail"].as_str().unwrap().starts_with("Los usuarios de su empresa superaron"), "{problem}");
        assert_eq!(refused.header("ratelimit-policy"), r#""company-hour";q=4;w=3600"#);
        assert_eq!(left(&refused), ("company-hour".to_owned(), 0));
        let wait: u32 = refused.header("retry-after").parse().unwrap();
        assert!((1..=900).contains(&wait), "{wait}");
    }
    let _ = other.get("/auth/me").expect(200);
    let _ = app.login("root").get("/auth/me").expect(200);
}

#[test]
fn whoever_floods_is_refused_by_their_own_quota_and_costs_the_company_nothing() {
    let app = app(&[("QUOTA_USER", "all:5/hour"), ("QUOTA_COMPANY", "all:8/day")]);
    let (ursula, vera) = (app.login("ursula"), app.login("vera"));
    for _ in 0..5 {
        let _ = ursula.get("/auth/me").expect(200);
    }
    for _ in 0..10 {
        let refused = ursula.clone().with("accept-language", "en").get("/auth/me");
        let problem = refused.problem(429, "RATE_LIMITED");
        assert!(problem["detail"].as_str().unwrap().starts_with("You are over your own quota"), "{problem}");
        assert_eq!(refused.header("ratelimit-policy"), r#""user-hour";q=5;w=3600"#);
    }
    let told = vera.get("/auth/me");
    assert_eq!(left(&told), ("company-day".to_owned(), 2), "{}", told.text());
}

#[test]
fn training_has_a_quota_apart_from_reading() {
    let app = app(&[("QUOTA_COMPANY", "train:2/hour")]);
    let admin = app.login("admin_bcp");
    // Without a history there is nothing to train on; it counts all the same.
    let _ = train(&admin).problem(422, "INSUFFICIENT_DATA");
    assert_eq!(left(&train(&admin)), ("company-train-hour".to_owned(), 0));
    let refused = train(&admin);
    let _ = refused.problem(429, "RATE_LIMITED");
    assert_eq!(refused.header("ratelimit-policy"), r#""company-train-hour";q=2;w=3600"#);
    let _ = admin.get("/auth/me").expect(200);
}

#[test]
fn nobody_uses_up_the_trainings_of_a_company_by_asking_for_what_they_may_not() {
    let app = app(&[("QUOTA_COMPANY", "train:1/day")]);
    let (vera, admin) = (app.login("vera"), app.login("admin_bcp"));
    for _ in 0..3 {
        let _ = train(&vera).problem(403, "ROLE_FORBIDDEN");
    }
    assert_eq!(left(&train(&admin)), ("company-train-day".to_owned(), 0));
}

#[test]
fn writing_and_reading_are_counted_apart_and_together() {
    let app = app(&[("QUOTA_USER", "write:1/hour, read:3/hour, all:5/day")]);
    let admin = app.login("admin_bcp");
    let create = |name: &str| admin.post("/accounts", &json!({"cuenta": name, "nombre": name}));
    assert_eq!(left(&create("Una")), ("user-write-hour".to_owned(), 0));
    let refused = create("Otra");
    assert_eq!(refused.header("ratelimit-policy"), r#""user-write-hour";q=1;w=3600"#);
    let _ = admin.get("/accounts").expect(200);
    for remaining in [1, 0] {
        assert_eq!(left(&admin.get("/accounts")), ("user-read-hour".to_owned(), remaining));
    }
    let _ = admin.get("/accounts").problem(429, "RATE_LIMITED");
}

#[test]
fn from_half_on_every_answer_tells_what_is_left() {
    let app = app(&[("QUOTA_USER", "all:8/hour")]);
    let admin = app.login("admin_bcp");
    for _ in 0..4 {
        let plenty = admin.get("/auth/me");
        assert_eq!((plenty.status, plenty.header("ratelimit"), plenty.header("ratelimit-policy")), (200, "", ""));
    }
    let low = admin.get("/accounts");
    assert_eq!(low.header("ratelimit-policy"), r#""user-hour";q=8;w=3600"#);
    assert_eq!(low.header("ratelimit"), r#""user-hour";r=3;t=450"#);
    let unchanged = admin.clone().with("if-none-match", low.header("etag")).get("/accounts");
    assert_eq!((unchanged.status, left(&unchanged)), (304, ("user-hour".to_owned(), 2)));
    let missing = admin.get("/auth/users/999999");
    assert_eq!((missing.status, left(&missing)), (404, ("user-hour".to_owned(), 1)));
    for stranger in [app.anonymous().get("/health/live"), app.anonymous().get("/auth/me")] {
        assert_eq!((stranger.header("ratelimit"), stranger.header("ratelimit-policy")), ("", ""));
    }
}
