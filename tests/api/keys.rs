//! Signing keys over their whole life: rotation, revocation, another algorithm, another wrapping key.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use atalaya_domain::access::Operator;
use atalaya_domain::signing_key::{KeyId, Urgency};
use atalaya_server::compose::Core;
use atalaya_tests::app::{TestApp, settings, variables};
use atalaya_tests::{Client, PASSWORD, TestDatabase, bank};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::command_line::{run, succeed};
use crate::durability::admin;
use crate::program::Program;

const JWKS: &str = "/.well-known/jwks.json";

fn app_with(settings: &[(&str, &str)]) -> TestApp {
    TestApp::configured(settings).with(bank("BCP").viewer("vera", &[]))
}

fn part(token: &str, index: usize) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap()
}

fn kid(client: &Client) -> String {
    let header: Value = serde_json::from_slice(&part(client.token(), 0)).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

/// The published keys' ids, the one that signs first.
fn published(app: &TestApp) -> Vec<String> {
    let keys = app.anonymous().get(JWKS);
    let keys = keys.expect(200)["keys"].as_array().unwrap();
    keys.iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

fn rotate(app: &TestApp) {
    app.core.use_cases.keys.rotate(&Operator::at_the_machine(), Urgency::WhenKnown).unwrap();
}

/// What one client of the load saw.
#[derive(Default)]
struct Witness {
    refused: Vec<String>,
    /// The keys of tokens that nobody had seen before the next rotation: nobody remembered them, and the key verified.
    verified_late: BTreeSet<String>,
}

/// Two processes on one database, and a load on them that logs in, refreshes, and presents what it was given.
struct Load<'a> {
    app: &'a TestApp,
    other: &'a Core,
    rotations: AtomicUsize,
    rounds: AtomicUsize,
    done: AtomicBool,
}

impl Load<'_> {
    /// Presents each token for the first time to both processes: of two that a round gives, one at once, and one after
    /// the next rotation.
    fn run(&self) -> Witness {
        let (mut witness, mut held) = (Witness::default(), Vec::new());
        while !self.done.load(Ordering::SeqCst) {
            let rotations = self.rotations.load(Ordering::SeqCst);
            let body = json!({"username": "vera", "password": PASSWORD, "refresh": "body"});
            let login = self.app.anonymous().post("/auth/login", &body);
            let refresh = json!({"refresh_token": login.json["refresh_token"]});
            let again = self.app.anonymous().post("/auth/refresh", &refresh);
            let mut tokens = [&login, &again].map(|grant| grant.json["access_token"].as_str().map(str::to_owned));
            // Now the one that a login gave is kept back, now the one of a refresh.
            tokens.rotate_left(held.len() % 2);
            let [Some(shown), Some(kept)] = tokens else {
                witness.refused.push(format!("{} {}", login.text(), again.text()));
                continue;
            };
            self.present(&shown, &mut witness);
            held.push((rotations, kept));
            for (_, late) in held.extract_if(.., |(before, _)| *before < self.rotations.load(Ordering::SeqCst)) {
                self.present(&late, &mut witness);
                witness.verified_late.insert(kid(&self.app.anonymous().bearing(&late)));
            }
            self.rounds.fetch_add(1, Ordering::SeqCst);
        }
        witness
    }

    fn present(&self, token: &str, witness: &mut Witness) {
        let reply = self.app.anonymous().bearing(token).get("/auth/me");
        if reply.status != 200 {
            witness.refused.push(reply.text());
        }
        if let Err(error) = self.other.use_cases.sessions.authenticate(token) {
            witness.refused.push(format!("by the other process: {error}"));
        }
    }

    /// Waits until every client got tokens and presented what it had kept.
    fn let_pass(&self, rounds: usize) {
        let until = self.rounds.load(Ordering::SeqCst) + rounds;
        eventually("the load goes on", || self.rounds.load(Ordering::SeqCst) >= until);
    }
}

#[test]
fn rotations_under_load_refuse_no_token() {
    let app = app_with(&[("JWT_ACCESS_TOKEN_EXPIRE_MINUTES", "120"), ("RATE_LIMIT_PER_MINUTE", "1000000")]);
    let settings = settings(&app.database, &[("JWT_ACCESS_TOKEN_EXPIRE_MINUTES", "120")]);
    let other = Core::open(&settings, Arc::clone(&app.clock) as _).unwrap();
    // Also opens the signing keys.
    let _ = other.services(&settings).unwrap();
    let _watches = [app.core.watch().unwrap(), other.watch().unwrap()];
    let load = Load {
        app: &app,
        other: &other,
        rotations: AtomicUsize::new(0),
        rounds: AtomicUsize::new(0),
        done: AtomicBool::new(false),
    };
    let mut signed = vec![kid(&app.login("vera"))];
    let witnesses = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..3).map(|_| scope.spawn(|| load.run())).collect();
        for _ in 0..4 {
            load.let_pass(12);
            // What a verifier has cached since long before the rotation.
            let known = published(&app);
            eventually("the other process knows the keys", || {
                let heard: Vec<_> =
                    other.use_cases.sessions.public_keys().into_iter().map(|key| key.id.to_string()).collect();
                known.iter().all(|id| heard.contains(id))
            });
            app.clock.advance(TimeDelta::minutes(11));
            rotate(&app);
            load.rotations.fetch_add(1, Ordering::SeqCst);
            let fresh = kid(&app.login("vera"));
            assert!(known.contains(&fresh), "a key signs that verifiers do not know");
            signed.push(fresh);
        }
        load.let_pass(12);
        load.done.store(true, Ordering::SeqCst);
        clients.into_iter().map(|client| client.join().unwrap()).collect::<Vec<_>>()
    });
    let refused: Vec<_> = witnesses.iter().flat_map(|witness| &witness.refused).collect();
    assert!(refused.is_empty(), "{} were refused: {:?}", refused.len(), refused.first());
    assert_eq!(signed.iter().collect::<BTreeSet<_>>().len(), 5, "every rotation gives another key");
    let late: BTreeSet<_> = witnesses.iter().flat_map(|witness| &witness.verified_late).collect();
    assert!(signed[..4].iter().all(|key| late.contains(key)), "no token of a retiring key was verified");
}

#[test]
fn the_schedule_rotates_and_removes_by_itself() {
    let app = app_with(&[("KEY_ROTATION_DAYS", "7")]);
    let [first, second] = published(&app).try_into().unwrap();
    let maintain = |days: TimeDelta| {
        app.clock.advance(days);
        app.run_jobs();
        published(&app)
    };
    assert_eq!(maintain(TimeDelta::days(6)), [first.as_str(), &second]);
    let rotated = maintain(TimeDelta::days(1));
    assert_eq!((&rotated[0], rotated.len()), (&second, 3));
    assert!(rotated.contains(&first), "a key is removed while its tokens live");
    assert_eq!(kid(&app.login("vera")), second);
    let later = maintain(TimeDelta::hours(1));
    assert_eq!((&later[0], later.len()), (&second, 2));
    assert!(!later.contains(&first));
}

#[test]
fn tokens_of_a_revoked_key_are_refused_at_once() {
    let app = app_with(&[]);
    let vera = app.login("vera");
    let _ = vera.get("/auth/me").expect(200);
    let compromised = KeyId::parse(&kid(&vera)).unwrap();
    app.core.use_cases.keys.revoke(&Operator::at_the_machine(), &compromised).unwrap();
    let _ = vera.get("/auth/me").problem(401, "TOKEN_INVALID");
    assert!(!published(&app).contains(&kid(&vera)));
    let again = app.login("vera");
    assert_ne!(kid(&again), kid(&vera));
    let _ = again.get("/auth/me").expect(200);
    let _ = vera.get("/auth/me").problem(401, "TOKEN_INVALID");
}

#[test]
fn the_key_set_is_cached_for_five_minutes_and_asked_for_by_its_tag() {
    let app = app_with(&[]);
    let first = app.anonymous().get(JWKS);
    assert_eq!(
        (first.header("cache-control"), first.expect(200)["keys"].as_array().unwrap().len()),
        ("public, max-age=300", 2)
    );
    let conditional = app.anonymous().with("if-none-match", first.header("etag"));
    let unchanged = conditional.get(JWKS);
    assert_eq!((unchanged.status, unchanged.header("cache-control")), (304, "public, max-age=300"));
    app.clock.advance(TimeDelta::minutes(10));
    rotate(&app);
    assert_eq!(conditional.get(JWKS).expect(200)["keys"].as_array().unwrap().len(), 3);
}

/// An ES256 token against the published key, by another library than the one that signed.
fn verify_es256(app: &TestApp, client: &Client) {
    let keys = app.anonymous().get(JWKS);
    let keys = keys.expect(200)["keys"].as_array().unwrap();
    let key = keys.iter().find(|key| key["kid"] == json!(kid(client))).unwrap();
    assert_eq!((&key["kty"], &key["crv"], &key["alg"]), (&json!("EC"), &json!("P-256"), &json!("ES256")));
    assert!(key.get("d").is_none(), "the private key is published");
    let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let (signed, _) = client.token().rsplit_once('.').unwrap();
    let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    public.verify(signed.as_bytes(), &part(client.token(), 2)).unwrap();
    assert!(public.verify(b"something else", &part(client.token(), 2)).is_err());
}

#[test]
fn es256_signs_from_the_first_start_where_it_is_configured() {
    let app = app_with(&[("JWT_ALGORITHM", "ES256")]);
    let vera = app.login("vera");
    let _ = vera.get("/auth/me").expect(200);
    verify_es256(&app, &vera);
    let token = vera.token();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let half = &signature[..signature.len() / 2];
    for forged in [format!("{signed}."), format!("{signed}.{half}"), format!("{signed}.{}", "A".repeat(86))] {
        let _ = app.anonymous().bearing(&forged).get("/auth/me").problem(401, "TOKEN_INVALID");
    }
}

#[test]
fn another_algorithm_takes_over_when_verifiers_know_its_key_and_refuses_no_token() {
    let app = app_with(&[]);
    let before = app.login("vera").token().to_owned();
    let app = TestApp::try_start(app.stop(), &[("JWT_ALGORITHM", "ES256")]).unwrap();
    let before = app.anonymous().bearing(&before);
    let first = app.login("vera");
    assert_eq!(kid(&first), kid(&before), "a key signs that nobody knows");
    assert_eq!(published(&app).len(), 3);
    app.clock.advance(TimeDelta::minutes(10));
    app.run_jobs();
    let after = app.login("vera");
    verify_es256(&app, &after);
    for client in [&before, &first, &after] {
        let _ = client.get("/auth/me").expect(200);
    }
}

#[test]
fn a_shared_secret_and_a_key_set_believe_nothing_of_one_another() {
    let shared = [("JWT_ALGORITHM", "HS256"), ("JWT_SECRET_KEY", "known to this test alone, and longer than 32 bytes")];
    let me = |app: &TestApp, token: &str| app.anonymous().bearing(token).get("/auth/me");
    let app = app_with(&[]);
    let by_key = app.login("vera").token().to_owned();
    let keys = published(&app);
    assert_eq!(keys.len(), 2);

    let app = TestApp::try_start(app.stop(), &shared).unwrap();
    let _ = me(&app, &by_key).problem(401, "TOKEN_INVALID");
    let by_secret = app.login("vera").token().to_owned();
    let header: Value = serde_json::from_slice(&part(&by_secret, 0)).unwrap();
    assert_eq!((&header["alg"], &header["kid"]), (&json!("HS256"), &json!("shared")));
    let _ = me(&app, &by_secret).expect(200);
    assert_eq!(published(&app), Vec::<String>::new(), "a shared secret has nothing to publish");

    let app = TestApp::try_start(app.stop(), &[]).unwrap();
    let _ = me(&app, &by_secret).problem(401, "TOKEN_INVALID");
    assert_eq!(published(&app), keys);
    // The key set is as it was, so what it signed is good until it ends.
    let _ = me(&app, &by_key).expect(200);
    let _ = app.login("vera").get("/auth/me").expect(200);
}

/// Waits until a server has heard of what another process did.
#[track_caller]
fn eventually(what: &str, holds: impl Fn() -> bool) {
    let patience = Instant::now();
    while !holds() {
        assert!(patience.elapsed() < Duration::from_mins(2), "{what}: never");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_running_server_hears_of_keys_that_the_command_line_rotates_and_revokes() {
    let database = TestApp::start().with(bank("BCP")).stop();
    // Its keys are of the suite's clock; the programs below go by the machine's.
    let _ = succeed(&database, &["keys", "rotate", "--at-once"], "");
    let server = Program::serve(&database, &[]);
    let first = admin(&server);
    let _ = first.get("/auth/me").expect(200);
    let early = run_with(&database, &["keys", "rotate"], &[]);
    assert!(early.contains("--at-once"), "{early}");

    let _ = succeed(&database, &["keys", "rotate", "--at-once"], "");
    eventually("the new key signs", || kid(&admin(&server)) != kid(&first));
    let second = admin(&server);
    let _ = first.get("/auth/me").expect(200);
    let _ = second.get("/auth/me").expect(200);
    let listed = succeed(&database, &["keys", "list"], "");
    let row = |client: &Client| listed.lines().find(|line| line.starts_with(&kid(client))).unwrap().to_owned();
    assert!(row(&first).contains("retiring") && row(&second).contains("active"), "{listed}");

    let _ = succeed(&database, &["keys", "revoke", &kid(&second)], "");
    eventually("the revoked key's token is refused", || second.get("/auth/me").status == 401);
    let _ = second.get("/auth/me").problem(401, "TOKEN_INVALID");
    let _ = first.get("/auth/me").expect(200);
    let third = admin(&server);
    let _ = third.get("/auth/me").expect(200);
    assert_ne!(kid(&third), kid(&second));
}

/// What the program says when it fails, on one line.
fn run_with(database: &TestDatabase, arguments: &[&str], settings: &[(&str, &str)]) -> String {
    let settings = variables(database, settings);
    let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let output = run(database, arguments, &settings, "");
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && errors.trim_end().lines().count() == 1, "{arguments:?}: {errors}");
    errors
}

#[test]
fn mistakes_with_keys_end_in_one_clear_line() {
    let database = app_with(&[]).stop();
    assert!(run_with(&database, &["keys", "revoke", "nobody"], &[]).contains("no signing key nobody"));
    assert!(run_with(&database, &["keys", "revoke", "../1"], &[]).contains("key's id"));
    let shared = [("JWT_ALGORITHM", "HS256")];
    for arguments in [["keys", "list"].as_slice(), &["keys", "rotate"], &["keys", "revoke", "shared"]] {
        assert!(run_with(&database, arguments, &shared).contains("shared secret"));
    }
    let help = succeed(&database, &["keys", "rotate", "--help"], "");
    assert!(help.contains("--at-once"), "{help}");
}

const DEVELOPMENT: &str = "ZGV2ZWxvcG1lbnQtb25seS1ub3QtYS1zZWNyZXQtISE=";
const NEXT: &str = "q0c9Nn5rXv2mJ4eY8wZ1aB7tK6sD3fG0hL9pQ5uV2xI=";

#[test]
fn after_encrypting_anew_the_old_wrapping_key_may_go() {
    let app = app_with(&[]);
    let token = app.login("vera").token().to_owned();
    let database = app.stop();
    let (both, next) = (format!("2:{NEXT},1:{DEVELOPMENT}"), format!("2:{NEXT}"));
    let rewrap = || {
        let settings = variables(&database, &[("KEY_ENCRYPTION_KEY", &both)]);
        let settings: Vec<_> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let output = run(&database, &["keys", "rewrap"], &settings, "");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let lacking = run_with(&database, &["keys", "rewrap"], &[("KEY_ENCRYPTION_KEY", &next)]);
    assert!(lacking.contains("KEY_ENCRYPTION_KEY: has no key of the id \"1\""), "{lacking}");
    assert!(rewrap().contains("signing keys 2,"));
    assert!(rewrap().contains("signing keys 0, secrets 0;"), "it is done twice");
    let app = TestApp::try_start(database, &[("KEY_ENCRYPTION_KEY", &next)]).unwrap();
    let _ = app.anonymous().bearing(&token).get("/auth/me").expect(200);
    let refused = TestApp::try_start(app.stop(), &[]).err().unwrap().to_string();
    assert!(refused.contains("KEY_ENCRYPTION_KEY"), "{refused}");
}
