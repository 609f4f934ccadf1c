//! Whose turn it is to write.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use atalaya_domain::id::CompanyId;

use super::reach::Reach;

/// Lets one writer in at a time. Whoever waits here holds no connection meanwhile, so that readers find one, and is woken
/// instead of asking again and again.
#[derive(Debug, Default)]
pub(super) struct Turn {
    taken: Mutex<bool>,
    freed: Condvar,
}

/// A turn; dropping it lets the next writer in.
pub(super) struct TurnGuard(Arc<Turn>);

impl Turn {
    /// Waits at most `patience` for the turn; `None` when it did not come.
    fn take(self: Arc<Self>, patience: Duration) -> Option<TurnGuard> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut taken, _) =
            self.freed.wait_timeout_while(taken, patience, |taken| *taken).unwrap_or_else(PoisonError::into_inner);
        if *taken {
            return None;
        }
        *taken = true;
        drop(taken);
        Some(TurnGuard(self))
    }
}

impl Drop for TurnGuard {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.freed.notify_one();
    }
}

/// Who of this process waits for whom before writing.
#[derive(Debug)]
pub(super) enum Turns {
    /// Everybody for everybody: SQLite takes one writer.
    Everybody(Arc<Turn>),
    /// Writers of one company for one another: PostgreSQL would let them all begin, and most of them do their work again,
    /// because each moves on the end of the company's audit log.
    OfCompany(Mutex<HashMap<CompanyId, Arc<Turn>>>),
}

impl Turns {
    pub(super) fn everybody() -> Self {
        Self::Everybody(Arc::default())
    }

    pub(super) fn of_company() -> Self {
        Self::OfCompany(Mutex::default())
    }

    /// Waits at most `patience` for the turn of a writer of that reach, if there is anybody to wait for.
    ///
    /// # Errors
    /// [`NotInTime`].
    pub(super) fn take(&self, reach: Reach, patience: Duration) -> Result<Option<TurnGuard>, NotInTime> {
        let turn = match (self, reach) {
            (Self::Everybody(turn), _) => Arc::clone(turn),
            (Self::OfCompany(_), Reach::Platform) => return Ok(None),
            (Self::OfCompany(turns), Reach::Company(id)) => {
                Arc::clone(turns.lock().unwrap_or_else(PoisonError::into_inner).entry(id).or_default())
            }
        };
        turn.take(patience).map(Some).ok_or(NotInTime)
    }
}

/// The turn did not come.
#[derive(Debug, Clone, Copy)]
pub(super) struct NotInTime;
