//! Which requests of a connection are in flight. The owner of a connection may close it only while none is.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many requests of one connection a handler has and has not answered yet. A handler has read the body of its
/// request when it answers, so of a connection without one nothing more needs to be read; its answers may still be
/// under way.
#[derive(Debug, Clone, Default)]
pub struct InFlight(Arc<AtomicUsize>);

impl InFlight {
    /// Whether no handler has a request of this connection.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.0.load(Ordering::Relaxed) == 0
    }

    /// Counts a request until the value is dropped.
    pub(crate) fn begin(&self) -> Counted {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted(Arc::clone(&self.0))
    }
}

/// One request in flight.
pub(crate) struct Counted(Arc<AtomicUsize>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}
