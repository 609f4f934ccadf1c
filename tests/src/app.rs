//! The real composition, served on a free port with a clock that the test sets.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use atalaya_application::ports::jobs::Lane;
use atalaya_application::ports::runtime::{Clock, Finding, Health, Probe};
use atalaya_infrastructure::clock::{Machine, ProcessClock, TimeAnswer};
use atalaya_infrastructure::settings::Settings;
use atalaya_server::compose::{Core, StartError};
use atalaya_server::serve::{self, Api};
use atalaya_web::{Operation, Services, Telemetry};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;

use crate::client::{Client, Reply, http};
use crate::database::TestDatabase;
use crate::fixtures::{Bank, PASSWORD};

/// When every test begins, unless it says otherwise: the noon after the real histories end.
pub const NOW: &str = "2026-08-23T17:00:00Z";

/// A clock that stands still until it is told to go on.
pub struct TestClock(AtomicI64);

impl Default for TestClock {
    fn default() -> Self {
        let now: DateTime<Utc> = NOW.parse().expect("a time");
        Self(AtomicI64::new(now.timestamp_micros()))
    }
}

impl TestClock {
    /// Lets time pass.
    pub fn advance(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_microseconds().expect("a span within a life"), Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0.load(Ordering::SeqCst)).expect("a time")
    }
}

/// A machine whose clock and steady counter a test moves together.
struct TestMachine(Arc<TestClock>);

impl Machine for TestMachine {
    fn wall(&self) -> DateTime<Utc> {
        self.0.now()
    }

    fn ticks(&self) -> TimeDelta {
        self.0.now() - DateTime::UNIX_EPOCH
    }
}

/// The app as a bank's dashboard sees it, and the door behind it for what a test needs to find there.
pub struct TestApp {
    server: Option<RunningServer>,
    /// The use cases behind the server.
    pub core: Core,
    /// The time of the app.
    pub clock: Arc<TestClock>,
    /// What Prometheus reads.
    pub telemetry: Arc<Telemetry>,
    /// Where the data is.
    pub database: TestDatabase,
    http: reqwest::blocking::Client,
}

impl TestApp {
    /// An empty app with development's settings, no limit that a test meets by accident, and cheap hashes.
    #[must_use]
    pub fn start() -> Self {
        Self::configured(&[])
    }

    /// [`Self::start`] with other settings.
    #[must_use]
    pub fn configured(changes: &[(&str, &str)]) -> Self {
        Self::try_start(TestDatabase::default(), changes).expect("the app starts")
    }

    /// [`Self::configured`] on a database that may hold something already.
    ///
    /// # Errors
    /// As the program itself says on a refused start.
    pub fn try_start(database: TestDatabase, changes: &[(&str, &str)]) -> Result<Self, StartError> {
        Self::compose(database, changes, |_| {})
    }

    /// [`Self::start`] with some of its use cases replaced.
    #[must_use]
    pub fn adjusted(adjust: impl FnOnce(&mut Services)) -> Self {
        Self::compose(TestDatabase::default(), &[], adjust).expect("the app starts")
    }

    /// A replica on a machine whose clock is `ahead` by so much, which goes by `server`, the clock of the database's
    /// server. [`Self::clock`] is the machine's.
    #[must_use]
    pub fn replica(changes: &[(&str, &str)], server: &Arc<TestClock>, ahead: TimeDelta) -> (Self, Arc<ProcessClock>) {
        let machine = Arc::new(TestClock::default());
        machine.advance(server.now() - machine.now() + ahead);
        let clock = Arc::new(ProcessClock::of(TestMachine(Arc::clone(&machine))));
        let server = Arc::clone(server);
        let said = move |ticks: &dyn Fn() -> TimeDelta| {
            Ok(Some(TimeAnswer { asked: ticks(), said: server.now(), answered: ticks() }))
        };
        clock.follow(Box::new(said)).expect("the other clock answers");
        let told: Arc<dyn Clock> = clock.clone();
        let app = Self::compose_by(TestDatabase::default(), changes, (machine, told), |_| {});
        (app.expect("the app starts"), clock)
    }

    fn compose(
        database: TestDatabase,
        changes: &[(&str, &str)],
        adjust: impl FnOnce(&mut Services),
    ) -> Result<Self, StartError> {
        let clock = Arc::new(TestClock::default());
        let told: Arc<dyn Clock> = clock.clone();
        Self::compose_by(database, changes, (clock, told), adjust)
    }

    /// On a machine's clock, and on the clock that the use cases go by.
    fn compose_by(
        database: TestDatabase,
        changes: &[(&str, &str)],
        (clock, told): (Arc<TestClock>, Arc<dyn Clock>),
        adjust: impl FnOnce(&mut Services),
    ) -> Result<Self, StartError> {
        let database = database.with_schema();
        let settings = settings(&database, changes);
        let core = Core::open(&settings, told)?;
        let mut services = core.services(&settings)?;
        services.operation = Arc::new(with_room(&services.operation));
        adjust(&mut services);
        let telemetry = Arc::clone(&services.http.edge.telemetry);
        let listener = serve::bind(settings.listen.address).expect("a free port");
        let address = listener.local_addr().expect("an address");
        let server =
            RunningServer::start(address, move || serve::api(&services, vec![listener], None).expect("a server"));
        Ok(Self { server: Some(server), core, clock, telemetry, database, http: http() })
    }

    /// Stops the server and keeps its database.
    #[must_use]
    pub fn stop(self) -> TestDatabase {
        let Self { server, database, .. } = self;
        drop(server);
        database
    }

    /// The app with a bank in it.
    #[must_use]
    pub fn with(self, bank: Bank) -> Self {
        bank.store(&self.core);
        self
    }

    /// The app with an operator of the platform, who belongs to no bank.
    #[must_use]
    pub fn with_superadmin(self, username: &str) -> Self {
        crate::fixtures::store_superadmin(&self.core, username);
        self
    }

    /// Does every job that is due, and those that come of them. No job runs in an app that a test does not tell to.
    ///
    /// # Panics
    /// When the database is away.
    pub fn run_jobs(&self) {
        let runner = &self.core.job_runner;
        runner.establish().expect("the recurring jobs are stored");
        let go_on = AtomicBool::new(false);
        let next = |lane| runner.run_next(lane, &go_on).expect("the queue answers");
        while next(Lane::Housekeeping) || next(Lane::Training) {}
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.as_ref().expect("the server runs").address
    }

    /// Somebody who is not logged in.
    #[must_use]
    pub fn anonymous(&self) -> Client {
        Client::new(self.http.clone(), format!("http://{}", self.address()))
    }

    /// Tries to log in.
    #[must_use]
    pub fn try_login(&self, username: &str, password: &str) -> Reply {
        let body = json!({"username": username, "password": password, "refresh": "none"});
        self.anonymous().post("/auth/login", &body)
    }

    /// Somebody who is logged in with the password of every user of the suite.
    #[must_use]
    #[track_caller]
    pub fn login(&self, username: &str) -> Client {
        let reply = self.try_login(username, PASSWORD);
        let token = reply.expect(200).get("access_token").and_then(|token| token.as_str()).expect("a token");
        self.anonymous().bearing(token)
    }
}

/// The checks of health on a disk with room, whatever this machine's has.
fn with_room(operation: &Operation) -> Operation {
    let probe = |probe: &Arc<dyn Probe>| -> Arc<dyn Probe> {
        if probe.name() == "disk_space" { Arc::new(RoomyDisk) } else { Arc::clone(probe) }
    };
    let Operation { probes, clock, started } = operation;
    Operation { probes: probes.iter().map(probe).collect(), clock: Arc::clone(clock), started: *started }
}

struct RoomyDisk;

impl Probe for RoomyDisk {
    fn name(&self) -> &'static str {
        "disk_space"
    }

    fn check(&self) -> Finding {
        Health::Healthy.into()
    }
}

/// The settings of a test: those of development where neither the suite nor the test says otherwise.
#[must_use]
pub fn settings(database: &TestDatabase, changes: &[(&str, &str)]) -> Settings {
    let variables = variables(database, changes);
    Settings::load(variables.into_iter().map(|(name, value)| (OsString::from(name), OsString::from(value))))
        .expect("settings without a mistake")
}

/// [`settings`] as environment variables.
#[must_use]
pub fn variables(database: &TestDatabase, changes: &[(&str, &str)]) -> BTreeMap<String, String> {
    let url = database.url();
    let ours = [
        ("ENVIRONMENT", "development"),
        ("DATABASE_URL", url.as_str()),
        ("BIND_ADDRESS", "127.0.0.1:0"),
        ("METRICS_ADDRESS", "127.0.0.1:0"),
        ("BCRYPT_ROUNDS", "4"),
        ("SHUTDOWN_GRACE_SECONDS", "0"),
        ("RATE_LIMIT_PER_MINUTE", "100000"),
        ("QUOTA_USER", "none"),
        ("LOGIN_RATE_LIMIT_PER_MINUTE", "100000"),
        ("ALLOWED_ORIGINS", "https://panel.example"),
    ];
    ours.iter().chain(changes).map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// A server in a thread of its own, which ends when this is dropped.
struct RunningServer {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl RunningServer {
    fn start(address: SocketAddr, server: impl FnOnce() -> Api + Send + 'static) -> Self {
        let (sender, started) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            System::new().block_on(async move {
                let server = server();
                sender.send(server.handle()).expect("somebody waits for the handle");
                server.await.expect("the server stops in peace");
            });
        });
        let handle = started.recv().expect("the server starts");
        Self { address, handle, thread: Some(thread) }
    }
}

impl Drop for RunningServer {
    fn drop(&mut self) {
        // The command is sent at once; its future would only wait for what joining the thread waits for.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
