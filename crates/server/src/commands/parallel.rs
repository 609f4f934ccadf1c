//! Work on all cores over a stream of items, with the results in the order of the items.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::scope;

/// Items read and not yet done with, for each thread: enough that none waits for a slow neighbour.
const IN_FLIGHT: usize = 4;

/// Reads `items`, works on them on `threads` threads, and hands each result to `done`, in the order of the items.
/// Reading, working and `done` overlap, and only a few items for each thread are in memory, however many there are.
///
/// An item that cannot be read ends the run after the items before it.
///
/// # Errors
/// The first of `done`, or else that of the item.
pub(crate) fn in_order<T: Send, O: Send, E: Send>(
    threads: NonZeroUsize,
    items: impl Iterator<Item = Result<T, E>> + Send,
    work: impl Fn(T) -> O + Sync,
    done: impl FnMut(O) -> Result<(), E>,
) -> Result<(), E> {
    let window = threads.get().saturating_mul(IN_FLIGHT);
    let (permit, permits) = sync_channel(window);
    let (queue, queued) = channel();
    let (finish, finished) = channel();
    let queued = Mutex::new(queued);
    scope(|scope| {
        let reader = scope.spawn(move || read(items, &permits, &queue));
        for _ in 0..threads.get() {
            let (finish, work, queued) = (finish.clone(), &work, &queued);
            scope.spawn(move || serve(queued, work, &finish));
        }
        drop(finish);
        let outcome = collect(&permit, window, &finished, done);
        // Whoever still reads or works sees that nobody listens, and ends.
        drop((permit, finished));
        // A reader that panicked has not read everything: that is no success.
        outcome.and(reader.join().unwrap_or_else(|panic| resume_unwind(panic)))
    })
}

/// Numbers the items and queues each once there is a permit for it: the permits bound both channels.
fn read<T, E>(
    items: impl Iterator<Item = Result<T, E>>,
    permits: &Receiver<()>,
    queue: &Sender<(u64, T)>,
) -> Result<(), E> {
    let mut items = (0..).zip(items);
    while permits.recv().is_ok() {
        let Some((index, item)) = items.next() else { break };
        if queue.send((index, item?)).is_err() {
            break;
        }
    }
    Ok(())
}

fn serve<T, O>(queued: &Mutex<Receiver<(u64, T)>>, work: impl Fn(T) -> O, finish: &Sender<(u64, O)>) {
    loop {
        let next = queued.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok((index, item)) = next else { return };
        if finish.send((index, work(item))).is_err() {
            return;
        }
    }
}

fn collect<O, E>(
    permit: &SyncSender<()>,
    window: usize,
    finished: &Receiver<(u64, O)>,
    mut done: impl FnMut(O) -> Result<(), E>,
) -> Result<(), E> {
    // The reader may have ended and need none.
    for _ in 0..window {
        let _ = permit.try_send(());
    }
    let mut waiting = BTreeMap::new();
    let mut next = 0;
    for (index, result) in finished {
        waiting.insert(index, result);
        while let Some(result) = waiting.remove(&next) {
            next += 1;
            done(result)?;
            let _ = permit.try_send(());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use super::*;

    fn threads(number: usize) -> NonZeroUsize {
        NonZeroUsize::new(number).unwrap()
    }

    #[test]
    fn results_come_in_the_order_of_the_items_whoever_is_slow() {
        let items = (0..200).map(Ok::<u64, ()>);
        let work = |item: u64| {
            std::thread::sleep(Duration::from_micros(item % 7 * 100));
            item * 2
        };
        let mut results = Vec::new();
        let done = |result| {
            results.push(result);
            Ok(())
        };
        in_order(threads(4), items, work, done).unwrap();
        assert_eq!(results, (0..200).map(|item| item * 2).collect::<Vec<_>>());
    }

    #[test]
    fn only_a_few_items_are_in_memory() {
        let (alive, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let items = (0..1_000).map(|item| {
            most.fetch_max(alive.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            Ok::<u64, ()>(item)
        });
        // The first one takes as long as all others together could.
        let work = |item: u64| std::thread::sleep(Duration::from_millis(if item == 0 { 50 } else { 0 }));
        let done = |()| {
            alive.fetch_sub(1, Ordering::SeqCst);
            Ok(())
        };
        in_order(threads(3), items, work, done).unwrap();
        assert!(most.into_inner() <= 3 * IN_FLIGHT + 1);
    }

    #[test]
    fn a_reader_that_panics_does_not_end_as_a_whole_file() {
        let items =
            (0..100).map(|item| if item == 50 { panic!("the reader's own fault") } else { Ok::<u64, ()>(item) });
        let run = || in_order(threads(2), items, |item| item, |_| Ok(()));
        assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
    }

    #[test]
    fn what_cannot_be_read_or_written_ends_the_run() {
        let items = || (0..100).map(|item| if item == 50 { Err("read") } else { Ok(item) });
        let mut results = 0;
        let done = |_: u64| {
            results += 1;
            Ok(())
        };
        assert_eq!(in_order(threads(2), items(), |item| item, done), Err("read"));
        assert_eq!(results, 50);
        let refuse = |item: u64| if item == 10 { Err("write") } else { Ok(()) };
        assert_eq!(in_order(threads(2), items(), |item| item, refuse), Err("write"));
    }
}
