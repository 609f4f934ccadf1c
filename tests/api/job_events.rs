//! Jobs as they are polled and followed, on jobs that a test moves on by hand.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::accounts::OwnedAccount;
use atalaya_application::error::{Part, Resource};
use atalaya_application::jobs::Jobs;
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::jobs::JobFilter;
use atalaya_application::receipt::Receipt;
use atalaya_application::train_command::TrainCommand;
use atalaya_domain::account::AccountHandle;
use atalaya_domain::id::{JobId, ModelVersion};
use atalaya_domain::job::{Job, JobFailure, JobKind, JobState, Parts, Progress};
use atalaya_domain::mandate::{Mandate, TrainModels};
use atalaya_tests::app::NOW;
use atalaya_tests::{Client, TestApp, bank};
use atalaya_web::EventStreams;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

const ID: &str = "0198c0de-0000-7000-8000-000000000001";
const JOB: &str = "/jobs/0198c0de-0000-7000-8000-000000000001";
pub(crate) const EVENTS: &str = "/jobs/0198c0de-0000-7000-8000-000000000001/events";
/// Within this a stream ends that has to, however busy the machine is. Nothing else ends one.
const SOON: Duration = Duration::from_mins(1);

/// One job, which is as the test says.
struct Staged {
    job: Mutex<Job>,
    away: AtomicBool,
    /// How often it was looked for while it was away.
    missed: AtomicUsize,
}

impl Staged {
    fn now(&self, change: impl FnOnce(&mut Job)) {
        change(&mut self.job.lock().unwrap());
    }

    fn job(&self) -> Job {
        self.job.lock().unwrap().clone()
    }
}

impl Jobs for Staged {
    fn train(&self, _: &OwnedAccount<TrainModels>, _: &TrainCommand, _: &dyn Receipt<Job>) -> Result<Job, AppError> {
        Ok(self.job())
    }

    fn train_all(&self, _: &Mandate<TrainModels>, _: &TrainCommand, _: &dyn Receipt<Job>) -> Result<Job, AppError> {
        Ok(self.job())
    }

    fn find(&self, _: &Mandate<TrainModels>, id: JobId) -> Result<Job, AppError> {
        if self.away.load(Ordering::SeqCst) {
            self.missed.fetch_add(1, Ordering::SeqCst);
            return Err(AppError::unavailable(Part::Database));
        }
        Some(self.job()).filter(|job| job.id == id).ok_or(AppError::NotFound(Resource::Job))
    }

    fn page(
        &self,
        _: &Mandate<TrainModels>,
        _: &JobFilter,
        _: &PageRequest<JobId>,
    ) -> Result<Page<Job, JobId>, AppError> {
        Ok(Page { items: vec![self.job()], next: None })
    }

    fn cancel(&self, by: &Mandate<TrainModels>, id: JobId) -> Result<Job, AppError> {
        self.find(by, id)
    }
}

/// An app whose one job the test moves on.
pub(crate) struct Stage {
    app: TestApp,
    jobs: Arc<Staged>,
    pub(crate) streams: Arc<EventStreams>,
}

impl Stage {
    pub(crate) fn new() -> Self {
        let job = Job {
            id: JobId::new(Uuid::parse_str(ID).unwrap()),
            company: None,
            parent: None,
            kind: JobKind::Train,
            account: Some(AccountHandle::parse("BCPComunica").unwrap()),
            asked_by: "admin_bcp".into(),
            created_at: NOW.parse().unwrap(),
            started_at: None,
            finished_at: None,
            state: JobState::Queued,
            attempts: 0,
            progress: Progress::default(),
            parts: None,
            version: None,
            failure: None,
        };
        let jobs = Arc::new(Staged { job: Mutex::new(job), away: AtomicBool::new(false), missed: AtomicUsize::new(0) });
        let streams = Arc::new(EventStreams::of_jobs());
        let (staged, places) = (Arc::clone(&jobs), Arc::clone(&streams));
        let app = TestApp::adjusted(move |services| {
            Arc::make_mut(&mut services.use_cases).jobs = staged;
            services.http.job_streams = places;
        });
        let bcp = bank("BCP").account("BCPComunica").admin("alba").user("ursula", &["BCPComunica"]);
        Self { app: app.with(bcp.viewer("vera", &["BCPComunica"])), jobs, streams }
    }

    pub(crate) fn admin(&self) -> Client {
        self.app.login("admin_bcp")
    }

    fn succeed(&self) {
        self.jobs.now(|job| {
            job.state = JobState::Succeeded;
            job.version = Some(ModelVersion::FIRST);
            job.finished_at = Some(NOW.parse().unwrap());
        });
    }

    /// Waits until so many streams are open.
    pub(crate) fn await_streams(&self, count: usize) {
        let begun = Instant::now();
        while self.streams.count() != count {
            assert!(begun.elapsed() < SOON, "{} streams are open, not {count}", self.streams.count());
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Follows the job, does `what`, and sees the stream end soon.
fn ends_soon_after(stage: &Stage, client: &Client, what: impl FnOnce()) {
    let mut events = client.follow(EVENTS);
    assert_eq!(events.next().unwrap().name, "progress");
    what();
    let done = Instant::now();
    assert_eq!(events.next(), None);
    assert!(done.elapsed() < SOON, "it took {:?}", done.elapsed());
    stage.await_streams(0);
}

#[test]
fn events_tell_what_the_job_is_then_every_change_and_the_end() {
    let stage = Stage::new();
    let mut events = stage.admin().with("accept-encoding", "gzip, br").follow(EVENTS);
    let header = |name: &str| events.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("content-type").unwrap(), "text/event-stream");
    assert_eq!(header("cache-control").unwrap(), "no-store");
    assert_eq!(header("x-accel-buffering").unwrap(), "no");
    assert_eq!(header("content-encoding"), None);

    let first = events.next().unwrap();
    assert_eq!(first.rest, ["retry: 2000"]);
    assert_eq!((first.name.as_str(), &first.data["state"]), ("progress", &json!("queued")));
    assert_eq!(first.data, *stage.admin().get(JOB).expect(200));
    stage.jobs.now(|job| {
        job.state = JobState::Running;
        job.attempts = 1;
        job.started_at = Some(NOW.parse().unwrap());
    });
    let second = events.next().unwrap();
    assert_eq!((second.name.as_str(), &second.data["state"]), ("progress", &json!("running")));
    stage.jobs.now(|job| job.progress = Progress { done: 2, total: 7 });
    let third = events.next().unwrap();
    assert_eq!(third.data["progress"], json!({"done": 2, "total": 7}));
    stage.succeed();
    let last = events.next().unwrap();
    assert_eq!((last.name.as_str(), &last.data["state"]), ("end", &json!("succeeded")));
    assert_eq!(last.data["model_version"], 1);
    assert_eq!(last.id, stage.admin().get(JOB).header("etag"));
    assert_eq!(events.next(), None);
    let ids = [&first.id, &second.id, &third.id, &last.id];
    assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
    stage.await_streams(0);
}

#[test]
fn a_job_that_has_ended_is_told_and_that_is_all() {
    let stage = Stage::new();
    stage.succeed();
    let names: Vec<String> = stage.admin().follow(EVENTS).map(|event| event.name).collect();
    assert_eq!(names, ["end"]);
}

#[test]
fn a_session_that_ends_ends_its_stream() {
    let stage = Stage::new();
    let admin = stage.admin();
    ends_soon_after(&stage, &admin, || {
        let _ = admin.post("/auth/logout", &json!({})).expect(204);
    });
}

#[test]
fn a_user_who_is_disabled_or_demoted_follows_no_more() {
    let stage = Stage::new();
    let admin = stage.admin();
    for change in [json!({"rol": "viewer"}), json!({"rol": "admin", "activo": false})] {
        let users = admin.get("/auth/users").json["users"].clone();
        let id =
            users.as_array().unwrap().iter().find(|user| user["username"] == "alba").unwrap()["id_usuario"].clone();
        if change["activo"] == json!(false) {
            let _ = admin.patch(&format!("/auth/users/{id}"), &json!({"rol": "admin"})).expect(200);
        }
        ends_soon_after(&stage, &stage.app.login("alba"), || {
            let _ = admin.patch(&format!("/auth/users/{id}"), &change).expect(200);
        });
    }
}

#[test]
fn a_job_that_is_not_there_any_more_ends_its_stream() {
    let stage = Stage::new();
    let other = JobId::new(Uuid::nil());
    ends_soon_after(&stage, &stage.admin(), || stage.jobs.now(|job| job.id = other));
}

#[test]
fn a_server_that_drains_ends_streams_and_lets_none_begin() {
    let stage = Stage::new();
    let admin = stage.admin();
    ends_soon_after(&stage, &admin, || stage.streams.end());
    let refused = admin.get(EVENTS);
    let _ = refused.problem(503, "SERVER_OVERLOADED");
    assert_eq!(refused.header("retry-after"), "1");
}

#[test]
fn a_store_that_is_away_for_a_moment_ends_no_stream() {
    let stage = Stage::new();
    let admin = stage.admin();
    let mut events = admin.follow(EVENTS);
    let _ = events.next();
    stage.jobs.away.store(true, Ordering::SeqCst);
    let _ = admin.get(EVENTS).problem(503, "DATABASE_UNAVAILABLE");
    // The stream looks too, and more than once.
    let begun = Instant::now();
    while stage.jobs.missed.load(Ordering::SeqCst) < 4 {
        assert!(begun.elapsed() < SOON, "the stream does not look any more");
        std::thread::sleep(Duration::from_millis(10));
    }
    stage.succeed();
    stage.jobs.away.store(false, Ordering::SeqCst);
    assert_eq!(events.next().unwrap().name, "end");
}

#[test]
fn a_user_has_so_many_streams_and_whoever_leaves_gives_one_back() {
    let stage = Stage::new();
    let admin = stage.admin();
    let mut streams: Vec<_> = (0..EventStreams::MOST_OF_A_USER).map(|_| admin.follow(EVENTS)).collect();
    let refused = stage.admin().english().get(EVENTS);
    let told = refused.problem(429, "TOO_MANY_STREAMS")["detail"].clone();
    assert!(told.as_str().unwrap().starts_with("You or your company already follows as many jobs"), "{told}");
    assert_eq!(refused.header("retry-after"), "1");
    let other = stage.app.login("alba").follow(EVENTS);
    stage.await_streams(EventStreams::MOST_OF_A_USER + 1);
    drop(streams.pop());
    drop(other);
    stage.await_streams(EventStreams::MOST_OF_A_USER - 1);
    let _ = admin.follow(EVENTS);
}

#[test]
fn a_silent_stream_has_a_heartbeat() {
    let stage = Stage::new();
    let mut events = stage.admin().follow(EVENTS);
    let _ = events.next();
    let silent = Instant::now();
    assert_eq!(events.next().unwrap().rest, [":"]);
    assert!(silent.elapsed().as_secs() >= 14, "{:?}", silent.elapsed());
}

#[test]
fn the_head_of_a_stream_keeps_no_place() {
    let stage = Stage::new();
    let head = stage.admin().ask(Method::HEAD, EVENTS);
    assert_eq!((head.status, head.header("content-type")), (200, "text/event-stream"));
    stage.await_streams(0);
}

#[test]
fn whoever_may_not_train_reads_no_jobs_and_a_token_in_the_url_is_none() {
    let stage = Stage::new();
    for path in ["/jobs", JOB, EVENTS] {
        for who in ["ursula", "vera"] {
            let _ = stage.app.login(who).get(path).problem(403, "ROLE_FORBIDDEN");
        }
        let token = stage.admin().token().to_owned();
        let in_url = stage.app.anonymous().get(&format!("{path}?access_token={token}&token={token}"));
        let _ = in_url.problem(401, "AUTHENTICATION_REQUIRED");
    }
    let _ = stage.app.login("vera").post(&format!("{JOB}/cancel"), &json!({})).problem(403, "ROLE_FORBIDDEN");
    assert_eq!(stage.streams.count(), 0);
}

#[test]
fn a_polled_job_says_when_to_come_back_until_it_has_ended() {
    let stage = Stage::new();
    let admin = stage.admin();
    let first = admin.get(JOB);
    let expected = json!({
        "id": ID, "kind": "train", "state": "queued", "cuenta": "BCPComunica", "asked_by": "admin_bcp",
        "created_at": NOW, "started_at": null, "finished_at": null, "attempts": 0,
        "progress": {"done": 0, "total": 0}, "parts": null, "parent": null, "model_version": null, "error": null
    });
    assert_eq!(*first.expect(200), expected);
    assert_eq!(first.header("retry-after"), "1");
    let known = admin.clone().with("if-none-match", first.header("etag"));
    let unchanged = known.get(JOB);
    assert_eq!((unchanged.status, unchanged.header("retry-after")), (304, "1"));
    stage.succeed();
    let last = known.get(JOB);
    assert_eq!(last.expect(200)["state"], "succeeded");
    assert_eq!(last.header("retry-after"), "");
}

#[test]
fn a_job_of_all_accounts_tells_how_its_parts_stand() {
    let stage = Stage::new();
    let parts = Parts { queued: 1, running: 2, succeeded: 3, failed: 4, cancelled: 5 };
    stage.jobs.now(|job| {
        job.kind = JobKind::TrainAll;
        job.account = None;
        job.progress = parts.progress();
        job.parts = Some(parts);
    });
    let reply = stage.admin().get(JOB);
    let told = reply.expect(200);
    assert_eq!((&told["kind"], &told["cuenta"]), (&json!("train_all"), &Value::Null));
    assert_eq!(told["parts"], json!({"queued": 1, "running": 2, "succeeded": 3, "failed": 4, "cancelled": 5}));
    assert_eq!(told["progress"], json!({"done": 12, "total": 15}));
}

#[test]
fn a_failed_job_says_why_as_the_answer_would_have_in_the_readers_language() {
    let stage = Stage::new();
    for (failure, code, spanish, english) in [
        (
            JobFailure::InsufficientData { found: 3, needed: 14 },
            "INSUFFICIENT_DATA",
            "Días con observaciones: 3; se necesitan 14. También bastan 48 lecturas horarias en 60 días como máximo, 24 \
             de ellas una hora después de otra. Cargue más datos históricos.",
            "Days with observations: 3; needed: 14. 48 hourly readings in at most 60 days would do as well, 24 of \
             them an hour after another. Upload more history.",
        ),
        (
            JobFailure::AccountGone,
            "ACCOUNT_FORBIDDEN",
            "No tiene acceso a esta cuenta, o no existe. Revise el nombre o consulte a un administrador de su empresa.",
            "You have no access to this account, or there is none. Check its name, or ask an administrator of your company.",
        ),
        (
            JobFailure::Unavailable,
            "TRAINING_OVERLOADED",
            "Hay demasiados entrenamientos en curso. Intente de nuevo en 5 segundos.",
            "There are too many training runs. Try again in 5 seconds.",
        ),
        (
            JobFailure::Internal,
            "INTERNAL_ERROR",
            "Algo falló en el servidor. Avise a soporte e indique el código de la solicitud (request_id).",
            "Something failed in the server. Tell support, and give them the code of the request (request_id).",
        ),
    ] {
        stage.jobs.now(|job| {
            job.state = JobState::Failed;
            job.failure = Some(failure);
        });
        let admin = stage.admin();
        let error = |detail: &str| json!({"error_code": code, "detail": detail});
        assert_eq!(admin.get(JOB).expect(200)["error"], error(spanish));
        assert_eq!(admin.clone().english().get(JOB).expect(200)["error"], error(english));
        let last = admin.english().follow(EVENTS).last().unwrap();
        assert_eq!((last.name.as_str(), &last.data["error"]), ("end", &error(english)));
    }
}
