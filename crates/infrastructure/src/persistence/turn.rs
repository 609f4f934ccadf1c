//! Bounded queues of writers.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use atalaya_domain::id::CompanyId;

use crate::sync::locked;

/// Writers of this process that wait for one turn of a company. Each of them keeps a thread, so the rest is sent back
/// at once.
const MOST_WAITING: usize = 16;

/// Writers of this process that wait for the one turn of a file, whatever company they are of.
const MOST_WAITING_FOR_A_FILE: usize = 128;

/// Whether somebody writes, and how many wait.
#[derive(Debug, Default)]
struct QueueState {
    taken: bool,
    waiting: usize,
}

/// Lets one writer in at a time. Whoever waits here holds no connection meanwhile, so that readers find one, and is
/// woken instead of asking again and again.
#[derive(Debug)]
pub(super) struct Turn {
    state: Mutex<QueueState>,
    freed: Condvar,
    most_waiting: usize,
}

/// A turn; dropping it lets the next writer in.
pub(super) struct TurnGuard(Arc<Turn>);

impl Turn {
    fn new(most_waiting: usize) -> Arc<Self> {
        Arc::new(Self { state: Mutex::default(), freed: Condvar::new(), most_waiting })
    }

    /// Waits at most `patience` for the turn; `None` when it did not come, or at once when as many wait as may.
    fn take(self: Arc<Self>, patience: Duration) -> Option<TurnGuard> {
        let mut state = locked(&self.state);
        if state.taken && state.waiting >= self.most_waiting {
            return None;
        }
        state.waiting += 1;
        let (mut state, _) =
            self.freed.wait_timeout_while(state, patience, |state| state.taken).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        if state.taken {
            return None;
        }
        state.taken = true;
        drop(state);
        Some(TurnGuard(self))
    }
}

impl Drop for TurnGuard {
    fn drop(&mut self) {
        locked(&self.0.state).taken = false;
        self.0.freed.notify_one();
    }
}

/// Where a writer waits. On SQLite everybody waits for everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Queue {
    /// Nowhere.
    Nowhere,
    /// With the writers of the company that would else begin anew, because each moves on the end of its audit log.
    Writers(CompanyId),
    /// With the long work of the company, so that it has one connection and not all of them.
    Uploads(CompanyId),
}

/// Who of this process waits for whom before writing.
#[derive(Debug)]
pub(super) enum Turns {
    /// Everybody for everybody: SQLite takes one writer.
    Everybody(Arc<Turn>),
    /// A turn for each queue: PostgreSQL would let them all begin.
    OfQueues(Mutex<HashMap<Queue, Arc<Turn>>>),
}

impl Turns {
    pub(super) fn everybody() -> Self {
        Self::Everybody(Turn::new(MOST_WAITING_FOR_A_FILE))
    }

    pub(super) fn of_queues() -> Self {
        Self::OfQueues(Mutex::default())
    }

    /// Waits at most `patience` for the turn of a writer of that queue, if there is anybody to wait for.
    ///
    /// # Errors
    /// [`NotInTime`], at once where too many wait already.
    pub(super) fn take(&self, queue: Queue, patience: Duration) -> Result<Option<TurnGuard>, NotInTime> {
        let turn = match (self, queue) {
            (Self::Everybody(turn), _) => Arc::clone(turn),
            (Self::OfQueues(_), Queue::Nowhere) => return Ok(None),
            (Self::OfQueues(turns), queue) => {
                Arc::clone(locked(turns).entry(queue).or_insert_with(|| Turn::new(MOST_WAITING)))
            }
        };
        turn.take(patience).map(Some).ok_or(NotInTime)
    }
}

/// The turn did not come.
#[derive(Debug, Clone, Copy)]
pub(super) struct NotInTime;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_wait_than_may_and_the_rest_hears_it_at_once() {
        let turns = Turns::of_queues();
        let (queue, patience) = (Queue::Writers(CompanyId::new(1)), Duration::from_mins(1));
        let turn = turns.take(queue, patience).unwrap();
        let waiting = || match &turns {
            Turns::OfQueues(turns) => locked(&locked(turns)[&queue].state).waiting,
            Turns::Everybody(_) => 0,
        };
        std::thread::scope(|threads| {
            let patient: Vec<_> =
                (0..MOST_WAITING).map(|_| threads.spawn(|| turns.take(queue, patience).is_ok())).collect();
            while waiting() < MOST_WAITING {
                std::thread::yield_now();
            }
            assert!(turns.take(queue, patience).is_err());
            assert!(turns.take(Queue::Uploads(CompanyId::new(1)), patience).is_ok(), "another queue");
            assert!(turns.take(Queue::Writers(CompanyId::new(2)), patience).is_ok(), "another company");
            drop(turn);
            assert!(patient.into_iter().all(|thread| thread.join().unwrap()), "whoever waits gets its turn");
        });
        assert!(turns.take(queue, Duration::ZERO).is_ok());
    }
}
