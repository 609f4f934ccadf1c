//! The threads of a server that do jobs.
//!
//! A worker looks for a job once a second, and at once when this process stores one. It ends with the server: work that
//! is under way is told to stop, and its job is given back for another process to take.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use atalaya_application::AppError;
use atalaya_application::jobs::{JobNotifier, JobRunner};
use atalaya_application::ports::jobs::Lane;

/// How long a worker that found nothing waits until it looks again.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How often it is seen to that the recurring jobs are stored: whoever brings back an old state of the database takes
/// them away.
const ESTABLISH_EVERY: Duration = Duration::from_mins(5);

/// Workers that have not begun.
pub struct Workers {
    runner: Arc<JobRunner>,
    notifier: Arc<JobNotifier>,
    training: usize,
}

/// Tells workers to end. They end with what is under way only when they are waited for.
#[derive(Clone)]
pub struct StopWorkers {
    stop: Arc<AtomicBool>,
    notifier: Arc<JobNotifier>,
}

impl StopWorkers {
    /// Tells them, without waiting.
    pub fn tell(&self) {
        self.stop.store(true, Ordering::Relaxed);
        self.notifier.notify();
    }
}

/// Workers at work. Dropping this tells them to stop and waits until they have given back their jobs.
pub struct RunningWorkers {
    stop: StopWorkers,
    threads: Vec<JoinHandle<()>>,
}

impl Workers {
    /// `training` threads (at least one) for training, and one for all other jobs.
    #[must_use]
    pub fn new(runner: Arc<JobRunner>, notifier: Arc<JobNotifier>, training: usize) -> Self {
        Self { runner, notifier, training: training.max(1) }
    }

    /// Begins.
    ///
    /// # Errors
    /// `Internal` when a thread cannot be started.
    pub fn begin(self) -> Result<RunningWorkers, AppError> {
        let stop = StopWorkers { stop: Arc::new(AtomicBool::new(false)), notifier: self.notifier };
        let mut running = RunningWorkers { stop: stop.clone(), threads: Vec::with_capacity(self.training + 1) };
        let training = std::iter::repeat_n(Lane::Training, self.training);
        for lane in training.chain([Lane::Housekeeping]) {
            let worker = Worker { runner: Arc::clone(&self.runner), lane, stop: stop.clone() };
            let thread = Builder::new().name(format!("jobs-{}", lane.as_str())).spawn(move || worker.work());
            running.threads.push(thread.map_err(AppError::internal)?);
        }
        Ok(running)
    }
}

impl RunningWorkers {
    /// What tells them to stop before they are waited for.
    #[must_use]
    pub fn stopper(&self) -> StopWorkers {
        self.stop.clone()
    }
}

impl Drop for RunningWorkers {
    fn drop(&mut self) {
        self.stop.tell();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!(event = "worker_panicked", "a thread that does jobs had died");
            }
        }
    }
}

/// One thread.
struct Worker {
    runner: Arc<JobRunner>,
    lane: Lane,
    stop: StopWorkers,
}

impl Worker {
    fn work(self) {
        // The recurring jobs may not be stored yet: the database can be away when a server starts.
        let (mut last_seen_to, mut failing) = (None::<Instant>, false);
        while !self.stop.stop.load(Ordering::Relaxed) {
            let notices = self.stop.notifier.notices();
            let is_due = last_seen_to.is_none_or(|at| at.elapsed() > ESTABLISH_EVERY);
            let establishes = self.lane == Lane::Housekeeping && is_due;
            match self.next(establishes) {
                Ok(found) => {
                    failing = false;
                    if establishes {
                        last_seen_to = Some(Instant::now());
                    }
                    if !found {
                        self.stop.notifier.wait(notices, LOOK_EVERY);
                    }
                }
                Err(error) => {
                    // Told once, not every second for as long as the database is away.
                    if !failing {
                        tracing::warn!(event = "jobs_away", lane = self.lane.as_str(), %error, "no job can be taken");
                    }
                    failing = true;
                    self.stop.notifier.wait(notices, LOOK_EVERY);
                }
            }
        }
    }

    /// Does the next job. A panic outside of the work itself, which the runner catches, ends this attempt and not the
    /// thread: some lanes have no other. Nothing that it changed is used again but the database, whose transactions are
    /// rolled back.
    fn next(&self, establishes: bool) -> Result<bool, AppError> {
        let attempt = catch_unwind(AssertUnwindSafe(|| {
            if establishes {
                self.runner.establish()?;
            }
            self.runner.run_next(self.lane, &self.stop.stop)
        }));
        attempt.unwrap_or_else(|_| {
            tracing::error!(event = "worker_panicked", lane = self.lane.as_str(), "a worker panicked and goes on");
            Err(AppError::internal("a worker panicked"))
        })
    }
}
