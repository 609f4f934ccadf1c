//! Guessing passwords, and who is shut out by it.

use atalaya_tests::{Client, PASSWORD, Reply, TestApp, bank};
use chrono::TimeDelta;
use serde_json::{Value, json};

const LOCKS: [(&str, &str); 2] = [("MAX_LOGIN_ATTEMPTS", "3"), ("LOCKOUT_DURATION", "15")];
/// Somebody who sits elsewhere, behind the same trusted proxy.
const ELSEWHERE: &str = "203.0.113.66";

fn banks(app: TestApp) -> TestApp {
    app.with(bank("BCP").user("ursula", &[]).viewer("vera", &[]))
}

fn app() -> TestApp {
    banks(TestApp::configured(&LOCKS))
}

/// An app that believes what its proxy says of addresses.
fn app_behind_proxy() -> TestApp {
    banks(TestApp::configured(&[LOCKS.as_slice(), &[("TRUSTED_PROXIES", "127.0.0.1")]].concat()))
}

fn from(app: &TestApp, address: &str) -> Client {
    app.anonymous().with("x-forwarded-for", address)
}

fn log_in(client: &Client, username: &str, password: &str, device_token: &str) -> Reply {
    let mut body = json!({"username": username, "password": password, "refresh": "body"});
    if !device_token.is_empty() {
        body["device_token"] = json!(device_token);
    }
    client.post("/auth/login", &body)
}

/// What a login gives a client that keeps it itself.
#[track_caller]
fn device_token(reply: &Reply) -> String {
    reply.expect(200)["device_token"].as_str().expect("a device token").to_owned()
}

#[track_caller]
fn guess_until_locked(client: &Client, username: &str) -> Reply {
    for _ in 0..3 {
        let _ = log_in(client, username, "wrong", "").problem(401, "BAD_CREDENTIALS");
    }
    let locked = log_in(client, username, PASSWORD, "");
    let _ = locked.problem(429, "LOGIN_LOCKED");
    locked
}

/// The `Set-Cookie` headers of an answer.
fn set_cookies(reply: &Reply) -> Vec<&str> {
    reply.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap()).collect()
}

fn cookie<'a>(reply: &'a Reply, name: &str) -> &'a str {
    let start = format!("{name}=");
    set_cookies(reply).into_iter().find(|value| value.starts_with(&start)).unwrap_or_default()
}

#[test]
fn an_attacker_locks_the_name_and_the_known_device_still_enters() {
    let app = app();
    let known = device_token(&log_in(&app.anonymous(), "vera", PASSWORD, ""));
    let _ = guess_until_locked(&app.anonymous(), "vera");
    let again = log_in(&app.anonymous(), "VERA", PASSWORD, &known);
    assert_eq!(device_token(&again), known, "a good token keeps its number");
    let _ = log_in(&app.anonymous(), "vera", PASSWORD, "").problem(429, "LOGIN_LOCKED");
}

#[test]
fn a_known_browser_enters_by_its_cookie() {
    let app = app();
    let body = json!({"username": "vera", "password": PASSWORD});
    let first = app.anonymous().post("/auth/login", &body);
    let _ = first.expect(200);
    let set = cookie(&first, "atalaya_device");
    for part in ["HttpOnly", "SameSite=Strict", "Path=/auth", "Max-Age=31536000"] {
        assert!(set.contains(part), "{part} is missing in {set}");
    }
    assert!(!set.contains("Secure") && !set.contains("Domain"), "{set}");
    assert!(first.json.get("device_token").is_none());
    let _ = guess_until_locked(&app.anonymous(), "vera");
    let pair = set.split(';').next().unwrap();
    let browser = app.anonymous().with("cookie", format!("theme=dark; {pair}"));
    let again = browser.post("/auth/login", &body);
    let _ = again.expect(200);
    assert_eq!(cookie(&again, "atalaya_device"), set);
}

#[test]
fn over_tls_the_device_cookie_says_that_a_secure_page_set_it() {
    // Not on a loopback address, cookies are as a proxy that ends TLS needs them.
    let app = banks(TestApp::configured(&[("BIND_ADDRESS", "0.0.0.0:0")]));
    let reply = app.anonymous().post("/auth/login", &json!({"username": "vera", "password": PASSWORD}));
    let _ = reply.expect(200);
    for name in ["__Secure-atalaya_device", "__Secure-atalaya_refresh"] {
        assert!(cookie(&reply, name).contains("; Secure"), "{name}: {:?}", set_cookies(&reply));
    }
}

#[test]
fn a_client_that_keeps_nothing_gets_no_device_token() {
    let reply = app().try_login("vera", PASSWORD);
    assert!(reply.expect(200).get("device_token").is_none());
    assert_eq!(set_cookies(&reply), Vec::<&str>::new());
}

#[test]
fn a_device_token_is_worthless_for_another_user_and_when_it_was_touched() {
    let app = app();
    let token = device_token(&log_in(&app.anonymous(), "vera", PASSWORD, ""));
    let another = device_token(&log_in(&app.anonymous(), "ursula", PASSWORD, ""));
    let _ = guess_until_locked(&app.anonymous(), "vera");
    let flipped = |place: usize| {
        let other = if token.as_bytes()[place] == b'A' { "B" } else { "A" };
        let mut flipped = token.clone();
        flipped.replace_range(place..=place, other);
        flipped
    };
    let mut bad = vec![another, token[1..].to_owned(), token[..token.len() - 1].to_owned(), format!("{token}A")];
    bad.extend([String::from("x"), "A".repeat(66), "ñ".repeat(33), "A".repeat(100_000)]);
    bad.extend((0..token.len()).map(flipped));
    for token in bad {
        let _ = log_in(&app.anonymous(), "vera", PASSWORD, &token).problem(429, "LOGIN_LOCKED");
    }
    assert_eq!(device_token(&log_in(&app.anonymous(), "vera", PASSWORD, &token)), token);
}

#[test]
fn a_device_token_opens_nothing() {
    let app = app();
    let token = device_token(&log_in(&app.anonymous(), "vera", PASSWORD, ""));
    let _ = log_in(&app.anonymous(), "vera", "wrong", &token).problem(401, "BAD_CREDENTIALS");
    let _ = app.anonymous().bearing(&token).get("/auth/me").problem(401, "TOKEN_INVALID");
    let refresh = app.anonymous().post("/auth/refresh", &json!({"refresh_token": token}));
    let _ = refresh.problem(401, "REFRESH_TOKEN_INVALID");
}

#[test]
fn a_known_device_that_guesses_locks_itself_alone() {
    let app = app();
    let thief = device_token(&log_in(&app.anonymous(), "vera", PASSWORD, ""));
    for _ in 0..3 {
        let _ = log_in(&app.anonymous(), "vera", "wrong", &thief).problem(401, "BAD_CREDENTIALS");
    }
    let locked = log_in(&app.anonymous(), "vera", PASSWORD, &thief);
    let _ = locked.problem(429, "LOGIN_LOCKED");
    assert_eq!(locked.header("ratelimit-policy"), r#""device_failures";q=3;w=60"#);
    let _ = log_in(&app.anonymous(), "vera", PASSWORD, "").expect(200);
}

#[test]
fn whoever_collected_devices_locks_them_all_and_no_new_one() {
    let app = app();
    let collected: Vec<_> = (0..16).map(|_| device_token(&log_in(&app.anonymous(), "vera", PASSWORD, ""))).collect();
    // Two guesses with each lock none of them alone.
    for device in collected.iter().take(15) {
        for _ in 0..2 {
            let _ = log_in(&app.anonymous(), "vera", "wrong", device).problem(401, "BAD_CREDENTIALS");
        }
    }
    for device in &collected {
        let locked = log_in(&app.anonymous(), "vera", PASSWORD, device);
        let _ = locked.problem(429, "LOGIN_LOCKED");
        assert_eq!(locked.header("ratelimit-policy"), r#""devices_failures";q=30;w=60"#);
    }
    let _ = log_in(&app.anonymous(), "vera", PASSWORD, "").expect(200);
    app.clock.advance(TimeDelta::minutes(15));
    let _ = log_in(&app.anonymous(), "vera", PASSWORD, &collected[0]).expect(200);
}

#[test]
fn an_unknown_name_locks_exactly_as_a_known_one() {
    let app = app();
    let [known, unknown] = ["vera", "nobody"].map(|username| {
        let refused = log_in(&app.anonymous(), username, "wrong", "").redacted();
        let _ = log_in(&app.anonymous(), username, "wrong", "").problem(401, "BAD_CREDENTIALS");
        let _ = log_in(&app.anonymous(), username, "wrong", "").problem(401, "BAD_CREDENTIALS");
        (refused, log_in(&app.anonymous(), username, PASSWORD, "").redacted())
    });
    assert_eq!(known, unknown);
    assert_eq!(known.1.0, 429);
}

#[test]
fn a_lock_says_what_it_is_and_ends_by_itself() {
    let app = app();
    let locked = guess_until_locked(&app.anonymous(), "vera");
    assert_eq!(locked.header("retry-after"), "900");
    assert_eq!(locked.header("ratelimit-policy"), r#""username_failures";q=3;w=60"#);
    assert_eq!(locked.header("ratelimit"), r#""username_failures";r=0;t=900"#);
    app.clock.advance(TimeDelta::seconds(899));
    // Asking again does not prolong it.
    let locked = log_in(&app.anonymous(), "vera", PASSWORD, "");
    let _ = locked.problem(429, "LOGIN_LOCKED");
    assert_eq!(locked.header("retry-after"), "1");
    app.clock.advance(TimeDelta::seconds(1));
    let _ = log_in(&app.anonymous(), "vera", PASSWORD, "").expect(200);
}

#[test]
fn a_network_is_locked_after_ten_times_as_many_failures_and_another_is_not() {
    let app = app_behind_proxy();
    let home = from(&app, "198.51.100.7");
    let known = device_token(&log_in(&from(&app, ELSEWHERE), "ursula", PASSWORD, ""));
    for guess in 0..30 {
        // A name each, so that no name is locked.
        let _ = log_in(&from(&app, ELSEWHERE), &format!("name{guess}"), "wrong", "").problem(401, "BAD_CREDENTIALS");
    }
    let locked = log_in(&from(&app, ELSEWHERE), "vera", PASSWORD, "");
    let _ = locked.problem(429, "LOGIN_LOCKED");
    assert_eq!(locked.header("ratelimit-policy"), r#""network_failures";q=30;w=60"#);
    let _ = log_in(&home, "vera", PASSWORD, "").expect(200);
    // Whoever logged in from there before is no stranger.
    let _ = log_in(&from(&app, ELSEWHERE), "ursula", PASSWORD, &known).expect(200);
    app.clock.advance(TimeDelta::minutes(15));
    let _ = log_in(&from(&app, ELSEWHERE), "vera", PASSWORD, "").expect(200);
}

#[test]
fn a_success_forgets_the_failures_of_the_name_and_not_those_of_the_network() {
    let app = app();
    for guess in 0..15 {
        for _ in 0..2 {
            let _ = log_in(&app.anonymous(), "vera", "wrong", "").problem(401, "BAD_CREDENTIALS");
        }
        let _ = log_in(&app.anonymous(), "vera", PASSWORD, "").expect(if guess < 14 { 200 } else { 429 });
    }
}

#[test]
fn counts_and_locks_survive_a_restart() {
    let app = app();
    let _ = guess_until_locked(&app.anonymous(), "vera");
    let known = device_token(&log_in(&app.anonymous(), "ursula", PASSWORD, ""));
    for _ in 0..2 {
        let _ = log_in(&app.anonymous(), "ursula", "wrong", "").problem(401, "BAD_CREDENTIALS");
    }
    let again = TestApp::try_start(app.stop(), &LOCKS).unwrap();
    let locked = log_in(&again.anonymous(), "vera", PASSWORD, "");
    let _ = locked.problem(429, "LOGIN_LOCKED");
    assert_eq!(locked.header("retry-after"), "900");
    let _ = log_in(&again.anonymous(), "ursula", "wrong", "").problem(401, "BAD_CREDENTIALS");
    let _ = log_in(&again.anonymous(), "ursula", PASSWORD, "").problem(429, "LOGIN_LOCKED");
    let _ = log_in(&again.anonymous(), "ursula", PASSWORD, &known).expect(200);
}

#[test]
fn what_counts_no_more_is_removed() {
    let app = app();
    let _ = guess_until_locked(&app.anonymous(), "vera");
    let rows = |app: &TestApp| app.database.rows("login_failures");
    assert!(rows(&app) > 0);
    app.core.upkeep().run_all();
    assert!(rows(&app) > 0);
    app.clock.advance(TimeDelta::minutes(15));
    app.core.upkeep().run_all();
    assert_eq!(rows(&app), 0);
}

#[test]
fn a_thief_of_a_token_cannot_lock_the_owners_logins() {
    let app = app();
    let stolen = app.login("vera");
    let change = |current: &str| {
        stolen.post("/auth/change-password", &json!({"current_password": current, "new_password": "Otra-Clave-2026"}))
    };
    for _ in 0..3 {
        assert_eq!(change("wrong").broken_rules(), ["current_password: wrong_password"]);
    }
    let locked = change(PASSWORD);
    let _ = locked.problem(429, "LOGIN_LOCKED");
    assert_eq!(locked.header("ratelimit-policy"), r#""device_failures";q=3;w=60"#);
    let owner = app.login("vera");
    let body = json!({"current_password": PASSWORD, "new_password": "Otra-Clave-2026"});
    assert_eq!(owner.post("/auth/change-password", &body).status, 204);
}

#[test]
fn strange_cookies_are_no_obstacle() {
    let app = app();
    for header in [";;;=", "atalaya_device", "atalaya_device=%00; x", "atalaya_device=\"q\"; a=b=c", "="] {
        let reply = app
            .anonymous()
            .with("cookie", header)
            .post("/auth/login", &json!({"username": "vera", "password": PASSWORD, "device_token": Value::Null}));
        let _ = reply.expect(200);
    }
}

#[test]
fn what_was_typed_as_a_name_is_not_stored() {
    let app = app();
    let _ = guess_until_locked(&app.anonymous(), "mi-clave-en-otro-campo");
    assert!(app.database.rows("login_failures") > 0);
    let bytes = app.database.bytes();
    let holds = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
    assert!(holds(b"admin_bcp"), "the search is blind");
    assert!(!holds(b"mi-clave-en-otro-campo"));
}

#[test]
fn what_is_locked_is_told_to_the_bank_and_what_names_nobody_to_the_platform() {
    let app = app().with_superadmin("root");
    let (admin, root) = (app.login("admin_bcp"), app.login("root"));
    let _ = guess_until_locked(&app.anonymous(), "vera");
    let _ = guess_until_locked(&app.anonymous(), "Una-Clave-2026-en-el-campo-equivocado");
    app.core.upkeep().run_all();
    let told = |reader: &Client, query: &str| {
        let log = reader.get(&format!("/audit?{query}"));
        log.expect(200)["entries"].as_array().unwrap().clone()
    };
    for (reader, target) in [(&admin, "username: vera"), (&root, "username")] {
        let locked = told(reader, "action=login_locked");
        let [entry] = locked.as_slice() else { panic!("told {} times: {locked:?}", locked.len()) };
        assert_eq!((&entry["actor"], &entry["target"]), (&json!("anonymous"), &json!(target)));
        assert_eq!(entry["address"], "127.0.0.1");
    }
    let refused: i64 =
        told(&root, "action=login&outcome=denied").iter().filter_map(|entry| entry["count"].as_i64()).sum();
    assert_eq!(refused, 2, "an attempt that a lock refused is not told");
    assert!(!json!(told(&root, "limit=1000")).to_string().contains("Una-Clave"));
}

#[test]
fn a_storm_of_failures_everywhere_raises_one_alarm() {
    let app = TestApp::configured(&[("MAX_LOGIN_ATTEMPTS", "1"), ("TRUSTED_PROXIES", "127.0.0.1")])
        .with(bank("BCP"))
        .with_superadmin("root");
    for number in 0..120 {
        let stranger = from(&app, &format!("198.51.100.{number}"));
        let _ = log_in(&stranger, &format!("nobody{number}"), "wrong", "").problem(401, "BAD_CREDENTIALS");
    }
    let alarms = app.login("root").get("/audit?action=login_alarm");
    let alarms = alarms.expect(200)["entries"].as_array().unwrap();
    let [alarm] = alarms.as_slice() else { panic!("told {} times", alarms.len()) };
    assert_eq!((&alarm["actor"], &alarm["target"]), (&json!("anonymous"), &json!("everywhere")));
}
