//! Doing jobs: once each, whoever dies over them, and told as done by who asked.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::accounts::OwnedAccount;
use atalaya_application::error::Part;
use atalaya_application::forecasts::{Training, TrainingOutcome};
use atalaya_application::jobs::{JobRunner, JobService, TrainAllHandler, TrainHandler};
use atalaya_application::page::PageRequest;
use atalaya_application::ports::forecaster::TrainingObserver;
use atalaya_application::ports::jobs::{Claim, ClaimedJob, Ending, Hold, JobFilter, JobQueue, Lane, Lease, NewJob};
use atalaya_application::ports::repositories::TrainingRun;
use atalaya_application::ports::runtime::Identifiers;
use atalaya_application::receipt::{Receipt, Unkept};
use atalaya_application::train_command::TrainCommand;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::caller::{Caller, Origin};
use atalaya_domain::forecast::ModelId;
use atalaya_domain::id::{AttemptId, EntityId, FieldId, JobId, ModelVersion, RecordId, SessionId, ViewId};
use atalaya_domain::job::{Job, JobFailure, JobKind, JobState, Parts, Progress};
use atalaya_domain::mandate::{DeleteModels, Mandate, TrainModels};
use atalaya_infrastructure::runtime::UuidIdentifiers;
use atalaya_server::workers::Workers;
use atalaya_tests::fixtures::{daily_history, upload};
use atalaya_tests::{TestApp, TestDatabase, bank};
use chrono::{DateTime, TimeDelta, Utc};

use crate::durability;
use crate::program::Program;

const ACCOUNT: &str = "BCPComunica";

fn app() -> TestApp {
    TestApp::start().with(bank("BCP").account_with(ACCOUNT, daily_history(60, 5_000)))
}

fn linear() -> TrainCommand {
    TrainCommand { models: vec![ModelId::Linear], ..TrainCommand::default() }
}

/// The administrator of the bank, in a request.
fn admin(app: &TestApp) -> Caller {
    let token = app.login("admin_bcp").token().to_owned();
    let actor = app.core.use_cases.sessions.authenticate(&token).unwrap();
    Caller::new(actor, Origin { address: "203.0.113.9".parse().ok(), request_id: Some("asked".to_owned()) })
}

fn administration(app: &TestApp) -> Mandate<TrainModels> {
    admin(app).mandate().unwrap()
}

fn owned(app: &TestApp) -> OwnedAccount<TrainModels> {
    app.core.use_cases.accounts.open(&administration(app), ACCOUNT).unwrap()
}

fn ask(app: &TestApp) -> JobId {
    app.core.use_cases.jobs.train(&owned(app), &linear(), &Unkept).unwrap().id
}

fn job(app: &TestApp, id: JobId) -> Job {
    app.core.use_cases.jobs.find(&administration(app), id).unwrap()
}

/// Another process on the same database, which trains by `training` and names parts of jobs by `identifiers`.
fn process_naming(
    app: &TestApp,
    training: impl Training + 'static,
    identifiers: impl Identifiers + 'static,
) -> JobRunner {
    let JobRunner { queue, clock, retry, most_of_a_company, .. } = app.core.job_runner.as_ref();
    let identifiers: Arc<dyn Identifiers> = Arc::new(identifiers);
    let accounts = Arc::clone(&app.core.use_cases.accounts);
    let train = TrainHandler { accounts, training: Arc::new(training), clock: Arc::clone(clock) };
    let train_all = TrainAllHandler {
        store: app.core.database.store(),
        clock: Arc::clone(clock),
        identifiers: Arc::clone(&identifiers),
        notifier: Arc::clone(&app.core.job_notifier),
    };
    JobRunner {
        queue: Arc::clone(queue),
        clock: Arc::clone(clock),
        identifiers,
        retry: *retry,
        most_of_a_company: *most_of_a_company,
        handlers: vec![Arc::new(train), Arc::new(train_all)],
    }
}

fn process(app: &TestApp, training: impl Training + 'static) -> JobRunner {
    process_naming(app, training, UuidIdentifiers)
}

fn train_next(runner: &JobRunner) -> bool {
    runner.run_next(Lane::Training, &AtomicBool::new(false)).unwrap()
}

/// Something that happens before a training run, with what hears of its progress.
type Before = Box<dyn Fn(&dyn TrainingObserver) -> Result<(), AppError> + Send + Sync>;

/// Training before which something happens.
struct Disturbed {
    inner: Arc<dyn Training>,
    before: Before,
}

fn disturbed(
    app: &TestApp,
    before: impl Fn(&dyn TrainingObserver) -> Result<(), AppError> + Send + Sync + 'static,
) -> Disturbed {
    Disturbed { inner: Arc::clone(&app.core.use_cases.training), before: Box::new(before) }
}

impl Training for Disturbed {
    fn train(
        &self,
        owned: &OwnedAccount<TrainModels>,
        command: &TrainCommand,
        observer: &dyn TrainingObserver,
        receipt: &dyn Receipt<TrainingOutcome>,
    ) -> Result<TrainingOutcome, AppError> {
        (self.before)(observer)?;
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

#[test]
fn a_job_trains_the_account_and_is_told_as_done_by_who_asked() {
    let app = app();
    let id = ask(&app);
    assert_eq!(job(&app, id).state, JobState::Queued);
    app.run_jobs();
    let job = job(&app, id);
    assert_eq!((job.state, job.version, job.attempts), (JobState::Succeeded, Some(ModelVersion::FIRST), 1));
    assert_eq!((job.asked_by.as_str(), job.kind), ("admin_bcp", JobKind::Train));
    assert_eq!(app.database.texts("SELECT trained_by FROM model_versions"), ["admin_bcp"]);
    let told = app.database.texts(
        "SELECT actor || ' ' || target || ' ' || address || ' ' || request_id FROM audit_log WHERE action = 'model_trained'",
    );
    assert_eq!(told, ["admin_bcp BCPComunica 203.0.113.9 asked"]);
}

#[test]
fn a_job_that_another_process_took_over_leaves_nothing_of_the_first() {
    let app = app();
    let id = ask(&app);
    let (second, clock) = (Arc::clone(&app.core.job_runner), Arc::clone(&app.clock));
    let first = process(
        &app,
        disturbed(&app, move |_| {
            // The first one is silent for as long as its lease lasts, as if it were dead.
            clock.advance(TimeDelta::seconds(31));
            assert!(train_next(&second));
            Ok(())
        }),
    );
    assert!(train_next(&first));
    assert_eq!(app.database.rows("model_versions"), 1);
    let job = job(&app, id);
    assert_eq!((job.state, job.version, job.attempts), (JobState::Succeeded, Some(ModelVersion::FIRST), 2));
    assert!(!train_next(&app.core.job_runner));
}

#[test]
fn what_is_called_off_while_it_is_trained_is_not_stored() {
    let app = app();
    let id = ask(&app);
    let (jobs, by) = (Arc::clone(&app.core.use_cases.jobs), administration(&app));
    let runner = process(
        &app,
        disturbed(&app, move |_| {
            assert_eq!(jobs.cancel(&by, id).unwrap().state, JobState::Cancelled);
            Ok(())
        }),
    );
    assert!(train_next(&runner));
    assert_eq!((job(&app, id).state, app.database.rows("model_versions")), (JobState::Cancelled, 0));
}

#[test]
fn too_little_history_ends_a_job_without_a_second_try() {
    let app = TestApp::start().with(bank("BCP").account_with(ACCOUNT, daily_history(3, 5_000)));
    let id = ask(&app);
    app.run_jobs();
    let job = job(&app, id);
    assert!(matches!(job.failure, Some(JobFailure::InsufficientData { found: 3, .. })), "{job:?}");
    assert_eq!((job.state, job.attempts), (JobState::Failed, 1));
}

#[test]
fn a_job_that_panics_is_tried_again_and_given_up_and_kills_no_worker() {
    let app = app();
    let id = ask(&app);
    let runner = process(&app, disturbed(&app, |_| panic!("on purpose")));
    for _ in 0..4 {
        assert!(train_next(&runner));
        assert_eq!(job(&app, id).state, JobState::Queued);
        assert!(!train_next(&runner), "it is tried again without a pause");
        app.clock.advance(TimeDelta::minutes(5));
    }
    assert!(train_next(&runner));
    let job = job(&app, id);
    assert_eq!((job.state, job.failure, job.attempts), (JobState::Failed, Some(JobFailure::Internal), 5));
}

#[test]
fn a_full_lane_is_nobodys_failure() {
    let app = app();
    let id = ask(&app);
    let busy = process(&app, disturbed(&app, |_| Err(AppError::unavailable(Part::Training))));
    for _ in 0..10 {
        assert!(!train_next(&busy), "the worker waits before it takes another one");
        app.clock.advance(TimeDelta::seconds(5));
    }
    assert_eq!((job(&app, id).state, job(&app, id).attempts), (JobState::Queued, 0));
    app.run_jobs();
    assert_eq!(job(&app, id).state, JobState::Succeeded);
}

#[test]
fn a_table_that_an_import_keeps_locked_is_nobodys_failure() {
    let app = app();
    let id = ask(&app);
    let waiting = process(&app, disturbed(&app, |_| Err(AppError::unavailable(Part::Lock))));
    for _ in 0..10 {
        assert!(train_next(&waiting), "other jobs may need other tables");
        app.clock.advance(TimeDelta::minutes(1));
    }
    assert_eq!((job(&app, id).state, job(&app, id).attempts), (JobState::Queued, 0));
    app.run_jobs();
    assert_eq!(job(&app, id).state, JobState::Succeeded);
}

#[test]
fn a_process_that_stops_gives_its_job_back_at_once() {
    let app = app();
    let id = ask(&app);
    let begun = Arc::new(AtomicBool::new(false));
    let signal = Arc::clone(&begun);
    let stopping = process(
        &app,
        disturbed(&app, move |observer| {
            signal.store(true, Ordering::SeqCst);
            while !observer.cancelled() {
                std::thread::yield_now();
            }
            Err(AppError::unavailable(Part::Training))
        }),
    );
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let worker = scope.spawn(|| stopping.run_next(Lane::Training, &stop).unwrap());
        while !begun.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        stop.store(true, Ordering::SeqCst);
        assert!(worker.join().unwrap());
    });
    assert_eq!((job(&app, id).state, job(&app, id).attempts), (JobState::Queued, 0));
    assert!(train_next(&app.core.job_runner));
    assert_eq!(job(&app, id).state, JobState::Succeeded);
}

#[test]
fn every_account_of_the_company_is_trained_and_of_no_other() {
    let bcp = bank("BCP")
        .account_with("one", daily_history(60, 5_000))
        .account_with("two", daily_history(60, 7_000))
        .account_with("young", daily_history(2, 10));
    let app = TestApp::start().with(bcp).with(bank("BBVA").account_with("theirs", daily_history(60, 9_000)));
    let by = administration(&app);
    let jobs = &app.core.use_cases.jobs;
    let whole = jobs.train_all(&by, &linear(), &Unkept).unwrap();
    assert_eq!(jobs.train_all(&by, &linear(), &Unkept).unwrap().id, whole.id, "it goes on already");
    app.run_jobs();
    let ended = job(&app, whole.id);
    assert_eq!(ended.state, JobState::Succeeded);
    assert_eq!(ended.parts, Some(Parts { succeeded: 2, failed: 1, ..Parts::default() }));
    assert_eq!(app.database.rows("model_versions"), 2);
    let filter = JobFilter { parent: Some(whole.id), state: Some(JobState::Failed) };
    let failed = jobs.page(&by, &filter, &PageRequest::new(None, 10)).unwrap().items;
    assert!(matches!(failed[0].failure, Some(JobFailure::InsufficientData { .. })));
    assert_eq!(failed[0].account.as_ref().map(AccountHandle::as_str), Some("young"));
    assert_ne!(jobs.train_all(&by, &linear(), &Unkept).unwrap().id, whole.id);
}

#[test]
fn a_company_without_accounts_has_nothing_to_train() {
    let app = TestApp::start().with(bank("BCP"));
    let whole = app.core.use_cases.jobs.train_all(&administration(&app), &linear(), &Unkept).unwrap();
    app.run_jobs();
    let ended = job(&app, whole.id);
    assert_eq!((ended.state, ended.parts), (JobState::Succeeded, Some(Parts::default())));
}

/// Identifiers that run out once.
struct RunningOut(AtomicUsize);

impl Identifiers for RunningOut {
    fn session(&self) -> SessionId {
        UuidIdentifiers.session()
    }

    fn attempt(&self) -> AttemptId {
        UuidIdentifiers.attempt()
    }

    fn job(&self) -> JobId {
        assert_ne!(self.0.fetch_add(1, Ordering::SeqCst), 700, "on purpose");
        UuidIdentifiers.job()
    }

    fn entity(&self) -> EntityId {
        UuidIdentifiers.entity()
    }

    fn field(&self) -> FieldId {
        UuidIdentifiers.field()
    }

    fn record(&self) -> RecordId {
        UuidIdentifiers.record()
    }

    fn view(&self) -> ViewId {
        UuidIdentifiers.view()
    }
}

#[test]
fn whoever_dies_while_making_parts_leaves_no_account_out_and_none_twice() {
    let app = TestApp::start().with(bank("BCP"));
    app.database.execute(
        "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 1200)
         INSERT INTO accounts (company_id, handle, name, registered_at)
         SELECT companies.id, 'account' || n, 'Account', '2026-01-01 00:00:00' FROM companies, number",
    );
    let whole = app.core.use_cases.jobs.train_all(&administration(&app), &linear(), &Unkept).unwrap();
    let dying = process_naming(&app, disturbed(&app, |_| Ok(())), RunningOut(AtomicUsize::new(0)));
    let house = |runner: &JobRunner| runner.run_next(Lane::Housekeeping, &AtomicBool::new(false)).unwrap();
    assert!(house(&dying));
    let parts = "SELECT account FROM jobs WHERE parent_id IS NOT NULL ORDER BY account";
    assert_eq!(app.database.texts(parts).len(), 500);
    app.clock.advance(TimeDelta::minutes(1));
    assert!(house(&dying));
    assert_eq!(app.database.texts(parts), app.database.texts("SELECT handle FROM accounts ORDER BY handle"));
    let job = job(&app, whole.id);
    assert_eq!((job.state, job.parts.unwrap().queued), (JobState::Running, 1200));
}

#[test]
fn a_job_that_this_program_cannot_read_is_given_up_at_once_and_keeps_no_other() {
    let app = app();
    let spoilt = ["'{}'", r#"'{"models":["crystal_ball"],"weights":[["mase","1"]]}'"#, "NULL"];
    let unreadable: Vec<JobId> = spoilt.iter().map(|_| ask(&app)).collect();
    let nameless = ask(&app);
    for (id, command) in unreadable.iter().zip(spoilt) {
        app.database.execute(&format!("UPDATE jobs SET command = {command} WHERE id = '{}'", id.get()));
    }
    app.database.execute(&format!("UPDATE jobs SET account = NULL WHERE id = '{}'", nameless.get()));
    let sound = ask(&app);
    for id in unreadable.into_iter().chain([nameless]) {
        assert!(train_next(&app.core.job_runner));
        let job = job(&app, id);
        assert_eq!((job.state, job.failure, job.attempts), (JobState::Failed, Some(JobFailure::Internal), 1));
    }
    assert!(train_next(&app.core.job_runner));
    assert_eq!(job(&app, sound).state, JobState::Succeeded);
}

#[test]
fn every_kind_of_job_has_one_handler() {
    let app = TestApp::start();
    let mut kinds: Vec<&str> = app.core.job_runner.handlers.iter().map(|handler| handler.kind().as_str()).collect();
    kinds.sort_unstable();
    let mut all: Vec<&str> = JobKind::ALL.iter().map(|kind| kind.as_str()).collect();
    all.sort_unstable();
    assert_eq!(kinds, all);
}

#[test]
fn a_company_may_have_a_hundred_jobs_unfinished() {
    let app = app();
    let owned = owned(&app);
    for _ in 0..JobService::MOST_UNFINISHED {
        app.core.use_cases.jobs.train(&owned, &linear(), &Unkept).unwrap();
    }
    let refused = app.core.use_cases.jobs.train(&owned, &linear(), &Unkept);
    assert!(matches!(refused, Err(AppError::Unavailable { part: Part::Jobs, .. })), "{refused:?}");
    assert!(train_next(&app.core.job_runner));
    app.core.use_cases.jobs.train(&owned, &linear(), &Unkept).unwrap();
}

#[test]
fn models_that_have_aged_are_trained_anew_where_there_is_something_new() {
    let history = daily_history(60, 5_000);
    let (known, new) = history.split_at(58);
    let app = TestApp::configured(&[("RETRAIN_AFTER_DAYS", "7")])
        .with(bank("BCP").trained_account("fresh", known.to_vec()).trained_account("idle", known.to_vec()));
    let _ = app.login("admin_bcp").post("/accounts/fresh/observations", &upload(new)).expect(200);
    let trained = |app: &TestApp| app.database.texts("SELECT trained_by FROM model_versions ORDER BY trained_at");
    app.run_jobs();
    assert_eq!(trained(&app), ["operator", "operator"], "the models are young");
    app.clock.advance(TimeDelta::days(8));
    app.run_jobs();
    assert_eq!(trained(&app), ["operator", "operator", "system"]);
    app.clock.advance(TimeDelta::days(8));
    app.run_jobs();
    assert_eq!(trained(&app).len(), 3, "nothing was observed since");
}

/// Waits until the jobs of the database are as they should be.
fn wait_until(database: &TestDatabase, states: &[&str]) {
    let begun = Instant::now();
    let query = "SELECT state FROM jobs WHERE company_id IS NOT NULL AND kind = 'train' ORDER BY state";
    while database.texts(query) != states {
        assert!(begun.elapsed() < Duration::from_mins(4), "the jobs are {:?}", database.texts(query));
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn workers_do_what_comes_and_end_when_they_are_told_to() {
    let app = app();
    let workers = app.core.workers().begin().unwrap();
    let id = ask(&app);
    wait_until(&app.database, &["succeeded"]);
    drop(workers);
    assert_eq!(job(&app, id).attempts, 1);
    let late = ask(&app);
    assert_eq!(job(&app, late).state, JobState::Queued);
    assert_eq!(app.database.texts("SELECT state FROM jobs WHERE company_id IS NULL"), ["queued"; 4]);
}

/// A queue that panics when it is first asked for a training.
struct Panicking {
    inner: Arc<dyn JobQueue>,
    panicked: AtomicBool,
}

impl JobQueue for Panicking {
    fn establish(&self, job: &NewJob) -> Result<(), AppError> {
        self.inner.establish(job)
    }

    fn claim(&self, claim: &Claim) -> Result<Option<ClaimedJob>, AppError> {
        let first = claim.lane == Lane::Training && !self.panicked.swap(true, Ordering::Relaxed);
        assert!(!first, "the queue panics");
        self.inner.claim(claim)
    }

    fn renew(&self, lease: &Lease, progress: Progress, until: DateTime<Utc>) -> Result<Hold, AppError> {
        self.inner.renew(lease, progress, until)
    }

    fn end(&self, lease: &Lease, ending: &Ending, at: DateTime<Utc>) -> Result<(), AppError> {
        self.inner.end(lease, ending, at)
    }

    fn put_back(&self, lease: &Lease, again_at: DateTime<Utc>, forgiven: bool) -> Result<(), AppError> {
        self.inner.put_back(lease, again_at, forgiven)
    }
}

#[test]
fn a_worker_outlives_a_panic_of_the_queue() {
    let app = app();
    let id = ask(&app);
    let runner = process(&app, disturbed(&app, |_| Ok(())));
    let queue = Arc::new(Panicking { inner: Arc::clone(&runner.queue), panicked: AtomicBool::new(false) });
    let runner = Arc::new(JobRunner { queue: queue.clone(), ..runner });
    let workers = Workers::new(runner, Arc::clone(&app.core.job_notifier), 1).begin().unwrap();
    wait_until(&app.database, &["succeeded"]);
    drop(workers);
    assert!(queue.panicked.load(Ordering::Relaxed));
    assert_eq!(job(&app, id).attempts, 1);
}

#[test]
fn pruning_stops_with_its_process_and_is_done_by_the_next() {
    let app = app();
    let id = ask(&app);
    app.run_jobs();
    app.clock.advance(TimeDelta::days(31));
    let stored = format!("SELECT state FROM jobs WHERE id = '{}'", id.get());
    for _ in 0..3 {
        assert!(app.core.job_runner.run_next(Lane::Housekeeping, &AtomicBool::new(true)).unwrap());
    }
    assert_eq!(app.database.texts(&stored), ["succeeded"]);
    app.run_jobs();
    assert!(app.database.texts(&stored).is_empty());
}

#[test]
fn of_two_processes_with_workers_each_job_is_done_by_one() {
    let database = {
        let mut bcp = bank("BCP");
        for number in 0..6 {
            bcp = bcp.account_with(&format!("account{number}"), daily_history(60, 5_000));
        }
        let app = TestApp::start().with(bcp);
        app.core.use_cases.jobs.train_all(&administration(&app), &linear(), &Unkept).unwrap();
        app.stop()
    };
    let servers = [Program::serve(&database, &[]), Program::serve(&database, &[])];
    wait_until(&database, &["succeeded"; 6]);
    drop(servers);
    assert_eq!(database.rows("model_versions"), 6);
}

#[test]
fn the_job_of_a_server_that_is_killed_or_stopped_is_done_by_the_next_one_once() {
    let app = TestApp::start().with(bank("BCP").account_with(ACCOUNT, daily_history(400, 5_000)));
    // Every model: there is time to die in.
    app.core.use_cases.jobs.train(&owned(&app), &TrainCommand::default(), &Unkept).unwrap();
    let database = app.stop();
    let taken = "SELECT id FROM jobs WHERE kind = 'train' AND leased_until IS NOT NULL";
    let mut server = Program::serve(&database, &[]);
    let begun = Instant::now();
    let done = "SELECT id FROM jobs WHERE kind = 'train' AND finished_at IS NOT NULL";
    while database.texts(taken).is_empty() && database.texts(done).is_empty() {
        assert!(begun.elapsed() < Duration::from_mins(4), "nobody takes the job");
        std::thread::yield_now();
    }
    server.kill();
    drop(server);
    // Nobody is left who holds it, so nobody has to wait for the end of the lease.
    database.execute("UPDATE jobs SET leased_until = '2026-01-01 00:00:00' WHERE leased_until IS NOT NULL");
    let mut next = Program::serve(&database, &[]);
    // It hears signals when it answers.
    let _ = durability::admin(&next);
    next.terminate();
    assert!(next.wait().success(), "{}", next.printed());
    assert_eq!(database.texts(taken), Vec::<String>::new(), "a server that was stopped holds a job");
    let _last = Program::serve(&database, &[]);
    wait_until(&database, &["succeeded"]);
    assert_eq!(database.rows("model_versions"), 1);
}
