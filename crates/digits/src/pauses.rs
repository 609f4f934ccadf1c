//! Pauses, in which whoever has a picture read may let other threads go first, or end the reading.
//!
//! A thread that runs keeps the processor for its slice of some milliseconds whatever its niceness, though another
//! wakes meanwhile (Linux from 6.6 on: EEVDF and its `RUN_TO_PARITY`). A request that comes while a picture is read
//! would wait for so long. So whatever goes through a picture says how much was done, and after each stretch of mostly
//! some ten microseconds the caller's own pause is called. The end of a progressive JPEG, which its decoder computes
//! without asking for more bytes, is one stretch of some ten milliseconds. What is read does not depend on pauses.

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// Values, as pixels of a plane, that are worked on between two pauses. Each takes some nanoseconds.
const STRETCH: usize = 16_384;

type Pause = Box<dyn FnMut() -> ControlFlow<()>>;

thread_local! {
    static PAUSE: RefCell<Option<Pause>> = const { RefCell::new(None) };
    /// Values since the last pause.
    static DONE: Cell<usize> = const { Cell::new(0) };
}

/// What unwinds a thread from the pause that ended its reading up to [`with_pauses`]. The hook of panics does not run.
struct Ended;

/// Puts the pause back that there was before, however the work ended.
struct Pausing(Option<Pause>);

impl Drop for Pausing {
    fn drop(&mut self) {
        let pause = PAUSE.replace(self.0.take());
        drop(pause);
    }
}

/// Does `work` and calls `pause` now and then while it reads pictures on this thread. `None` where a pause broke:
/// nothing is left of what was read by then.
pub fn with_pauses<T>(pause: impl FnMut() -> ControlFlow<()> + 'static, work: impl FnOnce() -> T) -> Option<T> {
    DONE.set(0);
    let pausing = Pausing(PAUSE.replace(Some(Box::new(pause))));
    // What the work has changed by then is its own, and a caller whose pause breaks expects no result.
    let done = catch_unwind(AssertUnwindSafe(work));
    drop(pausing);
    match done {
        Ok(result) => Some(result),
        Err(payload) if payload.is::<Ended>() => None,
        Err(panic) => resume_unwind(panic),
    }
}

/// Goes on unwinding where a pause has ended the reading: whoever catches panics in between catches this too.
pub(crate) fn pass_on(payload: Box<dyn Any + Send>) {
    if payload.is::<Ended>() {
        resume_unwind(payload);
    }
}

/// So many values were worked on.
pub(crate) fn worked(values: usize) {
    let done = DONE.get() + values;
    if done < STRETCH {
        DONE.set(done);
        return;
    }
    DONE.set(0);
    // Taken for as long as it runs: a pause that reads a picture has none itself.
    let Some(mut pause) = PAUSE.take() else { return };
    let next = pause();
    PAUSE.set(Some(pause));
    if next.is_break() {
        resume_unwind(Box::new(Ended));
    }
}

/// A stretch of work that is as long as any between two pauses.
pub(crate) fn worked_long() {
    worked(STRETCH);
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;

    /// A number, and what adds one to it.
    fn counter() -> (Rc<Cell<u32>>, impl FnMut()) {
        let number = Rc::new(Cell::new(0));
        let counted = Rc::clone(&number);
        (number, move || counted.set(counted.get() + 1))
    }

    #[test]
    fn a_pause_comes_after_each_stretch_and_none_when_the_work_has_ended() {
        let (pauses, mut count) = counter();
        let pause = move || {
            count();
            ControlFlow::Continue(())
        };
        let done = with_pauses(pause, || {
            for _ in 0..10 {
                worked(STRETCH / 2);
            }
            worked_long();
            7
        });
        assert_eq!((done, pauses.get()), (Some(7), 6));
        worked_long();
        assert_eq!(pauses.get(), 6);
        assert_eq!(Rc::strong_count(&pauses), 1, "what was given is let go");
    }

    #[test]
    fn a_pause_that_breaks_ends_the_work_and_what_comes_next_is_done() {
        let outcome = with_pauses(|| ControlFlow::Break(()), worked_long);
        assert_eq!(outcome, None);
        worked_long();
        assert_eq!(with_pauses(|| ControlFlow::Continue(()), worked_long), Some(()));
    }

    #[test]
    fn a_pause_may_read_pictures_with_pauses_of_its_own() {
        let (pauses, mut count) = counter();
        let pause = move || {
            count();
            worked_long();
            let inner = with_pauses(|| ControlFlow::Break(()), worked_long);
            assert_eq!(inner, None);
            ControlFlow::Continue(())
        };
        let done = with_pauses(pause, || {
            worked_long();
            worked_long();
        });
        assert_eq!((done, pauses.get()), (Some(()), 2));
    }

    #[test]
    fn a_panic_stays_one() {
        let caught = catch_unwind(|| with_pauses(|| ControlFlow::Continue(()), || panic!("of the work")));
        assert!(caught.is_err());
    }
}
