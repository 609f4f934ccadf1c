//! A progress bar for work that takes more than a second, on a terminal only.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use atalaya_application::ports::forecaster::TrainingObserver;
use indicatif::{ProgressBar, ProgressDrawTarget};

/// Work shorter than this shows no bar.
const PATIENCE: Duration = Duration::from_secs(1);

/// A bar that appears when the work takes long.
pub(crate) struct Progress {
    started: Instant,
    bar: ProgressBar,
    finished_before: Mutex<u64>,
    of_whole: u64,
}

impl Progress {
    /// For `total` pieces of work. Standard error that is no terminal shows nothing.
    pub(crate) fn new(total: usize) -> Self {
        let of_whole = u64::try_from(total).unwrap_or(u64::MAX).saturating_mul(100);
        let bar = ProgressBar::with_draw_target(Some(of_whole), ProgressDrawTarget::hidden());
        Self { started: Instant::now(), bar, finished_before: Mutex::new(0), of_whole }
    }

    /// One more piece is done.
    pub(crate) fn piece_done(&self) {
        let mut finished = self.finished_before.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *finished = finished.saturating_add(100).min(self.of_whole);
        self.show(*finished);
    }

    fn show(&self, position: u64) {
        if self.bar.is_hidden() && self.started.elapsed() >= PATIENCE {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_position(position);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

impl TrainingObserver for Progress {
    fn progress(&self, done: u32, total: u32) {
        let finished = *self.finished_before.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.show(finished + u64::from(done) * 100 / u64::from(total.max(1)));
    }

    fn cancelled(&self) -> bool {
        false
    }
}
