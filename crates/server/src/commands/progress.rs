//! How far long work is, on standard error. A terminal shows it from the first second on; a file, a pipe or a log gets
//! nothing, as nobody watches it grow.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use atalaya_application::ports::forecaster::TrainingObserver;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::text;

/// Work shorter than this shows nothing.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the time that has passed is drawn anew.
const TICK: Duration = Duration::from_millis(200);

/// A bar that appears when the work takes long, though nothing is done by then.
struct LateBar {
    bar: ProgressBar,
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl LateBar {
    /// With a template of indicatif in the reader's language.
    fn begin(length: Option<u64>, template: &str) -> Self {
        Self::drawn_on(ProgressDrawTarget::stderr(), PATIENCE, length, template)
    }

    fn drawn_on(target: ProgressDrawTarget, patience: Duration, length: Option<u64>, template: &str) -> Self {
        let bar = ProgressBar::with_draw_target(length, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        let (end, ended) = channel::<()>();
        let late = bar.clone();
        let appear = move || {
            if matches!(ended.recv_timeout(patience), Err(RecvTimeoutError::Timeout)) {
                late.set_draw_target(target);
                late.enable_steady_tick(TICK);
            }
        };
        // Without the thread the work goes on, and nobody sees how far it is.
        let thread = std::thread::Builder::new().name("progress".to_owned()).spawn(appear).ok();
        Self { bar, end: Some(end), thread }
    }
}

impl Drop for LateBar {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // It does nothing that could fail.
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}

/// Work in pieces.
pub(crate) struct Progress {
    late: LateBar,
    finished_before: Mutex<u64>,
    of_whole: u64,
}

impl Progress {
    /// For `total` pieces of work.
    pub(crate) fn new(total: usize) -> Self {
        let of_whole = u64::try_from(total).unwrap_or(u64::MAX).saturating_mul(100);
        let late = LateBar::begin(Some(of_whole), &text("cli.progress.pieces"));
        Self { late, finished_before: Mutex::new(0), of_whole }
    }

    /// One more piece is done.
    pub(crate) fn piece_done(&self) {
        let mut finished = self.finished_before.lock().unwrap_or_else(PoisonError::into_inner);
        *finished = finished.saturating_add(100).min(self.of_whole);
        self.late.bar.set_position(*finished);
    }
}

impl TrainingObserver for Progress {
    fn progress(&self, done: u32, total: u32) {
        let finished = *self.finished_before.lock().unwrap_or_else(PoisonError::into_inner);
        self.late.bar.set_position(finished + u64::from(done) * 100 / u64::from(total.max(1)));
    }

    fn cancelled(&self) -> bool {
        false
    }
}

/// How far a file is done, and how many series that were: how many it holds is not known before its end.
pub(crate) struct FileProgress {
    late: LateBar,
    series: u64,
}

impl FileProgress {
    /// For a file of `bytes`.
    pub(crate) fn new(bytes: u64) -> Self {
        let late = LateBar::begin(Some(bytes), &text("cli.progress.file"));
        late.bar.set_message("0");
        Self { late, series: 0 }
    }

    /// One more series is done, which ended that many bytes into the file.
    pub(crate) fn series_done(&mut self, bytes: u64) {
        self.series += 1;
        self.late.bar.set_message(self.series.to_string());
        self.late.bar.set_position(bytes);
    }
}

/// How many rows are done: how many there are is not known before the end.
pub(crate) struct RowProgress {
    late: LateBar,
}

impl RowProgress {
    /// With none done yet.
    pub(crate) fn begin() -> Self {
        Self { late: LateBar::begin(None, &text("cli.progress.rows")) }
    }

    /// So many are done by now.
    pub(crate) fn done(&self, rows: u64) {
        self.late.bar.set_position(rows);
    }
}

/// Work of which nobody knows how far it is. Dropping it ends what is shown.
pub(crate) struct Working {
    _late: LateBar,
}

impl Working {
    /// `what` is the key of the text that names the work.
    pub(crate) fn begin(what: &str) -> Self {
        let late = LateBar::begin(None, &text("cli.progress.working"));
        late.bar.set_message(text(what));
        Self { _late: late }
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};
    use std::time::Instant;

    use indicatif::TermLike;

    use super::*;

    /// A terminal that remembers what was written to it.
    #[derive(Debug, Clone, Default)]
    struct Screen(Arc<Mutex<String>>);

    impl Screen {
        fn written(&self) -> String {
            self.0.lock().unwrap().clone()
        }
    }

    impl TermLike for Screen {
        fn width(&self) -> u16 {
            80
        }

        fn move_cursor_up(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_down(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_right(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn move_cursor_left(&self, _: usize) -> io::Result<()> {
            Ok(())
        }

        fn write_line(&self, line: &str) -> io::Result<()> {
            self.write_str(line)
        }

        fn write_str(&self, text: &str) -> io::Result<()> {
            self.0.lock().unwrap().push_str(text);
            Ok(())
        }

        fn clear_line(&self) -> io::Result<()> {
            Ok(())
        }

        fn flush(&self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn work_that_is_soon_done_shows_nothing() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let late = LateBar::drawn_on(target, Duration::from_mins(1), Some(10), "{pos} of {len}");
        late.bar.set_position(7);
        drop(late);
        assert_eq!(screen.written(), "");
    }

    #[test]
    fn work_that_takes_long_is_shown_though_no_piece_of_it_is_done() {
        let screen = Screen::default();
        let target = ProgressDrawTarget::term_like(Box::new(screen.clone()));
        let late = LateBar::drawn_on(target, Duration::from_millis(1), Some(10), "{pos} of {len}");
        let begun = Instant::now();
        while !screen.written().contains("0 of 10") {
            assert!(begun.elapsed() < Duration::from_secs(30), "nothing is shown");
            std::thread::sleep(TICK);
        }
        drop(late);
    }
}
