//! Streams of events that are open in this process: how many may be, and their common end.
//!
//! An open stream costs a look at the store twice a second, so there are only so many places.

use std::sync::Arc;

use atalaya_domain::access::Actor;
use tokio::sync::watch;

use crate::http::places::{Full, Most, Place, Places};
use crate::http::problem::{Kind, Problem};

/// The streams of one process.
#[derive(Debug)]
pub struct EventStreams {
    places: Arc<Places>,
    ended: watch::Sender<bool>,
}

impl Default for EventStreams {
    fn default() -> Self {
        let most = Most { of_a_user: Self::MOST_OF_A_USER, of_a_company: Self::MOST_OF_A_COMPANY, in_all: Self::MOST };
        Self { places: Places::new(most), ended: watch::Sender::default() }
    }
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
    /// `TOO_MANY_STREAMS` where the user or their company has as many as it may; `SERVER_OVERLOADED` where the process
    /// has, or ends.
    pub(crate) fn begin(self: &Arc<Self>, actor: &Actor) -> Result<StreamPlace, Problem> {
        let place = self.places.take(actor).map_err(|full| match full {
            Full::Own => Problem::Http(Kind::TOO_MANY_STREAMS),
            Full::Process => Problem::Http(Kind::SERVER_OVERLOADED),
        })?;
        if *self.ended.borrow() {
            return Err(Problem::Http(Kind::SERVER_OVERLOADED));
        }
        Ok(StreamPlace { _place: place, streams: Arc::clone(self) })
    }

    /// How many are open.
    #[must_use]
    pub fn count(&self) -> usize {
        self.places.count()
    }

    /// Ends every stream, and lets none begin: the server drains.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }
}

/// The place of one stream; free again when this is dropped.
pub(crate) struct StreamPlace {
    _place: Place,
    streams: Arc<EventStreams>,
}

impl StreamPlace {
    /// Waits until every stream has to end.
    pub(crate) async fn ended(&self) {
        let mut ended = self.streams.ended.subscribe();
        // The sender lives as long as `self`, so the wait ends only when the end is sent.
        let _ = ended.wait_for(|ended| *ended).await;
    }
}
