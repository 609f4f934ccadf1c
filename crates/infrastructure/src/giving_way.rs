//! Work that gives way to everything else on the machine and is done nevertheless.
//!
//! It begins on a thread with the policy `SCHED_IDLE` (`sched(7)`), which lets go of the processor as soon as anything
//! else wants it. A niceness alone says how much of a processor the work gets, not when it gives way: since the
//! scheduler protects the slice of whoever runs, a request that woke beside a hash waited for a millisecond and more.
//!
//! Where other programs use all of the processor, such a thread gets three thousandths of it. Without privileges a
//! thread cannot leave the policy again, so the work is begun anew on a thread of normal priority, a few of these at a
//! time, and whichever of the two ends first gives the result. The thread that was left behind costs nobody anything:
//! it still runs only when the processor is free. As long as it has not ended, the machine is known to be busy, and
//! work begins at normal priority at once.

mod interruptible;
mod progress;
mod yielding;

pub(crate) use interruptible::{Interruptible, Pace};
pub(crate) use yielding::Yielding;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use self::progress::{Progress, is_starved};
use crate::lane::LaneError;
use crate::sync::locked;

/// How often whoever waits for work looks at how it gets on.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// Runs work that gives way.
#[derive(Debug)]
pub struct GivingWay {
    name: &'static str,
    look_every: Duration,
    /// Whether work is starved that began so long ago and has had so much of a processor.
    is_starved: fn(Duration, Duration) -> bool,
    /// How many may run at normal priority at a time.
    most_urgent: usize,
    urgent: AtomicUsize,
    /// How often work was begun anew, or at once, at normal priority.
    lifted: AtomicU64,
    /// Threads of the lowest priority whose work was begun anew and that have not ended.
    left_behind: Mutex<Vec<JoinHandle<()>>>,
}

/// The right to run at normal priority.
struct Urgent<'g>(&'g GivingWay);

impl Drop for Urgent<'_> {
    fn drop(&mut self) {
        self.0.urgent.fetch_sub(1, Ordering::AcqRel);
    }
}

/// What a thread reports: the result, or `None` after a panic.
type Report<T> = Option<T>;

/// Work that may be done twice at once.
type Work<T> = Arc<dyn Fn() -> T + Send + Sync>;

impl GivingWay {
    /// Threads are called `name`; at most `most_urgent` of them, and at least one, run at normal priority at a time.
    #[must_use]
    pub fn new(name: &'static str, most_urgent: usize) -> Self {
        Self {
            name,
            look_every: LOOK_EVERY,
            is_starved,
            most_urgent: most_urgent.max(1),
            urgent: AtomicUsize::new(0),
            lifted: AtomicU64::new(0),
            left_behind: Mutex::default(),
        }
    }

    /// How often work got normal priority because the machine was busy.
    #[must_use]
    pub fn lifted(&self) -> u64 {
        self.lifted.load(Ordering::Relaxed)
    }

    /// Whether work that was begun anew still starves at the lowest priority.
    #[must_use]
    pub fn is_machine_busy(&self) -> bool {
        let mut left_behind = locked(&self.left_behind);
        left_behind.retain(|thread| !thread.is_finished());
        !left_behind.is_empty()
    }

    /// Runs `work` inside the caller's tracing span and blocks until it is done. It may be run a second time beside the
    /// first, so it must have no effect but its result.
    ///
    /// # Errors
    /// When the work gave no result.
    pub fn run<T: Send + 'static>(&self, work: impl Fn() -> T + Send + Sync + 'static) -> Result<T, LaneError> {
        let span = tracing::Span::current();
        let work: Work<T> = Arc::new(move || span.in_scope(&work));
        let (sender, reports) = mpsc::channel();
        if !self.is_machine_busy() {
            let progress = Arc::new(Progress::default());
            let polite = self.spawn_polite(&work, &sender, &progress)?;
            if let Ok(report) = until_starved(&reports, &progress, self.look_every, self.is_starved) {
                return self.result(report.flatten());
            }
            locked(&self.left_behind).push(polite);
        }
        let _urgent = match self.turn_at_normal_priority(&reports) {
            Ok(urgent) => urgent,
            Err(report) => return self.result(report),
        };
        self.lifted.fetch_add(1, Ordering::Relaxed);
        let _thread = self.spawn(move || drop(sender.send(attempt(&work))))?;
        // Nobody is left to report only where both threads were ended from outside.
        self.result(reports.recv().unwrap_or_default())
    }

    /// Begins at the lowest priority.
    fn spawn_polite<T: Send + 'static>(
        &self,
        work: &Work<T>,
        sender: &Sender<Report<T>>,
        progress: &Arc<Progress>,
    ) -> Result<JoinHandle<()>, LaneError> {
        let (work, sender, progress) = (Arc::clone(work), sender.clone(), Arc::clone(progress));
        self.spawn(move || {
            progress.begin_at_lowest_priority();
            drop(sender.send(attempt(&work)));
        })
    }

    fn spawn(&self, job: impl FnOnce() + Send + 'static) -> Result<JoinHandle<()>, LaneError> {
        let thread = Builder::new().name(self.name.to_owned()).spawn(job);
        thread.map_err(|error| LaneError::no_thread(self.name, &error))
    }

    /// Waits for the right to run at normal priority, or for the report of whatever still runs at the lowest.
    fn turn_at_normal_priority<T>(&self, reports: &Receiver<Report<T>>) -> Result<Urgent<'_>, Report<T>> {
        loop {
            let taken = self.urgent.fetch_update(Ordering::AcqRel, Ordering::Acquire, |urgent| {
                (urgent < self.most_urgent).then_some(urgent + 1)
            });
            if taken.is_ok() {
                return Ok(Urgent(self));
            }
            if let Ok(report) = reports.recv_timeout(self.look_every) {
                return Err(report);
            }
        }
    }

    fn result<T>(&self, report: Report<T>) -> Result<T, LaneError> {
        report.ok_or(LaneError::Panicked(self.name))
    }
}

/// Work at the lowest priority has had too little of a processor.
struct Starved;

/// Waits for the report of a thread of the lowest priority; `None` where it ended without one.
///
/// # Errors
/// As soon as it is starved.
fn until_starved<T>(
    reports: &Receiver<T>,
    progress: &Progress,
    look_every: Duration,
    is_starved: fn(Duration, Duration) -> bool,
) -> Result<Option<T>, Starved> {
    let begun = Instant::now();
    loop {
        match reports.recv_timeout(look_every) {
            Ok(report) => return Ok(Some(report)),
            Err(RecvTimeoutError::Disconnected) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {
                let waited = begun.elapsed();
                if progress.processor_time().is_some_and(|had| is_starved(waited, had)) {
                    return Err(Starved);
                }
            }
        }
    }
}

fn attempt<T>(work: &Work<T>) -> Report<T> {
    // Work has no effect but its result, and after a panic there is none.
    catch_unwind(AssertUnwindSafe(|| work())).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Barrier;
    use std::sync::atomic::AtomicBool;
    use std::thread;

    #[cfg(target_os = "linux")]
    use thread_priority::{NormalThreadSchedulePolicy, ThreadSchedulePolicy, thread_schedule_policy};

    use super::*;

    /// Looks often, and takes work for starved where `is_starved` says so.
    fn judged_by(is_starved: fn(Duration, Duration) -> bool, most_urgent: usize) -> GivingWay {
        GivingWay { look_every: Duration::from_millis(1), is_starved, ..GivingWay::new("test", most_urgent) }
    }

    /// Work that never ends the first time it is run, until it is released. It says when it has begun: before that it
    /// is no use to begin it a second time, because either of the two could then be the first.
    struct Stuck {
        begun: &'static AtomicBool,
        runs: AtomicUsize,
        released: AtomicBool,
    }

    impl Stuck {
        fn new(begun: &'static AtomicBool) -> Arc<Self> {
            Arc::new(Self { begun, runs: AtomicUsize::new(0), released: AtomicBool::new(false) })
        }

        fn run(&self) -> usize {
            let run = self.runs.fetch_add(1, Ordering::SeqCst);
            self.begun.store(true, Ordering::SeqCst);
            while run == 0 && !self.released.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
            run
        }

        fn release(&self, giving_way: &GivingWay) {
            self.released.store(true, Ordering::SeqCst);
            wait_until(|| !giving_way.is_machine_busy());
        }
    }

    fn wait_until(reached: impl Fn() -> bool) {
        let begun = Instant::now();
        while !reached() {
            assert!(begun.elapsed() < Duration::from_mins(2), "what was waited for did not come");
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn work_that_starves_is_begun_anew_and_answers() {
        static BEGUN: AtomicBool = AtomicBool::new(false);
        let giving_way = judged_by(|_, _| BEGUN.load(Ordering::SeqCst), 1);
        let stuck = Stuck::new(&BEGUN);
        let work = Arc::clone(&stuck);
        // The first run reports nothing, so the result is the second one's.
        assert_eq!(giving_way.run(move || work.run()), Ok(1));
        assert_eq!((giving_way.lifted(), giving_way.is_machine_busy()), (1, true));
        stuck.release(&giving_way);
    }

    #[test]
    fn while_one_starves_others_begin_at_normal_priority_and_afterwards_at_the_lowest() {
        static BEGUN: AtomicBool = AtomicBool::new(false);
        let giving_way = judged_by(|_, _| BEGUN.load(Ordering::SeqCst), 1);
        let stuck = Stuck::new(&BEGUN);
        let work = Arc::clone(&stuck);
        assert_eq!(giving_way.run(move || work.run()), Ok(1));
        for number in 2..5 {
            let work = Arc::clone(&stuck);
            assert_eq!(giving_way.run(move || work.run()), Ok(number), "it was run more than once");
            assert_eq!(giving_way.lifted(), number as u64);
        }
        stuck.release(&giving_way);
        let patient = GivingWay { is_starved: |_, _| false, ..giving_way };
        assert_eq!(patient.run(|| 7), Ok(7));
        assert_eq!(patient.lifted(), 4);
    }

    #[test]
    fn work_that_does_not_starve_is_run_once() {
        let giving_way = judged_by(|_, _| false, 1);
        let runs = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&runs);
        let work = move || {
            thread::sleep(Duration::from_millis(20));
            counted.fetch_add(1, Ordering::SeqCst)
        };
        assert_eq!(giving_way.run(work), Ok(0));
        assert_eq!((runs.load(Ordering::SeqCst), giving_way.lifted()), (1, 0));
    }

    #[test]
    fn no_more_run_at_normal_priority_than_may() {
        static BEGUN: AtomicBool = AtomicBool::new(false);
        let giving_way = judged_by(|_, _| BEGUN.load(Ordering::SeqCst), 2);
        let (running, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let stuck = Stuck::new(&BEGUN);
        let work = Arc::clone(&stuck);
        assert_eq!(giving_way.run(move || work.run()), Ok(1));
        thread::scope(|scope| {
            for _ in 0..6 {
                let (running, most) = (Arc::clone(&running), Arc::clone(&most));
                let work = move || {
                    most.fetch_max(running.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(5));
                    running.fetch_sub(1, Ordering::SeqCst);
                };
                let giving_way = &giving_way;
                scope.spawn(move || assert_eq!(giving_way.run(work), Ok(())));
            }
        });
        assert!((1..=2).contains(&most.load(Ordering::SeqCst)));
        assert_eq!(giving_way.lifted(), 7);
        stuck.release(&giving_way);
    }

    #[test]
    fn whoever_waits_for_normal_priority_is_answered_by_the_lowest_where_that_ends_first() {
        let giving_way = judged_by(|_, _| true, 1);
        let held = giving_way.turn_at_normal_priority::<()>(&mpsc::channel().1).map_err(drop).unwrap();
        let begun = Arc::new(Barrier::new(2));
        let waits = Arc::clone(&begun);
        thread::scope(|scope| {
            let run = scope.spawn(|| {
                giving_way.run(move || {
                    waits.wait();
                    7
                })
            });
            wait_until(|| giving_way.is_machine_busy());
            begun.wait();
            assert_eq!(run.join().unwrap(), Ok(7));
        });
        assert_eq!(giving_way.lifted(), 0);
        drop(held);
    }

    #[test]
    fn a_panic_is_an_error_at_either_priority() {
        for is_starved in [|_, _| false, |_, _| true] {
            let failed = judged_by(is_starved, 1).run(|| -> () { std::panic::resume_unwind(Box::new("on purpose")) });
            assert_eq!(failed, Err(LaneError::Panicked("test")));
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_first_run_has_the_lowest_priority_and_the_second_a_normal_one() {
        static BEGUN: AtomicBool = AtomicBool::new(false);
        let policy = || thread_schedule_policy().unwrap();
        let (sender, policies) = mpsc::channel();
        let giving_way = judged_by(|_, _| BEGUN.load(Ordering::SeqCst), 1);
        let stuck = Stuck::new(&BEGUN);
        let work = Arc::clone(&stuck);
        let result = giving_way.run(move || {
            sender.send(policy()).unwrap();
            work.run()
        });
        assert_eq!(result, Ok(1));
        stuck.release(&giving_way);
        let mut seen: Vec<_> = policies.iter().collect();
        seen.sort_by_key(|policy| format!("{policy:?}"));
        let normal = |policy| ThreadSchedulePolicy::Normal(policy);
        let expected = [normal(NormalThreadSchedulePolicy::Idle), normal(NormalThreadSchedulePolicy::Other)];
        assert_eq!(seen, expected);
        assert_eq!(policy(), normal(NormalThreadSchedulePolicy::Other));
    }
}
