//! Repeated requests with several servers on one database, and with servers that die.

use std::collections::HashSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use atalaya_domain::access::{Operator, Permission};
use atalaya_domain::id::CompanyId;
use atalaya_tests::fixtures::{daily_history, upload};
use atalaya_tests::{Client, PASSWORD, Reply, TestApp, TestDatabase, bank};
use serde_json::{Value, json};

use crate::durability::admin;
use crate::program::Program;

/// How long a request is repeated: longer than a dead server holds it.
const PATIENCE: Duration = Duration::from_mins(2);

fn stored_bank() -> TestDatabase {
    TestApp::start().with(bank("BCP").account_with("BCPComunica", daily_history(60, 396_000))).stop()
}

fn register(username: &str, company: &Value) -> (&'static str, Value) {
    ("/auth/register", json!({"username": username, "password": "Otra-Clave-2026", "empresa_id": company}))
}

fn train(model: &str) -> (&'static str, Value) {
    ("/regression/train", json!({"username": "BCPComunica", "models": [model]}))
}

fn company(admin: &Client) -> Value {
    admin.get("/auth/me").expect(200)["empresa_id"].clone()
}

/// How many users there are whose names begin so.
fn registered(admin: &Client, prefix: &str) -> usize {
    let users = admin.get("/auth/users?limit=1000").expect(200)["users"].clone();
    let names = users.as_array().unwrap().iter().map(|user| user["username"].as_str().unwrap());
    names.filter(|name| name.starts_with(prefix)).count()
}

fn trained(admin: &Client) -> usize {
    admin.get("/regression/history/BCPComunica?limit=1000").expect(200)["total"].as_u64().unwrap().try_into().unwrap()
}

/// Repeats a request until it is answered, as a client does that was told to come back.
fn until_answered(client: &Client, (path, body): &(&str, Value)) -> Reply {
    let begun = Instant::now();
    loop {
        let reply = client.post(path, body);
        let again = reply.status == 503 || reply.json["error_code"] == "IDEMPOTENCY_KEY_RUNNING";
        if !again {
            return reply;
        }
        assert!(begun.elapsed() < PATIENCE, "{}", reply.text());
        assert_ne!(reply.header("retry-after"), "", "{}", reply.text());
        sleep(Duration::from_millis(50));
    }
}

#[test]
fn an_answer_is_given_again_after_a_restart() {
    let app = TestApp::start().with(bank("BCP"));
    let asking = |app: &TestApp| app.login("admin_bcp").with("idempotency-key", "k");
    let (path, body) = register("nueva", &company(&asking(&app)));
    let first = asking(&app).post(path, &body);
    assert_eq!((first.expect(201)["username"].as_str(), first.header("idempotency-replayed")), (Some("nueva"), ""));
    let app = TestApp::try_start(app.stop(), &[]).unwrap();
    let again = asking(&app).post(path, &body);
    assert_eq!((again.status, again.header("idempotency-replayed")), (201, "true"));
    assert_eq!((&again.bytes, again.header("content-type")), (&first.bytes, first.header("content-type")));
    assert_eq!(registered(&asking(&app), "nueva"), 1);
}

/// What a bank's database holds after the same acts with the same secrets: every run of bytes as long as a short hash.
fn hashes_after_the_same_acts() -> HashSet<String> {
    let app = TestApp::start().with(bank("BCP"));
    let admin = app.login("admin_bcp");
    let (path, body) = register("nueva", &company(&admin));
    let _ = admin.clone().with("idempotency-key", "k").post(path, &body).expect(201);
    let _ = app.try_login("nueva", "Una-Falsa-2026").problem(401, "BAD_CREDENTIALS");
    let change = json!({"current_password": PASSWORD, "new_password": "Una-Nueva-2026"});
    let _ = admin.post("/auth/change-password", &change).expect(204);
    let dump = app.database.dump();
    // SHA-256 of the key `k`.
    assert!(!dump.contains("8254C329A92850F6D539DD376F4816EE2764517DA5E0235514AF433164480D7A"));
    let words = dump.split(|c: char| !c.is_ascii_hexdigit());
    words.filter(|word| word.len() >= 32).map(ToOwned::to_owned).collect()
}

#[test]
fn nothing_that_is_stored_of_a_secret_can_be_made_without_the_keys_of_the_installation() {
    let (here, there) = (hashes_after_the_same_acts(), hashes_after_the_same_acts());
    assert!(here.len() > 10, "{here:?}");
    let same: Vec<_> = here.intersection(&there).collect();
    assert!(same.is_empty(), "another installation has the same: {same:?}");
}

#[test]
fn of_twenty_repeats_at_two_servers_one_has_an_effect() {
    let database = stored_bank();
    let servers = [Program::serve(&database, &[]), Program::serve(&database, &[])];
    let admins = servers.each_ref().map(|server| admin(server).with("idempotency-key", "k"));
    for request in [register("nueva", &company(&admins[0])), train("linear_regression")] {
        let request = &request;
        let replies: Vec<Reply> = std::thread::scope(|scope| {
            let asking = admins.iter().cycle().take(20);
            let asking: Vec<_> = asking.map(|admin| scope.spawn(move || until_answered(admin, request))).collect();
            asking.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(replies.iter().all(|reply| reply.status < 300 && reply.bytes == replies[0].bytes), "{replies:?}");
        let repeated = replies.iter().filter(|reply| reply.header("idempotency-replayed") == "true").count();
        assert_eq!(repeated, 19);
    }
    assert_eq!((registered(&admins[1], "nueva"), trained(&admins[0])), (1, 1));
}

#[test]
fn kill_9_leaves_every_repeated_request_one_effect() {
    let database = stored_bank();
    let quota = [("QUOTA_COMPANY", "train:10000/hour")];
    let (mut dying, other) = (Program::serve(&database, &quota), Program::serve(&database, &quota));
    let (here, there) = (admin(&dying), admin(&other));
    let company = company(&there);
    // Asks the one server until it is gone, and then the other for what was in doubt. Says how many requests there
    // were.
    let ask = |worker: usize| {
        for number in 0_usize.. {
            let request = match worker {
                0 => train("linear_regression"),
                1 => train("random_forest"),
                _ => register(&format!("nueva-{worker}-{number}"), &company),
            };
            let key = format!("{worker}-{number}");
            let reply = loop {
                match here.clone().with("idempotency-key", &key).try_post(request.0, &request.1) {
                    // A busy machine hashes and trains for a few at a time.
                    Ok(reply) if reply.status == 503 => {}
                    sent => break sent,
                }
            };
            let gone = reply.is_err();
            let reply =
                reply.unwrap_or_else(|_| until_answered(&there.clone().with("idempotency-key", &key), &request));
            assert!(reply.status < 300, "{}", reply.text());
            if gone {
                return number + 1;
            }
        }
        unreachable!("the server never goes")
    };
    let asked: Vec<usize> = std::thread::scope(|scope| {
        let ask = &ask;
        let workers: Vec<_> = (0..5).map(|worker| scope.spawn(move || ask(worker))).collect();
        sleep(Duration::from_millis(1_500));
        dying.kill();
        workers.into_iter().map(|worker| worker.join().unwrap()).collect()
    });
    let (trainings, registrations) = asked.split_at(2);
    assert_eq!(trained(&there), trainings.iter().sum::<usize>());
    assert_eq!(registered(&there, "nueva-"), registrations.iter().sum::<usize>());
    database.assert_sound();
}

#[test]
fn a_request_that_failed_may_be_repeated_at_once() {
    let app = TestApp::start().with(bank("BCP").account("BCPComunica"));
    let admin = app.login("admin_bcp");
    let keyed = admin.clone().with("idempotency-key", "k");
    let (path, body) = train("linear_regression");
    let _ = keyed.post(path, &body).problem(422, "INSUFFICIENT_DATA");
    let history = upload(&daily_history(60, 5_000));
    let _ = admin.post("/accounts/BCPComunica/observations", &history).expect(200);
    let trained = keyed.post(path, &body);
    assert_eq!((trained.status, trained.header("idempotency-replayed")), (200, ""));
}

#[test]
fn a_superadmin_repeats_a_registration_in_whatever_company() {
    let app = TestApp::start().with(bank("BCP")).with_superadmin("root");
    let bcp = company(&app.login("admin_bcp"));
    let root = app.login("root").with("idempotency-key", "k");
    let (path, missing) = register("nueva", &json!(4_711));
    let _ = root.post(path, &missing).problem(404, "COMPANY_NOT_FOUND");
    let (path, body) = register("nueva", &bcp);
    let first = root.post(path, &body);
    let again = root.post(path, &body);
    assert_eq!((first.status, again.header("idempotency-replayed"), &again.bytes), (201, "true", &first.bytes));
}

#[test]
fn a_request_that_met_no_database_has_its_effect_later_and_once() {
    let app = TestApp::configured(&[("DATABASE_POOL_SIZE", "1")]).with(bank("BCP"));
    let admin = app.login("admin_bcp").with("idempotency-key", "k");
    let (path, body) = register("nueva", &company(&admin));
    let store = app.core.database.store();
    let bcp = CompanyId::new(body["empresa_id"].as_i64().unwrap());
    let scope = Operator::at_the_machine().scope(bcp, Permission::ManageUsers);
    // Holds the only connection: to everybody else, the database is away.
    let refused = store.query(&scope, |_| Ok(admin.post(path, &body))).unwrap();
    let _ = refused.problem(503, "DATABASE_UNAVAILABLE");
    assert_ne!(refused.header("retry-after"), "");
    let first = until_answered(&admin, &(path, body.clone()));
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    assert_eq!(admin.post(path, &body).header("idempotency-replayed"), "true");
}

#[test]
fn an_account_that_is_registered_again_by_its_key_is_registered_once() {
    let app = TestApp::start().with(bank("BCP")).with(bank("BBVA")).with_superadmin("root");
    let admin = app.login("admin_bcp").with("idempotency-key", "k");
    let body = json!({"cuenta": "nueva", "nombre": "Nueva"});
    let first = admin.post("/accounts", &body);
    let again = admin.post("/accounts", &body);
    assert_eq!((first.status, first.header("idempotency-replayed")), (201, ""));
    assert_eq!((again.status, again.header("idempotency-replayed"), &again.bytes), (201, "true", &first.bytes));
    assert_eq!(admin.get("/audit?action=account_created").expect(200)["entries"].as_array().unwrap().len(), 1);
    let _ = admin.with("idempotency-key", "other").post("/accounts", &body).problem(409, "ACCOUNT_EXISTS");

    let root = app.login("root").with("idempotency-key", "k");
    let [bcp, bbva] = ["admin_bcp", "admin_bbva"].map(|name| company(&app.login(name)));
    let other = json!({"cuenta": "otra", "nombre": "Otra"});
    let _ = root.post(&format!("/accounts?empresa_id={bcp}"), &other).expect(201);
    let elsewhere = root.post(&format!("/accounts?empresa_id={bbva}"), &other);
    let _ = elsewhere.problem(422, "IDEMPOTENCY_KEY_REUSED");
}
