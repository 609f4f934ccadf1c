//! Locks of values that a panic leaves whole.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// The value, though somebody may have panicked while holding it. For values that every change leaves whole.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
