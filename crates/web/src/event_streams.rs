//! Streams of events that are open in this process: how many may be, and their common end.
//!
//! An open stream costs a look at the store twice a second, so there are only so many places.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use atalaya_domain::access::Actor;
use atalaya_domain::id::{CompanyId, UserId};
use tokio::sync::watch;

use crate::problem::{Kind, Problem};

/// Who follows: a user, and the bank whose places they take.
type Follower = (UserId, Option<CompanyId>);

/// The streams of one process.
#[derive(Debug, Default)]
pub struct EventStreams {
    open: Mutex<HashMap<Follower, usize>>,
    ended: watch::Sender<bool>,
}

impl EventStreams {
    /// Streams of one process at a time.
    pub const MOST: usize = 100;
    /// Streams of the users of one company at a time, so that no bank takes the places of all others.
    pub const MOST_OF_A_COMPANY: usize = 25;
    /// Streams of one user at a time.
    pub const MOST_OF_A_USER: usize = 5;

    /// A place for another stream of the actor.
    ///
    /// # Errors
    /// `TOO_MANY_STREAMS` where the user or their company has as many as it may; `SERVER_OVERLOADED` where the process has,
    /// or ends.
    pub(crate) fn begin(self: &Arc<Self>, actor: &Actor) -> Result<Place, Problem> {
        self.place((actor.user(), actor.company()))
    }

    fn place(self: &Arc<Self>, follower: Follower) -> Result<Place, Problem> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let of_user = open.get(&follower).copied().unwrap_or_default();
        let of_company: usize =
            open.iter().filter(|((_, company), _)| *company == follower.1).map(|(_, count)| count).sum();
        if of_user >= Self::MOST_OF_A_USER || of_company >= Self::MOST_OF_A_COMPANY {
            return Err(Problem::Http(Kind::TOO_MANY_STREAMS));
        }
        if *self.ended.borrow() || open.values().sum::<usize>() >= Self::MOST {
            return Err(Problem::Http(Kind::SERVER_OVERLOADED));
        }
        open.insert(follower, of_user + 1);
        Ok(Place { streams: Arc::clone(self), follower })
    }

    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).values().sum()
    }

    /// Ends every stream, and lets none begin: the server drains.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }
}

/// The place of one stream; free again when this is dropped.
pub(crate) struct Place {
    streams: Arc<EventStreams>,
    follower: Follower,
}

impl Place {
    /// Waits until every stream has to end.
    pub(crate) async fn ended(&self) {
        let mut ended = self.streams.ended.subscribe();
        // The sender lives as long as this place: there is no other end than the one that is told.
        let _ = ended.wait_for(|ended| *ended).await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.follower) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.follower);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of a bank with ten users.
    fn follower(user: i64) -> Follower {
        (UserId::new(user), Some(CompanyId::new(user / 10)))
    }

    fn refusal(streams: &Arc<EventStreams>, user: i64) -> Option<Kind> {
        streams.place(follower(user)).err().map(|problem| problem.kind())
    }

    #[test]
    fn a_user_has_so_many_places_a_company_too_and_everybody_together() {
        let streams = Arc::new(EventStreams::default());
        let begin = |user: i64| streams.place(follower(user)).unwrap();
        let mut of_one: Vec<Place> = (0..EventStreams::MOST_OF_A_USER).map(|_| begin(0)).collect();
        assert_eq!(refusal(&streams, 0), Some(Kind::TOO_MANY_STREAMS));
        let colleagues = (0..).map(|turn| begin(1 + turn % 9));
        of_one.extend(colleagues.take(EventStreams::MOST_OF_A_COMPANY - EventStreams::MOST_OF_A_USER));
        assert_eq!(refusal(&streams, 9), Some(Kind::TOO_MANY_STREAMS));
        let others: Vec<Place> = (1..).map(|turn| begin(turn * 10)).take(EventStreams::MOST - of_one.len()).collect();
        assert_eq!(refusal(&streams, 100_000), Some(Kind::SERVER_OVERLOADED));
        drop(of_one);
        assert_eq!(refusal(&streams, 0), None);
        drop(others);
        assert_eq!(streams.count(), 0);
    }

    #[test]
    fn none_begins_after_the_end() {
        let streams = Arc::new(EventStreams::default());
        streams.end();
        assert_eq!(refusal(&streams, 1), Some(Kind::SERVER_OVERLOADED));
    }
}
