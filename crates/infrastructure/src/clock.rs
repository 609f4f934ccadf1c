//! The clock of a process. Where the database is a server, it is the server's clock that every process on it goes by,
//! so that replicas whose machines disagree judge tokens, sessions, locks and leases alike.
//!
//! The server is asked now and then; in between, the machine's steady counter goes on from its answer. So nothing that
//! sets this machine's clock is felt, and where the server cannot be asked, time goes on from the last answer.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Instant;

use atalaya_application::AppError;
use atalaya_application::ports::runtime::Clock;
use chrono::{DateTime, TimeDelta, Utc};

use crate::runtime::{CLOCKS_APART, SystemClock};

/// What a machine knows of time.
pub trait Machine: Send + Sync {
    /// Its clock, which anybody may set.
    fn wall(&self) -> DateTime<Utc>;

    /// Time since some moment: it only grows, and is never set.
    fn ticks(&self) -> TimeDelta;
}

/// This machine.
pub struct ThisMachine {
    began: Instant,
}

impl Default for ThisMachine {
    fn default() -> Self {
        Self { began: Instant::now() }
    }
}

impl Machine for ThisMachine {
    fn wall(&self) -> DateTime<Utc> {
        SystemClock.now()
    }

    fn ticks(&self) -> TimeDelta {
        TimeDelta::from_std(self.began.elapsed()).unwrap_or(TimeDelta::MAX)
    }
}

/// An answer of the clock that is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeAnswer {
    /// The machine's ticks when it was asked.
    pub asked: TimeDelta,
    /// What it said.
    pub said: DateTime<Utc>,
    /// The machine's ticks when the answer was there.
    pub answered: TimeDelta,
}

impl TimeAnswer {
    /// How long asking took.
    fn took(&self) -> TimeDelta {
        self.answered - self.asked
    }
}

/// A clock to follow: given the machine's ticks, it says what time it is; `None` where there is no such clock.
pub type Reference = Box<dyn Fn(&dyn Fn() -> TimeDelta) -> Result<Option<TimeAnswer>, AppError> + Send + Sync>;

/// The clock of a process.
pub struct ProcessClock {
    machine: Box<dyn Machine>,
    reference: OnceLock<Reference>,
    /// Whether the reference has answered.
    follows: AtomicBool,
    /// Microseconds since 1970 at tick 0, as the reference says.
    origin: AtomicI64,
    /// The latest time that `now` returned, in microseconds since 1970.
    latest: AtomicI64,
    /// By how many microseconds the machine's clock is ahead of the reference.
    ahead: AtomicI64,
}

impl Default for ProcessClock {
    fn default() -> Self {
        Self::of(ThisMachine::default())
    }
}

impl ProcessClock {
    /// A step back by more than this is made; a smaller one is waited for, so that time does not go back.
    const STEP: TimeDelta = TimeDelta::seconds(2);
    /// How often the reference is asked for one measurement: the quickest answer counts.
    const QUESTIONS: usize = 3;
    /// After an answer that was as quick as this nobody asks again.
    const QUICK: TimeDelta = TimeDelta::milliseconds(5);
    /// An answer that took longer says too little.
    const SLOWEST: TimeDelta = TimeDelta::seconds(1);

    /// The clock of a machine, which it goes by until it follows another.
    #[must_use]
    pub fn of(machine: impl Machine + 'static) -> Self {
        Self {
            machine: Box::new(machine),
            reference: OnceLock::new(),
            follows: AtomicBool::new(false),
            origin: AtomicI64::new(0),
            latest: AtomicI64::new(i64::MIN),
            ahead: AtomicI64::new(0),
        }
    }

    /// Follows another clock from now on; the first one stays.
    ///
    /// # Errors
    /// Those of the reference.
    pub fn follow(&self, reference: Reference) -> Result<(), AppError> {
        // A second one is not taken.
        let _ = self.reference.set(reference);
        self.measure()
    }

    /// Asks the clock that is followed what time it is. Where that fails, or takes too long, the last answer stays.
    ///
    /// # Errors
    /// Those of the reference.
    pub fn measure(&self) -> Result<(), AppError> {
        let Some(reference) = self.reference.get() else { return Ok(()) };
        let mut answers = Vec::with_capacity(Self::QUESTIONS);
        for _ in 0..Self::QUESTIONS {
            match reference(&|| self.machine.ticks())? {
                Some(answer) => answers.push(answer),
                None => return Ok(()),
            }
            if answers.last().is_some_and(|answer| answer.took() <= Self::QUICK) {
                break;
            }
        }
        let Some(best) = answers.into_iter().min_by_key(TimeAnswer::took) else { return Ok(()) };
        if best.took() <= Self::SLOWEST {
            self.take(best);
        }
        Ok(())
    }

    fn take(&self, answer: TimeAnswer) {
        let uncertain = answer.took() / 2;
        let middle = answer.asked + uncertain;
        let wall = self.machine.wall() - (self.machine.ticks() - middle);
        self.compare(wall - answer.said, uncertain);
        let origin = answer.said.timestamp_micros().saturating_sub(microseconds(middle));
        if !self.follows.load(Ordering::Acquire) {
            self.origin.store(origin, Ordering::Release);
            self.follows.store(true, Ordering::Release);
            return;
        }
        let correction = TimeDelta::microseconds(origin.saturating_sub(self.origin.load(Ordering::Acquire)));
        // Within what asking leaves uncertain there is nothing to correct.
        if correction.abs() <= uncertain {
            return;
        }
        self.origin.store(origin, Ordering::Release);
        if correction.abs() > Self::STEP {
            tracing::warn!(
                event = "clock_stepped",
                milliseconds = correction.num_milliseconds(),
                "the clock of the database was set, or another server took its place"
            );
            self.latest.store(i64::MIN, Ordering::Release);
        }
    }

    /// Notes how far the machine's clock is from the other one, and tells when that becomes too much or no longer is.
    fn compare(&self, ahead: TimeDelta, uncertain: TimeDelta) {
        let certain = if ahead.abs() <= uncertain { TimeDelta::zero() } else { ahead };
        let was_apart = self.is_apart();
        self.ahead.store(microseconds(certain), Ordering::Release);
        let milliseconds = certain.num_milliseconds();
        match (was_apart, self.is_apart()) {
            (false, true) => tracing::warn!(
                event = "clocks_apart",
                milliseconds,
                "this machine's clock and that of the database differ: synchronise them; until then this process goes by the database's"
            ),
            (true, false) => {
                tracing::info!(
                    event = "clocks_together",
                    milliseconds,
                    "this machine's clock is that of the database again"
                );
            }
            _ => {}
        }
    }

    fn is_apart(&self) -> bool {
        self.drift().abs() > CLOCKS_APART
    }
}

impl Clock for ProcessClock {
    fn now(&self) -> DateTime<Utc> {
        if !self.follows.load(Ordering::Acquire) {
            return self.machine.wall();
        }
        let now = self.origin.load(Ordering::Acquire).saturating_add(microseconds(self.machine.ticks()));
        let mut latest = self.latest.fetch_max(now, Ordering::AcqRel).max(now);
        if latest.saturating_sub(now) > microseconds(Self::STEP) {
            // Another thread read the origin before a step back and noted its time after it.
            let _ = self.latest.compare_exchange(latest, now, Ordering::AcqRel, Ordering::Acquire);
            latest = now;
        }
        DateTime::from_timestamp_micros(latest).unwrap_or_else(|| self.machine.wall())
    }

    fn drift(&self) -> TimeDelta {
        TimeDelta::microseconds(self.ahead.load(Ordering::Acquire))
    }
}

fn microseconds(span: TimeDelta) -> i64 {
    span.num_microseconds().unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use atalaya_application::error::Part;

    use super::*;

    /// A machine and a server whose clocks a test sets.
    struct Stage {
        wall: Mutex<DateTime<Utc>>,
        ticks: Mutex<TimeDelta>,
        server: Mutex<Option<DateTime<Utc>>>,
        /// How long each way of a question takes.
        way: Mutex<TimeDelta>,
    }

    impl Stage {
        fn set() -> Arc<Self> {
            Arc::new(Self {
                wall: Mutex::new(noon()),
                ticks: Mutex::default(),
                server: Mutex::new(Some(noon())),
                way: Mutex::default(),
            })
        }

        fn pass(&self, time: TimeDelta) {
            *self.wall.lock().unwrap() += time;
            *self.ticks.lock().unwrap() += time;
            if let Some(server) = &mut *self.server.lock().unwrap() {
                *server += time;
            }
        }

        fn move_server(&self, by: TimeDelta) {
            *self.server.lock().unwrap().as_mut().unwrap() += by;
        }

        fn clock(self: &Arc<Self>) -> ProcessClock {
            let clock = ProcessClock::of(Arc::clone(self));
            let stage = Arc::clone(self);
            clock.follow(Box::new(move |ticks| stage.answer(ticks))).unwrap();
            clock
        }

        fn answer(&self, ticks: &dyn Fn() -> TimeDelta) -> Result<Option<TimeAnswer>, AppError> {
            let asked = ticks();
            let way = *self.way.lock().unwrap();
            self.pass(way);
            let said = self.server.lock().unwrap().ok_or_else(|| AppError::unavailable(Part::Database))?;
            self.pass(way);
            Ok(Some(TimeAnswer { asked, said, answered: ticks() }))
        }
    }

    impl Machine for Arc<Stage> {
        fn wall(&self) -> DateTime<Utc> {
            *self.wall.lock().unwrap()
        }

        fn ticks(&self) -> TimeDelta {
            *self.ticks.lock().unwrap()
        }
    }

    fn noon() -> DateTime<Utc> {
        "2026-08-23T17:00:00Z".parse().unwrap()
    }

    const SECOND: TimeDelta = TimeDelta::seconds(1);

    #[test]
    fn the_time_is_that_of_the_server_however_wrong_the_machine_is() {
        for days in [-30, 0, 30] {
            let stage = Stage::set();
            *stage.wall.lock().unwrap() += TimeDelta::days(days);
            let clock = stage.clock();
            assert_eq!((clock.now(), clock.drift()), (noon(), TimeDelta::days(days)));
            stage.pass(SECOND * 10);
            assert_eq!(clock.now(), noon() + SECOND * 10);
        }
    }

    #[test]
    fn without_a_server_the_time_is_that_of_the_machine() {
        let stage = Stage::set();
        let clock = ProcessClock::of(Arc::clone(&stage));
        clock.follow(Box::new(|_| Ok(None))).unwrap();
        *stage.wall.lock().unwrap() -= SECOND;
        assert_eq!((clock.now(), clock.drift()), (noon() - SECOND, TimeDelta::zero()));
    }

    #[test]
    fn who_sets_the_machines_clock_moves_no_time_and_is_noticed() {
        let stage = Stage::set();
        let clock = stage.clock();
        *stage.wall.lock().unwrap() += TimeDelta::days(30);
        assert_eq!((clock.now(), clock.drift()), (noon(), TimeDelta::zero()));
        clock.measure().unwrap();
        assert_eq!((clock.now(), clock.drift()), (noon(), TimeDelta::days(30)));
        *stage.wall.lock().unwrap() -= TimeDelta::days(30);
        clock.measure().unwrap();
        assert_eq!(clock.drift(), TimeDelta::zero());
    }

    #[test]
    fn a_server_that_is_away_leaves_the_time_that_was_known() {
        let stage = Stage::set();
        *stage.wall.lock().unwrap() -= SECOND * 7;
        let clock = stage.clock();
        *stage.server.lock().unwrap() = None;
        stage.pass(SECOND * 100);
        assert!(clock.measure().is_err());
        assert_eq!((clock.now(), clock.drift()), (noon() + SECOND * 100, -SECOND * 7));
    }

    #[test]
    fn a_slow_answer_is_read_by_its_middle_and_a_very_slow_one_not_at_all() {
        let stage = Stage::set();
        *stage.way.lock().unwrap() = TimeDelta::milliseconds(100);
        let clock = stage.clock();
        assert_eq!(clock.now(), stage.server.lock().unwrap().unwrap());
        *stage.way.lock().unwrap() = SECOND;
        stage.move_server(SECOND * 60);
        clock.measure().unwrap();
        assert_eq!(clock.now() + SECOND * 60, stage.server.lock().unwrap().unwrap());
    }

    #[test]
    fn time_waits_for_a_small_step_back_and_makes_a_large_one() {
        let stage = Stage::set();
        let clock = stage.clock();
        let before = clock.now();
        stage.move_server(-SECOND);
        clock.measure().unwrap();
        assert_eq!(clock.now(), before);
        stage.pass(SECOND * 3);
        assert_eq!(clock.now(), before + SECOND * 2);
        stage.move_server(-TimeDelta::hours(1));
        clock.measure().unwrap();
        assert_eq!(clock.now(), before + SECOND * 2 - TimeDelta::hours(1));
        stage.move_server(TimeDelta::hours(1));
        clock.measure().unwrap();
        assert_eq!(clock.now(), before + SECOND * 2);
    }

    #[test]
    fn a_thread_that_is_late_with_the_time_before_a_step_back_stops_no_clock() {
        let stage = Stage::set();
        let clock = stage.clock();
        let before = clock.now();
        stage.move_server(-TimeDelta::hours(1));
        clock.measure().unwrap();
        clock.latest.fetch_max(before.timestamp_micros(), Ordering::AcqRel);
        assert_eq!(clock.now(), before - TimeDelta::hours(1));
        stage.pass(SECOND);
        assert_eq!(clock.now(), before - TimeDelta::hours(1) + SECOND);
    }
}
