//! Training as a job: asked for, polled, cancelled, and done by whoever takes it.

use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use atalaya_application::ports::jobs::Lane;
use atalaya_application::ports::runtime::Clock as _;
use atalaya_infrastructure::runtime::SystemClock;
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, Reply, TestApp, bank};
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};

use crate::durability;
use crate::program::Program;

const ACCOUNT: &str = "BCPComunica";

fn app_with(settings: &[(&str, &str)]) -> TestApp {
    let bcp = bank("BCP")
        .account_with(ACCOUNT, daily_history(60, 5_000))
        .account_with("YapeOficial", daily_history(60, 7_000))
        .account("nueva")
        .user("ursula", &[ACCOUNT])
        .viewer("vera", &[ACCOUNT]);
    TestApp::configured(settings).with(bcp).with(bank("BBVA").account_with("bbva_peru", daily_history(60, 9_000)))
}

fn app() -> TestApp {
    app_with(&[])
}

fn asynchronously(client: &Client) -> Client {
    client.clone().with("prefer", "respond-async")
}

fn wish() -> Value {
    json!({"username": ACCOUNT, "models": ["linear_regression"]})
}

/// Where a job that was taken on is to be followed.
fn taken_on(reply: &Reply) -> String {
    let id = reply.expect(202)["id"].as_str().unwrap();
    let path = format!("/jobs/{id}");
    assert_eq!((reply.header("location"), reply.header("retry-after")), (path.as_str(), "1"));
    path
}

fn train(client: &Client) -> String {
    taken_on(&asynchronously(client).post("/regression/train", &wish()))
}

fn ids(list: &Value) -> Vec<String> {
    list["jobs"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned()).collect()
}

fn cancel(client: &Client, job: &str) -> Reply {
    client.ask(Method::POST, &format!("{job}/cancel"))
}

#[test]
fn whoever_would_rather_not_wait_gets_a_job_that_trains() {
    let app = app();
    let admin = app.login("admin_bcp");
    let reply = asynchronously(&admin).post("/regression/train", &wish());
    assert_eq!(reply.header("preference-applied"), "respond-async");
    let job = taken_on(&reply);
    assert_eq!(*reply.expect(202), *admin.get(&job).expect(200));
    for (field, value) in [("kind", "train"), ("state", "queued"), ("cuenta", ACCOUNT), ("asked_by", "admin_bcp")] {
        assert_eq!(reply.json[field], value);
    }
    let untrained = admin.get(&format!("/regression/predict/{ACCOUNT}?fecha=2026-08-30"));
    let _ = untrained.problem(409, "MODEL_NOT_TRAINED");

    app.run_jobs();
    let done = admin.get(&job);
    for (field, value) in
        [("state", json!("succeeded")), ("model_version", json!(1)), ("attempts", json!(1)), ("error", Value::Null)]
    {
        assert_eq!(done.expect(200)[field], value, "{}", done.text());
    }
    assert_eq!(done.header("retry-after"), "");
    let history = admin.get(&format!("/regression/history/{ACCOUNT}"));
    assert_eq!(history.expect(200)["history"][0]["trained_by"], "admin_bcp");
}

#[test]
fn the_preference_may_be_one_of_several_and_in_any_case() {
    let app = app();
    let admin = app.login("admin_bcp");
    for prefer in ["wait=5, Respond-Async", "RESPOND-ASYNC; x=1"] {
        let reply = admin.clone().with("prefer", prefer).post("/regression/train", &wish());
        let _ = cancel(&admin, &taken_on(&reply)).expect(200);
    }
    let waited = admin.clone().with("prefer", "wait=5").post("/regression/train", &wish());
    assert_eq!(waited.expect(200)["model_version"], 1);
    assert_eq!((waited.header("preference-applied"), waited.header("location")), ("", ""));
}

#[test]
fn a_wish_is_judged_before_it_becomes_a_job() {
    let app = app();
    let admin = asynchronously(&app.login("admin_bcp"));
    let ask = |body: &Value| admin.post("/regression/train", body);
    let broken = |client: &Client| client.send(Method::POST, "/regression/train", "application/json", "{");
    let _ = broken(&asynchronously(&app.anonymous())).problem(401, "AUTHENTICATION_REQUIRED");
    let _ = broken(&asynchronously(&app.login("vera"))).problem(403, "ROLE_FORBIDDEN");
    let _ = broken(&admin).problem(400, "UNREADABLE_BODY");
    for account in ["bbva_peru", "nobody"] {
        let _ = ask(&json!({"username": account, "models": ["magic"]})).problem(403, "ACCOUNT_FORBIDDEN");
    }
    let rules = ask(&json!({"username": ACCOUNT, "models": ["magic"], "metric_weights": {"luck": 1}})).broken_rules();
    assert_eq!(rules, ["models[0]: unknown_value", "metric_weights.luck: unknown_value"]);
    assert_eq!(ask(&json!({})).broken_rules(), ["username: missing"]);
    assert_eq!(ids(admin.get("/jobs").expect(200)), [""; 0]);
}

#[test]
fn too_few_data_fail_the_job_as_they_would_the_answer() {
    let app = app();
    let admin = app.login("admin_bcp").english();
    let wish = json!({"username": "nueva"});
    let job = taken_on(&asynchronously(&admin).post("/regression/train", &wish));
    app.run_jobs();
    let failed = admin.get(&job);
    let waited = admin.post("/regression/train", &wish);
    let detail = &waited.problem(422, "INSUFFICIENT_DATA")["detail"];
    assert_eq!(failed.expect(200)["state"], "failed");
    assert_eq!(failed.json["error"], json!({"error_code": "INSUFFICIENT_DATA", "detail": detail}));
    assert_eq!(failed.json["model_version"], Value::Null);
}

#[test]
fn a_repeated_wish_is_one_job_and_one_key_is_for_one_way_of_asking() {
    let app = app();
    let admin = app.login("admin_bcp").with("idempotency-key", "una-vez");
    for (path, body) in [("/regression/train", wish()), ("/regression/train-all", json!({}))] {
        let first = asynchronously(&admin).post(path, &body);
        let again = asynchronously(&admin).post(path, &body);
        assert_eq!(taken_on(&first), taken_on(&again));
        assert_eq!((first.header("idempotency-replayed"), again.header("idempotency-replayed")), ("", "true"));
        assert_eq!(again.header("preference-applied"), "respond-async");
        assert_eq!(first.json, again.json);
    }
    let waited = admin.post("/regression/train", &wish());
    let _ = waited.problem(422, "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(ids(admin.get("/jobs").expect(200)).len(), 2);
}

#[test]
fn all_accounts_are_trained_and_those_with_too_few_data_told() {
    let app = app();
    let admin = app.login("admin_bcp");
    let reply = admin.post("/regression/train-all", &json!({"models": ["linear_regression"]}));
    let job = taken_on(&reply);
    assert_eq!(reply.header("preference-applied"), "");
    assert_eq!((&reply.json["kind"], &reply.json["cuenta"]), (&json!("train_all"), &Value::Null));
    let same = admin.post("/regression/train-all", &json!({}));
    assert_eq!(taken_on(&same), job);

    app.run_jobs();
    let done = admin.get(&job);
    assert_eq!(done.expect(200)["state"], "succeeded", "{}", done.text());
    assert_eq!(done.json["parts"], json!({"queued": 0, "running": 0, "succeeded": 2, "failed": 1, "cancelled": 0}));
    assert_eq!(done.json["progress"], json!({"done": 3, "total": 3}));
    let id = done.json["id"].as_str().unwrap();
    let parts = admin.get(&format!("/jobs?parent={id}"));
    let parts = parts.expect(200)["jobs"].as_array().unwrap();
    let mut told: Vec<_> = parts
        .iter()
        .map(|part| {
            assert_eq!((&part["parent"], &part["asked_by"]), (&json!(id), &json!("admin_bcp")));
            (part["cuenta"].as_str().unwrap(), part["state"].as_str().unwrap(), part["error"]["error_code"].as_str())
        })
        .collect();
    told.sort_unstable();
    let expected = [
        (ACCOUNT, "succeeded", None),
        ("YapeOficial", "succeeded", None),
        ("nueva", "failed", Some("INSUFFICIENT_DATA")),
    ];
    assert_eq!(told, expected);
    let failed = admin.get(&format!("/jobs?parent={id}&state=failed"));
    assert_eq!(ids(failed.expect(200)).len(), 1);
    assert_eq!(ids(admin.get("/jobs").expect(200)), [id], "parts are listed with their job alone");
    assert_eq!(admin.get("/regression/users").expect(200), &json!([ACCOUNT, "YapeOficial"]));
    assert_eq!(app.login("admin_bbva").get("/regression/users").expect(200), &json!([]));
}

#[test]
fn all_accounts_may_be_asked_for_without_a_body_but_not_with_a_broken_one() {
    let app = app();
    let admin = app.login("admin_bcp");
    let ask = |content_type: &str, body: &str| admin.send(Method::POST, "/regression/train-all", content_type, body);
    let _ = ask("application/json", "{").problem(400, "UNREADABLE_BODY");
    let _ = ask("text/plain", "todo").problem(415, "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(ask("application/json", "[]").broken_rules(), ["body: wrong_type"]);
    assert_eq!(ask("application/json", r#"{"models":["magic"]}"#).broken_rules(), ["models[0]: unknown_value"]);
    let negative = ask("application/json", r#"{"metric_weights":{"mase":-1}}"#);
    assert_eq!(negative.broken_rules(), ["metric_weights: negative_weight"]);
    for who in ["ursula", "vera"] {
        let refused = app.login(who).send(Method::POST, "/regression/train-all", "application/json", "{");
        let _ = refused.problem(403, "ROLE_FORBIDDEN");
    }
    assert_eq!(ids(admin.get("/jobs").expect(200)), [""; 0]);
    let job = taken_on(&admin.ask(Method::POST, "/regression/train-all"));
    assert_eq!(taken_on(&ask("application/json", "")), job);
}

#[test]
fn a_cancelled_job_trains_nothing_and_one_that_has_ended_stays() {
    let app = app();
    let admin = app.login("admin_bcp");
    let job = train(&admin);
    let cancelled = cancel(&admin, &job);
    assert_eq!(cancelled.expect(200)["state"], "cancelled");
    assert!(cancelled.json["finished_at"].is_string());
    app.run_jobs();
    assert_eq!(admin.get(&format!("/regression/history/{ACCOUNT}")).expect(200)["total"], 0);
    assert_eq!(*admin.get(&job).expect(200), cancelled.json);

    let job = train(&admin);
    app.run_jobs();
    let ended = admin.get(&job);
    assert_eq!(cancel(&admin, &job).expect(200), ended.expect(200));
    assert_eq!(ended.json["state"], "succeeded");
}

#[test]
fn a_job_of_all_accounts_is_cancelled_with_its_parts() {
    let app = app();
    let admin = app.login("admin_bcp");
    let job = taken_on(&admin.ask(Method::POST, "/regression/train-all"));
    assert!(app.core.job_runner.run_next(Lane::Housekeeping, &AtomicBool::new(false)).unwrap());
    assert_eq!(admin.get(&job).expect(200)["parts"]["queued"], 3);
    let cancelled = cancel(&admin, &job);
    assert_eq!(cancelled.expect(200)["state"], "cancelled", "{}", cancelled.text());
    assert_eq!(cancelled.json["parts"]["cancelled"], 3);
    app.run_jobs();
    assert_eq!(admin.get("/regression/users").expect(200), &json!([]));
}

#[test]
fn the_job_of_another_bank_is_as_one_that_is_not_there() {
    let app = app();
    let id = train(&app.login("admin_bcp")).replace("/jobs/", "");
    let stranger = app.login("admin_bbva");
    for unknown in [id.as_str(), "0198c0de-0000-7000-8000-000000000000", "7", "no-id", "%00"] {
        for reply in [
            stranger.get(&format!("/jobs/{unknown}")),
            stranger.get(&format!("/jobs/{unknown}/events")),
            stranger.ask(Method::POST, &format!("/jobs/{unknown}/cancel")),
            stranger.get(&format!("/jobs?parent={unknown}")),
            stranger.get(&format!("/jobs?parent={unknown}&limit=0")),
        ] {
            let body = reply.problem(404, "JOB_NOT_FOUND");
            assert_eq!(
                body["detail"],
                "Su empresa no tiene un trabajo con ese identificador. Consulte la lista de trabajos."
            );
        }
    }
    assert_eq!(ids(stranger.get("/jobs").expect(200)), [""; 0]);
    let _ = app.login("admin_bcp").get(&format!("/jobs/{id}")).expect(200);
}

#[test]
fn jobs_are_listed_newest_first_in_pages_by_state() {
    let app = app();
    let admin = app.login("admin_bcp");
    let jobs: Vec<String> = (0..3).map(|_| train(&admin).replace("/jobs/", "")).collect();
    let _ = cancel(&admin, &format!("/jobs/{}", jobs[1])).expect(200);
    let list = admin.get("/jobs");
    assert_eq!(ids(list.expect(200)), [&jobs[2], &jobs[1], &jobs[0]].map(String::as_str));
    let unchanged = admin.clone().with("if-none-match", list.header("etag")).get("/jobs");
    assert_eq!(unchanged.status, 304);
    let first = admin.get("/jobs?limit=2");
    assert_eq!(first.expect(200)["next_cursor"], jobs[1].as_str());
    let second = admin.get(&format!("/jobs?limit=2&cursor={}", jobs[1]));
    assert_eq!((ids(second.expect(200)), &second.json["next_cursor"]), (vec![jobs[0].clone()], &Value::Null));
    assert_eq!(ids(admin.get("/jobs?state=cancelled").expect(200)), [jobs[1].as_str()]);
    assert_eq!(ids(admin.get("/jobs?state=queued").expect(200)), [jobs[2].as_str(), jobs[0].as_str()]);
    assert_eq!(
        admin.get("/jobs?state=tired&limit=0&cursor=x").broken_rules(),
        ["state: unknown_value", "limit: too_small", "cursor: not_a_cursor"]
    );
    let _ = admin.get("/jobs?limit=1&limit=2").problem(400, "UNREADABLE_QUERY");
}

#[test]
fn following_and_cancelling_use_up_no_training() {
    let app = app_with(&[("QUOTA_COMPANY", "train:1/day")]);
    let admin = app.login("admin_bcp");
    let job = train(&admin);
    for _ in 0..3 {
        let _ = admin.get(&job).expect(200);
        let _ = admin.get("/jobs").expect(200);
    }
    let _ = asynchronously(&admin).post("/regression/train", &wish()).problem(429, "RATE_LIMITED");
    let _ = cancel(&admin, &job).expect(200);
    assert_eq!(admin.follow(&format!("{job}/events")).map(|event| event.name).collect::<Vec<_>>(), ["end"]);
}

#[test]
fn who_follows_a_job_of_all_accounts_hears_every_part_end_in_order() {
    let app = app();
    let admin = app.login("admin_bcp");
    let job = taken_on(&admin.post("/regression/train-all", &json!({"models": ["linear_regression"]})));
    let mut events = admin.follow(&format!("{job}/events"));
    let mut done = vec![events.next().unwrap().data["progress"]["done"].as_u64().unwrap()];
    std::thread::scope(|threads| {
        threads.spawn(|| app.run_jobs());
        let mut last = String::new();
        for event in events {
            done.push(event.data["progress"]["done"].as_u64().unwrap());
            last = event.name;
        }
        assert_eq!(last, "end");
    });
    assert!(done.is_sorted(), "{done:?}");
    assert_eq!((done.first(), done.last()), (Some(&0), Some(&3)));
}

#[test]
fn a_server_that_is_told_to_end_does_not_wait_for_whoever_follows_a_job() {
    let app = app();
    let job = train(&app.login("admin_bcp"));
    let database = app.stop();
    // No later than a job ever waits: one that is dated further ahead counts as due.
    let later = (SystemClock.now() + TimeDelta::minutes(30)).format("%Y-%m-%d %H:%M:%S");
    database.execute(&format!("UPDATE jobs SET due_at = '{later}'"));
    let mut server = Program::serve(&database, &[]);
    let mut events = durability::admin(&server).follow(&format!("{job}/events"));
    assert_eq!(events.next().unwrap().data["state"], "queued");
    let told = Instant::now();
    server.terminate();
    assert_eq!(events.next(), None);
    assert!(server.wait().success());
    // Whoever follows would be waited for as long as a request in flight: 30 seconds.
    assert!(told.elapsed() < Duration::from_secs(28), "it took {:?}", told.elapsed());
}
