//! Lanes for work that costs much processor time: hashing passwords, fitting models, reading pictures. A lane runs a
//! few at a time, lets a few wait in the order they came, and refuses the rest at once, so that one kind of work never
//! starves another. Where companies are told apart, each of those that wait gets as many turns. Where a lane has a
//! patience, whoever waits longer is refused too, and as many may wait as are expected to get their turn in time.

mod turns;

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use atalaya_domain::id::CompanyId;

use self::turns::{Call, Party, Turns};
use crate::priority;
use crate::sync::locked;

/// Why a lane did not give the work's result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LaneError {
    /// As many run and wait as the lane takes, or the place was given up for a company that has fewer.
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

impl LaneError {
    /// What the machine said instead of giving a thread.
    pub(crate) fn no_thread(lane: &'static str, error: &std::io::Error) -> Self {
        Self::NoThread { lane, reason: error.to_string() }
    }
}

/// A bounded lane: first come, first served, for each company where they are told apart.
#[derive(Debug)]
pub struct Lane {
    name: &'static str,
    patience: Option<Patience>,
    niceness: i32,
    turns: Mutex<Turns>,
    moved: Condvar,
}

/// How long a turn is waited for, and how many may wait for one.
#[derive(Debug, Clone, Copy)]
struct Patience {
    longest: Duration,
    most_waiting: usize,
}

impl Patience {
    /// How many may wait for `concurrent` places so that the last of them gets a turn in time where a turn lasts
    /// `lasting`; never less than one.
    fn waiting(self, lasting: Duration, concurrent: usize) -> usize {
        let turns = self.longest.as_nanos() / lasting.as_nanos().max(1);
        let places = turns.saturating_mul(concurrent as u128);
        usize::try_from(places.clamp(1, self.most_waiting.max(1) as u128)).unwrap_or(1)
    }
}

impl Lane {
    /// A lane in which at most `concurrent` (at least one) run while at most `waiting` wait, for as long as it takes.
    #[must_use]
    pub fn new(name: &'static str, concurrent: usize, waiting: usize) -> Self {
        let turns = Mutex::new(Turns::new(concurrent.max(1), waiting));
        Self { name, patience: None, niceness: 0, turns, moved: Condvar::new() }
    }

    /// Refuses whoever has waited for `patience` without a turn, and lets as many wait as are expected to get their
    /// turn in that time, at most `most_waiting` and at least one. `lasting` is how long a turn is expected to last;
    /// from the first turn on, what turns lasted lately counts, so that on a busy machine fewer wait.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration, most_waiting: usize, lasting: Duration) -> Self {
        let patience = Patience { longest: patience, most_waiting };
        self.patience = Some(patience);
        let mut turns = self.turns();
        turns.expect(lasting, |lasting, concurrent| patience.waiting(lasting, concurrent));
        drop(turns);
        self
    }

    /// Runs work at a lower scheduling priority: `niceness` from 0, as everything else, to 19 (`setpriority(2)`).
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
    /// [`LaneError::Full`] at once when as many run and wait as the lane takes, [`LaneError::Late`] when the turn did
    /// not come in time; the others when the work gave no result.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, LaneError> {
        let _turn = self.turn()?;
        on_own_thread(self.name, self.niceness, work)
    }

    /// Waits for a turn, for whoever runs the work by itself.
    ///
    /// # Errors
    /// [`LaneError::Full`] at once when as many run and wait as the lane takes, [`LaneError::Late`] when the turn did
    /// not come in time.
    pub fn turn(&self) -> Result<Turn<'_>, LaneError> {
        self.turn_of(None)
    }

    /// [`Self::turn`] as one of the company's: while several companies wait, each gets as many turns as any other, and
    /// in a full lane the last of the company that has the most gives up its place to one that has fewer.
    ///
    /// # Errors
    /// Those of [`Self::turn`]; [`LaneError::Full`] also later, of a place that was given up.
    pub fn turn_for(&self, company: CompanyId) -> Result<Turn<'_>, LaneError> {
        self.turn_of(Some(company))
    }

    fn turn_of(&self, party: Party) -> Result<Turn<'_>, LaneError> {
        let begun = Instant::now();
        let mut turns = self.turns();
        let had_room = turns.has_room();
        let ticket = turns.enter(party).ok_or(LaneError::Full(self.name))?;
        if !had_room {
            // Somebody else gave up its place.
            self.moved.notify_all();
        }
        loop {
            match turns.call(ticket) {
                Call::Starts => break,
                Call::GivenUp => return Err(LaneError::Full(self.name)),
                Call::Waits => (),
            }
            let Some(patience) = self.patience else {
                turns = self.moved.wait(turns).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let left = patience.longest.saturating_sub(begun.elapsed());
            if left.is_zero() {
                turns.leave(ticket);
                self.moved.notify_all();
                return Err(LaneError::Late(self.name));
            }
            (turns, _) = self.moved.wait_timeout(turns, left).unwrap_or_else(PoisonError::into_inner);
        }
        // Whoever stood behind this one is the first now, and there may be another free place.
        self.moved.notify_all();
        Ok(Turn { lane: self, party, begun: Instant::now() })
    }

    /// A turn where it comes at once; `None` where it would have to be waited for.
    pub fn turn_if_idle(&self) -> Option<Turn<'_>> {
        self.turns().start_at_once().then(|| Turn { lane: self, party: None, begun: Instant::now() })
    }

    fn turns(&self) -> MutexGuard<'_, Turns> {
        locked(&self.turns)
    }
}

/// Runs `work` on a thread of that name and niceness, inside the caller's tracing span. Blocks until it is done.
///
/// # Errors
/// When the work gave no result.
pub(crate) fn on_own_thread<T: Send>(
    name: &'static str,
    niceness: i32,
    work: impl FnOnce() -> T + Send,
) -> Result<T, LaneError> {
    let span = tracing::Span::current();
    let job = || {
        if niceness > 0 {
            priority::lower(niceness);
        }
        span.in_scope(work)
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().name(name.to_owned()).spawn_scoped(scope, job);
        let thread = thread.map_err(|error| LaneError::no_thread(name, &error))?;
        thread.join().map_err(|_| LaneError::Panicked(name))
    })
}

/// The right to run, given back when dropped, however the work ended.
#[derive(Debug)]
pub struct Turn<'lane> {
    lane: &'lane Lane,
    party: Party,
    begun: Instant,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut turns = self.lane.turns();
        turns.end(self.party);
        if let Some(patience) = self.lane.patience {
            turns.lasted(self.begun.elapsed(), |lasting, concurrent| patience.waiting(lasting, concurrent));
        }
        drop(turns);
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
            assert!(begin.elapsed() < Duration::from_mins(2), "the lane never became {depth} deep");
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
    fn a_company_that_fills_the_lane_neither_keeps_others_out_nor_lets_them_wait_behind_all_it_sent() {
        let lane = Lane::new("test", 1, 3);
        let (served, order) = mpsc::channel();
        let (many, few) = (CompanyId::new(1), CompanyId::new(2));
        thread::scope(|scope| {
            let first = occupy(scope, &lane);
            let ask = |company, name| {
                let (lane, served) = (&lane, served.clone());
                scope.spawn(move || lane.turn_for(company).map(|_turn| served.send(name).unwrap()))
            };
            let of_many: Vec<_> = (2..5)
                .map(|depth| {
                    let asked = ask(many, "many");
                    wait_for_depth(&lane, depth);
                    asked
                })
                .collect();
            assert_eq!(lane.turn_for(many).err(), Some(LaneError::Full("test")));
            let of_few = ask(few, "few");
            let [one, other, last]: [_; 3] = of_many.try_into().unwrap();
            // It hears that its place is another's while the lane is as full as before.
            assert_eq!(last.join().unwrap(), Err(LaneError::Full("test")));
            drop(first);
            assert_eq!([one, other, of_few].map(|asked| asked.join().unwrap()), [Ok(()), Ok(()), Ok(())]);
        });
        assert_eq!(order.try_iter().collect::<Vec<_>>(), ["many", "few", "many"]);
    }

    #[test]
    fn whoever_is_not_served_in_time_is_refused_and_leaves_its_place() {
        let lane = Lane::new("test", 1, 1).with_patience(Duration::ZERO, 1, Duration::ZERO);
        thread::scope(|scope| {
            let running = occupy(scope, &lane);
            for _ in 0..3 {
                assert_eq!(lane.run(|| ()), Err(LaneError::Late("test")));
            }
            assert_eq!((lane.depth(), lane.turn_if_idle().is_none()), (1, true));
            drop(running);
        });
        assert_eq!(lane.run(|| 7), Ok(7));
        assert!(lane.turn_if_idle().is_some());
        assert_eq!(lane.depth(), 0);
    }

    #[test]
    fn as_many_wait_as_are_expected_to_get_their_turn_in_time() {
        let waiting = |lasting, concurrent| {
            Patience { longest: Duration::from_secs(1), most_waiting: 64 }.waiting(lasting, concurrent)
        };
        assert_eq!(waiting(Duration::from_millis(300), 1), 3);
        assert_eq!(waiting(Duration::from_millis(300), 2), 6);
        assert_eq!(waiting(Duration::from_secs(5), 2), 1);
        assert_eq!(waiting(Duration::ZERO, 2), 64);
    }

    #[test]
    fn turns_that_last_longer_than_was_expected_let_fewer_wait() {
        // By the estimate 64 would wait; by what turns lasted, one.
        let lane = Lane::new("test", 1, 64).with_patience(Duration::from_nanos(1), 64, Duration::ZERO);
        assert_eq!(lane.run(|| thread::sleep(Duration::from_millis(1))), Ok(()));
        let (running, waiting) = (lane.turn_if_idle().unwrap(), lane.turns().enter(None).unwrap());
        assert!(!lane.has_room());
        assert_eq!(lane.run(|| ()), Err(LaneError::Full("test")));
        lane.turns().leave(waiting);
        drop(running);
        assert!(lane.has_room());
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
}
