//! Slows clients that come back at once though a refusal asked them to come back later.
//!
//! A refusal costs little, but a client in a closed loop repeats it ten thousand times a second, and
//! everybody else waits (docs/performance.md). So who comes back before the `Retry-After` of the last refusal is over
//! hears the next one a little later. It costs a timer, no thread, and who heeds the header never notices.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use moka::sync::Cache;

/// Who was refused, until when, and how many refusals are being held back.
pub(crate) struct Tarpit {
    refused_until: Cache<IpAddr, Instant>,
    held: Arc<AtomicUsize>,
}

/// A refusal that is held back. Dropping it, also because the client went away, makes room for another.
pub(crate) struct Hold(Arc<AtomicUsize>);

impl Default for Tarpit {
    fn default() -> Self {
        let refused_until = Cache::builder().max_capacity(Self::MOST_NETWORKS).time_to_live(Self::MEMORY).build();
        Self { refused_until, held: Arc::default() }
    }
}

impl Tarpit {
    /// How long a refusal is held back: four a second of each connection that does not heed them.
    const DELAY: Duration = Duration::from_millis(250);
    /// The most that are held back at once. Each holds a connection and little more; beyond it all are refused at once.
    const MOST_HELD: usize = 512;
    /// The most networks remembered.
    const MOST_NETWORKS: u64 = 10_000;
    /// Longer than any `Retry-After` of a full lane.
    const MEMORY: Duration = Duration::from_mins(1);

    /// Waits where the network does not heed `Retry-After`, before it is refused again until `retry_after` is over.
    pub(crate) async fn refuse(&self, network: Option<IpAddr>, retry_after: Duration) {
        let Some(network) = network else { return };
        if let Some(_hold) = self.hold(network, Instant::now(), retry_after) {
            tokio::time::sleep(Self::DELAY).await;
        }
    }

    /// Notes a refusal at `now`; gives a hold where it is to be held back.
    fn hold(&self, network: IpAddr, now: Instant, retry_after: Duration) -> Option<Hold> {
        let came_early = self.refused_until.get(&network).is_some_and(|until| now < until);
        let hold = if came_early { Hold::new(&self.held) } else { None };
        let told_at = if hold.is_some() { now + Self::DELAY } else { now };
        self.refused_until.insert(network, told_at + retry_after);
        hold
    }
}

impl Hold {
    fn new(held: &Arc<AtomicUsize>) -> Option<Self> {
        let one_more = |held: usize| (held < Tarpit::MOST_HELD).then_some(held + 1);
        held.try_update(Ordering::Relaxed, Ordering::Relaxed, one_more).ok()?;
        Some(Self(Arc::clone(held)))
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn network(last: u8) -> IpAddr {
        IpAddr::from([203, 0, 113, last])
    }

    #[test]
    fn whoever_comes_back_when_told_to_is_refused_at_once() {
        let (tarpit, start) = (Tarpit::default(), Instant::now());
        for turn in 0..10 {
            assert!(tarpit.hold(network(9), start + SECOND * turn, SECOND).is_none());
        }
    }

    #[test]
    fn whoever_comes_back_earlier_is_held_back_and_others_are_not() {
        let (tarpit, start) = (Tarpit::default(), Instant::now());
        assert!(tarpit.hold(network(9), start, SECOND).is_none());
        assert!(tarpit.hold(network(9), start + SECOND / 2, SECOND).is_some());
        assert!(tarpit.hold(network(8), start + SECOND / 2, SECOND).is_none());
    }

    #[test]
    fn the_time_to_wait_begins_when_the_refusal_is_told() {
        let (tarpit, start) = (Tarpit::default(), Instant::now());
        assert!(tarpit.hold(network(9), start, SECOND).is_none());
        assert!(tarpit.hold(network(9), start + SECOND / 2, SECOND).is_some());
        assert!(tarpit.hold(network(9), start + SECOND / 2 + SECOND, SECOND).is_some());
        assert!(tarpit.hold(network(9), start + SECOND * 4, SECOND).is_none());
    }

    #[test]
    fn no_more_are_held_back_than_there_is_room_for() {
        let (tarpit, start) = (Tarpit::default(), Instant::now());
        assert!(tarpit.hold(network(9), start, SECOND).is_none());
        let holds: Vec<Hold> = std::iter::from_fn(|| tarpit.hold(network(9), start, SECOND)).take(1_000).collect();
        assert_eq!(holds.len(), Tarpit::MOST_HELD);
        drop(holds);
        assert!(tarpit.hold(network(9), start, SECOND).is_some());
    }
}
