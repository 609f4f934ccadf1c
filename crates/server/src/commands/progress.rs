//! A progress bar for work that takes more than a second, on a terminal only.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use atalaya_application::ports::forecaster::TrainingObserver;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

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

/// How far a file is done, and how many series that were: how many it holds is not known before its end.
pub(crate) struct FileProgress {
    started: Instant,
    bar: ProgressBar,
    series: u64,
}

impl FileProgress {
    /// For a file of `bytes`. Standard error that is no terminal shows nothing.
    pub(crate) fn new(bytes: u64) -> Self {
        let bar = ProgressBar::with_draw_target(Some(bytes), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{wide_bar} {bytes} of {total_bytes}, {msg}, {eta} left") {
            bar.set_style(style);
        }
        Self { started: Instant::now(), bar, series: 0 }
    }

    /// One more series is done, which ended that many bytes into the file.
    pub(crate) fn series_done(&mut self, bytes: u64) {
        self.series += 1;
        if self.started.elapsed() < PATIENCE {
            return;
        }
        if self.bar.is_hidden() {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        self.bar.set_message(format!("{} series", self.series));
        self.bar.set_position(bytes);
    }
}

impl Drop for FileProgress {
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
