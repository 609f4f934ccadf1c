//! Whose turn it is to write.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Lets one writer of this process in at a time. SQLite takes one writer anyway; whoever waits for it here holds no
/// connection meanwhile, so that readers find one, and is woken instead of asking again and again.
#[derive(Debug, Default)]
pub(super) struct Turn {
    taken: Mutex<bool>,
    freed: Condvar,
}

/// The turn; dropping it lets the next writer in.
pub(super) struct TurnGuard<'t>(&'t Turn);

impl Turn {
    /// Waits at most `patience` for the turn; `None` when it did not come.
    pub(super) fn take(&self, patience: Duration) -> Option<TurnGuard<'_>> {
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut taken, _) =
            self.freed.wait_timeout_while(taken, patience, |taken| *taken).unwrap_or_else(PoisonError::into_inner);
        if *taken {
            return None;
        }
        *taken = true;
        Some(TurnGuard(self))
    }
}

impl Drop for TurnGuard<'_> {
    fn drop(&mut self) {
        *self.0.taken.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.freed.notify_one();
    }
}
