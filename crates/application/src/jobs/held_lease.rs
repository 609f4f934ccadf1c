//! Keeping the lease of a job while it is worked on: it is renewed, progress is noted, and the worker is asked to
//! stop.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use atalaya_domain::job::Progress;
use chrono::TimeDelta;

use crate::error::{AppError, Part};
use crate::ports::forecaster::TrainingObserver;
use crate::ports::jobs::{Hold, JobQueue, Lease};
use crate::ports::runtime::Clock;

/// How long a lease lasts unless it is renewed; then another process may take the job.
pub(super) const LEASE: TimeDelta = TimeDelta::seconds(30);
/// How often a lease is renewed: two renewals may fail before it ends.
const RENEW_EVERY: Duration = Duration::from_secs(10);
/// How often progress is written, where there is some.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);

/// A job that this process works on, as whatever does the work sees it.
pub struct HeldLease<'h> {
    stop: &'h AtomicBool,
    lost: AtomicBool,
    state: Mutex<State>,
    moved: Condvar,
}

#[derive(Default)]
struct State {
    progress: Progress,
    done: bool,
}

/// What became of work that was held.
pub(super) struct Held<T> {
    /// What the work gave.
    pub(super) outcome: T,
    /// Whether the job was lost meanwhile.
    pub(super) lost: bool,
}

impl HeldLease<'_> {
    /// Fails when the work should end: the process stops, or the job is not its own any more.
    ///
    /// # Errors
    /// `Unavailable(Jobs)`.
    pub fn check(&self) -> Result<(), AppError> {
        if self.cancelled() { Err(AppError::unavailable(Part::Jobs)) } else { Ok(()) }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Renews the lease until the work is done.
    fn keep(&self, queue: &dyn JobQueue, clock: &dyn Clock, lease: &Lease) {
        let (mut renewed, mut written) = (Instant::now(), Progress::default());
        loop {
            let waited = self.moved.wait_timeout_while(self.state(), PROGRESS_EVERY, |state| !state.done);
            let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
            let (progress, done) = (state.progress, state.done);
            drop(state);
            if done {
                return;
            }
            if progress == written && renewed.elapsed() < RENEW_EVERY {
                continue;
            }
            match queue.renew(lease, progress, clock.now() + LEASE) {
                Ok(Hold::Held) => (renewed, written) = (Instant::now(), progress),
                Ok(Hold::Lost) => return self.lost.store(true, Ordering::Relaxed),
                Err(error) => {
                    tracing::warn!(event = "lease_not_renewed", job.id = %lease.job.get(), %error, "a lease was not renewed");
                }
            }
        }
    }
}

impl TrainingObserver for HeldLease<'_> {
    fn progress(&self, done: u32, total: u32) {
        self.state().progress = Progress { done, total };
    }

    fn cancelled(&self) -> bool {
        self.stop.load(Ordering::Relaxed) || self.lost.load(Ordering::Relaxed)
    }
}

/// Does `work` on a job while another thread renews its lease. A panic in the work is a fault like another, and kills
/// nobody.
pub(super) fn hold<T, E: From<AppError>>(
    queue: &dyn JobQueue,
    clock: &dyn Clock,
    lease: &Lease,
    stop: &AtomicBool,
    work: impl FnOnce(&HeldLease<'_>) -> Result<T, E>,
) -> Held<Result<T, E>> {
    let held_lease = HeldLease { stop, lost: AtomicBool::new(false), state: Mutex::default(), moved: Condvar::new() };
    let outcome = thread::scope(|scope| {
        let renewal = thread::Builder::new().name("job-lease".to_owned());
        renewal.spawn_scoped(scope, || held_lease.keep(queue, clock, lease)).map_err(AppError::internal)?;
        // Nothing that the work changed is looked at after a panic; its transactions are rolled back.
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&held_lease)));
        held_lease.state().done = true;
        held_lease.moved.notify_all();
        let panicked =
            |panic: Box<dyn Any + Send>| AppError::internal(format!("a job panicked: {}", words(panic.as_ref())));
        outcome.unwrap_or_else(|panic| Err(panicked(panic).into()))
    });
    Held { outcome, lost: held_lease.lost.load(Ordering::Relaxed) }
}

/// What a panic said.
fn words(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without words")
}
