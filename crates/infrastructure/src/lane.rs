//! Lanes for work that costs much processor time: hashing passwords and fitting models. A lane runs a few at a time,
//! lets a few wait in the order they came, and refuses the rest at once, so that one kind of work never starves
//! another. Where it has a patience, whoever waits longer is refused too.

mod turns;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use self::turns::Turns;
use crate::sync::locked;

/// Why a lane did not give the work's result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// As many run and wait as the lane takes.
    #[error("the {0} lane is full")]
    Full(&'static str),
    /// The turn did not come within the lane's patience.
    #[error("the {0} lane is too slow")]
    Late(&'static str),
    /// The work panicked. The lane goes on.
    #[error("work in the {0} lane panicked")]
    Panicked(&'static str),
    /// The machine gave no thread.
    #[error("the {lane} lane got no thread: {reason}")]
    NoThread {
        /// The lane.
        lane: &'static str,
        /// What the machine said.
        reason: String,
    },
}

/// A bounded lane, first come, first served.
#[derive(Debug)]
pub struct Lane {
    name: &'static str,
    patience: Option<Duration>,
    niceness: i32,
    turns: Mutex<Turns>,
    moved: Condvar,
}

impl Lane {
    /// The niceness of what runs only when nothing else wants the processor, and gives way at once.
    const LOWEST: i32 = 19;

    /// A lane in which at most `concurrent` (at least one) run while at most `waiting` wait, for as long as it takes.
    #[must_use]
    pub fn new(name: &'static str, concurrent: usize, waiting: usize) -> Self {
        let turns = Mutex::new(Turns::new(concurrent.max(1), waiting));
        Self { name, patience: None, niceness: 0, turns, moved: Condvar::new() }
    }

    /// Refuses whoever has waited for `patience` without a turn: what was expected to fit may turn out to be slower.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = Some(patience);
        self
    }

    /// Runs work at a lower scheduling priority: `niceness` from 0, as everything else, to 19, only when nothing else
    /// wants the processor (`setpriority(2)`).
    #[must_use]
    pub fn with_niceness(mut self, niceness: i32) -> Self {
        self.niceness = niceness;
        self
    }

    /// How many run or wait now.
    #[must_use]
    pub fn depth(&self) -> u64 {
        u64::try_from(self.turns().depth()).unwrap_or(u64::MAX)
    }

    /// Whether work that came now would be taken.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.turns().has_room()
    }

    /// Waits for a turn and runs `work` on a thread of its own, inside the caller's tracing span. Blocks until it is
    /// done.
    ///
    /// # Errors
    /// [`LaneError::Full`] at once when as many run and wait as the lane takes, [`LaneError::Late`] when the turn did not
    /// come in time; the others when the work gave no result.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, LaneError> {
        let turn = self.take_turn()?;
        self.run_in(&turn, work)
    }

    /// [`Self::run`] where the turn comes at once; `None` where the work would have to wait.
    ///
    /// # Errors
    /// When the work gave no result.
    pub fn run_if_idle<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<Option<T>, LaneError> {
        if !self.turns().start_at_once() {
            return Ok(None);
        }
        self.run_in(&Turn { lane: self }, work).map(Some)
    }

    fn run_in<T: Send>(&self, _: &Turn<'_>, work: impl FnOnce() -> T + Send) -> Result<T, LaneError> {
        let span = tracing::Span::current();
        let job = || {
            self.lower_priority();
            span.in_scope(work)
        };
        thread::scope(|scope| {
            let thread = thread::Builder::new().name(self.name.to_owned()).spawn_scoped(scope, job);
            let thread = thread.map_err(|error| LaneError::NoThread { lane: self.name, reason: error.to_string() })?;
            thread.join().map_err(|_| LaneError::Panicked(self.name))
        })
    }

    fn take_turn(&self) -> Result<Turn<'_>, LaneError> {
        let begun = Instant::now();
        let mut turns = self.turns();
        let ticket = turns.enter().ok_or(LaneError::Full(self.name))?;
        while !turns.start(ticket) {
            let Some(patience) = self.patience else {
                turns = self.moved.wait(turns).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = patience.saturating_sub(begun.elapsed());
            if left.is_zero() {
                turns.leave(ticket);
                self.moved.notify_all();
                return Err(LaneError::Late(self.name));
            }
            (turns, _) = self.moved.wait_timeout(turns, left).unwrap_or_else(PoisonError::into_inner);
        }
        // Whoever stood behind this one is the first now, and there may be another free place.
        self.moved.notify_all();
        Ok(Turn { lane: self })
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        locked(&self.turns)
    }

    /// Gives the calling thread the policy `SCHED_IDLE` (`sched(7)`). A niceness alone says how much of a processor the
    /// work gets, not when it gives way: since the scheduler protects the slice of whoever runs, a request that woke beside
    /// a hash waited for a millisecond and more.
    fn yield_at_once(&self) {
        #[cfg(target_os = "linux")]
        {
            use thread_priority::{
                NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
                thread_native_id,
            };
            let policy = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
            if let Err(error) = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, policy) {
                tracing::debug!(lane = self.name, ?error, "the lane's work does not give way at once");
            }
        }
    }

    /// Lowers the calling thread's priority. Where that fails the work is as right and only less polite.
    fn lower_priority(&self) {
        if self.niceness == 0 {
            return;
        }
        if self.niceness == Self::LOWEST {
            self.yield_at_once();
        }
        // On Linux a priority belongs to a thread; elsewhere it would be the whole process's.
        #[cfg(target_os = "linux")]
        if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), self.niceness) {
            tracing::debug!(lane = self.name, %error, "the lane's work runs at normal priority");
        }
    }
}

/// The right to run, given back when dropped, however the work ended.
struct Turn<'lane> {
    lane: &'lane Lane,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.lane.turns().end();
        self.lane.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::{Duration, Instant};

    use super::*;

    /// Holds the lane's turns until the sender is dropped.
    fn occupy<'scope>(scope: &'scope thread::Scope<'scope, '_>, lane: &'scope Lane) -> mpsc::Sender<()> {
        let depth = lane.depth();
        let (release, released) = mpsc::channel();
        scope.spawn(move || lane.run(move || released.recv().is_err()));
        wait_for_depth(lane, depth + 1);
        release
    }

    fn wait_for_depth(lane: &Lane, depth: u64) {
        let begin = Instant::now();
        while lane.depth() != depth {
            assert!(begin.elapsed() < Duration::from_secs(10), "the lane never became {depth} deep");
            thread::yield_now();
        }
    }

    #[test]
    fn a_full_lane_refuses_at_once_and_serves_again_when_emptied() {
        let lane = Lane::new("test", 1, 1);
        thread::scope(|scope| {
            let running = occupy(scope, &lane);
            let waiting = occupy(scope, &lane);
            assert_eq!(lane.depth(), 2);
            assert_eq!(lane.run(|| ()), Err(LaneError::Full("test")));
            drop((running, waiting));
        });
        assert_eq!(lane.depth(), 0);
        assert_eq!(lane.run(|| 7), Ok(7));
    }

    #[test]
    fn no_more_run_at_once_than_the_lane_allows() {
        let lane = Lane::new("test", 2, 100);
        let running = Mutex::new((0, 0));
        thread::scope(|scope| {
            for _ in 0..20 {
                scope.spawn(|| {
                    lane.run(|| {
                        let most = {
                            let mut running = running.lock().unwrap();
                            running.0 += 1;
                            running.0
                        };
                        thread::sleep(Duration::from_millis(2));
                        let mut running = running.lock().unwrap();
                        running.1 = running.1.max(most);
                        running.0 -= 1;
                    })
                });
            }
        });
        assert_eq!(running.into_inner().unwrap(), (0, 2));
    }

    #[test]
    fn work_is_served_in_the_order_it_came() {
        let lane = Lane::new("test", 1, 10);
        let (served, order) = mpsc::channel();
        thread::scope(|scope| {
            let first = occupy(scope, &lane);
            for number in 0..5 {
                let (lane, served) = (&lane, served.clone());
                let depth = lane.depth();
                scope.spawn(move || lane.run(move || served.send(number)));
                wait_for_depth(lane, depth + 1);
            }
            drop(first);
        });
        assert_eq!(order.try_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
    }

    #[test]
    fn whoever_is_not_served_in_time_is_refused_and_leaves_its_place() {
        let lane = Lane::new("test", 1, 1).with_patience(Duration::ZERO);
        thread::scope(|scope| {
            let running = occupy(scope, &lane);
            for _ in 0..3 {
                assert_eq!(lane.run(|| ()), Err(LaneError::Late("test")));
            }
            assert_eq!((lane.depth(), lane.run_if_idle(|| ())), (1, Ok(None)));
            drop(running);
        });
        assert_eq!(lane.run(|| 7), Ok(7));
        assert_eq!(lane.run_if_idle(|| 7), Ok(Some(7)));
        assert_eq!(lane.depth(), 0);
    }

    #[test]
    fn a_panic_is_an_error_and_leaves_the_lane_usable() {
        let lane = Lane::new("test", 1, 0);
        let failed = lane.run(|| -> () { std::panic::resume_unwind(Box::new("on purpose")) });
        assert_eq!(failed, Err(LaneError::Panicked("test")));
        assert_eq!(lane.run(|| 7), Ok(7));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn only_the_lanes_own_threads_lose_priority() {
        let niceness = || rustix::process::getpriority_process(Some(rustix::thread::gettid()));
        let before = niceness().unwrap();
        let inside = Lane::new("test", 1, 0).with_niceness(10).run(niceness).unwrap();
        assert_eq!(inside, Ok(10));
        assert_eq!(niceness(), Ok(before));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_lowest_gives_way_at_once_and_nothing_else_does() {
        use thread_priority::{NormalThreadSchedulePolicy, ThreadSchedulePolicy, thread_schedule_policy};
        let of_lane =
            |niceness| Lane::new("test", 1, 0).with_niceness(niceness).run(|| thread_schedule_policy().unwrap());
        let normal = |policy| ThreadSchedulePolicy::Normal(policy);
        assert_eq!(of_lane(19), Ok(normal(NormalThreadSchedulePolicy::Idle)));
        assert_eq!(of_lane(10), Ok(normal(NormalThreadSchedulePolicy::Other)));
        assert_eq!(thread_schedule_policy().unwrap(), normal(NormalThreadSchedulePolicy::Other));
    }
}
