//! What a server does by itself, again and again, for as long as it runs.
//!
//! Every task is idempotent and safe beside the same task of another process on the database.

use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use atalaya_application::AppError;

type Work = Box<dyn FnMut() -> Result<(), AppError> + Send>;

struct Task {
    name: &'static str,
    every: Duration,
    due: Instant,
    work: Work,
}

/// The tasks of a server.
#[derive(Default)]
pub struct Upkeep {
    tasks: Vec<Task>,
}

impl Upkeep {
    /// How often it is looked for a task that is due.
    const TICK: Duration = Duration::from_millis(250);

    /// Adds a task that runs at once and then `every` so often.
    #[must_use]
    pub fn task(
        mut self,
        name: &'static str,
        every: Duration,
        work: impl FnMut() -> Result<(), AppError> + Send + 'static,
    ) -> Self {
        self.tasks.push(Task { name, every, due: Instant::now(), work: Box::new(work) });
        self
    }

    /// Runs every task once, whenever it is due. One that fails is logged and tried again the next time.
    pub fn run_all(&mut self) {
        self.tasks.iter_mut().for_each(Task::run);
    }

    /// Runs the tasks on a thread of their own until what is returned is dropped.
    ///
    /// # Errors
    /// `Internal` when the thread cannot be started.
    pub fn begin(mut self) -> Result<RunningUpkeep, AppError> {
        let (stop, stopped) = channel::<()>();
        let work = move || {
            loop {
                self.tasks.iter_mut().filter(|task| task.due <= Instant::now()).for_each(Task::run);
                if stopped.recv_timeout(Self::TICK) != Err(RecvTimeoutError::Timeout) {
                    // The last words of whatever was counted and not yet written.
                    self.run_all();
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("upkeep".to_owned()).spawn(work).map_err(AppError::internal)?;
        Ok(RunningUpkeep { stop: Some(stop), thread: Some(thread) })
    }
}

impl Task {
    fn run(&mut self) {
        self.due = Instant::now() + self.every;
        if let Err(error) = (self.work)() {
            tracing::error!(event = "upkeep_failed", task = self.name, %error, "a task of the upkeep failed");
        }
    }
}

/// The running upkeep. Dropping it runs every task a last time and stops it.
pub struct RunningUpkeep {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for RunningUpkeep {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!(event = "upkeep_panicked", "the upkeep had died");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn a_task_that_fails_is_tried_again_and_stops_no_other() {
        let (failed, done) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (failing, working) = (Arc::clone(&failed), Arc::clone(&done));
        let mut upkeep = Upkeep::default()
            .task("fails", Duration::ZERO, move || {
                failing.fetch_add(1, Ordering::SeqCst);
                Err(AppError::internal("on purpose"))
            })
            .task("works", Duration::ZERO, move || {
                working.fetch_add(1, Ordering::SeqCst);
                Ok(())
            });
        upkeep.run_all();
        upkeep.run_all();
        drop(upkeep.begin().unwrap());
        assert!(failed.load(Ordering::SeqCst) >= 3 && done.load(Ordering::SeqCst) >= 3);
    }
}
