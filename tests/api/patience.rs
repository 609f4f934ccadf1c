//! Training runs whose client does not wait for the end.

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use actix_web::rt::System;
use atalaya_application::AppError;
use atalaya_application::accounts::OwnedAccount;
use atalaya_application::error::Part;
use atalaya_application::forecasts::{Training, TrainingOutcome};
use atalaya_application::ports::forecaster::TrainingObserver;
use atalaya_application::ports::repositories::TrainingRun;
use atalaya_application::receipt::Receipt;
use atalaya_application::train_command::TrainCommand;
use atalaya_domain::id::ModelVersion;
use atalaya_domain::mandate::{DeleteModels, TrainModels};
use atalaya_infrastructure::settings::TlsFiles;
use atalaya_server::serve;
use atalaya_tests::app::settings;
use atalaya_tests::fixtures::daily_history;
use atalaya_tests::{Client, TestApp, bank};
use chrono::TimeDelta;
use rcgen::generate_simple_self_signed;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use serde_json::json;

const ACCOUNT: &str = "BCPComunica";
/// Longer than anything here takes, however busy the machine is.
const GENEROUS: Duration = Duration::from_mins(2);

/// Trains only once it is told to, unless the run is cancelled before.
struct Slow {
    inner: Arc<dyn Training>,
    state: Arc<State>,
}

/// What the run does, and what the test tells it.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) begun: AtomicBool,
    cancelled: AtomicBool,
    pub(crate) go: AtomicBool,
}

impl Training for Slow {
    fn train(
        &self,
        owned: &OwnedAccount<TrainModels>,
        command: &TrainCommand,
        observer: &dyn TrainingObserver,
        receipt: &dyn Receipt<TrainingOutcome>,
    ) -> Result<TrainingOutcome, AppError> {
        self.state.begun.store(true, Ordering::SeqCst);
        while !self.state.go.load(Ordering::SeqCst) {
            if observer.cancelled() {
                self.state.cancelled.store(true, Ordering::SeqCst);
                return Err(AppError::unavailable(Part::Training));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.inner.train(owned, command, observer, receipt)
    }

    fn activate(&self, owned: &OwnedAccount<TrainModels>, version: ModelVersion) -> Result<TrainingRun, AppError> {
        self.inner.activate(owned, version)
    }

    fn stop(&self) {
        self.inner.stop();
    }

    fn delete(&self, owned: &OwnedAccount<DeleteModels>) -> Result<Vec<ModelVersion>, AppError> {
        self.inner.delete(owned)
    }
}

pub(crate) fn app() -> (TestApp, Arc<State>) {
    let state = Arc::new(State::default());
    let slow = Arc::clone(&state);
    let app = TestApp::adjusted(move |services| {
        let use_cases = Arc::make_mut(&mut services.use_cases);
        use_cases.training = Arc::new(Slow { inner: Arc::clone(&use_cases.training), state: slow });
    });
    (app.with(bank("BCP").account_with(ACCOUNT, daily_history(60, 5_000))), state)
}

pub(crate) fn wait_for(flag: &AtomicBool) {
    let begun = Instant::now();
    while !flag.load(Ordering::SeqCst) {
        assert!(begun.elapsed() < GENEROUS, "it never happened");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn command() -> serde_json::Value {
    json!({"username": ACCOUNT, "models": ["ridge"]})
}

/// Asks for a training run, with these headers besides, and closes the connection once the run has begun.
fn ask_and_leave(app: &TestApp, admin: &Client, headers: &str, state: &State) {
    let mut stream = TcpStream::connect(app.address()).unwrap();
    ask(&mut stream, admin, headers);
    wait_for(&state.begun);
}

fn ask(stream: &mut impl Write, admin: &Client, headers: &str) {
    let body = command().to_string();
    write!(
        stream,
        "POST /regression/train HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        admin.token(),
        body.len()
    )
    .unwrap();
}

/// The same app on a further port, over TLS, until the process ends. Gives its certificate.
fn over_tls(app: &TestApp, state: &Arc<State>) -> (SocketAddr, CertificateDer<'static>) {
    let certified = generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let file = |name: &str, text: &str| -> PathBuf {
        let path = app.database.folder().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let tls = TlsFiles {
        certificate: file("certificate.pem", &certified.cert.pem()),
        key: file("key.pem", &certified.signing_key.serialize_pem()),
        client_ca: None,
    };
    let mut services = app.core.services(&settings(&app.database, &[])).unwrap();
    let use_cases = Arc::make_mut(&mut services.use_cases);
    use_cases.training = Arc::new(Slow { inner: Arc::clone(&use_cases.training), state: Arc::clone(state) });
    let listener = serve::bind(([127, 0, 0, 1], 0).into()).unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, started) = mpsc::channel();
    std::thread::spawn(move || {
        System::new().block_on(async move {
            let server = serve::api(&services, vec![listener], Some(&tls)).unwrap();
            sender.send(()).unwrap();
            server.await
        })
    });
    started.recv().unwrap();
    (address, certified.cert.der().clone())
}

fn runs(admin: &Client) -> i64 {
    admin.get(&format!("/regression/history/{ACCOUNT}")).expect(200)["total"].as_i64().unwrap()
}

#[test]
fn a_run_whose_client_left_is_cancelled_and_leaves_nothing() {
    let (app, state) = app();
    let admin = app.login("admin_bcp");
    ask_and_leave(&app, &admin, "", &state);
    wait_for(&state.cancelled);
    assert_eq!(runs(&admin), 0);
    assert_eq!(admin.get("/audit?action=model_trained").expect(200)["entries"], json!([]));
}

#[test]
fn over_tls_too_a_run_whose_client_left_is_cancelled() {
    let (app, state) = app();
    let admin = app.login("admin_bcp");
    let (address, certificate) = over_tls(&app, &state);
    let mut roots = RootCertStore::empty();
    roots.add(certificate).unwrap();
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost").unwrap()).unwrap();
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address).unwrap());
    ask(&mut stream, &admin, "");
    stream.flush().unwrap();
    wait_for(&state.begun);
    assert!(!state.cancelled.load(Ordering::SeqCst));
    drop(stream);
    wait_for(&state.cancelled);
    assert_eq!(runs(&admin), 0);
}

#[test]
fn a_run_that_may_be_asked_for_again_goes_on_and_its_answer_is_kept() {
    let (app, state) = app();
    let admin = app.login("admin_bcp");
    ask_and_leave(&app, &admin, "Idempotency-Key: otra-vez\r\n", &state);
    std::thread::sleep(Duration::from_millis(500));
    assert!(!state.cancelled.load(Ordering::SeqCst));
    let again = admin.with("idempotency-key", "otra-vez");
    let running = again.post("/regression/train", &command());
    let _ = running.problem(409, "IDEMPOTENCY_KEY_RUNNING");
    assert_eq!(running.header("retry-after"), "2");
    state.go.store(true, Ordering::SeqCst);
    let begun = Instant::now();
    let kept = loop {
        let reply = again.post("/regression/train", &command());
        if reply.status != 409 {
            break reply;
        }
        assert!(begun.elapsed() < GENEROUS, "{}", reply.text());
        std::thread::sleep(Duration::from_millis(20));
    };
    assert_eq!((kept.expect(200)["model_version"].as_i64(), kept.header("idempotency-replayed")), (Some(1), "true"));
    assert_eq!(runs(&again), 1);
}

/// Who does the requests that are under way.
fn attempts(app: &TestApp) -> Vec<String> {
    app.database.texts("SELECT attempt FROM idempotency_keys")
}

#[test]
fn a_long_run_keeps_its_key() {
    let (app, state) = app();
    let admin = app.login("admin_bcp");
    ask_and_leave(&app, &admin, "Idempotency-Key: larga\r\n", &state);
    let again = admin.with("idempotency-key", "larga");
    for _ in 0..3 {
        app.clock.advance(TimeDelta::seconds(14));
        let _ = again.post("/regression/train", &command()).problem(409, "IDEMPOTENCY_KEY_RUNNING");
        app.core.renewals().run_all();
    }
    state.go.store(true, Ordering::SeqCst);
}

#[test]
fn a_run_that_another_attempt_took_over_has_no_effect() {
    let (app, state) = app();
    let admin = app.login("admin_bcp").with("idempotency-key", "k");
    let train = || admin.post("/regression/train", &command());
    let mut statuses = std::thread::scope(|scope| {
        let slow = scope.spawn(train);
        wait_for(&state.begun);
        let first = attempts(&app);
        app.clock.advance(TimeDelta::seconds(15));
        let other = scope.spawn(train);
        let begun = Instant::now();
        while attempts(&app) == first && begun.elapsed() < GENEROUS {
            std::thread::sleep(Duration::from_millis(5));
        }
        let taken_over = attempts(&app) != first;
        state.go.store(true, Ordering::SeqCst);
        assert!(taken_over, "nobody takes it over");
        let (slow, other) = (slow.join().unwrap(), other.join().unwrap());
        assert_eq!(slow.problem(409, "IDEMPOTENCY_KEY_RUNNING")["status"], 409);
        [slow.status, other.status]
    });
    statuses.sort_unstable();
    assert_eq!((statuses, runs(&admin)), ([200, 409], 1));
    assert_eq!(train().header("idempotency-replayed"), "true");
}

#[test]
fn a_run_whose_client_waits_is_finished() {
    let (app, state) = app();
    let admin = app.login("admin_bcp");
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| admin.post("/regression/train", &command()));
        wait_for(&state.begun);
        std::thread::sleep(Duration::from_millis(300));
        state.go.store(true, Ordering::SeqCst);
        assert_eq!(waiting.join().unwrap().expect(200)["model_version"], 1);
    });
    assert!(!state.cancelled.load(Ordering::SeqCst));
}

#[test]
fn a_server_that_ends_trains_no_more() {
    let (app, state) = app();
    let admin = app.login("admin_bcp");
    state.go.store(true, Ordering::SeqCst);
    app.core.use_cases.training.stop();
    let _ = admin.post("/regression/train", &command()).problem(503, "TRAINING_OVERLOADED");
    assert_eq!(runs(&admin), 0);
}
