//! Dry runs whose client does not wait for the answer.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use atalaya_application::AppError;
use atalaya_application::accounts::OwnedAccount;
use atalaya_application::export::Sink;
use atalaya_application::observations::{Batch, DailyAnswer, DayQuery, InvalidRows, Judged, Observations, Trial};
use atalaya_application::page::{Page, PageRequest};
use atalaya_application::ports::repositories::TimeSpan;
use atalaya_application::receipt::Receipt;
use atalaya_domain::mandate::{DeleteObservations, ReadForecasts, WriteObservations};
use atalaya_domain::observation::{Observation, UploadOutcome};
use atalaya_tests::{Client, TestApp, bank};
use chrono::{DateTime, TimeDelta, Utc};

use crate::patience::wait_for;
use crate::raw::Raw;

const TRIAL: &str = "/accounts/BCPComunica/observations?dry_run=true";

/// Judges an upload only once it is told to, and counts what is tried out.
struct Slow {
    inner: Arc<dyn Observations>,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    begun: AtomicBool,
    go: AtomicBool,
    tried: AtomicU32,
}

impl Observations for Slow {
    fn judge(&self, batch: Batch, invalid: InvalidRows) -> Judged {
        self.state.begun.store(true, Ordering::SeqCst);
        wait_for(&self.state.go);
        self.inner.judge(batch, invalid)
    }

    fn try_out(&self, owned: &OwnedAccount<WriteObservations>, judged: &Judged) -> Result<Trial, AppError> {
        self.state.tried.fetch_add(1, Ordering::SeqCst);
        self.inner.try_out(owned, judged)
    }

    fn record(
        &self,
        owned: &OwnedAccount<WriteObservations>,
        judged: &Judged,
        receipt: &dyn Receipt<UploadOutcome>,
    ) -> Result<UploadOutcome, AppError> {
        self.inner.record(owned, judged, receipt)
    }

    fn list(
        &self,
        owned: &OwnedAccount<ReadForecasts>,
        span: TimeSpan,
        request: &PageRequest<DateTime<Utc>>,
    ) -> Result<Page<Observation, DateTime<Utc>>, AppError> {
        self.inner.list(owned, span, request)
    }

    fn daily(&self, owned: &OwnedAccount<ReadForecasts>, query: DayQuery) -> Result<DailyAnswer, AppError> {
        self.inner.daily(owned, query)
    }

    fn export(
        &self,
        owned: &OwnedAccount<ReadForecasts>,
        span: TimeSpan,
        sink: &mut Sink<'_, Observation>,
    ) -> Result<(), AppError> {
        self.inner.export(owned, span, sink)
    }

    fn delete(&self, owned: &OwnedAccount<DeleteObservations>, span: TimeSpan) -> Result<u64, AppError> {
        self.inner.delete(owned, span)
    }
}

/// A file that takes a turn.
fn large() -> String {
    let first: DateTime<Utc> = "2025-01-01T00:00:00Z".parse().unwrap();
    let mut csv = "hora,seguidores\n".to_owned();
    for minute in 0..12_000 {
        writeln!(csv, "{},5", (first + TimeDelta::minutes(minute)).format("%FT%TZ")).unwrap();
    }
    csv
}

fn ask(app: &TestApp, admin: &Client, csv: &str) -> Raw {
    let mut raw = Raw::connect(app.address());
    let (token, length) = (admin.token(), csv.len());
    raw.send(format!(
        "POST {TRIAL} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: text/csv\r\nContent-Length: {length}\r\n\r\n{csv}"
    ));
    raw
}

#[test]
fn a_dry_run_whose_client_left_ends_and_frees_its_place() {
    let state = Arc::new(State::default());
    let slow = Arc::clone(&state);
    let app = TestApp::adjusted(move |services| {
        let use_cases = Arc::make_mut(&mut services.use_cases);
        use_cases.observations = Arc::new(Slow { inner: Arc::clone(&use_cases.observations), state: slow });
    });
    let app = app.with(bank("BCP").account("BCPComunica"));
    let (admin, csv) = (app.login("admin_bcp"), large());
    // The places of one user: one is worked on, one waits for its turn.
    let worked_on = ask(&app, &admin, &csv);
    wait_for(&state.begun);
    let waits = ask(&app, &admin, &csv);
    drop((worked_on, waits));
    std::thread::scope(|scope| {
        let stays = scope.spawn(|| {
            loop {
                let reply = admin.post_csv(TRIAL, csv.as_str());
                if reply.status != 503 {
                    break reply;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        std::thread::sleep(Duration::from_millis(800));
        state.go.store(true, Ordering::SeqCst);
        assert_eq!(stays.join().unwrap().expect(200)["would_insert"], 12_000);
    });
    assert_eq!(state.tried.load(Ordering::SeqCst), 1, "what nobody waits for is not tried out");
}
