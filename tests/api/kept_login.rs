//! Logging in as the clients of the digit reader do.

use atalaya_tests::{PASSWORD, Reply, TestApp, bank};
use reqwest::Method;
use serde_json::{Value, json};

const WORDS: &str = "Username and password required";

fn app(settings: &[(&str, &str)]) -> TestApp {
    TestApp::configured(settings).with(bank("BCP").viewer("vera", &[]))
}

fn login(app: &TestApp, body: &Value) -> Reply {
    app.anonymous().post("/login", body)
}

#[test]
fn a_login_gives_a_token_that_is_good_everywhere_and_nothing_that_outlives_it() {
    let app = app(&[]);
    let reply = login(&app, &json!({"username": "vera", "password": PASSWORD}));
    let grant = reply.expect(200);
    let vera = app.anonymous().bearing(grant["access_token"].as_str().unwrap());
    assert_eq!(vera.get("/auth/me").expect(200)["username"], "vera");
    assert_eq!(
        (&grant["token_type"], &grant["username"], &grant["rol"]),
        (&json!("bearer"), &json!("vera"), &json!("viewer"))
    );
    assert_eq!((&grant["refresh_token"], &grant["device_token"]), (&Value::Null, &Value::Null));
    assert_eq!(reply.header("set-cookie"), "");
}

#[test]
fn a_login_that_lacks_something_is_told_so_in_the_promised_words() {
    let app = app(&[]);
    for body in [
        json!({}),
        json!({"username": "vera"}),
        json!({"password": PASSWORD}),
        json!({"username": "", "password": PASSWORD}),
        json!({"username": "vera", "password": ""}),
        json!({"username": null, "password": null}),
    ] {
        let reply = login(&app, &body);
        let problem = reply.problem(400, "CREDENTIALS_MISSING");
        assert_eq!((&problem["msg"], &problem["error"]), (&json!(WORDS), &Value::Null), "{body}");
    }
    let english = app.anonymous().english().post("/login", &json!({}));
    assert_eq!(english.problem(400, "CREDENTIALS_MISSING")["detail"], "Give the username and the password.");
    // Elsewhere nothing was promised.
    let elsewhere = app.anonymous().post("/auth/login", &json!({}));
    assert_eq!(elsewhere.problem(422, "VALIDATION_FAILED")["msg"], Value::Null);
}

#[test]
fn what_else_is_wrong_with_a_login_is_told_as_at_auth_login() {
    let app = app(&[]);
    let wrong = json!({"username": "vera", "password": "wrong"});
    let unknown = json!({"username": "nadie", "password": "wrong"});
    let told = |path: &str, body: &Value| {
        let mut problem = app.anonymous().post(path, body).problem(401, "BAD_CREDENTIALS").clone();
        for field in ["instance", "request_id"] {
            let _ = problem.as_object_mut().unwrap().remove(field);
        }
        problem
    };
    assert_eq!(told("/login", &wrong), told("/auth/login", &wrong));
    assert_eq!(told("/login", &wrong), told("/login", &unknown));
    let send = |media, body: &str| app.anonymous().send(Method::POST, "/login", media, body);
    let _ = send("application/json", "{\"username\": }").problem(400, "UNREADABLE_BODY");
    let _ = send("text/plain", "vera").problem(415, "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(login(&app, &json!(["vera", PASSWORD])).broken_rules(), ["body: wrong_type"]);
    assert_eq!(login(&app, &json!({"username": 7, "password": PASSWORD})).broken_rules(), ["username: wrong_type"]);
}

#[test]
fn both_ways_to_log_in_count_failures_together_and_tell_the_audit_log() {
    let app = app(&[("MAX_LOGIN_ATTEMPTS", "3")]);
    let wrong = json!({"username": "vera", "password": "wrong"});
    for path in ["/login", "/auth/login", "/login"] {
        let _ = app.anonymous().post(path, &wrong).problem(401, "BAD_CREDENTIALS");
    }
    let right = json!({"username": "vera", "password": PASSWORD});
    for path in ["/login", "/auth/login"] {
        let reply = app.anonymous().post(path, &right);
        let _ = reply.problem(429, "LOGIN_LOCKED");
        assert!(reply.header("retry-after").parse::<u32>().unwrap() > 0);
    }
    // Those that are alike are counted in one entry.
    app.core.upkeep().run_all();
    let told = app.login("admin_bcp").get("/audit?action=login&outcome=failure").expect(200).clone();
    let counts = told["entries"].as_array().unwrap().iter().map(|entry| entry["count"].as_u64().unwrap());
    assert_eq!(counts.sum::<u64>(), 3, "{told}");
}

#[test]
fn logins_of_an_address_are_limited_together() {
    let app = app(&[("LOGIN_RATE_LIMIT_PER_MINUTE", "3")]);
    let right = json!({"username": "vera", "password": PASSWORD});
    let statuses = ["/login", "/auth/login", "/login", "/login"].map(|path| app.anonymous().post(path, &right).status);
    assert_eq!(statuses, [200, 200, 200, 429]);
}
