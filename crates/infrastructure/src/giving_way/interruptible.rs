//! Work that gives way and needs too much memory to be done twice at once.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::progress::{Progress, is_starved};
use super::{LOOK_EVERY, Starved, Yielding, until_starved};
use crate::lane::{LaneError, on_own_thread};
use crate::sync::locked;

/// How long the machine is taken for busy after work has starved.
const BUSY_FOR: Duration = Duration::from_secs(10);
/// What work that was begun anew is below requests.
const NICENESS: i32 = 10;

/// Runs work that gives way as [`GivingWay`](super::GivingWay) does, but is stopped before it is begun anew, so that it
/// holds its memory once.
#[derive(Debug)]
pub(crate) struct Interruptible {
    name: &'static str,
    look_every: Duration,
    /// Whether work is starved that began so long ago and has had so much of a processor.
    is_starved: fn(Duration, Duration) -> bool,
    starved_at: Mutex<Option<Instant>>,
    /// How often work was begun anew, or at once, at a priority that gets on.
    lifted: AtomicU64,
}

/// How work gets on with others. It asks as often as it can: until it does, it is neither stopped nor yields.
#[derive(Debug)]
pub(crate) struct Pace {
    stop: Arc<AtomicBool>,
    yielding: Yielding,
}

impl Pace {
    fn new(stop: Arc<AtomicBool>) -> Self {
        Self { stop, yielding: Yielding::default() }
    }

    /// Lets others go first. A break says that the work is to stop.
    pub(crate) fn pause(&mut self) -> ControlFlow<()> {
        if self.stop.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        // At the lowest priority too: a kernel that is not preempted (`PREEMPT_NONE`) looks for others now and then.
        self.yielding.pause();
        ControlFlow::Continue(())
    }
}

impl Interruptible {
    /// Threads are called `name`.
    #[must_use]
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, look_every: LOOK_EVERY, is_starved, starved_at: Mutex::default(), lifted: AtomicU64::new(0) }
    }

    /// How often work got a priority that gets on because the machine was busy.
    #[must_use]
    pub(crate) fn lifted(&self) -> u64 {
        self.lifted.load(Ordering::Relaxed)
    }

    /// Runs `work` inside the caller's tracing span and blocks until it is done. It is given its pace, and gives `None`
    /// where that told it to stop.
    ///
    /// # Errors
    /// When the work gave no result.
    pub(crate) fn run<T: Send>(&self, work: impl Fn(Pace) -> Option<T> + Sync) -> Result<T, LaneError> {
        let is_busy = locked(&self.starved_at).is_some_and(|at| at.elapsed() < BUSY_FOR);
        if !is_busy {
            if let Some(result) = self.run_until_starved(&work)? {
                return Ok(result);
            }
            *locked(&self.starved_at) = Some(Instant::now());
        }
        self.lifted.fetch_add(1, Ordering::Relaxed);
        // Nobody stops this one.
        on_own_thread(self.name, NICENESS, || work(Pace::new(Arc::default())))?.ok_or(LaneError::Panicked(self.name))
    }

    /// Runs `work` at the lowest priority; `None` where it was starved and has stopped.
    fn run_until_starved<T: Send>(&self, work: impl Fn(Pace) -> Option<T> + Sync) -> Result<Option<T>, LaneError> {
        let (progress, stop) = (Progress::default(), Arc::new(AtomicBool::new(false)));
        let (sender, reports) = mpsc::channel();
        let span = tracing::Span::current();
        thread::scope(|scope| {
            let (work, progress, heeded) = (&work, &progress, Arc::clone(&stop));
            let job = move || {
                progress.begin_at_lowest_priority();
                let done = span.in_scope(|| work(Pace::new(heeded)));
                // It fails only where nobody receives, and the scope outlives this thread.
                let _ = sender.send(done);
            };
            let thread = thread::Builder::new().name(self.name.to_owned()).spawn_scoped(scope, job);
            let thread = thread.map_err(|error| LaneError::no_thread(self.name, &error))?;
            let report = until_starved(&reports, progress, self.look_every, self.is_starved);
            let result = report.unwrap_or_else(|Starved| {
                stop.store(true, Ordering::Relaxed);
                reports.recv().ok()
            });
            thread.join().map_err(|_| LaneError::Panicked(self.name))?;
            Ok(result.flatten())
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    fn judged_by(is_starved: fn(Duration, Duration) -> bool) -> Interruptible {
        Interruptible { look_every: Duration::from_millis(1), is_starved, ..Interruptible::new("test") }
    }

    /// Work that goes on until it is told to stop the first `never_ending` times that it is begun. Counts how often it
    /// is at work at a time.
    struct Endless {
        never_ending: usize,
        begun: AtomicUsize,
        at_work: AtomicUsize,
        most: AtomicUsize,
    }

    impl Endless {
        fn new(never_ending: usize) -> Self {
            let zero = AtomicUsize::default;
            Self { never_ending, begun: zero(), at_work: zero(), most: zero() }
        }

        /// The number of the run that came to an end.
        fn run(&self, mut pace: Pace) -> Option<usize> {
            let number = self.begun.fetch_add(1, Ordering::SeqCst);
            self.most.fetch_max(self.at_work.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            while number < self.never_ending && pace.pause().is_continue() {
                thread::sleep(Duration::from_millis(1));
            }
            self.at_work.fetch_sub(1, Ordering::SeqCst);
            (number >= self.never_ending).then_some(number)
        }
    }

    #[test]
    fn work_that_starves_has_stopped_before_it_is_begun_anew() {
        let (interruptible, endless) = (judged_by(|_, _| true), Endless::new(1));
        assert_eq!(interruptible.run(|pace| endless.run(pace)), Ok(1));
        assert_eq!(endless.most.load(Ordering::SeqCst), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn after_one_has_starved_others_begin_at_normal_priority_for_a_while() {
        use thread_priority::{NormalThreadSchedulePolicy, ThreadSchedulePolicy, thread_schedule_policy};
        let interruptible = judged_by(|_, _| false);
        let policy = || interruptible.run(|_| Some(thread_schedule_policy().unwrap())).unwrap();
        let lowest = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        assert_eq!(policy(), lowest);
        // However long this takes, it is not over.
        *locked(&interruptible.starved_at) = Some(Instant::now() + BUSY_FOR);
        assert_eq!(policy(), thread_schedule_policy().unwrap(), "as the caller's");
        *locked(&interruptible.starved_at) = Instant::now().checked_sub(BUSY_FOR);
        assert_eq!(policy(), lowest, "then it is tried again");
    }

    #[test]
    fn work_is_done_inside_the_callers_span_whenever_it_is_begun() {
        let subscriber = tracing::Dispatch::new(tracing_subscriber::registry());
        let span = tracing::dispatcher::with_default(&subscriber, || tracing::info_span!("request"));
        let (interruptible, endless) = (judged_by(|_, _| true), Endless::new(1));
        let seen = Mutex::new(Vec::new());
        let work = |pace| {
            locked(&seen).push(tracing::dispatcher::with_default(&subscriber, || tracing::Span::current().id()));
            endless.run(pace)
        };
        let inside = || span.in_scope(|| interruptible.run(work));
        assert_eq!(tracing::dispatcher::with_default(&subscriber, inside), Ok(1));
        assert_eq!(*locked(&seen), [span.id(), span.id()]);
        assert_eq!(interruptible.lifted(), 1);
    }

    #[test]
    fn work_that_does_not_starve_is_done_once() {
        let (interruptible, endless) = (judged_by(|_, _| false), Endless::new(0));
        assert_eq!(interruptible.run(|pace| endless.run(pace)), Ok(0));
        assert_eq!(interruptible.lifted(), 0);
    }

    #[test]
    fn a_panic_gives_no_result_and_the_next_is_done() {
        let interruptible = judged_by(|_, _| false);
        let panics = |_| -> Option<()> { panic!("of the work") };
        assert_eq!(interruptible.run(panics), Err(LaneError::Panicked("test")));
        assert_eq!(interruptible.run(|_| Some(7)), Ok(7));
    }
}
