//! How many statements a test sends.

use std::cell::Cell;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

thread_local! {
    static STATEMENTS: Cell<usize> = const { Cell::new(0) };
}

/// Counts the statements of each thread.
struct Counting;

impl Instrumentation for Counting {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        if matches!(event, InstrumentationEvent::StartQuery { .. }) {
            STATEMENTS.set(STATEMENTS.get() + 1);
        }
    }
}

/// Counts the statements of connections that are opened from now on.
pub(crate) fn count_statements() {
    set_default_instrumentation(|| Some(Box::new(Counting))).unwrap();
}

/// The statements of this thread.
pub(crate) fn statements_so_far() -> usize {
    STATEMENTS.get()
}
